"""Each member declares what it imports, and each library is there for a reason (ADR 0006, ADR 0016)."""

import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.architecture import source

MEMBERS = sorted(path.parent for path in source.files() if path.name == "pyproject.toml" and path.parent != Path())
PART_OF = {"pydantic-core": "pydantic", "starlette": "fastapi", "uvloop": "uvicorn"}
"""Libraries that come with another, whose face they are."""
REASONS = source.text(Path("docs/decisions/0016-dependencies.md"))


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=; ]", name)[0]).lower()


def declared(member: Path) -> set[str]:
    manifest = tomllib.loads(source.text(member / "pyproject.toml"))
    return {normal(name) for name in manifest["project"]["dependencies"]}


def imported(member: Path) -> dict[str, set[str]]:
    """Give the modules from outside that a member imports, each with the distributions that may have brought it."""
    own = {path.name for path in (source.ROOT / member / "src").iterdir() if path.is_dir()}
    modules = {
        name.split(".")[0] for path in source.python(f"{member}/src/") for _, name in source.imports(source.tree(path))
    }
    found = packages_distributions()
    return {
        module: {PART_OF.get(normal(name), normal(name)) for name in found.get(module, [module])}
        for module in modules - own - sys.stdlib_module_names
    }


@pytest.mark.parametrize("member", MEMBERS, ids=str)
def test_a_member_declares_what_it_imports(member: Path):
    """In the shared environment everything can be imported; alone, a service has only what it declares."""
    undeclared = [module for module, names in imported(member).items() if names.isdisjoint(declared(member))]
    assert sorted(undeclared) == []


def asked_for() -> set[str]:
    lines = [
        line for path in source.files() if path.match("requirements/*.in") for line in source.text(path).splitlines()
    ]
    return {normal(line) for line in lines if line and not line.startswith(("#", "-"))}


def test_every_library_has_its_reason():
    words = {normal(word) for word in re.findall(r"[\w.-]+", REASONS)}
    assert asked_for() - words == set()

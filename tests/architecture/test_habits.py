"""Habits of this house that a reader would otherwise have to be told (ADR 0001, ADR 0009)."""

import ast
import re
from pathlib import Path

from tests.architecture import source

WAITING = Path("tests/waiting.py")
"""The one module that may pause between two looks at a condition; it always has a deadline."""


def test_every_make_target_explains_itself():
    """`make` prints what one can do; a target without text is a secret."""
    lines = source.text(Path("Makefile")).splitlines()
    targets = [line for line in lines if re.match(r"[a-z][a-z0-9-]*( [a-z][a-z0-9-]*)*:(?!=)", line)]
    assert targets
    assert [line for line in targets if " ## " not in line] == []


def test_every_make_target_that_is_no_file_is_declared_phony():
    text = source.text(Path("Makefile"))
    phony = {name for names in re.findall(r"^\.PHONY:(.*)$", text, re.MULTILINE) for name in names.split()}
    explained = set(re.findall(r"^([a-z][a-z0-9-]*):.*## ", text, re.MULTILINE))
    assert explained == phony


def test_tests_wait_for_conditions_and_never_sleep():
    sleepers = [
        f"{path}:{call.lineno}"
        for path in source.python("tests/")
        if path != WAITING
        for call in ast.walk(source.tree(path))
        if isinstance(call, ast.Call) and ast.unparse(call.func) in ("asyncio.sleep", "time.sleep", "sleep")
    ]
    assert sleepers == []


def test_we_mock_no_code_of_our_own():
    mocks = [
        f"{path}:{line} {name}"
        for path in source.python("tests/")
        for line, name in source.imports(source.tree(path))
        if name.startswith(("unittest.mock", "pytest_mock", "mock."))
    ]
    assert mocks == []


def test_every_decision_is_in_the_list():
    folder = source.ROOT / "docs/decisions"
    pages = sorted(path.name for path in folder.glob("[0-9]*.md"))
    listed = re.findall(r"^\| \[(\d{4})\]\((\S+)\)", (folder / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert [name for _, name in listed] == pages
    assert [number for number, _ in listed] == [f"{n:04}" for n in range(1, len(pages) + 1)]


def test_every_decision_has_its_four_parts():
    for path in source.files():
        if path.match("docs/decisions/[0-9]*.md"):
            headings = re.findall(r"^## (.+)$", source.text(path), re.MULTILINE)
            assert headings[0] == "Context", path
            assert [one for one in ("Decision", "Consequences", "Alternatives") if one not in headings] == [], path
            assert "*Status: " in source.text(path), path


def test_every_link_between_pages_leads_somewhere():
    dead = [
        f"{path}: {target}"
        for path in source.files()
        if path.suffix == ".md"
        for target in re.findall(r"\]\(([^)\s]+)\)", source.text(path))
        if not re.match(r"[a-z]+:|#|/", target) and not (source.ROOT / path.parent / target.split("#")[0]).exists()
    ]
    assert dead == []


def test_every_how_to_begins_with_the_files_it_touches():
    for path in source.files():
        if path.match("docs/how-to/*.md"):
            assert re.search(r"\A# [^\n]+\n\n(## )?\*{0,2}Files impacted", source.text(path)), path

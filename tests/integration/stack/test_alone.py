"""Each service runs where the others do not exist: from its own wheel, beside the locked requirements and common."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stack.folder import ROOT
from stack.services import SERVICES

BIN = Path(sys.executable).parent
LOOK = """
import importlib.metadata, importlib.util, sys
from importlib.resources import files

service, strangers = sys.argv[1], sys.argv[2:]
importlib.import_module(f"{service}.main")
assert not [one for one in strangers if importlib.util.find_spec(one)], "another service is here"
assert [one for one in (files(service) / "migrations").iterdir() if one.name.endswith(".sql")], "no migrations"
assert (files(service) / "py.typed").is_file()
"""


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an environment as an image has it: what is locked, and common."""
    place = tmp_path_factory.mktemp("alone")
    run(BIN / "uv", "venv", "--quiet", "--python", sys.executable, place)
    run(BIN / "uv", "pip", "install", "--quiet", "--python", place, "--require-hashes", "-r", "requirements/run.txt")
    install(place, wheel("libs/common", place))
    return place


def run(*words: str | Path, folder: Path = ROOT) -> None:
    plain = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONPATH"}}
    ended = subprocess.run(words, cwd=folder, env=plain, capture_output=True, text=True, check=False, timeout=100)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def wheel(member: str, place: Path) -> Path:
    out = place / "wheels"
    run(BIN / "python", "-m", "hatchling", "build", "--target", "wheel", "--directory", out, folder=ROOT / member)
    [made] = out.glob(f"{Path(member).name}-*.whl")
    return made


def install(place: Path, made: Path) -> None:
    run(BIN / "uv", "pip", "install", "--quiet", "--python", place, "--no-deps", made)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_needs_no_other(alone: Path, service: str) -> None:
    install(alone, wheel(f"services/{service}", alone))
    try:
        strangers = [other for other in (*SERVICES, "stack", "demo", "pytest") if other != service]
        run(alone / "bin/python", "-I", "-c", LOOK, service, *strangers, folder=alone)
    finally:
        run(BIN / "uv", "pip", "uninstall", "--quiet", "--python", alone, service)

"""What a tracked file never names: a package registry, a path of somebody's machine (ADR 0006)."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture import source

# Written in pieces, so that this file does not name them either.
REGISTRIES = tuple(
    ".".join(pieces)
    for pieces in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("repo", "maven", "apache", "org"),
        ("repo1", "maven", "org"),
        ("docker", "io"),
        ("ghcr", "io"),
        ("quay", "io"),
        ("gcr", "io"),
        ("crates", "io"),
        ("golang", "org"),
        ("rubygems", "org"),
        ("deb", "debian", "org"),
        ("anaconda", "org"),
    )
)
MACHINE_PATH = re.compile(r"(?<![\w.:/-])/(?:root|home|Users|work|mnt|private)/[\w.-]")


def readable() -> Iterator[tuple[Path, str]]:
    for path in source.files():
        try:
            yield path, source.text(path)
        except UnicodeDecodeError:
            continue


def test_no_file_names_a_registry():
    named = [f"{path}: {host}" for path, text in readable() for host in REGISTRIES if host in text]
    assert named == []


def test_no_file_names_a_path_of_a_machine():
    named = [f"{path}: {found[0]}" for path, text in readable() if (found := MACHINE_PATH.search(text))]
    assert named == []


def test_locks_hash_everything_and_name_no_source():
    locks = [path for path in source.files() if path.parent == Path("requirements") and path.suffix == ".txt"]
    assert locks
    for path in locks:
        text = source.text(path)
        pins = re.findall(r"^([\w.\[\]-]+==[^ ;\\]+)", text, re.MULTILINE)
        hashed = re.findall(r"^([\w.\[\]-]+==[^ ;\\]+)[^\n]*\\\n\s+--hash=sha256:", text, re.MULTILINE)
        assert pins == hashed, path
        assert not re.search(r"://|--(extra-)?index-url|--find-links", text), path


@pytest.mark.parametrize("pieces", [("cd ", "root", "x"), ("open('", "home", "ada')"), ("PATH=", "work", "main")])
def test_machine_paths_are_recognised(pieces: tuple[str, str, str]):
    before, folder, name = pieces
    assert MACHINE_PATH.search(f"{before}/{folder}/{name}")


@pytest.mark.parametrize("text", ["https://example.org/home/page", "GET /v1/works/", "rework/main", "../shared/data"])
def test_other_paths_are_left_alone(text: str):
    assert not MACHINE_PATH.search(text)

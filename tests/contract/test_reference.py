"""The committed reference is what the code says, and breaks nothing that was promised (ADR 0007)."""

import json
import subprocess
from pathlib import Path

import pytest

from docs import events, reference
from docs.compatibility import breaks
from tests.architecture.source import ROOT


@pytest.fixture(scope="module")
def pages() -> dict[Path, str]:
    return reference.pages(ROOT)


def test_the_reference_is_what_the_code_says(pages: dict[Path, str]):
    """Run `make docs` when this fails; what it refuses to write is a broken promise."""
    assert [str(path) for path in reference.differing(ROOT, pages)] == []


def test_no_committed_promise_is_broken(pages: dict[Path, str]):
    assert reference.broken_promises(ROOT, pages) == {}


def test_no_promise_of_the_last_commit_is_broken(pages: dict[Path, str]):
    """A schema edited by hand, or deleted, is found out here."""
    listed = subprocess.run(
        ["git", "ls-tree", "--name-only", "HEAD", f"{events.FOLDER}/"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    broken = {}
    for name in [name for name in listed.stdout.split() if name.endswith(".json")]:
        old = subprocess.run(
            ["git", "show", f"HEAD:{name}"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        new = pages.get(Path(name))
        broken[name] = ["removed"] if new is None else breaks(json.loads(old), json.loads(new))
    assert {name: reasons for name, reasons in broken.items() if reasons} == {}


def test_a_broken_promise_is_found_and_named(tmp_path: Path):
    """The guard that `make docs` runs before it writes."""
    promised = {"x-topic": "t", "type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    folder = tmp_path / events.FOLDER
    folder.mkdir(parents=True)
    (folder / "a.said.v1.json").write_text(json.dumps(promised), encoding="utf-8")
    (folder / "b.said.v1.json").write_text(json.dumps(promised), encoding="utf-8")
    new = {events.FOLDER / "a.said.v1.json": json.dumps(promised | {"properties": {}, "required": []})}
    assert reference.broken_promises(tmp_path, new) == {
        events.FOLDER / "a.said.v1.json": ["/a: removed"],
        events.FOLDER / "b.said.v1.json": ["removed"],
    }
    assert reference.broken_promises(tmp_path, new, on_purpose=frozenset({"a.said.v1", "b.said.v1"})) == {}


def test_what_no_page_claims_is_removed(tmp_path: Path):
    page, left_over = events.FOLDER / "a.said.v1.json", events.FOLDER / "b.said.v1.json"
    (tmp_path / left_over).parent.mkdir(parents=True)
    (tmp_path / left_over).write_text("{}", encoding="utf-8")
    assert reference.write(tmp_path, {page: "{}\n"}) == [page, left_over]
    assert reference.differing(tmp_path, {page: "{}\n"}) == []
    assert not (tmp_path / left_over).exists()

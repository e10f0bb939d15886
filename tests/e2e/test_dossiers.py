"""Both shipped dossiers are played, as `make demo` plays them, and again: nothing differs, the second time neither."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import House

DOSSIERS = Path(__file__).resolve().parents[2] / "deploy" / "dossiers"
SHIPPED = [DOSSIERS / "poitiers.yaml", DOSSIERS / "guyane.yaml"]
GUYANE = DOSSIERS / "guyane.yaml"


def make_demo(house: House, dossier: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "demo", str(dossier)],
        env={**os.environ, **house.environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.timeout(600)
@pytest.mark.parametrize("again", ["first", "again"])
@pytest.mark.parametrize("dossier", SHIPPED, ids=lambda path: path.stem)
def test_a_dossier_plays_and_nothing_differs(house: House, dossier: Path, again: str):
    played = make_demo(house, dossier)
    assert played.returncode == 0, f"{again}: {played.stdout}\n{played.stderr}"
    assert "nothing differs" in played.stdout


@pytest.mark.timeout(300)
def test_what_differs_is_told_with_its_step_and_its_line(house: House, tmp_path: Path):
    """The beginning of a dossier, with a figure, a state, a fact, a webhook and a refusal that are not so."""
    text = GUYANE.read_text(encoding="utf-8")
    beginning = text[: text.index("  - name: the committee puts it off")]
    wrong = {
        "figures: {I17.asked: +2000.00}": "figures: {I17.asked: +2001.00}",
        "states: {second: withdrawn}": "states: {second: rejected}",
        "events: [project.declared_eligible]": "events: [project.validated]",
        "rule: R22": "rule: R21",
    }
    for old, new in wrong.items():
        assert old in beginning
        beginning = beginning.replace(old, new)
    file = tmp_path / "wrong.yaml"
    file.write_text(beginning, encoding="utf-8")
    played = make_demo(house, file)
    assert played.returncode == 1
    lines = {beginning[: beginning.index(new)].count("\n") + 1 for new in wrong.values()}
    told = {line.split("✗ ")[1].split(": step")[0] for line in played.stdout.splitlines() if "✗ " in line}
    assert told == {f"{file}:{line}" for line in lines}, played.stdout


@pytest.mark.timeout(300)
def test_what_cannot_be_played_is_refused_before_anything_is(house: House, tmp_path: Path):
    text = GUYANE.read_text(encoding="utf-8")
    file = tmp_path / "wrong.yaml"
    for old, new, said in (
        ("do: project.withdraw", "do: project.take_back", "`project.take_back` is no verb"),
        ("with: {reason: déposé trop tard}", "with: {because: déposé trop tard}", "knows no `because`"),
        ("by: prison", "by: jail", "No client is called `jail`."),
    ):
        file.write_text(text.replace(old, new), encoding="utf-8")
        played = make_demo(house, file)
        assert (played.returncode, played.stderr) == (2, "")
        assert played.stdout.startswith(f"{file}:{text[: text.index(old)].count(chr(10)) + 1}: ")
        assert said in played.stdout

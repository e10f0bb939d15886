"""docs/how-to/write-a-dossier.md: its example can be played, and it names every key and every verb."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from demo.checking import checked
from demo.dossier import Appointment, ClientPart, Dossier, Hears, Question, Receiver, Refusal, Step, Territory, Then
from demo.verbs import VERBS

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs/how-to/write-a-dossier.md").read_text(encoding="utf-8")
[EXAMPLE] = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
SAID = set(re.findall(r"`([a-z_]+)`", PAGE)) | {"as", "with"}


def test_its_example_can_be_played(tmp_path: Path):
    (tmp_path / "example.yaml").write_text(EXAMPLE, encoding="utf-8")
    dossier, _ = checked(tmp_path / "example.yaml")
    assert [step.do for step in dossier.steps][-1] == "project.withdraw"


@pytest.mark.parametrize("part", [Dossier, Appointment, ClientPart, Territory, Receiver, Step, Then, Refusal, Question])
def test_it_names_every_key(part: type[BaseModel]):
    keys = {field.alias or name.removesuffix("_") for name, field in part.model_fields.items()}
    assert keys - SAID == set()


def test_it_names_everything_a_receiver_may_hear():
    assert {str(one) for one in Hears} - SAID == set()


def test_it_lists_every_verb_and_no_other():
    listed = PAGE.partition("<!-- verbs: begin -->")[2].partition("<!-- verbs: end -->")[0]
    assert set(re.findall(r"`([a-z_]+\.[a-z_]+)`", listed)) == set(VERBS)

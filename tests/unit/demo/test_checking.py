"""What is wrong with a dossier is named with its line before anything is played."""

from collections.abc import Callable
from pathlib import Path

import pytest

from demo.checking import checked
from demo.numbered import NotReadable

ROOT = Path(__file__).resolve().parents[3]
SHIPPED = sorted((ROOT / "deploy/dossiers").glob("*.yaml"))

SMALL = """\
dossier: small
title: A small one
organisations:
  drac: {name: DRAC, kind: state_service}
  region: {name: Coordination, kind: coordination}
  nation: {name: Nation, kind: cultural_association}
  holder: {name: Holder, kind: social_centre}
coordinations:
  region:
    organisation: region
    appointed_by: drac
    on: 2024-01-02T09:00:00+01:00
    region: "75"
    departments: ["86"]
    valid_from: 2024-01-01
clients:
  drac: {role: drac_adviser, organisation: drac, codes: ["86"]}
  coordinator: {role: regional_coordinator, organisation: region, coordination: region}
  national: {role: national_coordination, organisation: nation}
  holder: {role: project_holder, organisation: holder}
receivers:
  all: {client: coordinator, hears: everything}
films:
  linda: {title: Linda}
steps:
  - name: drafted
    on: 2024-10-15T09:00:00+02:00
    by: coordinator
    do: campaign.draft
    with: {year: 2025}
  - name: begun
    on: 2024-12-03T10:00:00+01:00
    by: holder
    do: project.draft
    with:
      campaign_id: $campaign
      lines:
        - {as: drac, funder_id: $organisations.drac}
      actions:
        - {as: screening, title: One, places: [{as: square}]}
  - name: planned
    on: 2025-04-28T10:00:00+02:00
    by: holder
    do: action.plan_session
    action: screening
    as: evening
    with:
      place_id: $places.square
      programme: [{film_id: $films.linda}]
  - name: asked
    on: 2025-04-28T11:00:00+02:00
    by: holder
    do: action.change_clearance
    action: screening
    clearance: evening.linda
    then:
      states: {clearances.evening.linda: requested}
outcome:
  - {figure: I05, value: 214}
"""


@pytest.fixture
def dossier(tmp_path: Path) -> Callable[..., Path]:
    """Write the small dossier, with one thing in it otherwise."""

    def write(old: str = "", new: str = "") -> Path:
        assert old in SMALL
        file = tmp_path / "small.yaml"
        file.write_text(SMALL.replace(old, new, 1), encoding="utf-8")
        return file

    return write


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_dossier_can_be_played(path: Path):
    assert checked(path)[0].steps


def test_the_small_one_can_be_played(dossier: Callable[..., Path]):
    assert [step.name for step in checked(dossier())[0].steps] == ["drafted", "begun", "planned", "asked"]


def test_an_unknown_verb_is_named_with_its_line_and_what_there_is(dossier: Callable[..., Path]):
    with pytest.raises(NotReadable) as refused:
        checked(dossier("do: action.plan_session", "do: action.plan_sesion"))
    [said] = refused.value.troubles
    assert "small.yaml:44: `action.plan_sesion` is no verb. There are: action.change, action.plan_session," in said


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("title: A small one", "titel: A small one", 2, "`titel` is no key here."),
        ("    by: coordinator\n", "    by: coordinator\n    whit: {}\n", 29, "`whit` is no key here."),
        ('codes: ["86"]', "codes: [86]", 17, "`codes`: Input should be a valid string"),
        ("by: coordinator", "by: somebody", 28, "No client is called `somebody`."),
        ("role: drac_adviser", "role: drac", 17, "`role`: Input should be"),
        ("on: 2024-10-15T09:00:00+02:00", "on: 2024-10-15T09:00:00", 27, "`on`: Input should have timezone"),
        ("$campaign", "$campain", 36, "Nothing is called `$campain` here."),
        ("$places.square", "$places.room", 48, "Nothing is called `$places.room` here."),
        ("clearance: evening.linda", "clearance: morning.linda", 55, "Nothing is called `clearances.morning.linda`"),
        (
            "    action: screening\n    as: evening",
            "    as: evening",
            44,
            "`action.plan_session` needs the key `action`.",
        ),
        (
            "    do: campaign.draft\n",
            "    do: campaign.draft\n    line: drac\n",
            30,
            "`campaign.draft` takes no `line`.",
        ),
        ("    clearance: evening", "    as: it\n    clearance: evening", 55, "makes nothing that could be called `it`"),
        ("- name: begun", "- name: drafted", 31, "Another step is called `drafted` too."),
        ("states: {clear", "states: {project: draft, clearance: x, clear", 57, "Nothing is called `clearance` here."),
        ("organisation: holder}", "organisation: nobody}", 20, "No organisation is called `nobody`."),
        (", coordination: region}", "}", 18, "Clients of a coordination and of its committee name it"),
        ("appointed_by: drac", "appointed_by: holder", 11, "The client that appoints is a drac_adviser."),
        ("role: national_coordination", "role: dashboard", 16, "needs a client with the role national_coordination"),
        ("client: coordinator,", "client: nobody,", 22, "No client is called `nobody`."),
        ("value: 214", "value: many", 59, "`value`: Input should be a valid decimal"),
        ("value: 214", "value: 214, hidden: true", 59, "What is hidden has no value."),
        (
            "    then:\n      states",
            "    then:\n      refused: {status: 409, code: no}\n      states",
            56,
            "What is refused changes nothing",
        ),
        (
            "    then:\n      states",
            "    then:\n      webhooks: {all: [action.held]}\n      states",
            57,
            "`all` is no receiver that hears what is listed.",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_line(dossier: Callable[..., Path], old: str, new: str, line: int, said: str):
    with pytest.raises(NotReadable) as refused:
        checked(dossier(old, new))
    assert [one for one in refused.value.troubles if f"small.yaml:{line}: " in one and said in one], refused.value


def test_what_a_refused_step_would_have_made_has_no_name(dossier: Callable[..., Path]):
    refused = "as: evening\n    then: {refused: {status: 409, code: no}}"
    with pytest.raises(NotReadable, match=r"Nothing is called `clearances\.evening\.linda` here"):
        checked(dossier("as: evening", refused))

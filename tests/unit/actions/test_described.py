"""What is described otherwise once the committee has validated it: still eligible (R15, R20), and known where it is.

And the fact names what differs.
"""

from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import pytest

from actions.domain import filing
from actions.domain.known import Organisation
from actions.domain.refusals import OnSchoolTime, OpenAirAlone
from common.contracts.actions import (
    ActionChanged,
    ActionStatus,
    ActionType,
    Declaration,
    ProjectChanged,
    SiteApproval,
)
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"title": "Autrement"}, None),
        ({"action_type": ActionType.MEETING}, None),
        ({"action_type": ActionType.SPECIAL_SCREENING}, OpenAirAlone),
        ({"out_of_school": False}, OnSchoolTime),
    ],
)
def test_t5_what_was_validated_stays_what_could_be_found_eligible(said, refusal):
    dossier, when = a.a_validated(), p.at("2025-03-01 10:00")
    after = replace(dossier.workshop, **said)
    with pytest.raises(refusal) if refusal else nullcontext():
        filing.require_still_eligible(dossier.workshop, after, dossier.actions, dossier.campaign, when)
    draft = a.a_draft()
    after = replace(draft.workshop, **said)  # the file is judged when it is handed over
    filing.require_still_eligible(draft.workshop, after, draft.actions, draft.campaign, when)


def test_t5_only_what_a_change_brings_is_refused():
    """The workshop was cancelled: the screening stands alone, and may have another title all the same."""
    dossier, when = a.a_funded(), p.at("2025-05-01 10:00")
    others = (replace(dossier.workshop, state=ActionStatus.CANCELLED), dossier.screening)
    renamed = replace(dossier.screening, title="Sous les étoiles")
    filing.require_still_eligible(dossier.screening, renamed, others, dossier.campaign, when)
    late = replace(dossier.screening, out_of_school=False)
    filing.require_still_eligible(late, replace(late, title="x"), dossier.actions, dossier.campaign, when)


def test_a_validated_project_takes_the_territory_of_its_places_as_they_are_described():
    dossier, when = a.a_validated(), p.at("2025-03-01 10:00")
    assert filing.follow_places(dossier.project, dossier.actions, at=when) is None
    niort = replace(p.SQUARE, id=p.an_id("niort"), municipality="79191", department="79")
    moved = (dossier.workshop, replace(dossier.screening, places=(niort,)))
    project, facts = p.there(filing.follow_places(dossier.project, moved, at=when))
    assert (project.municipalities, project.departments) == (("86194", "79191"), ("86", "79"))
    fact = p.only(facts, ProjectChanged)
    assert (fact.changed, fact.about.departments) == (("municipalities", "departments"), ("86", "79"))
    draft = a.a_draft()
    assert filing.follow_places(draft.project, moved, at=when) is None


HERE = a.a_funded().screening
TOLD = Declaration(screen_licence="86-1", declared_on=p.day("2025-06-01"))
SAID = SiteApproval(authority_id=p.VILLE, approved=True, decided_on=p.day("2025-03-20"), restrictions="")


@pytest.mark.parametrize(
    ("before", "said", "organiser", "named"),
    [
        ({}, {}, p.HOLDER, ()),
        ({}, {}, p.PROVIDER, ("organiser_id",)),
        ({}, {"title": "Autrement"}, p.PROVIDER, ("organiser_id", "title")),
        ({"declaration": TOLD}, {"title": "Autrement"}, p.HOLDER, ("title",)),
        ({"declaration": TOLD}, {}, p.PROVIDER, ("organiser_id", "declaration")),
        ({"site_authority_id": p.VILLE, "site_approval": SAID}, {}, p.HOLDER, ("site_authority_id", "site_approval")),
        ({"site_authority_id": p.VILLE}, {}, p.HOLDER, ("site_authority_id",)),
    ],
)
def test_a_change_names_who_organises_and_which_papers_fell_away(
    before: dict[str, Any], said: dict[str, Any], organiser: Organisation, named: tuple[str, ...]
):
    action, given = replace(HERE, **before), replace(a.a_funded().given, organiser=organiser)
    wish = replace(p.OPEN_AIR, regime=HERE.regime, **said)
    _, facts = a.change(action, wish, given, at=p.at("2025-06-02 10:00"))
    assert p.only(facts, ActionChanged).changed == named

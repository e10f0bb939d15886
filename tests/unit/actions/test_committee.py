"""The committee and what it sends back: the guards of T7 to T10."""

from dataclasses import replace

import pytest

from actions.domain import deciding, filing
from actions.domain.project import Project
from actions.domain.refusals import (
    BudgetNotBalanced,
    FileNotComplete,
    InTheFuture,
    NotUnderstoodAsDecision,
    TriadIncomplete,
)
from common.contracts.actions import CommitteeOutcome, LineStatus, ProjectStatus
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p
from tests.unit.actions.dossiers import Dossier


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"quorum": ""}, "/quorum"),
        ({"recommended_cents": None}, "/recommended"),
        ({"outcome": CommitteeOutcome.DEFERRED}, "/next_committee_on"),
        ({"outcome": CommitteeOutcome.DEFERRED, "next_committee_on": p.day("2025-02-13")}, "/next_committee_on"),
        ({"outcome": CommitteeOutcome.REJECTED}, "/reason"),
    ],
)
def test_t7_t8_t10_a_decision_says_what_it_must(changed, pointer):
    dossier = a.eligible(a.submitted(a.a_draft()))
    with pytest.raises(NotUnderstoodAsDecision) as refused:
        a.decided(dossier, replace(a.DECISION, **changed))
    assert refused.value.errors[0].pointer == pointer


def test_t7_the_sitting_has_taken_place():
    dossier = a.eligible(a.submitted(a.a_draft()))
    with pytest.raises(InTheFuture):
        a.decided(dossier, replace(a.DECISION, committee_on=p.day("2025-02-14")))


def a_deferred() -> Dossier:
    later = replace(a.DECISION, outcome=CommitteeOutcome.DEFERRED, next_committee_on=p.day("2025-03-13"))
    return a.decided(a.eligible(a.submitted(a.a_draft())), later)


def reinstated(dossier: Dossier, committee_on: str = "2025-03-13") -> Project:
    return filing.reinstate(
        dossier.project, dossier.campaign, dossier.actions, p.day(committee_on), at=p.at("2025-03-01 10:00")
    )[0]


def revised_while_deferred(**changed) -> Dossier:
    dossier = a_deferred()
    file, when = replace(p.FILE, **changed), p.at("2025-02-20 10:00")
    project, _ = filing.change(dossier.project, file, dossier.campaign, p.FUNDERS, new_id=p.new_ids("n"), at=when)
    return dossier.having(project=project)


def test_t8_t9_a_deferred_project_comes_back_before_a_later_sitting_and_is_decided_again():
    dossier = a_deferred()
    assert dossier.project.state is ProjectStatus.DEFERRED
    with pytest.raises(NotUnderstoodAsDecision):
        reinstated(dossier, "2025-02-13")
    project, _ = deciding.decide(
        reinstated(dossier), replace(a.DECISION, committee_on=p.day("2025-03-13")), at=p.at("2025-03-13 18:00")
    )
    assert [decision.outcome for decision in project.decisions] == ["deferred", "validated"]


def test_t9_a_revised_file_is_handed_over_again_and_its_lines_can_be_decided():
    dossier = revised_while_deferred(summary="Autrement.")
    assert {line.state for line in dossier.project.lines} == {LineStatus.PLANNED}
    square = replace(p.SQUARE, municipality="86041")
    dossier = dossier.having(screening=replace(dossier.screening, places=(square,)))
    project = reinstated(dossier)
    assert (project.state, {line.state for line in project.lines}) == (ProjectStatus.ELIGIBLE, {LineStatus.REQUESTED})
    assert project.municipalities == ("86194", "86041")
    project, _ = deciding.decide(
        project, replace(a.DECISION, committee_on=p.day("2025-03-13")), at=p.at("2025-03-13 18:00")
    )
    decided = a.granted(dossier.having(project=project), p.DRAC, 1600, "2025-03-20").project
    assert [line.state for line in decided.lines if line.funder_id == p.DRAC] == [LineStatus.PARTIALLY_GRANTED]


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"forecast": replace(p.FORECAST, charges=())}, FileNotComplete),
        ({"forecast": replace(p.FORECAST, resources=p.entries(own_funds=1))}, BudgetNotBalanced),
        ({"partners": p.TRIAD[:1]}, TriadIncomplete),
    ],
)
def test_t9_a_revised_file_is_whole_balanced_and_still_eligible(changed, refusal):
    with pytest.raises(refusal):
        reinstated(revised_while_deferred(**changed))

"""Whatever anybody does in whatever order: known states, lawful steps, versions without gaps, money that adds up."""

from collections.abc import Mapping
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.domain.action import Action
from actions.domain.funding import SETTLED, UNDECIDED
from actions.domain.project import Project
from actions.domain.report import Report
from common.contracts.actions import (
    ActionStatus,
    LineStatus,
    ProjectStatus,
    ReportStatus,
    SessionStatus,
)
from common.errors import DomainError
from tests.unit.actions import dossiers as a
from tests.unit.actions import verbs
from tests.unit.actions.dossiers import Dossier

EVERYTHING = {**verbs.PROJECT, **verbs.ACTION, **verbs.WORKSHOP, **verbs.REPORT}

STARTS = {
    "draft": a.a_draft(),
    "validated": a.a_validated(),
    "decided": a.all_decided(a.a_validated()),
    "funded": a.a_funded(),
    "ready": a.a_ready(),
    "ended": a.an_ended(),
    "reported": a.reported(a.an_ended()),
    "settled": a.a_settled(),
    "cancelled": a.a_cancelled(),
}

STEPS: Mapping[ProjectStatus, str] = {
    ProjectStatus.DRAFT: "submitted withdrawn",
    ProjectStatus.SUBMITTED: "incomplete eligible ineligible withdrawn",
    ProjectStatus.INCOMPLETE: "submitted ineligible withdrawn",
    ProjectStatus.ELIGIBLE: "validated deferred rejected withdrawn",
    ProjectStatus.DEFERRED: "eligible withdrawn",
    ProjectStatus.VALIDATED: "funded cancelled",
    ProjectStatus.FUNDED: "closed cancelled",
    ProjectStatus.CANCELLED: "closed",
    ProjectStatus.INELIGIBLE: "",
    ProjectStatus.REJECTED: "",
    ProjectStatus.WITHDRAWN: "",
    ProjectStatus.CLOSED: "",
}
ACTION_STEPS: Mapping[ActionStatus, str] = {
    ActionStatus.PLANNED: "scheduled cancelled",
    ActionStatus.SCHEDULED: "in_progress postponed held cancelled",
    ActionStatus.IN_PROGRESS: "postponed held cancelled",
    ActionStatus.POSTPONED: "scheduled in_progress cancelled",
    ActionStatus.HELD: "",
    ActionStatus.CANCELLED: "",
}
REPORT_STEPS: Mapping[ReportStatus, str] = {
    ReportStatus.SUBMITTED: "returned validated",
    ReportStatus.RETURNED: "submitted",
    ReportStatus.VALIDATED: "amended",
    ReportStatus.AMENDED: "",
}

tried = st.tuples(st.sampled_from(sorted(STARTS)), st.lists(st.sampled_from(sorted(EVERYTHING)), max_size=25))


def versions(dossier: Dossier) -> dict[UUID, int]:
    filed = [] if dossier.filed is None else [dossier.filed]
    every: list[Project | Action | Report] = [dossier.project, *dossier.actions, *filed]
    return {one.id: one.version for one in every}


def act(dossier: Dossier, verb: str):
    """Try a verb; a refusal leaves everything as it was."""
    if dossier.filed is None and verb in verbs.REPORT:
        return dossier, []
    try:
        moves = list(EVERYTHING[verb](dossier))
    except DomainError:
        return dossier, []
    return verbs.put(dossier, moves), moves


@settings(max_examples=150, deadline=None)
@given(tried)
def test_every_fact_takes_its_own_version_and_says_whom_it_concerns(given_verbs):
    start, names = given_verbs
    dossier = STARTS[start]
    for name in names:
        before = versions(dossier)
        dossier, moves = act(dossier, name)
        for new, facts in moves:
            assert facts
            assert new.version == before.get(new.id, 0) + len(facts)
            before[new.id] = new.version
            assert {fact.about.project_id for fact in facts} == {dossier.project.id}
            assert new.changed_at == facts[-1].occurred_at
            assert new.published().version == new.version


@settings(max_examples=150, deadline=None)
@given(tried)
def test_no_order_of_verbs_leaves_the_drawn_states(given_verbs):
    start, names = given_verbs
    dossier = STARTS[start]
    for name in names:
        before, (dossier, _) = dossier, act(dossier, name)
        moved(STEPS, before.project.state, dossier.project.state)
        for old, new in zip(before.actions, dossier.actions, strict=True):
            moved(ACTION_STEPS, old.state, new.state)
        if before.filed is not None:
            moved(REPORT_STEPS, before.report.state, dossier.report.state)
        sound(dossier)


def moved(steps, old, new) -> None:
    assert old == new or new in steps[old].split()


def sound(dossier: Dossier) -> None:
    """What holds of a dossier at any time."""
    project = dossier.project
    for line in project.lines:
        assert 0 <= line.paid_cents <= (line.granted_cents or 0) <= line.asked_cents
        assert (line.granted_cents is None) == (line.state in UNDECIDED)
        assert (line.granted_cents == 0) == (line.state is LineStatus.REFUSED)
    if project.state in {ProjectStatus.FUNDED, ProjectStatus.CLOSED} and project.revised is not None:
        assert project.revised.cash_charges == project.revised.cash_resources
        assert project.revised.passeurs == project.granted_cents - sum(
            line.granted_cents or 0 for line in project.lines if line.kind == "co_funding"
        )
    if project.state is ProjectStatus.CLOSED and dossier.filed is not None:
        assert all(line.state in SETTLED for line in project.lines if line.granted)
    for action in dossier.actions:
        if action.state is ActionStatus.HELD:
            assert action.held_on is not None
            assert {session.state for session in action.sessions} <= {SessionStatus.HELD, SessionStatus.CANCELLED}
        if action.state is ActionStatus.POSTPONED:
            assert action.postponed_from is not None
        else:
            assert action.postponed_from is None


@pytest.mark.parametrize("start", STARTS)
def test_every_start_is_sound(start):
    sound(STARTS[start])

"""What each record contributes, and when."""

from dataclasses import replace
from datetime import date

import pytest

from common.contracts.actions import (
    ActionStatus,
    Budgets,
    LineStatus,
    Measure,
    ProjectStatus,
    ReportStatus,
    SessionStatus,
)
from reporting.domain.contributions import contributions
from reporting.domain.quantities import Quantity
from tests.states import (
    ACTUAL,
    CITY,
    DECIDED,
    DRAC,
    FORECAST,
    REVISED,
    SCREENED,
    WORKED,
    action,
    campaign,
    line,
    named,
    place,
    project,
    report,
    reported,
    session,
    workshop,
)

SCREENING, WORKSHOP, PROJECT, REPORT = (named(name) for name in ("screening", "workshop", "project", "report"))


def summed(state, quantity, **where):
    """Add up what a state contributes to a quantity, where its spot and category are these."""
    found = [part for part in contributions(state) if part.quantity is quantity]
    for name, value in where.items():
        found = [
            part for part in found if getattr(part, name, None) == value or getattr(part.spot, name, None) == value
        ]
    return sum(part.amount for part in found)


@pytest.mark.parametrize("state", [status for status in ActionStatus if status is not ActionStatus.HELD])
def test_an_action_counts_nowhere_before_it_is_held(state):
    assert contributions(action(SCREENING, state=state)) == ()


def test_a_held_screening_counts_once_with_its_spectators():
    held = action(SCREENING)
    assert summed(held, Quantity.ACTIONS_HELD, month="2025-07", region="75", department="86") == 1
    assert summed(held, Quantity.SPECTATORS, month="2025-07") == 214
    assert summed(held, Quantity.PARTICIPANTS) == 0
    assert summed(held, Quantity.PARTICIPATIONS) == 214


def test_each_session_counts_on_its_own_day_and_at_its_own_place():
    there = place(id=named("elsewhere"), department="87", region="75")
    held = action(
        SCREENING,
        places=(place(), there),
        held_on=date(2025, 8, 2),
        sessions=(
            session(date(2025, 7, 25), 100),
            session(date(2025, 8, 2), 40, place_id=there.id),
            session(date(2025, 7, 20), None, state=SessionStatus.CANCELLED),
        ),
    )
    assert summed(held, Quantity.SPECTATORS, month="2025-07", department="86") == 100
    assert summed(held, Quantity.SPECTATORS, month="2025-08", department="87") == 40
    assert summed(held, Quantity.ACTIONS_HELD, month="2025-08", department="86") == 1


def test_participants_of_a_workshop_are_persons_and_not_presences():
    held = workshop(WORKSHOP)
    assert summed(held, Quantity.PARTICIPANTS, month="2025-04") == 9
    assert summed(held, Quantity.SPECTATORS) == 0
    assert summed(held, Quantity.PARTICIPATIONS) == 9


def test_training_is_no_public():
    held = workshop(WORKSHOP, measure=Measure.TRAINEES)
    assert {part.quantity for part in contributions(held)} == {
        Quantity.ACTIONS_HELD,
        Quantity.ACTIONS_BY_DENSITY,
        Quantity.ACTIONS_IN_DISTRICT,
    }
    assert contributions(report(REPORT, [reported(held, WORKED)])) == ()


def test_density_has_an_unknown_part():
    assert (
        summed(action(SCREENING, places=(place(density=None),)), Quantity.ACTIONS_BY_DENSITY, category="unknown") == 1
    )
    assert summed(action(SCREENING, places=(place(density=6),)), Quantity.ACTIONS_BY_DENSITY, category="6") == 1


def test_an_action_near_a_district_is_not_in_it():
    near = action(SCREENING, places=(place(located_in_district=False),))
    assert summed(near, Quantity.ACTIONS_IN_DISTRICT) == 0
    assert summed(action(SCREENING), Quantity.ACTIONS_IN_DISTRICT) == 1


@pytest.mark.parametrize("state", [ReportStatus.SUBMITTED, ReportStatus.RETURNED])
def test_breakdowns_wait_for_the_report_s_validation(state):
    assert contributions(report(REPORT, [reported(action(SCREENING), SCREENED)], state=state)) == ()


@pytest.mark.parametrize("state", [ReportStatus.VALIDATED, ReportStatus.AMENDED])
def test_breakdowns_count_in_the_month_of_the_action(state):
    said = report(REPORT, [reported(action(SCREENING), SCREENED), reported(workshop(WORKSHOP), WORKED)], state=state)
    assert summed(said, Quantity.AGE_BAND, audience="spectators", month="2025-07") == 214
    assert summed(said, Quantity.AGE_BAND, audience="participants", month="2025-04") == 9
    assert summed(said, Quantity.AGE_BAND, audience="participants", category="from_18_to_25") == 2
    assert summed(said, Quantity.GENDER, audience="spectators", category="women") == 112
    assert summed(said, Quantity.IN_DISTRICT, category="inside") == 171
    assert summed(said, Quantity.METHOD, category="age_band/estimated") == 214
    assert summed(said, Quantity.METHOD, category="gender/registered") == 9


def test_nothing_is_asked_by_a_draft():
    draft = project(
        PROJECT,
        state=ProjectStatus.DRAFT,
        lines=(line("a", DRAC, 1800, state=LineStatus.PLANNED),),
        budgets=Budgets(forecast=FORECAST),
    )
    assert contributions(draft) == ()


def test_funding_is_asked_at_submission_granted_at_the_decision_paid_at_the_payment():
    decided = project(PROJECT, state=ProjectStatus.VALIDATED)
    assert [summed(decided, one) for one in (Quantity.ASKED, Quantity.GRANTED, Quantity.PAID)] == [
        360_000,
        290_000,
        112_000,
    ]
    assert summed(decided, Quantity.GRANTED, category=str(CITY)) == 80_000


def test_a_withdrawn_project_asks_for_nothing_any_more():
    withdrawn = project(PROJECT, state=ProjectStatus.WITHDRAWN, lines=(line("a", DRAC, 1800),))
    assert contributions(withdrawn) == ()


@pytest.mark.parametrize("state", [ProjectStatus.REJECTED, ProjectStatus.INELIGIBLE])
def test_what_a_refused_project_asked_for_was_asked(state):
    refused = project(PROJECT, state=state, lines=(line("a", DRAC, 1800),), budgets=Budgets(forecast=FORECAST))
    assert summed(refused, Quantity.ASKED) == 180_000


def test_a_budget_counts_from_funded_on():
    validated = project(PROJECT, state=ProjectStatus.VALIDATED)
    assert summed(validated, Quantity.CASH) == 0
    assert summed(project(PROJECT), Quantity.CASH, category="revised") == 334_000
    assert summed(project(PROJECT), Quantity.PASSEURS) == 160_000
    assert summed(project(PROJECT), Quantity.IN_KIND) == 156_000


def test_the_actual_budget_replaces_the_revised_one():
    reported_on = project(PROJECT, budgets=Budgets(forecast=FORECAST, revised=REVISED, actual=ACTUAL))
    assert summed(reported_on, Quantity.CASH) == summed(reported_on, Quantity.CASH, category="actual") == 347_000


def test_a_cancelled_project_keeps_its_grants_and_has_no_budget():
    cancelled = project(PROJECT, state=ProjectStatus.CANCELLED)
    assert summed(cancelled, Quantity.CASH) == 0
    assert summed(cancelled, Quantity.GRANTED) == 290_000


@pytest.mark.parametrize(
    "state",
    [
        campaign(named("campaign")),
        action(SCREENING, deleted=True),
        project(PROJECT, deleted=True),
        report(REPORT, [reported(action(SCREENING), SCREENED)], deleted=True),
    ],
    ids=["campaign", "action", "project", "report"],
)
def test_campaigns_and_deleted_records_contribute_nothing(state):
    assert contributions(state) == ()


def test_parts_have_names_of_their_own():
    everything = [
        action(SCREENING),
        workshop(WORKSHOP),
        project(PROJECT, lines=(*DECIDED, line("b", CITY, 5, 5, 5))),
        report(REPORT, [reported(action(SCREENING), SCREENED), reported(workshop(WORKSHOP), WORKED)]),
    ]
    for state in everything:
        names = [part.part for part in contributions(state)]
        assert len(names) == len(set(names))


def test_cells_are_named_by_all_that_their_contributions_agree_in():
    one, other = contributions(action(SCREENING)), contributions(action(named("another"), version=5))
    assert [part.cell for part in one] == [part.cell for part in other]
    elsewhere = contributions(replace(action(SCREENING), coordination_id=named("another coordination")))
    assert {part.cell for part in one}.isdisjoint(part.cell for part in elsewhere)

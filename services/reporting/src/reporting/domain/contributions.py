"""What each state record contributes to the figures: a pure function of that one record, and of no other.

Sessions count on their own day, actions and participants in the month of the last held session, once the action is
`held`.  Breakdowns count while the report is `validated` or `amended`.  Asked counts from `submitted`, granted at the
decision, paid at the payment.  A budget counts from `funded`, revised first, actual once a validated report brought it.
Training is no public: its people are in no figure of participants or spectators.
"""

from collections.abc import Iterator
from datetime import date
from functools import singledispatch

from common.contracts.actions import (
    ActionState,
    ActionStatus,
    Budget,
    BudgetStage,
    CampaignState,
    Dimension,
    FundingLine,
    LineStatus,
    Measure,
    Place,
    ProjectState,
    ProjectStatus,
    ReportedAction,
    ReportState,
    ReportStatus,
    SessionStatus,
)
from common.contracts.money import Money, cents
from reporting.domain.quantities import UNKNOWN, Contribution, Quantity, Spot

BREAKDOWN_OF = {
    Dimension.AGE_BAND: Quantity.AGE_BAND,
    Dimension.GENDER: Quantity.GENDER,
    Dimension.IN_DISTRICT: Quantity.IN_DISTRICT,
}
COUNTED_REPORTS = frozenset({ReportStatus.VALIDATED, ReportStatus.AMENDED})
BUDGETED_PROJECTS = frozenset({ProjectStatus.FUNDED, ProjectStatus.CLOSED})
PUBLIC = frozenset({Measure.PARTICIPANTS, Measure.SPECTATORS})


@singledispatch
def contributions(state: object) -> tuple[Contribution, ...]:
    """List what a record contributes: nothing, if it is deleted or of a kind that figures do not look at."""
    raise TypeError(f"Figures do not know {type(state).__name__}.")


@contributions.register
def _(_: CampaignState) -> tuple[Contribution, ...]:
    return ()


@contributions.register
def _(state: ActionState) -> tuple[Contribution, ...]:
    if state.deleted or state.state is not ActionStatus.HELD or state.held_on is None:
        return ()
    return (*_of_the_action(state, state.held_on), *_of_its_public(state, state.held_on))


@contributions.register
def _(state: ReportState) -> tuple[Contribution, ...]:
    if state.deleted or state.state not in COUNTED_REPORTS:
        return ()
    public = (action for action in state.actions if action.measure in PUBLIC)
    return tuple(part for action in public for part in _of_a_reported_action(state, action))


@contributions.register
def _(state: ProjectState) -> tuple[Contribution, ...]:
    if state.deleted:
        return ()
    asked = () if state.state is ProjectStatus.WITHDRAWN else state.lines
    lines = (part for line in asked for part in _of_a_line(state, line))
    return (*lines, *_of_the_budget(state))


def _of_the_action(state: ActionState, held_on: date) -> Iterator[Contribution]:
    """Count the action itself, in the month of its last held session, at the first of its places."""
    place = _first(state.places)
    spot = _spot(state, held_on, place, state.action_type)
    density = UNKNOWN if place is None or place.density is None else str(place.density)
    yield _count("held", Quantity.ACTIONS_HELD, spot, 1, state)
    yield _count("density", Quantity.ACTIONS_BY_DENSITY, spot, 1, state, category=density)
    if place is not None and place.located_in_district:
        yield _count("in_district", Quantity.ACTIONS_IN_DISTRICT, spot, 1, state)


def _of_its_public(state: ActionState, held_on: date) -> Iterator[Contribution]:
    """Count participants once per action, spectators on each session's own day and at its own place."""
    total = 0
    if state.measure is Measure.PARTICIPANTS and state.participants_distinct is not None:
        total = state.participants_distinct
        spot = _spot(state, held_on, _first(state.places), state.action_type)
        yield _count("participants", Quantity.PARTICIPANTS, spot, total, state)
    if state.measure is Measure.SPECTATORS:
        places = {place.id: place for place in state.places}
        for session in state.sessions:
            if session.state is SessionStatus.HELD and session.attendance is not None:
                total += session.attendance
                spot = _spot(state, session.held_on, places.get(session.place_id), state.action_type)
                yield _count(f"session/{session.id}", Quantity.SPECTATORS, spot, session.attendance, state)
    if state.measure in PUBLIC:
        yield _count("participations", Quantity.PARTICIPATIONS, _spot_of_main(state), total, state)


def _of_a_reported_action(state: ReportState, action: ReportedAction) -> Iterator[Contribution]:
    spot = _spot(state, action.held_on, _first(action.places), action.action_type)
    for breakdown in action.breakdowns:
        where = f"action/{action.action_id}/{breakdown.dimension}"
        people = {count.cell: count.people for count in breakdown.counts if count.people}
        for cell, number in people.items():
            yield _persons(f"{where}/{cell}", BREAKDOWN_OF[breakdown.dimension], spot, number, state, action, cell)
        method = f"{breakdown.dimension}/{breakdown.method}"
        yield _persons(f"{where}/method", Quantity.METHOD, spot, sum(people.values()), state, action, method)


def _of_a_line(state: ProjectState, line: FundingLine) -> Iterator[Contribution]:
    funder = str(line.funder_id)
    if line.state is not LineStatus.PLANNED:
        yield _money(f"line/{line.id}/asked", Quantity.ASKED, line.asked, state, funder)
    if line.granted is not None:
        yield _money(f"line/{line.id}/granted", Quantity.GRANTED, line.granted, state, funder)
    if line.payments:
        yield _money(f"line/{line.id}/paid", Quantity.PAID, line.paid, state, funder)


def _of_the_budget(state: ProjectState) -> Iterator[Contribution]:
    stage, budget = _budget_that_counts(state)
    if budget is not None:
        yield _money("budget/cash", Quantity.CASH, budget.cash_resources, state, stage)
        yield _money("budget/passeurs", Quantity.PASSEURS, budget.passeurs, state, stage)
        yield _money("budget/in_kind", Quantity.IN_KIND, budget.in_kind_total, state, stage)


def _budget_that_counts(state: ProjectState) -> tuple[BudgetStage, Budget | None]:
    if state.budgets.actual is not None:
        return BudgetStage.ACTUAL, state.budgets.actual
    return BudgetStage.REVISED, state.budgets.revised if state.state in BUDGETED_PROJECTS else None


def _first(places: tuple[Place, ...]) -> Place | None:
    return next(iter(places), None)


def _spot(state: ActionState | ReportState, day: date, place: Place | None, action_type: str) -> Spot:
    return Spot(
        campaign_id=state.campaign_id,
        campaign_year=state.campaign_year,
        coordination_id=state.coordination_id,
        month=f"{day:%Y-%m}",
        region=place.region if place else "",
        department=place.department if place else "",
        action_type=str(action_type),
    )


def _spot_of_main(state: ActionState) -> Spot:
    """Stand where the project's money stands; only the project's own record knows its main commune."""
    return Spot(
        campaign_id=state.campaign_id,
        campaign_year=state.campaign_year,
        coordination_id=state.coordination_id,
        project_id=state.project_id,
    )


def _count(
    part: str, quantity: Quantity, spot: Spot, amount: int, state: ActionState, *, category: str = ""
) -> Contribution:
    return Contribution(
        part=part,
        quantity=quantity,
        spot=spot,
        amount=amount,
        category=category,
        project_id=state.project_id,
        action_id=state.id,
    )


def _persons(
    part: str, quantity: Quantity, spot: Spot, amount: int, state: ReportState, action: ReportedAction, category: str
) -> Contribution:
    return Contribution(
        part=part,
        quantity=quantity,
        spot=spot,
        amount=amount,
        audience=action.measure.value,
        category=str(category),
        project_id=state.project_id,
        action_id=action.action_id,
    )


def _money(part: str, quantity: Quantity, amount: Money, state: ProjectState, category: str) -> Contribution:
    spot = Spot(
        campaign_id=state.campaign_id,
        campaign_year=state.campaign_year,
        coordination_id=state.coordination_id,
        region=state.main.region,
        department=state.main.department,
    )
    return Contribution(
        part=part,
        quantity=quantity,
        spot=spot,
        amount=cents(amount),
        category=str(category),
        project_id=state.id,
    )

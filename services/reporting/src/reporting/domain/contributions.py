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
    BudgetStage,
    CampaignState,
    Dimension,
    LineStatus,
    Measure,
    ProjectState,
    ProjectStatus,
    ReportState,
    ReportStatus,
    SessionStatus,
)
from reporting.domain import heard
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
    """List what a record contributes: nothing, if it is deleted or of a kind that figures do not look at.

    It is the same whether the record was read whole, as the contract's class, or only as far as figures look.
    """
    raise TypeError(f"Figures do not know {type(state).__name__}.")


@contributions.register(CampaignState)
@contributions.register(heard.Campaign)
def _(_: heard.Campaign) -> tuple[Contribution, ...]:
    return ()


@contributions.register(ActionState)
@contributions.register(heard.Action)
def _(state: heard.Action) -> tuple[Contribution, ...]:
    if state.deleted or state.state is not ActionStatus.HELD or state.held_on is None:
        return ()
    return (*_of_the_action(state, state.held_on), *_of_its_public(state, state.held_on))


@contributions.register(ReportState)
@contributions.register(heard.Report)
def _(state: heard.Report) -> tuple[Contribution, ...]:
    if state.deleted or state.state not in COUNTED_REPORTS:
        return ()
    public = (action for action in state.actions if action.measure in PUBLIC)
    return tuple(part for action in public for part in _of_a_reported_action(state, action))


@contributions.register(ProjectState)
@contributions.register(heard.Project)
def _(state: heard.Project) -> tuple[Contribution, ...]:
    if state.deleted:
        return ()
    asked = () if state.state is ProjectStatus.WITHDRAWN else state.lines
    spot = _spot_of_the_file(state)
    lines = (part for line in asked for part in _of_a_line(state, spot, line))
    return (*lines, *_of_the_budget(state, spot))


def _of_the_action(state: heard.Action, held_on: date) -> Iterator[Contribution]:
    """Count the action itself, in the month of its last held session, at the first of its places."""
    place = _first(state.places)
    spot = _spot(state, held_on, place, state.action_type)
    density = UNKNOWN if place is None or place.density is None else str(place.density)
    yield _count("held", Quantity.ACTIONS_HELD, spot, 1, state)
    yield _count("density", Quantity.ACTIONS_BY_DENSITY, spot, 1, state, category=density)
    if place is not None and place.located_in_district:
        yield _count("in_district", Quantity.ACTIONS_IN_DISTRICT, spot, 1, state)


def _of_its_public(state: heard.Action, held_on: date) -> Iterator[Contribution]:
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


def _of_a_reported_action(state: heard.Report, action: heard.Reported) -> Iterator[Contribution]:
    spot = _spot(state, action.held_on, _first(action.places), action.action_type)
    for breakdown in action.breakdowns:
        where = f"action/{action.action_id}/{breakdown.dimension}"
        people = {count.cell: count.people for count in breakdown.counts if count.people}
        for cell, number in people.items():
            yield _persons(f"{where}/{cell}", BREAKDOWN_OF[breakdown.dimension], spot, number, state, action, cell)
        method = f"{breakdown.dimension}/{breakdown.method}"
        yield _persons(f"{where}/method", Quantity.METHOD, spot, sum(people.values()), state, action, method)


def _of_a_line(state: heard.Project, spot: Spot, line: heard.Funding) -> Iterator[Contribution]:
    funder = str(line.funder_id)
    if line.state is not LineStatus.PLANNED:
        yield _money(f"line/{line.id}/asked", Quantity.ASKED, line.asked, state, spot, funder)
    if line.granted is not None:
        yield _money(f"line/{line.id}/granted", Quantity.GRANTED, line.granted, state, spot, funder)
    if line.payments:
        yield _money(f"line/{line.id}/paid", Quantity.PAID, line.paid, state, spot, funder)


def _of_the_budget(state: heard.Project, spot: Spot) -> Iterator[Contribution]:
    stage, budget = _budget_that_counts(state)
    if budget is not None:
        yield _money("budget/cash", Quantity.CASH, budget.cash_resources, state, spot, stage)
        yield _money("budget/passeurs", Quantity.PASSEURS, budget.passeurs, state, spot, stage)
        yield _money("budget/in_kind", Quantity.IN_KIND, budget.in_kind_total, state, spot, stage)


def _budget_that_counts(state: heard.Project) -> tuple[BudgetStage, heard.Totals | None]:
    if state.budgets.actual is not None:
        return BudgetStage.ACTUAL, state.budgets.actual
    return BudgetStage.REVISED, state.budgets.revised if state.state in BUDGETED_PROJECTS else None


def _first(places: tuple[heard.Spotted, ...]) -> heard.Spotted | None:
    return next(iter(places), None)


def _spot(state: heard.Action | heard.Report, day: date, place: heard.Spotted | None, action_type: str) -> Spot:
    return Spot(
        campaign_id=state.campaign_id,
        campaign_year=state.campaign_year,
        coordination_id=state.coordination_id,
        month=day.isoformat()[:7],
        region=place.region if place else "",
        department=place.department if place else "",
        action_type=action_type,
    )


def _spot_of_main(state: heard.Action) -> Spot:
    """Stand where the project's money stands; only the project's own record knows its main commune."""
    return Spot(
        campaign_id=state.campaign_id,
        campaign_year=state.campaign_year,
        coordination_id=state.coordination_id,
        project_id=state.project_id,
    )


def _count(
    part: str, quantity: Quantity, spot: Spot, amount: int, state: heard.Action, *, category: str = ""
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
    part: str, quantity: Quantity, spot: Spot, amount: int, state: heard.Report, action: heard.Reported, category: str
) -> Contribution:
    return Contribution(
        part=part,
        quantity=quantity,
        spot=spot,
        amount=amount,
        audience=action.measure,
        category=category,
        project_id=state.project_id,
        action_id=action.action_id,
    )


def _spot_of_the_file(state: heard.Project) -> Spot:
    return Spot(
        campaign_id=state.campaign_id,
        campaign_year=state.campaign_year,
        coordination_id=state.coordination_id,
        region=state.main.region,
        department=state.main.department,
    )


def _money(
    part: str, quantity: Quantity, amount: heard.Amount, state: heard.Project, spot: Spot, category: str
) -> Contribution:
    return Contribution(
        part=part,
        quantity=quantity,
        spot=spot,
        amount=int(amount.amount.scaleb(2)),
        category=category,
        project_id=state.id,
    )

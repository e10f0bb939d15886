"""What readers may not read of what they see: a local authority of the money, and most of a closed circuit.

(1) Of the money a local authority reads its own lines, and the totals once the project is funded; all others all.
(2) From outside, an action in a closed circuit is a commune and a kind of establishment, and has no day before it is
    held (R41).  Whatever would tell more is left out: sessions, papers, due days, whoever's site it is, and every text
    that somebody wrote.  Who is inside says `access.sees_inside`.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

from actions.domain.access import Caller, sees_inside
from actions.domain.action import Action
from actions.domain.refusals import WithheldFromYou
from actions.domain.rules.places import withheld
from common.contracts.actions import (
    ActionState,
    ActionStatus,
    Authorisation,
    AuthorisationStatus,
    Budget,
    Budgets,
    Cancellation,
    ClosedCircuit,
    CommitteeDecision,
    Convention,
    Period,
    Place,
    ProjectState,
    ProjectStatus,
    ReportedAction,
    ReportState,
    Session,
    SessionStatus,
)

WITH_TOTALS = frozenset({ProjectStatus.FUNDED, ProjectStatus.CLOSED})


def reads_all(caller: Caller) -> bool:
    """Tell whether the caller reads the money whole."""
    return caller.territory.level != "municipalities"


def project_for(caller: Caller, project: ProjectState) -> ProjectState:
    """Leave of a project what the caller may read."""
    if reads_all(caller):
        return project
    lines = tuple(line for line in project.lines if line.funder_id == caller.org)
    own = frozenset(line.id for line in lines)
    return replace(
        project,
        lines=lines,
        conventions=tuple(_own_part(one, own) for one in project.conventions if not own.isdisjoint(one.line_ids)),
        budgets=_budgets(project, caller.org),
        decisions=tuple(_without_amount(decision) for decision in project.decisions),
    )


def report_for(caller: Caller, report: ReportState) -> ReportState:
    """Leave of a report what the caller may read: its budget in totals, and its closed circuits from outside."""
    if not _answers_for(caller, report):
        report = _report_from_outside(report)
    if reads_all(caller):
        return report
    return replace(report, actual=_totals(report.actual, caller.org))


def require_inside(caller: Caller, action: Action) -> None:
    """Refuse to tell what only those inside a closed circuit may know (R41)."""
    if not sees_inside(caller, action):
        raise WithheldFromYou(verdict=withheld(action.closed_circuit, action.campaign_on))


def action_for(caller: Caller, action: ActionState) -> ActionState:
    """Leave of an action what the caller may read: of a closed circuit, what is seen from outside (R41)."""
    return action if sees_inside(caller, action) else _from_outside(action)


def outwardly(caller: Caller, action: Action) -> Action:
    """Let an action be as far as the caller may know: whoever may not know its day must not see that it has begun."""
    return action if sees_inside(caller, action) else replace(action, state=_outward(action.state))


def _outward(state: ActionStatus) -> ActionStatus:
    return ActionStatus.SCHEDULED if state is ActionStatus.IN_PROGRESS else state


def _from_outside(action: ActionState) -> ActionState:
    held = action.state is ActionStatus.HELD
    year = Period(first_on=date(action.campaign_year, 1, 1), last_on=date(action.campaign_year, 12, 31))
    authority = action.site_authority_id
    return replace(
        action,
        occurred_at=action.occurred_at if held else datetime(action.campaign_year, 1, 1, tzinfo=UTC),
        state=_outward(action.state),
        postponed_from=action.postponed_from and _outward(action.postponed_from),
        effective_on=action.effective_on if held else year.first_on,
        title=action.action_type,
        description="",
        site_authority_id=None,
        organiser_id=action.holder_id if action.organiser_id == authority else action.organiser_id,
        access_note="",
        period=year,
        places=_places_from_outside(action.places, action.closed_circuit),
        parties=tuple(one for one in action.parties if one != authority),
        sessions=tuple(_session_from_outside(one) for one in action.sessions if one.state is SessionStatus.HELD)
        if held
        else (),
        authorisation=Authorisation(state=AuthorisationStatus.NOT_REQUIRED),
        clearances=(),
        permits=(),
        neighbours=None,
        site_approval=None,
        attendance=action.attendance if held else None,
        cancellation=action.cancellation and _without_reason(action.cancellation),
        notices=(),
        declaration=None,
        risks=(),
        evidence=(),
    )


def _answers_for(caller: Caller, report: ReportState) -> bool:
    """Tell whether the caller holds the report's project, or its coordination does; who is of one sees no other's."""
    return caller.coordination_id is not None or caller.org == report.holder_id or caller.territory.level == "system"


def _session_from_outside(session: Session) -> Session:
    return replace(session, responsible="", fallback_on=None, fallback_place_id=None, expected_audience=None)


def _places_from_outside(places: Collection[Place], kind: ClosedCircuit | None) -> tuple[Place, ...]:
    """Name a commune and a kind of establishment; a part of a commune, or a district, would be nearer than that."""
    return tuple(
        replace(
            place,
            label=kind or "closed_site",
            declared_code=place.municipality,
            name=place.name if place.declared_code == place.municipality else place.municipality,
            density=place.density if place.declared_code == place.municipality else None,
            priority_district=None,
            located_in_district=False,
            coordinates=None,
        )
        for place in places
    )


def _report_from_outside(report: ReportState) -> ReportState:
    """Leave of a report what is seen from outside: it tells of what was held, so that its days may be read."""
    if not any(_tells_of_closed(one) for one in report.actions):
        return report
    return replace(report, narrative="", actions=tuple(_reported_from_outside(one) for one in report.actions))


def _reported_from_outside(action: ReportedAction) -> ReportedAction:
    if not _tells_of_closed(action):
        return action
    return replace(action, places=_places_from_outside(action.places, action.closed_circuit))


def _tells_of_closed(action: ReportedAction) -> bool:
    return action.closed_site or action.closed_circuit is not None


def _without_reason(cancellation: Cancellation) -> Cancellation:
    return replace(cancellation, reason="")


def _budgets(project: ProjectState, org: UUID) -> Budgets:
    if project.state not in WITH_TOTALS:
        return Budgets()
    revised, actual = project.budgets.revised, project.budgets.actual
    return Budgets(
        revised=None if revised is None else _totals(revised, org),
        actual=None if actual is None else _totals(actual, org),
    )


def _totals(budget: Budget, org: UUID) -> Budget:
    own = tuple(share for share in budget.lines if share.funder_id == org)
    return replace(budget, charges=(), resources=(), lines=own, in_kind_charges=(), in_kind_resources=())


def _own_part(convention: Convention, own: frozenset[UUID]) -> Convention:
    return replace(convention, line_ids=tuple(line_id for line_id in convention.line_ids if line_id in own))


def _without_amount(decision: CommitteeDecision) -> CommitteeDecision:
    return replace(decision, recommended=None)

"""The verbs of an action's papers: rights, a cinema's declaration, permits, neighbours, the closed site's answer.

Those of the CNC's leave for the open air stand in `authorising`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

from actions.domain import leave
from actions.domain.action import Action, Moved, moved
from actions.domain.authorisation import days_wanted, own_days
from actions.domain.clearance import ClearanceStep
from actions.domain.days import local_day, require_past
from actions.domain.obligations import BY_EVIDENCE
from actions.domain.refusals import NoClosedSite, NothingAsked
from actions.domain.unlawful import NothingToDeclare, SettledElsewhere
from common.contracts.actions import (
    ActionChanged,
    ActionClearanceChanged,
    ActionNeighboursInformed,
    ActionPermitRecorded,
    ActionSiteApproved,
    Declaration,
    Evidence,
    NamedScreening,
    NeighboursInformed,
    Permit,
    Regime,
    Session,
    SessionStatus,
    SiteApproval,
)

Key: TypeAlias = tuple[date, UUID, UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveDeclared:
    """What a cinema has told the CNC: of these sessions, or else of all to come that it had not told of yet.

    `dates` are other days to which they may go: those named, else those put off, else all.
    """

    screen_licence: str
    declared_on: date
    receipt: str = ""
    dates: tuple[date, ...] = ()
    session_ids: tuple[UUID, ...] = ()


def change_clearance(action: Action, clearance_id: UUID, step: ClearanceStep, *, at: datetime) -> Moved:
    """Move the rights of one film for one session one step on."""
    action.require("action.change_clearance")
    clearance = action.clearance(clearance_id).step(step, local_day(at, action.zone))
    clearances = tuple(clearance if one.id == clearance_id else one for one in action.clearances)
    changed = replace(action, clearances=clearances)
    fact = ActionClearanceChanged(
        occurred_at=at,
        about=changed.about(),
        action_id=changed.id,
        action_type=changed.action_type,
        clearance_id=clearance_id,
        session_id=clearance.session_id,
        film_id=clearance.film_id,
        clearance=clearance.state,
    )
    return moved(changed, fact)


def inform_neighbours(action: Action, told: NeighboursInformed, *, at: datetime) -> Moved:
    """Record that the cinemas around were told."""
    action.require("action.inform_neighbours")
    require_past(told.informed_on, at, action.zone, pointer="/informed_on")
    informed = replace(action, neighbours=told)
    fact = ActionNeighboursInformed(
        occurred_at=at,
        about=informed.about(),
        action_id=informed.id,
        action_type=informed.action_type,
        informed_on=told.informed_on,
        cinemas=told.cinemas,
    )
    return moved(informed, fact)


def record_permit(action: Action, permit: Permit, *, at: datetime) -> Moved:
    """Record that an authority lends one of the action's places on some days."""
    action.require("action.record_permit")
    require_past(permit.granted_on, at, action.zone, pointer="/granted_on")
    action.place(permit.place_id)
    if not permit.dates:
        raise NothingAsked(pointer="/dates")
    permitted = replace(action, permits=(*action.permits, permit))
    fact = ActionPermitRecorded(
        occurred_at=at,
        about=permitted.about(),
        action_id=permitted.id,
        action_type=permitted.action_type,
        permit_id=permit.id,
        authority_id=permit.authority_id,
        place_id=permit.place_id,
        dates=permit.dates,
        reference=permit.reference,
    )
    return moved(permitted, fact)


def approve_site(action: Action, approval: SiteApproval, *, at: datetime) -> Moved:
    """Record what the authority of the closed site answers: yes to some days besides earlier ones, or no to all.

    Without days it answers for those that it sees planned, and for their fallbacks.
    """
    action.require("action.approve_site")
    require_past(approval.decided_on, at, action.zone, pointer="/decided_on")
    if action.site_authority_id is None:
        raise NoClosedSite
    days = _days_approved(action, approval) if approval.approved else ()
    if approval.approved and not days:
        raise NothingAsked(pointer="/dates")
    answered = replace(action, site_approval=replace(approval, dates=days))
    fact = ActionSiteApproved(
        occurred_at=at,
        about=answered.about(),
        action_id=answered.id,
        action_type=answered.action_type,
        authority_id=approval.authority_id,
        approved=approval.approved,
        decided_on=approval.decided_on,
    )
    return moved(answered, fact)


def _days_approved(action: Action, approval: SiteApproval) -> tuple[date, ...]:
    sessions = action.live_sessions
    fallbacks = (session.fallback_on for session in sessions if session.fallback_on is not None)
    seen = {*(session.held_on for session in sessions), *fallbacks}
    earlier = action.site_approval
    if earlier is None or not earlier.approved or earlier.authority_id != approval.authority_id:
        return tuple(sorted(approval.dates or seen))
    return tuple(sorted({*(seen if earlier.dates is None else earlier.dates), *(approval.dates or seen)}))


def declare_move(action: Action, told: MoveDeclared, *, at: datetime) -> Moved:
    """Record of which screenings a cinema has told the CNC that they move, and for which screen (R06).

    What was declared before stays so, unless it is named again.
    """
    action.require("action.declare_move")
    require_past(told.declared_on, at, action.zone, pointer="/declared_on")
    if action.regime is not Regime.COMMERCIAL_MOVED:
        raise NothingToDeclare
    before = _declared(action)
    now = {_key(one): one for one in _moving(action, told) if told.session_ids or _key(one) not in before}
    if not now:
        raise NothingAsked(pointer="/session_ids")
    screenings = tuple((before | now).values())
    leave.require_few(screenings, pointer="/dates")
    declaration = Declaration(
        screen_licence=told.screen_licence,
        declared_on=told.declared_on,
        receipt=told.receipt,
        screenings=screenings,
    )
    declared = replace(action, declaration=declaration)
    fact = ActionChanged(
        occurred_at=at,
        about=declared.about(),
        action_id=declared.id,
        action_type=declared.action_type,
        changed=("declaration",),
    )
    return moved(declared, fact)


def _moving(action: Action, told: MoveDeclared) -> Iterator[NamedScreening]:
    """Name the screenings of these sessions, or else of all that are to come, as the CNC is told of them now."""
    for session, days in days_wanted(action, told.dates, told.session_ids):
        if session.id in (told.session_ids or {session.id}):
            yield from _screenings(session, days, told.declared_on)


def _declared(action: Action) -> dict[Key, NamedScreening]:
    """Take what was declared before; what was for all that there would be, as far as it is planned."""
    before = action.declaration
    if before is None or before.screenings is not None:
        return {_key(one): one for one in (() if before is None else before.screenings or ())}
    planned = (one for one in action.sessions if one.state is SessionStatus.PLANNED)
    return {_key(one): one for each in planned for one in _screenings(each, own_days(each), before.declared_on)}


def _screenings(session: Session, days: Iterable[date], told_on: date) -> Iterator[NamedScreening]:
    return (
        NamedScreening(held_on=day, place_id=session.place_id, film_id=item.film_id, told_on=told_on)
        for day in sorted(days)
        for item in session.programme
    )


def _key(one: NamedScreening) -> Key:
    return one.held_on, one.place_id, one.film_id


def settle_obligation(action: Action, evidence: Evidence, *, at: datetime) -> Moved:
    """Keep what shows that an obligation is settled; what the action itself tells of has no evidence of its own."""
    action.require("action.settle_obligation")
    require_past(evidence.settled_on, at, action.zone, pointer="/settled_on")
    action.session(evidence.session_id)
    if evidence.kind not in BY_EVIDENCE:
        raise SettledElsewhere(pointer="/kind")
    others = (one for one in action.evidence if (one.kind, one.session_id) != (evidence.kind, evidence.session_id))
    settled = replace(action, evidence=(*others, evidence))
    fact = ActionChanged(
        occurred_at=at,
        about=settled.about(),
        action_id=settled.id,
        action_type=settled.action_type,
        changed=("evidence",),
    )
    return moved(settled, fact)

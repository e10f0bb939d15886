"""The verbs of an action's papers: rights, the CNC's authorisation, permits, neighbours, the closed site's answer.

authorisation   to_request ─▶ requested ─▶ opinion_given ─▶ granted | refused ─▶ requested
granted ─▶ amendment_requested ─▶ granted (for what it was granted for, and, unless refused, for what was asked)
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from actions.domain.action import Action, Moved, moved
from actions.domain.authorisation import NOTHING_ASKED, authorised_regions, is_asked_anew, needed
from actions.domain.circumstances import Circumstances, Films, film_today, request_by
from actions.domain.clearance import ClearanceStep
from actions.domain.days import local_day, require_past
from actions.domain.obligations import BY_EVIDENCE
from actions.domain.refusals import NoClosedSite, NothingAsked, NotPossibleInThisState, refuse
from actions.domain.rules import in_force, say
from actions.domain.unlawful import (
    AuthorisationNotRequired,
    AuthorisedPersonNotOrganiser,
    NothingToDeclare,
    OneRegionEach,
    SettledElsewhere,
)
from common.contracts.actions import (
    ActionAuthorisationAmendmentRequested,
    ActionAuthorisationDecided,
    ActionAuthorisationRequested,
    ActionChanged,
    ActionClearanceChanged,
    ActionNeighboursInformed,
    ActionOpinionRecorded,
    ActionPermitRecorded,
    ActionSiteApproved,
    Authorisation,
    AuthorisationStatus,
    Declaration,
    Evidence,
    NeighboursInformed,
    Opinion,
    Permit,
    Regime,
    SessionStatus,
    SiteApproval,
)
from common.errors import Outcome

S = AuthorisationStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorisationDecision:
    """What the president of the CNC decided; no days named means all that were asked."""

    granted: bool
    decided_on: date
    reference: str
    dates: tuple[date, ...] = ()


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


def request_authorisation(
    action: Action, organiser_id: UUID, fallbacks: Sequence[date], given: Circumstances, *, at: datetime
) -> Moved:
    """Ask the CNC for every open-air feature of the action, on its days and on these and its own fallback dates.

    One request lies in one region (R10); it is late after the day that the campaign's rules give (R11).  An
    authorisation that is another organiser's, or another region's, stands in the way of none.
    """
    action.require("action.request_authorisation")
    needs = needed(action, action.live_sessions, given.films)
    anew = is_asked_anew(action, needs)
    if anew and not needs.sessions:
        raise AuthorisationNotRequired
    if not anew:
        _require_authorisation(action, "action.request_authorisation", *NOTHING_ASKED, S.REFUSED)
    today = local_day(at, action.zone)
    _require_organiser(action, organiser_id, today, pointer="/organiser_id")
    _require_one_region(needs.regions, today)
    own_fallbacks = [session.fallback_on for session in needs.sessions if session.fallback_on is not None]
    last_days = (request_by(given.campaign.rules, day) for day in needs.dates)
    requested = replace(
        action,
        authorisation=Authorisation(
            state=S.REQUESTED,
            organiser_id=organiser_id,
            municipalities=tuple(sorted({place.municipality for place in needs.places})),
            place_ids=tuple(place.id for place in needs.places),
            film_ids=needs.film_ids,
            asked_dates=tuple(sorted({*needs.dates, *own_fallbacks, *fallbacks})),
            requested_on=today,
            late=any(today > last for last in last_days if last is not None),
        ),
    )
    fact = ActionAuthorisationRequested(
        occurred_at=at,
        about=requested.about(),
        action_id=requested.id,
        action_type=requested.action_type,
        organiser_id=organiser_id,
        film_ids=requested.authorisation.film_ids,
        dates=requested.authorisation.asked_dates,
    )
    return moved(requested, fact)


def amend_authorisation(action: Action, dates: Sequence[date], films: Films, *, at: datetime) -> Moved:
    """Ask that a granted authorisation cover more: these days (R12), and what is planned and is not granted yet.

    That is days, films and places of sessions to come.  What it covers already stays granted.  It stays its organiser's
    (R09), and in its region (R10): anything else is another request.

    Raises:
        FilmNotKnownYet: a film of these sessions has not been heard of.
    """
    action.require("action.amend_authorisation")
    _require_authorisation(action, "action.amend_authorisation", S.GRANTED)
    granted, today = action.authorisation, local_day(at, action.zone)
    named = {film_today(one, films) for one in granted.film_ids}
    to_come = (session for session in action.sessions if session.state is SessionStatus.PLANNED)
    needs = needed(action, to_come, films)
    asked = replace(
        granted,
        state=S.AMENDMENT_REQUESTED,
        asked_dates=tuple(sorted({*dates, *(needs.dates - set(granted.granted_dates))})),
        asked_place_ids=tuple(place.id for place in needs.places if place.id not in granted.place_ids),
        asked_film_ids=tuple(one for one in needs.film_ids if one not in named),
    )
    if not (asked.asked_dates or asked.asked_place_ids or asked.asked_film_ids):
        raise NothingAsked(pointer="/dates")
    _require_organiser(action, granted.organiser_id or action.organiser_id, today)
    _require_one_region(authorised_regions(action) | needs.regions, today)
    amended = replace(action, authorisation=asked)
    fact = ActionAuthorisationAmendmentRequested(
        occurred_at=at,
        about=amended.about(),
        action_id=amended.id,
        action_type=amended.action_type,
        dates=asked.asked_dates,
        film_ids=asked.asked_film_ids,
    )
    return moved(amended, fact)


def record_opinion(action: Action, opinion: Opinion, given_on: date, *, at: datetime) -> Moved:
    """Record the DRAC's opinion on the request."""
    action.require("action.record_opinion")
    _require_authorisation(action, "action.record_opinion", S.REQUESTED, S.AMENDMENT_REQUESTED)
    require_past(given_on, at, action.zone, pointer="/given_on")
    first = action.authorisation.state is S.REQUESTED
    heard = replace(
        action.authorisation,
        state=S.OPINION_GIVEN if first else S.AMENDMENT_REQUESTED,
        opinion=opinion,
        opinion_on=given_on,
    )
    advised = replace(action, authorisation=heard)
    fact = ActionOpinionRecorded(
        occurred_at=at,
        about=advised.about(),
        action_id=advised.id,
        action_type=advised.action_type,
        opinion=opinion,
        given_on=given_on,
    )
    return moved(advised, fact)


def decide_authorisation(action: Action, decision: AuthorisationDecision, *, at: datetime) -> Moved:
    """Record the CNC's decision; an amendment leaves what was granted before, and adds to it unless it is refused."""
    action.require("action.decide_authorisation")
    _require_authorisation(action, "action.decide_authorisation", S.OPINION_GIVEN, S.AMENDMENT_REQUESTED)
    require_past(decision.decided_on, at, action.zone, pointer="/decided_on")
    decided = replace(action, authorisation=_decided(action, decision))
    fact = ActionAuthorisationDecided(
        occurred_at=at,
        about=decided.about(),
        action_id=decided.id,
        action_type=decided.action_type,
        outcome=S.GRANTED if decision.granted else S.REFUSED,
        dates=decided.authorisation.granted_dates,
        reference=decision.reference,
        decided_on=decision.decided_on,
    )
    return moved(decided, fact)


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


def declare_move(action: Action, declaration: Declaration, *, at: datetime) -> Moved:
    """Record that the cinema has told the CNC that its screening moves, and for which screen (R06)."""
    action.require("action.declare_move")
    require_past(declaration.declared_on, at, action.zone, pointer="/declared_on")
    if action.regime is not Regime.COMMERCIAL_MOVED:
        raise NothingToDeclare
    declared = replace(action, declaration=declaration)
    fact = ActionChanged(
        occurred_at=at,
        about=declared.about(),
        action_id=declared.id,
        action_type=declared.action_type,
        changed=("declaration",),
    )
    return moved(declared, fact)


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


def _require_organiser(action: Action, authorised_id: UUID, on: date, *, pointer: str | None = None) -> None:
    rule = in_force("R09", on)
    verdict = rule and say(rule, {"authorised_id": authorised_id, "organiser_id": action.organiser_id})
    if verdict and verdict.outcome is Outcome.REFUSED:
        refuse(AuthorisedPersonNotOrganiser, verdict, pointer=pointer)


def _require_one_region(regions: Collection[str], on: date) -> None:
    rule = in_force("R10", on)
    verdict = rule and say(rule, {"regions": tuple(sorted(regions))})
    if verdict and verdict.outcome is Outcome.REFUSED:
        refuse(OneRegionEach, verdict)


def _decided(action: Action, decision: AuthorisationDecision) -> Authorisation:
    """Say what is granted now: by an amendment, what was and what it adds; by a refused one, what was."""
    asked = action.authorisation
    amendment = asked.state is S.AMENDMENT_REQUESTED
    granted = _extended(action) if decision.granted else asked
    kept = asked.granted_dates if amendment else ()
    added = (decision.dates or asked.asked_dates) if decision.granted else ()
    return replace(
        granted,
        state=S.GRANTED if decision.granted or amendment else S.REFUSED,
        granted_dates=tuple(sorted({*kept, *added})),
        decided_on=decision.decided_on,
        reference=asked.reference if amendment and not decision.granted else decision.reference,
        asked_place_ids=(),
        asked_film_ids=(),
    )


def _extended(action: Action) -> Authorisation:
    """Add to an authorisation the films and places that an amendment asks for."""
    asked = action.authorisation
    communes = {action.place(place_id).municipality for place_id in asked.asked_place_ids}
    return replace(
        asked,
        municipalities=tuple(sorted({*asked.municipalities, *communes})),
        place_ids=(*asked.place_ids, *asked.asked_place_ids),
        film_ids=(*asked.film_ids, *asked.asked_film_ids),
    )


def _require_authorisation(action: Action, verb: str, *states: AuthorisationStatus) -> None:
    state = action.authorisation.state
    if state not in states:
        wanted = ", ".join(states)
        raise NotPossibleInThisState(
            f"The authorisation is {state}; {verb} needs {wanted}.",
            precision=f"L’autorisation est « {state} » ; {verb} demande {wanted}.",
        )

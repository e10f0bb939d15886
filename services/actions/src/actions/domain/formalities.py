"""The verbs of an action's papers: rights, the CNC's authorisation, permits, neighbours, the closed site's answer.

authorisation   to_request ─▶ requested ─▶ opinion_given ─▶ granted | refused ─▶ requested
granted ─▶ amendment_requested ─▶ granted (for what it was granted for, and, unless refused, for what was asked)
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from actions.domain.action import Action, Moved, moved
from actions.domain.authorisation import NOTHING_ASKED, features_to_authorise
from actions.domain.circumstances import Circumstances, request_by
from actions.domain.clearance import ClearanceStep
from actions.domain.days import local_day, require_past
from actions.domain.obligations import BY_EVIDENCE
from actions.domain.refusals import NoClosedSite, NothingAsked, NotPossibleInThisState, refuse
from actions.domain.rules import in_force
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

    One request lies in one region (R10); it is late after the day that the campaign's rules give (R11).
    """
    action.require("action.request_authorisation")
    sessions = [session for session in action.live_sessions if features_to_authorise(action, [session], given.films)]
    if not sessions and action.authorisation.state in NOTHING_ASKED:
        raise AuthorisationNotRequired
    _require_authorisation(action, "action.request_authorisation", *NOTHING_ASKED, S.REFUSED)
    today = local_day(at, action.zone)
    rule = in_force("R09", today)
    verdict = rule and rule.say({"authorised_id": organiser_id, "organiser_id": action.organiser_id})
    if verdict and verdict.outcome is Outcome.REFUSED:
        refuse(AuthorisedPersonNotOrganiser, verdict, pointer="/organiser_id")
    places = {session.place_id: action.place(session.place_id) for session in sessions}
    _require_one_region([place.region for place in places.values()], today)
    own_fallbacks = [session.fallback_on for session in sessions if session.fallback_on is not None]
    requested = replace(
        action,
        authorisation=Authorisation(
            state=S.REQUESTED,
            organiser_id=organiser_id,
            municipalities=tuple(sorted({place.municipality for place in places.values()})),
            place_ids=tuple(places),
            film_ids=features_to_authorise(action, sessions, given.films),
            asked_dates=tuple(sorted({*(one.held_on for one in sessions), *own_fallbacks, *fallbacks})),
            requested_on=today,
            late=any(today > (request_by(given.campaign.rules, session.held_on) or today) for session in sessions),
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


def amend_authorisation(action: Action, dates: Sequence[date], *, at: datetime) -> Moved:
    """Ask that a granted authorisation cover these days too (R12); what it covers already stays granted."""
    action.require("action.amend_authorisation")
    _require_authorisation(action, "action.amend_authorisation", S.GRANTED)
    if not dates:
        raise NothingAsked(pointer="/dates")
    asked = replace(action.authorisation, state=S.AMENDMENT_REQUESTED, asked_dates=tuple(sorted(set(dates))))
    amended = replace(action, authorisation=asked)
    fact = ActionAuthorisationAmendmentRequested(
        occurred_at=at,
        about=amended.about(),
        action_id=amended.id,
        action_type=amended.action_type,
        dates=asked.asked_dates,
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
    decided = replace(action, authorisation=_decided(action.authorisation, decision))
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
    """Record what the authority of the closed site answers."""
    action.require("action.approve_site")
    require_past(approval.decided_on, at, action.zone, pointer="/decided_on")
    if action.site_authority_id is None:
        raise NoClosedSite
    answered = replace(action, site_approval=approval)
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


def _require_one_region(regions: Sequence[str], on: date) -> None:
    rule = in_force("R10", on)
    verdict = rule and rule.say({"regions": tuple(sorted(set(regions)))})
    if verdict and verdict.outcome is Outcome.REFUSED:
        refuse(OneRegionEach, verdict)


def _decided(authorisation: Authorisation, decision: AuthorisationDecision) -> Authorisation:
    """Say what is granted now: by an amendment, what was and what it adds; by a refused one, what was."""
    amendment = authorisation.state is S.AMENDMENT_REQUESTED
    kept = authorisation.granted_dates if amendment else ()
    added = (decision.dates or authorisation.asked_dates) if decision.granted else ()
    return replace(
        authorisation,
        state=S.GRANTED if decision.granted or amendment else S.REFUSED,
        granted_dates=tuple(sorted({*kept, *added})),
        decided_on=decision.decided_on,
        reference=authorisation.reference if amendment and not decision.granted else decision.reference,
    )


def _require_authorisation(action: Action, verb: str, *states: AuthorisationStatus) -> None:
    state = action.authorisation.state
    if state not in states:
        wanted = ", ".join(states)
        raise NotPossibleInThisState(
            f"The authorisation is {state}; {verb} needs {wanted}.",
            precision=f"L’autorisation est « {state} » ; {verb} demande {wanted}.",
        )

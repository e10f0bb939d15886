"""The verbs of the CNC's leave for features in the open air: asked for, advised on, granted, amended.

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
from actions.domain.days import local_day, require_past
from actions.domain.refusals import NothingAsked, NotPossibleInThisState, refuse
from actions.domain.rules import in_force, say
from actions.domain.unlawful import AuthorisationNotRequired, AuthorisedPersonNotOrganiser, OneRegionEach
from common.contracts.actions import (
    ActionAuthorisationAmendmentRequested,
    ActionAuthorisationDecided,
    ActionAuthorisationRequested,
    ActionOpinionRecorded,
    Authorisation,
    AuthorisationStatus,
    Opinion,
    SessionStatus,
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

"""The verbs of the CNC's leave for features in the open air: asked for, advised on, granted, amended.

authorisation   to_request ─▶ requested ─▶ opinion_given ─▶ granted | refused ─▶ requested
granted ─▶ amendment_requested ─▶ granted (for what it was granted for, and, unless refused, for what was asked)

Leave is asked for and granted by the screening: a film at a place on a day.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from actions.domain import leave
from actions.domain.action import Action, Moved, moved
from actions.domain.authorisation import NOTHING_ASKED, authorised_regions, days_wanted, is_asked_anew, needed, own_days
from actions.domain.circumstances import Circumstances, request_by
from actions.domain.days import local_day, require_past
from actions.domain.labels import AUTHORISATIONS, VERBS
from actions.domain.refusals import NothingAsked, NotPossibleInThisState, refuse
from actions.domain.rules import said
from actions.domain.unlawful import (
    AuthorisationNotRequired,
    AuthorisedPersonNotOrganiser,
    DaysNotAsked,
    OneRegionEach,
)
from common.contracts.actions import (
    ActionAuthorisationAmendmentRequested,
    ActionAuthorisationDecided,
    ActionAuthorisationRequested,
    ActionOpinionRecorded,
    Authorisation,
    AuthorisationStatus,
    NamedScreening,
    Opinion,
    Place,
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """Other days, and the sessions that may go there: none named means those put off, or else all that are to come."""

    dates: tuple[date, ...] = ()
    session_ids: tuple[UUID, ...] = ()


def request_authorisation(
    action: Action, organiser_id: UUID, fallbacks: Sequence[date], given: Circumstances, *, at: datetime
) -> Moved:
    """Ask the CNC for every open-air feature of the action, on its own day and its fallback, and on these days.

    One request lies in one region (R10); it is late after the day that the campaign's rules give for any of these
    days (R11).  An authorisation that is another organiser's, or another region's, stands in the way of none.
    """
    action.require("action.request_authorisation")
    needs = needed(action, ((one, {*own_days(one), *fallbacks}) for one in action.live_sessions), given.films)
    if not is_asked_anew(action, needs):
        _require_authorisation(action, "action.request_authorisation", *NOTHING_ASKED, S.REFUSED)
    if not needs.screenings:
        raise AuthorisationNotRequired
    today = local_day(at, action.zone)
    _require_organiser(action, organiser_id, today, pointer="/organiser_id")
    _require_one_region(needs.regions, today)
    leave.require_few(needs.screenings, pointer="/fallbacks")
    requested = replace(
        action,
        authorisation=Authorisation(
            state=S.REQUESTED,
            organiser_id=organiser_id,
            municipalities=_communes(needs.places),
            place_ids=tuple(place.id for place in needs.places),
            film_ids=needs.film_ids,
            asked_dates=leave.days_of(needs.screenings),
            requested_on=today,
            late=_is_late(needs.screenings, today, given),
            asked_screenings=_told(needs.screenings, today),
            granted_screenings=(),
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


def amend_authorisation(action: Action, wish: Amendment, given: Circumstances, *, at: datetime) -> Moved:
    """Ask that a granted authorisation cover more: these days (R12), and what is planned and is not granted yet.

    That is the films of sessions to come, at their places, on their days and fallbacks.  What it covers already stays
    granted.  It stays its organiser's (R09), and in its region (R10): anything else is another request.  What is added
    may be late though the first request was not (R11).

    Raises:
        FilmNotKnownYet: a film of these sessions has not been heard of.
    """
    action.require("action.amend_authorisation")
    _require_authorisation(action, "action.amend_authorisation", S.GRANTED)
    granted, today, films = action.authorisation, local_day(at, action.zone), given.films
    needs = needed(action, days_wanted(action, wish.dates, wish.session_ids), films)
    there = {replace(one, film_id=given.work(one.film_id), told_on=None) for one in leave.granted(granted)}
    more = tuple(one for one in needs.screenings if one not in there)
    if not more:
        raise NothingAsked(pointer="/dates")
    _require_organiser(action, granted.organiser_id or action.organiser_id, today)
    _require_one_region(authorised_regions(action) | needs.regions, today)
    leave.require_few((*there, *more), pointer="/dates")
    named = set(map(given.work, granted.film_ids))
    asked = replace(
        granted,
        state=S.AMENDMENT_REQUESTED,
        asked_dates=leave.days_of(more),
        asked_place_ids=tuple(place.id for place in needs.places if place.id not in granted.place_ids),
        asked_film_ids=tuple(one for one in needs.film_ids if one not in named),
        late=granted.late or _is_late(more, today, given),
        asked_screenings=_told(more, today),
    )
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
    """Record the CNC's decision; an amendment leaves what was granted before, and adds to it unless it is refused.

    Days that were not asked for are a slip of the pen: nobody may grant them here.
    """
    action.require("action.decide_authorisation")
    _require_authorisation(action, "action.decide_authorisation", S.OPINION_GIVEN, S.AMENDMENT_REQUESTED)
    require_past(decision.decided_on, at, action.zone, pointer="/decided_on")
    _require_asked(action, decision.dates)
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
    verdict = said("R09", on, {"authorised_id": authorised_id, "organiser_id": action.organiser_id})
    if verdict and verdict.outcome is Outcome.REFUSED:
        refuse(AuthorisedPersonNotOrganiser, verdict, pointer=pointer)


def _require_one_region(regions: Collection[str], on: date) -> None:
    verdict = said("R10", on, {"regions": tuple(sorted(regions))})
    if verdict and verdict.outcome is Outcome.REFUSED:
        refuse(OneRegionEach, verdict)


def _told(screenings: Iterable[NamedScreening], on: date) -> tuple[NamedScreening, ...]:
    return tuple(replace(one, told_on=on) for one in screenings)


def _is_late(screenings: Iterable[NamedScreening], on: date, given: Circumstances) -> bool:
    """Tell whether the DRAC's last day for any of these screenings is over."""
    last_days = (request_by(given.campaign.rules, one.held_on) for one in screenings)
    return any(on > last for last in last_days if last is not None)


def _require_asked(action: Action, days: Collection[date]) -> None:
    asked = action.authorisation.asked_dates
    if strange := ", ".join(day.isoformat() for day in sorted({*days} - {*asked})):
        listed = ", ".join(day.isoformat() for day in asked)
        raise DaysNotAsked(
            f"{strange} was not asked for (asked: {listed}).",
            precision=f"Le {strange} n’a pas été demandé (demandés : {listed}).",
            pointer="/dates",
        )


def _communes(places: Iterable[Place]) -> tuple[str, ...]:
    return tuple(sorted({place.municipality for place in places}))


def _decided(action: Action, decision: AuthorisationDecision) -> Authorisation:
    """Say what is granted now: by an amendment, what was and what it adds; by a refused one, what was."""
    asked = action.authorisation
    amendment = asked.state is S.AMENDMENT_REQUESTED
    kept = asked if amendment else replace(asked, granted_dates=(), granted_screenings=())
    return replace(
        _extended(action, kept, decision.dates or asked.asked_dates) if decision.granted else kept,
        state=S.GRANTED if decision.granted or amendment else S.REFUSED,
        decided_on=decision.decided_on,
        reference=asked.reference if amendment and not decision.granted else decision.reference,
        asked_place_ids=(),
        asked_film_ids=(),
    )


def _extended(action: Action, said: Authorisation, days: Collection[date]) -> Authorisation:
    """Add to what is granted the screenings that were asked for on these days, and to its lists what they have."""
    if said.asked_screenings is None:
        listed = _lists_extended(action, said, days, said.asked_place_ids, said.asked_film_ids)
        return replace(listed, granted_screenings=None)
    added = tuple(one for one in said.asked_screenings if one.held_on in days)
    shown_at, shown = {one.place_id for one in added}, {one.film_id for one in added}
    places = [one for one in said.asked_place_ids if one in shown_at]
    films = [one for one in said.asked_film_ids if one in shown]
    listed = _lists_extended(action, said, leave.days_of(added), places, films)
    return replace(listed, granted_screenings=(*leave.granted(said), *added))


def _lists_extended(
    action: Action, said: Authorisation, days: Collection[date], places: Collection[UUID], films: Collection[UUID]
) -> Authorisation:
    return replace(
        said,
        municipalities=tuple(sorted({*said.municipalities, *_communes(map(action.place, places))})),
        place_ids=(*said.place_ids, *places),
        film_ids=(*said.film_ids, *films),
        granted_dates=tuple(sorted({*said.granted_dates, *days})),
    )


def _require_authorisation(action: Action, verb: str, *states: AuthorisationStatus) -> None:
    state = action.authorisation.state
    if state not in states:
        wanted = ", ".join(states)
        called, wished = VERBS[verb], ", ".join(f"« {AUTHORISATIONS[one]} »" for one in states)
        raise NotPossibleInThisState(
            f"The authorisation is {state}; {verb} needs {wanted}.",
            precision=f"L’autorisation est « {AUTHORISATIONS[state]} » ; {called} demande {wished}.",
        )

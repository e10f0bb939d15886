"""Which films of an action the CNC must authorise (R03, R08), and whether it must be asked at all."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from actions.domain.action import Action
from actions.domain.circumstances import Films, known_film
from actions.domain.refusals import NotPossibleInThisState
from actions.domain.rules import in_force, open_air
from common.contracts.actions import AuthorisationStatus, NamedScreening, Place, Session, SessionStatus

S = AuthorisationStatus

NOTHING_ASKED = frozenset({S.NOT_REQUIRED, S.TO_REQUEST})
PENDING = frozenset({S.REQUESTED, S.OPINION_GIVEN, S.AMENDMENT_REQUESTED})
"""The CNC has been asked for something, and has not answered yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """What the CNC must authorise: features in the open air, each at its place on its days."""

    screenings: tuple[NamedScreening, ...]
    places: tuple[Place, ...]

    @property
    def film_ids(self) -> tuple[UUID, ...]:
        return tuple(dict.fromkeys(one.film_id for one in self.screenings))

    @property
    def regions(self) -> frozenset[str]:
        return frozenset(place.region for place in self.places)


def needed(action: Action, wanted: Iterable[tuple[Session, Collection[date]]], films: Films) -> Needed:
    """Take what the CNC must authorise of these sessions, each on the days that are wanted for it.

    Raises:
        FilmNotKnownYet: a film of these sessions has not been heard of.
    """
    screenings = dict.fromkeys(
        NamedScreening(held_on=day, place_id=session.place_id, film_id=film_id)
        for session, days in wanted
        for film_id in features_to_authorise(action, [session], films)
        for day in sorted(days)
    )
    places = dict.fromkeys(one.place_id for one in screenings)
    return Needed(screenings=tuple(screenings), places=tuple(map(action.place, places)))


def own_days(session: Session) -> frozenset[date]:
    """Name the day of a session, and the one that it falls back to, if there is one."""
    return frozenset(day for day in (session.held_on, session.fallback_on) if day is not None)


def days_wanted(
    action: Action, dates: Collection[date], session_ids: Collection[UUID]
) -> Iterator[tuple[Session, frozenset[date]]]:
    """Name the days that the CNC is to be told of for sessions to come: those planned have their own.

    These dates are for the sessions that are named, else for those put off, else for all that are to come.
    """
    to_come = {one.id: one for one in action.sessions if one.state in {SessionStatus.PLANNED, SessionStatus.POSTPONED}}
    if not {action.session(one).id for one in session_ids} <= to_come.keys():
        raise NotPossibleInThisState(
            "Only for sessions still to come can the CNC be told of days.",
            precision="Seules des séances encore à venir peuvent avoir d’autres jours auprès du CNC.",
            pointer="/session_ids",
        )
    put_off = [one.id for one in to_come.values() if one.state is SessionStatus.POSTPONED]
    going = frozenset(session_ids or put_off or to_come)
    for session in to_come.values():
        own = own_days(session) if session.state is SessionStatus.PLANNED else frozenset[date]()
        yield session, own.union(dates) if session.id in going else own


def is_asked_anew(action: Action, needs: Needed) -> bool:
    """Tell whether there is no authorisation that could be amended to what is planned now.

    One is its organiser's (R09), and lies in one region (R10): what another organises, or what is planned in another
    region only, is another request.
    """
    asked = action.authorisation
    regions = authorised_regions(action)
    moved_away = bool(needs.regions) and bool(regions) and regions.isdisjoint(needs.regions)
    return asked.state in NOTHING_ASKED or asked.organiser_id != action.organiser_id or moved_away


def authorised_regions(action: Action) -> frozenset[str]:
    return frozenset(place.region for place in action.places if place.id in action.authorisation.place_ids)


def needs_authorisation(action: Action, session: Session, minutes: int | None) -> bool:
    """Tell whether the CNC must authorise a film that lasts so long at a session (R03, R08)."""
    rule, regime = in_force("R08", session.held_on), action.regime_of(session)
    if rule is None or regime is None:
        return False
    return open_air.is_authorised_case(rule, regime, minutes, outdoors=action.outdoors_at(session))


def features_to_authorise(action: Action, sessions: Iterable[Session], films: Films) -> tuple[UUID, ...]:
    """List the films that the CNC must authorise.

    Raises:
        FilmNotKnownYet: a film of these sessions has not been heard of.
    """
    shown = ((session, item, known_film(films, item.film_id)) for session in sessions for item in session.programme)
    return tuple(
        dict.fromkeys(
            film.id
            for session, item, film in shown
            if needs_authorisation(action, session, film.minutes_in(item.version))
        )
    )


def authorisation_reviewed(action: Action, films: Films) -> Action:
    """Say whether the CNC must be asked; what was asked or answered stays, and what an unheard film leaves open."""
    shown = {item.film_id for session in action.live_sessions for item in session.programme}
    if action.authorisation.state not in NOTHING_ASKED or not shown <= films.keys():
        return action
    needed = bool(features_to_authorise(action, action.live_sessions, films))
    state = S.TO_REQUEST if needed else S.NOT_REQUIRED
    return replace(action, authorisation=replace(action.authorisation, state=state))

"""Which films of an action the CNC must authorise (R03, R08), and whether it must be asked at all."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from actions.domain.action import Action
from actions.domain.circumstances import Films, known_film
from actions.domain.rules import in_force, open_air
from common.contracts.actions import AuthorisationStatus, Place, Session

S = AuthorisationStatus

NOTHING_ASKED = frozenset({S.NOT_REQUIRED, S.TO_REQUEST})
PENDING = frozenset({S.REQUESTED, S.OPINION_GIVEN, S.AMENDMENT_REQUESTED})
"""The CNC has been asked for something, and has not answered yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """What the CNC must authorise for some sessions: features in the open air, where, and on which days."""

    sessions: tuple[Session, ...]
    places: tuple[Place, ...]
    film_ids: tuple[UUID, ...]

    @property
    def dates(self) -> frozenset[date]:
        return frozenset(session.held_on for session in self.sessions)

    @property
    def regions(self) -> frozenset[str]:
        return frozenset(place.region for place in self.places)


def needed(action: Action, sessions: Iterable[Session], films: Films) -> Needed:
    """Take what the CNC must authorise of these sessions.

    Raises:
        FilmNotKnownYet: a film of these sessions has not been heard of.
    """
    asking = tuple(session for session in sessions if features_to_authorise(action, [session], films))
    places = {session.place_id: action.place(session.place_id) for session in asking}
    return Needed(sessions=asking, places=tuple(places.values()), film_ids=features_to_authorise(action, asking, films))


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

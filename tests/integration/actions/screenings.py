"""Screenings for tests of film law: films as the catalogue announces them, sessions that show them, what is asked."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx

from common.contracts.catalogue import (
    Classification,
    FilmKind,
    FilmState,
    RightsOfferState,
    RightsOfferStatus,
    Visa,
)
from common.contracts.catalogue import RightsTerritory as Territory
from common.contracts.catalogue import RightsUse as Use
from common.contracts.partners import EntitlementKind, OrganisationKind
from tests.integration.actions.journeys import MARCH, act, actions_of, an_action, drafted, funded
from tests.integration.actions.people import LONG_AGO, Cast, Desk, Person, an_entitlement, an_organisation
from tests.unit.actions.pieces import an_id

SQUARE = {"label": "Place de Provence", "municipality": "86194"}
ROOM = {"label": "Salle des fêtes", "municipality": "86194"}


def a_film(minutes: int | None = 71, visa: str | None = "2024-07-18", **said: Any) -> FilmState:
    """Announce a film; without a visa's date it has none."""
    visas = () if visa is None else (Visa(number="150000", issued_on=date.fromisoformat(visa)),)
    film = FilmState(
        id=uuid4(),
        version=1,
        occurred_at=LONG_AGO,
        title="Un film",
        original_title=None,
        other_titles=(),
        directors=(),
        year=2024,
        released_on=None,
        countries=("FR",),
        genre=None,
        duration_minutes=minutes,
        kind=FilmKind.FEATURE,
        versions=(),
        classification=Classification.ALL,
        warning=None,
        visas=visas,
        identifiers=(),
        workshop=None,
    )
    return FilmState(**{name: getattr(film, name) for name in film.__slots__} | said)


def an_offer(film: FilmState, **said: Any) -> RightsOfferState:
    offer = RightsOfferState(
        id=an_id(f"offer of {film.id}"),
        version=1,
        occurred_at=LONG_AGO,
        status=RightsOfferStatus.OFFERED,
        film_id=film.id,
        holder_id=an_id("distributor"),
        uses=(Use.NON_COMMERCIAL_INDOOR,),
        territories=(Territory.METROPOLITAN,),
        versions=(),
        starts_on=date(2025, 1, 1),
        ends_on=date(2025, 12, 31),
        price=None,
    )
    return replace(offer, **said)


def outdoors(**said: Any) -> dict[str, Any]:
    outside = {"action_type": "open_air_screening", "title": "Dehors", "setting": "outdoors", "places": [SQUARE]}
    return an_action(**{**outside, **said})


def indoors(**said: Any) -> dict[str, Any]:
    return an_action(**{"action_type": "closed_room_screening", "title": "En salle", "places": [ROOM], **said})


def a_session(film: UUID, on: str, **said: Any) -> dict[str, Any]:
    programme = [{"film_id": str(film)}]
    return {"held_on": on, "starts_at": "20:30", "responsible": "direction", "programme": programme, **said}


async def begun(desk: Desk, cast: Cast, *films: FilmState, **said: Any) -> list[httpx.Response]:
    """Begin a project with these actions, and hear of these films: sessions may be planned in a draft."""
    for film in films:
        await desk.hear("film", film)
    return _as_asked(await actions_of(desk, cast, await drafted(desk, cast, **said)), said)


async def running(desk: Desk, cast: Cast, *films: FilmState, **said: Any) -> list[httpx.Response]:
    """Fund a project with these actions: they may be announced."""
    for film in films:
        await desk.hear("film", film)
    return _as_asked(await actions_of(desk, cast, await funded(desk, cast, **said)), said)


def _as_asked(found: list[httpx.Response], said: dict[str, Any]) -> list[httpx.Response]:
    """Put actions in the order in which they were asked for: those made in one instant come in any."""
    titles = [one["title"] for one in said["actions"]]
    return sorted(found, key=lambda action: titles.index(action.json()["title"]))


async def asked(desk: Desk, action: httpx.Response, who: Person, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Ask for the whole verdict, with nothing written."""
    answer = await desk.post(f"/v1/actions/{action.json()['id']}/check", who, body or {}, at=MARCH)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def planned(desk: Desk, action: httpx.Response, who: Person, session: dict[str, Any]) -> httpx.Response:
    """Try to plan a session, having asked before: what was lawful then is not refused, and the other way round."""
    said = await asked(desk, action, who, {"session": session})
    answer = await desk.post(f"/v1/actions/{action.json()['id']}/sessions", who, session, match=action, at=MARCH)
    assert said["lawful"] is (answer.status_code == 201), (said, answer.text)
    return answer


async def scheduled(desk: Desk, action: httpx.Response, who: Person) -> httpx.Response:
    """Try to announce an action, having asked before."""
    said = await asked(desk, action, who)
    answer = await desk.post(f"/v1/actions/{action.json()['id']}/schedule", who, {}, match=action, at=MARCH)
    assert said["lawful"] is (answer.status_code == 200), (said, answer.text)
    return answer


async def habilitated(
    desk: Desk, who: Person, kind: EntitlementKind, since: str = "2024-01-01", until: str | None = None
) -> None:
    """Let the service hear that somebody's organisation may show films as others may not, between two days."""
    said = an_organisation(
        who.org, OrganisationKind.SOCIAL_CENTRE, version=2, entitlements=(an_entitlement(kind, since, until),)
    )
    await desk.hear("organisation", said)


async def cleared(desk: Desk, action: httpx.Response, who: Person, use: str) -> httpx.Response:
    """Have the rights of every film of the action confirmed, for one use."""
    terms = {"starts_on": "2025-01-01", "ends_on": "2025-12-31", "uses": [use], "territories": ["metropolitan"]}
    for clearance in action.json()["clearances"]:
        for body in ({"state": "requested"}, {"state": "quoted"}, {"state": "confirmed", "terms": terms}):
            action = await act(desk, action, f"clearances/{clearance['id']}", who, body, at=MARCH)
    return action


def by_rule(answer: httpx.Response) -> tuple[int, str, str | None]:
    """Tell how it was answered: the status, the problem's code, and the rule that refused."""
    body = answer.json()
    return answer.status_code, body.get("code", ""), body.get("rule")

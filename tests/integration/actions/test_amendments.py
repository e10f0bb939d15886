"""What the CNC is asked for after it has granted something (R12): other days, and nothing that was granted is lost."""

from typing import Any

import httpx

from common.contracts.access import Role
from common.contracts.catalogue import FilmState
from tests.integration.actions.journeys import MARCH, act, an_action
from tests.integration.actions.people import Cast, Desk, Person, a_cast
from tests.integration.actions.screenings import (
    SQUARE,
    a_film,
    a_session,
    by_rule,
    cleared,
    outdoors,
    planned,
    running,
    scheduled,
)
from tests.integration.actions.test_open_air_law import (
    JULY,
    STORM,
    authorised,
    to,
    with_rights_and_permit,
)
from tests.integration.actions.test_risks import risks, settled

PLACES = [SQUARE, {"label": "Parc de Buxerolles", "municipality": "86041"}]
LATER = "2025-08-02"
AFTER = "2025-07-21T10:00:00+02:00"


async def permitted(desk: Desk, cast: Cast, action: httpx.Response, place_id: str) -> httpx.Response:
    permit = {"place_id": place_id, "dates": [*JULY, LATER], "reference": "AM 1", "granted_on": "2025-03-18"}
    on_paper = permit | {"authority_id": str(cast.town.org)}
    return await act(desk, action, "permits", cast.coordinator, on_paper, at=MARCH)


async def twice(desk: Desk, cast: Cast) -> httpx.Response:
    """Announce a feature on two evenings, both granted."""
    film = a_film(visa="2023-01-01")
    action, *_ = await running(desk, cast, film, actions=[outdoors(), an_action()])
    for day in JULY:
        action = await planned(desk, action, cast.holder, a_session(film.id, day))
    action = await cleared(desk, action, cast.holder, "open_air")
    action = await permitted(desk, cast, action, action.json()["places"][0]["id"])
    action = await authorised(desk, cast, action)
    return await scheduled(desk, action, cast.holder)


async def decided(desk: Desk, action: httpx.Response, **said: Any) -> httpx.Response:
    """Have the CNC answer what it was asked for last."""
    officer = Person(role=Role.CNC_OPEN_AIR_OFFICER)
    body = {"granted": True, "decided_on": "2025-07-21", "reference": "CNC-2", **said}
    return await act(desk, action, "authorisation/decide", officer, body, at=AFTER)


def leave(action: httpx.Response) -> tuple[str, list[str]]:
    authorisation = action.json()["authorisation"]
    return authorisation["state"], authorisation["granted_dates"]


async def test_r12_what_was_granted_stays_granted_while_another_day_is_asked_for(desk: Desk) -> None:
    cast = a_cast()
    action = await twice(desk, cast)
    first, _ = (session["id"] for session in action.json()["sessions"])
    storm = {"cause": "weather", "session_ids": [first]}
    action = await act(desk, action, "postpone", cast.holder, storm, at=STORM)
    action = await act(desk, action, "authorisation/amend", cast.holder, {"dates": [LATER]}, at=STORM)
    await settled(desk)
    assert await risks(desk, action, cast.holder) == []
    action = await decided(desk, action)
    assert leave(action) == ("granted", [*JULY, LATER])
    moved = await to(desk, action, cast, LATER)
    assert moved.json()["state"] == "scheduled"
    await settled(desk)
    assert await risks(desk, moved, cast.holder) == []


async def test_r12_a_fallback_day_that_is_granted_is_free_while_another_is_asked_for(desk: Desk) -> None:
    cast = a_cast()
    action = await authorised(desk, cast, await with_rights_and_permit(desk, cast))
    action = await scheduled(desk, action, cast.holder)
    action = await act(desk, action, "postpone", cast.holder, {"cause": "weather"}, at=STORM)
    action = await act(desk, action, "authorisation/amend", cast.holder, {"dates": ["2025-07-26"]}, at=STORM)
    assert (await to(desk, action, cast, "2025-07-26")).status_code == 409
    moved = await to(desk, action, cast, JULY[1])
    assert (moved.json()["state"], leave(moved)) == ("scheduled", ("amendment_requested", [*JULY]))
    assert leave(await decided(desk, moved, granted=False)) == ("granted", [*JULY])


async def granted(desk: Desk, cast: Cast, film: FilmState, *others: FilmState) -> httpx.Response:
    """Plan a film for 18 July in one of two squares, and have it granted."""
    action, *_ = await running(desk, cast, film, *others, actions=[outdoors(places=PLACES), an_action()])
    square, _ = places(action)
    action = await planned(desk, action, cast.holder, a_session(film.id, JULY[0], place_id=square))
    return await authorised(desk, cast, action)


def places(action: httpx.Response) -> list[str]:
    return [place["id"] for place in action.json()["places"]]


async def given_up(desk: Desk, cast: Cast, action: httpx.Response) -> httpx.Response:
    path = f"sessions/{action.json()['sessions'][0]['id']}/cancel"
    return await act(desk, action, path, cast.holder, {"cause": "technical"}, at=MARCH)


async def announced_once_amended(desk: Desk, cast: Cast, action: httpx.Response) -> httpx.Response:
    """Have all but the CNC's leave, be refused, ask for what is planned now, and announce it."""
    action = await cleared(desk, action, cast.holder, "open_air")
    for place in places(action):
        action = await permitted(desk, cast, action, place)
    assert by_rule(await scheduled(desk, action, cast.holder)) == (409, "not-authorised", "R08")
    action = await act(desk, action, "authorisation/amend", cast.holder, {}, at=MARCH)
    action = await decided(desk, action)
    announced = await scheduled(desk, action, cast.holder)
    assert announced.status_code == 200, announced.text
    return announced


async def test_r08_r12_another_film_is_added_to_the_authorisation(desk: Desk) -> None:
    cast, film, other = a_cast(), a_film(visa="2023-01-01"), a_film(visa="2023-01-01")
    action = await given_up(desk, cast, await granted(desk, cast, film, other))
    square, _ = places(action)
    action = await planned(desk, action, cast.holder, a_session(other.id, JULY[0], place_id=square))
    announced = await announced_once_amended(desk, cast, action)
    said = announced.json()["authorisation"]
    assert (said["film_ids"], said["asked_film_ids"]) == ([str(film.id), str(other.id)], [])
    assert said["granted_dates"] == [JULY[0]]


async def test_r08_r12_another_square_is_added_to_the_authorisation(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    action = await given_up(desk, cast, await granted(desk, cast, film))
    _, other = places(action)
    action = await planned(desk, action, cast.holder, a_session(film.id, JULY[1], place_id=other))
    said = (await announced_once_amended(desk, cast, action)).json()["authorisation"]
    assert (said["place_ids"], said["municipalities"]) == (places(action), ["86041", "86194"])
    assert said["granted_dates"] == [*JULY]


async def test_r08_r12_a_session_planned_while_the_cnc_is_asked_is_added_once_it_has_answered(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    action, *_ = await running(desk, cast, film, actions=[outdoors(places=PLACES), an_action()])
    square, _ = places(action)
    action = await planned(desk, action, cast.holder, a_session(film.id, JULY[0], place_id=square))
    action = await act(desk, action, "authorisation/request", cast.holder, {}, at=MARCH)
    action = await planned(desk, action, cast.holder, a_session(film.id, JULY[1], place_id=square))
    opinion = {"opinion": "favourable", "given_on": "2025-03-20"}
    action = await act(desk, action, "authorisation/opinion", cast.drac, opinion, at=MARCH)
    action = await decided(desk, action)
    assert leave(action) == ("granted", [JULY[0]])
    assert leave(await announced_once_amended(desk, cast, action)) == ("granted", [*JULY])


async def tried(desk: Desk, cast: Cast, action: httpx.Response, verb: str) -> httpx.Response:
    path = f"/v1/actions/{action.json()['id']}/authorisation/{verb}"
    return await desk.post(path, cast.holder, {}, match=action, at=MARCH)


async def test_r12_an_amendment_asks_for_something(desk: Desk) -> None:
    cast = a_cast()
    action = await granted(desk, cast, a_film(visa="2023-01-01"))
    assert by_rule(await tried(desk, cast, action, "amend"))[:2] == (422, "nothing-asked")


async def test_r09_another_organiser_s_authorisation_is_not_amended_but_requested(desk: Desk) -> None:
    cast = a_cast()
    action = await granted(desk, cast, a_film(visa="2023-01-01"))
    assert (await tried(desk, cast, action, "request")).status_code == 409
    body = outdoors(places=PLACES, organiser_id=str(cast.town.org))
    action = await act(desk, action, "change", cast.holder, body, at=MARCH)
    amended = await desk.post(
        f"/v1/actions/{action.json()['id']}/authorisation/amend",
        cast.holder,
        {"dates": [LATER]},
        match=action,
        at=MARCH,
    )
    assert by_rule(amended) == (409, "authorised-person-not-organiser", "R09")
    requested = await tried(desk, cast, action, "request")
    assert (requested.status_code, leave(requested)) == (200, ("requested", []))
    assert requested.json()["authorisation"]["organiser_id"] == str(cast.town.org)


async def test_r10_what_is_planned_in_another_region_is_not_amended_but_requested(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    there = {"label": "Parc", "municipality": "93066"}
    action, *_ = await running(desk, cast, film, actions=[outdoors(places=[SQUARE, there]), an_action()])
    here, away = places(action)
    action = await planned(desk, action, cast.holder, a_session(film.id, JULY[0], place_id=here))
    action = await authorised(desk, cast, action)
    action = await planned(desk, action, cast.holder, a_session(film.id, JULY[1], place_id=away))
    assert by_rule(await tried(desk, cast, action, "amend")) == (409, "one-region-each", "R10")
    assert by_rule(await tried(desk, cast, action, "request"))[:2] == (409, "not-possible-in-this-state")
    action = await given_up(desk, cast, action)
    requested = await tried(desk, cast, action, "request")
    assert (requested.status_code, leave(requested)) == (200, ("requested", []))
    assert requested.json()["authorisation"]["municipalities"] == ["93066"]

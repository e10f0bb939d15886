"""What the CNC is asked for after it has granted something (R12): other days, and nothing that was granted is lost."""

from typing import Any

import httpx

from common.contracts.access import Role
from tests.integration.actions.journeys import MARCH, act, an_action
from tests.integration.actions.people import Cast, Desk, Person, a_cast
from tests.integration.actions.screenings import (
    a_film,
    a_session,
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

LATER = "2025-08-02"
AFTER = "2025-07-21T10:00:00+02:00"


async def permitted(desk: Desk, cast: Cast, action: httpx.Response, place_id: str) -> httpx.Response:
    permit = {"place_id": place_id, "dates": [*JULY, LATER], "reference": "AM 1", "granted_on": "2025-03-18"}
    return await act(desk, action, "permits", cast.town, permit, at=MARCH)


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

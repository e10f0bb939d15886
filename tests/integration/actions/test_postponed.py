"""What was put off, through the HTTP door: an action goes on without it, and what is due is told when it moves."""

from typing import Any

import httpx
import pytest

from tests.integration.actions.journeys import act, actions_of, an_action, funded, scheduled
from tests.integration.actions.people import Cast, Desk, a_cast
from tests.integration.actions.screenings import by_rule
from tests.integration.actions.test_closed_circuits import facts_of

DAYS = "2025-07-10", "2025-07-11", "2025-07-12"
BEFORE = "2025-07-09T10:00:00+02:00"
GONE = {"cause": "public"}


async def announced(desk: Desk, cast: Cast, **said: Any) -> httpx.Response:
    """Announce a workshop of three days."""
    project = await funded(desk, cast, actions=[an_action(**said)])
    (action,) = await actions_of(desk, cast, project)
    return await scheduled(desk, cast, action, *DAYS)


def path_of(action: httpx.Response, n: int, verb: str) -> str:
    return f"sessions/{action.json()['sessions'][n]['id']}/{verb}"


async def put_off(desk: Desk, cast: Cast, action: httpx.Response, *which: int) -> httpx.Response:
    ids = [action.json()["sessions"][n]["id"] for n in which]
    return await act(desk, action, "postpone", cast.holder, {"cause": "artist", "session_ids": ids}, at=BEFORE)


async def counted(desk: Desk, cast: Cast, action: httpx.Response, n: int) -> httpx.Response:
    at, body = f"{DAYS[n]}T18:00:00+02:00", {"total": 9, "method": "counted"}
    return await act(desk, action, path_of(action, n, "attendance"), cast.holder, body, at=at)


@pytest.mark.parametrize("begun", [False, True])
async def test_t15_an_action_goes_on_once_what_was_put_off_is_given_up(
    desk: Desk, address: str, *, begun: bool
) -> None:
    cast = a_cast()
    action = await announced(desk, cast)
    if begun:
        action = await act(desk, action, "start", cast.holder, at="2025-07-10T08:00:00+02:00")
    action = await put_off(desk, cast, action, 0, 1)
    action = await act(desk, action, path_of(action, 0, "cancel"), cast.holder, GONE, at=BEFORE)
    assert action.json()["state"] == "postponed"
    action = await act(desk, action, path_of(action, 1, "cancel"), cast.holder, GONE, at=BEFORE)
    assert action.json()["state"] == ("in_progress" if begun else "scheduled")
    assert [fact for fact, _ in await facts_of(address, action.json()["id"])][-2:] == [
        "action.session_cancelled",
        "action.rescheduled",
    ]
    action = await counted(desk, cast, action, 2)
    held = await act(desk, action, "hold", cast.holder, {"participants_distinct": 9}, at="2025-07-12T19:00:00+02:00")
    assert held.json()["state"] == "held"


async def test_t14_one_session_that_is_put_off_stops_none_of_the_others(desk: Desk) -> None:
    """Of three days the first is put off, the second takes place and is counted, and the third is put off too."""
    cast = a_cast()
    action = await put_off(desk, cast, await announced(desk, cast), 0)
    action = await counted(desk, cast, action, 1)
    assert [one["state"] for one in action.json()["sessions"]] == ["postponed", "held", "planned"]
    uncounted = await desk.post(
        f"/v1/actions/{action.json()['id']}/{path_of(action, 0, 'attendance')}",
        cast.holder,
        {"total": 9, "method": "counted"},
        match=action,
        at=f"{DAYS[2]}T18:00:00+02:00",
    )
    assert by_rule(uncounted)[:2] == (409, "not-possible-in-this-state")
    action = await put_off(desk, cast, action, 2)
    assert (action.json()["state"], action.json()["postponed_from"]) == ("postponed", "scheduled")
    days = [{"session_id": action.json()["sessions"][n]["id"], "held_on": f"2025-07-2{n}"} for n in (0, 2)]
    action = await act(desk, action, "reschedule", cast.holder, {"days": days}, at=BEFORE)
    assert [one["state"] for one in action.json()["sessions"]] == ["planned", "held", "planned"]
    assert (action.json()["state"], action.json()["postponed_from"]) == ("scheduled", None)


async def test_t17_an_action_of_which_nothing_is_left_waits_to_be_cancelled(desk: Desk) -> None:
    cast = a_cast()
    action = await put_off(desk, cast, await announced(desk, cast), 0, 1, 2)
    for n in range(3):
        action = await act(desk, action, path_of(action, n, "cancel"), cast.holder, GONE, at=BEFORE)
    assert action.json()["state"] == "postponed"
    path = f"/v1/actions/{action.json()['id']}/reschedule"
    answer = await desk.post(path, cast.holder, {"days": []}, match=action, at=BEFORE)
    assert by_rule(answer)[:2] == (409, "not-possible-in-this-state")
    cancelled = await act(desk, action, "cancel", cast.holder, GONE, at=BEFORE)
    assert cancelled.json()["state"] == "cancelled"


async def consents(desk: Desk, cast: Cast, action: httpx.Response) -> list[tuple[str, bool]]:
    """Tell by which day the consents to be filmed are due, and whether they are there."""
    found = await desk.get(f"/v1/actions/{action.json()['id']}/obligations", cast.holder)
    return [(one["due_on"], one["settled"]) for one in found.json()["items"] if one["kind"] == "image_consents"]


async def told(address: str, action: httpx.Response, after: int) -> list[str]:
    """List the facts that came after so many."""
    return [fact.removeprefix("action.") for fact, _ in (await facts_of(address, action.json()["id"]))[after:]]


async def test_o09_the_consents_are_due_by_the_first_session_that_has_a_day(desk: Desk, address: str) -> None:
    cast = a_cast()
    action = await announced(desk, cast, action_type="filmmaking_workshop")
    first = action.json()["sessions"][0]["id"]
    assert await consents(desk, cast, action) == [(DAYS[0], False)]
    said = {"kind": "image_consents", "session_id": first, "reference": "9 sur 9", "settled_on": "2025-07-01"}
    action = await act(desk, action, "obligations", cast.holder, said, at=BEFORE)
    before = len(await told(address, action, 0))
    action = await put_off(desk, cast, action, 0)
    assert await consents(desk, cast, action) == [(DAYS[1], True)]
    days = {"days": [{"session_id": first, "held_on": "2025-07-20"}]}
    action = await act(desk, action, "reschedule", cast.holder, days, at=BEFORE)
    assert await consents(desk, cast, action) == [(DAYS[1], True)]
    assert await told(address, action, before) == ["postponed", "obligations_moved", "rescheduled"]
    action = await act(desk, action, path_of(action, 1, "cancel"), cast.holder, GONE, at=BEFORE)
    assert await consents(desk, cast, action) == [(DAYS[2], True)]
    assert (await told(address, action, before))[3:] == ["session_cancelled", "obligations_moved"]


async def test_o09_where_all_is_put_off_the_new_day_is_told_beside_the_old_one(desk: Desk, address: str) -> None:
    cast = a_cast()
    action = await put_off(desk, cast, await announced(desk, cast, action_type="filmmaking_workshop"), 0, 1, 2)
    assert await consents(desk, cast, action) == []
    before = len(await told(address, action, 0))
    new = zip(action.json()["sessions"], ("2025-07-20", "2025-07-18", "2025-07-19"), strict=True)
    days = {"days": [{"session_id": session["id"], "held_on": day} for session, day in new]}
    action = await act(desk, action, "reschedule", cast.holder, days, at=BEFORE)
    assert await consents(desk, cast, action) == [("2025-07-18", False)]
    assert await told(address, action, before) == ["rescheduled", "obligations_moved"]


async def test_t15_no_day_is_a_refusal_by_name_while_something_is_put_off(desk: Desk) -> None:
    cast = a_cast()
    action = await put_off(desk, cast, await announced(desk, cast), 0)
    path = f"/v1/actions/{action.json()['id']}/reschedule"
    answer = await desk.post(path, cast.holder, {"days": []}, match=action, at=BEFORE)
    assert by_rule(answer)[:2] == (409, "sessions-still-postponed")

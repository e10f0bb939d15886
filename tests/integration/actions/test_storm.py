"""What happens if the storm comes, through the HTTP door: told with the plan, and what the new day is told then."""

from datetime import date
from typing import Any

import httpx
import pytest

from actions.domain.rules import RULES
from common.contracts.catalogue import CopyState
from tests.integration.actions.journeys import MARCH, act, an_action
from tests.integration.actions.people import Cast, Desk, a_cast
from tests.integration.actions.screenings import (
    ROOM,
    SQUARE,
    a_film,
    a_session,
    asked,
    begun,
    by_rule,
    outdoors,
    planned,
    running,
    scheduled,
)
from tests.integration.actions.test_copies import NEXT_DOOR, OK, a_copy, shown_from, somebody
from tests.integration.actions.test_open_air_law import JULY, TERMS, authorised, to
from tests.unit.actions.test_verdicts import again

STORM = "2025-07-18T17:00:00+02:00"
EVERYWHERE = {**outdoors(), "places": [SQUARE, ROOM]}
Said = set[tuple[str, str]]


async def ready(desk: Desk, cast: Cast, terms: dict[str, Any], *permitted: str) -> httpx.Response:
    """Plan a feature for 18 July, the 25th or the room; all is there for the 18th, the CNC's leave for both days."""
    film = a_film(visa="2023-01-01")
    action, *_ = await running(desk, cast, film, actions=[EVERYWHERE, an_action()])
    square, room = (place["id"] for place in action.json()["places"])
    session = a_session(film.id, JULY[0], place_id=square, fallback_on=JULY[1], fallback_place_id=room)
    action = await planned(desk, action, cast.holder, session)
    path = f"clearances/{action.json()['clearances'][0]['id']}"
    for body in ({"state": "requested"}, {"state": "quoted"}, {"state": "confirmed", "terms": {**TERMS, **terms}}):
        action = await act(desk, action, path, cast.holder, body, at=MARCH)
    permit = {"place_id": square, "dates": [*permitted], "reference": "AM 1", "granted_on": "2025-03-18"}
    action = await act(desk, action, "permits", cast.town, permit, at=MARCH)
    return await authorised(desk, cast, action)


def ways(said: dict[str, Any]) -> dict[str, tuple[str, bool]]:
    return {one["fallback"]: (one["held_on"], one["lawful"]) for one in said["storm"]}


def noticed(answer: httpx.Response) -> Said:
    return {(one["rule"], one["fallback"]) for one in answer.json()["notices"]}


@pytest.mark.parametrize(
    ("terms", "permitted", "found", "lawful"),
    [
        ({}, JULY, set(), {"day": True, "room": True}),
        ({}, JULY[:1], {("T12", "day")}, {"day": False, "room": True}),
        ({"uses": ["open_air"]}, JULY, {("R52", "room")}, {"day": True, "room": False}),
        ({"ends_on": "2025-07-20"}, JULY, {("R52", "day")}, {"day": False, "room": True}),
    ],
    ids=["all is there", "no permit", "no rights indoors", "rights end before"],
)
async def test_r12_r13_r52_what_the_storm_would_find_is_told_and_found(
    desk: Desk, terms: dict[str, Any], permitted: tuple[str, ...], found: Said, lawful: dict[str, bool]
) -> None:
    cast = a_cast()
    action = await ready(desk, cast, terms, *permitted)
    said = await asked(desk, action, cast.holder)
    assert said["lawful"]
    assert ways(said) == {"day": (JULY[1], lawful["day"]), "room": (JULY[0], lawful["room"])}
    assert {(one["rule"], one["fallback"]) for one in said["fallback_verdicts"] if one["code"]} == found
    assert {one["blocks"] for one in (*said["verdicts"], *said["fallback_verdicts"])} == {None}
    assert {one["fallback"] for one in said["verdicts"]} == {None}
    action = await scheduled(desk, action, cast.holder)
    assert noticed(action) == set()
    action = await act(desk, action, "postpone", cast.holder, {"cause": "weather"}, at=STORM)
    new_day = {"day": (JULY[1], False), "room": (JULY[0], True)}
    against = {way: rule for rule, way in found}
    for way in sorted(against):
        on, indoors = new_day[way]
        assert by_rule(await to(desk, action, cast, on, indoors=indoors))[2] == against[way]
    way = next(way for way in lawful if lawful[way])
    on, indoors = new_day[way]
    assert (await to(desk, action, cast, on, indoors=indoors)).json()["state"] == "scheduled"


async def test_the_verdicts_on_a_fallback_are_kept_as_such_and_replay(desk: Desk) -> None:
    cast = a_cast()
    action = await scheduled(desk, await ready(desk, cast, {}, *JULY[:1]), cast.holder)
    listed = await desk.get(f"/v1/actions/{action.json()['id']}/verdicts", cast.holder, limit="100")
    kept = listed.json()["items"]
    assert {(one["verb"], one["fallback"]) for one in kept} == {
        (verb, way) for verb in ("action.plan_session", "action.schedule") for way in (None, "day", "room")
    }
    by_version = {(rule.id, rule.version): rule for rule in RULES}
    for one in kept:
        said = again(by_version[one["rule"], one["version"]], one["inputs"])
        assert said is not None
        assert (said.outcome, said.reason, said.raison) == (one["outcome"], one["reason"], one["raison"])
    days = {one["inputs"]["on"] for one in kept if one["fallback"] == "day" and "on" in one["inputs"]}
    assert days == {JULY[1]}


async def test_o03_o05_what_a_fallback_asks_for_is_listed_beside_the_obligations_and_blocks_nothing(desk: Desk) -> None:
    cast = a_cast()
    action = await ready(desk, cast, {"uses": ["open_air"]}, *JULY[:1])
    listed = await desk.get(f"/v1/actions/{action.json()['id']}/obligations", cast.holder)
    found = listed.json()["fallback_obligations"]
    assert {(one["kind"], one["fallback"], one["settled"]) for one in found} == {
        ("cnc_authorisation", "day", True),
        ("permit", "day", False),
        ("rights", "day", True),
        ("rights", "room", False),
        ("material", "day", False),
        ("material", "room", False),
    }
    assert not any(one["blocking"] for one in found)
    assert {one["fallback"] for one in listed.json()["items"]} == {None}
    said = await asked(desk, action, cast.holder)
    assert (said["obligations"], said["fallback_obligations"]) == (listed.json()["items"], found)


async def test_o05_a_permit_that_comes_after_the_announcement_leaves_nothing_that_says_otherwise(desk: Desk) -> None:
    cast = a_cast()
    action = await scheduled(desk, await ready(desk, cast, {}, *JULY[:1]), cast.holder)
    assert (await permits_of_fallback(desk, cast, action), noticed(action)) == ([("day", False)], set())
    place = action.json()["places"][0]["id"]
    permit = {"place_id": place, "dates": [JULY[1]], "reference": "AM 2", "granted_on": "2025-03-19"}
    action = await act(desk, action, "permits", cast.town, permit, at=MARCH)
    assert (await permits_of_fallback(desk, cast, action), noticed(action)) == ([("day", True)], set())


async def permits_of_fallback(desk: Desk, cast: Cast, action: httpx.Response) -> list[tuple[str, bool]]:
    listed = await desk.get(f"/v1/actions/{action.json()['id']}/obligations", cast.holder)
    found = listed.json()["fallback_obligations"]
    return [(one["fallback"], one["settled"]) for one in found if one["kind"] == "permit"]


async def evening(desk: Desk, cast: Cast, copy: CopyState, fallback_on: str) -> httpx.Response:
    await desk.hear("copy", copy)
    film = a_film(id=copy.film_id, visa="2023-01-01")
    action, *_ = await begun(desk, cast, film, actions=[EVERYWHERE])
    square, room = (place["id"] for place in action.json()["places"])
    where = {"place_id": square, "fallback_place_id": room}
    return await planned(desk, action, cast.holder, shown_from(copy, JULY[0], fallback_on=fallback_on, **where))


@pytest.mark.parametrize(("fallback_on", "found"), [("2025-07-23", set()), ("2025-07-24", {("C01", "day")})])
async def test_c01_a_copy_that_is_on_its_way_on_the_fallback_day_is_told_of(
    desk: Desk, fallback_on: str, found: Said
) -> None:
    film = a_film(visa="2023-01-01")
    copy = a_copy(film)
    lender, theirs = await somebody(desk, film, copy, places=[NEXT_DOOR])
    assert by_rule(await planned(desk, theirs, lender.holder, shown_from(copy, JULY[1]))) == OK
    assert noticed(await evening(desk, a_cast(), copy, fallback_on)) == found


async def test_c01_nothing_is_booked_for_a_fallback(desk: Desk) -> None:
    film = a_film(visa="2023-01-01")
    copy = a_copy(film)
    assert (await evening(desk, a_cast(), copy, JULY[1])).status_code == 201
    lender, theirs = await somebody(desk, film, copy, places=[NEXT_DOOR])
    assert by_rule(await planned(desk, theirs, lender.holder, shown_from(copy, JULY[1]))) == OK


@pytest.mark.parametrize("fallback_on", ["2025-07-17", "2025-07-18"])
async def test_r12_a_day_to_fall_back_to_comes_after_the_session_s_own(desk: Desk, fallback_on: str) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    action, *_ = await begun(desk, cast, film, actions=[outdoors()])
    session = a_session(film.id, JULY[0], fallback_on=fallback_on)
    path = f"/v1/actions/{action.json()['id']}"
    for answer in (
        await desk.post(f"{path}/sessions", cast.holder, session, match=action, at=MARCH),
        await desk.post(f"{path}/check", cast.holder, {"session": session}, at=MARCH),
    ):
        assert by_rule(answer)[:2] == (422, "fallback-not-later")
        assert [one["pointer"] for one in answer.json()["errors"]] == ["/fallback_on"]
    later = a_session(film.id, JULY[0], fallback_on=date.fromisoformat(fallback_on).replace(day=19).isoformat())
    assert by_rule(await planned(desk, action, cast.holder, later)) == OK

"""An open-air feature through the HTTP door: leave of the CNC, its days, the room to fall back to, its company."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from common.contracts.access import Role
from tests.integration.actions.journeys import JANUARY, MARCH, act, an_action, drafted, go
from tests.integration.actions.people import Cast, Desk, Person, a_cast
from tests.integration.actions.screenings import (
    ROOM,
    SQUARE,
    a_film,
    a_session,
    asked,
    by_rule,
    outdoors,
    planned,
    running,
    scheduled,
)

JULY = "2025-07-18", "2025-07-25"
BESIDE = "2025-07-24", "2025-07-26"
"""The days before and after the fallback: the square is lent on them, and the CNC was not asked."""

STORM = "2025-07-18T17:00:00+02:00"
ALONE = (409, "open-air-alone", "R15")
ELIGIBLE = (200, "", None)
TERMS = {
    "starts_on": "2025-07-01",
    "ends_on": "2025-08-31",
    "uses": ["open_air", "non_commercial_indoor"],
    "territories": ["metropolitan"],
}


async def with_rights_and_permit(desk: Desk, cast: Cast) -> httpx.Response:
    """Plan a feature for 18 July, or the 25th, or the room; everything is there but the CNC's leave."""
    film = a_film(visa="2023-01-01")
    screening = {**outdoors(), "places": [SQUARE, ROOM]}
    action, *_ = await running(desk, cast, film, actions=[screening, an_action()])
    square, room = (place["id"] for place in action.json()["places"])
    session = a_session(film.id, JULY[0], place_id=square, fallback_on=JULY[1], fallback_place_id=room)
    action = await planned(desk, action, cast.holder, session)
    path = f"clearances/{action.json()['clearances'][0]['id']}"
    for body in ({"state": "requested"}, {"state": "quoted"}, {"state": "confirmed", "terms": TERMS}):
        action = await act(desk, action, path, cast.holder, body, at=MARCH)
    permit = {"place_id": square, "dates": [*JULY, *BESIDE], "reference": "AM 1", "granted_on": "2025-03-18"}
    return await act(desk, action, "permits", cast.town, permit, at=MARCH)


async def authorised(desk: Desk, cast: Cast, action: httpx.Response) -> httpx.Response:
    """Ask, be advised, and be granted all that was asked: the day and the fallback."""
    action = await act(desk, action, "authorisation/request", cast.holder, {}, at=MARCH)
    opinion = {"opinion": "favourable", "given_on": "2025-03-20"}
    action = await act(desk, action, "authorisation/opinion", cast.drac, opinion, at=MARCH)
    granted = {"granted": True, "decided_on": "2025-03-20", "reference": "CNC-1"}
    officer = Person(role=Role.CNC_OPEN_AIR_OFFICER)
    return await act(desk, action, "authorisation/decide", officer, granted, at=MARCH)


async def to(desk: Desk, action: httpx.Response, cast: Cast, day: str, **said: Any) -> httpx.Response:
    """Try another day, having asked before."""
    days = {"days": [{"session_id": action.json()["sessions"][0]["id"], "held_on": day, **said}]}
    lawful = (await asked(desk, action, cast.holder, days))["lawful"]
    path = f"/v1/actions/{action.json()['id']}/reschedule"
    answer = await desk.post(path, cast.holder, days, match=action, at=STORM)
    assert lawful is (answer.status_code == 200)
    return answer


async def test_r08_r09_nothing_is_announced_without_leave_and_leave_is_the_organiser_s(desk: Desk) -> None:
    cast = a_cast()
    action = await with_rights_and_permit(desk, cast)
    assert by_rule(await scheduled(desk, action, cast.holder)) == (409, "not-authorised", "R08")
    path = f"/v1/actions/{action.json()['id']}/authorisation/request"
    answer = await desk.post(path, cast.holder, {"organiser_id": str(cast.cinema)}, match=action, at=MARCH)
    assert by_rule(answer) == (409, "authorised-person-not-organiser", "R09")
    action = await authorised(desk, cast, action)
    assert action.json()["authorisation"]["granted_dates"] == [*JULY]
    assert (await scheduled(desk, action, cast.holder)).status_code == 200


async def test_r12_a_day_that_is_not_listed_is_refused_and_the_fallback_day_is_not(desk: Desk) -> None:
    cast = a_cast()
    action = await authorised(desk, cast, await with_rights_and_permit(desk, cast))
    action = await scheduled(desk, action, cast.holder)
    action = await act(desk, action, "postpone", cast.holder, {"cause": "weather"}, at=STORM)
    for day in BESIDE:
        assert by_rule(await to(desk, action, cast, day)) == (409, "date-not-authorised", "R12")
    moved = await to(desk, action, cast, JULY[1])
    assert (moved.json()["state"], moved.json()["authorisation"]["state"]) == ("scheduled", "granted")


async def test_r13_the_room_needs_no_leave_on_any_day(desk: Desk) -> None:
    cast = a_cast()
    action = await authorised(desk, cast, await with_rights_and_permit(desk, cast))
    action = await scheduled(desk, action, cast.holder)
    action = await act(desk, action, "postpone", cast.holder, {"cause": "weather"}, at=STORM)
    moved = await to(desk, action, cast, "2025-07-26", indoors=True)
    (session,) = moved.json()["sessions"]
    assert (moved.json()["state"], session["setting"]) == ("scheduled", "indoors")
    kinds = await desk.get(f"/v1/actions/{action.json()['id']}/obligations", cast.holder)
    assert {one["kind"] for one in kinds.json()["items"]} == {"rights", "material", "music"}


async def test_r13_in_the_room_the_year_from_the_visa_stays(desk: Desk) -> None:
    """The visa turns out to be of a year and two days before the evening of the storm."""
    cast = a_cast()
    action = await authorised(desk, cast, await with_rights_and_permit(desk, cast))
    action = await scheduled(desk, action, cast.holder)
    action = await act(desk, action, "postpone", cast.holder, {"cause": "weather"}, at=STORM)
    film_id = UUID(action.json()["sessions"][0]["programme"][0]["film_id"])
    await desk.hear("film", a_film(visa="2024-07-20", id=film_id, version=2))
    for day in ("2025-07-19", "2025-07-20"):
        refused = await to(desk, action, cast, day, indoors=True)
        assert by_rule(refused) == (409, "visa-delay-not-elapsed", "R01")
    moved = await to(desk, action, cast, "2025-07-21", indoors=True)
    assert (moved.json()["state"], moved.json()["sessions"][0]["setting"]) == ("scheduled", "indoors")


@pytest.mark.parametrize(("amount", "status"), [("0.00", 201), ("0.01", 422)])
async def test_r14_the_open_air_is_free(desk: Desk, amount: str, status: int) -> None:
    price = {"amount": amount, "currency": "EUR"}
    cast = a_cast()
    project = await drafted(desk, cast)
    path = f"/v1/projects/{project.json()['id']}/actions"
    answer = await desk.post(path, cast.holder, outdoors(price=price), match=project, at=JANUARY)
    assert answer.status_code == status
    if status == 422:
        said = answer.json()
        assert (said["rule"], said["version"], said["inputs"]) == ("R14", "1", {"price_cents": 1})
        assert [(one["pointer"], one["rule"]) for one in said["errors"]] == [("/price", "R14")]


async def test_r15_an_open_air_screening_is_not_alone_in_its_project(desk: Desk) -> None:
    assert await handed_in(desk, outdoors()) == ALONE
    assert await handed_in(desk, outdoors(), outdoors(title="Une autre")) == ALONE


@pytest.mark.parametrize(
    ("beside", "said"),
    [
        ("closed_room_screening", ALONE),
        ("training", ALONE),
        ("filmmaking_workshop", ELIGIBLE),
        ("discovery_workshop", ELIGIBLE),
        ("programming_workshop", ELIGIBLE),
        ("jury_workshop", ELIGIBLE),
        ("meeting", ELIGIBLE),
        ("dissemination", ELIGIBLE),
    ],
)
async def test_r15_a_workshop_a_meeting_or_a_restitution_goes_with_it(desk: Desk, beside: str, said: Any) -> None:
    assert await handed_in(desk, outdoors(), an_action(action_type=beside)) == said


@pytest.mark.parametrize(
    ("kind", "first_on", "said"),
    [
        ("programming_workshop", "2025-07-17", ELIGIBLE),
        ("programming_workshop", "2025-07-18", ALONE),
        ("programming_workshop", "2025-07-19", ALONE),
        ("discovery_workshop", "2025-07-17", ALONE),
    ],
    ids=["the day before", "the same day", "the day after", "another workshop"],
)
async def test_r15_where_a_campaign_asks_so_the_film_was_chosen_before_it_is_shown(
    desk: Desk, kind: str, first_on: str, said: Any
) -> None:
    shown = outdoors(period={"first_on": "2025-07-18", "last_on": "2025-07-25"})
    workshop = an_action(action_type=kind, period={"first_on": first_on, "last_on": "2025-07-31"})
    assert await handed_in(desk, shown, workshop, rules={"companion": "programming_workshop_before"}) == said


async def handed_in(desk: Desk, *actions: dict[str, Any], **said: Any) -> tuple[int, str, str | None]:
    """Hand in a project of these actions, and try to declare it eligible."""
    cast = a_cast()
    project = await drafted(desk, cast, actions=[*actions], **said)
    project = await go(desk, project, "submit", cast.holder, at=JANUARY)
    path = f"/v1/projects/{project.json()['id']}/declare-eligible"
    return by_rule(await desk.post(path, cast.coordinator, {}, match=project, at=JANUARY))

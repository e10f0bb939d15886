"""Leave of the CNC through the HTTP door: each film at its own place on its own day (R08, R12), old rows included."""

from typing import Any

import asyncpg
import httpx
import pytest

from common.contracts.access import Role
from common.contracts.catalogue import FilmState
from tests.integration.actions.journeys import MARCH, act, an_action
from tests.integration.actions.people import Cast, Desk, Person, a_cast
from tests.integration.actions.screenings import (
    a_film,
    a_session,
    asked,
    by_rule,
    cleared,
    outdoors,
    planned,
    running,
    scheduled,
)
from tests.integration.actions.subscribing import shown, subscribed
from tests.integration.actions.test_amendments import LATER, PLACES, decided, leave, permitted, places
from tests.integration.actions.test_open_air_law import JULY, STORM, authorised, to
from tests.integration.actions.test_risks import risks, settled

REFUSED = 409, "not-authorised", "R08"


async def two_granted(desk: Desk, cast: Cast, film: FilmState, other: FilmState) -> httpx.Response:
    """Have one film granted on the square on 18 July, and another one in the park on the 25th."""
    action, *_ = await running(desk, cast, film, other, actions=[outdoors(places=PLACES), an_action()])
    square, park = places(action)
    action = await planned(desk, action, cast.holder, a_session(film.id, JULY[0], place_id=square))
    action = await planned(desk, action, cast.holder, a_session(other.id, JULY[1], place_id=park))
    return await authorised(desk, cast, action)


async def with_the_rest(desk: Desk, cast: Cast, action: httpx.Response) -> httpx.Response:
    action = await cleared(desk, action, cast.holder, "open_air")
    for place in places(action):
        action = await permitted(desk, cast, action, place)
    return action


async def owed(desk: Desk, cast: Cast, action: httpx.Response, kind: str = "cnc_authorisation") -> list[bool]:
    """Tell of each session in its order whether something is settled: that the CNC was asked for it."""
    found = await desk.get(f"/v1/actions/{action.json()['id']}/obligations", cast.holder)
    settled = {one["session_id"]: one["settled"] for one in found.json()["items"] if one["kind"] == kind}
    return [settled[session["id"]] for session in action.json()["sessions"]]


async def test_r08_a_third_screening_is_not_made_of_two_that_are_granted(desk: Desk) -> None:
    cast, film, other = a_cast(), a_film(visa="2023-01-01"), a_film(visa="2023-01-01")
    action = await two_granted(desk, cast, film, other)
    square, park = places(action)
    assert [
        (one["held_on"], one["place_id"], one["film_id"])
        for one in action.json()["authorisation"]["granted_screenings"]
    ] == [(JULY[0], square, str(film.id)), (JULY[1], park, str(other.id))]
    action = await planned(desk, action, cast.holder, a_session(film.id, JULY[1], place_id=square))
    action = await with_the_rest(desk, cast, action)
    assert by_rule(await scheduled(desk, action, cast.holder)) == REFUSED
    assert await owed(desk, cast, action) == [True, True, False]
    action = await act(desk, action, "authorisation/amend", cast.holder, {}, at=MARCH)
    assert await owed(desk, cast, action) == [True, True, True]
    action = await decided(desk, action)
    assert (await scheduled(desk, action, cast.holder)).status_code == 200


@pytest.mark.parametrize(
    ("on", "said"),
    [("2025-07-17", REFUSED), (JULY[0], (200, "", None)), ("2025-07-19", REFUSED)],
    ids=["the day before", "the day", "the day after"],
)
async def test_r08_leave_for_a_day_is_for_neither_the_day_before_nor_the_day_after(
    desk: Desk, on: str, said: Any
) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    action, *_ = await running(desk, cast, film, actions=[outdoors(), an_action()])
    action = await planned(desk, action, cast.holder, a_session(film.id, JULY[0]))
    action = await authorised(desk, cast, action)
    action = await planned(desk, action, cast.holder, a_session(film.id, on, starts_at="23:00"))
    action = await cleared(desk, action, cast.holder, "open_air")
    lent = {"place_id": places(action)[0], "dates": [JULY[0], on], "reference": "AM 1", "granted_on": "2025-03-18"}
    action = await act(desk, action, "permits", cast.town, lent, at=MARCH)
    assert by_rule(await scheduled(desk, action, cast.holder)) == said


async def test_o01_o05_what_the_law_refuses_is_not_settled(desk: Desk) -> None:
    """A session in the park on the day on which the square is granted; and rights from August on."""
    cast, film = a_cast(), a_film(visa="2023-01-01")
    action, *_ = await running(desk, cast, film, actions=[outdoors(places=PLACES), an_action()])
    square, park = places(action)
    action = await planned(desk, action, cast.holder, a_session(film.id, JULY[0], place_id=square))
    action = await authorised(desk, cast, action)
    there = a_session(film.id, JULY[0], place_id=park, starts_at="23:30")
    action = await planned(desk, action, cast.holder, there)
    assert await owed(desk, cast, action) == [True, False]
    terms = {"starts_on": "2025-08-01", "ends_on": "2025-08-31", "uses": ["open_air"], "territories": ["metropolitan"]}
    path = f"clearances/{action.json()['clearances'][0]['id']}"
    for body in ({"state": "requested"}, {"state": "quoted"}, {"state": "confirmed", "terms": terms}):
        action = await act(desk, action, path, cast.holder, body, at=MARCH)
    assert await owed(desk, cast, action, "rights") == [False, False]
    due = await subscribed(desk, cast.holder, "obligations", organisation_id=cast.holder.org)
    done = [one.summary.value for one in (await shown(desk, due)).values() if one.summary.value.startswith("[Fait]")]
    assert len(done) == 1
    assert done[0].startswith("[Fait] Demander l’autorisation de plein air"), done


async def test_r08_a_film_that_an_amendment_adds_is_added_for_its_own_day_and_place(desk: Desk) -> None:
    cast, film, other = a_cast(), a_film(visa="2023-01-01"), a_film(visa="2023-01-01")
    third = a_film(visa="2023-01-01")
    await desk.hear("film", third)
    action = await two_granted(desk, cast, film, other)
    square, park = places(action)
    action = await planned(desk, action, cast.holder, a_session(third.id, LATER, place_id=park))
    action = await act(desk, action, "authorisation/amend", cast.holder, {}, at=MARCH)
    action = await with_the_rest(desk, cast, await decided(desk, action))
    for day, place in ((JULY[0], square), (JULY[1], park), (LATER, square)):
        more = await planned(desk, action, cast.holder, a_session(third.id, day, place_id=place))
        said = await asked(desk, more, cast.holder)
        against = [one for one in said["verdicts"] if one["rule"] == "R08" and one["blocks"]]
        assert [one["session_id"] for one in against] == [more.json()["sessions"][-1]["id"]]
        action = await act(
            desk, more, f"sessions/{more.json()['sessions'][-1]['id']}/cancel", cast.holder, GONE, at=MARCH
        )
    assert (await scheduled(desk, action, cast.holder)).status_code == 200


GONE = {"cause": "technical"}


async def test_r12_a_storm_moves_no_film_to_the_day_of_another(desk: Desk) -> None:
    cast, film, other = a_cast(), a_film(visa="2023-01-01"), a_film(visa="2023-01-01")
    action = await with_the_rest(desk, cast, await two_granted(desk, cast, film, other))
    action = await scheduled(desk, action, cast.holder)
    first, second = (session["id"] for session in action.json()["sessions"])
    storm = {"cause": "weather", "session_ids": [first]}
    action = await act(desk, action, "postpone", cast.holder, storm, at=STORM)
    assert by_rule(await to(desk, action, cast, JULY[1])) == (409, "date-not-authorised", "R12")
    body: dict[str, Any] = {"dates": [JULY[1]], "session_ids": [second]}
    path = f"/v1/actions/{action.json()['id']}/authorisation/amend"
    assert by_rule(await desk.post(path, cast.holder, body, match=action, at=STORM))[:2] == (422, "nothing-asked")
    action = await act(desk, action, "authorisation/amend", cast.holder, {"dates": [JULY[1]]}, at=STORM)
    moved = await to(desk, await decided(desk, action), cast, JULY[1])
    assert moved.json()["state"] == "scheduled"
    await settled(desk)
    assert await risks(desk, moved, cast.holder) == []


@pytest.mark.parametrize(("request_by", "late"), [("2025-03-19", True), ("2025-03-20", False)])
async def test_r11_an_amendment_has_the_last_day_of_what_it_adds(desk: Desk, request_by: str, *, late: bool) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    deadline = {"first_on": LATER, "last_on": "2025-08-31", "request_by": request_by}
    rules = {"authorisation_deadlines": [deadline]}
    action, *_ = await running(desk, cast, film, actions=[outdoors(), an_action()], rules=rules)
    action = await planned(desk, action, cast.holder, a_session(film.id, JULY[0]))
    action = await authorised(desk, cast, action)
    assert action.json()["authorisation"]["late"] is False
    action = await planned(desk, action, cast.holder, a_session(film.id, LATER))
    action = await act(desk, action, "authorisation/amend", cast.holder, {}, at=MARCH)
    assert action.json()["authorisation"]["late"] is late
    action = await decided(desk, action)
    (said,) = (one for one in (await asked(desk, action, cast.holder))["verdicts"] if one["rule"] == "R11")
    assert said["outcome"] == ("to_clear" if late else "allowed")


async def test_r08_a_decision_on_a_day_that_nobody_asked_for_is_sent_back(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    action, *_ = await running(desk, cast, film, actions=[outdoors(), an_action()])
    action = await planned(desk, action, cast.holder, a_session(film.id, JULY[0]))
    action = await act(desk, action, "authorisation/request", cast.holder, {}, at=MARCH)
    opinion = {"opinion": "favourable", "given_on": "2025-03-20"}
    action = await act(desk, action, "authorisation/opinion", cast.drac, opinion, at=MARCH)
    officer, path = Person(role=Role.CNC_OPEN_AIR_OFFICER), f"/v1/actions/{action.json()['id']}/authorisation/decide"
    yes = {"granted": True, "decided_on": "2025-03-20", "reference": "CNC-1"}
    answer = await desk.post(path, officer, {**yes, "dates": ["2026-07-18"]}, match=action, at=MARCH)
    assert by_rule(answer)[:2] == (422, "days-not-asked")
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/dates"]
    answer = await desk.post(path, officer, {**yes, "dates": [JULY[0]]}, match=action, at=MARCH)
    assert leave(answer) == ("granted", [JULY[0]])


@pytest.mark.parametrize("begun", [False, True])
async def test_r12_a_fallback_is_asked_for_while_the_storm_is_only_forecast(desk: Desk, *, begun: bool) -> None:
    cast, film, other = a_cast(), a_film(visa="2023-01-01"), a_film(visa="2023-01-01")
    action = await with_the_rest(desk, cast, await two_granted(desk, cast, film, other))
    action = await scheduled(desk, action, cast.holder)
    if begun:
        action = await act(desk, action, "start", cast.holder, at="2025-07-18T08:00:00+02:00")
    first, _ = (session["id"] for session in action.json()["sessions"])
    state = action.json()["state"]
    body: dict[str, Any] = {"dates": [LATER], "session_ids": [first]}
    action = await act(desk, action, "authorisation/amend", cast.holder, body, at="2025-07-18T09:00:00+02:00")
    await settled(desk)
    assert await risks(desk, action, cast.holder) == []
    action = await decided(desk, action)
    assert (action.json()["state"], leave(action)) == (state, ("granted", [*JULY, LATER]))
    storm = {"cause": "weather", "session_ids": [first]}
    action = await act(desk, action, "postpone", cast.holder, storm, at=STORM)
    assert (await to(desk, action, cast, LATER)).json()["state"] == state


async def test_what_was_granted_by_days_places_and_films_stays_granted_so(desk: Desk, address: str) -> None:
    cast, film, other = a_cast(), a_film(visa="2023-01-01"), a_film(visa="2023-01-01")
    action = await two_granted(desk, cast, film, other)
    square, _ = places(action)
    administrator = await asyncpg.connect(address)
    before = "UPDATE actions.action SET authorisation = authorisation - 'asked_screenings' - 'granted_screenings'"
    await administrator.execute(f"{before} WHERE id = $1", action.json()["id"])
    await administrator.close()
    action = await planned(desk, action, cast.holder, a_session(film.id, JULY[1], place_id=square))
    assert action.json()["authorisation"]["granted_screenings"] is None
    assert await owed(desk, cast, action) == [True, True, True]
    action = await with_the_rest(desk, cast, action)
    assert (await scheduled(desk, action, cast.holder)).status_code == 200

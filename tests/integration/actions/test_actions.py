"""Actions through the HTTP door."""

from common.contracts.access import Role
from tests.integration.actions.journeys import MARCH, act, actions_of, an_action, drafted, funded
from tests.integration.actions.people import Desk, Person, a_cast, problem

SESSION = {"held_on": "2025-04-22", "starts_at": "14:00", "responsible": "médiatrice"}
ROOM = {"label": "Maison de quartier", "municipality": "86194"}
SQUARE = {"label": "Place de Provence", "municipality": "86194", "priority_district": "QN08605M"}


async def test_an_action_with_a_session_can_be_described_otherwise_and_keeps_its_places(desk: Desk) -> None:
    cast = a_cast()
    (action,) = await actions_of(desk, cast, await funded(desk, cast))
    action = await act(desk, action, "sessions", cast.holder, SESSION, at=MARCH)
    place = action.json()["sessions"][0]["place_id"]
    action = await act(desk, action, "change", cast.holder, an_action(title="Atelier"), at=MARCH)
    assert (action.json()["title"], [one["id"] for one in action.json()["places"]]) == ("Atelier", [place])
    action = await act(desk, action, "change", cast.holder, an_action(places=[SQUARE, ROOM, ROOM]), at=MARCH)
    square, room, second = (one["id"] for one in action.json()["places"])
    assert room == place
    assert len({square, room, second}) == 3
    path = f"/v1/actions/{action.json()['id']}/change"
    elsewhere = await desk.post(path, cast.holder, an_action(places=[SQUARE]), match=action, at=MARCH)
    assert problem(elsewhere) == (409, "not-possible-in-this-state")


async def test_a_place_described_otherwise_is_another_place(desk: Desk) -> None:
    cast = a_cast()
    (action,) = await actions_of(desk, cast, await drafted(desk, cast))
    moved = await act(
        desk, action, "change", cast.holder, an_action(places=[{**ROOM, "municipality": "86041"}]), at=MARCH
    )
    assert moved.json()["places"][0]["id"] != action.json()["places"][0]["id"]
    assert moved.json()["municipalities"] == ["86041"]


async def test_a_commune_permits_and_counts_at_its_own_places_only(desk: Desk) -> None:
    cast = a_cast()
    places = [ROOM, {**ROOM, "municipality": "86041"}]
    (action,) = await actions_of(desk, cast, await funded(desk, cast, actions=[an_action(places=places)]))
    here, there = (place["id"] for place in action.json()["places"])
    permit = {"dates": ["2025-04-22"], "reference": "AM 12", "granted_on": "2025-03-20"}
    path = f"/v1/actions/{action.json()['id']}"
    foreign = await desk.post(f"{path}/permits", cast.town, {**permit, "place_id": there}, match=action, at=MARCH)
    assert problem(foreign) == (403, "not-yours")
    neighbour = Person(role=Role.COLLECTIVITY_SYSTEM, codes=("86041",))
    action = await act(desk, action, "permits", cast.town, {**permit, "place_id": here}, at=MARCH)
    action = await act(desk, action, "permits", neighbour, {**permit, "place_id": there}, at=MARCH)
    action = await act(desk, action, "sessions", cast.holder, {**SESSION, "place_id": there}, at=MARCH)
    action = await act(desk, action, "schedule", cast.holder, at=MARCH)
    session = f"sessions/{action.json()['sessions'][0]['id']}/attendance"
    count, after = {"total": 9, "method": "counted"}, "2025-04-22T18:00:00+02:00"
    relay, its_relay = (Person(role=Role.LOCAL_RELAY, codes=(code,)) for code in ("86194", "86041"))
    stranger = await desk.post(f"{path}/{session}", relay, count, match=action, at=after)
    assert problem(stranger) == (403, "not-yours")
    await act(desk, action, session, its_relay, count, at=after)


async def test_an_action_is_cancelled_on_the_day_it_is_where_it_takes_place(desk: Desk) -> None:
    cast = a_cast()
    (action,) = await actions_of(desk, cast, await funded(desk, cast, zone="America/Cayenne"))
    cancelled = await act(desk, action, "cancel", cast.holder, {"cause": "public"}, at="2025-05-11T03:30:00+02:00")
    assert cancelled.json()["cancellation"]["cancelled_on"] == "2025-05-10"

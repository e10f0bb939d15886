"""Actions through the HTTP door."""

from uuid import uuid4

import asyncpg
import msgspec

from common.contracts.access import Role
from common.contracts.actions import ActionPermitRecorded
from tests.integration.actions.journeys import MARCH, act, actions_of, an_action, drafted, funded, validated
from tests.integration.actions.people import Desk, Person, a_cast, problem
from tests.integration.actions.screenings import outdoors

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


async def test_a_permit_on_paper_is_the_town_s_and_not_who_writes_it_down(desk: Desk, address: str) -> None:
    cast = a_cast()
    (action,) = await actions_of(desk, cast, await funded(desk, cast))
    permit = {"dates": ["2025-04-22"], "reference": "AM 12", "granted_on": "2025-03-20"}
    permit |= {"place_id": action.json()["places"][0]["id"]}
    path = f"/v1/actions/{action.json()['id']}/permits"
    nobody_s = await desk.post(path, cast.coordinator, permit, match=action, at=MARCH)
    assert problem(nobody_s) == (422, "nothing-asked")
    assert [one["pointer"] for one in nobody_s.json()["errors"]] == ["/authority_id"]
    stranger = {**permit, "authority_id": str(uuid4())}
    assert problem(await desk.post(path, cast.coordinator, stranger, match=action, at=MARCH)) == (
        409,
        "not-known-here-yet",
    )
    another_s = {**permit, "authority_id": str(cast.cinema)}
    assert problem(await desk.post(path, cast.town, another_s, match=action, at=MARCH)) == (403, "not-yours")
    on_paper = {**permit, "authority_id": str(cast.town.org)}
    action = await act(desk, action, "permits", cast.coordinator, on_paper, at=MARCH)
    await act(desk, action, "permits", cast.town, permit, at=MARCH)
    owner = await asyncpg.connect(address)
    said = "SELECT value FROM actions.outbox WHERE key = $1 AND type LIKE '%.permit_recorded.v1' ORDER BY seq"
    told = [
        msgspec.json.decode(row["value"], type=ActionPermitRecorded)
        for row in await owner.fetch(said, action.json()["id"])
    ]
    await owner.close()
    assert [one.authority_id for one in told] == [cast.town.org, cast.town.org]


async def test_a_validated_action_stays_what_was_found_eligible(desk: Desk) -> None:
    cast = a_cast()
    project = await validated(desk, cast, actions=[an_action(), outdoors()])
    found = {action.json()["action_type"]: action for action in await actions_of(desk, cast, project)}
    workshop = found["programming_workshop"]
    path = f"/v1/actions/{workshop.json()['id']}/change"
    alone = an_action(action_type="special_screening")
    refused = await desk.post(path, cast.holder, alone, match=workshop, at=MARCH)
    assert (problem(refused), refused.json()["rule"]) == ((409, "open-air-alone"), "R15")
    at_school = an_action(out_of_school=False)
    refused = await desk.post(path, cast.holder, at_school, match=workshop, at=MARCH)
    assert (problem(refused), refused.json()["rule"]) == ((409, "on-school-time"), "R20")
    await act(desk, workshop, "change", cast.holder, an_action(action_type="meeting"), at=MARCH)
    seen = await desk.get(f"/v1/projects/{project.json()['id']}", cast.holder)
    assert seen.headers["etag"] == project.headers["etag"]


async def test_a_validated_project_lies_where_its_actions_take_place_now(desk: Desk) -> None:
    cast = a_cast()
    project = await validated(desk, cast)
    (action,) = await actions_of(desk, cast, project)
    path, neighbour = f"/v1/projects/{project.json()['id']}", Person(role=Role.COLLECTIVITY_SYSTEM, codes=("86041",))
    assert problem(await desk.get(path, neighbour)) == (404, "no-such-project")
    elsewhere = an_action(places=[{**ROOM, "municipality": "86041"}])
    await act(desk, action, "change", cast.holder, elsewhere, at=MARCH)
    seen = (await desk.get(path, neighbour)).json()
    assert (seen["municipalities"], seen["version"]) == (["86194", "86041"], project.json()["version"] + 1)


async def test_an_action_is_cancelled_on_the_day_it_is_where_it_takes_place(desk: Desk) -> None:
    cast = a_cast()
    (action,) = await actions_of(desk, cast, await funded(desk, cast, zone="America/Cayenne"))
    cancelled = await act(desk, action, "cancel", cast.holder, {"cause": "public"}, at="2025-05-11T03:30:00+02:00")
    assert cancelled.json()["cancellation"]["cancelled_on"] == "2025-05-10"

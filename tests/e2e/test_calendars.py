"""A calendar as its program finds it: through the gateway, by its address alone; and the secret stays in there."""

from typing import Any

import httpx
import pytest

from common.contracts.access import Role
from tests import calendars
from tests.collector import Collector
from tests.conftest import House
from tests.e2e.doors import Doors
from tests.e2e.dossier import SESSION
from tests.e2e.people import Person
from tests.e2e.scene import Scene
from tests.waiting import until

WITHIN_S = 30
"""Spans leave each process every five seconds, lines leave the gateway every ten."""
ENDS_WITHIN_S = 10
"""From a revocation to the last calendar that is read by it: relay, Kafka, consumer."""
IN_MAY = {"sandbox-date": "2025-05-02T10:00:00+02:00"}
TRACE = "5cb93f4688c75eb7b4f1037e1f5847aa"


async def a_feed(scene: Scene, of: str, role: Role, **subject: Any) -> str:
    """Make a feed; give its address."""
    who = scene.home[role]
    feed = await scene.office.write(who, "/v1/calendar-feeds", {"of": of, **subject})
    address: str = feed["address"]
    return address


@pytest.mark.parametrize("of", ["sessions", "obligations"])
async def test_a_calendar_program_needs_nothing_but_the_address(scene: Scene, doors: Doors, of: str):
    whose = {"coordination_id": scene.home.coordination_id}
    address = await a_feed(scene, of, Role.REGIONAL_COORDINATOR, **whose)
    assert address.startswith(doors.url("gateway", "actions"))
    answer = await doors.http.get(address, headers=IN_MAY)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert answer.headers["cache-control"] == "private, no-cache"
    events = calendars.read(answer.content)
    mine = {uid: event for uid, event in events.items() if scene.things["session_id"] in uid}
    assert mine
    if of == "sessions":
        (event,) = mine.values()
        assert calendars.hour(event) == f"{SESSION['held_on']} {SESSION['starts_at'][:5]} Europe/Paris"
    again = await doors.http.get(address, headers={**IN_MAY, "if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    with_a_token = {**IN_MAY, "authorization": "Bearer nobody.knows.me"}
    assert (await doors.http.get(address, headers=with_a_token)).content == answer.content


async def test_without_the_key_it_is_not_there(scene: Scene, doors: Doors):
    address = await a_feed(scene, "sessions", Role.PROJECT_HOLDER, municipality=scene.home.place.communes[0])
    path, _, key = address.partition("?key=")
    for other in (f"{path}?key={key[::-1]}", f"{path}?key="):
        refused = await doors.http.get(other)
        assert (refused.status_code, refused.json()["code"]) == (404, "no-such-feed")
    assert (await doors.http.get(path)).status_code == 400


async def a_calendar(scene: Scene, role: Role, *codes: str) -> tuple[Person, str]:
    """Let an organisation in that nobody else has to do with, and give it a calendar of its commune."""
    office, commune = scene.office, scene.home.place.communes[0]
    organisation_id = await office.organisation(f"{role} that leaves", "state_service")
    who = await office.client(role, role, organisation_id, codes=codes)
    feed = await office.write(who, "/v1/calendar-feeds", {"of": "sessions", "municipality": commune})
    return who, feed["address"]


async def test_with_its_makers_access_a_calendar_ends_and_nobody_elses_does(scene: Scene, doors: Doors):
    leaving, calendar = await a_calendar(scene, Role.FUNDER)
    other = await a_feed(scene, "sessions", Role.PROJECT_HOLDER, municipality=scene.home.place.communes[0])
    assert (await doors.http.get(calendar)).status_code == 200
    path = f"/v1/api-clients/{leaving.credentials.client_id}"
    await scene.office.write(scene.office.operator, f"{path}/revoke", seen=path)
    await until(lambda: _is_gone(doors, calendar), within_s=ENDS_WITHIN_S)
    assert (await doors.http.get(other)).status_code == 200


async def test_a_calendar_ends_when_its_place_is_out_of_its_makers_reach(scene: Scene, doors: Doors):
    here, there, *_ = scene.home.place.communes
    town, calendar = await a_calendar(scene, Role.COLLECTIVITY_SYSTEM, here, there)
    path = f"/v1/api-clients/{town.credentials.client_id}"
    assert (await doors.http.get(calendar)).status_code == 200
    await scene.office.write(scene.office.operator, f"{path}/change", {"codes": [there]}, seen=path)
    await until(lambda: _is_gone(doors, calendar), within_s=ENDS_WITHIN_S)


async def _is_gone(doors: Doors, address: str) -> bool:
    answer = await doors.http.get(address)
    return (answer.status_code, answer.json()["code"]) == (404, "no-such-feed") if answer.is_error else False


async def test_the_key_is_in_nobodys_logs_and_traces(scene: Scene, doors: Doors, house: House, collector: Collector):
    address = await a_feed(scene, "sessions", Role.PROJECT_HOLDER, municipality=scene.home.place.communes[0])
    key = address.partition("?key=")[2]
    traced = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
    for asked in (address, f"{address}x"):
        assert (await doors.http.get(asked, headers=traced)).status_code in {200, 404}
    wanted = {("gateway", "ingress"), ("actions-api", "GET /v1/calendars/{feed_id}.ics")}
    await until(lambda: wanted <= {(span.service, span.name) for span in collector.of(TRACE)}, within_s=WITHIN_S)
    assert not collector.has(key)
    asked_for = httpx.URL(address).path
    await until(lambda: "".join(logged(house, "gateway").values()).count(asked_for) >= 2, within_s=WITHIN_S)
    assert any("calendar.read" in text for text in logged(house, "actions-api").values())
    assert [name for name, text in logged(house).items() if key in text] == []


def logged(house: House, of: str = "") -> dict[str, str]:
    """Read the logs of some processes, or of all."""
    files = [file for file in house.folder.logs.iterdir() if file.is_file() and file.name.startswith(of)]
    return {file.name: file.read_text("utf-8", errors="replace") for file in files}

"""Sessions as GeoJSON through the HTTP door: its structure, its pages, its filters, and closed circuits (R41)."""

from typing import Any

import httpx
import jsonschema_rs
import pytest

from common.contracts.access import Role
from tests.integration.actions.journeys import act, actions_of, funded, scheduled
from tests.integration.actions.people import Desk, Person, a_cast
from tests.integration.actions.test_closed_circuits import DAYS, announced, begun, counted

MAP = "/v1/sessions.geojson"
RFC_7946 = {
    "type": "object",
    "required": ["type", "features"],
    "not": {"anyOf": [{"required": [name]} for name in ("geometry", "properties", "coordinates", "geometries")]},
    "properties": {
        "type": {"const": "FeatureCollection"},
        "features": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["type", "geometry", "properties"],
                "properties": {
                    "type": {"const": "Feature"},
                    "id": {"type": ["string", "number"]},
                    "geometry": {"type": "null"},
                    "properties": {"type": "object", "required": ["municipality", "vintage", "held_on"]},
                },
            },
        },
    },
}
"""A collection of features by §3.2, §3.3 and §7.1, whose places are known by their communes only."""


async def drawn(desk: Desk, who: Person, **asked: Any) -> list[dict[str, Any]]:
    answer = await desk.get(MAP, who, **asked)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/geo+json"), answer.text
    jsonschema_rs.validate(RFC_7946, answer.json())
    found: list[dict[str, Any]] = answer.json()["features"]
    return found


async def test_sessions_are_features_of_their_communes_by_day_and_by_pages(desk: Desk) -> None:
    cast = a_cast()
    (action,) = await actions_of(desk, cast, await funded(desk, cast))
    action = await scheduled(desk, cast, action, "2025-05-07", "2025-04-30", "2025-05-14")
    days = [one["properties"]["held_on"] for one in await drawn(desk, cast.holder)]
    assert days == ["2025-04-30", "2025-05-07", "2025-05-14"]
    page, paged = await desk.get(MAP, cast.holder, limit=2), []
    while True:
        paged += page.json()["features"]
        if page.json()["next"] is None:
            break
        assert 'rel="next"' in page.headers["link"]
        page = await desk.get(MAP, cast.holder, limit=2, after=page.json()["next"])
    assert paged == await drawn(desk, cast.holder)
    assert {one["id"] for one in paged} == {one["id"] for one in action.json()["sessions"]}
    assert {(one["properties"]["municipality"], one["properties"]["label"]) for one in paged} == {
        ("86194", "Maison de quartier")
    }


@pytest.mark.parametrize(
    ("asked", "days"),
    [
        ({"first_on": "2025-05-07"}, ["2025-05-07", "2025-05-14"]),
        ({"last_on": "2025-05-06"}, ["2025-04-30"]),
        ({"municipality": "86041"}, []),
        ({"state": "cancelled"}, []),
        ({"campaign_id": "00000000-0000-7000-8000-000000000000"}, []),
    ],
)
async def test_a_map_is_narrowed_by_what_it_is_asked(desk: Desk, asked: dict[str, str], days: list[str]) -> None:
    cast = a_cast()
    (action,) = await actions_of(desk, cast, await funded(desk, cast))
    await scheduled(desk, cast, action, "2025-05-07", "2025-04-30", "2025-05-14")
    assert [one["properties"]["held_on"] for one in await drawn(desk, cast.holder, **asked)] == days


async def test_r41_a_map_shows_a_closed_circuit_from_outside_once_it_was_held(desk: Desk) -> None:
    cast, authority = a_cast(), Person(role=Role.CLOSED_SITE_AUTHORITY)
    action = await announced(desk, cast, authority)
    here = {"campaign_id": action.json()["campaign_id"]}

    async def by_days(who: Person) -> list[list[str]]:
        asked = [{}, {"first_on": DAYS[0], "last_on": DAYS[1]}, {"municipality": "86194"}, {"state": "held"}]
        return [[one["properties"]["held_on"] for one in await drawn(desk, who, **here, **more)] for more in asked]

    for who in (cast.holder, cast.coordinator, authority):
        assert (await by_days(who))[1] == [*DAYS]
    action = await counted(desk, cast, await begun(desk, cast, action), 1)
    for who in (cast.drac, cast.town):
        assert await by_days(who) == [[], [], [], []]
    body = {"participants_distinct": 9}
    held: httpx.Response = await act(desk, action, "hold", cast.holder, body, at="2025-05-19T18:05:00+02:00")
    assert held.json()["state"] == "held"
    for who in (cast.drac, cast.town):
        assert await by_days(who) == [[*DAYS]] * 4
        labels = {(one["properties"]["label"], one["properties"]["title"]) for one in await drawn(desk, who, **here)}
        assert labels == {("prison", "programming_workshop")}

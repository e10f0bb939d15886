"""Sessions as GeoJSON through the HTTP door: its structure, its pages, its filters, and closed circuits (R41)."""

import re
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import jsonschema_rs
import pytest

from actions.store import pins
from common.contracts.access import Role
from common.database import Database
from common.tokens import SYSTEM
from tests.integration.actions.journeys import JANUARY, MARCH, act, actions_of, an_action, drafted, funded, scheduled
from tests.integration.actions.people import Cast, Desk, Person, a_cast, problem
from tests.integration.actions.test_closed_circuits import DAYS, announced, begun, counted

MAP = "/v1/sessions.geojson"
POINT = {
    "type": "object",
    "required": ["type", "coordinates"],
    "additionalProperties": False,
    "properties": {
        "type": {"const": "Point"},
        "coordinates": {
            "type": "array",
            "prefixItems": [
                {"type": "number", "minimum": -180, "maximum": 180},
                {"type": "number", "minimum": -90, "maximum": 90},
            ],
            "minItems": 2,
            "maxItems": 2,
        },
    },
}
"""A point by §3.1.1 and §3.1.2: longitude, then latitude, and no height."""
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
                    "geometry": {"anyOf": [{"type": "null"}, POINT]},
                    "properties": {"type": "object", "required": ["municipality", "vintage", "held_on"]},
                },
            },
        },
    },
}
"""A collection of features by §3.2, §3.3 and §7.1; where a place's position is not known the geometry is null."""
SQUARE = {"longitude": 0.37321123456, "latitude": 46.5943871}
PRISON = {"longitude": 0.271828, "latitude": 46.424242}
POITOU = "0.3,46.5,0.4,46.6"


async def drawn(desk: Desk, who: Person, **asked: Any) -> list[dict[str, Any]]:
    answer = await desk.get(MAP, who, **asked)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/geo+json"), answer.text
    jsonschema_rs.validate(RFC_7946, answer.json())
    assert not re.search(r"[0-9]\.[0-9]{8}", answer.text), "seven decimals are nearer than anybody measures (§11.2)"
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


def placed(*positions: dict[str, float] | None, **said: Any) -> dict[str, Any]:
    """Describe an action at places that are told apart by their labels."""
    places = [
        {"label": f"Lieu {n}", "municipality": "86194", **({} if position is None else {"coordinates": position})}
        for n, position in enumerate(positions, 1)
    ]
    return an_action(places=places, **said)


async def at_places(desk: Desk, cast: Cast, *positions: dict[str, float] | None) -> httpx.Response:
    """Plan a session at each of these places, one day after the other from 5 May."""
    (action,) = await actions_of(desk, cast, await funded(desk, cast, actions=[placed(*positions)]))
    for n, place in enumerate(action.json()["places"]):
        session = {"held_on": f"2025-05-{5 + n:02}", "starts_at": "14:00", "place_id": place["id"]}
        action = await act(desk, action, "sessions", cast.holder, session, at=MARCH)
    return action


async def test_a_session_is_a_point_where_its_place_lies_and_null_where_nobody_has_said(desk: Desk) -> None:
    cast = a_cast()
    action = await at_places(desk, cast, SQUARE, None, {"longitude": 0, "latitude": 47})
    assert [one["coordinates"] for one in action.json()["places"]] == [
        {"longitude": 0.373211, "latitude": 46.594387},
        None,
        {"longitude": 0.0, "latitude": 47.0},
    ]
    assert [one["geometry"] for one in await drawn(desk, cast.holder)] == [
        {"type": "Point", "coordinates": [0.373211, 46.594387]},
        None,
        {"type": "Point", "coordinates": [0.0, 47.0]},
    ]


@pytest.mark.parametrize(
    ("box", "shown"),
    [
        (POITOU, ["05"]),
        ("0.373211,46.594387,0.373211,46.594387", ["05"]),
        ("0.3732111,46.5,0.4,46.6", []),
        ("-180,-90,180,90", ["05", "07"]),
        ("-0.5,46.5,0,47", ["07"]),
        ("0.3,-46.6,0.4,-46.5", []),
    ],
)
async def test_a_map_is_narrowed_to_a_rectangle_whose_sides_are_in_it(desk: Desk, box: str, shown: list[str]) -> None:
    cast = a_cast()
    await at_places(desk, cast, SQUARE, None, {"longitude": 0, "latitude": 47})
    found = await drawn(desk, cast.holder, bbox=box)
    assert [one["properties"]["held_on"] for one in found] == [f"2025-05-{day}" for day in shown]
    page = await desk.get(MAP, cast.holder, bbox="-180,-90,180,90", limit=1)
    assert "bbox=-180%2C-90%2C180%2C90" in page.headers["link"]


@pytest.mark.parametrize(
    ("box", "code"),
    [
        ("0.3,46.5,0.4", "string-pattern-mismatch"),
        ("0.3,46.5,0,0.4,46.6,100", "string-pattern-mismatch"),
        ("0.3,46.5,0.4,nan", "string-pattern-mismatch"),
        ("0.4,46.5,0.3,46.6", "box-not-possible"),
        ("0.3,46.6,0.4,46.5", "box-not-possible"),
        ("177,-20,-178,-16", "box-not-possible"),
        ("0.3,46.5,0.4,91", "box-not-possible"),
    ],
)
async def test_a_rectangle_that_is_none_or_crosses_the_antimeridian_is_refused(desk: Desk, box: str, code: str) -> None:
    answer = await desk.get(MAP, a_cast().holder, bbox=box)
    assert answer.status_code == 400, answer.text
    assert [(one["parameter"], one["code"]) for one in answer.json()["errors"]] == [("bbox", code)]


@pytest.mark.parametrize(
    ("coordinates", "code"),
    [
        ({"longitude": 46.594387, "latitude": 0.373211}, "coordinates-swapped"),
        ({"longitude": -73.567, "latitude": 45.501}, "coordinates-elsewhere"),
        ({"longitude": 55.45, "latitude": -20.88}, "coordinates-elsewhere"),
        ({"longitude": 0.373211}, "validation"),
        ({"longitude": "0.373211", "latitude": 46.594387}, "validation"),
        ({"longitude": 200, "latitude": 46.594387}, "validation"),
    ],
)
async def test_a_position_that_cannot_be_is_refused_where_it_stands(
    desk: Desk, coordinates: dict[str, Any], code: str
) -> None:
    cast = a_cast()
    draft = await drafted(desk, cast)
    path = f"/v1/projects/{draft.json()['id']}/actions"
    answer = await desk.post(path, cast.holder, placed(SQUARE, coordinates), match=draft, at=JANUARY)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"].startswith("/places/1/coordinates")
    assert code == "validation" or problem(answer) == (422, code)


async def test_a_corrected_position_moves_the_sessions_of_the_place_that_stays(desk: Desk) -> None:
    cast = a_cast()
    action = await at_places(desk, cast, SQUARE, None)
    before = [one["id"] for one in action.json()["places"]]
    corrected = placed({"longitude": 0.34, "latitude": 46.58}, {"longitude": 0.35, "latitude": 46.57})
    action = await act(desk, action, "change", cast.holder, corrected, at=MARCH)
    assert [one["id"] for one in action.json()["places"]] == before
    assert [one["geometry"]["coordinates"] for one in await drawn(desk, cast.holder)] == [[0.34, 46.58], [0.35, 46.57]]
    action = await act(desk, action, "change", cast.holder, placed(None, None), at=MARCH)
    assert [one["geometry"] for one in await drawn(desk, cast.holder)] == [None, None]


async def test_r41_from_outside_a_closed_circuit_has_no_position_and_no_rectangle_finds_it(desk: Desk) -> None:
    cast, authority = a_cast(), Person(role=Role.CLOSED_SITE_AUTHORITY)
    action = await announced(desk, cast, authority, coordinates=PRISON)
    here = {"campaign_id": action.json()["campaign_id"]}
    action = await counted(desk, cast, await begun(desk, cast, action), 1)
    body = {"participants_distinct": 9}
    action = await act(desk, action, "hold", cast.holder, body, at="2025-05-19T18:05:00+02:00")
    for who in (cast.holder, cast.coordinator, authority):
        assert len(await drawn(desk, who, **here, bbox="0.2,46.4,0.3,46.5")) == len(DAYS)
        assert "46.424242" in (await desk.get(f"/v1/actions/{action.json()['id']}", who)).text
    for who in (cast.drac, cast.town, Person(role=Role.NATIONAL_COORDINATION)):
        assert [one["geometry"] for one in await drawn(desk, who, **here)] == [None, None]
        assert await drawn(desk, who, **here, bbox="-180,-90,180,90") == []
        for path in (MAP, "/v1/actions", f"/v1/actions/{action.json()['id']}"):
            assert "46.424242" not in (await desk.get(path, who)).text, (who.role, path)


@pytest.mark.parametrize(("statement", "box"), [(pins.BY_DAY, ()), (pins.IN_BOX, (0.3, 0.4, 46.5, 46.6))])
async def test_a_map_is_read_from_its_index_in_its_order(desk: Desk, db: Database, statement: str, box: Any) -> None:
    """What lies outside a rectangle is passed over in the index, under row security too."""
    await at_places(desk, a_cast(), SQUARE)
    days = date(2025, 5, 1), date(2025, 5, 31)
    async with db.transaction(SYSTEM) as tx:
        for other in ("seqscan", "bitmapscan", "hashjoin", "mergejoin", "sort"):
            await tx.execute(f"SET LOCAL enable_{other} = off")
        asked = (None, None, None, *days, days[0], UUID(int=0), 10, *box)
        plan = await tx.fetchval(f"EXPLAIN (FORMAT JSON) {statement}", *asked)
    assert "session_held_on_id_longitude_latitude_idx" in plan
    assert '"Sort"' not in plan
    conditions = " ".join(re.findall(r'"Index Cond": "([^"]*)"', plan))
    assert "ROW(held_on, id)" in conditions
    assert ("longitude" in conditions, "latitude" in conditions) == (bool(box), bool(box))


ELSEWHERE = """
    INSERT INTO session
    SELECT (jsonb_populate_record(session, jsonb_build_object('id', gen_random_uuid(), 'municipality', '10' || n))).*
      FROM session, generate_series(100, 999) AS n
     WHERE action_id = $1::uuid
"""
"""A session like one's own in each of nine hundred communes."""


async def test_the_sessions_of_a_commune_are_looked_for_by_their_commune(
    desk: Desk, db: Database, address: str
) -> None:
    """Though it may be a part, of a commune that each action's year says: which it may be of is asked once, before."""
    action = await at_places(desk, a_cast(), SQUARE)
    owner = await asyncpg.connect(address, server_settings={"search_path": "actions"})
    await owner.execute(ELSEWHERE, action.json()["id"])
    await owner.execute("ANALYZE session")
    await owner.close()
    async with db.transaction(SYSTEM) as tx:
        asked = (None, None, "86194", date.min, date.max, date.min, UUID(int=0), 10)
        plan = await tx.fetchval(f"EXPLAIN (FORMAT JSON) {pins.BY_DAY}", *asked)
    assert any("municipality = ANY" in one for one in re.findall(r'"Index Cond": "([^"]*)"', plan)), plan

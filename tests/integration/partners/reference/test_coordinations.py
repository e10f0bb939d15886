"""Coordinations over HTTP: appointed by a DRAC, dated, and never two on one département on the same day."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from tests.integration.partners.reference.door import READER, Asker, Door, problem, rules

NOUVELLE_AQUITAINE = ("16", "17", "79", "86")


@pytest.fixture(autouse=True)
async def nothing_covered(administrator: asyncpg.Connection) -> None:
    """Begin each test with a France that nobody covers."""
    await administrator.execute("DELETE FROM coverage")


@pytest.fixture
async def drac(door: Door) -> Asker:
    return await door.drac(NOUVELLE_AQUITAINE)


async def appoint(
    door: Door,
    asker: Asker,
    departments: Sequence[str] = ("86",),
    *,
    organisation: UUID | None = None,
    key: str | None = None,
    **said: Any,
) -> httpx.Response:
    body = {
        "organisation_id": str(organisation or await door.organisation("FRMJC")),
        "region": "75",
        "departments": list(departments),
        "valid_from": "2024-01-01",
        "valid_until": "2026-12-31",
        **said,
    }
    return await door.post("/v1/coordinations", body, asker, key=key)


async def test_a_drac_appoints_and_the_world_hears(door: Door, drac: Asker, administrator: asyncpg.Connection):
    answer = await appoint(door, drac, ("86", "16", "79", "17"))
    said = answer.json()
    assert answer.status_code == 201, answer.text
    assert said["drac_id"] == str(drac.org)
    assert said["coverages"] == [
        {"departments": ["16", "17", "79", "86"], "valid_from": "2024-01-01", "valid_until": "2026-12-31"}
    ]
    rows = await administrator.fetch("SELECT type, value FROM outbox WHERE key = $1 ORDER BY seq", said["id"])
    assert [one["type"].split(".", 2)[2] for one in rows] == ["coordination.appointed.v1", "coordination.state.v1"]
    assert rows[1]["value"] == answer.content
    read = (await door.get(f"/v1/coordinations/{said['id']}", drac)).json()
    assert {one["allowed"] for one in read.pop("allowed_actions")} == {True}
    assert read == said


async def test_a_departement_is_covered_by_one_coordination_on_a_day(door: Door, drac: Asker):
    first = await appoint(door, drac, ("86", "79"))
    clash = await appoint(door, drac, ("86",), valid_from="2026-12-31", valid_until=None)
    assert problem(clash) == (409, "department-already-covered")
    assert first.json()["id"] in clash.json()["detail"]
    assert (await appoint(door, drac, ("86",), valid_from="2027-01-01", valid_until=None)).status_code == 201
    assert (await appoint(door, drac, ("86",), valid_from="2023-01-01", valid_until="2023-12-31")).status_code == 201
    assert (await appoint(door, drac, ("16",))).status_code == 201


async def test_of_five_appointments_at_once_one_holds(door: Door, drac: Asker):
    organisation = await door.organisation("FRMJC")
    answers = await asyncio.gather(*(appoint(door, drac, organisation=organisation) for _ in range(5)))
    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409, 409]


async def test_the_same_appointment_five_times_at_once_is_one(door: Door, drac: Asker):
    organisation, key = await door.organisation("FRMJC"), uuid4().hex
    answers = await asyncio.gather(*(appoint(door, drac, organisation=organisation, key=key) for _ in range(5)))
    assert {(one.status_code, one.content) for one in answers} == {(201, answers[0].content)}


async def test_a_refused_appointment_writes_nothing(door: Door, drac: Asker, administrator: asyncpg.Connection):
    await appoint(door, drac, ("86",))
    before = await administrator.fetchval("SELECT count(*) FROM outbox WHERE topic LIKE '%coordination%'")
    await appoint(door, drac, ("79", "86"))
    assert await administrator.fetchval("SELECT count(*) FROM outbox WHERE topic LIKE '%coordination%'") == before
    assert await administrator.fetchval("SELECT count(*) FROM coverage WHERE department = '79'") == 0


async def test_another_coverage_begins_where_the_former_ends(door: Door, drac: Asker):
    first = await appoint(door, drac, ("79", "86"))
    path = f"/v1/coordinations/{first.json()['id']}"
    body = {"departments": ["86"], "valid_from": "2025-07-01", "valid_until": None}
    changed = await door.post(f"{path}/change", body, drac, match=first)
    assert changed.status_code == 200, changed.text
    assert [(one["departments"], one["valid_until"]) for one in changed.json()["coverages"]] == [
        (["79", "86"], "2025-06-30"),
        (["86"], None),
    ]
    assert (await appoint(door, drac, ("79",), valid_from="2025-07-01")).status_code == 201
    early = await door.post(f"{path}/change", body | {"valid_from": "2025-06-30"}, drac, match=changed)
    assert problem(early) in [(409, "dates-go-backwards"), (409, "nothing-to-change")]
    same = await door.post(f"{path}/change", body | {"valid_from": "2025-08-01"}, drac, match=changed)
    assert problem(same) == (409, "nothing-to-change")


async def test_a_change_may_not_take_what_another_covers(door: Door, drac: Asker):
    await appoint(door, drac, ("79",))
    mine = await appoint(door, drac, ("86",))
    body = {"departments": ["79", "86"], "valid_from": "2025-01-01"}
    answer = await door.post(f"/v1/coordinations/{mine.json()['id']}/change", body, drac, match=mine)
    assert problem(answer) == (409, "department-already-covered")
    listed = (await door.get("/v1/coordinations", department="86", on="2025-06-01")).json()["items"]
    assert [one["coverages"] for one in listed] == [mine.json()["coverages"]]


async def test_an_ended_coordination_frees_its_departements(door: Door, drac: Asker):
    first = await appoint(door, drac)
    path = f"/v1/coordinations/{first.json()['id']}"
    before = await door.post(f"{path}/end", {"ended_on": "2023-12-31"}, drac, match=first)
    assert problem(before) == (422, "ends-before-it-begins")
    ended = await door.post(f"{path}/end", {"ended_on": "2025-06-30"}, drac, match=first)
    assert (ended.json()["ended_on"], ended.json()["coverages"][0]["valid_until"]) == ("2025-06-30", "2025-06-30")
    again = await door.post(f"{path}/end", {"ended_on": "2025-06-30"}, drac, match=ended)
    assert problem(again) == (409, "coordination-already-ended")
    assert (await appoint(door, drac, valid_from="2025-07-01")).status_code == 201


@pytest.mark.parametrize(
    ("said", "code", "pointer"),
    [
        ({"departments": ["75"]}, 403, None),
        ({"region": "11"}, 422, "/departments/0"),
        ({"region": "75", "departments": ["86", "20"]}, 403, None),
        ({"departments": []}, 422, "/departments"),
        ({"departments": ["086"]}, 422, "/departments/0"),
        ({"valid_until": "2023-12-31"}, 422, "/valid_until"),
        ({"valid_from": 20240101}, 422, "/valid_from"),
        ({"drac_id": str(uuid4())}, 422, "/drac_id"),
    ],
)
async def test_an_appointment_that_cannot_be_is_refused(
    door: Door, drac: Asker, said: dict[str, Any], code: int, pointer: str | None
):
    answer = await appoint(door, drac, **said)
    assert answer.status_code == code
    assert pointer is None or pointer in [where for where, _ in rules(answer)]


async def test_the_region_75_is_not_the_departement_75(door: Door):
    paris = await door.drac(("75", "93"))
    assert (await appoint(door, paris, ("75",), region="11")).status_code == 201
    assert rules(await appoint(door, paris, ("93",), region="75")) == [("/departments/0", None)]


async def test_a_coordination_is_an_organisation_that_is_there_and_open(door: Door, drac: Asker):
    unknown = await appoint(door, drac, organisation=uuid4())
    assert (problem(unknown), rules(unknown)) == ((422, "organisation-unknown"), [("/organisation_id", None)])
    stranger = Asker(role=drac.role, codes=drac.codes, org=uuid4())
    assert problem(await appoint(door, stranger)) == (422, "organisation-unknown")


async def test_only_the_drac_that_appointed_changes_and_ends(door: Door, drac: Asker):
    first = await appoint(door, drac)
    path = f"/v1/coordinations/{first.json()['id']}"
    other = await door.drac(NOUVELLE_AQUITAINE)
    change = {"departments": ["86"], "valid_from": "2025-01-01"}
    for verb, body in (("change", change), ("end", {"ended_on": "2025-01-01"})):
        assert problem(await door.post(f"{path}/{verb}", body, other, match=first)) == (403, "not-yours")
        assert problem(await door.post(f"{path}/{verb}", body, READER, match=first)) == (403, "scope-missing")
    outside = await door.post(f"{path}/change", change | {"departments": ["75"]}, drac, match=first)
    assert problem(outside) == (403, "not-yours")
    seen = await door.get(path, other)
    assert {one["code"] for one in seen.json()["allowed_actions"]} == {"not-yours"}


async def test_coordinations_are_found_by_region_departement_day_and_organisation(door: Door, drac: Asker):
    first = (await appoint(door, drac, ("86",))).json()
    second = (await appoint(door, drac, ("16",), valid_from="2027-01-01", valid_until=None)).json()
    for asked, expected in (
        ({"department": "86"}, {first["id"]}),
        ({"department": "86", "on": "2027-01-01"}, set()),
        ({"on": "2027-01-01"}, {second["id"]}),
        ({"on": "2026-12-31"}, {first["id"]}),
        ({"organisation_id": second["organisation_id"]}, {second["id"]}),
        ({"region": "11"}, set()),
    ):
        answer = await door.http.get("/v1/coordinations", params=asked, headers=door.headers(READER))
        found = {one["id"] for one in answer.json()["items"]}
        assert found & {first["id"], second["id"]} == expected


@pytest.mark.parametrize("day", ["0", "2025", "20250101", "2025-02-30", "2025-01-01T00:00:00"])
async def test_a_day_asked_for_is_a_day(door: Door, day: str):
    answer = await door.http.get("/v1/coordinations", params={"on": day}, headers=door.headers(READER))
    assert answer.status_code == 400


async def test_a_coordination_that_is_not_there_is_not_found(door: Door, drac: Asker):
    path = f"/v1/coordinations/{uuid4()}"
    assert problem(await door.get(path)) == (404, "no-such-coordination")
    assert problem(await door.post(f"{path}/end", {"ended_on": "2025-01-01"}, drac, match=1))[0] == 404

"""Judging places before they are used: the day decides the vintage, all that is wrong is said at once (R30 to R35)."""

from typing import Any

import pytest

from tests.integration.partners.reference.door import NATIONAL, READER, Door, rules

COURONNERIES = {
    "code": "QN08605M",
    "name": "Couronneries Saint-Éloi",
    "municipalities": ["86041", "86194"],
    "source": "ANCT, liste des QPV 2024",
    "source_date": "2024-07-13",
}


def check(on: str, *municipalities: str, districts: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"on": on, "municipalities": list(municipalities), "districts": list(districts)}


@pytest.mark.parametrize(
    ("on", "expected"), [("2024-11-01", 200), ("2024-12-31", 200), ("2025-01-01", 422), ("2025-03-01", 422)]
)
async def test_r30_the_day_decides_which_vintage_judges(door: Door, on: str, expected: int):
    answer = await door.post("/v1/territories/check", check(on, "93059"), READER)
    assert answer.status_code == expected
    if expected == 422:
        assert rules(answer) == [("/municipalities/0", "R30")]
        assert "93066" in answer.json()["errors"][0]["message"]


async def test_places_that_may_be_used_say_what_they_count_under(door: Door):
    answer = await door.post("/v1/territories/check", check("2025-07-18", "75118", "2a004", "97311"), READER)
    places = {one["code"]: one for one in answer.json()["places"]}
    assert answer.json()["vintage"] == 2025
    assert places["75118"]["counts_under"] == "75056"
    assert (places["97311"]["department"], places["97311"]["region"]) == ("973", "03")
    assert set(places) == {"75118", "2A004", "97311"}


async def test_r35_a_district_lies_on_one_of_the_places(door: Door):
    await door.post("/v1/territories/2025/districts", COURONNERIES, NATIONAL)
    of_poitiers = check("2025-07-18", "86041", districts=("QN08605M",))
    assert (await door.post("/v1/territories/check", of_poitiers, READER)).status_code == 200
    of_ajaccio = await door.post("/v1/territories/check", check("2025-07-18", "2A004", districts=("QN08605M",)), READER)
    assert rules(of_ajaccio) == [("/districts/0", "R35")]


async def test_r34_is_judged_even_of_a_year_whose_code_is_not_known_here(door: Door):
    answer = await door.post("/v1/territories/check", check("2023-12-31", "75056", districts=("QN07511M",)), READER)
    assert rules(answer) == [("/districts/0", "R34"), ("/on", None)]


async def test_everything_wrong_is_said_at_once(door: Door):
    body = check("2025-07-18", "93059", "86194", districts=("QP086005", "QN08699M", "QN"))
    answer = await door.post("/v1/territories/check", body, READER)
    assert rules(answer) == [
        ("/municipalities/0", "R30"),
        ("/districts/0", "R34"),
        ("/districts/1", None),
        ("/districts/2", None),
    ]

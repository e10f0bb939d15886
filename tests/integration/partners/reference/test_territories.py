"""Territories over HTTP: what a code means in a vintage (R30 to R33), what lies on it (R34, R35), what is added."""

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from common.pages import cursor
from tests.integration.partners.reference.conftest import DEPARTMENTS
from tests.integration.partners.reference.door import NATIONAL, READER, Door, problem, rules

COURONNERIES = {
    "code": "QN08605M",
    "name": "Couronneries Saint-Éloi",
    "municipalities": ["86041", "86194"],
    "source": "ANCT, liste des QPV 2024",
    "source_date": "2024-07-13",
}


def densities(*levels: tuple[str, int]) -> dict[str, Any]:
    items = [{"municipality": code, "level": level} for code, level in levels]
    return {"items": items, "source": "Insee, grille de densité", "source_date": "2025-05-15"}


# ------------------------------------------------------------------------------------------------------ reading


async def test_vintages_are_listed(door: Door):
    answer = await door.get("/v1/territories")
    assert [one["vintage"] for one in answer.json()["items"]] == [2024, 2025, 2026]
    assert all(one["departments"] == len(DEPARTMENTS) for one in answer.json()["items"])
    assert (await door.get("/v1/territories", after=cursor(2**40))).json()["items"] == []
    assert problem(await door.get("/v1/territories", after=cursor(2**63))) == (400, "cursor-refused")


async def test_a_municipality_says_where_it_lies(door: Door):
    answer = await door.get("/v1/territories/2025/municipalities/86194")
    poitiers = answer.json()
    assert answer.status_code == 200
    assert (poitiers["name"], poitiers["siren"], poitiers["counts_under"]) == ("Poitiers", "218601946", "86194")
    assert poitiers["department"] == {"code": "86", "name": "Vienne"}
    assert poitiers["region"] == {"code": "75", "name": "Nouvelle-Aquitaine"}
    assert (poitiers["intermunicipality"]["siren"], poitiers["intermunicipality"]["form"]) == ("200069854", "CU")
    assert [one["vintage"] for one in poitiers["history"]] == [2024, 2025, 2026]


async def test_r30_a_merged_municipality_is_refused_with_its_successor(door: Door):
    answer = await door.get("/v1/territories/2025/municipalities/93059")
    assert problem(answer) == (404, "no-such-municipality")
    assert answer.json()["rule"] == "R30"
    assert "93066" in answer.json()["detail"]


async def test_r30_it_was_a_municipality_in_the_vintage_before(door: Door):
    before = (await door.get("/v1/territories/2024/municipalities/93059")).json()
    assert (before["name"], before["kind"], before["counts_under"]) == (
        "Pierrefitte-sur-Seine",
        "municipality",
        "93059",
    )


async def test_r30_a_merger_changes_siren_population_and_territorial_body_stays(door: Door):
    before = (await door.get("/v1/territories/2024/municipalities/93066")).json()
    after = (await door.get("/v1/territories/2025/municipalities/93066")).json()
    assert (before["siren"], before["population"]) == ("219300662", 115_237)
    assert (after["siren"], after["population"]) == ("929939411", 149_077)
    assert after["intermunicipality"]["siren"] == "200054781"
    assert after["territorial_body"] == {"siren": "200057867", "name": "Plaine Commune", "form": "EPT"}


async def test_r31_a_delegated_municipality_counts_under_its_own(door: Door):
    before = (await door.get("/v1/territories/2024/municipalities/12218")).json()
    after = (await door.get("/v1/territories/2025/municipalities/12218")).json()
    assert (before["kind"], before["counts_under"]) == ("delegated", "12076")
    assert (after["kind"], after["counts_under"], after["name"]) == ("municipality", "12218", "Conques-en-Rouergue")


async def test_r31_a_code_that_comes_back_is_a_municipality_again(door: Door):
    before = (await door.get("/v1/territories/2024/municipalities/15031")).json()
    after = (await door.get("/v1/territories/2025/municipalities/15031")).json()
    assert (before["kind"], after["kind"], after["counts_under"]) == ("delegated", "municipality", "15031")


async def test_r32_an_arrondissement_counts_under_its_city(door: Door):
    answer = (await door.get("/v1/territories/2025/municipalities/75118")).json()
    assert (answer["kind"], answer["counts_under"]) == ("arrondissement", "75056")


@pytest.mark.parametrize("code", ["1004", "20004", "poitiers", "%00", "96001"])
async def test_r33_a_code_that_is_none_is_not_found_with_its_rule(door: Door, code: str):
    answer = await door.get(f"/v1/territories/2025/municipalities/{code}")
    assert problem(answer) in [(404, "no-such-municipality"), (422, "character-refused")]


@pytest.mark.parametrize(
    ("code", "name", "department", "region"),
    [
        ("01004", "Ambérieu-en-Bugey", "01", "84"),
        ("2A004", "Ajaccio", "2A", "94"),
        ("2a004", "Ajaccio", "2A", "94"),
        ("97311", "Saint-Laurent-du-Maroni", "973", "03"),
        ("97411", "Saint-Denis", "974", "04"),
        ("98735", "Papeete", "987", "987"),
    ],
)
async def test_r33_codes_of_all_france_are_found(door: Door, code: str, name: str, department: str, region: str):
    answer = (await door.get(f"/v1/territories/2025/municipalities/{code}")).json()
    assert (answer["name"], answer["department"]["code"], answer["region"]["code"]) == (name, department, region)


@pytest.mark.parametrize("vintage", [2019, 2099])
async def test_a_vintage_that_is_not_known_is_not_found(door: Door, vintage: int):
    for path in (
        "regions",
        "departments",
        "municipalities",
        "municipalities/86194",
        "intermunicipalities",
        "districts",
    ):
        assert problem(await door.get(f"/v1/territories/{vintage}/{path}")) == (404, "no-such-vintage")


async def test_a_vintage_that_is_no_year_is_malformed(door: Door):
    assert (await door.get("/v1/territories/9/regions")).status_code == 400


@pytest.mark.parametrize("asked", ["Saint-Laurent-du-Maroni", "saint laurent", "ST LAURENT DU MARONI", "maroni"])
async def test_names_are_found_whatever_their_signs(door: Door, asked: str):
    found = (await door.get("/v1/territories/2025/municipalities", name=asked, department="973")).json()["items"]
    assert [one["code"] for one in found] == ["97311"]


async def test_homonyms_are_all_listed_in_order_page_by_page(door: Door):
    first = await door.get("/v1/territories/2025/municipalities", name="saint denis", limit=2)
    codes, answer = [one["code"] for one in first.json()["items"]], first
    while following := answer.json()["next"]:
        answer = await door.get("/v1/territories/2025/municipalities", name="saint denis", limit=2, after=following)
        codes += [one["code"] for one in answer.json()["items"]]
    assert {"93066", "97411"} <= set(codes)
    assert len(codes) == len(set(codes))
    assert 'rel="next"' in first.headers["link"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"kind": "arrondissement", "department": "75"}, 20),
        ({"intermunicipality": "200057867"}, 8),
        ({"region": "75", "department": "93"}, 0),
        ({"kind": "ceased", "department": "93"}, 40),
    ],
)
async def test_municipalities_are_narrowed(door: Door, asked: dict[str, Any], expected: int):
    found = (await door.get("/v1/territories/2025/municipalities", limit=100, **asked)).json()["items"]
    assert len(found) == expected


async def test_regions_and_departements_have_codes_of_their_own(door: Door):
    regions = (await door.get("/v1/territories/2025/regions", limit=100)).json()["items"]
    assert {one["code"]: one["departments"] for one in regions}["75"] == ["16", "17", "79", "86"]
    departments = (await door.get("/v1/territories/2025/departments", region="11")).json()["items"]
    assert [one["code"] for one in departments] == ["75", "93"]


async def test_departements_come_by_pages(door: Door):
    first = (await door.get("/v1/territories/2025/departments", limit=5)).json()
    second = (await door.get("/v1/territories/2025/departments", limit=100, after=first["next"])).json()
    assert [one["code"] for one in (*first["items"], *second["items"])] == sorted(DEPARTMENTS)


async def test_a_departement_is_read_whole(door: Door):
    answer = await door.get("/v1/territories/2025/departments/86")
    assert answer.json()["vintage"] == 2025
    assert len(answer.json()["municipalities"]) > 265
    assert answer.headers["etag"] == f'"v{answer.json()["version"]}"'
    assert problem(await door.get("/v1/territories/2025/departments/20")) == (404, "no-such-department")


async def test_intermunicipalities_are_found_by_name_and_departement(door: Door):
    found = (await door.get("/v1/territories/2025/intermunicipalities", name="grand poitiers")).json()["items"]
    assert [(one["siren"], one["departments"]) for one in found] == [("200069854", ["86"])]
    listed = (await door.get("/v1/territories/2025/intermunicipalities", department="974")).json()["items"]
    assert len(listed) == 5
    assert (await door.get("/v1/territories/2025/intermunicipalities/200069854")).json()["form"] == "CU"
    answer = await door.get("/v1/territories/2025/intermunicipalities/000000000")
    assert problem(answer) == (404, "no-such-intermunicipality")


async def test_an_unknown_filter_is_refused(door: Door):
    assert problem(await door.get("/v1/territories/2025/municipalities", postcode="86000")) == (400, "unknown-filter")


# ------------------------------------------------------------------------------------------- districts, densities


async def test_a_district_lies_on_its_municipalities(door: Door):
    answer = await door.post("/v1/territories/2025/districts", COURONNERIES, NATIONAL)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == "/v1/territories/2025/departments/86"
    for code in ("86041", "86194"):
        municipality = (await door.get(f"/v1/territories/2025/municipalities/{code}")).json()
        assert "QN08605M" in municipality["districts"]
    shown = (await door.get("/v1/territories/2025/districts/qn08605m")).json()
    assert (shown["name"], shown["valid_from"], shown["valid_until"]) == (COURONNERIES["name"], "2024-01-01", None)
    listed = (await door.get("/v1/territories/2025/districts", municipality="86041")).json()["items"]
    assert [one["code"] for one in listed] == ["QN08605M"]
    assert (await door.get("/v1/territories/2025/districts", name="st eloi", department="86")).json()["items"] == listed


async def test_the_same_district_again_changes_nothing(door: Door, administrator: asyncpg.Connection):
    await door.post("/v1/territories/2025/districts", COURONNERIES, NATIONAL)
    before = await administrator.fetchval("SELECT count(*) FROM outbox")
    again = await door.post("/v1/territories/2025/districts", COURONNERIES, NATIONAL)
    assert again.status_code == 200
    assert await administrator.fetchval("SELECT count(*) FROM outbox") == before


async def test_a_description_is_announced_with_its_state(door: Door, administrator: asyncpg.Connection):
    body = densities(("79191", 2), ("79049", 4))
    answer = await door.post("/v1/territories/2025/densities", body, NATIONAL)
    assert answer.status_code == 201, answer.text
    said = await administrator.fetch(
        "SELECT topic, type, version, value FROM outbox WHERE key = $1 ORDER BY seq DESC LIMIT 2", answer.json()["id"]
    )
    assert [(one["topic"], one["type"]) for one in said] == [
        ("passeurs.partners.territory.state.v1", "fr.passeursdimages.territory.state.v1"),
        ("passeurs.partners.territory.events.v1", "fr.passeursdimages.territory.vintage_published.v1"),
    ]
    assert {one["version"] for one in said} == {answer.json()["version"]}
    assert said[0]["value"] == answer.content
    niort = (await door.get("/v1/territories/2025/municipalities/79191")).json()
    assert niort["density"] == 2
    assert (await door.post("/v1/territories/2025/densities", body, NATIONAL)).status_code == 200


async def test_a_lost_answer_is_given_again(door: Door):
    body, key = densities(("16015", 2)), uuid4().hex
    first = await door.post("/v1/territories/2025/densities", body, NATIONAL, key=key)
    again = await door.post("/v1/territories/2025/densities", body, NATIONAL, key=key)
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    other = await door.post("/v1/territories/2025/densities", densities(("16015", 3)), NATIONAL, key=key)
    assert problem(other) == (422, "key-reused")


async def test_two_descriptions_at_once_both_hold(door: Door):
    bodies = [densities((code, 6)) for code in ("17300", "17306", "17415", "17347")]
    answers = await asyncio.gather(*(door.post("/v1/territories/2024/densities", body, NATIONAL) for body in bodies))
    assert [one.status_code for one in answers] == [201] * 4
    assert len({one.json()["version"] for one in answers}) == 4
    shown = (await door.get("/v1/territories/2024/departments/17")).json()["municipalities"]
    assert sum(one["density"] == 6 for one in shown) == 4


@pytest.mark.parametrize(
    ("vintage", "changed", "expected"),
    [
        (2025, {"code": "QN0860"}, (422, "district-code-malformed")),
        (2025, {"code": "QN08605MM"}, (422, "string-too-long")),
        (2025, {"code": "QX08605M"}, (422, "district-code-malformed")),
        (2025, {"code": "QP086005"}, (422, "district-refused")),
        (2025, {"municipalities": ["86194", "93059"]}, (422, "municipality-refused")),
        (2025, {"municipalities": ["86194", "79191"]}, (422, "several-departments")),
        (2025, {"code": "QN07905M"}, (422, "several-departments")),
        (2025, {"municipalities": []}, (422, "too-short")),
        (2023, {}, (404, "no-such-vintage")),
        (2027, {}, (404, "no-such-vintage")),
        (2025, {"letter": "M"}, (422, "extra-forbidden")),
    ],
)
async def test_a_district_that_cannot_be_is_refused(
    door: Door, vintage: int, changed: dict[str, Any], expected: tuple[int, str]
):
    answer = await door.post(f"/v1/territories/{vintage}/districts", COURONNERIES | changed, NATIONAL)
    codes = {answer.json()["code"], *(one["code"] for one in answer.json().get("errors", []))}
    assert answer.status_code == expected[0]
    assert expected[1] in codes


async def test_r34_overseas_the_second_list_begins_a_year_later(door: Door):
    district = {
        "code": "QN97401I",
        "name": "x",
        "municipalities": ["97411"],
        "source": "x",
        "source_date": "2025-01-01",
    }
    refused = await door.post("/v1/territories/2024/districts", district, NATIONAL)
    assert (problem(refused), refused.json()["rule"]) == ((422, "district-refused"), "R34")
    assert refused.json()["first_lawful_on"] == "2025-01-01"
    assert (await door.post("/v1/territories/2025/districts", district, NATIONAL)).status_code == 201


async def test_r32_a_district_on_an_arrondissement_lies_on_its_city(door: Door):
    body = {"code": "QN07511M", "name": "Goutte d'Or", "municipalities": ["75118"]}
    answer = await door.post(
        "/v1/territories/2025/districts", body | {"source": "x", "source_date": "2024-01-01"}, NATIONAL
    )
    assert answer.status_code == 201
    assert (await door.get("/v1/territories/2025/districts/QN07511M")).json()["municipalities"] == ["75056"]


@pytest.mark.parametrize("code", [1004, True, None, ["86194"], "01004 "])
async def test_r33_a_number_is_no_municipality_code(door: Door, code: object):
    body = densities() | {"items": [{"municipality": code, "level": 5}]}
    answer = await door.post("/v1/territories/2025/densities", body, NATIONAL)
    assert (answer.status_code, rules(answer)) == (422, [("/items/0/municipality", "R33")])


@pytest.mark.parametrize("level", [0, 8, "5", 2.5, True])
async def test_a_level_of_the_grid_is_one_of_seven(door: Door, level: object):
    body = densities() | {"items": [{"municipality": "86194", "level": level}]}
    assert (await door.post("/v1/territories/2025/densities", body, NATIONAL)).status_code == 422


async def test_describing_is_the_national_coordinations(door: Door):
    assert problem(await door.post("/v1/territories/2025/districts", COURONNERIES, READER)) == (403, "scope-missing")
    assert problem(await door.post("/v1/territories/2025/densities", densities(("86194", 2)), READER))[0] == 403

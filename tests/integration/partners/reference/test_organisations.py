"""Organisations over HTTP: registered, changed, closed; found by name and number; kept within one's territory."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from common.contracts.access import Role
from tests.integration.partners.reference.door import (
    OPERATOR,
    READER,
    Asker,
    Door,
    a_siret,
    an_rna,
    problem,
    rules,
)

POITOU = Asker(role=Role.REGIONAL_COORDINATOR, codes=("16", "17", "79", "86"))
POITIERS = {"code": "86194", "vintage": 2025}


def a_body(**said: Any) -> dict[str, Any]:
    return {
        "name": f"Maison {uuid4().hex}",
        "kind": "social_centre",
        "legal_form": "association",
        "siret": a_siret(),
        "rna": an_rna(),
        "municipality": POITIERS,
        "roles": ["project_holder", "host_of_public"],
        "valid_from": "2020-01-01",
        **said,
    }


async def test_an_organisation_is_registered_read_and_announced(door: Door, administrator: asyncpg.Connection):
    body = a_body()
    answer = await door.post("/v1/organisations", body, POITOU)
    assert answer.status_code == 201, answer.text
    said = answer.json()
    assert (said["version"], said["department"], said["siren"]) == (1, "86", body["siret"][:9])
    assert said["names"] == [{"value": body["name"], "valid_from": "2020-01-01", "valid_until": None}]
    assert answer.headers["location"] == f"/v1/organisations/{said['id']}"
    rows = await administrator.fetch(
        "SELECT topic, type, version, value FROM outbox WHERE key = $1 ORDER BY seq", said["id"]
    )
    assert [(one["topic"], one["type"], one["version"]) for one in rows] == [
        (
            "passeurs.partners.organisation.events.v1",
            "fr.passeursdimages.organisation.registered.v1",
            1,
        ),
        ("passeurs.partners.organisation.state.v1", "fr.passeursdimages.organisation.state.v1", 1),
    ]
    assert rows[1]["value"] == answer.content
    read = await door.get(f"/v1/organisations/{said['id']}", POITOU)
    assert read.json() == said | {
        "allowed_actions": [
            {"verb": verb, "allowed": True, "code": None, "reason": None, "raison": None}
            for verb in ("organisation.change", "organisation.close")
        ]
    }


async def test_who_may_not_change_is_told_why(door: Door):
    organisation = await door.organisation("Maison", municipality=POITIERS)
    elsewhere = Asker(role=Role.REGIONAL_COORDINATOR, codes=("93",))
    for asker, reason in ((READER, "scope-missing"), (elsewhere, "not-yours")):
        read = await door.get(f"/v1/organisations/{organisation}", asker)
        assert {one["code"] for one in read.json()["allowed_actions"]} == {reason}


async def test_a_change_keeps_what_was_so_before(door: Door):
    first = await door.post("/v1/organisations", a_body(name="Kyrnéa International"), POITOU)
    path = f"/v1/organisations/{first.json()['id']}/change"
    body = {"name": f"L’Archipel des lucioles {uuid4().hex}", "roles": ["trainer"], "valid_from": "2022-11-24"}
    changed = await door.post(path, body, POITOU, match=first)
    assert changed.status_code == 200, changed.text
    said = changed.json()
    assert [(one["value"], one["valid_until"]) for one in said["names"]] == [
        ("Kyrnéa International", "2022-11-23"),
        (body["name"], None),
    ]
    assert (said["roles"], said["siret"], said["version"]) == (["trainer"], first.json()["siret"], 2)
    found = (await door.get("/v1/organisations", name="kyrnea international")).json()["items"]
    assert said["id"] in {one["id"] for one in found}


async def test_null_makes_something_unknown_and_absence_leaves_it(door: Door):
    first = await door.post("/v1/organisations", a_body(), POITOU)
    path = f"/v1/organisations/{first.json()['id']}/change"
    changed = await door.post(path, {"rna": None, "valid_from": "2021-01-01"}, POITOU, match=first)
    assert (changed.json()["rna"], changed.json()["siret"]) == (None, first.json()["siret"])
    abroad = await door.post(path, {"municipality": None, "valid_from": "2022-01-01"}, POITOU, match=changed)
    assert (abroad.json()["municipality"], abroad.json()["department"]) == (None, None)


async def test_a_closed_organisation_stays_closed_and_frees_its_numbers(door: Door):
    body = a_body()
    first = await door.post("/v1/organisations", body, POITOU)
    path = f"/v1/organisations/{first.json()['id']}"
    early = await door.post(f"{path}/close", {"closed_on": "2019-12-31"}, POITOU, match=first)
    assert problem(early) == (409, "dates-go-backwards")
    closed = await door.post(f"{path}/close", {"closed_on": "2024-12-31"}, POITOU, match=first)
    assert (closed.status_code, closed.json()["closed_on"]) == (200, "2024-12-31")
    again = await door.post(f"{path}/close", {"closed_on": "2025-12-31"}, POITOU, match=closed)
    assert problem(again) == (409, "organisation-already-closed")
    assert (await door.get(path, POITOU)).json()["allowed_actions"][0]["code"] == "organisation-already-closed"
    assert (await door.post("/v1/organisations", body, POITOU)).status_code == 201


LICENCE = {"kind": "operating_licence", "reference": "EX-86-1", "valid_from": "2020-01-01", "valid_until": None}
CINECLUB = {"kind": "cineclub", "reference": "FFCC 86", "valid_from": "2024-09-01", "valid_until": "2027-08-31"}


async def test_what_lets_an_organisation_show_films_has_its_days_and_is_announced(
    door: Door, administrator: asyncpg.Connection
):
    first = await door.post("/v1/organisations", a_body(entitlements=[LICENCE, CINECLUB]), POITOU)
    assert first.json()["entitlements"] == [CINECLUB, LICENCE]
    path = f"/v1/organisations/{first.json()['id']}/change"
    ended = {"entitlements": [LICENCE | {"valid_until": "2025-06-30"}], "valid_from": "2025-06-01"}
    changed = await door.post(path, ended, POITOU, match=first)
    assert changed.json()["entitlements"] == ended["entitlements"]
    named = await door.post(path, {"name": "Ciné 86", "valid_from": "2025-06-02"}, POITOU, match=changed)
    assert named.json()["entitlements"] == ended["entitlements"], "what is not named stays"
    changes = "SELECT value FROM outbox WHERE key = $1 AND type LIKE '%organisation.changed%' ORDER BY seq"
    facts = await administrator.fetch(changes, first.json()["id"])
    assert [json.loads(row["value"])["changed"] for row in facts] == [["entitlements"], ["name"]]


async def test_an_entitlement_ends_on_the_day_it_begins_or_later(door: Door):
    same, early = [
        await door.post("/v1/organisations", a_body(entitlements=[CINECLUB | {"valid_until": until}]), POITOU)
        for until in ("2024-09-01", "2024-08-31")
    ]
    assert (same.status_code, problem(early)) == (201, (422, "ends-before-it-begins"))
    assert early.json()["errors"][0]["pointer"] == "/entitlements/0/valid_until"


# ------------------------------------------------------------------------------------------------- identifiers


@pytest.mark.parametrize("number", ["siret", "rna"])
async def test_a_number_names_one_organisation(door: Door, number: str):
    first = await door.post("/v1/organisations", a_body(), POITOU)
    taken = await door.post("/v1/organisations", a_body(**{number: first.json()[number]}), POITOU)
    assert problem(taken) == (409, "number-taken")
    assert first.json()["id"] in taken.json()["detail"]


async def test_of_five_with_the_same_number_at_once_one_is_registered(door: Door):
    body = a_body()
    answers = await asyncio.gather(*(door.post("/v1/organisations", body, POITOU) for _ in range(5)))
    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409, 409]


async def test_the_same_request_five_times_at_once_is_one_organisation(door: Door):
    body, key = a_body(), uuid4().hex
    answers = await asyncio.gather(*(door.post("/v1/organisations", body, POITOU, key=key) for _ in range(5)))
    assert {(one.status_code, one.content) for one in answers} == {(201, answers[0].content)}


async def test_another_number_that_is_taken_is_refused_on_change(door: Door):
    first, second = [await door.post("/v1/organisations", a_body(), POITOU) for _ in range(2)]
    body = {"siret": first.json()["siret"], "valid_from": "2021-01-01"}
    answer = await door.post(f"/v1/organisations/{second.json()['id']}/change", body, POITOU, match=second)
    assert problem(answer) == (409, "number-taken")


@pytest.mark.parametrize(("siret", "accepted"), [("73282932000074", True), ("73282932000079", False)])
async def test_r28_a_siret_has_a_checksum(door: Door, siret: str, accepted: bool):
    answer = await door.post("/v1/organisations", a_body(siret=siret), POITOU)
    assert answer.status_code == (201 if accepted else 422)
    assert rules(answer) == ([] if accepted else [("/siret", "R28")])


@pytest.mark.parametrize(("siret", "accepted"), [("35600000049837", True), ("35600000049838", False)])
async def test_r28_la_poste_has_a_checksum_of_its_own(door: Door, siret: str, accepted: bool):
    answer = await door.post("/v1/organisations", a_body(siret=siret), POITOU)
    assert answer.status_code == (201 if accepted else 422)


@pytest.mark.parametrize(
    ("code", "legal_form", "accepted"),
    [
        ("67482", "association", True),
        ("57463", "association", True),
        ("67482", "company", False),
        ("86194", "association", False),
    ],
)
async def test_r29_a_holder_without_numbers_is_an_association_kept_by_the_court(
    door: Door, code: str, legal_form: str, accepted: bool
):
    body = a_body(siret=None, rna=None, legal_form=legal_form, municipality={"code": code, "vintage": 2025})
    answer = await door.post("/v1/organisations", body, OPERATOR)
    assert answer.status_code == (201 if accepted else 422)
    if not accepted:
        assert answer.json()["rule"] == "R29"


async def test_r29_who_holds_no_project_needs_no_number(door: Door):
    body = a_body(siret=None, rna=None, roles=["venue"])
    assert (await door.post("/v1/organisations", body, POITOU)).status_code == 201


@pytest.mark.parametrize(
    ("place", "pointer", "rule"),
    [
        ({"code": "93059", "vintage": 2025}, "/municipality/code", "R30"),
        ({"code": "86999", "vintage": 2025}, "/municipality/code", "R30"),
        ({"code": 1004, "vintage": 2025}, "/municipality/code", "R33"),
        ({"code": "1004", "vintage": 2025}, "/municipality/code", "R33"),
        ({"code": "86194", "vintage": 2019}, "/municipality/vintage", None),
        ({"code": "86194", "vintage": "2025"}, "/municipality/vintage", None),
        ({"code": "86194"}, "/municipality/vintage", None),
    ],
)
async def test_a_municipality_is_one_of_its_vintage(door: Door, place: dict[str, Any], pointer: str, rule: str | None):
    answer = await door.post("/v1/organisations", a_body(municipality=place), OPERATOR)
    assert (answer.status_code, rules(answer)) == (422, [(pointer, rule)])


async def test_r30_a_merged_municipality_was_one_in_its_vintage(door: Door):
    body = a_body(municipality={"code": "93059", "vintage": 2024})
    assert (await door.post("/v1/organisations", body, OPERATOR)).json()["department"] == "93"


@pytest.mark.parametrize(
    ("level", "code", "accepted"),
    [
        ("region", "75", True),
        ("department", "75", True),
        ("department", "76", False),
        ("intermunicipality", "200069854", True),
        ("municipality", "86194", True),
        ("municipality", "75", False),
    ],
)
async def test_an_authority_has_an_area_whose_code_says_of_what(door: Door, level: str, code: str, accepted: bool):
    area = {"level": level, "code": code, "vintage": 2025}
    answer = await door.post("/v1/organisations", a_body(kind="region", area=area), OPERATOR)
    assert answer.status_code == (201 if accepted else 422)
    if accepted:
        assert answer.json()["area"] == area


async def test_an_authority_without_a_municipality_lies_in_the_departement_of_its_area(door: Door):
    """Nobody registers the council of a département that is another coordination's, nor keeps it by a correction."""
    body = a_body(kind="department", municipality=None)
    theirs = body | {"area": {"level": "department", "code": "93", "vintage": 2025}}
    assert problem(await door.post("/v1/organisations", theirs, POITOU)) == (403, "not-yours")
    first = await door.post("/v1/organisations", theirs, OPERATOR)
    path = f"/v1/organisations/{first.json()['id']}/change"
    area = {"level": "department", "code": "86", "vintage": 2025}
    corrected = await door.post(path, {"area": area, "valid_from": "2021-01-01"}, OPERATOR, match=first)
    assert (first.json()["department"], corrected.json()["department"]) == ("93", "86")
    named = await door.post(path, {"name": "Vienne", "valid_from": "2022-01-01"}, POITOU, match=corrected)
    assert (named.status_code, named.json()["department"]) == (200, "86")


# ------------------------------------------------------------------------------------------------ who, and lists


async def test_a_coordination_keeps_those_of_its_departements(door: Door):
    elsewhere = a_body(municipality={"code": "93066", "vintage": 2025})
    assert problem(await door.post("/v1/organisations", elsewhere, POITOU)) == (403, "not-yours")
    abroad = await door.post("/v1/organisations", a_body(municipality=None), POITOU)
    assert abroad.status_code == 201
    theirs = await door.post("/v1/organisations", elsewhere, OPERATOR)
    path = f"/v1/organisations/{theirs.json()['id']}"
    change = {"name": "x", "valid_from": "2021-01-01"}
    assert problem(await door.post(f"{path}/change", change, POITOU, match=theirs)) == (403, "not-yours")
    closing = await door.post(f"{path}/close", {"closed_on": "2021-01-01"}, POITOU, match=theirs)
    assert problem(closing) == (403, "not-yours")
    mine = await door.post("/v1/organisations", a_body(), POITOU)
    away = {"municipality": {"code": "93066", "vintage": 2025}, "valid_from": "2021-01-01"}
    moved = await door.post(f"/v1/organisations/{mine.json()['id']}/change", away, POITOU, match=mine)
    assert problem(moved) == (403, "not-yours")


async def test_without_the_scope_nothing_is_registered(door: Door):
    assert problem(await door.post("/v1/organisations", a_body(), READER)) == (403, "scope-missing")
    stripped = Asker(role=Role.REGIONAL_COORDINATOR, codes=("86",), without=frozenset({"partners:write"}))
    assert problem(await door.post("/v1/organisations", a_body(), stripped)) == (403, "scope-missing")


async def test_organisations_are_found_by_everything_they_carry(door: Door):
    first = (await door.post("/v1/organisations", a_body(), POITOU)).json()
    for asked in (
        {"siret": first["siret"]},
        {"siren": first["siren"]},
        {"rna": first["rna"]},
        {"name": first["name"].upper()},
        {"siret": first["siret"], "role": "project_holder", "department": "86", "closed": False},
        {"siret": first["siret"], "kind": "social_centre", "municipality": "86194"},
    ):
        found = (await door.http.get("/v1/organisations", params=asked, headers=door.headers(READER))).json()["items"]
        assert [one["id"] for one in found] == [first["id"]]
    none = await door.http.get(
        "/v1/organisations", params={"siret": first["siret"], "closed": True}, headers=door.headers(READER)
    )
    assert none.json()["items"] == []


async def test_the_list_comes_page_by_page_and_shows_each_once(door: Door):
    word = uuid4().hex
    made = {str(await door.organisation(f"{word} {n}")) for n in range(5)}
    answer = await door.get("/v1/organisations", name=word, limit=2)
    seen = [one["id"] for one in answer.json()["items"]]
    while following := answer.json()["next"]:
        answer = await door.get("/v1/organisations", name=word, limit=2, after=following)
        seen += [one["id"] for one in answer.json()["items"]]
    assert (len(seen), set(seen)) == (5, made)


async def test_a_change_names_the_version_that_was_seen(door: Door):
    first = await door.post("/v1/organisations", a_body(), POITOU)
    path, body = f"/v1/organisations/{first.json()['id']}/change", {"name": "x", "valid_from": "2021-01-01"}
    assert problem(await door.post(path, body, POITOU)) == (428, "precondition-required")
    key = uuid4().hex
    changed = await door.post(path, body, POITOU, match=first, key=key)
    assert (await door.post(path, body, POITOU, match=first, key=key)).content == changed.content
    assert problem(await door.post(path, body, POITOU, match=first)) == (412, "precondition-failed")
    assert problem(await door.post(path, body, POITOU, match=changed)) == (409, "nothing-to-change")


async def test_an_organisation_that_is_not_there_is_not_found(door: Door):
    path = f"/v1/organisations/{uuid4()}"
    assert problem(await door.get(path)) == (404, "no-such-organisation")
    answer = await door.post(f"{path}/close", {"closed_on": "2021-01-01"}, POITOU, match=1)
    assert problem(answer) == (404, "no-such-organisation")


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "club"},
        {"roles": ["owner"]},
        {"valid_from": 20200101},
        {"valid_from": "1799-12-31"},
        {"valid_from": "2200-01-01"},
        {"name": ""},
        {"name": " "},
        {"colour": "red"},
    ],
)
async def test_a_body_that_is_wrong_by_itself_is_refused(door: Door, wrong: dict[str, Any]):
    assert (await door.post("/v1/organisations", a_body(**wrong), POITOU)).status_code == 422

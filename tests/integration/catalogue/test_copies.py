"""Copies of films and their keys through the service's door."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from common.database import Database
from tests.integration.catalogue.portal import NATIONAL, Portal, problem
from tests.integration.catalogue.test_rights import hear_of

Body = Callable[..., dict[str, Any]]
KEY = {"screen": "Salle 1", "opens_at": "2025-07-17T10:00:00+02:00", "closes_at": "2025-07-20T02:00:00+02:00"}


@pytest.fixture
async def body(portal: Portal, db: Database) -> Body:
    """Make the body of a copy of a film that is there, held by somebody who is known."""
    film, holder = (await portal.film()).json()["id"], uuid4()
    await hear_of(db, holder)
    copy = {
        "film_id": film,
        "holder_id": str(holder),
        "format": "dcp",
        "encrypted": True,
        "film_version": "vf",
        "transit_days": 2,
        "label": "DCP 3",
    }
    return lambda **changed: {**copy, **changed}


async def test_a_copy_is_registered_changed_opened_and_withdrawn(portal: Portal, body: Body):
    registered = await portal.post("/v1/copies", body())
    assert registered.status_code == 201, registered.text
    path = registered.headers["location"]
    changed = await portal.post(f"{path}/change", {"transit_days": 3}, match=registered)
    assert (changed.json()["transit_days"], changed.json()["film_version"], changed.json()["version"]) == (3, "vf", 2)
    issued = await portal.post(f"{path}/keys", {**KEY, "municipality": "86194"}, match=changed)
    (key,) = issued.json()["keys"]
    assert (await portal.get(path, NATIONAL)).json()["keys"] == [key]
    assert (await portal.get(path)).json()["keys"] == []  # for whoever neither issues it nor holds the copy (R41)
    assert (issued.status_code, key["opens_at"], key["closes_at"]) == (
        201,
        "2025-07-17T08:00:00Z",
        "2025-07-20T00:00:00Z",
    )
    revoked = await portal.post(f"{path}/keys/{key['id']}/revoke", match=issued)
    assert revoked.json()["keys"] == [{**key, "revoked": True}]
    withdrawn = await portal.post(f"{path}/withdraw", match=revoked)
    assert (withdrawn.json()["status"], withdrawn.headers["etag"]) == ("withdrawn", '"v5"')
    seen = (await portal.get(path)).json()
    assert {action["verb"]: action["code"] for action in seen["allowed_actions"]} == {
        "copy.change": "copy-withdrawn",
        "copy.withdraw": "copy-withdrawn",
        "copy.issue_key": "copy-withdrawn",
        "copy.revoke_key": "no-such-key",
    }
    assert problem(await portal.post(f"{path}/keys", KEY, match=withdrawn)) == (409, "copy-withdrawn")


async def test_only_an_encrypted_dcp_has_keys(portal: Portal, body: Body):
    plain = await portal.post("/v1/copies", body(encrypted=False))
    path = plain.headers["location"]
    assert problem(await portal.post(f"{path}/keys", KEY, match=plain)) == (409, "no-key-needed")
    refused = await portal.post("/v1/copies", body(format="film_35mm"))
    assert (problem(refused), refused.json()["errors"][0]["pointer"]) == ((422, "invalid-copy"), "/encrypted")


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"closes_at": KEY["opens_at"]}, "/closes_at"),
        ({"opens_at": "2025-07-17"}, "/opens_at"),
        ({"opens_at": "2025-07-17T10:00:00"}, "/opens_at"),
        ({"closes_at": "9999-12-31T23:59:59-12:00"}, "/closes_at"),
        ({"screen": ""}, "/screen"),
        ({"municipality": "Poitiers"}, "/municipality"),
        ({"key": "MIIC"}, "/key"),
    ],
)
async def test_a_key_is_its_window_and_its_screen_and_nothing_else(
    portal: Portal, body: Body, changed: dict[str, Any], pointer: str
):
    copy = await portal.post("/v1/copies", body())
    refused = await portal.post(f"{copy.headers['location']}/keys", {**KEY, **changed}, match=copy)
    assert refused.status_code == 422, refused.text
    assert pointer in [error["pointer"] for error in refused.json()["errors"]]


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"format": "dvd"}, "/format"),
        ({"transit_days": -1}, "/transit_days"),
        ({"transit_days": 31}, "/transit_days"),
        ({"transit_days": None}, "/transit_days"),
        ({"film_id": str(uuid4())}, "/film_id"),
        ({"label": "x" * 201}, "/label"),
    ],
)
async def test_bad_copies_are_pointed_at(portal: Portal, body: Body, changed: dict[str, Any], pointer: str):
    refused = await portal.post("/v1/copies", body(**changed))
    assert refused.status_code == 422, refused.text
    assert pointer in [error["pointer"] for error in refused.json()["errors"]]


async def test_whoever_holds_a_copy_is_known_and_still_there(portal: Portal, db: Database, body: Body):
    holder, key = uuid4(), str(uuid4())
    early = await portal.post("/v1/copies", body(holder_id=str(holder)), key=key)
    assert (problem(early), early.json()["errors"][0]["pointer"]) == ((409, "not-known-here-yet"), "/holder_id")
    await hear_of(db, holder)
    first, again = [await portal.post("/v1/copies", body(holder_id=str(holder)), key=key) for _ in range(2)]
    assert (first.status_code, first.content) == (201, again.content)
    await hear_of(db, holder, version=2, closed_on=date(2020, 1, 1))
    assert problem(await portal.post("/v1/copies", body(holder_id=str(holder)))) == (409, "copy-holder-closed")


async def test_copies_are_listed_by_film_and_by_what_they_are(portal: Portal, body: Body):
    film = body()["film_id"]
    made = [await portal.post("/v1/copies", body(format=one, encrypted=False)) for one in ("dcp", "file", "film_35mm")]
    ids = [answer.json()["id"] for answer in made]
    await portal.post(f"/v1/copies/{ids[1]}/withdraw", match=made[1])
    for params, expected in (
        ({}, ids),
        ({"format": "film_35mm"}, ids[2:]),
        ({"status": "withdrawn"}, ids[1:2]),
        ({"holder_id": str(uuid4())}, []),
    ):
        listed = await portal.get("/v1/copies", film_id=film, **params)
        assert [item["id"] for item in listed.json()["items"]] == expected, params
    page = await portal.get("/v1/copies", film_id=film, limit=2)
    rest = await portal.get("/v1/copies", film_id=film, limit=2, after=page.json()["next"])
    assert [item["id"] for answer in (page, rest) for item in answer.json()["items"]] == ids


async def test_a_copy_that_is_not_there_is_not_found(portal: Portal):
    nowhere = f"/v1/copies/{uuid4()}"
    assert problem(await portal.get(nowhere)) == (404, "no-such-copy")
    assert problem(await portal.post(f"{nowhere}/keys/{uuid4()}/revoke", match=1)) == (404, "no-such-copy")

"""Duplicates are merged, and their ids lead to the film that is left."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import msgspec
import pytest

from catalogue.store import organisations
from common.contracts.catalogue import FilmMerged, FilmState, RightsOfferState
from common.database import Database
from common.tokens import SYSTEM
from tests.integration.catalogue.portal import Portal, a_visa, problem


def an_imdb() -> dict[str, str]:
    return {"scheme": "imdb", "value": f"tt{uuid4().int % 10**8:08}"}


def where(film: httpx.Response) -> str:
    return f"/v1/films/{film.json()['id']}"


async def merge(portal: Portal, duplicate: httpx.Response, into: httpx.Response, **said: Any) -> httpx.Response:
    return await portal.post(f"{where(duplicate)}/merge", {"into": into.json()["id"]}, match=duplicate, **said)


async def offered(portal: Portal, db: Database, film: httpx.Response) -> httpx.Response:
    holder = organisations.KnownOrganisation(id=uuid4(), epoch=1, version=1, name="Gebeka", closed_on=None)
    async with db.transaction(SYSTEM) as tx:
        await organisations.keep_organisations(tx, [holder])
    body = {
        "film_id": film.json()["id"],
        "holder_id": str(holder.id),
        "uses": ["open_air"],
        "territories": ["metropolitan"],
        "versions": ["vf"],
        "starts_on": "2025-07-18",
        "ends_on": "2025-07-31",
        "cancellation": {"free_until_days": 7, "due_percent": 50},
    }
    answer = await portal.post("/v1/rights-offers", body)
    assert answer.status_code == 201, answer.text
    return answer


async def announced(address: str, key: str, of: type[Any], kind: str) -> list[Any]:
    """Read what was announced under a key: the records whose type ends so, in order."""
    administrator = await asyncpg.connect(address)
    rows: Sequence[asyncpg.Record] = await administrator.fetch(
        "SELECT value FROM catalogue.outbox WHERE key = $1 AND type LIKE $2 ORDER BY seq", key, f"%{kind}.v1"
    )
    await administrator.close()
    return [msgspec.json.decode(row["value"], type=of) for row in rows]


async def test_a_duplicate_is_merged_and_its_id_leads_to_the_survivor(portal: Portal, db: Database, address: str):
    visa, number, title = a_visa(), an_imdb(), f"Doublon {uuid4().hex}"
    duplicate = await portal.film(title, visas=[{"number": visa}], identifiers=[number], duration_minutes=76)
    survivor = await portal.film(year=2011)
    offer = await offered(portal, db, duplicate)
    lent = {"film_id": duplicate.json()["id"], "holder_id": offer.json()["holder_id"], "format": "dcp"}
    copy = await portal.post("/v1/copies", {**lent, "transit_days": 2})
    merged = await merge(portal, duplicate, survivor)
    assert (merged.status_code, merged.headers["location"]) == (200, where(survivor)), merged.text
    assert (merged.json()["merged_into"], merged.json()["visas"]) == (survivor.json()["id"], [])
    led = await portal.get(where(duplicate))
    assert (led.status_code, led.headers["location"], led.content) == (308, where(survivor), b"")
    film = (await portal.get(where(survivor))).json()
    assert ([one["number"] for one in film["visas"]], film["identifiers"]) == ([visa], [number])
    assert (film["other_titles"], film["duration_minutes"], film["year"]) == ([title], 76, 2011)
    moved = (await portal.get(offer.headers["location"])).json()
    assert (moved["film_id"], moved["version"]) == (film["id"], 2)
    copied = (await portal.get(copy.headers["location"])).json()
    assert (copied["film_id"], copied["version"]) == (film["id"], 2)
    [fact] = await announced(address, duplicate.json()["id"], FilmMerged, "film.merged")
    assert fact.into == UUID(film["id"])
    assert (await announced(address, duplicate.json()["id"], FilmState, "film.state"))[-1].merged_into == fact.into
    states = await announced(address, offer.json()["id"], RightsOfferState, "rights_offer.state")
    assert states[-1].film_id == fact.into


async def test_a_duplicate_is_neither_listed_nor_found_but_the_survivor_is_found_by_its_title(portal: Portal):
    title, number = f"Introuvable {uuid4().hex}", a_visa()
    duplicate, survivor = await portal.film(title, visas=[{"number": number}]), await portal.film()
    await merge(portal, duplicate, survivor)
    for asked in ({"q": title}, {"visa": number}):
        found = (await portal.get("/v1/films", **asked)).json()["items"]
        assert [item["id"] for item in found] == [survivor.json()["id"]]
    page, listed = (await portal.get("/v1/films", limit=100)).json(), list[str]()
    while True:
        listed += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        page = (await portal.get("/v1/films", limit=100, after=page["next"])).json()
    assert survivor.json()["id"] in listed
    assert duplicate.json()["id"] not in listed


async def test_a_merge_made_again_is_answered_again(portal: Portal, address: str):
    duplicate, survivor, key = await portal.film(), await portal.film(), str(uuid4())
    first = await merge(portal, duplicate, survivor, key=key)
    for again in (await merge(portal, duplicate, survivor, key=key), await merge(portal, duplicate, survivor)):
        assert (again.status_code, again.content, again.headers["etag"]) == (200, first.content, first.headers["etag"])
        assert again.headers["location"] == where(survivor)
    assert len(await announced(address, duplicate.json()["id"], FilmMerged, "film.merged")) == 1
    other = await portal.film()
    assert problem(await merge(portal, first, other)) == (409, "film-is-merged")


async def test_chains_are_flat_and_there_is_no_cycle(portal: Portal):
    one, two, three = [await portal.film() for _ in range(3)]
    first = await merge(portal, one, two)
    second = await merge(portal, await portal.get(where(two)), one)
    assert problem(second) == (422, "merged-into-itself")
    assert (await merge(portal, await portal.get(where(two)), three)).status_code == 200
    for film in (one, two):
        assert (await portal.get(where(film))).headers["location"] == where(three)
    again = await merge(portal, first, two)
    assert (again.status_code, again.headers["location"]) == (200, where(three))
    back = await merge(portal, await portal.get(where(three)), one)
    assert problem(back) == (422, "merged-into-itself")
    late = await portal.film()
    into_merged = await merge(portal, late, one)
    assert into_merged.headers["location"] == where(three)


async def test_a_merged_film_is_not_changed_and_takes_no_offer(portal: Portal, db: Database):
    duplicate, survivor = await portal.film(), await portal.film()
    merged = await merge(portal, duplicate, survivor)
    for path, body in (("change", {"year": 2011}), ("visas", {"number": a_visa()})):
        refused = await portal.post(f"{where(duplicate)}/{path}", body, match=merged)
        assert problem(refused) == (409, "film-is-merged")
        assert survivor.json()["id"] in refused.json()["detail"]
    assert (await offered(portal, db, duplicate)).json()["film_id"] == survivor.json()["id"]


@pytest.mark.parametrize("crossed", [False, True])
async def test_merges_at_once_leave_one_film_and_flat_chains(portal: Portal, *, crossed: bool):
    """Each into the next, in a ring: one of them closes it, and is refused; or two films into each other."""
    films = [await portal.film(visas=[{"number": a_visa()}]) for _ in range(2 if crossed else 5)]
    answers = await asyncio.gather(*(merge(portal, film, films[(n + 1) % len(films)]) for n, film in enumerate(films)))
    assert {answer.status_code for answer in answers} <= {200, 409, 412, 422}
    left, targets = [], set()
    for film in films:
        read = await portal.get(where(film))
        if read.status_code == 200:
            left.append(read)
        else:
            targets.add(read.headers["location"])
    merged = sum(answer.status_code == 200 for answer in answers)
    assert merged >= 1
    assert len(left) == len(films) - merged
    assert targets <= {where(film) for film in left}
    carried = [visa["number"] for film in left for visa in film.json()["visas"]]
    assert sorted(carried) == sorted(film.json()["visas"][0]["number"] for film in films)


async def test_of_offers_made_while_a_film_is_merged_each_is_on_the_survivor(portal: Portal, db: Database):
    duplicate, survivor = await portal.film(), await portal.film()
    merged, *offers = await asyncio.gather(
        merge(portal, duplicate, survivor), *(offered(portal, db, duplicate) for _ in range(6))
    )
    assert merged.status_code == 200, merged.text
    for offer in offers:
        assert (await portal.get(offer.headers["location"])).json()["film_id"] == survivor.json()["id"]


async def test_contradicting_visas_refuse_a_merge_and_other_contradictions_are_named(portal: Portal, address: str):
    strict = await portal.film(year=2010, visas=[{"number": a_visa(), "classification": "u16"}])
    mild = await portal.film(year=2011, visas=[{"number": a_visa(), "classification": "all"}])
    assert problem(await merge(portal, strict, mild)) == (409, "visas-contradict")
    number = mild.json()["visas"][0]["number"]
    corrected = await portal.post(f"{where(mild)}/visas", {"number": number, "classification": "u16"}, match=mild)
    assert (await merge(portal, strict, corrected)).status_code == 200
    [fact] = await announced(address, strict.json()["id"], FilmMerged, "film.merged")
    assert fact.differing == ("year",)
    [conflict] = (await portal.get(f"{where(mild)}/provenance")).json()["conflicts"]
    assert (conflict["field"], conflict["kept"], conflict["said"]) == ("year", 2011, 2010)
    assert conflict["source"] == {"kind": "film", "name": strict.json()["id"], "organisation_id": None}


async def test_what_cannot_be_merged_is_refused(portal: Portal):
    film, workshop = await portal.film(), await portal.film(workshop={})
    assert problem(await merge(portal, workshop, film)) == (409, "workshop-films-stay-apart")
    assert problem(await merge(portal, film, workshop)) == (409, "workshop-films-stay-apart")
    assert problem(await merge(portal, film, film)) == (422, "merged-into-itself")
    nowhere = await portal.post(f"{where(film)}/merge", {"into": str(uuid4())}, match=film)
    assert problem(nowhere) == (422, "unknown-survivor")
    absent = await portal.post(f"/v1/films/{uuid4()}/merge", {"into": film.json()["id"]}, match=1)
    assert problem(absent) == (404, "no-such-film")
    stale = await portal.post(f"{where(film)}/merge", {"into": (await portal.film()).json()["id"]}, match=9)
    assert problem(stale) == (412, "precondition-failed")


async def test_a_film_that_was_merged_stands_on_its_lists_as_the_film_that_it_is(portal: Portal):
    duplicate, survivor = await portal.film(), await portal.film()
    year = 1990 + uuid4().int % 100
    listed = await portal.post("/v1/film-lists", {"scheme": "open_air", "year": year, "title": f"Plein air {uuid4()}"})
    assert listed.status_code == 201, listed.text
    here = f"/v1/film-lists/{listed.json()['id']}"
    added = await portal.post(f"{here}/films", {"film_id": duplicate.json()["id"], "negotiated": True}, match=listed)
    assert (await merge(portal, duplicate, survivor)).status_code == 200
    films = (await portal.get(f"{here}/films")).json()["items"]
    assert [(one["film"]["id"], one["negotiated"]) for one in films] == [(survivor.json()["id"], True)]
    found = await portal.get("/v1/film-lists", film_id=survivor.json()["id"])
    assert [one["id"] for one in found.json()["items"]] == [listed.json()["id"]]
    again = await portal.post(f"{here}/films", {"film_id": survivor.json()["id"], "negotiated": True}, match=added)
    assert problem(again) == (409, "nothing-to-change")
    gone = await portal.post(f"{here}/films/{duplicate.json()['id']}/remove", match=added)
    assert (gone.status_code, gone.json()["films"]) == (200, [])


async def test_a_merger_never_makes_a_class_milder(portal: Portal):
    duplicate = await portal.film(classification="u16", warning="violence")
    survivor = await portal.film(classification="all", warning="drogue")
    assert (await merge(portal, duplicate, survivor)).status_code == 200
    read = (await portal.get(where(survivor))).json()
    assert (read["classification"], read["warning"]) == ("u16", "drogue ; violence")
    assert (await portal.get(f"{where(survivor)}/provenance")).json()["conflicts"] == [], "nothing is left to settle"

"""Lists of films through the service's door."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from catalogue.store import coordinations
from common import migrations
from common.contracts.access import Role
from common.database import Database
from common.tokens import SYSTEM, Principal, Territory
from tests.integration.catalogue.portal import Portal, bearer, problem

REGIONAL = Role.REGIONAL_COORDINATOR
YEARS = iter(range(1990, 2101))
"""Each test of the nation's lists has a year of its own."""


@pytest.fixture
async def coordination(db: Database) -> UUID:
    """A coordination that has been heard of."""
    return await heard_of(db, uuid4())


async def heard_of(db: Database, coordination_id: UUID) -> UUID:
    async with db.transaction(SYSTEM) as tx:
        await coordinations.keep_coordinations(tx, [(coordination_id, 1, 1)])
    return coordination_id


def body(coordination_id: UUID | None = None, **changed: Any) -> dict[str, Any]:
    owner = {} if coordination_id is None else {"coordination_id": str(coordination_id)}
    return {"scheme": "open_air", "year": 2025, "title": "Plein air", **owner, **changed}


async def published(portal: Portal, coordination_id: UUID | None = None, **changed: Any) -> httpx.Response:
    year = {"year": next(YEARS)} if coordination_id is None else {}
    answer = await portal.post("/v1/film-lists", body(coordination_id, **year, **changed))
    assert answer.status_code == 201, answer.text
    return answer


async def added(portal: Portal, listing: httpx.Response, film_id: str, **said: Any) -> httpx.Response:
    path = f"/v1/film-lists/{listing.json()['id']}/films"
    answer = await portal.post(path, {"film_id": film_id, **said}, match=listing)
    assert answer.status_code == 201, answer.text
    return answer


async def test_a_list_is_published_filled_and_closed(portal: Portal):
    listing = await published(portal)
    path = listing.headers["location"]
    assert (listing.json()["status"], listing.json()["level"], listing.json()["films"]) == ("open", "national", [])
    kept, gone = [(await portal.film()).json()["id"] for _ in range(2)]
    listing = await added(portal, listing, kept, negotiated=True)
    listing = await added(portal, listing, gone)
    assert [one["negotiated"] for one in listing.json()["films"]] == [True, False]
    listing = await portal.post(f"{path}/films/{gone}/remove", match=listing)
    assert listing.json()["films"] == [{"film_id": kept, "negotiated": True}]
    closed = await portal.post(f"{path}/close", match=listing)
    assert (closed.json()["status"], closed.headers["etag"]) == ("closed", '"v5"')
    seen = (await portal.get(path)).json()
    assert {one["code"] for one in seen["allowed_actions"]} == {"film-list-closed"}
    refused = await portal.post(f"{path}/films", {"film_id": gone}, match=closed)
    assert problem(refused) == (409, "film-list-closed")


async def test_one_list_of_a_scheme_and_year_is_open_whoever_asks_at_once(portal: Portal, coordination: UUID):
    answers = await asyncio.gather(*(portal.post("/v1/film-lists", body(coordination)) for _ in range(5)))
    assert Counter(problem(one) for one in answers) == {(201, ""): 1, (409, "film-list-open-already"): 4}
    [made] = [one for one in answers if one.status_code == 201]
    await portal.post(f"{made.headers['location']}/close", match=made)
    assert (await portal.post("/v1/film-lists", body(coordination))).status_code == 201, "the next, once it is closed"


async def test_another_scheme_year_or_coordination_is_another_list(portal: Portal, db: Database, coordination: UUID):
    other = await heard_of(db, uuid4())
    await published(portal, coordination)
    for wish in (body(coordination, scheme="dclv"), body(coordination, year=2026), body(other)):
        assert (await portal.post("/v1/film-lists", wish)).status_code == 201, wish
    national = next(YEARS)
    first, second = [await portal.post("/v1/film-lists", body(year=national)) for _ in range(2)]
    assert (first.status_code, problem(second)) == (201, (409, "film-list-open-already"))


async def test_simultaneous_additions_take_one_another_s_place_in_the_queue_and_lose_nothing(portal: Portal):
    listing = await published(portal)
    path = f"{listing.headers['location']}/films"
    films = [(await portal.film()).json()["id"] for _ in range(5)]
    answers = await asyncio.gather(*(portal.post(path, {"film_id": one}, match=listing) for one in films))
    assert Counter(one.status_code for one in answers) == {201: 1, 412: 4}
    assert len((await portal.get(listing.headers["location"])).json()["films"]) == 1


# ------------------------------------------------------------------------------------------------ whose it is


async def as_coordinator(portal: Portal, path: str, said: Any, own: UUID, match: httpx.Response | None = None) -> Any:
    headers = {"authorization": bearer(REGIONAL, own), "idempotency-key": str(uuid4())}
    tag = {} if match is None else {"if-match": match.headers["etag"]}
    return await portal.http.post(path, json=said, headers={**headers, **tag})


async def test_a_coordination_writes_its_own_list_and_no_other(portal: Portal, db: Database, coordination: UUID):
    film = (await portal.film()).json()["id"]
    other = await heard_of(db, uuid4())
    made = await as_coordinator(portal, "/v1/film-lists", body(coordination), coordination)
    path = made.headers["location"]
    assert (made.status_code, made.json()["level"]) == (201, "regional")
    filled = await as_coordinator(portal, f"{path}/films", {"film_id": film}, coordination, made)
    assert filled.status_code == 201
    for verb, said in (("films", {"film_id": film}), (f"films/{film}/remove", None), ("close", None)):
        refused = await as_coordinator(portal, f"{path}/{verb}", said, other, filled)
        assert problem(refused) == (403, "not-yours"), verb
    for stranger in (body(), body(other)):
        assert problem(await as_coordinator(portal, "/v1/film-lists", stranger, coordination)) == (403, "not-yours")
    national = await portal.post(f"{path}/films/{film}/remove", match=filled)
    assert (national.status_code, national.json()["films"]) == (200, [])


async def test_each_reader_is_told_what_it_may_do_to_a_list(portal: Portal, coordination: UUID):
    path = (await published(portal, coordination)).headers["location"]
    for role, own, code in (
        (REGIONAL, coordination, None),
        (REGIONAL, uuid4(), "not-yours"),
        (Role.NATIONAL_COORDINATION, None, None),
        (Role.PROJECT_HOLDER, None, "scope-missing"),
    ):
        seen = await portal.http.get(path, headers={"authorization": bearer(role, own)})
        assert {one["code"] for one in seen.json()["allowed_actions"]} == {code}, role


async def test_a_coordination_not_heard_of_yet_may_be_heard_of_later(portal: Portal, db: Database):
    coordination, key = uuid4(), str(uuid4())
    early = await portal.post("/v1/film-lists", body(coordination), key=key)
    assert problem(early) == (409, "not-known-here-yet")
    assert (early.headers["retry-after"], early.json()["errors"][0]["pointer"]) == ("1", "/coordination_id")
    await heard_of(db, coordination)
    assert (await portal.post("/v1/film-lists", body(coordination), key=key)).status_code == 201


# ------------------------------------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"scheme": "netflix"}, "/scheme"),
        ({"scheme": "regional_selection"}, "/coordination_id"),
        ({"year": 1988}, "/year"),
        ({"year": 2101}, "/year"),
        ({"year": "2025"}, "/year"),
        ({"title": ""}, "/title"),
        ({"level": "national"}, "/level"),
    ],
)
async def test_a_list_that_makes_no_sense_is_pointed_at(portal: Portal, changed: dict[str, Any], pointer: str):
    refused = await portal.post("/v1/film-lists", body(**changed))
    assert refused.status_code == 422, refused.text
    assert pointer in [error["pointer"] for error in refused.json()["errors"]]


async def test_only_films_of_the_catalogue_are_listed_and_only_listed_ones_removed(portal: Portal):
    listing = await published(portal)
    path = f"{listing.headers['location']}/films"
    refused = await portal.post(path, {"film_id": str(uuid4())}, match=listing)
    assert (problem(refused), refused.json()["errors"][0]["pointer"]) == ((422, "not-in-the-catalogue"), "/film_id")
    film = (await portal.film()).json()["id"]
    assert problem(await portal.post(f"{path}/{film}/remove", match=listing)) == (404, "film-not-listed")
    listing = await added(portal, listing, film)
    again = await portal.post(path, {"film_id": film}, match=listing)
    assert problem(again) == (409, "nothing-to-change")


async def test_a_list_that_is_not_there_is_not_found(portal: Portal):
    nowhere = f"/v1/film-lists/{uuid4()}"
    for answer in (
        await portal.get(nowhere),
        await portal.get(f"{nowhere}/films"),
        await portal.post(f"{nowhere}/close", match=1),
    ):
        assert problem(answer) == (404, "no-such-film-list")


async def test_what_was_asked_before_is_answered_again(portal: Portal, coordination: UUID):
    key = str(uuid4())
    first, again = [await portal.post("/v1/film-lists", body(coordination), key=key) for _ in range(2)]
    assert (first.content, first.headers["location"]) == (again.content, again.headers["location"])
    film, key = (await portal.film()).json()["id"], str(uuid4())
    path = f"{first.headers['location']}/films"
    first, again = [await portal.post(path, {"film_id": film}, match=first, key=key) for _ in range(2)]
    assert (first.status_code, first.content) == (again.status_code, again.content)


# ------------------------------------------------------------------------------------------------ what is asked for


async def test_lists_are_asked_for_by_what_they_are_and_by_a_film(portal: Portal, coordination: UUID):
    film = (await portal.film()).json()["id"]
    open_air = await added(portal, await published(portal, coordination), film, negotiated=True)
    school = await published(portal, coordination, scheme="college_au_cinema", year=2024)
    closed = await portal.post(f"{school.headers['location']}/close", match=school)
    assert closed.status_code == 200
    one, other = open_air.json()["id"], closed.json()["id"]
    for params, expected in (
        ({}, [one, other]),
        ({"scheme": "open_air"}, [one]),
        ({"year": 2024}, [other]),
        ({"status": "closed"}, [other]),
        ({"level": "national"}, []),
        ({"film_id": film}, [one]),
        ({"film_id": film, "year": 2024}, []),
        ({"film_id": str(uuid4())}, []),
    ):
        found = await portal.get("/v1/film-lists", coordination_id=str(coordination), **params)
        assert [item["id"] for item in found.json()["items"]] == expected, params
    [item, _] = (await portal.get("/v1/film-lists", coordination_id=str(coordination))).json()["items"]
    assert (item["film_count"], item["title"], "films" in item) == (1, "Plein air", False)
    assert problem(await portal.get("/v1/film-lists", title="x")) == (400, "unknown-filter")


async def test_lists_are_read_page_by_page(portal: Portal, coordination: UUID):
    made = [(await published(portal, coordination, year=year)).json()["id"] for year in (2021, 2022, 2023)]
    page = await portal.get("/v1/film-lists", coordination_id=str(coordination), limit=2)
    rest = await portal.get("/v1/film-lists", coordination_id=str(coordination), limit=2, after=page.json()["next"])
    assert [item["id"] for answer in (page, rest) for item in answer.json()["items"]] == made


async def test_the_films_of_a_list_are_read_by_title_page_by_page_as_they_are_now(portal: Portal):
    listing = await published(portal)
    titles = {"Zéro de conduite": True, "L'Atalante": False, 'Le "Tableau"': True}
    films = {title: await portal.film(title) for title in titles}
    for title, negotiated in titles.items():
        listing = await added(portal, listing, films[title].json()["id"], negotiated=negotiated)
    changed = films["L'Atalante"]
    await portal.post(f"{changed.headers['location']}/change", {"year": 1934}, match=changed)
    path = f"/v1/film-lists/{listing.json()['id']}/films"
    page = await portal.get(path, limit=2)
    rest = await portal.get(path, limit=2, after=page.json()["next"])
    items = [item for answer in (page, rest) for item in answer.json()["items"]]
    assert [(item["film"]["title"], item["film"]["year"], item["negotiated"]) for item in items] == [
        ("L'Atalante", 1934, False),
        ('Le "Tableau"', None, True),
        ("Zéro de conduite", None, True),
    ]
    assert (len(page.json()["items"]), rest.json()["next"]) == (2, None)


# ------------------------------------------------------------------------------------------------ under the door


async def test_what_stands_on_a_list_is_kept_as_the_list_says_it(portal: Portal, db: Database):
    listing = await published(portal)
    films = [(await portal.film()).json()["id"] for _ in range(3)]
    for film in films:
        listing = await added(portal, listing, film)
    listing = await added(portal, listing, films[1], negotiated=True)
    path = f"/v1/film-lists/{listing.json()['id']}/films/{films[0]}/remove"
    listing = await portal.post(path, match=listing)
    async with db.transaction(SYSTEM) as tx:
        kept = await tx.fetch(
            "SELECT film_id, negotiated FROM film_list_entry WHERE list_id = $1", UUID(listing.json()["id"])
        )
    assert {(str(row["film_id"]), row["negotiated"]) for row in kept} == {
        (one["film_id"], one["negotiated"]) for one in listing.json()["films"]
    }
    assert [one["film_id"] for one in listing.json()["films"]] == [films[2], films[1]]


@pytest.fixture
async def app(address: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(migrations.dsn(address, "catalogue", "app"))
    yield connection
    await connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE film_list SET title = 'stolen' WHERE id = $1",
        "INSERT INTO film_list_entry (list_id, film_id, negotiated) SELECT $1, id, false FROM film",
        "UPDATE film_list_entry SET negotiated = NOT negotiated WHERE list_id = $1",
    ],
)
async def test_another_coordination_writes_nothing_whatever_the_code_forgets(
    portal: Portal, app: "asyncpg.Connection[asyncpg.Record]", coordination: UUID, statement: str
):
    listing = await added(portal, await published(portal, coordination), (await portal.film()).json()["id"])
    list_id = UUID(listing.json()["id"])
    stranger = Principal(
        client_id="x",
        role=REGIONAL,
        scopes=frozenset({"read", "lists:write"}),
        org=uuid4(),
        coordination_id=uuid4(),
        territory=Territory("departments"),
    )
    async with app.transaction():
        await app.execute("SELECT set_config('app.principal', $1, true)", stranger.as_setting())
        assert await app.fetchval("SELECT count(*) FROM film_list_entry WHERE list_id = $1", list_id) == 1
        assert await app.execute("DELETE FROM film_list_entry WHERE list_id = $1", list_id) == "DELETE 0"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute(statement, list_id)

"""The feed of changes: nothing skipped, whoever writes meanwhile; and how far back it goes."""

import asyncio
import random
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from catalogue.domain.changes import GOOD_FOR, KEPT
from catalogue.jobs import changes as forgetting
from catalogue.store import changes as store
from common.database import Database
from common.pages import cursor
from common.tokens import SYSTEM
from tests.integration.catalogue.portal import Portal, a_visa, problem

PATH = "/v1/films/changes"


class Copy:
    """Somebody who keeps a copy of the catalogue, and knows of it what the feed has told."""

    def __init__(self, portal: Portal, limit: int = 100) -> None:
        self.portal = portal
        self.limit = limit
        self.position: str | None = None
        self.versions: dict[str, int] = {}
        self.told: list[dict[str, Any]] = []

    async def read(self) -> bool:
        """Read one page; tell whether there was anything on it."""
        after = {} if self.position is None else {"after": self.position}
        answer = await self.portal.get(PATH, limit=self.limit, **after)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        for change in page["items"]:
            assert change["version"] > self.versions.get(change["id"], 0), "a film's versions come in order"
            self.versions[change["id"]] = change["version"]
        self.told += page["items"]
        self.position = page["next"]
        return bool(page["items"])

    async def catch_up(self) -> None:
        while await self.read():
            pass


@pytest.fixture
async def copy(portal: Portal) -> Copy:
    """A reader that has read all that other tests did."""
    reader = Copy(portal)
    await reader.catch_up()
    reader.told.clear()
    return reader


async def test_the_feed_tells_what_happened_to_each_film(portal: Portal, copy: Copy):
    film, other = await portal.film(year=2010), await portal.film()
    path = film.headers["location"]
    changed = await portal.post(f"{path}/change", {"year": 2011, "genre": "fiction"}, match=film)
    dated = await portal.post(f"{path}/visas", {"number": a_visa()}, match=changed)
    await portal.post(f"{path}/merge", {"into": other.json()["id"]}, match=dated)
    await copy.catch_up()
    own = [one for one in copy.told if one["id"] == film.json()["id"]]
    assert [(one["version"], one["facts"], sorted(one["changed"]), one["merged_into"]) for one in own] == [
        (1, ["registered"], [], None),
        (2, ["changed"], ["genre", "year"], None),
        (3, ["visa_changed"], [], None),
        (4, ["merged"], [], other.json()["id"]),
    ]
    assert {tuple(one["facts"]) for one in copy.told if one["id"] == other.json()["id"]} == {
        ("registered",),
        ("changed", "visa_changed"),
    }


async def test_a_page_is_bounded_and_the_next_goes_on_behind_it(portal: Portal, copy: Copy):
    films = [(await portal.film()).json()["id"] for _ in range(5)]
    copy.limit = 2
    assert await copy.read()
    late = (await portal.film()).json()["id"]
    assert [one["id"] for one in copy.told] == films[:2]
    await copy.catch_up()
    assert [one["id"] for one in copy.told] == [*films, late]
    assert not await copy.read()


async def test_what_an_open_transaction_writes_comes_when_it_is_committed(portal: Portal, copy: Copy, db: Database):
    """It drew its number and its transaction's before the others did, which are read first."""
    slow = UUID((await portal.film()).json()["id"])
    await copy.catch_up()
    async with db.transaction(SYSTEM) as tx:
        await tx.execute(
            """
            INSERT INTO film_change (film_id, version, facts, changed)
            VALUES ($1, 2, ARRAY['changed'], ARRAY['year'])
            """,
            slow,
        )
        quick = (await portal.film()).json()["id"]
        await copy.catch_up()
        assert copy.told[-1]["id"] == quick
    await copy.catch_up()
    assert [one["id"] for one in copy.told[-2:]] == [quick, str(slow)]


async def test_a_reader_among_many_writers_ends_with_the_films_as_they_are(portal: Portal, copy: Copy):
    """Writers change, merge and register at once; whoever is refused goes on with something else."""
    films = [await portal.film(year=1990) for _ in range(6)]
    done, chance = asyncio.Event(), random.Random(20251127)  # noqa: S311 - a seed of a test

    async def write(n: int) -> None:
        for step in range(12):
            film = chance.choice(films)
            path = f"/v1/films/{film.json()['id']}"
            read = await portal.get(path)
            if read.status_code == 308 or step % 6 == 5:
                films.append(await portal.film())
            elif step % 6 == 4:
                into = chance.choice(films).json()["id"]
                await portal.post(f"{path}/merge", {"into": into}, match=read)
            else:
                await portal.post(f"{path}/change", {"year": 1900 + 20 * n + step}, match=read)

    async def follow() -> None:
        copy.limit = 3
        while not done.is_set():
            await copy.read()

    following = asyncio.create_task(follow())
    await asyncio.gather(*(write(n) for n in range(5)))
    done.set()
    await following
    await copy.catch_up()
    assert await latest(copy.portal, [film.json()["id"] for film in films]) == {
        film.json()["id"]: copy.versions[film.json()["id"]] for film in films
    }


async def latest(portal: Portal, films: list[str]) -> dict[str, int]:
    """Read the versions of films, also of those that were merged: a merge made again answers with theirs."""
    versions = {}
    for film in films:
        read = await portal.get(f"/v1/films/{film}")
        if read.status_code == 308:
            into = read.headers["location"].rpartition("/")[2]
            read = await portal.post(f"/v1/films/{film}/merge", {"into": into}, match=1)
        versions[film] = read.json()["version"]
    return versions


@pytest.mark.parametrize("visas", [(), ({"number": a_visa()},)], ids=["nothing-to-claim", "a-visa"])
async def test_what_is_not_written_is_not_told(portal: Portal, copy: Copy, visas: tuple[dict[str, str], ...]):
    """A creation made five times at once is one film, and one change."""
    key, body = str(uuid4()), {"title": f"Une fois {uuid4().hex}", "visas": visas}
    answers = await asyncio.gather(*(portal.post("/v1/films", body, key=key) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {201}
    await copy.catch_up()
    assert [one["id"] for one in copy.told] == [answers[0].json()["id"]]


async def test_a_position_is_good_for_fourteen_days_and_then_says_so(portal: Portal, db: Database):
    async with db.transaction(SYSTEM) as tx:
        era, now = await store.look(tx)
    age_s = int(GOOD_FOR.total_seconds())
    young, old = ([[now.at - age, 3, []]] for age in (age_s - 3600, age_s + 3600))
    assert (await portal.get(PATH, after=cursor(era, young, 0))).status_code == 200
    assert problem(await portal.get(PATH, after=cursor(era, old, 0))) == (409, "position-too-old")
    assert problem(await portal.get(PATH, after=cursor("7/1", young, 0))) == (409, "position-too-old")
    ahead = [[now.at, 2**40, []]]
    assert problem(await portal.get(PATH, after=cursor(era, ahead, 0))) == (409, "position-too-old")


@pytest.mark.parametrize(
    "after",
    ["x", cursor("1/1", [], 0), cursor("1/1", [[1, 9, [9]]], 0), cursor("1/1", [[1, 9, []]], -1), cursor(1, 2, 3)],
)
async def test_what_is_no_position_is_refused(portal: Portal, after: str):
    assert problem(await portal.get(PATH, after=after)) == (400, "cursor-refused")


async def test_old_changes_are_forgotten_and_young_ones_are_not(portal: Portal, copy: Copy, db: Database, address: str):
    old, young = (await portal.film()).json()["id"], (await portal.film()).json()["id"]
    administrator = await asyncpg.connect(address)
    for film, age in ((old, KEPT + timedelta(hours=1)), (young, KEPT - timedelta(hours=1))):
        statement = "UPDATE catalogue.film_change SET at = now() - $2::interval WHERE film_id = $1"
        await administrator.execute(statement, UUID(film), age)
    await administrator.close()
    assert await forgetting.forget(db) == 1
    await copy.catch_up()
    assert [one["id"] for one in copy.told] == [young]

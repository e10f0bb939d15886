"""What a service holds, summed up in another transaction's snapshot, and announced again where a reader differs."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from hashlib import md5
from uuid import UUID, uuid4

import asyncpg
import msgspec
import pytest

from common import checkpoints, contracts, migrations
from common.consumer import Message
from common.contracts.platform import Digest
from common.contracts.reporting import Member, ReconciliationDiffered
from common.database import Database
from common.tokens import SYSTEM
from docs import examples
from tests.integration.common.test_consumer import holds_somebody_up
from tests.integration.common.tiny import SERVICE
from tests.waiting import until

FILM = """
INSERT INTO film (id, version, title, other_titles, directors, countries, versions, identifiers, visas, filed, doc)
VALUES ($1, $2, 'Film', '{}', '{}', '{}', '{}', '{}', '[]', 'film', '{"title":"é"}')
"""


@pytest.fixture(scope="module")
async def address(database) -> str:
    made: str = await database(SERVICE)
    return made


@pytest.fixture
async def writer(owner: "asyncpg.Connection[asyncpg.Record]") -> "asyncpg.Connection[asyncpg.Record]":
    await owner.execute("""SET app.principal = '{"level": "system"}'""")
    await owner.execute("TRUNCATE film CASCADE")  # row-level security lets nobody delete one
    await owner.execute("DELETE FROM outbox")
    return owner


@pytest.fixture
async def relay(address: str) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    connection = await asyncpg.connect(migrations.dsn(address, SERVICE, "relay"))
    yield connection
    await connection.close()


def expected(films: dict[UUID, int]) -> dict[int, Digest]:
    """Sum the same up by other means."""
    found: dict[int, Digest] = {}
    for id_, version in films.items():
        bucket = md5(str(id_).encode(), usedforsecurity=False).digest()[0]
        word = int(md5(f"{id_}@{version}".encode(), usedforsecurity=False).hexdigest()[:16], 16)
        known = found.get(bucket) or Digest(aggregate="film", bucket=bucket, count=0, versions=0, hash="0" * 16)
        found[bucket] = Digest(
            aggregate="film",
            bucket=bucket,
            count=known.count + 1,
            versions=known.versions + version,
            hash=f"{int(known.hash, 16) ^ word:016x}",
        )
    return found


def differed(aggregate: str, bucket: int, *members: Member) -> Message:
    said = replace(examples.least(ReconciliationDiffered), aggregate=aggregate, bucket=bucket, members=members)
    return Message(
        topic=contracts.topic("reconciliation", "events"),
        partition=0,
        offset=0,
        key="k",
        id=str(uuid4()),
        type=checkpoints.DIFFERED,
        source="/services/reporting",
        subject="k",
        time=said.occurred_at,
        version=1,
        epoch=1,
        traceparent=None,
        value=msgspec.json.encode(said),
    )


async def hear(db: Database, message: Message) -> None:
    [handler] = checkpoints.listeners(SERVICE).values()
    async with db.transaction(SYSTEM) as tx:
        await handler(tx, [message])


async def test_digests_are_of_the_snapshot_they_are_given_and_of_nothing_later(db, writer, relay):
    films = {uuid4(): n % 7 + 1 for n in range(600)}
    await writer.executemany(FILM, films.items())
    async with relay.transaction(isolation="repeatable_read", readonly=True):
        snapshot = await relay.fetchval("SELECT pg_export_snapshot()")
        await writer.execute(FILM, uuid4(), 1)
        await writer.execute("UPDATE film SET version = version + 1 WHERE id = $1", next(iter(films)))
        digests = await checkpoints.digests(db, SERVICE, snapshot)
    assert {one.bucket: one for one in digests if one.aggregate == "film"} == expected(films)
    assert len(expected(films)) > 200


async def test_a_name_that_is_no_snapshot_is_refused(db):
    with pytest.raises(ValueError, match="1'; "):
        await checkpoints.digests(db, SERVICE, "1'; DROP TABLE film")


async def test_a_bucket_is_announced_again_whole_and_what_is_not_there_is_retracted(db, writer):
    films = {uuid4(): 3 for _ in range(300)}
    await writer.executemany(FILM, films.items())
    bucket = next(iter(expected(films)))
    ours = {id_ for id_ in films if list(expected({id_: 1})) == [bucket]}
    ghost = uuid4()
    members = [*(Member(id=id_, version=3) for id_ in ours), Member(id=ghost, version=8)]
    await hear(db, differed("film", bucket, *members))
    rows = await writer.fetch("SELECT topic, key, version, type, value FROM outbox ORDER BY seq")
    assert {(row["topic"], row["type"]) for row in rows} == {
        (contracts.topic("film", "state"), contracts.ce_type("film.state"))
    }
    assert {UUID(row["key"]): row["value"] for row in rows} == {
        **dict.fromkeys(ours, '{"title":"é"}'.encode()),
        ghost: None,
    }
    assert {(UUID(row["key"]), row["version"]) for row in rows} == {(id_, 3) for id_ in ours} | {(ghost, 9)}


async def test_what_others_own_is_left_to_them(db, writer):
    await hear(db, differed("project", 0, Member(id=uuid4(), version=1)))
    assert await writer.fetchval("SELECT count(*) FROM outbox") == 0


async def test_a_change_under_way_goes_first(db, writer):
    """Else an older state would follow a newer one on the topic."""
    film = uuid4()
    await writer.execute(FILM, film, 1)
    [bucket] = expected({film: 1})
    change = writer.transaction()
    await change.start()
    await writer.execute("""UPDATE film SET version = 2, doc = '{"new":1}' WHERE id = $1""", film)
    hearing = asyncio.create_task(hear(db, differed("film", bucket)))
    await until(lambda: holds_somebody_up(writer))
    await change.commit()
    await hearing
    [row] = await writer.fetch("SELECT version, value FROM outbox")
    assert (row["version"], row["value"]) == (2, b'{"new":1}')

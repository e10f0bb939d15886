"""What the house throws away: never a fact that nobody has published."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import pytest
from prometheus_client import REGISTRY

from common import contracts, housekeeping, migrations
from tests.integration.common.test_backbone import running
from tests.waiting import until

SERVICE = "catalogue"
NOW = datetime.now(UTC)
LATER = NOW + timedelta(days=3)
SAY = "INSERT INTO outbox (event_id, topic, key, version, type) VALUES ($1, $2, 'thing', 1, 'none')"
SAY_AT = "INSERT INTO outbox (event_id, topic, key, version, type, at) VALUES ($1, $2, 'thing', 1, 'none', $3)"
ANSWER = """
INSERT INTO idempotency (client_id, key, fingerprint, status, version, body, created_at)
VALUES ('somebody', 'key', '', 200, 1, '', $1)
"""
WAITS_FOR_A_LOCK = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'relation'"
COMING = 8
OUTSIDE = "SELECT count(*) FROM outbox_default"
READY = b"Z\0\0\0\5I"
COUNTED = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'outbox'::regclass"
PUBLISHED_UP_TO = """
INSERT INTO outbox_cursor (relay, epoch, db_epoch, s1, acked, signed_off, system_id, timeline, updated_at)
SELECT 'catalogue', 1, 1, $1::text::pg_snapshot, '{}', true, system_identifier, timeline_id - $2, clock_timestamp()
  FROM pg_control_system() CROSS JOIN pg_control_checkpoint()
"""


@pytest.fixture
async def address(database) -> str:
    """A schema as it is after the first migration: no relay has led yet."""
    made: str = await database(SERVICE)
    return made


@pytest.fixture
async def administrator(address) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(address)
    yield connection
    await connection.close()


@pytest.fixture
async def housekeeper(address) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(migrations.dsn(address, SERVICE, "housekeeper"))
    assert await housekeeping.keep_house(connection, now=NOW) == []
    yield connection
    await connection.close()


async def say(address: str, *, published_up_to: str | None, timelines_ago: int) -> None:
    """Leave a fact, and the cursor of a relay if there is one; `now` is the snapshot that has seen the fact."""
    app = await as_role(address, "app")
    await app.execute(SAY, uuid4(), contracts.topic("film", "events"))
    await app.close()
    if published_up_to is None:
        return
    await cursor(address, published_up_to, timelines_ago)


async def cursor(address: str, published_up_to: str, timelines_ago: int = 0) -> None:
    relay = await as_role(address, "relay")
    seen = await relay.fetchval("SELECT pg_current_snapshot()::text")
    await relay.execute(PUBLISHED_UP_TO, seen if published_up_to == "now" else published_up_to, timelines_ago)
    await relay.close()


async def as_role(address: str, role: str) -> asyncpg.Connection:
    return await asyncpg.connect(migrations.dsn(address, SERVICE, role))


@pytest.mark.parametrize(
    ("published_up_to", "timelines_ago", "kept"),
    [
        (None, 0, 1),  # no relay has ever led
        ("1:1:", 0, 1),
        ("now", 0, 0),
        ("now", 1, 1),  # the database was restored, and the relay has yet to see that
    ],
)
async def test_a_fact_is_dropped_only_once_it_is_published(address, housekeeper, published_up_to, timelines_ago, kept):
    await say(address, published_up_to=published_up_to, timelines_ago=timelines_ago)
    dropped = await housekeeping.keep_house(housekeeper, now=LATER)
    assert (dropped != []) == (kept == 0), "no younger one goes before an older one"
    assert await housekeeper.fetchval("SELECT count(*) FROM outbox") == kept


async def test_a_partition_that_cannot_be_made_at_once_is_made_the_next_time(address, housekeeper):
    """Whoever reads the outbox is not waited for, else every writer would wait behind us."""
    there = await housekeeper.fetchval(COUNTED)
    reader = await asyncpg.connect(migrations.dsn(address, SERVICE, "relay"))
    async with reader.transaction():
        await reader.execute("SELECT count(*) FROM outbox")
        await housekeeping.keep_house(housekeeper, now=NOW + timedelta(hours=12))
        assert await housekeeper.fetchval(COUNTED) == there
    await reader.close()
    await housekeeping.keep_house(housekeeper, now=NOW + timedelta(hours=12))
    assert await housekeeper.fetchval(COUNTED) == there + 2


@pytest.mark.parametrize("days", [-20, 0, 20])
async def test_rows_outside_of_all_partitions_move_into_one_of_their_time(address, days):
    """Nobody kept house, or the database's clock had jumped."""
    owner = await asyncpg.connect(migrations.dsn(address, SERVICE, "owner"))
    await owner.execute(SAY_AT, uuid4(), contracts.topic("film", "events"), NOW + timedelta(days=days))
    assert await owner.fetchval(OUTSIDE) == 1
    connection = await asyncpg.connect(migrations.dsn(address, SERVICE, "housekeeper"))
    assert await housekeeping.keep_house(connection, now=NOW) == []
    assert await owner.fetchval(OUTSIDE) == 0
    assert await owner.fetchval("SELECT count(*) FROM outbox") == 1
    for one in (connection, owner):
        await one.close()


async def test_who_cannot_make_partitions_says_how_many_rows_lie_outside(address):
    name = f"test-{uuid4()}"
    owner = await asyncpg.connect(migrations.dsn(address, SERVICE, "owner"))
    await owner.execute(f"REVOKE CREATE ON SCHEMA {SERVICE} FROM {SERVICE}_housekeeper")
    await owner.execute(SAY_AT, uuid4(), contracts.topic("film", "events"), NOW)
    async with running(housekeeping.run(name, migrations.dsn(address, SERVICE, "housekeeper"), every_s=0.05)):
        await until(lambda: measured("outbox_default_rows", name) == 1)
        assert measured("housekeeping_succeeded_at_seconds", name) == 0
        await owner.execute(f"GRANT CREATE ON SCHEMA {SERVICE} TO {SERVICE}_housekeeper")
        await until(lambda: measured("outbox_default_rows", name) == 0)
        await until(lambda: measured("housekeeping_succeeded_at_seconds", name) >= NOW.timestamp())
    await owner.close()


def measured(what: str, service: str) -> float:
    return REGISTRY.get_sample_value(what, {"service": service}) or 0.0


async def test_a_row_that_comes_before_its_partition_keeps_no_other_from_being_made(address, administrator):
    """It is written while the partition is made; who waits for it too long leaves it for the next time."""
    housekeeper, app = await as_role(address, "housekeeper"), await as_role(address, "app")
    await app.execute(ANSWER, NOW - timedelta(days=3))
    async with app.transaction():
        await app.execute(SAY, uuid4(), contracts.topic("film", "events"))
        keeping = asyncio.create_task(housekeeping.keep_house(housekeeper, now=NOW))
        await until(lambda: administrator.fetchval(WAITS_FOR_A_LOCK))
    await keeping
    assert await housekeeper.fetchval(COUNTED) >= 1 + COMING - 1, "all but, at most, that of the current period"
    assert await housekeeper.fetchval("SELECT count(*) FROM outbox") == 1
    assert await housekeeper.fetchval("SELECT count(*) FROM idempotency") == 0, "nor the rest of the work"
    for connection in (housekeeper, app):
        await connection.close()


@pytest.mark.parametrize(("published_up_to", "kept"), [("now", 1), ("1:1:", 3)])
async def test_rows_without_a_partition_go_when_they_are_old_and_published(
    address, housekeeper, monkeypatch, published_up_to, kept
):
    monkeypatch.setattr(housekeeping, "ROWS_AT_ONCE", 1)
    app = await as_role(address, "app")
    for at in (NOW - timedelta(hours=12), NOW + timedelta(days=2, hours=12), NOW + timedelta(days=9)):
        await app.execute(SAY_AT, uuid4(), contracts.topic("film", "events"), at)
    await app.close()
    await cursor(address, published_up_to)
    await housekeeping.keep_house(housekeeper, now=NOW + timedelta(days=8))
    assert await housekeeper.fetchval("SELECT count(*) FROM outbox") == kept


async def test_rows_that_cannot_be_moved_go_when_they_are_old(address, housekeeper):
    """Somebody reads them all the time."""
    app, reader = await as_role(address, "app"), await as_role(address, "relay")
    await app.execute(SAY_AT, uuid4(), contracts.topic("film", "events"), NOW - timedelta(hours=12))
    await app.close()
    await cursor(address, "now")
    async with reader.transaction():
        await reader.execute("SELECT count(*) FROM outbox")
        await housekeeping.keep_house(housekeeper, now=LATER)
        assert await housekeeper.fetchval(OUTSIDE) == 0
    await reader.close()


async def test_nothing_goes_before_an_older_row_that_has_no_partition(address, housekeeper):
    app = await as_role(address, "app")
    async with app.transaction():
        await app.execute(SAY_AT, uuid4(), contracts.topic("film", "events"), NOW - timedelta(hours=12))
        await say(address, published_up_to="now", timelines_ago=0)  # not the one that is still being written
    assert await housekeeping.keep_house(housekeeper, now=LATER) == []
    assert await housekeeper.fetchval("SELECT count(*) FROM outbox") == 2
    await app.close()


async def test_two_that_keep_house_at_once_are_not_in_each_others_way(address):
    two = [await as_role(address, "housekeeper") for _ in range(2)]
    await asyncio.gather(*(housekeeping.keep_house(one, now=NOW) for one in two))
    assert await two[0].fetchval(COUNTED) == 1 + COMING
    for connection in two:
        await connection.close()


async def test_a_server_that_is_lost_in_the_middle_of_a_statement_is_given_up_for_a_new_connection(address):
    """Its host is gone without a word: nobody closes the connection, and nobody ever answers on it."""
    name = f"test-{uuid4()}"
    dsn = migrations.dsn(address, SERVICE, "housekeeper")
    async with (
        lost_once(dsn) as (through, lost),
        running(housekeeping.run(name, through, every_s=0.05, timeout_s=0.5)),
    ):
        await until(lost.is_set)
        await until(lambda: REGISTRY.get_sample_value("outbox_partitions", {"service": name}))


@asynccontextmanager
async def lost_once(dsn: str) -> AsyncIterator[tuple[str, asyncio.Event]]:
    """Lead to a server; the first connection is silent from the moment at which it is asked something."""
    parts, lost, tasks = urlsplit(dsn), asyncio.Event(), set[asyncio.Task[None]]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(parts.hostname, parts.port)
        silent = not tasks
        for way in (_passed_on(reader, back), _passed_on(there, writer, lost if silent else None)):
            tasks.add(asyncio.create_task(way))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    through = urlunsplit(parts._replace(netloc=f"{parts.netloc.rpartition('@')[0]}@127.0.0.1:{port}"))
    try:
        yield through, lost
    finally:
        server.close()
        for task in tasks:
            task.cancel()


async def _passed_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, lost: asyncio.Event | None = None):
    """Pass on what comes; if it is to be `lost`, nothing after the first word that the server is ready."""
    while piece := await reader.read(65_536):
        if lost is None or not lost.is_set():
            writer.write(piece)
        if lost is not None and piece.endswith(READY):
            lost.set()
    writer.close()

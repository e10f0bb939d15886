"""The backbone on real parts: outbox → relay → Kafka → consumer, with writers racing and readers killed."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import ClassVar, get_args
from uuid import UUID, uuid4

import asyncpg
import msgspec
import pytest

from common import consumer, contracts, database, housekeeping, kafka, migrations, outbox, relay
from common.consumer import Message
from common.idempotency import KeyReused, Once
from common.outbox import Announcement
from common.tokens import SYSTEM
from tests.waiting import until

SERVICE = "catalogue"


@dataclass(frozen=True)
class Renamed:
    TYPE: ClassVar[str] = "film.renamed"
    name: str


@dataclass(frozen=True)
class ThingState:
    id: UUID
    version: int
    name: str


CREATE = outbox.creating("INSERT INTO thing (id, version, doc) SELECT $1, $2, $doc FROM key RETURNING id")
CHANGE = outbox.changing("UPDATE thing SET version = $2, doc = $doc WHERE id = $1 RETURNING id")


def said(thing: UUID, version: int, facts: int = 1) -> Announcement:
    name = f"v{version}"
    return Announcement(
        aggregate="film",
        id=thing,
        version=version,
        state=ThingState(thing, version, name),
        facts=[Renamed(name)] * facts,
    )


@pytest.fixture(scope="module")
async def address(database) -> str:
    """A migrated schema with one table of ours in it."""
    made: str = await database(SERVICE)
    owner = await asyncpg.connect(migrations.dsn(made, SERVICE, "owner"))
    await owner.execute("CREATE TABLE thing (id uuid PRIMARY KEY, version integer NOT NULL, doc text NOT NULL)")
    await owner.close()
    return made


@pytest.fixture
async def db(address) -> AsyncIterator[database.Database]:
    opened = await database.connect(migrations.dsn(address, SERVICE, "app"), size_max=30)
    yield opened
    await opened.close()


@asynccontextmanager
async def relaying(address: str, servers: str, client: kafka.ClientName = "aiokafka"):
    dsn = migrations.dsn(address, SERVICE, "relay")
    settings = relay.Settings(service=SERVICE, dsn=dsn, servers=servers, client=client, takeover_wait_s=0.1)
    async with running(relay.run(settings)):
        yield


@asynccontextmanager
async def running(coroutine):
    task = asyncio.create_task(coroutine)
    try:
        yield task
    finally:
        if not task.done():
            task.cancel()
        await asyncio.wait([task])
        assert task.cancelled(), task.exception()


class Received:
    """What a group was handed, by key; only the keys this test has made."""

    def __init__(self) -> None:
        self.by_key: dict[str, list[Message]] = defaultdict(list)

    async def take(self, _, messages: Sequence[Message]) -> None:
        for message in messages:
            self.by_key[message.key].append(message)

    def has(self, key: object, version: int) -> bool:
        return version in self.versions(key)

    def versions(self, key: object) -> list[int]:
        return [message.version for message in self.by_key[str(key)]]


def listening(received: Received, db, servers: str, name: str | None = None, client: kafka.ClientName = "aiokafka"):
    group = consumer.Group(name=name or f"test.{uuid4()}", listeners={contracts.topic("film", "events"): received.take})
    return running(consumer.run(group, database=db, settings=consumer.Settings(servers=servers, client=client)))


def once(key: str | None = None, body: bytes = b"") -> Once:
    return Once(client_id="tests", key=key, fingerprint=body.ljust(32), if_match=None)


async def test_a_fact_crosses_with_its_attributes(address, db, kafka_servers):
    thing, received = uuid4(), Received()
    async with relaying(address, kafka_servers), listening(received, db, kafka_servers):
        async with db.transaction(SYSTEM) as tx:
            answer = await outbox.write(tx, CREATE, [thing, 2], said(thing, 2, facts=2), once(), status=201)
        await until(lambda: received.versions(thing) == [1, 2])
    message = received.by_key[str(thing)][-1]
    assert msgspec.json.decode(answer.body) == {"id": str(thing), "version": 2, "name": "v2"}
    assert (message.type, message.source, message.epoch) == (
        "fr.passeursdimages.film.renamed.v1",
        "/services/catalogue",
        1,
    )
    assert message.decode(Renamed) == Renamed("v2")


async def test_a_creation_s_key_gives_one_thing_and_one_answer(db):
    key, first, second = str(uuid4()), uuid4(), uuid4()

    async def create(thing: UUID):
        async with db.transaction(SYSTEM) as tx:
            return await outbox.write(tx, CREATE, [thing, 1], said(thing, 1), once(key), status=201)

    answers = await asyncio.gather(create(first), create(second))
    assert answers[0] == answers[1]
    async with db.transaction(SYSTEM) as tx:
        assert await tx.fetchval("SELECT count(*) FROM thing WHERE id = ANY ($1::uuid[])", [first, second]) == 1


async def test_a_key_used_for_another_request_is_refused_and_nothing_is_written(db):
    key, thing = str(uuid4()), uuid4()
    async with db.transaction(SYSTEM) as tx:
        await outbox.write(tx, CREATE, [thing, 1], said(thing, 1), once(key, b"one"))
    with pytest.raises(KeyReused):
        async with db.transaction(SYSTEM) as tx:
            await outbox.write(tx, CHANGE, [thing, 2], said(thing, 2), once(key, b"two"))
    async with db.transaction(SYSTEM) as tx:
        assert await tx.fetchval("SELECT version FROM thing WHERE id = $1", thing) == 1


async def test_racing_writers_lose_nothing_and_keep_each_thing_s_order(address, db, kafka_servers):
    """24 writers, 10 things, one in twenty rolls back, while a write transaction stays open beside them all."""
    things, received, rng = [uuid4() for _ in range(10)], Received(), random.Random(7)  # noqa: S311 - a seeded schedule
    committed: dict[UUID, int] = {}
    async with (
        relaying(address, kafka_servers),
        listening(received, db, kafka_servers),
        db.transaction(SYSTEM) as open_tx,
    ):
        await outbox.write(open_tx, CREATE, [uuid4(), 1], said(uuid4(), 1), None)
        for thing in things:
            async with db.transaction(SYSTEM) as tx:
                await outbox.write(tx, CREATE, [thing, 1], said(thing, 1), None)
            committed[thing] = 1
        await asyncio.gather(*(_writer(db, things, committed, rng) for _ in range(24)))
        await until(lambda: all(received.versions(thing)[-1:] == [committed[thing]] for thing in things))
    for thing in things:
        assert received.versions(thing) == list(range(1, committed[thing] + 1))


async def _writer(db, things: list[UUID], committed: dict[UUID, int], rng: random.Random) -> None:
    for _ in range(20):
        thing = rng.choice(things)
        try:
            async with db.transaction(SYSTEM) as tx:
                if rng.random() < 0.5:  # another row first: this transaction's xid is older than its turn
                    await tx.fetchval("SELECT pg_current_xact_id()")
                version = await tx.fetchval("SELECT version FROM thing WHERE id = $1 FOR UPDATE", thing)
                await outbox.write(tx, CHANGE, [thing, version + 1], said(thing, version + 1), None)
                _perhaps_abort(rng)
                committed[thing] = version + 1
        except (ConnectionAbortedError, asyncpg.LockNotAvailableError):  # rolled back, by us or by the limit of a wait
            pass


def _perhaps_abort(rng: random.Random) -> None:
    if rng.random() < 0.05:
        raise ConnectionAbortedError


async def test_a_relay_that_comes_back_goes_on_where_it_was(address, db, kafka_servers):
    thing, received = uuid4(), Received()
    async with db.transaction(SYSTEM) as tx:
        await outbox.write(tx, CREATE, [thing, 1], said(thing, 1), None)
    async with listening(received, db, kafka_servers):
        for version in range(2, 6):
            async with relaying(address, kafka_servers):
                async with db.transaction(SYSTEM) as tx:
                    await outbox.write(tx, CHANGE, [thing, version], said(thing, version), None)
                await until(partial(received.has, thing, version))
    first_seen = list(dict.fromkeys(received.versions(thing)))
    assert first_seen == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("client", get_args(kafka.ClientName))
async def test_a_large_backlog_is_drained_in_order_by_either_library(address, db, kafka_servers, client):
    thing, received = uuid4(), Received()
    async with db.transaction(SYSTEM) as tx:
        await outbox.write(tx, CREATE, [thing, 4500], said(thing, 4500, facts=4500), None)
    async with relaying(address, kafka_servers, client), listening(received, db, kafka_servers, client=client):
        await until(lambda: len(received.versions(thing)) >= 4500)
    assert received.versions(thing) == list(range(1, 4501))


async def test_a_group_that_comes_back_applies_nothing_twice(address, db, kafka_servers):
    thing, received, name = uuid4(), Received(), f"test.{uuid4()}"
    async with relaying(address, kafka_servers):
        for version in range(1, 6):
            async with db.transaction(SYSTEM) as tx:
                await outbox.write(tx, CREATE if version == 1 else CHANGE, [thing, version], said(thing, version), None)
            async with listening(received, db, kafka_servers, name):
                await until(partial(received.has, thing, version))
    assert received.versions(thing) == [1, 2, 3, 4, 5]


async def test_poison_is_parked_with_its_key_and_delays_no_other(address, db, kafka_servers):
    bad, good, received, name = uuid4(), uuid4(), Received(), f"test.{uuid4()}"

    async def take(tx, messages: Sequence[Message]) -> None:
        for message in messages:
            if message.key == str(bad) and message.version == 2:
                message.decode(int)
        await received.take(tx, messages)

    async with db.transaction(SYSTEM) as tx:
        await outbox.write(tx, CREATE, [bad, 3], said(bad, 3, facts=3), None)
        await outbox.write(tx, CREATE, [good, 3], said(good, 3, facts=3), None)
    group = consumer.Group(name=name, listeners={contracts.topic("film", "events"): take})
    settings = consumer.Settings(servers=kafka_servers)
    async with relaying(address, kafka_servers), running(consumer.run(group, database=db, settings=settings)):
        await until(lambda: received.versions(good)[-1:] == [3])
        await until(lambda: _parked(db, name))
    rows = await _parked(db, name)
    assert [msgspec.json.decode(row["headers"])["ce_aggversion"] for row in rows] == ["2", "3"]
    assert set(received.versions(bad)) == {1}


PARKED = 2


async def _parked(db, name: str):
    async with db.transaction(SYSTEM) as tx:
        rows = await tx.fetch('SELECT headers FROM parked_event WHERE grp = $1 ORDER BY "offset"', name)
    return rows if len(rows) == PARKED else []


async def test_no_role_reads_another_schema_nor_the_outbox(database):
    both = await database("catalogue", "reporting")
    reporting = await asyncpg.connect(migrations.dsn(both, "reporting", "app"))
    try:
        for forbidden in (
            "SELECT 1 FROM catalogue.idempotency",
            "SELECT 1 FROM outbox",
            "TRUNCATE idempotency",
            "CREATE TABLE mine (id integer)",
            "CREATE TABLE public.mine (id integer)",
            "SET ROLE postgres",
        ):
            with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.InvalidParameterValueError)):
                await reporting.execute(forbidden)
    finally:
        await reporting.close()


async def test_the_house_is_kept(address, db):
    housekeeper = await asyncpg.connect(migrations.dsn(address, SERVICE, "housekeeper"))
    now = datetime.now(UTC)
    try:
        assert await housekeeping.keep_house(housekeeper, now=now) == []
        thing = uuid4()
        async with db.transaction(SYSTEM) as tx:
            await outbox.write(tx, CREATE, [thing, 1], said(thing, 1), once(str(uuid4())))
        later = now + timedelta(days=3)
        assert await housekeeping.keep_house(housekeeper, now=later) == []  # ours is not published; none goes before it
        assert await housekeeper.fetchval("SELECT count(*) FROM outbox WHERE key = $1", str(thing)) == 2
        assert await housekeeper.fetchval("SELECT count(*) FROM idempotency") == 0
    finally:
        await housekeeper.close()

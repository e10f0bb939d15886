"""A consumer in trouble: no record is dropped, none holds up another key, and nothing ends the worker."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from prometheus_client import REGISTRY

from common import consumer, contracts, kafka
from common.consumer import Message
from common.consumer.ledger import PostgresLedger
from common.database import Database, Transaction
from common.tokens import SYSTEM
from tests.integration.common.test_backbone import running
from tests.waiting import until

SERVICE = "catalogue"


@pytest.fixture(scope="module")
async def address(database) -> str:
    made: str = await database(SERVICE)
    return made


class Topic:
    """A topic of one partition that nobody else writes to."""

    def __init__(self, producer: AIOKafkaProducer, servers: str) -> None:
        self.name = f"tests.{uuid4()}"
        self.servers = servers
        self._producer = producer

    async def say(self, *records: tuple[str, int], headers: Mapping[str, bytes | None] | None = None) -> None:
        for key, version in records:
            ours = kafka.headers(
                service="tests",
                event_id=uuid4(),
                ce_type=contracts.ce_type("film.renamed"),
                key=key,
                at=datetime.now(UTC),
                version=version,
                epoch=1,
                traceparent=None,
            )
            said = {**dict(ours), **(headers or {})}
            await self._producer.send_and_wait(self.name, b"{}", key=key.encode(), headers=list(said.items()))


@pytest.fixture
async def topic(kafka_servers) -> AsyncIterator[Topic]:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_servers)
    producer = AIOKafkaProducer(bootstrap_servers=kafka_servers)
    await admin.start()
    await producer.start()
    made = Topic(producer, kafka_servers)
    await admin.create_topics([NewTopic(made.name, num_partitions=1, replication_factor=1)])
    yield made
    await producer.stop()
    await admin.delete_topics([made.name])
    await admin.close()


class Reader:
    """Remembers what it was told; refuses one key, each test in its own way."""

    def __init__(self, refused: str = "") -> None:
        self.name = f"test.{uuid4()}"
        self.refused = refused
        self.told: list[tuple[str, int]] = []

    async def take(self, tx: Transaction, messages: Sequence[Message]) -> None:
        if any(message.key == self.refused for message in messages):
            await self.refuse(tx, messages)
        self.told += [(message.key, message.version) for message in messages]

    async def refuse(self, _: Transaction, __: Sequence[Message], /) -> None:
        raise ValueError("no retry will make this right")


def reading(reader: Reader, db: Database, topic: Topic):
    group = consumer.Group(name=reader.name, listeners={topic.name: reader.take})
    return running(consumer.run(group, database=db, settings=consumer.Settings(servers=topic.servers)))


async def parked(db: Database, reader: Reader) -> list[tuple[str, str]]:
    async with db.transaction(SYSTEM) as tx:
        rows = await tx.fetch('SELECT key, error FROM parked_event WHERE grp = $1 ORDER BY "offset"', reader.name)
    return [(row["key"], row["error"]) for row in rows]


async def holds_somebody_up(connection: Transaction) -> bool:
    held: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
    )
    return held


async def holds_nobody_up(connection: Transaction) -> bool:
    return not await holds_somebody_up(connection)


async def test_a_partition_that_could_not_be_placed_is_placed_later_and_loses_nothing(db, owner, topic):
    reader = Reader()
    await topic.say(("before", 1))
    migration = owner.transaction()
    await migration.start()
    await owner.execute("LOCK TABLE consumer_offset IN ACCESS EXCLUSIVE MODE")
    async with reading(reader, db, topic):
        await until(lambda: holds_somebody_up(owner))
        await until(lambda: holds_nobody_up(owner))  # it has given up waiting
        await migration.commit()
        await topic.say(("after", 1))
        await until(lambda: reader.told == [("before", 1), ("after", 1)])


async def test_a_record_that_cannot_be_parked_because_the_offset_was_moved_is_read_again(db, owner, topic):
    class Moved(Reader):
        """Has its offset moved, once, between the refusal of a record and its parking."""

        moving: asyncio.Task[str] | None = None

        async def refuse(self, tx: Transaction, messages: Sequence[Message], /) -> None:
            if self.moving is None and len(messages) == 1:
                move = "UPDATE consumer_offset SET next_offset = 0 WHERE grp = $1 AND topic = $2"
                self.moving = asyncio.create_task(owner.execute(move, self.name, topic.name))
                await until(lambda: holds_somebody_up(tx))
            raise ValueError("no retry will make this right")

    reader = Moved(refused="bad")
    await topic.say(("good", 1), ("bad", 1), ("good", 2))
    async with reading(reader, db, topic):
        await until(lambda: ("good", 2) in reader.told)
    assert [key for key, _ in await parked(db, reader)] == ["bad"]
    assert reader.moving is not None
    assert await reader.moving == "UPDATE 1"
    assert reader.told == [("good", 1), ("good", 1), ("good", 2)]


async def test_a_number_that_no_column_holds_is_parked(db, topic):
    class Writer(Reader):
        async def refuse(self, tx: Transaction, _: Sequence[Message], /) -> None:
            await tx.execute("SELECT $1::integer", 2**40)

    reader = Writer(refused="bad")
    await topic.say(("bad", 1), ("good", 1), ("bad", 2), ("good", 2))
    async with reading(reader, db, topic):
        await until(lambda: reader.told == [("good", 1), ("good", 2)])
    assert [key for key, _ in await parked(db, reader)] == ["bad", "bad"]


async def test_a_key_that_cannot_be_kept_as_it_is_is_parked_and_so_is_what_comes_behind_it(db, topic):
    class Writer(Reader):
        async def refuse(self, tx: Transaction, _: Sequence[Message], /) -> None:
            await tx.execute("SELECT $1::text", self.refused)

    reader = Writer(refused="b\0d")
    await topic.say(("b\0d", 1), ("good", 1))
    async with reading(reader, db, topic):
        await until(lambda: reader.told == [("good", 1)])
        await topic.say(("b\0d", 2), ("good", 2))
        await until(lambda: reader.told == [("good", 1), ("good", 2)])
    (first, why), (second, behind) = await parked(db, reader)
    assert first == second == "b\N{REPLACEMENT CHARACTER}d"
    assert "CharacterNotInRepertoire" in why
    assert behind == "behind a parked record of its key"


@pytest.mark.parametrize(
    "header",
    [
        {"note": b"a\0b"},
        {"a\0b": b"note"},
        {"note": b"\xff\xfe"},
        {"note": None},
        {"ce_id": None, "ce_aggversion": b"a\0b"},
        {"ce_time": b"2026-07-01T10:00:00"},  # of which zone?
    ],
)
async def test_no_header_prevents_a_record_from_being_parked(db, topic, header):
    reader = Reader(refused="bad")
    await topic.say(("bad", 1), headers=header)
    await topic.say(("good", 1))
    async with reading(reader, db, topic):
        await until(lambda: reader.told == [("good", 1)])
    assert [key for key, _ in await parked(db, reader)] == ["bad"]


async def test_a_lag_grows_also_while_nobody_can_say_how_large_it_is(db):
    """The broker or the database may be away: then nobody looks, and the last that was seen is ever longer ago."""
    heard, now = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 0, 0, 9, tzinfo=UTC)
    group = listening_to("film")
    await was_fresh(db, group, "catalogue", heard)
    await PostgresLedger(group, db, lambda: now).tell()
    assert lag_s(group, "catalogue") == 9
    now += timedelta(seconds=75)
    assert lag_s(group, "catalogue") == 84


async def test_behind_a_service_that_it_no_longer_listens_to_a_group_is_not(db):
    """A release has taken its topics out: what was known of it would be older every day, and call somebody for ever."""
    heard = datetime(2026, 1, 1, tzinfo=UTC)
    group = listening_to("film")
    await was_fresh(db, group, "catalogue", heard)
    await was_fresh(db, group, "actions", heard)
    await PostgresLedger(group, db, lambda: heard).tell()
    assert (lag_s(group, "catalogue"), lag_s(group, "actions")) == (0, None)
    async with db.transaction(SYSTEM) as tx:
        assert await tx.fetch("SELECT service FROM consumer_freshness WHERE grp = $1", group.name) == [("catalogue",)]


def listening_to(aggregate: str) -> consumer.Group:
    return consumer.Group(name=f"test.{uuid4()}", listeners={contracts.topic(aggregate, "state"): Reader().take})


async def was_fresh(db: Database, group: consumer.Group, service: str, at: datetime) -> None:
    async with db.transaction(SYSTEM) as tx:
        await tx.execute(
            "INSERT INTO consumer_freshness (grp, service, as_of) VALUES ($1, $2, $3)", group.name, service, at
        )


def lag_s(group: consumer.Group, service: str) -> float | None:
    return REGISTRY.get_sample_value("consumer_lag_seconds", {"grp": group.name, "service": service})

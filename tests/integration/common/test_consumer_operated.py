"""What an operator and a bad day do to a running consumer: it follows, redrives in order, and says what it sees."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain, repeat
from time import monotonic
from uuid import uuid4

import msgspec
import pytest
from prometheus_client import REGISTRY

from common import consumer, contracts, kafka, operations
from common.consumer import Message, store
from common.consumer.ledger import PostgresLedger
from common.contracts.platform import Heartbeat
from common.database import Database, Transaction
from common.tokens import SYSTEM
from tests.integration.common.test_backbone import running
from tests.integration.common.test_consumer import Reader, Topic, parked, reading, topic
from tests.waiting import until

__all__ = ["topic"]
SERVICE = "catalogue"
OTHERS_WAIT_S_MAX = 1.0
OF_CATALOGUE = contracts.topic("film_list", "state")
"""What a service publishes: of one to which a group does not listen, no freshness is kept."""


@pytest.fixture(scope="module")
async def address(database) -> str:
    made: str = await database(SERVICE)
    return made


async def outcome(db: Database, number: int) -> str | None:
    async with db.transaction(SYSTEM) as tx:
        said: str | None = await tx.fetchval("SELECT outcome FROM operation WHERE id = $1", number)
    return said


async def ask_redrive(db: Database, reader: Reader, topic: Topic, key: str) -> int:
    async with db.transaction(SYSTEM) as tx:
        return await operations.redrive(tx, who="anne", group=reader.name, topic=topic.name, key=key)


async def test_a_key_is_redriven_in_order_by_the_running_worker_and_flows_again(db, topic):
    reader = Reader(refused="bad")
    await topic.say(("bad", 1), ("good", 1), ("bad", 2), ("bad", 3))
    async with reading(reader, db, topic):
        await until(lambda: _has_parked(db, reader, 3))
        refused = await ask_redrive(db, reader, topic, "bad")
        assert await until(lambda: outcome(db, refused)) == "refused: ValueError('no retry will make this right')"
        await topic.say(("bad", 4))
        await until(lambda: _has_parked(db, reader, 4))
        reader.refused = ""
        done = await ask_redrive(db, reader, topic, "bad")
        assert await until(lambda: outcome(db, done)) == "done: 4 records applied"
        await topic.say(("bad", 5))
        await until(lambda: ("bad", 5) in reader.told)
    assert [version for key, version in reader.told if key == "bad"] == [1, 2, 3, 4, 5]
    assert await parked(db, reader) == []


async def _has_parked(db: Database, reader: Reader, n: int) -> bool:
    return len(await parked(db, reader)) == n


async def test_a_running_worker_follows_an_offset_that_is_moved_while_nothing_comes(db, topic):
    reader = Reader()
    await topic.say(("film", 1), ("film", 2))
    async with reading(reader, db, topic):
        await until(lambda: reader.told == [("film", 1), ("film", 2)])
        async with db.transaction(SYSTEM) as tx:
            await operations.rewind(tx, who="anne", group=reader.name, topic=topic.name, to=1)
        await until(lambda: reader.told == [("film", 1), ("film", 2), ("film", 2)])


async def test_a_poison_record_delays_no_other_key_by_more_than_a_second(db, topic):
    class Timed(Reader):
        applied_at: float = 0.0

        async def take(self, tx: Transaction, messages: Sequence[Message]) -> None:
            await super().take(tx, messages)
            self.applied_at = monotonic()

    reader = Timed(refused="bad")
    await topic.say(("first", 1))
    async with reading(reader, db, topic):
        await until(lambda: reader.told)
        await topic.say(
            *((f"before-{n}", 1) for n in range(100)), ("bad", 1), *((f"behind-{n}", 1) for n in range(100))
        )
        said_at = monotonic()
        await until(lambda: ("behind-99", 1) in reader.told)
        assert reader.applied_at - said_at < OTHERS_WAIT_S_MAX
    assert [key for key, _ in await parked(db, reader)] == ["bad"]


async def test_what_must_wait_is_set_aside_once_others_pass_it(db, owner, topic):
    """A lock held on one row for good: five tries, then the keys behind it go on."""

    class Locked(Reader):
        async def refuse(self, tx: Transaction, _: Sequence[Message], /) -> None:
            await tx.execute("SELECT FROM lockable WHERE id = 1 FOR UPDATE NOWAIT")

    await owner.execute("CREATE TABLE lockable (id integer PRIMARY KEY)")
    await owner.execute("INSERT INTO lockable VALUES (1)")
    reader = Locked(refused="held")
    holding = owner.transaction()
    await holding.start()
    await owner.execute("SELECT FROM lockable FOR UPDATE")
    await topic.say(("held", 1), ("good", 1))
    async with reading(reader, db, topic):
        await until(lambda: reader.told == [("good", 1)])
        assert "LockNotAvailable" in (await parked(db, reader))[0][1]
        await holding.rollback()
        number = await ask_redrive(db, reader, topic, "held")
        assert await until(lambda: outcome(db, number)) == "done: 1 records applied"


async def test_what_a_blockage_of_all_held_up_is_not_set_aside_when_that_ends(db, owner, topic):
    """The lock is let go while the record behind is tried: it passes, and so would the first, tried again."""

    class Blocked(Reader):
        async def take(self, tx: Transaction, messages: Sequence[Message]) -> None:
            if messages[0].key == "second" and owner.is_in_transaction():
                await holding.rollback()
            await tx.execute("LOCK TABLE shared IN ACCESS SHARE MODE NOWAIT")
            await super().take(tx, messages)

    await owner.execute("CREATE TABLE shared ()")
    holding = owner.transaction()
    await holding.start()
    await owner.execute("LOCK TABLE shared")
    reader = Blocked()
    group = consumer.Group(name=reader.name, listeners={topic.name: reader.take})
    await topic.say(("first", 1), ("second", 1))
    settings = consumer.Settings(servers=topic.servers, backoff_s_max=0.2)
    async with running(consumer.run(group, database=db, settings=settings)):
        await until(lambda: reader.told[-2:] == [("first", 1), ("second", 1)])
        assert await parked(db, reader) == []


async def test_what_is_parked_behind_its_key_condemns_nobody_while_all_are_held_up(db, owner, topic):
    """All that stands behind what waits is of a key that is parked: it is set aside, and nobody has passed."""

    class Blocked(Reader):
        tries = 0

        async def take(self, tx: Transaction, messages: Sequence[Message]) -> None:
            self.tries += messages[0].key == "waits"
            await tx.execute("LOCK TABLE shared_by_all IN ACCESS SHARE MODE NOWAIT")
            await super().take(tx, messages)

    await owner.execute("CREATE TABLE shared_by_all ()")
    reader = Blocked(refused="bad")
    group = consumer.Group(name=reader.name, listeners={topic.name: reader.take})
    await topic.say(("bad", 1))
    settings = consumer.Settings(servers=topic.servers, backoff_s_max=0.2)
    async with running(consumer.run(group, database=db, settings=settings)):
        await until(lambda: _has_parked(db, reader, 1))
        async with owner.transaction():
            await owner.execute("LOCK TABLE shared_by_all")
            await topic.say(("waits", 1), ("bad", 2))
            await until(lambda: reader.tries > 2 * settings.tries)
        await until(lambda: reader.told == [("waits", 1)])
        await until(lambda: _has_parked(db, reader, 2))
    assert [key for key, _ in await parked(db, reader)] == ["bad", "bad"]


async def test_a_slow_handler_keeps_its_membership_and_other_topics_are_read(db, topic):
    """It holds a transaction for longer than a member may be silent; nothing is read twice, nothing changes hands."""
    release = asyncio.Event()

    class Slow(Reader):
        async def take(self, tx: Transaction, messages: Sequence[Message]) -> None:
            while not release.is_set():
                await tx.execute("SELECT 1")
                await asyncio.wait([asyncio.ensure_future(release.wait())], timeout=0.5)
            await super().take(tx, messages)

    reader = Slow()
    before = consumer.core.REBALANCES.labels(reader.name)
    settings = consumer.Settings(servers=topic.servers, poll_records_max=10, batch_records_max=10)
    group = consumer.Group(name=reader.name, listeners={topic.name: reader.take})
    await topic.say(*(("film", n) for n in range(60)))
    async with running(consumer.run(group, database=db, settings=settings)):
        await until(lambda: consumer.core.PAUSED.labels(reader.name)._value.get() == 1)
        joined = before._value.get()
        started = monotonic()
        await until(lambda: monotonic() - started > 12)
        release.set()
        await until(lambda: ("film", 59) in reader.told)
        assert before._value.get() == joined
    assert reader.told == [("film", n) for n in range(60)]


async def test_a_fact_without_its_predecessor_is_taken_down(db, topic):
    reader = Reader()
    group = consumer.Group(name=reader.name, listeners={topic.name: reader.take}, watched=frozenset({topic.name}))
    await topic.say(("film", 4), ("film", 5), ("film", 4), ("film", 7), ("other", 1))
    async with running(consumer.run(group, database=db, settings=consumer.Settings(servers=topic.servers))):
        await until(lambda: ("other", 1) in reader.told)
        await topic.say(("film", 8), ("film", 10))
        await until(lambda: _gaps_are(db, reader, [("film", 5, 7), ("film", 8, 10)]))


async def test_gaps_are_counted_from_none_on_before_anything_is_heard(db):
    """A series that is born at one never rises: the first gap after a start would call nobody."""
    name = f"test.{uuid4()}"
    group = consumer.Group(name=name, listeners={}, watched=frozenset({"facts"}))
    PostgresLedger(group, db, partial(datetime.now, UTC))
    assert REGISTRY.get_sample_value("consumer_gaps_total", {"grp": name, "topic": "facts"}) == 0


async def test_a_group_that_has_never_heard_a_heartbeat_is_seen_to_lag(db):
    """Without a series there is no alert, for whoever lags most."""
    group = consumer.Group(name=f"test.{uuid4()}", listeners={OF_CATALOGUE: Reader().take})
    began = datetime(2026, 7, 1, tzinfo=UTC)
    clock = chain([began], repeat(began + timedelta(seconds=90)))  # it is asked again whenever anybody measures
    PostgresLedger(group, db, lambda: next(clock))
    assert REGISTRY.get_sample_value("consumer_lag_seconds", {"grp": group.name, "service": SERVICE}) == 90


async def _gaps_are(db: Database, reader: Reader, expected: list[tuple[str, int, int]]) -> bool:
    async with db.transaction(SYSTEM) as tx:
        rows = await tx.fetch('SELECT key, have, got FROM gap_seen WHERE grp = $1 ORDER BY "offset"', reader.name)
    return [tuple(row) for row in rows] == expected


async def test_a_group_is_as_fresh_as_the_heartbeat_whose_ends_it_has_reached(db, topic):
    reader, service = Reader(), "catalogue"
    reached, beyond = datetime(2126, 7, 1, 10, tzinfo=UTC), datetime(2126, 7, 1, 11, tzinfo=UTC)  # after all others'
    await topic.say(("film", 1), ("film", 2))
    settings = consumer.Settings(servers=topic.servers, watch_every_s=0.2)
    group = consumer.Group(name=reader.name, listeners={topic.name: reader.take, OF_CATALOGUE: reader.take})
    async with running(consumer.run(group, database=db, settings=settings)):
        await beat(topic, Heartbeat(service=service, at=reached, ends={f"{topic.name}/0": 2, "of others/3": 9}))
        await beat(topic, Heartbeat(service=service, at=beyond, ends={f"{topic.name}/0": 3}))
        await until(lambda: _is_as_of(db, reader, service, reached))
        await topic.say(("film", 3))
        await until(lambda: _is_as_of(db, reader, service, beyond))


async def test_a_group_that_was_never_fresh_is_as_old_as_the_first_heartbeat_that_it_has_not_reached(db):
    """Halted from its first record on, it must be seen to lag."""
    group, first = f"group-{uuid4()}", datetime(2020, 7, 1, tzinfo=UTC)
    beats = [Heartbeat(service="s", at=first + timedelta(days=n), ends={"t/0": 1 + n}) for n in range(3)]
    async with db.transaction(SYSTEM) as tx:
        await store.keep_heartbeats(tx, group, beats)
        assert await store.freshen(tx, group, {"s"}) == {"s": first}
        assert await store.freshen(tx, group, {"s"}) == {"s": first}


async def test_heartbeats_that_nobody_reaches_are_thinned(db):
    group, first = f"group-{uuid4()}", datetime(2026, 7, 1, tzinfo=UTC)
    beats = [Heartbeat(service="s", at=first + timedelta(seconds=10 * n), ends={"t/0": n}) for n in range(1, 2_301)]
    async with db.transaction(SYSTEM) as tx:
        await store.keep_heartbeats(tx, group, beats[:2_000])
        for one in beats[2_000:]:
            await store.keep_heartbeats(tx, group, [one])
        rows = await tx.fetch("SELECT at FROM heartbeat_heard WHERE grp = $1 ORDER BY at", group)
    kept = [row["at"] for row in rows]
    assert store.HEARTBEATS_KEPT_MAX // 2 <= len(kept) <= store.HEARTBEATS_KEPT_MAX
    assert (kept[0], kept[-1]) == (beats[0].at, beats[-1].at)
    assert kept[1] - kept[0] > kept[-1] - kept[-2], "the older, the further apart"


async def beat(topic: Topic, heartbeat: Heartbeat) -> None:
    """Say how far a service has come, as its relay would."""
    headers = kafka.headers(
        service=heartbeat.service,
        event_id=uuid4(),
        ce_type=contracts.ce_type("platform.heartbeat"),
        key=heartbeat.service,
        at=heartbeat.at,
        version=1,
        epoch=1,
        traceparent=None,
    )
    producer = kafka.aio.unstarted_producer(topic.servers, "tests")
    await producer.start()
    try:
        key, value = heartbeat.service.encode(), msgspec.json.encode(heartbeat)
        await producer.send_and_wait(contracts.topic("heartbeat", "platform"), value, key=key, headers=list(headers))
    finally:
        await producer.stop()


async def _is_as_of(db: Database, reader: Reader, service: str, at: datetime) -> bool:
    said = "SELECT as_of FROM consumer_freshness WHERE grp = $1 AND service = $2"
    async with db.transaction(SYSTEM) as tx:
        as_of: datetime | None = await tx.fetchval(said, reader.name, service)
    return as_of == at

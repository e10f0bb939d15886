"""What a leading relay sees to besides its rows: that it may lead, what came last, what is parked, how far it is."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec
import pytest
from prometheus_client import REGISTRY

from common import checkpoints, contracts, heartbeats, kafka, migrations, operations, relay
from common.contracts.platform import Checkpoint, Heartbeat
from common.database import Database
from common.kafka.port import Consumer, Outgoing, Place, Record
from common.relay import metrics, reports
from common.tokens import SYSTEM
from tests.integration.common.test_backbone import running
from tests.waiting import until

SERVICE = "catalogue"
FACTS, STATES = contracts.topic("film", "events"), contracts.topic("film", "state")
AIOKAFKA = kafka.client("aiokafka")
FILM = """
INSERT INTO film (id, version, title, other_titles, directors, countries, versions, identifiers, visas, filed, doc)
VALUES ($1, 1, 'Film', '{}', '{}', '{}', '{}', '{}', '[]', 'film', '{"version":1}')
"""


@pytest.fixture
async def address(database) -> str:
    made: str = await database(SERVICE)
    return made


def relaying(address: str, servers: str, digest=None, **settings: Any):
    dsn = migrations.dsn(address, SERVICE, "relay")
    paces: dict[str, Any] = {"takeover_wait_s": 0.1, "retry_s": 0.1, "heartbeat_every_s": 0.5, **settings}
    return running(relay.run(relay.Settings(service=SERVICE, dsn=dsn, servers=servers, **paces), digest))


SAVED = "SELECT bool_and(pg_visible_in_snapshot(xid, s1)) FROM outbox CROSS JOIN outbox_cursor WHERE key = $1"


async def say(db: Database, key: str, version: int, topic: str = FACTS) -> int:
    """Leave a row in the outbox; return its number as the owner reads it."""
    async with db.transaction(SYSTEM) as tx:
        await tx.execute(
            "INSERT INTO outbox (event_id, topic, key, version, type, value) VALUES ($1, $2, $3, $4, $5, $6)",
            *(uuid4(), topic, key, version, contracts.ce_type("film.state"), b"{}"),
        )
    return version


class Heard:
    """What is on the topics since the test began."""

    def __init__(self, reader: Consumer) -> None:
        self._reader = reader
        self._records: list[Record] = []

    async def listen(self) -> None:
        while True:
            polled = await self._reader.poll(records_max=500, wait_ms=50)
            self._records += [record for run in polled.values() for record in run]

    def of(self, topic: str, key: str) -> list[Record]:
        return [one for one in self._records if (one.topic, one.key) == (topic, key.encode())]

    def versions(self, topic: str, key: str) -> list[int]:
        return [int(dict(one.headers)["ce_aggversion"] or 0) for one in self.of(topic, key)]

    def has(self, topic: str, key: str, expected: list[int]) -> bool:
        return self.versions(topic, key) == expected


@pytest.fixture
async def heard(kafka_servers: str) -> AsyncIterator[Heard]:
    topics = (FACTS, STATES, heartbeats.TOPIC, reports.CHECKPOINTS)
    places = [Place(topic, n) for topic in topics for n in range(contracts.PARTITIONS)]
    reader = await AIOKAFKA.reader(kafka_servers, places)
    for place, end in (await reader.ends(places)).items():
        reader.seek(place, end)
    there = Heard(reader)
    async with running(there.listen()):
        yield there
    await reader.close()


def value(name: str) -> float:
    gauge = getattr(metrics, name).labels(SERVICE)
    found: float = gauge._value.get()
    return found


async def test_an_outbox_that_would_not_keep_the_order_is_not_led(address, db, owner, heard, kafka_servers):
    key = str(uuid4())
    await owner.execute("ALTER TABLE outbox ALTER COLUMN seq SET CACHE 20")
    await owner.execute("DROP INDEX outbox_seq_idx")
    await say(db, key, 1)
    async with relaying(address, kafka_servers):
        await until(lambda: value("FAULTS") == 2)
        await until(lambda: metrics._oldest_age_s(SERVICE) > 0)  # who may not lead tells how long it has been waiting
        assert heard.versions(FACTS, key) == []
        await owner.execute("ALTER TABLE outbox ALTER COLUMN seq SET CACHE 1")
        await owner.execute("CREATE INDEX ON outbox (seq)")
        await until(partial(heard.has, FACTS, key, [1]))
        await until(lambda: metrics._oldest_age_s(SERVICE) == 0)
    assert value("FAULTS") == 0


async def test_a_cursor_ahead_of_its_database_is_one_of_another_database(address, db, owner, heard, kafka_servers):
    """As a disk image that was put back, or a reset of the transaction counter, leaves it."""
    key = str(uuid4())
    await say(db, key, 1)
    async with relaying(address, kafka_servers):
        await until(partial(heard.has, FACTS, key, [1]))
    await owner.execute("UPDATE outbox_cursor SET s1 = '900000000:900000000:'")
    async with relaying(address, kafka_servers):
        await until(partial(heard.has, FACTS, key, [1, 1]))
    assert await owner.fetchval("SELECT db_epoch FROM outbox_cursor") > 1


async def test_an_old_state_that_comes_last_is_followed_by_the_newest_again(address, db, owner, heard, kafka_servers):
    """What a leader that was frozen in the middle of sending does when it wakes."""
    key = str(uuid4())
    async with relaying(address, kafka_servers):
        await say(db, key, 1, STATES)
        await until(partial(heard.has, STATES, key, [1]))
        await until(lambda: owner.fetchval(SAVED, key))  # who is stopped before that leaves the row to be sent again
    await owner.execute("UPDATE outbox_cursor SET signed_off = false")
    async with relaying(address, kafka_servers):
        await say(db, key, 2, STATES)
        await until(partial(heard.has, STATES, key, [1, 2]))
        await _append(kafka_servers, heard.of(STATES, key)[0])
        await until(partial(heard.has, STATES, key, [1, 2, 1, 2]))
    assert await owner.fetchval("SELECT auditing IS NOT NULL FROM outbox_cursor"), "the next leader goes on with it"
    async with relaying(address, kafka_servers, audit_s=0.1):
        await until(lambda: owner.fetchval("SELECT auditing IS NULL FROM outbox_cursor"))


async def _append(servers: str, old: Record) -> None:
    stray = await AIOKAFKA.producer(servers, "stray")
    headers = [(name, value or b"") for name, value in old.headers]
    run = [Outgoing(old.key or b"", old.value, headers, old.stamp_ms)]
    await stray.send({Place(old.topic, old.partition): run})
    await stray.close()


async def test_a_parked_row_is_not_sent_and_can_be_put_back(address, db, owner, heard, kafka_servers):
    key, other = str(uuid4()), str(uuid4())
    for topic in (FACTS, STATES):
        await say(db, key, 1, topic)
    await say(db, other, 1)
    fact, state = [row["seq"] for row in await owner.fetch("SELECT seq FROM outbox WHERE key = $1 ORDER BY seq", key)]
    for seq in (fact, state):
        await _operate(owner, operations.park_row, seq=seq, reason="the broker refuses it")
    async with relaying(address, kafka_servers):
        await until(partial(heard.has, FACTS, other, [1]))
        await say(db, key, 2, STATES)
        await until(partial(heard.has, STATES, key, [2]))
        await until(lambda: value("PARKED") == 2)
        assert heard.versions(FACTS, key) == []
        for seq in (fact, state):
            await _operate(owner, operations.unpark_row, seq=seq)
        await until(partial(heard.has, FACTS, key, [1]))
        assert heard.versions(STATES, key) == [2]
        with pytest.raises(operations.NotWaiting):  # what is published cannot be taken back
            await _operate(owner, operations.park_row, seq=fact, reason="too late")
    done = await owner.fetch("SELECT command, outcome FROM operation ORDER BY id")
    overtaken = "dropped: a newer state has been announced, or may have been"
    assert [tuple(row) for row in done] == [
        *[("park_row", "done")] * 2,
        ("unpark_row", "done"),
        ("unpark_row", overtaken),
    ]


async def test_a_parked_state_is_not_put_back_once_what_overtook_it_may_be_gone(db, owner):
    key = str(uuid4())
    await say(db, key, 1, STATES)
    seq = await owner.fetchval("SELECT seq FROM outbox WHERE key = $1", key)
    await _operate(owner, operations.park_row, seq=seq, reason="the broker refuses it")
    await owner.execute("DELETE FROM outbox WHERE key = $1", key)  # as its partition is dropped, after two days
    await _operate(owner, operations.unpark_row, seq=seq)
    assert await owner.fetchval("SELECT count(*) FROM outbox WHERE key = $1", key) == 0
    assert await owner.fetchval("SELECT count(*) FROM outbox_parked") == 0
    assert str(await owner.fetchval("SELECT outcome FROM operation ORDER BY id DESC LIMIT 1")).startswith("dropped")


async def _operate(owner: asyncpg.Connection, operation, **arguments: object) -> None:
    async with owner.transaction():
        await operation(owner, who="somebody", **arguments)


async def test_a_heartbeat_says_how_far_everything_is_published(address, db, heard, kafka_servers):
    key = str(uuid4())
    async with relaying(address, kafka_servers):
        await say(db, key, 1)
        await until(partial(heard.has, FACTS, key, [1]))
        [fact] = heard.of(FACTS, key)
        await until(lambda: _covers(heard, fact))


def _covers(heard: Heard, fact: Record) -> bool:
    """Tell whether a heartbeat of ours stands behind a fact, and is younger than it."""
    beats = heard.of(heartbeats.TOPIC, SERVICE)
    assert {dict(one.headers)["ce_type"] for one in beats} <= {b"fr.passeursdimages.platform.heartbeat.v1"}
    said = [msgspec.json.decode(one.value or b"", type=Heartbeat) for one in beats]
    place = f"{fact.topic}/{fact.partition}"
    return any(one.ends[place] > fact.offset and one.at.timestamp() * 1000 >= fact.stamp_ms for one in said)


async def test_a_checkpoint_says_what_was_held_when_that_much_was_published(address, db, owner, heard, kafka_servers):
    await owner.execute("""SET app.principal = '{"level": "system"}'""")
    film = uuid4()
    await owner.execute(FILM, film)
    await say(db, str(film), 1, STATES)
    digest = partial(checkpoints.digests, db, SERVICE)
    async with relaying(address, kafka_servers, digest, checkpoint_every_s=0.2):
        said = await until(lambda: _counted(heard, film))
    assert isinstance(said, Checkpoint)
    async with db.transaction(SYSTEM) as tx:
        counted = sum(one.count for one in said.digests if one.aggregate == "film")
        assert counted == await tx.fetchval("SELECT count(*) FROM film")


def _counted(heard: Heard, film: UUID) -> Checkpoint | None:
    """Find a checkpoint that stands behind a film's state."""
    states = heard.of(STATES, str(film))
    for one in heard.of(reports.CHECKPOINTS, SERVICE):
        said = msgspec.json.decode(one.value or b"", type=Checkpoint)
        if states and said.ends[f"{STATES}/{states[0].partition}"] > states[0].offset:
            return said
    return None


async def test_what_waits_is_known_by_its_age_also_while_there_is_no_broker(address, db):
    await say(db, str(uuid4()), 1)
    async with relaying(address, "127.0.0.1:9"):
        await until(lambda: REGISTRY.get_sample_value("outbox_oldest_unpublished_seconds", {"service": SERVICE}))

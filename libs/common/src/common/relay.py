"""Takes facts from the outbox to Kafka, in order, by the difference of two snapshots.

(1) What is published next = the rows not visible in `s1`, visible in `s2`; then `s1` becomes `s2`.  A transaction that
    was open at `s1` is named by it, so that a long one delays nobody and loses nothing.
(2) Rows leave in the order of `seq`; a partition's next batch leaves after its last one is acknowledged.
(3) The cursor moves after the acknowledgement: a crash in between repeats whole ordered runs, and never loses one.
(4) One relay leads (advisory lock).  A leader whose lock connection has not answered within the lease steps down before
    it sends; the cursor's epoch fences its last write.  A new leader waits out the lease of one that did not sign off.
(5) A cursor written by another PostgreSQL (restored, failed over), or a broker that lost what it had acknowledged,
    sends everything the outbox retains again: repeats are legal, gaps are not.  A restored database moves `ce_aggepoch`
    by one.  What is older than the outbox retains is not sent again by itself: docs/reliability.md, "After a restore".
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import monotonic

import asyncpg
import msgspec
import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.producer.message_accumulator import BatchBuilder
from prometheus_client import Counter, Histogram

from common import kafka
from common.database import TROUBLE

log = structlog.get_logger(__name__)

PUBLISHED = Counter("outbox_published_total", "Records acknowledged by the broker", ["service"])
ROW_TO_ACK = Histogram(
    "outbox_row_to_ack_seconds",
    "From the row's writing to the broker's acknowledgement",
    ["service"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5, 30),
)

NOTHING_SEEN = "1:1:"
"""The snapshot before all transactions: every retained row is in its difference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a relay works; times in the unit of their name."""

    service: str
    dsn: str
    servers: str
    poll_ms_min: float = 2
    poll_ms_max: float = 20
    batch_rows_max: int = 2_000
    ack_timeout_s: float = 30
    lease_s: float = 3
    takeover_wait_s: float = 5
    standby_poll_ms: float = 250
    retry_s: float = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """How far a relay has come; `draining` is a large difference under way: its upper snapshot and last sent `seq`."""

    epoch: int
    db_epoch: int
    s1: str
    draining: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Lead:
    """What a leader holds while it leads."""

    connection: "asyncpg.Connection[asyncpg.Record]"
    producer: AIOKafkaProducer
    settings: Settings


class SteppedDown(Exception):
    """Another relay leads, or may lead: stop before the next send."""


async def run(settings: Settings) -> None:
    """Publish for ever: lead when the lock is free, begin again after every trouble.  Cancel to stop."""
    while True:
        try:
            await _lead(settings)
        except (*TROUBLE, KafkaError, SteppedDown) as error:
            log.warning("relay.interrupted", service=settings.service, error=f"{type(error).__name__}: {error}")
            await asyncio.sleep(settings.retry_s)


async def _lead(settings: Settings) -> None:
    connection = await asyncpg.connect(settings.dsn, server_settings=_PLANNER, command_timeout=settings.ack_timeout_s)
    try:
        await _wait_for_the_lead(connection, settings)
        cursor = await _take(connection, settings)
        producer = kafka.producer(settings.servers, f"{settings.service}.relay")
        try:
            await producer.start()
            await _publish(Lead(connection, producer, settings), cursor)
        finally:
            with suppress(TimeoutError):  # it must not take the place of what ended us, least of all of a cancellation
                await asyncio.wait_for(producer.stop(), settings.lease_s)
    finally:
        connection.terminate()


async def _publish(lead: Lead, cursor: Cursor) -> None:
    """Send difference after difference; poll fast while there is something to send, slowly while there is nothing.

    That the snapshot has moved is no reason for haste: other schemas of the same PostgreSQL move it too.
    """
    pause_ms = lead.settings.poll_ms_min
    while True:
        cursor, sent = await _step(lead, cursor)
        pause_ms = lead.settings.poll_ms_min if sent else min(pause_ms * 1.5, lead.settings.poll_ms_max)
        if cursor.draining is None:
            await _pause(lead, cursor, pause_ms / 1000)


async def _pause(lead: Lead, cursor: Cursor, seconds: float) -> None:
    """Rest; nothing is in flight here, so a relay that is stopped now can sign off."""
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        await lead.connection.execute(
            "UPDATE outbox_cursor SET signed_off = true WHERE relay = $1 AND epoch = $2",
            lead.settings.service,
            cursor.epoch,
        )
        raise


async def _step(lead: Lead, cursor: Cursor) -> tuple[Cursor, int]:
    """Send what is new, or the next page of it; return where we stand then, and how many rows were sent."""
    asked = monotonic()
    if cursor.draining is not None:
        upper, last_seq = cursor.draining
        rows = await lead.connection.fetch(_PAGE, last_seq, upper, cursor.s1, lead.settings.batch_rows_max)
        full = len(rows) == lead.settings.batch_rows_max
    else:
        if await lead.connection.fetchval("SELECT pg_current_snapshot()::text") == cursor.s1:
            return cursor, 0
        upper, rows, full = await _difference(lead, cursor.s1)
    acked = await _send(lead, cursor, rows, asked)
    moved = replace(cursor, draining=(upper, rows[-1]["seq"])) if full else replace(cursor, s1=upper, draining=None)
    if rows:
        await _save(lead, moved, acked)
    return moved, len(rows)


async def _difference(lead: Lead, s1: str) -> tuple[str, list[asyncpg.Record], bool]:
    """Read what is new since `s1`: the new snapshot, the first rows, and whether there are more than one batch."""
    _, xmax, still_open = s1.split(":")
    in_progress = still_open.split(",") if still_open else []
    limit = lead.settings.batch_rows_max
    found = await lead.connection.fetch(_DIFFERENCE, xmax, in_progress, limit + 1)
    rows = [row for row in found if row["seq"] is not None]
    return found[0]["s2"], rows[:limit], len(rows) > limit


async def _send(lead: Lead, cursor: Cursor, rows: Sequence[asyncpg.Record], asked: float) -> dict[str, int]:
    """Send rows and wait for every acknowledgement; return the last offset of each partition they went to."""
    if monotonic() - asked > lead.settings.lease_s:
        message = "the lock's connection was silent for longer than the lease"
        raise SteppedDown(message)
    groups: Mapping[TopicPartition, list[asyncpg.Record]] = defaultdict(list)
    for row in rows:
        groups[TopicPartition(row["topic"], kafka.partition(row["key"]))].append(row)
    async with asyncio.timeout(lead.settings.ack_timeout_s):
        offsets = await asyncio.gather(*(_send_run(lead, cursor, where, run) for where, run in groups.items()))
    _observe(lead.settings.service, rows)
    return dict(offsets)


async def _send_run(
    lead: Lead, cursor: Cursor, where: TopicPartition, rows: Sequence[asyncpg.Record]
) -> tuple[str, int]:
    """Send one partition's rows in order, batch after acknowledged batch."""
    batch, offset = lead.producer.create_batch(), -1
    for row in rows:
        if _append(batch, row, lead.settings.service, cursor.db_epoch) is None:
            offset = await _acknowledged(lead, batch, where)
            batch = lead.producer.create_batch()
            _append(batch, row, lead.settings.service, cursor.db_epoch)
    offset = await _acknowledged(lead, batch, where)
    return f"{where.topic}/{where.partition}", offset


def _append(batch: BatchBuilder, row: asyncpg.Record, service: str, db_epoch: int) -> object | None:
    headers = kafka.headers(
        service=service,
        event_id=row["event_id"],
        ce_type=row["type"],
        key=row["key"],
        at=row["at"],
        version=row["version"],
        epoch=db_epoch,
        traceparent=row["traceparent"],
    )
    stamp_ms = int(row["at"].timestamp() * 1000)
    added: object | None = batch.append(
        key=row["key"].encode(), value=row["value"], timestamp=stamp_ms, headers=headers
    )
    return added


async def _acknowledged(lead: Lead, batch: BatchBuilder, where: TopicPartition) -> int:
    count: int = batch.record_count()
    sent = await lead.producer.send_batch(batch, where.topic, partition=where.partition)
    first: int = (await sent).offset
    return first + count - 1


async def _save(lead: Lead, cursor: Cursor, acked: Mapping[str, int]) -> None:
    upper, last_seq = cursor.draining or (None, None)
    saved = await lead.connection.execute(
        _SAVE, lead.settings.service, cursor.epoch, cursor.s1, upper, last_seq, msgspec.json.encode(acked).decode()
    )
    _require_fence(saved)


def _require_fence(updated: str) -> None:
    if updated != "UPDATE 1":
        message = "the cursor has another epoch"
        raise SteppedDown(message)


async def _wait_for_the_lead(connection: "asyncpg.Connection[asyncpg.Record]", settings: Settings) -> None:
    ask = "SELECT pg_try_advisory_lock(hashtext($1))"
    while not await connection.fetchval(ask, f"relay:{settings.service}"):  # noqa: ASYNC110 - the lock is in the database
        await asyncio.sleep(settings.standby_poll_ms / 1000)


async def _take(connection: "asyncpg.Connection[asyncpg.Record]", settings: Settings) -> Cursor:
    """Take the cursor over with an epoch of our own, after checking that it is still true of database and broker.

    What is found untrue is forgotten in the row, not only here: a relay that dies now leaves it to the next one.
    """
    await _require_topics(settings)
    async with connection.transaction():
        before = await connection.fetchrow(_TAKE, settings.service)
        assert before is not None  # noqa: S101 - _TAKE inserts the row it does not find
        cursor = _cursor(before)
        if before["restored"]:
            log.warning("relay.database_restored", service=settings.service, db_epoch=cursor.db_epoch)
            cursor = await _forget(connection, settings, cursor)
    if not before["signed_off"]:
        await asyncio.sleep(settings.takeover_wait_s)
    acked = msgspec.json.decode(before["acked"], type=dict[str, int])
    if not before["restored"] and await _tail_lost(settings, acked):
        log.warning("relay.broker_lost_its_tail", service=settings.service)
        cursor = await _forget(connection, settings, cursor)
    return cursor


def _cursor(row: asyncpg.Record) -> Cursor:
    draining = None if row["s2"] is None else (row["s2"], row["last_seq"])
    return Cursor(epoch=row["epoch"], db_epoch=row["db_epoch"], s1=row["s1"], draining=draining)


async def _forget(connection: "asyncpg.Connection[asyncpg.Record]", settings: Settings, cursor: Cursor) -> Cursor:
    """Begin again before all transactions: everything retained will be sent, and nothing counts as acknowledged."""
    forgotten = await connection.execute(_FORGET, settings.service, cursor.epoch, NOTHING_SEEN)
    _require_fence(forgotten)
    return replace(cursor, s1=NOTHING_SEEN, draining=None)


async def _require_topics(settings: Settings) -> None:
    missing = await kafka.missing_topics(settings.servers)
    if missing:
        message = f"topics not created: {', '.join(missing)}"
        raise SteppedDown(message)


async def _tail_lost(settings: Settings, acked: Mapping[str, int]) -> bool:
    """Tell whether the broker ends before what it had acknowledged."""
    if not acked:
        return False
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.servers)
    try:
        await consumer.start()
        where = {TopicPartition(name.rpartition("/")[0], int(name.rpartition("/")[2])): name for name in acked}
        ends = await consumer.end_offsets(list(where))
    finally:
        await consumer.stop()
    return any(end <= acked[where[place]] for place, end in ends.items())


def _observe(service: str, rows: Sequence[asyncpg.Record]) -> None:
    if not rows:
        return
    PUBLISHED.labels(service).inc(len(rows))
    ROW_TO_ACK.labels(service).observe(max(0.0, _age_s(rows[0])))


def _age_s(row: asyncpg.Record) -> float:
    written: datetime = row["at"]
    return (datetime.now(UTC) - written).total_seconds()


_PLANNER = {
    "enable_seqscan": "off",  # a fresh outbox has no statistics; a sequential scan costs 15 times the latency
    "plan_cache_mode": "force_generic_plan",  # the same plan, and planning anew cost three times what running it does
    "jit": "off",
    "synchronous_commit": "off",  # a lost cursor costs repeats, never a loss
}

_DIFFERENCE = """
WITH s AS MATERIALIZED (SELECT pg_current_snapshot()::text AS s2),
     fresh AS MATERIALIZED (
       SELECT seq, at, event_id, topic, key, version, type, traceparent, value
         FROM outbox
        WHERE xid >= $1::text::xid8 OR xid = ANY ($2::text[]::xid8[])
     ),
     first AS (SELECT * FROM fresh ORDER BY seq LIMIT $3)
SELECT s.s2, first.seq, first.at, first.event_id, first.topic, first.key, first.version, first.type,
       first.traceparent, first.value
  FROM s LEFT JOIN first ON true
 ORDER BY first.seq
"""

_PAGE = """
SELECT seq, at, event_id, topic, key, version, type, traceparent, value
  FROM outbox
 WHERE seq > $1
   AND pg_visible_in_snapshot(xid, $2::text::pg_snapshot)
   AND NOT pg_visible_in_snapshot(xid, $3::text::pg_snapshot)
 ORDER BY seq
 LIMIT $4
"""

_SAVE = """
UPDATE outbox_cursor
   SET s1 = $3::text::pg_snapshot, s2 = $4::text::pg_snapshot, last_seq = $5, acked = acked || $6::jsonb,
       updated_at = clock_timestamp()
 WHERE relay = $1 AND epoch = $2
"""

_FORGET = """
UPDATE outbox_cursor
   SET s1 = $3::text::pg_snapshot, s2 = NULL, last_seq = NULL, acked = '{}', updated_at = clock_timestamp()
 WHERE relay = $1 AND epoch = $2
"""

_TAKE = """
WITH here AS (
  SELECT system.system_identifier AS system_id, checkpoint.timeline_id AS timeline
    FROM pg_control_system() AS system CROSS JOIN pg_control_checkpoint() AS checkpoint
), before AS (
  SELECT relay, signed_off, system_id, timeline FROM outbox_cursor WHERE relay = $1
), taken AS (
  INSERT INTO outbox_cursor AS cursor
         (relay, epoch, db_epoch, s1, acked, signed_off, system_id, timeline, updated_at)
  SELECT $1, 1, 1, '1:1:', '{}', false, here.system_id, here.timeline, clock_timestamp() FROM here
      ON CONFLICT (relay) DO UPDATE
     SET epoch = cursor.epoch + 1,
         db_epoch = cursor.db_epoch
                  + ((cursor.system_id, cursor.timeline) <> (excluded.system_id, excluded.timeline))::int,
         signed_off = false, system_id = excluded.system_id, timeline = excluded.timeline,
         updated_at = clock_timestamp()
  RETURNING relay, epoch, db_epoch, s1::text, s2::text, last_seq, acked::text, system_id, timeline
)
SELECT taken.epoch, taken.db_epoch, taken.s1, taken.s2, taken.last_seq, taken.acked,
       coalesce(before.signed_off, true) AS signed_off,
       coalesce((before.system_id, before.timeline) <> (taken.system_id, taken.timeline), false) AS restored
  FROM taken LEFT JOIN before ON before.relay = taken.relay
"""

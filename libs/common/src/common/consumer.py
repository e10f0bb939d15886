"""Facts and states arrive at least once and take effect once.

(1) A batch is applied in the transaction that moves its offset: both happen, or neither.
(2) The offset in the database is the truth.  It is moved by compare-and-set on the value we last stored, so that of two
    members who believe they own a partition only one commits; the other rolls back and reads the row again.
(3) A record may come again at another offset: every write of a handler is guarded by (epoch, version).
(4) A record that can never be applied is parked with its key, in the transaction that moves the offset; later records
    of that key are parked behind it, in order; other keys flow.  Nothing is skipped in silence.
(5) What may pass later (a lock, a lost connection, something not heard yet) pauses its partition and is tried again.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import TypeAlias, TypeVar

import asyncpg
import msgspec
import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from prometheus_client import Counter, Gauge

from common import kafka, telemetry
from common.database import Database, Transaction
from common.errors import NotKnownHere, Unavailable
from common.tokens import SYSTEM

log = structlog.get_logger(__name__)
T = TypeVar("T")
Contract: TypeAlias = type[T]
Record: TypeAlias = "ConsumerRecord[bytes | None, bytes | None]"

APPLIED = Counter("consumer_applied_total", "Records applied", ["grp", "topic"])
PARKED = Counter("consumer_parked_total", "Records parked", ["grp", "topic"])
APPLIED_AT = Gauge("consumer_applied_record_time_seconds", "ce_time of the last applied record", ["grp", "topic"])

_TRANSIENT = (
    NotKnownHere,
    Unavailable,
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
)


class Poison(Exception):
    """A record that no retry will make readable."""


class Fenced(Exception):
    """Another member has moved this partition's offset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One record: its CloudEvents attributes and its data; `time` is when it was recorded, in UTC."""

    topic: str
    partition: int
    offset: int
    key: str
    id: str
    type: str
    source: str
    subject: str
    time: datetime
    version: int
    epoch: int
    traceparent: str | None
    value: bytes | None

    def decode(self, cls: Contract[T]) -> T:
        """Read the data as a contract's class; fields it does not know are left aside.

        Raises:
            Poison: the data is absent or does not fit.
        """
        if self.value is None:
            message = f"{self.type} has no data"
            raise Poison(message)
        try:
            return msgspec.json.decode(self.value, type=cls)
        except (msgspec.DecodeError, ValueError) as error:
            raise Poison(str(error)) from error


Handler = Callable[[Transaction, Sequence[Message]], Awaitable[None]]
"""Applies records of one topic and one partition, in order, inside the transaction that moves the offset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Who listens, to which topics, with what."""

    name: str
    listeners: Mapping[str, Handler]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a consumer works; times in the unit of their name."""

    servers: str
    member: str = "1"
    batch_records_max: int = 500
    poll_ms: int = 100
    commit_hint_every_s: float = 2
    backoff_s_min: float = 0.2
    backoff_s_max: float = 30
    retry_s: float = 1


@dataclass(slots=True)
class _Member:
    """What one run of the loop knows: the offsets it last stored, and the partitions that wait to be tried again."""

    group: Group
    settings: Settings
    database: Database
    kafka: AIOKafkaConsumer
    stored: dict[TopicPartition, int] = field(default_factory=dict)
    waiting: dict[TopicPartition, float] = field(default_factory=dict)
    failures: dict[TopicPartition, int] = field(default_factory=dict)
    hinted_at: float = 0.0


async def run(group: Group, *, database: Database, settings: Settings) -> None:
    """Consume for ever; cancellation stops between two transactions or rolls the one under way back."""
    while True:
        try:
            await _consume(group, database, settings)
        except (OSError, KafkaError, asyncpg.PostgresError, asyncpg.InterfaceError, Unavailable) as error:
            log.warning("consumer.interrupted", group=group.name, error=f"{type(error).__name__}: {error}")
            await asyncio.sleep(settings.retry_s)


async def _consume(group: Group, database: Database, settings: Settings) -> None:
    client = kafka.consumer(settings.servers, group.name, settings.member)
    member = _Member(group, settings, database, client)
    client.subscribe(list(group.listeners), listener=_Assignment(member))
    await client.start()
    try:
        while True:
            batches = await client.getmany(timeout_ms=settings.poll_ms, max_records=settings.batch_records_max)
            for where, records in batches.items():
                await _take(member, where, records)
            _resume(member)
            await _hint(member)
    finally:
        await client.stop()


class _Assignment(kafka.ConsumerRebalanceListener):
    """Start each assigned partition where the database says it stands."""

    def __init__(self, member: _Member) -> None:
        self._member = member

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        for where in assigned:
            self._member.stored[where] = await _stored_offset(self._member, where)
            self._member.kafka.seek(where, self._member.stored[where])

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        for where in revoked:
            self._member.waiting.pop(where, None)


async def _take(member: _Member, where: TopicPartition, records: Sequence[Record]) -> None:
    """Apply a batch; on trouble put the partition back where the database has it, and say when to try again."""
    if where not in member.stored:
        return  # fetched before `on_partitions_assigned` has placed it; its seek brings these records again
    try:
        await _apply(member, where, records)
    except Fenced:
        member.stored[where] = await _stored_offset(member, where)
        member.kafka.seek(where, member.stored[where])
    except _TRANSIENT as error:
        _wait(member, where, error)
    except Exception as error:  # noqa: BLE001 - whatever a record provokes, it must not stop its neighbours
        log.warning("consumer.one_by_one", group=member.group.name, topic=where.topic, error=repr(error))
        await _take_one_by_one(member, where, records)
    else:
        member.failures.pop(where, None)


async def _take_one_by_one(member: _Member, where: TopicPartition, records: Sequence[Record]) -> None:
    for record in records:
        try:
            await _apply(member, where, [record])
        except (*_TRANSIENT, Fenced) as error:
            return _wait(member, where, error)
        except Exception as error:  # noqa: BLE001 - see _take
            await _park(member, where, record, repr(error))
    return None


async def _apply(member: _Member, where: TopicPartition, records: Sequence[Record]) -> None:
    messages = [_message(record) for record in records]
    last = messages[-1]
    async with member.database.transaction(SYSTEM) as tx:
        await _move(tx, member, where, last.offset + 1, last.time)
        flowing = await _behind_parked(tx, member, records, messages)
        if flowing:
            with ExitStack() as spans:
                for message in flowing:
                    spans.enter_context(telemetry.span(f"process {message.type}", parent=message.traceparent))
                await member.group.listeners[where.topic](tx, flowing)
    member.stored[where] = last.offset + 1
    APPLIED.labels(member.group.name, where.topic).inc(len(flowing))
    APPLIED_AT.labels(member.group.name, where.topic).set(last.time.timestamp())


async def _move(
    tx: Transaction, member: _Member, where: TopicPartition, next_offset: int, recorded_at: datetime
) -> None:
    moved = await tx.execute(
        """
        UPDATE consumer_offset
           SET next_offset = $4, recorded_at = $5, updated_at = clock_timestamp()
         WHERE grp = $1 AND topic = $2 AND part = $3 AND next_offset = $6
        """,
        member.group.name,
        where.topic,
        where.partition,
        next_offset,
        recorded_at,
        member.stored[where],
    )
    if moved != "UPDATE 1":
        raise Fenced


async def _behind_parked(
    tx: Transaction, member: _Member, records: Sequence[Record], messages: Sequence[Message]
) -> list[Message]:
    """Park what belongs behind a parked key; return the rest."""
    rows = await tx.fetch(
        "SELECT key FROM parked_key WHERE grp = $1 AND topic = $2 AND key = ANY ($3::text[])",
        member.group.name,
        messages[0].topic,
        [message.key for message in messages],
    )
    parked = {row["key"] for row in rows}
    for record, message in zip(records, messages, strict=True):
        if message.key in parked:
            await _insert_parked(tx, member, record, message.key, "behind a parked record of its key")
    return [message for message in messages if message.key not in parked]


async def _park(member: _Member, where: TopicPartition, record: Record, error: str) -> None:
    """Set one record aside with its key, and go on behind it."""
    key = (record.key or b"").decode("utf-8", "replace")
    async with member.database.transaction(SYSTEM) as tx:
        await _move(tx, member, where, record.offset + 1, _recorded_at(record))
        await tx.execute(
            "INSERT INTO parked_key (grp, topic, key) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            member.group.name,
            where.topic,
            key,
        )
        await _insert_parked(tx, member, record, key, error)
    member.stored[where] = record.offset + 1
    log.error("consumer.parked", group=member.group.name, topic=where.topic, offset=record.offset, key=key, error=error)


async def _insert_parked(tx: Transaction, member: _Member, record: Record, key: str, error: str) -> None:
    headers = {name: value.decode("utf-8", "replace") for name, value in record.headers}
    await tx.execute(
        """
        INSERT INTO parked_event (grp, topic, part, "offset", key, headers, value, error)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT DO NOTHING
        """,
        member.group.name,
        record.topic,
        record.partition,
        record.offset,
        key,
        msgspec.json.encode(headers).decode(),
        record.value,
        error[:2000],
    )
    PARKED.labels(member.group.name, record.topic).inc()


async def _stored_offset(member: _Member, where: TopicPartition) -> int:
    async with member.database.transaction(SYSTEM) as tx:
        await tx.execute(
            """
            INSERT INTO consumer_offset (grp, topic, part, next_offset) VALUES ($1, $2, $3, 0)
                ON CONFLICT DO NOTHING
            """,
            member.group.name,
            where.topic,
            where.partition,
        )
        offset: int = await tx.fetchval(
            "SELECT next_offset FROM consumer_offset WHERE grp = $1 AND topic = $2 AND part = $3",
            member.group.name,
            where.topic,
            where.partition,
        )
    return offset


def _wait(member: _Member, where: TopicPartition, error: Exception) -> None:
    """Pause a partition and put it back to its stored offset; `_resume` takes it up again after a growing while."""
    failures = member.failures[where] = member.failures.get(where, 0) + 1
    longest = min(member.settings.backoff_s_min * 2**failures, member.settings.backoff_s_max)
    member.waiting[where] = monotonic() + longest * random.uniform(0.5, 1)  # noqa: S311 - jitter, not a secret
    member.kafka.pause(where)
    member.kafka.seek(where, member.stored[where])
    log.info("consumer.waits", group=member.group.name, topic=where.topic, part=where.partition, error=repr(error))


def _resume(member: _Member) -> None:
    due = [where for where, at in member.waiting.items() if at <= monotonic()]
    for where in due:
        del member.waiting[where]
        member.kafka.resume(where)


async def _hint(member: _Member) -> None:
    """Tell the broker where we are now and then, for the sake of its lag tools; a failure means nothing."""
    if monotonic() - member.hinted_at < member.settings.commit_hint_every_s or not member.stored:
        return
    member.hinted_at = monotonic()
    assigned = member.kafka.assignment()
    try:
        await member.kafka.commit({where: offset for where, offset in member.stored.items() if where in assigned})
    except KafkaError as error:
        log.debug("consumer.hint_failed", group=member.group.name, error=repr(error))


def _recorded_at(record: Record) -> datetime:
    return datetime.fromtimestamp(record.timestamp / 1000, UTC)


def _key(record: Record) -> str:
    if record.key is None:
        raise KeyError("key")
    return record.key.decode()


def _message(record: Record) -> Message:
    """Read a record's attributes.

    Raises:
        Poison: it has no key, or lacks an attribute that we need.
    """
    headers = {name: value.decode("utf-8", "replace") for name, value in record.headers}
    try:
        return Message(
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            key=_key(record),
            id=headers["ce_id"],
            type=headers["ce_type"],
            source=headers["ce_source"],
            subject=headers["ce_subject"],
            time=datetime.fromisoformat(headers["ce_time"]),
            version=int(headers["ce_aggversion"]),
            epoch=int(headers["ce_aggepoch"]),
            traceparent=headers.get("traceparent"),
            value=record.value,
        )
    except (KeyError, ValueError, AttributeError) as error:
        message = f"not a record of ours: {error!r}"
        raise Poison(message) from error

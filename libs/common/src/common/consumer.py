"""Facts and states arrive at least once and take effect once.

(1) A batch is applied in the transaction that moves its offset: both happen, or neither.
(2) The offset in the database is the truth.  It is moved by compare-and-set on the value we last stored, so that of two
    members who believe they own a partition only one commits; the other rolls back and reads the row again.
(3) A record may come again at another offset: every write of a handler is guarded by (epoch, version).
(4) A record that can never be applied is parked with its key, in the transaction that moves the offset; later records
    of that key are parked behind it, in order; other keys flow.  Nothing is skipped in silence.
(5) What may pass later (a lock, a lost connection, something not heard yet) pauses its partition and is tried again.
(6) A partition is read only once the loop has put it where the database has it; a rebalance, a lost race or a pause
    takes it back to that.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import TypeAlias, TypeVar

import msgspec
import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from prometheus_client import Counter, Gauge

from common import kafka, telemetry
from common.database import TROUBLE, Database, Transaction, passes
from common.tokens import SYSTEM

log = structlog.get_logger(__name__)
T = TypeVar("T")
Contract: TypeAlias = type[T]
Record: TypeAlias = "ConsumerRecord[bytes | None, bytes | None]"

APPLIED = Counter("consumer_applied_total", "Records applied", ["grp", "topic"])
PARKED = Counter("consumer_parked_total", "Records parked", ["grp", "topic"])
APPLIED_AT = Gauge("consumer_applied_record_time_seconds", "ce_time of the last applied record", ["grp", "topic"])


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
    """What one run of the loop knows.

    `stored` holds the offsets of the partitions that are placed: assigned, and read from where the database has them.
    `waiting` holds those that are paused, and until when.
    """

    group: Group
    settings: Settings
    database: Database
    kafka: AIOKafkaConsumer
    assigned: set[TopicPartition] = field(default_factory=set)
    stored: dict[TopicPartition, int] = field(default_factory=dict)
    waiting: dict[TopicPartition, float] = field(default_factory=dict)
    failures: dict[TopicPartition, int] = field(default_factory=dict)
    hinted_at: float = 0.0


async def run(group: Group, *, database: Database, settings: Settings) -> None:
    """Consume for ever; cancellation stops between two transactions or rolls the one under way back."""
    while True:
        try:
            await _consume(group, database, settings)
        except (*TROUBLE, KafkaError) as error:
            log.warning("consumer.interrupted", group=group.name, error=f"{type(error).__name__}: {error}")
            await asyncio.sleep(settings.retry_s)


async def _consume(group: Group, database: Database, settings: Settings) -> None:
    client = kafka.consumer(settings.servers, group.name, settings.member)
    member = _Member(group, settings, database, client)
    client.subscribe(list(group.listeners), listener=_Assignment(member))
    try:
        await client.start()
        while True:
            _resume(member)
            await _place(member)
            batches = await client.getmany(timeout_ms=settings.poll_ms, max_records=settings.batch_records_max)
            for where, records in batches.items():
                await _take(member, where, records)
            await _hint(member)
    finally:
        await client.stop()


class _Assignment(kafka.ConsumerRebalanceListener):
    """Tell the loop what is ours.  It does nothing that may fail: the client would log the failure and go on."""

    def __init__(self, member: _Member) -> None:
        self._member = member

    def on_partitions_revoked(self, _: set[TopicPartition]) -> None:
        self.on_partitions_assigned(set())

    def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Begin anew: the client forgets positions and pauses at every rebalance, also of what comes back to us."""
        self._member.assigned = set(assigned)
        self._member.stored.clear()
        self._member.waiting.clear()


async def _place(member: _Member) -> None:
    """Put each assigned partition where the database has it, unless it is there or waits."""
    missing = member.assigned - member.stored.keys() - member.waiting.keys()
    if not missing:
        return
    try:
        offsets = await _stored_offsets(member, missing)
    except TROUBLE as error:
        for where in missing:
            _wait(member, where, error)
        return
    for where in missing & member.assigned:  # a rebalance may have come in between
        member.kafka.seek(where, offsets[where])
        member.stored[where] = offsets[where]


async def _take(member: _Member, where: TopicPartition, records: Sequence[Record]) -> None:
    """Apply a batch; on trouble have the partition placed again, at once or after a while."""
    if where not in member.stored:
        return  # fetched before it was placed, which brings these records again
    try:
        await _apply_or_park(member, where, records)
    except Fenced:
        member.stored.pop(where, None)
    except Exception as error:  # noqa: BLE001 - whatever a record provokes, it must not stop its neighbours
        _wait(member, where, error)
    else:
        member.failures.pop(where, None)


async def _apply_or_park(member: _Member, where: TopicPartition, records: Sequence[Record]) -> None:
    """Apply a batch whole, or else record by record, parking those that never will be applied."""
    try:
        return await _apply(member, where, records)
    except Exception as error:
        if isinstance(error, Fenced) or passes(error):
            raise
        failure = repr(error)
    if len(records) == 1:
        return await _park(member, where, records[0], failure)
    log.warning("consumer.one_by_one", group=member.group.name, topic=where.topic, error=failure)
    for record in records:
        await _apply_or_park(member, where, [record])
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
    _advance(member, where, last.offset + 1)
    APPLIED.labels(member.group.name, where.topic).inc(len(flowing))
    APPLIED_AT.labels(member.group.name, where.topic).set(last.time.timestamp())


def _advance(member: _Member, where: TopicPartition, next_offset: int) -> None:
    if where in member.stored:  # else it was taken from us meanwhile, and must be placed anew if it comes back
        member.stored[where] = next_offset


async def _move(
    tx: Transaction, member: _Member, where: TopicPartition, next_offset: int, recorded_at: datetime | None
) -> None:
    moved = await tx.execute(
        """
        UPDATE consumer_offset
           SET next_offset = $4, recorded_at = coalesce($5, recorded_at), updated_at = clock_timestamp()
         WHERE grp = $1 AND topic = $2 AND part = $3 AND next_offset = $6
        """,
        member.group.name,
        where.topic,
        where.partition,
        next_offset,
        recorded_at,
        member.stored.get(where),  # none if it was taken from us meanwhile, and none equals nothing
    )
    if moved != "UPDATE 1":
        raise Fenced


async def _behind_parked(
    tx: Transaction, member: _Member, records: Sequence[Record], messages: Sequence[Message]
) -> list[Message]:
    """Park what belongs behind a parked key; return the rest."""
    keys = [_text(record.key) for record in records]
    rows = await tx.fetch(
        "SELECT key FROM parked_key WHERE grp = $1 AND topic = $2 AND key = ANY ($3::text[])",
        member.group.name,
        messages[0].topic,
        keys,
    )
    parked = {row["key"] for row in rows}
    for record, key in zip(records, keys, strict=True):
        if key in parked:
            await _insert_parked(tx, member, record, "behind a parked record of its key")
    return [message for message, key in zip(messages, keys, strict=True) if key not in parked]


async def _park(member: _Member, where: TopicPartition, record: Record, error: str) -> None:
    """Set one record aside with its key, and go on behind it."""
    key = _text(record.key)
    async with member.database.transaction(SYSTEM) as tx:
        await _move(tx, member, where, record.offset + 1, None)
        await tx.execute(
            "INSERT INTO parked_key (grp, topic, key) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            member.group.name,
            where.topic,
            key,
        )
        await _insert_parked(tx, member, record, error)
    _advance(member, where, record.offset + 1)
    log.error("consumer.parked", group=member.group.name, topic=where.topic, offset=record.offset, key=key, error=error)


async def _insert_parked(tx: Transaction, member: _Member, record: Record, error: str) -> None:
    headers = {_text(name.encode()): _text(value) for name, value in record.headers}
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
        _text(record.key),
        msgspec.json.encode(headers).decode(),
        record.value,
        _text(error.encode("utf-8", "replace"))[:2000],
    )
    PARKED.labels(member.group.name, record.topic).inc()


async def _stored_offsets(member: _Member, partitions: Collection[TopicPartition]) -> dict[TopicPartition, int]:
    """Read where partitions stand, after whoever is moving them; one that nobody has read stands at its beginning."""
    async with member.database.transaction(SYSTEM) as tx:
        rows = await tx.fetch(
            """
            INSERT INTO consumer_offset AS here (grp, topic, part, next_offset)
            SELECT $1, topic, part, 0 FROM unnest($2::text[], $3::integer[]) AS named (topic, part)
             ORDER BY topic, part
                ON CONFLICT (grp, topic, part) DO UPDATE SET next_offset = here.next_offset
            RETURNING topic, part, next_offset
            """,
            member.group.name,
            [where.topic for where in partitions],
            [where.partition for where in partitions],
        )
    return {TopicPartition(row["topic"], row["part"]): row["next_offset"] for row in rows}


def _wait(member: _Member, where: TopicPartition, error: Exception) -> None:
    """Pause a partition; `_resume` gives it back to `_place` after a growing while."""
    tell = log.info if passes(error) else log.error
    tell("consumer.waits", group=member.group.name, topic=where.topic, part=where.partition, error=repr(error))
    member.stored.pop(where, None)
    if where not in member.assigned:
        return
    failures = member.failures[where] = member.failures.get(where, 0) + 1
    longest = min(member.settings.backoff_s_min * 2 ** min(failures, 32), member.settings.backoff_s_max)
    member.waiting[where] = monotonic() + longest * random.uniform(0.5, 1)  # noqa: S311 - jitter, not a secret
    member.kafka.pause(where)


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
    try:
        await member.kafka.commit(dict(member.stored))
    except KafkaError as error:
        log.debug("consumer.hint_failed", group=member.group.name, error=repr(error))


def _text(raw: bytes | None) -> str:
    """Read bytes as a text that PostgreSQL keeps: what is no character, and U+0000, becomes U+FFFD."""
    return (raw or b"").decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


def _key(record: Record) -> str:
    if record.key is None:
        raise KeyError("key")
    return record.key.decode()


def _message(record: Record) -> Message:
    """Read a record's attributes.

    Raises:
        Poison: it has no key, or lacks an attribute that we need.
    """
    headers = {name: (value or b"").decode("utf-8", "replace") for name, value in record.headers}
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

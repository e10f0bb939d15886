"""The ledger in PostgreSQL: handlers run in the transaction that moves the offsets."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import cast

import asyncpg
import structlog
from prometheus_client import Counter, Gauge

from common import migrations, operations, telemetry
from common.consumer import freshness, parking, store
from common.consumer.listening import Group, Message, message
from common.consumer.ports import Asked, Away, Behind, Fenced, Held, Look, Passed, Portion, Run
from common.consumer.store import Gap
from common.database import TROUBLE, Database, Transaction, passes
from common.errors import NotKnownHere
from common.kafka.port import Place
from common.tokens import SYSTEM

log = structlog.get_logger(__name__)

PARKED = Counter("consumer_parked_total", "Records parked", ["grp", "topic"])
PARKED_KEYS = Gauge("consumer_parked_keys", "Keys that are held", ["grp", "topic"])
PARKED_RECORDS = Gauge("consumer_parked_records", "Records that wait under a held key", ["grp", "topic"])
GAPS = Counter("consumer_gaps_total", "Facts that came without their predecessor", ["grp", "topic"])
APPLIED_AT = Gauge("consumer_applied_record_time_seconds", "ce_time of the last applied record", ["grp", "topic"])
LAG_SECONDS = Gauge("consumer_lag_seconds", "Since all that a service had published was read", ["grp", "service"])

_SAMPLED = "-01"  # how a traceparent ends whose spans are kept

_HELD = (
    NotKnownHere,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    asyncpg.TransactionRollbackError,
    asyncpg.IdleInTransactionSessionTimeoutError,
)
"""What is the matter with these records, and passes; the rest of what passes is the matter with the database."""

_UNFIT = (
    asyncpg.SyntaxOrAccessError,  # no such table, column, function; no right to it: of the statement, not of its values
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InvalidSchemaNameError,
    asyncpg.PostgresSystemError,
)
"""The database is not, or not yet, of the shape that this code needs, does not let us in, or cannot read its files: no
record is at fault, and every one of the topic would fail alike."""


class PostgresLedger:
    """A group's offsets, and what its handlers make of the records."""

    def __init__(self, group: Group, database: Database, now: Callable[[], datetime]) -> None:
        self._group, self._database, self._now = group, database, now
        self._migrated = False
        for topic in group.watched:  # a series that is born with its first gap shows no increase
            GAPS.labels(group.name, topic)
        for service in freshness.services(group):  # who has never heard of one is as old as this process, at least
            self._tell_lag(service, now())

    async def place(self, places: Sequence[Place]) -> Mapping[Place, int]:
        async with self._asking() as tx:
            return await store.placed(tx, self._group.name, places)

    async def apply(self, runs: Sequence[Run]) -> None:
        heard = [[message(one) for one in run.records if one.offset not in run.aside] for run in runs]
        times = [messages[-1].time if messages else None for messages in heard]
        async with self._applying() as tx:
            moved = await store.move(tx, self._group.name, runs, times)
            if len(moved.places) < len(runs):
                raise Fenced([run.place for run in runs if run.place not in moved.places])
            aside = [(one, run.aside[one.offset]) for run in runs for one in run.records if one.offset in run.aside]
            if aside:
                await self._require_this_codes_schema(tx)
                await parking.park(tx, self._group.name, aside)
            flowing = heard
            if aside or moved.some_parked:
                flowing = [await self._flowing(tx, run, messages) for run, messages in zip(runs, heard, strict=True)]
            gaps = [gap for messages in flowing if messages for gap in await self._handle(tx, messages)]
            for doubted in [one for run in runs for one in run.records if one.offset == run.doubted]:
                if not any(flowing):
                    raise Behind
                await self._require_failing(tx, message(doubted))
        parked = len(aside) + sum(map(len, heard)) - sum(map(len, flowing))
        self._count(runs[0].place.topic, parked, gaps, max(filter(None, times), default=None))

    async def look(self, offsets: Mapping[Place, int]) -> Look:
        async with self._asking() as tx:
            return await store.look(tx, self._group.name, offsets)

    async def redrive(self, portion: Portion) -> tuple[int, bool]:
        try:
            async with asyncio.timeout(portion.within_s), self._applying() as tx:
                # the server gives up first, so that its locks are gone with our patience
                limit_ms = str(int(portion.within_s * 800))
                await tx.execute("SELECT set_config('statement_timeout', $1, true)", limit_ms)
                return await self._redrive(tx, portion)
        except TimeoutError as error:
            raise Held(f"it took longer than {portion.within_s} s") from error

    async def _redrive(self, tx: Transaction, portion: Portion) -> tuple[int, bool]:
        asked = portion.asked
        if not await store.hold(tx, self._group.name, asked.place, portion.stored):
            raise Fenced([asked.place])
        released = await parking.release(tx, self._group.name, asked, portion.records_max)
        if released is None:
            return 0, True
        records, is_all = released
        for _, run in groupby(records, key=lambda record: record.partition):
            await self._handle(tx, [message(one) for one in run])
        if is_all:
            await operations.end(tx, asked.operation, f"done: {portion.before + len(records)} records applied")
        return len(records), is_all

    async def refuse(self, asked: Asked, reason: str) -> None:
        async with self._asking() as tx:
            await parking.keep(tx, self._group.name, asked)
            await operations.end(tx, asked.operation, f"refused: {reason}")

    async def tell(self) -> None:
        async with self._asking() as tx:
            parked = await parking.counts(tx, self._group.name)
            fresh = await store.freshen(tx, self._group.name, freshness.services(self._group))
        for topic in self._group.listeners:
            keys, records = parked.get(topic, (0, 0))
            PARKED_KEYS.labels(self._group.name, topic).set(keys)
            PARKED_RECORDS.labels(self._group.name, topic).set(records)
        for service, as_of in fresh.items():
            self._tell_lag(service, as_of)

    async def _require_this_codes_schema(self, tx: Transaction) -> None:
        """Set nothing aside while a migration is pending: what this schema refuses, the next one may allow."""
        if self._migrated:
            return
        service = await tx.fetchval("SELECT current_schema()")
        if pending := await migrations.pending(cast("asyncpg.Connection[asyncpg.Record]", tx), service):
            raise Away(f"migrations are pending: {pending}")
        self._migrated = True

    async def _flowing(self, tx: Transaction, run: Run, messages: Sequence[Message]) -> list[Message]:
        """Park what belongs behind a parked key; return the rest."""
        keys = {one.offset: parking.key_of(one) for one in run.records if one.offset not in run.aside}
        held = await parking.held(tx, self._group.name, run.place.topic, set(keys.values()))
        behind = [(one, parking.BEHIND) for one in run.records if keys.get(one.offset) in held]
        if behind:
            await parking.park(tx, self._group.name, behind)
        return [message for message in messages if keys[message.offset] not in held]

    async def _require_failing(self, tx: Transaction, doubted: Message) -> None:
        """Try once more what is to be set aside, and undo that."""
        await tx.execute("SAVEPOINT doubted")
        try:
            await self._handle(tx, [doubted])
        except Exception as error:
            if _is_of_the_database(error):
                raise
            await tx.execute("ROLLBACK TO SAVEPOINT doubted")
        else:
            raise Passed

    async def _handle(self, tx: Transaction, messages: Sequence[Message]) -> Sequence[Gap]:
        topic = messages[0].topic
        with _spans(messages):
            await self._group.listeners[topic](tx, messages)
        if topic in self._group.watched:
            return await store.watch_versions(tx, self._group.name, messages)
        return ()

    def _tell_lag(self, service: str, as_of: datetime) -> None:
        """Say since when; as a function, for it grows also while nobody can say anything newer."""
        LAG_SECONDS.labels(self._group.name, service).set_function(partial(_since, as_of, self._now))

    def _count(self, topic: str, parked: int, gaps: Sequence[Gap], last: datetime | None) -> None:
        PARKED.labels(self._group.name, topic).inc(parked)
        GAPS.labels(self._group.name, topic).inc(len(gaps))
        for gap in gaps:
            log.error("consumer.gap", group=self._group.name, topic=topic, **gap._asdict())
        if last is not None:
            APPLIED_AT.labels(self._group.name, topic).set(last.timestamp())

    @asynccontextmanager
    async def _applying(self) -> AsyncIterator[Transaction]:
        """Open the transaction in which records take effect; say of what went wrong whether it passes."""
        try:
            async with self._database.transaction(SYSTEM) as tx:
                yield tx
        except _HELD as error:
            raise Held(repr(error)) from error
        except Exception as error:
            if _is_of_the_database(error):
                raise Away(repr(error)) from error
            raise

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[Transaction]:
        """Open a transaction for our own tables, where nothing but the database can be the matter."""
        try:
            async with self._database.transaction(SYSTEM) as tx:
                yield tx
        except TROUBLE as error:
            raise Away(repr(error)) from error


def _is_of_the_database(error: Exception) -> bool:
    return not isinstance(error, _HELD) and (passes(error) or isinstance(error, _UNFIT))


def _since(as_of: datetime, now: Callable[[], datetime]) -> float:
    return (now() - as_of).total_seconds()


@contextmanager
def _spans(messages: Sequence[Message]) -> Iterator[None]:
    """Open a span for each message whose trace is kept; the last one's trace goes on in what is written."""
    with ExitStack() as spans:
        for one in messages:
            if one is messages[-1] or (one.traceparent or "").endswith(_SAMPLED):
                spans.enter_context(telemetry.span(f"process {one.type}", parent=one.traceparent))
        yield

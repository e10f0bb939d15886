"""Keeps the outbox and the kept answers small: partitions made ahead, dropped once published whole and 48 hours old.

(1) A partition goes only when every row of it is visible in the relay's cursor, and that is true of this PostgreSQL:
    that is, when it is published.
(2) A partition missing for "now" stops no request: the default one takes its rows, and they move when theirs is made,
    which is at the next time, of whatever time they are; those that are too many to be moved within `ATTACH_TIMEOUT`
    stay until they are old.  Rows in the default one are counted (`outbox_default_rows`), also where nothing could be
    mended: nobody has kept house for two days, or a clock jumped.
(3) Nothing waits long for a lock, nor holds one long: who writes facts meanwhile waits `LOCK_TIMEOUT` at most, kept
    answers go in portions.  What could not be had is tried again the next time.
(4) What is old goes in its order, in partitions and in the default one: where a row is retained, so is all that was
    written after it.
(5) One keeps house at a time; of several workers, the others leave it to the one that has begun.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import asyncpg
import structlog
from prometheus_client import Gauge

from common.database import TROUBLE
from common.timeline import TIMELINE

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

log = structlog.get_logger(__name__)

DEFAULT_ROWS = Gauge("outbox_default_rows", "Rows for which no partition was made in time", ["service"])
PARTITIONS = Gauge("outbox_partitions", "Partitions that are retained, and made ahead", ["service"])
KEPT_AT = Gauge("housekeeping_succeeded_at_seconds", "When house was last kept; 0: not since the start", ["service"])
SUCCEEDED_AT = Gauge("operation_succeeded_at_seconds", "When an operator's command last succeeded", ["command"])

KEPT_HOURS = 48
PARTITION_HOURS = 6
ROWS_AT_ONCE = 5_000
LOCK_TIMEOUT = "200ms"
ATTACH_TIMEOUT = "1s"
"""For one statement that moves rows, or looks whether all were moved, while nobody writes."""

COMMAND_TIMEOUT_S = 300.0
"""Longer than any statement here takes: whoever waits longer waits for a server that is no more."""


async def run(service: str, dsn: str, *, every_s: float, timeout_s: float = COMMAND_TIMEOUT_S) -> None:
    """Keep house now and then, for ever, as the housekeeper's role; a failure is told and tried again the next time."""
    KEPT_AT.labels(service).set(0)
    while True:
        try:
            connection = await asyncpg.connect(dsn, command_timeout=timeout_s)
            try:
                await _measure(service, connection)
                await keep_house(connection, now=datetime.now(UTC))
                await _measure(service, connection)
                KEPT_AT.labels(service).set_to_current_time()
            finally:
                connection.terminate()
        except TROUBLE as error:
            log.warning("housekeeping.failed", error=f"{type(error).__name__}: {error}")
        await asyncio.sleep(every_s)


async def keep_house(connection: Connection, *, now: datetime) -> list[str]:
    """Make the partitions of the coming two days; drop and name those that are published whole and 48 h old."""
    if not await connection.fetchval(_ALONE):
        return []
    await _make_partitions(connection, now)
    for name in await connection.fetch(_DETACHED):
        await connection.execute(f"DROP TABLE {name['name']}")
    dropped = await _drop_old(connection, now)
    await _in_portions(connection, "idempotency", "created_at", now - timedelta(hours=KEPT_HOURS))
    return dropped


def _period(at: datetime) -> datetime:
    """Say when the period of a partition began."""
    at = at.astimezone(UTC)
    return at.replace(minute=0, second=0, microsecond=0, hour=at.hour - at.hour % PARTITION_HOURS)


def _partition(start: datetime) -> str:
    return f"outbox_{start.astimezone(UTC):%Y%m%d_%H}"


async def _partitions(connection: Connection) -> list[str]:
    rows = await connection.fetch(
        """
        SELECT child.relname AS name FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
         WHERE inhparent = 'outbox'::regclass AND child.relname <> 'outbox_default'
         ORDER BY child.relname
        """
    )
    return [row["name"] for row in rows]


async def _make_partitions(connection: Connection, now: datetime) -> None:
    there = await _partitions(connection)
    coming = [_period(now) + timedelta(hours=n) for n in range(0, KEPT_HOURS, PARTITION_HOURS)]
    for start in [*coming, *(row["start"] for row in await connection.fetch(_OUTSIDE))]:
        if _partition(start) not in there:
            await _make_partition(connection, start, start + timedelta(hours=PARTITION_HOURS))
            there.append(_partition(start))


async def _make_partition(connection: Connection, start: datetime, end: datetime) -> None:
    """Make a partition, with the rows of its period that the default one has: nobody adds one to them meanwhile."""
    name = _partition(start)
    try:
        async with connection.transaction():
            limits = f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'; SET LOCAL statement_timeout = '{ATTACH_TIMEOUT}'"
            await connection.execute(limits)
            await connection.execute("LOCK TABLE outbox_default IN ACCESS EXCLUSIVE MODE")
            await connection.execute(f"CREATE TABLE {name} (LIKE outbox INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
            await connection.execute(
                f"""
                WITH early AS (
                  DELETE FROM outbox_default WHERE at >= $1 AND at < $2
                  RETURNING seq, xid, at, event_id, topic, key, version, type, traceparent, value)
                INSERT INTO {name} (seq, xid, at, event_id, topic, key, version, type, traceparent, value)
                SELECT seq, xid, at, event_id, topic, key, version, type, traceparent, value FROM early
                """,
                *(start, end),
            )
            await connection.execute(
                f"ALTER TABLE outbox ATTACH PARTITION {name} FOR VALUES FROM ('{start:%FT%TZ}') TO ('{end:%FT%TZ}')"
            )
    except (asyncpg.LockNotAvailableError, asyncpg.QueryCanceledError) as error:
        log.info("housekeeping.partition_not_made", partition=name, error=type(error).__name__)


async def _drop_old(connection: Connection, now: datetime) -> list[str]:
    """Drop what is old, the oldest first, as far as that goes (4)."""
    kept_from = _period(now - timedelta(hours=KEPT_HOURS))
    dropped: list[str] = []
    for name in [one for one in await _partitions(connection) if one < _partition(kept_from)]:
        start = datetime.strptime(f"{name}+0000", "outbox_%Y%m%d_%H%z")
        if not await _forget_astray(connection, start) or not await _is_published(connection, name, kept_from):
            return dropped
        if not await _detach_and_drop(connection, name):
            return dropped
        dropped.append(name)
    await _forget_astray(connection, kept_from)
    return dropped


async def _forget_astray(connection: Connection, before: datetime) -> bool:
    """Delete what is older in the default partition, unless some of it is unpublished; tell whether none is left."""
    if not await _is_published(connection, "outbox_default", before):
        return False
    await _in_portions(connection, "outbox_default", "at", before)
    return True


async def _in_portions(connection: Connection, table: str, at: str, before: datetime) -> None:
    """Delete what is older, the oldest first."""
    some = f"SELECT ctid FROM {table} WHERE {at} < $1 ORDER BY {at} LIMIT $2"
    delete = f"DELETE FROM {table} WHERE ctid = ANY (ARRAY({some}))"
    while await connection.execute(delete, before, ROWS_AT_ONCE) != "DELETE 0":
        pass


async def _is_published(connection: Connection, part: str, before: datetime) -> bool:
    """Tell whether a partition holds no row, of those that are older, which the relay has not published.

    Without a cursor none is; nor by the cursor of another PostgreSQL (restored, failed over), until the relay has seen
    that and sent everything again.
    """
    published: bool = await connection.fetchval(
        f"""
        WITH true_cursor AS (
          SELECT cursor.s1
            FROM outbox_cursor AS cursor CROSS JOIN pg_control_system() AS system
           WHERE (cursor.system_id, cursor.timeline) = (system.system_identifier, {TIMELINE}))
        SELECT NOT EXISTS (
          SELECT FROM {part} AS part
           WHERE at < $1
             AND NOT coalesce((SELECT bool_and(pg_visible_in_snapshot(part.xid, s1)) FROM true_cursor), false))
        """,
        before,
    )
    return published


async def _detach_and_drop(connection: Connection, name: str) -> bool:
    """Take a partition out of the outbox, for which writers wait a moment; then drop it, for which nobody does."""
    try:
        async with connection.transaction():
            await connection.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
            await connection.execute(f"ALTER TABLE outbox DETACH PARTITION {name}")
    except asyncpg.LockNotAvailableError:
        log.info("housekeeping.partition_busy", partition=name)
        return False
    await connection.execute(f"DROP TABLE {name}")
    return True


async def _measure(service: str, connection: Connection) -> None:
    DEFAULT_ROWS.labels(service).set(await connection.fetchval("SELECT count(*) FROM outbox_default"))
    PARTITIONS.labels(service).set(len(await _partitions(connection)))
    for row in await connection.fetch(_SUCCEEDED):
        SUCCEEDED_AT.labels(row["command"]).set(row["at"].timestamp())


_ALONE = "SELECT pg_try_advisory_lock(hashtext('housekeeping:' || current_schema()))"
"""Held until the connection ends."""

_OUTSIDE = f"""
SELECT DISTINCT date_bin('{PARTITION_HOURS} hours', at, timestamptz '2000-01-01 00:00Z') AS start
  FROM outbox_default ORDER BY start
"""
"""When those partitions begin that nobody made in time, and that rows wait for."""

_DETACHED = """
SELECT relname AS name
  FROM pg_class
 WHERE relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'outbox'::regclass)
   AND relname ~ '^outbox_[0-9]{8}_[0-9]{2}$' AND relkind = 'r' AND NOT relispartition
"""
"""Partitions that were taken out and, since we died then, not dropped."""

_SUCCEEDED = "SELECT command, max(ended_at) AS at FROM operation WHERE outcome LIKE 'done%' GROUP BY command"

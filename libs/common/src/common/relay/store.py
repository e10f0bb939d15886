"""The outbox in PostgreSQL, through the relay's own role: every statement of a relay.

One connection holds the lock and does everything, so that whatever it answers proves that we still lead.
"""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Self, cast

import asyncpg
import msgspec

from common import heartbeats
from common.database import TROUBLE
from common.kafka.port import Place
from common.relay.ports import NOTHING_SEEN, Ahead, Cursor, Difference, OutboxAway, Row, SteppedDown, Taken
from common.timeline import TIMELINE

NEWEST_TIMEOUT_S = 1.5
"""Less than a lease."""


class Store:
    """One session of the relay's role."""

    def __init__(
        self, connection: "asyncpg.Connection[asyncpg.Record]", dsn: str, service: str, timeout_s: float
    ) -> None:
        self._connection = connection
        self._dsn = dsn
        self._service = service
        self._timeout_s = timeout_s
        self._exporting: asyncpg.Connection[asyncpg.Record] | None = None

    @classmethod
    async def open(cls, dsn: str, service: str, timeout_s: float) -> Self:
        with _translated():
            return cls(await _connect(dsn, timeout_s), dsn, service, timeout_s)

    async def lead(self) -> bool:
        with _translated():
            ask = "SELECT pg_try_advisory_lock(hashtext($1))"
            taken: bool = await self._connection.fetchval(ask, f"relay:{self._service}")
        return taken

    async def faults(self) -> Sequence[str]:
        with _translated():
            rows = await self._connection.fetch(_FAULTS, list(_PLANNER), list(_PLANNER.values()))
        return [row["fault"] for row in rows]

    async def take(self) -> Taken:
        with _translated():
            row = await self._connection.fetchrow(_TAKE, self._service)
        assert row is not None  # noqa: S101 - _TAKE inserts the row it does not find
        draining = None if row["s2"] is None else (row["s2"], row["last_seq"])
        cursor = Cursor(epoch=row["epoch"], db_epoch=row["db_epoch"], s1=row["s1"], draining=draining)
        auditing = None if row["auditing"] is None else _places(row["auditing"])
        since = row["audited_since"] or NOTHING_SEEN
        return Taken(cursor, _places(row["acked"]), row["signed_off"], row["restored"], auditing, since)

    async def look(self) -> str:
        with _translated():
            snapshot: str = await self._connection.fetchval("SELECT pg_current_snapshot()::text")
        return snapshot

    async def difference(self, s1: str, *, rows_max: int) -> Difference:
        return await _difference(self._connection, s1, rows_max)

    async def first(self, s1: str, upper: str) -> int:
        with _translated():
            seq: int = await self._connection.fetchval(_FIRST, *_bounds(s1), upper)
        return seq

    def page(self, cursor: Cursor, after: int, *, rows_max: int) -> Ahead[Sequence[Row]]:
        return asyncio.ensure_future(self._page(cursor, after, rows_max))

    async def _page(self, cursor: Cursor, after: int, rows_max: int) -> Sequence[Row]:
        upper, _ = cursor.draining or (cursor.s1, 0)
        with _translated():
            rows = await self._connection.fetch(_PAGE, after, upper, cursor.s1, rows_max)
        return cast("Sequence[Row]", rows)

    async def save(self, cursor: Cursor, acked: Mapping[Place, int]) -> None:
        upper, last_seq = cursor.draining or (None, None)
        said = (cursor.s1, upper, last_seq, _encoded(acked))
        with _translated():
            saved = await self._connection.execute(_SAVE, self._service, cursor.epoch, *said)
        _require_fence(saved)

    async def forget(self, cursor: Cursor) -> Cursor:
        with _translated():
            forgotten = await self._connection.execute(_FORGET, self._service, cursor.epoch, NOTHING_SEEN)
        _require_fence(forgotten)
        return Cursor(epoch=cursor.epoch, db_epoch=cursor.db_epoch, s1=NOTHING_SEEN)

    async def audit(self, cursor: Cursor, starts: Mapping[Place, int] | None, since: str) -> None:
        said = None if starts is None else _encoded(starts)
        with _translated():
            noted = await self._connection.execute(_AUDIT, self._service, cursor.epoch, said, since)
        _require_fence(noted)

    async def sign_off(self, cursor: Cursor) -> None:
        with _translated():
            await self._connection.execute(_SIGN_OFF, self._service, cursor.epoch)

    async def newest(self, topic: str, keys: Collection[str], since: str, s1: str) -> Sequence[Row] | None:
        with _translated(), suppress(TimeoutError):
            asked = (*_bounds(since), topic, list(keys), s1)
            return cast("Sequence[Row]", await self._connection.fetch(_NEWEST, *asked, timeout=NEWEST_TIMEOUT_S))
        return None

    async def waiting(self, after: int) -> int:
        with _translated():
            newest: int | None = await self._connection.fetchval("SELECT max(seq) FROM outbox")
        return max(0, (newest or 0) - after)

    async def oldest(self) -> int | None:
        with _translated():
            oldest_us: int | None = await self._connection.fetchval(_OLDEST, self._service)
        return oldest_us

    async def parked(self) -> int:
        with _translated():
            count: int = await self._connection.fetchval("SELECT count(*) FROM outbox_parked")
        return count

    async def export(self, s1: str, *, rows_max: int) -> tuple[str, Difference]:
        await self.release()
        with _translated():
            connection = self._exporting = await _connect(self._dsn, self._timeout_s)
            await connection.execute(_EXPORTING)
            name: str = await connection.fetchval("SELECT pg_export_snapshot()")
        return name, await _difference(connection, s1, rows_max)

    async def release(self) -> None:
        if self._exporting is not None:
            self._exporting.terminate()
            self._exporting = None

    async def close(self) -> None:
        await self.release()
        self._connection.terminate()


async def _connect(dsn: str, timeout_s: float) -> "asyncpg.Connection[asyncpg.Record]":
    connection = await asyncpg.connect(dsn, server_settings=_PLANNER, command_timeout=timeout_s)
    await connection.set_type_codec(
        "timestamptz", schema="pg_catalog", encoder=_no_time, decoder=_microseconds, format="tuple"
    )
    return connection


def _microseconds(at: tuple[int]) -> int:
    return at[0] + _YEAR_2000_US


def _no_time(at: object) -> tuple[int]:
    raise TypeError(at)  # a relay reads times, and writes none


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except TROUBLE as error:
        raise OutboxAway(f"{type(error).__name__}: {error}") from error


async def _difference(connection: "asyncpg.Connection[asyncpg.Record]", s1: str, rows_max: int) -> Difference:
    """Read what is new since `s1`, and the snapshot in which it was read; more than `rows_max` is left to be paged."""
    with _translated():
        found = cast("list[Row]", await connection.fetch(_DIFFERENCE, *_bounds(s1), rows_max + 1))
    upper = cast("str", found[0][_UPPER])
    return Difference(upper, found[1:] if len(found) <= rows_max + 1 else None)


def _bounds(s1: str) -> tuple[str, list[str]]:
    """Take a snapshot apart: as values in the statement they are found by index."""
    _, xmax, still_open = s1.split(":")
    return xmax, still_open.split(",") if still_open else []


def _encoded(offsets: Mapping[Place, int]) -> str:
    return msgspec.json.encode(heartbeats.named(offsets)).decode()


def _places(acked: str) -> dict[Place, int]:
    offsets = msgspec.json.decode(acked, type=dict[str, int])
    named = {name: name.rpartition("/") for name in offsets}
    return {Place(topic, int(part)): offsets[name] for name, (topic, _, part) in named.items()}


def _require_fence(updated: str) -> None:
    if updated != "UPDATE 1":
        raise SteppedDown("the cursor has another epoch")


_YEAR_2000_US = 946_684_800_000_000  # where PostgreSQL counts from

_PLANNER = {
    "enable_seqscan": "off",  # a fresh outbox has no statistics; a sequential scan costs 15 times the latency
    "plan_cache_mode": "force_generic_plan",  # the same plan, and planning anew cost three times what running it does
    "jit": "off",
    "synchronous_commit": "off",  # a lost cursor costs repeats, never a loss
}

_EXPORTING = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL idle_in_transaction_session_timeout = '90s'"

_FAULTS = """
SELECT 'the identity of outbox.seq has no CACHE 1: numbers would not follow the order of the locks' AS fault
 WHERE NOT EXISTS (
   SELECT FROM pg_sequence WHERE seqrelid = pg_get_serial_sequence('outbox', 'seq')::regclass AND seqcache = 1)
 UNION ALL
SELECT format('outbox has no valid index on (%s)', wanted.columns)
  FROM (VALUES ('seq'), ('xid, seq')) AS wanted (columns)
 WHERE NOT EXISTS (
   SELECT FROM pg_index
    WHERE indrelid = 'outbox'::regclass AND indisvalid
      AND wanted.columns = (
        SELECT string_agg(attname, ', ' ORDER BY n)
          FROM unnest(indkey::smallint[]) WITH ORDINALITY AS part (number, n)
          JOIN pg_attribute ON attrelid = indrelid AND attnum = part.number))
 UNION ALL
SELECT format('%s is %s, not %s', wanted.name, current_setting(wanted.name), wanted.value)
  FROM unnest($1::text[], $2::text[]) AS wanted (name, value)
 WHERE current_setting(wanted.name) <> wanted.value
"""

_UPPER = 3  # the first row is none: it says the snapshot, where others have their topic

_DIFFERENCE = """
WITH fresh AS (
  SELECT seq, at, event_id, topic, key, version, type, traceparent, value
    FROM outbox
   WHERE (xid >= $1::text::xid8 OR xid = ANY ($2::text[]::xid8[]))
     AND seq <> ALL (ARRAY(SELECT seq FROM outbox_parked))
   LIMIT $3)
SELECT 0 AS seq, NULL::timestamptz AS at, NULL::uuid AS event_id, pg_current_snapshot()::text AS topic, NULL AS key,
       NULL::integer AS version, NULL AS type, NULL AS traceparent, NULL::bytea AS value
 UNION ALL
SELECT seq, at, event_id, topic, key, version, type, traceparent, value FROM fresh
 ORDER BY seq
"""

_FIRST = """
SELECT min(seq)
  FROM outbox
 WHERE (xid >= $1::text::xid8 OR xid = ANY ($2::text[]::xid8[]))
   AND pg_visible_in_snapshot(xid, (SELECT $3::text::pg_snapshot))
"""

_PAGE = """
SELECT seq, at, event_id, topic, key, version, type, traceparent, value
  FROM outbox
 WHERE seq > $1
   AND pg_visible_in_snapshot(xid, (SELECT $2::text::pg_snapshot))
   AND NOT pg_visible_in_snapshot(xid, (SELECT $3::text::pg_snapshot))
   AND seq <> ALL (ARRAY(SELECT seq FROM outbox_parked))
 ORDER BY seq
 LIMIT $4
"""

_NEWEST = """
SELECT DISTINCT ON (key) seq, at, event_id, topic, key, version, type, traceparent, value
  FROM outbox
 WHERE (xid >= $1::text::xid8 OR xid = ANY ($2::text[]::xid8[]))
   AND topic = $3 AND key = ANY ($4::text[])
   AND pg_visible_in_snapshot(xid, (SELECT $5::text::pg_snapshot))
   AND seq <> ALL (ARRAY(SELECT seq FROM outbox_parked))
 ORDER BY key, version DESC, seq DESC
"""

_SAVE = """
UPDATE outbox_cursor
   SET s1 = $3::text::pg_snapshot, s2 = $4::text::pg_snapshot, last_seq = $5, acked = acked || $6::jsonb,
       updated_at = clock_timestamp()
 WHERE relay = $1 AND epoch = $2
"""

_SIGN_OFF = "UPDATE outbox_cursor SET signed_off = true WHERE relay = $1 AND epoch = $2"

_AUDIT = """
UPDATE outbox_cursor SET auditing = $3::jsonb, audited_since = $4::text::pg_snapshot WHERE relay = $1 AND epoch = $2
"""

_FORGET = """
UPDATE outbox_cursor
   SET s1 = $3::text::pg_snapshot, s2 = NULL, last_seq = NULL, acked = '{}', updated_at = clock_timestamp()
 WHERE relay = $1 AND epoch = $2
"""

_TAKE = f"""
WITH here AS (
  SELECT system_identifier AS system_id, {TIMELINE} AS timeline, pg_current_snapshot() AS now,
         extract(epoch FROM now() - timestamptz '2020-01-01 00:00Z')::int AS seconds FROM pg_control_system()
), before AS (
  SELECT cursor.relay, cursor.signed_off, here.seconds,
         (cursor.system_id, cursor.timeline) <> (here.system_id, here.timeline)
           OR pg_snapshot_xmax(coalesce(cursor.s2, cursor.s1)) > pg_snapshot_xmax(here.now) AS restored
    FROM outbox_cursor AS cursor CROSS JOIN here WHERE cursor.relay = $1
), taken AS (
  INSERT INTO outbox_cursor AS cursor
         (relay, epoch, db_epoch, s1, acked, signed_off, system_id, timeline, updated_at)
  SELECT $1, 1, 1, '1:1:', '{{}}', false, here.system_id, here.timeline, clock_timestamp() FROM here
      ON CONFLICT (relay) DO UPDATE
     SET epoch = cursor.epoch + 1,
         db_epoch = (SELECT greatest(cursor.db_epoch + restored::int, restored::int * seconds) FROM before),
         s1 = CASE WHEN (SELECT before.restored FROM before) THEN excluded.s1 ELSE cursor.s1 END,
         s2 = CASE WHEN (SELECT before.restored FROM before) THEN NULL ELSE cursor.s2 END,
         last_seq = CASE WHEN (SELECT before.restored FROM before) THEN NULL ELSE cursor.last_seq END,
         acked = CASE WHEN (SELECT before.restored FROM before) THEN excluded.acked ELSE cursor.acked END,
         signed_off = false, system_id = excluded.system_id, timeline = excluded.timeline,
         updated_at = clock_timestamp()
  RETURNING relay, epoch, db_epoch, s1::text, s2::text, last_seq, acked::text, auditing::text, audited_since::text
)
SELECT taken.epoch, taken.db_epoch, taken.s1, taken.s2, taken.last_seq, taken.acked, taken.auditing,
       taken.audited_since,
       coalesce(before.signed_off, true) AS signed_off, coalesce(before.restored, false) AS restored
  FROM taken LEFT JOIN before ON before.relay = taken.relay
"""  # noqa: S608 - an expression of ours

_OLDEST = """
SELECT (extract(epoch FROM min(at)) * 1000000)::bigint
  FROM outbox LEFT JOIN outbox_cursor AS cursor ON cursor.relay = $1
 WHERE (cursor.s1 IS NULL OR (xid >= pg_snapshot_xmin(cursor.s1) AND NOT pg_visible_in_snapshot(xid, cursor.s1)))
   AND (seq > coalesce(cursor.last_seq, 0) OR NOT pg_visible_in_snapshot(xid, cursor.s2))
   AND NOT EXISTS (SELECT FROM outbox_parked WHERE outbox_parked.seq = outbox.seq)
"""
"""Of a large difference half sent, what was sent stands before `last_seq`; so may what was committed behind it."""

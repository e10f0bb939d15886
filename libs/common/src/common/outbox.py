"""Facts wait here, in the transaction that made them true, until the relay publishes them.

(1) A fact is in the outbox if and only if the change it tells of is committed.
(2) Facts of one key leave in the order of their commits: a verb locks its row before it writes, the outbox rows are
    SELECTed FROM the aggregate's RETURNING (a free-standing insert would draw `seq` while the lock is still awaited),
    the identity has CACHE 1, and one relay at a time sends each difference in the order of `seq`.
(3) A fact leaves at least once: the cursor moves after the broker has acknowledged it.
(4) Nobody uses `seq` as a watermark.  Numbers are taken before the commit and appear out of order; the relay asks for
    what was not visible in its last snapshot and is in this one.
(5) The answer to an Idempotency-Key is kept by the statement that makes the change: both are there, or neither.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import asyncpg
import msgspec

from common import contracts, telemetry
from common.database import Transaction, uuid7
from common.idempotency import Answer, KeyReused, Once

LOCK_TIMEOUT = "200ms"
LOCK_TRIES = 20
LOCK_PAUSE_S = 0.1


class Fact(Protocol):
    """Something that happened: a frozen dataclass of `common.contracts` with a TYPE such as `project.submitted`."""

    @property
    def TYPE(self) -> str: ...  # noqa: N802 - a class constant of the contracts


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What one change of one aggregate tells the world: its facts in order, then its full state.

    The facts take the versions `version - len(facts) + 1` to `version`; the state carries the last one.
    """

    aggregate: str
    id: UUID | str
    version: int
    state: object
    facts: Sequence[Fact] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """One write statement with its outbox rows and its kept answer, made at import by `creating` or `changing`."""

    with_key: str
    without_key: str
    wants_doc: bool


def creating(sql: str) -> Statement:
    """Complete an `INSERT INTO … SELECT … FROM key RETURNING id`: a key already taken writes nothing at all.

    `$doc` stands for the state's JSON text.
    """
    sql, first, wants_doc = _numbered(sql)
    said = _changed_and_said(sql, first)
    key = f"""key AS (
      INSERT INTO idempotency (client_id, key, fingerprint, status, version, location, body)
      VALUES ({_numbers(first + 7, 7)})
      ON CONFLICT DO NOTHING RETURNING key)"""
    return Statement(
        with_key=f"WITH {key}, {said} SELECT count(*) FROM changed",
        without_key=f"WITH key AS (SELECT 1), {said} SELECT count(*) FROM changed",
        wants_doc=wants_doc,
    )


def changing(sql: str) -> Statement:
    """Complete an `UPDATE … WHERE id = $1 RETURNING id` of a row that the transaction has already locked.

    `$doc` stands for the state's JSON text.
    """
    sql, first, wants_doc = _numbered(sql)
    said = _changed_and_said(sql, first)
    kept = f"""kept AS (
      INSERT INTO idempotency (client_id, key, fingerprint, status, version, location, body)
      SELECT answer.* FROM changed
       CROSS JOIN (VALUES ({_numbers(first + 7, 7, "text text bytea integer integer text bytea")})) AS answer)"""
    return Statement(
        with_key=f"WITH {said}, {kept} SELECT count(*) FROM changed",
        without_key=f"WITH {said} SELECT count(*) FROM changed",
        wants_doc=wants_doc,
    )


def writing_all(sql: str) -> str:
    """Complete a statement that writes many aggregates, new ones or ones already locked, and ends in `RETURNING id`.

    `$docs` stands for the JSON texts of their states, in the order in which they are announced.
    """
    first = max((int(number) for number in _PARAMETER.findall(sql)), default=0) + 1
    arrays = _numbers(first + 1, 6, "uuid[] uuid[] text[] integer[] text[] bytea[]")
    return f"""WITH changed AS ({sql.replace("$docs", f"${first}::text[]")}), said AS (
      INSERT INTO outbox (event_id, topic, version, type, value, key, traceparent)
      SELECT fact.event_id, fact.topic, fact.version, fact.type, fact.value, changed.id::text, ${first + 7}::text
        FROM changed
        JOIN unnest({arrays}) WITH ORDINALITY AS fact (id, event_id, topic, version, type, value, n) USING (id)
       ORDER BY fact.n)
    SELECT count(*) FROM changed"""


async def write(
    tx: Transaction,
    statement: Statement,
    values: Sequence[object],
    said: Announcement,
    once: Once | None,
    *,
    status: int = 200,
    location: str | None = None,
) -> Answer:
    """Write an aggregate, its outbox rows and the kept answer in one statement; return the answer.

    A creation whose key was taken meanwhile writes nothing and returns the answer kept then.
    """
    body = msgspec.json.encode(said.state)
    answer = Answer(status=status, version=said.version, body=body, location=location)
    parameters = _parameters(statement, values, said, body)
    if once is None or once.key is None:
        written = await tx.fetchval(statement.without_key, *parameters)
    else:
        written = await _write_once(tx, statement, parameters, once, answer)
    return answer if written else await _answered_before(tx, said, once)


async def write_all(
    tx: Transaction, statement: Statement, written: Sequence[tuple[Sequence[object], Announcement]]
) -> None:
    """Write many aggregates that no request waits for, in one exchange with the database, which counts nothing.

    Where `write` raises because nothing was written, this says nothing: whoever calls it has locked what it changes.
    """
    bodies = [msgspec.json.encode(said.state) for _, said in written]
    parameters = (
        _parameters(statement, values, said, body) for (values, said), body in zip(written, bodies, strict=True)
    )
    await tx.executemany(statement.without_key, parameters)


async def write_together(
    tx: Transaction, statement: str, values: Sequence[object], said: Sequence[Announcement]
) -> None:
    """Write many aggregates with their outbox rows in one statement, made by `writing_all`.

    Raises:
        RuntimeError: one of them was not written; the transaction must not be committed.
    """
    bodies = [msgspec.json.encode(one.state) for one in said]
    records = [(one.id, *row) for one, body in zip(said, bodies, strict=True) for row in _records(one, body)]
    columns = [list(column) for column in zip(*records, strict=True)]
    docs = [body.decode() for body in bodies]
    written = await tx.fetchval(statement, *values, docs, *columns, telemetry.traceparent())
    if written != len(said):
        message = f"{written} of {len(said)} were written."
        raise RuntimeError(message)


async def announce_again(tx: Transaction, aggregate: str, bucket: int) -> int:
    """Announce every state of one bucket again as it stands; changes of them wait until the transaction ends."""
    states = contracts.topic(aggregate, "state")
    again: int = await tx.fetchval(_AGAIN[aggregate], bucket, states, contracts.ce_type(f"{aggregate}.state"))
    return again


async def retract(tx: Transaction, aggregate: str, members: Sequence[tuple[UUID, int]]) -> int:
    """Announce a tombstone, one version on, for each of these that has no row; return how many that were."""
    ids, versions = [id_ for id_, _ in members], [version for _, version in members]
    states = contracts.topic(aggregate, "state")
    retracted: int = await tx.fetchval(
        _RETRACT[aggregate], ids, versions, states, contracts.ce_type(f"{aggregate}.state")
    )
    return retracted


async def park(tx: Transaction, seq: int, *, reason: str, who: str) -> bool:
    """Take a row out of the relay's way before it is published; tell whether there was one to take.

    The cursor is held meanwhile: it does not pass the row before that is decided.  What the relay has in its hands at
    this moment may still leave, once; nothing that it reads from now on does.
    """
    await tx.fetchval("SELECT relay FROM outbox_cursor FOR UPDATE")
    parked: int | None = await tx.fetchval(_PARK, seq, reason, who)
    return parked is not None


async def unpark(tx: Transaction, seq: int) -> bool | None:
    """Put a parked row behind all others, as a new one; None: it is not parked, False: it is no longer wanted.

    A state that has been overtaken is dropped: the last record of a key is its newest.  So is one that the outbox no
    longer retains, nor what may have overtaken it.  Writers are shut out only for a look at what was not committed at
    the first one: at whatever number it stands (4).

    Raises:
        asyncpg.LockNotAvailableError: the outbox was without writers at none of our tries.
    """
    states = [name for name, kind in contracts.topics().items() if kind == "state"]
    looked = await tx.fetchrow(_OVERTAKEN, seq, states)
    if looked is None:
        return None
    if looked["is_state"]:
        await _shut_out_writers(tx)
    sent: bool | None = await tx.fetchval(_UNPARK, seq, *looked)
    return sent


async def _shut_out_writers(tx: Transaction) -> None:
    """Lock the outbox; who writes waits behind us for `LOCK_TIMEOUT` at most, and goes first before the next try."""
    for tries_left in reversed(range(LOCK_TRIES)):
        try:
            async with tx.transaction():
                await tx.execute(
                    f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'; LOCK TABLE outbox IN SHARE ROW EXCLUSIVE MODE"
                )
        except asyncpg.LockNotAvailableError:
            if not tries_left:
                raise
            await asyncio.sleep(LOCK_PAUSE_S)
        else:
            return


def _parameters(statement: Statement, values: Sequence[object], said: Announcement, body: bytes) -> tuple[object, ...]:
    doc = (body.decode(),) if statement.wants_doc else ()
    return (*values, *doc, *_rows(said, body))


async def _write_once(
    tx: Transaction, statement: Statement, parameters: tuple[object, ...], once: Once, answer: Answer
) -> int:
    kept = (once.client_id, once.key, once.fingerprint, answer.status, answer.version, answer.location, answer.body)
    try:
        written: int = await tx.fetchval(statement.with_key, *parameters, *kept)
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name != "idempotency_pkey":
            raise
        raise KeyReused from error
    return written


async def _answered_before(tx: Transaction, said: Announcement, once: Once | None) -> Answer:
    stored = None if once is None else await once.stored(tx)
    if stored is None:
        message = f"{said.aggregate} {said.id} was neither written nor answered before."
        raise RuntimeError(message)
    return stored


_PARAMETER = re.compile(r"\$(\d+)")


def _numbered(sql: str) -> tuple[str, int, bool]:
    """Give `$doc` its number; return the statement, our first parameter's number, and whether it wants the doc."""
    first = max((int(number) for number in _PARAMETER.findall(sql)), default=0) + 1
    if "$doc" not in sql:
        return sql, first, False
    return sql.replace("$doc", f"${first}"), first + 1, True


def _numbers(first: int, count: int, types: str = "") -> str:
    casts = [f"::{name}" for name in types.split()] or [""] * count
    return ", ".join(f"${first + n}{casts[n]}" for n in range(count))


def _changed_and_said(sql: str, first: int) -> str:
    arrays = _numbers(first, 5, "uuid[] text[] integer[] text[] bytea[]")
    return f"""changed AS ({sql}), said AS (
      INSERT INTO outbox (event_id, topic, version, type, value, key, traceparent)
      SELECT fact.event_id, fact.topic, fact.version, fact.type, fact.value, ${first + 5}::text, ${first + 6}::text
        FROM changed
       CROSS JOIN unnest({arrays}) WITH ORDINALITY AS fact (event_id, topic, version, type, value, n)
       ORDER BY fact.n)"""


def _rows(said: Announcement, state: bytes) -> tuple[object, ...]:
    """Turn an announcement into the arrays of its outbox rows."""
    ids, topics, versions, types, values = zip(*_records(said, state), strict=True)
    return list(ids), list(topics), list(versions), list(types), list(values), str(said.id), telemetry.traceparent()


def _records(said: Announcement, state: bytes) -> list[tuple[UUID, str, int, str, bytes]]:
    """List what an announcement says: the facts in order, then the state."""
    first = said.version - len(said.facts) + 1
    events, states = contracts.topic(said.aggregate, "events"), contracts.topic(said.aggregate, "state")
    records = [
        (uuid7(), events, first + n, contracts.ce_type(fact.TYPE), msgspec.json.encode(fact))
        for n, fact in enumerate(said.facts)
    ]
    records.append((uuid7(), states, said.version, contracts.ce_type(f"{said.aggregate}.state"), state))
    return records


def _announcing_again(aggregate: str) -> str:
    return f"""
    WITH held AS (
      SELECT id, version, doc FROM {aggregate} WHERE id_bucket(id::text) = $1 ORDER BY id FOR SHARE
    ), said AS (
      INSERT INTO outbox (event_id, topic, key, version, type, value)
      SELECT gen_random_uuid(), $2, held.id::text, held.version, $3, convert_to(held.doc, 'UTF8')
        FROM held
       ORDER BY held.id)
    SELECT count(*) FROM held
    """


def _retracting(aggregate: str) -> str:
    return f"""
    WITH gone AS (
      SELECT told.id, least(told.version, 2147483646) + 1 AS version
        FROM unnest($1::uuid[], $2::integer[]) AS told (id, version)
       WHERE NOT EXISTS (SELECT FROM {aggregate} AS held WHERE held.id = told.id)
    ), said AS (
      INSERT INTO outbox (event_id, topic, key, version, type, value)
      SELECT gen_random_uuid(), $3, gone.id::text, gone.version, $4, NULL
        FROM gone
       ORDER BY gone.id)
    SELECT count(*) FROM gone
    """


_TABLES = [aggregate for aggregate in contracts.PUBLISHERS if aggregate not in contracts.DERIVED]
_AGAIN = {aggregate: _announcing_again(aggregate) for aggregate in _TABLES}
_RETRACT = {aggregate: _retracting(aggregate) for aggregate in _TABLES}

_PARK = """
INSERT INTO outbox_parked (seq, at, event_id, topic, key, version, type, traceparent, value, reason, who)
SELECT waiting.seq, waiting.at, waiting.event_id, waiting.topic, waiting.key, waiting.version, waiting.type,
       waiting.traceparent, waiting.value, $2, $3
  FROM outbox AS waiting
 WHERE waiting.seq = $1
   AND NOT EXISTS (
     SELECT FROM outbox_cursor AS cursor
      WHERE pg_visible_in_snapshot(waiting.xid, cursor.s1)
         OR (pg_visible_in_snapshot(waiting.xid, cursor.s2) AND waiting.seq <= cursor.last_seq))
    ON CONFLICT DO NOTHING
RETURNING seq
"""

_OVERTAKEN = """
SELECT parked.topic = ANY ($2::text[]) AS is_state,
       EXISTS (
         SELECT FROM outbox AS newer
          WHERE newer.topic = parked.topic AND newer.key = parked.key AND newer.version > parked.version) AS overtaken,
       pg_snapshot_xmax(pg_current_snapshot())::text AS xmax,
       ARRAY(SELECT xip::text FROM pg_snapshot_xip(pg_current_snapshot()) AS xip) AS still_open
  FROM outbox_parked AS parked
 WHERE seq = $1
"""

_UNPARK = """
WITH parked AS (
  DELETE FROM outbox_parked WHERE seq = $1
  RETURNING event_id, topic, key, version, type, traceparent, value
), said AS (
  INSERT INTO outbox (event_id, topic, key, version, type, traceparent, value)
  SELECT parked.event_id, parked.topic, parked.key, parked.version, parked.type, parked.traceparent, parked.value
    FROM parked
   WHERE NOT $2::boolean
      OR NOT $3::boolean
     AND EXISTS (SELECT FROM outbox AS retained WHERE retained.seq = $1)
     AND NOT EXISTS (
        SELECT FROM outbox AS newer
         WHERE (newer.xid >= $4::text::xid8 OR newer.xid = ANY ($5::text[]::xid8[]))
           AND newer.topic = parked.topic AND newer.key = parked.key AND newer.version > parked.version)
  RETURNING seq)
SELECT EXISTS (SELECT FROM said) FROM parked
"""

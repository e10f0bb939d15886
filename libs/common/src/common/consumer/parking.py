"""What is set aside: a record that cannot be applied, its key, and what came behind it, in the order of the topic.

Whoever reads or writes here holds the offset of the partition in the same transaction, or the row of the key: what is
parked behind a key and what frees the key come one after the other.
"""

from collections.abc import Collection, Mapping, Sequence

import asyncpg
import msgspec

from common.consumer.ports import Asked
from common.database import Transaction
from common.kafka.port import Record

BEHIND = "behind a parked record of its key"


def key_of(record: Record) -> str:
    """Name a record's key as PostgreSQL keeps it."""
    return text(record.key)


def text(raw: bytes | None) -> str:
    """Read bytes as a text that PostgreSQL keeps: what is no character, and U+0000, becomes U+FFFD."""
    return (raw or b"").decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


async def held(tx: Transaction, group: str, topic: str, keys: Collection[str]) -> frozenset[str]:
    """Say which keys are parked, and keep them from being freed while this transaction lasts."""
    rows = await tx.fetch(
        "SELECT key FROM parked_key WHERE grp = $1 AND topic = $2 AND key = ANY ($3::text[]) FOR KEY SHARE",
        group,
        topic,
        list(keys),
    )
    return frozenset(row["key"] for row in rows)


async def park(tx: Transaction, group: str, records: Sequence[tuple[Record, str]]) -> None:
    """Set records of one topic aside, each with its key and the reason."""
    topic = records[0][0].topic
    await tx.execute(
        """
        INSERT INTO parked_key (grp, topic, key) SELECT DISTINCT $1, $2, key FROM unnest($3::text[]) AS one (key)
            ON CONFLICT DO NOTHING
        """,
        group,
        topic,
        [key_of(record) for record, _ in records],
    )
    await tx.execute(
        """
        INSERT INTO parked_event (grp, topic, part, "offset", key, headers, value, error)
        SELECT $1, $2, part, "offset", key, headers, value, error
          FROM unnest($3::integer[], $4::bigint[], $5::text[], $6::jsonb[], $7::bytea[], $8::text[])
               AS parked (part, "offset", key, headers, value, error)
            ON CONFLICT DO NOTHING
        """,
        group,
        topic,
        [record.partition for record, _ in records],
        [record.offset for record, _ in records],
        [key_of(record) for record, _ in records],
        [_headers(record) for record, _ in records],
        [record.value for record, _ in records],
        [text(error.encode("utf-8", "replace"))[:2000] for _, error in records],
    )


async def release(tx: Transaction, group: str, asked: Asked, records_max: int) -> tuple[list[Record], bool] | None:
    """Take a key's first records, in order, and free the key if those are all: say so; None if nobody asks any more."""
    here = (group, asked.place.topic, asked.key)
    still = "SELECT true FROM parked_key WHERE grp = $1 AND topic = $2 AND key = $3 AND operation_id = $4 FOR UPDATE"
    if not await tx.fetchval(still, *here, asked.operation):
        return None
    rows = await tx.fetch(_FIRST, *here, records_max)
    return [_record(asked, row) for row in rows], await tx.execute(_FREE, *here) == "DELETE 1"


_FIRST = """
WITH first AS (
  SELECT part, "offset" FROM parked_event WHERE grp = $1 AND topic = $2 AND key = $3
   ORDER BY part, "offset" LIMIT $4
), gone AS (
  DELETE FROM parked_event AS e USING first
   WHERE e.grp = $1 AND e.topic = $2 AND (e.part, e."offset") = (first.part, first."offset")
  RETURNING e.part, e."offset", e.headers, e.value, e.parked_at)
SELECT part, "offset", headers, value, parked_at FROM gone ORDER BY part, "offset"
"""

_FREE = """
DELETE FROM parked_key AS k
 WHERE grp = $1 AND topic = $2 AND key = $3
   AND NOT EXISTS (SELECT FROM parked_event AS e WHERE (e.grp, e.topic, e.key) = (k.grp, k.topic, k.key))
"""


def _record(asked: Asked, row: asyncpg.Record) -> Record:
    headers = msgspec.json.decode(row["headers"])
    return Record(
        topic=asked.place.topic,
        partition=row["part"],
        offset=row["offset"],
        key=asked.key.encode() or None,
        value=row["value"],
        headers=[(name, value.encode()) for name, value in headers.items()],
        stamp_ms=int(row["parked_at"].timestamp() * 1000),
    )


async def keep(tx: Transaction, group: str, asked: Asked) -> None:
    """Leave a key as it is, and ask no more."""
    await tx.execute(
        "UPDATE parked_key SET operation_id = NULL WHERE grp = $1 AND topic = $2 AND key = $3 AND operation_id = $4",
        *(group, asked.place.topic, asked.key, asked.operation),
    )


async def counts(tx: Transaction, group: str) -> Mapping[str, tuple[int, int]]:
    """Count, for each topic, the keys that are held and the records that wait."""
    rows = await tx.fetch(
        """
        SELECT topic, count(DISTINCT key) AS keys, count(*) AS records FROM parked_event WHERE grp = $1 GROUP BY topic
        """,
        group,
    )
    return {row["topic"]: (row["keys"], row["records"]) for row in rows}


def _headers(record: Record) -> str:
    headers = {text(name.encode()): text(value) for name, value in record.headers}
    return msgspec.json.encode(headers).decode()

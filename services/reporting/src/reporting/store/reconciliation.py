"""Checkpoints as they were heard, what is held here in the same buckets, and what comparing them came to.

(1) Digests here are of one statement, taken after the stored offsets had reached the checkpoint's ends.  A record
    is written by the transaction that moves them, and stays when an operator moves them back: whatever stands before
    the ends is in it.  The position that is published with them is read by the same statement.
(2) A record counts in a digest by its id and version.  One whose contributions do not add up to what was counted, or
    whose place or title is not kept in the same version, is left out of the hash: its bucket differs.
(3) A doubted copy has epoch 0: the next record heard of it is believed, whatever its version.  Records of one key
    repeat in whole ordered runs, so that the last word is the right one.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from common import contracts, outbox
from common.contracts.platform import Checkpoint, Digest
from common.contracts.reporting import Member, ReconciliationState
from common.database import Transaction
from common.outbox import Announcement, Fact
from reporting.domain.reconciliation import (
    INTERNAL,
    Bucket,
    Finding,
    Held,
    Past,
    Sum,
)
from reporting.store.hearing import OFFSETS, heard_to

TIMEOUT_S = 60.0
"""For reading every record and contribution: no request waits for it."""

COUNTED = ("campaign", "project", "action", "report")
NAMED = ("territory", "organisation", "coordination")
HEARD = (*COUNTED, *NAMED)
"""The aggregates of others of which something is kept here."""

KINDS: Mapping[str, Sequence[str]] = {
    INTERNAL: ("cell", "record", "figure"),
    **{
        service: tuple(one for one in HEARD if contracts.PUBLISHERS[one] == service)
        for service in sorted({contracts.PUBLISHERS[one] for one in HEARD})
    },
}
"""What may differ, by scope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What a service said it held, and where its topics ended then."""

    service: str
    at: datetime
    ends: Mapping[str, int]
    digests: tuple[Digest, ...]

    @property
    def aggregates(self) -> tuple[str, ...]:
        return tuple(KINDS[self.service])


async def take_time(tx: Transaction) -> None:
    """Let the statements of this transaction run for longer than a request may."""
    await tx.execute(f"SET LOCAL statement_timeout = '{TIMEOUT_S:.0f}s'")


async def lead(tx: Transaction, scope: str) -> bool:
    """Be the only one who compares until the transaction ends, or say that another one is at it."""
    leads: bool = await tx.fetchval("SELECT pg_try_advisory_xact_lock(hashtext($1))", f"reconciliation:{scope}")
    return leads


async def keep_checkpoint(tx: Transaction, said: Checkpoint) -> None:
    """Keep a service's newest checkpoint."""
    await tx.execute(
        """
        INSERT INTO checkpoint AS known (service, at, ends, digests) VALUES ($1, $2, $3, $4)
            ON CONFLICT (service) DO UPDATE
           SET at = excluded.at, ends = excluded.ends, digests = excluded.digests, compared_at = NULL
         WHERE known.at < excluded.at
        """,
        said.service,
        said.at,
        msgspec.json.encode(said.ends).decode(),
        msgspec.json.encode(said.digests).decode(),
    )


async def waiting(tx: Transaction) -> list[str]:
    """Name the services whose newest checkpoint has not been compared."""
    rows = await tx.fetch("SELECT service FROM checkpoint WHERE compared_at IS NULL ORDER BY service")
    return [row["service"] for row in rows]


async def stated(tx: Transaction, service: str) -> Stated | None:
    """Read a checkpoint that is to be compared, once everything before its ends has been heard."""
    row = await tx.fetchrow(
        "SELECT at, ends, digests FROM checkpoint WHERE service = $1 AND compared_at IS NULL", service
    )
    if row is None:
        return None
    said = Stated(
        service=service,
        at=row["at"],
        ends=msgspec.json.decode(row["ends"], type=dict[str, int]),
        digests=msgspec.json.decode(row["digests"], type=tuple[Digest, ...]),
    )
    return said if await _reached(tx, said) else None


async def compared(tx: Transaction, said: Stated, at: datetime) -> None:
    await tx.execute("UPDATE checkpoint SET compared_at = $3 WHERE service = $1 AND at = $2", said.service, said.at, at)


async def parked(tx: Transaction, aggregates: Sequence[str]) -> set[Bucket]:
    """List the buckets of which a record waits parked."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT aggregate, id_bucket(key) AS number
          FROM parked_key JOIN unnest($1::text[], $2::text[]) AS named (aggregate, topic) USING (topic)
        """,
        list(aggregates),
        [contracts.topic(aggregate, "state") for aggregate in aggregates],
    )
    return {Bucket(row["aggregate"], row["number"]) for row in rows}


async def held(tx: Transaction, said: Stated) -> tuple[str, list[Held]]:
    """Sum up what is held here of a service's aggregates, and say up to where of their topics that is."""
    ends = _ends(said)
    rows = await tx.fetch(
        _HELD,
        list(said.aggregates),
        [aggregate for aggregate, _, _ in ends],
        [part for _, part, _ in ends],
        [end for _, _, end in ends],
        [contracts.topic(aggregate, "state") for aggregate in said.aggregates],
        timeout=TIMEOUT_S + 1,
    )
    return heard_to(rows[0]), [
        Held(
            bucket=Bucket(row["aggregate"], row["number"]),
            sum=Sum(row["count"], row["versions"], row["hash"]),
            moved=row["moved"],
        )
        for row in rows
        if row["aggregate"] is not None
    ]


async def past(tx: Transaction, service: str) -> dict[Bucket, Past]:
    """Say what is known of a service's buckets from comparisons before."""
    rows = await tx.fetch(
        """
        SELECT aggregate, number, passed_over, differed_at, told_at, version
          FROM bucket WHERE service = $1
        """,
        service,
    )
    return {
        Bucket(row["aggregate"], row["number"]): Past(
            passed_over=row["passed_over"],
            differed_at=row["differed_at"],
            told_at=row["told_at"],
            version=row["version"],
        )
        for row in rows
    }


async def remember(tx: Transaction, service: str, found: Mapping[Bucket, Finding], at: datetime) -> None:
    """Write down which buckets were compared, which not, and since when which ones differ."""
    await tx.execute(
        """
        INSERT INTO bucket AS known (id, service, aggregate, number, compared_at, passed_over, differed_at)
        SELECT id, $1, aggregate, number, CASE WHEN finding IN ('equal', 'differs') THEN $2::timestamptz END,
               (finding NOT IN ('equal', 'differs'))::integer, CASE WHEN finding = 'differs' THEN $2::timestamptz END
          FROM unnest($3::uuid[], $4::text[], $5::integer[], $6::text[]) AS found (id, aggregate, number, finding)
            ON CONFLICT (id) DO UPDATE
           SET compared_at = coalesce(excluded.compared_at, known.compared_at),
               passed_over = CASE WHEN excluded.passed_over = 0 THEN 0 ELSE known.passed_over + 1 END,
               differed_at = CASE WHEN excluded.passed_over = 0 AND excluded.differed_at IS NULL THEN NULL
                                  ELSE coalesce(known.differed_at, excluded.differed_at) END
        """,
        service,
        at,
        [bucket.id for bucket in found],
        [bucket.aggregate for bucket in found],
        [bucket.number for bucket in found],
        list(found.values()),
    )


async def know(tx: Transaction, service: str, buckets: Collection[Bucket]) -> None:
    """Have a row for each of these buckets."""
    await tx.execute(
        """
        INSERT INTO bucket (id, service, aggregate, number)
        SELECT id, $1, aggregate, number
          FROM unnest($2::uuid[], $3::text[], $4::integer[]) AS named (id, aggregate, number)
            ON CONFLICT (id) DO NOTHING
        """,
        service,
        [bucket.id for bucket in buckets],
        [bucket.aggregate for bucket in buckets],
        [bucket.number for bucket in buckets],
    )


async def buckets_of(tx: Transaction, aggregates: Sequence[tuple[str, UUID]]) -> set[Bucket]:
    """Say which buckets some aggregates are in."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT kind, id_bucket(id::text) AS number FROM unnest($1::text[], $2::uuid[]) AS named (kind, id)
        """,
        [kind for kind, _ in aggregates],
        [id_ for _, id_ in aggregates],
    )
    return {Bucket(row["kind"], row["number"]) for row in rows}


async def doubt(tx: Transaction, bucket: Bucket) -> list[Member]:
    """Believe whatever is heard next of a bucket's aggregates; list them, in the versions that are held."""
    rows = list(await tx.fetch(_DOUBT_RECORD, bucket.aggregate, bucket.number, timeout=TIMEOUT_S + 1))
    if bucket.aggregate in _DOUBT_KNOWN:
        rows += await tx.fetch(_DOUBT_KNOWN[bucket.aggregate], bucket.number, timeout=TIMEOUT_S + 1)
    members = {row["id"]: row["version"] for row in rows}
    return [Member(id=id_, version=version) for id_, version in sorted(members.items())]


async def announce(tx: Transaction, said: Sequence[tuple[ReconciliationState, Sequence[Fact]]]) -> None:
    """Announce what became of buckets: to their owner, and to whoever wants to know."""
    await outbox.write_all(
        tx,
        _ANNOUNCE,
        [
            (
                (state.id, state.version, state.occurred_at if state.differs else None),
                Announcement(aggregate=state.AGGREGATE, id=state.id, version=state.version, state=state, facts=facts),
            )
            for state, facts in said
        ],
    )


async def _reached(tx: Transaction, said: Stated) -> bool:
    ends = _ends(said)
    reached: bool = await tx.fetchval(
        """
        SELECT NOT EXISTS (
          SELECT FROM unnest($1::text[], $2::integer[], $3::bigint[]) AS stated (topic, part, next_offset)
           WHERE NOT EXISTS (SELECT FROM consumer_offset AS here
                              WHERE here.topic = stated.topic AND here.part = stated.part
                                AND here.next_offset >= stated.next_offset))
        """,
        [contracts.topic(aggregate, "state") for aggregate, _, _ in ends],
        [part for _, part, _ in ends],
        [end for _, _, end in ends],
    )
    return reached


def _ends(said: Stated) -> list[tuple[str, int, int]]:
    """Give aggregate, partition and end of the topics that are heard here, as far as anything stands in them."""
    topics = {contracts.topic(aggregate, "state"): aggregate for aggregate in said.aggregates}
    named = ((*place.rpartition("/"), end) for place, end in said.ends.items())
    return [(topics[topic], int(part), end) for topic, _, part, end in named if topic in topics and end > 0]


_HELD = f"""
WITH heard AS (
  SELECT {OFFSETS} FROM consumer_offset WHERE topic = ANY ($5::text[])
), stated AS (
  SELECT aggregate, part, next_offset
    FROM unnest($2::text[], $3::integer[], $4::bigint[]) AS stated (aggregate, part, next_offset)
), sums AS (
  SELECT kind, id, count(*) AS parts, sum(amount)::bigint AS total
    FROM contribution WHERE kind = ANY ($1::text[]) GROUP BY kind, id
), copy AS (
  SELECT record.kind AS aggregate, record.id, record.version, record.part, record."offset",
         (record.parts IS NULL OR (record.parts, record.total) = (coalesce(sums.parts, 0), coalesce(sums.total, 0)))
         AND (record.kind <> 'project' OR known_project.version IS NOT DISTINCT FROM record.version)
         AND (record.kind <> 'campaign' OR known_campaign.version IS NOT DISTINCT FROM record.version) AS sound
    FROM record
    LEFT JOIN sums ON sums.kind = record.kind AND sums.id = record.id
    LEFT JOIN known_project ON record.kind = 'project' AND known_project.id = record.id
    LEFT JOIN known_campaign ON record.kind = 'campaign' AND known_campaign.id = record.id
   WHERE record.kind = ANY ($1::text[])
   UNION ALL
  SELECT 'project', id, version, NULL, NULL, false
    FROM known_project
   WHERE 'project' = ANY ($1::text[])
     AND NOT EXISTS (SELECT FROM record WHERE record.kind = 'project' AND record.id = known_project.id)
   UNION ALL
  SELECT 'campaign', id, version, NULL, NULL, false
    FROM known_campaign
   WHERE 'campaign' = ANY ($1::text[])
     AND NOT EXISTS (SELECT FROM record WHERE record.kind = 'campaign' AND record.id = known_campaign.id)
   UNION ALL
  SELECT 'territory', id, version, part, "offset", true FROM known_territory WHERE 'territory' = ANY ($1::text[])
   UNION ALL
  SELECT 'organisation', id, version, part, "offset", true
    FROM known_organisation WHERE 'organisation' = ANY ($1::text[])
   UNION ALL
  SELECT 'coordination', id, version, part, "offset", true
    FROM known_coordination WHERE 'coordination' = ANY ($1::text[])
), held AS (
  SELECT copy.aggregate, id_bucket(copy.id::text) AS number, count(*) AS count, sum(copy.version)::bigint AS versions,
         lpad(to_hex(coalesce(bit_xor(state_hash(copy.id::text, copy.version)) FILTER (WHERE copy.sound), 0)), 16, '0')
           AS hash,
         coalesce(bool_or(copy."offset" >= coalesce(stated.next_offset, 0)), false) AS moved
    FROM copy LEFT JOIN stated ON stated.aggregate = copy.aggregate AND stated.part = copy.part
   GROUP BY 1, 2
)
SELECT heard.offsets, aggregate, number, count, versions, hash, moved FROM heard LEFT JOIN held ON true
"""

_DOUBT_RECORD = """
UPDATE record SET epoch = 0
  FROM (SELECT kind, id FROM record WHERE kind = $1 AND id_bucket(id::text) = $2 ORDER BY id FOR UPDATE) AS member
 WHERE record.kind = member.kind AND record.id = member.id
RETURNING record.id, record.version
"""
_DOUBT_KNOWN = {
    "campaign": "UPDATE known_campaign SET epoch = 0 WHERE id_bucket(id::text) = $1 RETURNING id, version",
    "project": "UPDATE known_project SET epoch = 0 WHERE id_bucket(id::text) = $1 RETURNING id, version",
    "territory": "UPDATE known_territory SET epoch = 0 WHERE id_bucket(id::text) = $1 RETURNING id, version",
    "organisation": "UPDATE known_organisation SET epoch = 0 WHERE id_bucket(id::text) = $1 RETURNING id, version",
    "coordination": "UPDATE known_coordination SET epoch = 0 WHERE id_bucket(id::text) = $1 RETURNING id, version",
}

_ANNOUNCE = outbox.changing(
    """
    UPDATE bucket SET version = $2, told_at = $3, passed_over = 0, doc = $doc WHERE id = $1
    RETURNING id
    """
)

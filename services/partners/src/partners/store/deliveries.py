"""What was, is and will be sent to an endpoint, as its owner reads it; and what the owner may do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from common.database import Transaction
from partners.domain.cloudevent import numbered
from partners.domain.webhook import NoSuchDelivery, StillUnderWay

LOG_MAX = 100
RECENT = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which deliveries are asked for."""

    state: str | None = None
    type: str | None = None
    since: datetime | None = None


async def page(
    tx: Transaction, endpoint_id: UUID, wanted: Wanted, before: int | None, limit: int
) -> list[tuple[int, str]]:
    """List deliveries, the latest first."""
    rows = await tx.fetch(
        """
        SELECT d.sequence, d.event_id, e.type, d.subject, d.state, d.cause, d.attempts, d.failures, d.next_at,
               d.created_at, d.done_at
          FROM wh_delivery d
          JOIN wh_event e ON e.id = d.event_id
         WHERE d.endpoint_id = $1
           AND ($2::text IS NULL OR d.state = $2)
           AND ($3::text IS NULL OR e.type = $3)
           AND ($4::timestamptz IS NULL OR d.created_at >= $4)
           AND ($5::bigint IS NULL OR d.sequence < $5)
         ORDER BY d.sequence DESC
         LIMIT $6
        """,
        endpoint_id,
        wanted.state,
        wanted.type,
        wanted.since,
        before,
        limit,
    )
    return [(row["sequence"], msgspec.json.encode(_delivery(row)).decode()) for row in rows]


async def document(tx: Transaction, endpoint_id: UUID, sequence: int) -> bytes:
    """Read one delivery with its attempts and the body that was sent."""
    row = await tx.fetchrow(
        """
        SELECT d.sequence, d.event_id, e.type, d.subject, d.state, d.cause, d.attempts, d.failures, d.next_at,
               d.created_at, d.done_at, e.document
          FROM wh_delivery d
          JOIN wh_event e ON e.id = d.event_id
         WHERE d.endpoint_id = $1 AND d.sequence = $2
        """,
        endpoint_id,
        sequence,
    )
    if row is None:
        raise NoSuchDelivery
    log = await tx.fetch(
        """
        SELECT at, ms, status, trouble, answer FROM wh_attempt
         WHERE endpoint_id = $1 AND sequence = $2
         ORDER BY at
         LIMIT $3
        """,
        endpoint_id,
        sequence,
        LOG_MAX,
    )
    body = msgspec.Raw(numbered(row["document"], sequence).encode())
    return msgspec.json.encode({**_delivery(row), "body": body, "log": [dict(attempt) for attempt in log]})


async def bodies(tx: Transaction, endpoint_id: UUID, after: int, limit: int) -> list[tuple[int, str]]:
    """Read what an endpoint was sent, or would have been: the same numbers, the same bytes."""
    rows = await tx.fetch(
        """
        SELECT d.sequence, e.document
          FROM wh_delivery d
          JOIN wh_event e ON e.id = d.event_id
         WHERE d.endpoint_id = $1 AND d.sequence > $2
         ORDER BY d.sequence
         LIMIT $3
        """,
        endpoint_id,
        after,
        limit,
    )
    return [(row["sequence"], numbered(row["document"], row["sequence"])) for row in rows]


async def bounds(tx: Transaction, endpoint_id: UUID) -> tuple[int | None, int]:
    """Say the oldest number that can still be read, and the last one given."""
    row = await tx.fetchrow(
        """
        SELECT s.last, (SELECT min(d.sequence) FROM wh_delivery d WHERE d.endpoint_id = s.endpoint_id) AS oldest
          FROM wh_sequence s
         WHERE s.endpoint_id = $1
        """,
        endpoint_id,
    )
    return (row["oldest"], row["last"]) if row else (None, 0)


async def redeliver(tx: Transaction, endpoint_id: UUID, sequence: int) -> None:
    """Put one closed delivery into its lane again."""
    state = await tx.fetchval(
        "SELECT state FROM wh_delivery WHERE endpoint_id = $1 AND sequence = $2 FOR UPDATE", endpoint_id, sequence
    )
    if state is None:
        raise NoSuchDelivery
    if state in ("pending", "leased"):
        raise StillUnderWay
    await _reopen(tx, endpoint_id, [sequence])


async def recover(tx: Transaction, endpoint_id: UUID, since: datetime, until: datetime, limit: int) -> int:
    """Put what never arrived in a period into its lane again, the oldest first; count it."""
    rows = await tx.fetch(
        """
        SELECT sequence FROM wh_delivery
         WHERE endpoint_id = $1 AND state IN ('dead', 'cancelled') AND created_at >= $2 AND created_at < $3
         ORDER BY sequence
         LIMIT $4
           FOR UPDATE
        """,
        endpoint_id,
        since,
        until,
        limit,
    )
    await _reopen(tx, endpoint_id, [row["sequence"] for row in rows])
    return len(rows)


async def cancel(tx: Transaction, endpoint_id: UUID) -> None:
    """Close everything that waits; what is under way ends by itself."""
    await tx.execute(
        """
        UPDATE wh_delivery SET state = 'cancelled', done_at = clock_timestamp()
         WHERE endpoint_id = $1 AND state = 'pending'
        """,
        endpoint_id,
    )


async def statistics(tx: Transaction, endpoint_id: UUID) -> str:
    """Sum up how an endpoint fares: what waits, what arrived and how fast, what its breaker says."""
    row = await tx.fetchrow(
        """
        SELECT l.blocked_until, l.fails, l.first_fail_at, l.inflight, s.last,
               (SELECT count(*) FROM wh_delivery d WHERE d.endpoint_id = $1 AND d.state IN ('pending', 'leased'))
                 AS waiting,
               (SELECT min(d.created_at) FROM wh_delivery d
                 WHERE d.endpoint_id = $1 AND d.state IN ('pending', 'leased')) AS waiting_since,
               recent.done, recent.dead, recent.cancelled, tries.p50, tries.p99, tries.failed, tries.n
          FROM wh_lane l
          JOIN wh_sequence s ON s.endpoint_id = l.endpoint_id
         CROSS JOIN (SELECT count(*) FILTER (WHERE state = 'done') AS done,
                            count(*) FILTER (WHERE state = 'dead') AS dead,
                            count(*) FILTER (WHERE state = 'cancelled') AS cancelled
                       FROM wh_delivery WHERE endpoint_id = $1 AND created_at >= now() - $2::interval) AS recent
         CROSS JOIN (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY ms) AS p50,
                            percentile_disc(0.99) WITHIN GROUP (ORDER BY ms) AS p99,
                            count(*) FILTER (WHERE trouble IS NOT NULL) AS failed, count(*) AS n
                       FROM wh_attempt WHERE endpoint_id = $1 AND at >= now() - $2::interval) AS tries
         WHERE l.endpoint_id = $1
        """,
        endpoint_id,
        RECENT,
    )
    if row is None:
        raise NoSuchDelivery
    return msgspec.json.encode(
        {
            "last_sequence": row["last"],
            "waiting": row["waiting"],
            "waiting_since": row["waiting_since"],
            "in_flight": row["inflight"],
            "failures_in_a_row": row["fails"],
            "failing_since": row["first_fail_at"],
            "blocked_until": row["blocked_until"],
            "last_24_h": {
                "delivered": row["done"],
                "dead": row["dead"],
                "cancelled": row["cancelled"],
                "attempts": row["n"],
                "attempts_failed": row["failed"],
                "attempt_ms_p50": row["p50"],
                "attempt_ms_p99": row["p99"],
            },
        }
    ).decode()


def _delivery(row: asyncpg.Record) -> dict[str, Any]:
    is_open = row["state"] in ("pending", "leased")
    return {
        "sequence": row["sequence"],
        "event_id": row["event_id"],
        "type": row["type"],
        "subject": row["subject"],
        "state": row["state"],
        "cause": row["cause"],
        "attempts": row["attempts"],
        "failures": row["failures"],
        "next_at": row["next_at"] if is_open else None,
        "created_at": row["created_at"],
        "done_at": row["done_at"],
    }


async def _reopen(tx: Transaction, endpoint_id: UUID, sequences: Sequence[int]) -> None:
    await tx.execute(
        """
        UPDATE wh_delivery
           SET state = 'pending', cause = 'redelivery', failures = 0, next_at = now(), done_at = NULL
         WHERE endpoint_id = $1 AND sequence = ANY ($2::bigint[])
        """,
        endpoint_id,
        sequences,
    )

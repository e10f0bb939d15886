"""The lanes: which deliveries are made next, and what became of those that were made.

(1) A worker claims only what it has room for; a lane is one row, served in turn, never more than its cap in flight.
(2) A delivery is claimed only when no earlier one of its endpoint and subject is open: that is the order receivers get.
(3) Nothing is held during the call: a lease is taken and committed, and whoever finishes must still hold it.
(4) Locks are taken lanes first, in the order of their ids, then deliveries, then sequences; claim and sweep skip what
    is locked.
(5) What waits behind another has the due time of its head: a lane full of waiting rows is not read at each turn.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from common.database import Transaction
from partners.domain.schedule import Attempt, Consequence, Lane

CLAIM = """
    WITH lane AS MATERIALIZED (
      SELECT endpoint_id, CASE WHEN open_count > 0 THEN 1 ELSE max_inflight END - inflight AS room,
             LEAST(rate_per_s, tokens + rate_per_s * extract(epoch FROM now() - tokens_at)) AS tokens
        FROM wh_lane
       WHERE active AND coalesce(blocked_until, '-infinity') <= now()
         AND inflight < CASE WHEN open_count > 0 THEN 1 ELSE max_inflight END
         AND tokens + rate_per_s * extract(epoch FROM now() - tokens_at) >= 1
         AND EXISTS (
             SELECT FROM wh_delivery d
              WHERE d.endpoint_id = wh_lane.endpoint_id AND d.state = 'pending' AND d.next_at <= now()
                AND (d.failures <= 2 OR $4 > 0)
                AND NOT EXISTS (
                    SELECT FROM wh_delivery e
                     WHERE e.endpoint_id = d.endpoint_id AND e.subject = d.subject
                       AND e.sequence < d.sequence AND e.state IN ('pending', 'leased')))
       ORDER BY served_at
       LIMIT $1
         FOR UPDATE SKIP LOCKED),
    pick AS MATERIALIZED (
      SELECT lane.endpoint_id, due.sequence, due.late
        FROM lane
       CROSS JOIN LATERAL (
             SELECT d.sequence, d.failures > 2 AS late
               FROM wh_delivery d
              WHERE d.endpoint_id = lane.endpoint_id AND d.state = 'pending' AND d.next_at <= now()
                AND (d.failures <= 2 OR $4 > 0)
                AND NOT EXISTS (
                    SELECT FROM wh_delivery e
                     WHERE e.endpoint_id = d.endpoint_id AND e.subject = d.subject
                       AND e.sequence < d.sequence AND e.state IN ('pending', 'leased'))
              ORDER BY d.next_at, d.sequence
              LIMIT LEAST(lane.room, floor(lane.tokens)::integer, $3)
                FOR UPDATE SKIP LOCKED) AS due
       LIMIT $1),
    taken AS MATERIALIZED (
      SELECT endpoint_id, sequence
        FROM (SELECT endpoint_id, sequence, late, row_number() OVER (PARTITION BY late) AS n FROM pick) AS ranked
       WHERE NOT late OR n <= $4),
    served AS (
      UPDATE wh_lane l
         SET inflight = l.inflight + count.n, served_at = clock_timestamp(),
             tokens = lane.tokens - count.n, tokens_at = now()
        FROM (SELECT endpoint_id, count(*)::integer AS n FROM taken GROUP BY endpoint_id) AS count
        JOIN lane ON lane.endpoint_id = count.endpoint_id
       WHERE l.endpoint_id = count.endpoint_id),
    claimed AS (
      UPDATE wh_delivery d
         SET state = 'leased', lease_until = now() + $5::interval, lease_owner = $2, lease_token = gen_random_uuid(),
             attempts = d.attempts + 1
        FROM taken
       WHERE d.endpoint_id = taken.endpoint_id AND d.sequence = taken.sequence
      RETURNING d.endpoint_id, d.sequence, d.event_id, d.subject, d.cause, d.attempts, d.failures, d.lease_token)
    SELECT c.endpoint_id, c.sequence, c.event_id, c.subject, c.cause, c.attempts, c.failures, c.lease_token,
           e.recorded_at, e.type, e.document, e.traceparent, p.url,
           ARRAY(SELECT s.sealed FROM wh_secret s
                  WHERE s.endpoint_id = c.endpoint_id AND coalesce(s.expires_at, 'infinity') > now()
                  ORDER BY s.created_at DESC) AS sealed
      FROM claimed c
      JOIN wh_event e ON e.id = c.event_id
      JOIN wh_endpoint p ON p.id = c.endpoint_id
"""


LOOKED_AT_MAX = 1_000
"""Deliveries of one lane that the sweeper looks at: every few seconds, however many wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A delivery that is ours to make until its lease ends."""

    endpoint_id: UUID
    sequence: int
    event_id: UUID
    subject: str
    cause: str
    attempts: int
    failures: int
    lease_token: UUID
    recorded_at: datetime
    type: str
    document: str
    traceparent: str | None
    url: str
    sealed: Sequence[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A delivery that was tried, and what follows."""

    claimed: Claimed
    attempt: Attempt
    consequence: Consequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """How much waits, how long the oldest has waited since it was due, how many lanes stand how."""

    due: int
    oldest_s: float
    lanes: Mapping[str, int]


async def claim(
    tx: Transaction, *, owner: str, room: int, each: int, late_room: int, lease: timedelta
) -> list[Claimed]:
    """Lease what is due, at most `room`, at most `each` of one lane, at most `late_room` of those that failed often."""
    rows = await tx.fetch(CLAIM, room, owner, each, late_room, lease)
    return [Claimed(**dict(row)) for row in rows]


async def lock(tx: Transaction, endpoint_ids: Sequence[UUID]) -> dict[UUID, Lane]:
    """Hold some lanes, in the order of their ids."""
    rows = await tx.fetch(
        """
        SELECT endpoint_id, blocked_until, fails, tries_since, first_fail_at, window_from, window_tries, window_fails,
               open_count
          FROM wh_lane
         WHERE endpoint_id = ANY ($1::uuid[])
         ORDER BY endpoint_id
           FOR UPDATE
        """,
        endpoint_ids,
    )
    return {row["endpoint_id"]: Lane(**{name: row[name] for name in _LANE}) for row in rows}


_LANE = (
    "blocked_until",
    "fails",
    "tries_since",
    "first_fail_at",
    "window_from",
    "window_tries",
    "window_fails",
    "open_count",
)


async def finish(tx: Transaction, finished: Sequence[Finished]) -> set[tuple[UUID, int]]:
    """Write what became of deliveries whose lease is still ours, and return those.

    Every attempt is logged, also one that came too late to count.
    """
    rows = await tx.fetch(
        """
        WITH logged AS (
          INSERT INTO wh_attempt (endpoint_id, sequence, at, ms, status, trouble, answer, address)
          SELECT r.endpoint_id, r.sequence, r.at, r.ms, r.status, r.trouble, r.answer, r.address::inet
            FROM unnest($1::uuid[], $2::bigint[], $7::timestamptz[], $8::integer[], $9::integer[], $10::text[],
                        $11::text[], $12::text[])
                 AS r (endpoint_id, sequence, at, ms, status, trouble, answer, address))
        UPDATE wh_delivery d
           SET state = r.state, failures = r.failures, next_at = r.next_at,
               done_at = CASE WHEN r.state <> 'pending' THEN clock_timestamp() END,
               lease_until = NULL, lease_owner = NULL, lease_token = NULL
          FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::text[], $5::integer[], $6::timestamptz[])
               AS r (endpoint_id, sequence, token, state, failures, next_at)
         WHERE d.endpoint_id = r.endpoint_id AND d.sequence = r.sequence AND d.lease_token = r.token
        RETURNING d.endpoint_id, d.sequence
        """,
        [one.claimed.endpoint_id for one in finished],
        [one.claimed.sequence for one in finished],
        [one.claimed.lease_token for one in finished],
        [one.consequence.state for one in finished],
        [one.consequence.failures for one in finished],
        [one.consequence.next_at for one in finished],
        [one.attempt.at for one in finished],
        [one.attempt.ms for one in finished],
        [one.attempt.status for one in finished],
        [one.attempt.trouble for one in finished],
        [one.attempt.answer for one in finished],
        [one.attempt.address for one in finished],
    )
    return {(row["endpoint_id"], row["sequence"]) for row in rows}


async def hold_back(tx: Transaction, heads: Sequence[Finished]) -> None:
    """Give what waits behind a delivery that will be tried again its head's due time (5)."""
    if not heads:
        return
    await tx.execute(
        """
        UPDATE wh_delivery d
           SET next_at = r.next_at
          FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::timestamptz[])
               AS r (endpoint_id, subject, sequence, next_at)
         WHERE d.endpoint_id = r.endpoint_id AND d.subject = r.subject AND d.sequence > r.sequence
           AND d.state = 'pending' AND d.next_at < r.next_at
        """,
        [one.claimed.endpoint_id for one in heads],
        [one.claimed.subject for one in heads],
        [one.claimed.sequence for one in heads],
        [one.consequence.next_at for one in heads],
    )


async def let_go(tx: Transaction, closed: Sequence[Finished]) -> None:
    """Make what waited right behind a closed delivery due."""
    if not closed:
        return
    await tx.execute(
        """
        UPDATE wh_delivery d
           SET next_at = now()
          FROM unnest($1::uuid[], $2::text[]) AS r (endpoint_id, subject)
         WHERE d.endpoint_id = r.endpoint_id AND d.next_at > now()
           AND d.sequence = (SELECT min(e.sequence) FROM wh_delivery e
                              WHERE e.endpoint_id = r.endpoint_id AND e.subject = r.subject
                                AND e.state IN ('pending', 'leased'))
           AND d.state = 'pending' AND d.failures = 0
        """,
        [one.claimed.endpoint_id for one in closed],
        [one.claimed.subject for one in closed],
    )


async def save(tx: Transaction, lanes: Mapping[UUID, Lane], landed: Mapping[UUID, int]) -> None:
    """Write lanes that are locked; `landed` says how many deliveries of each are no longer in flight."""
    await tx.execute(
        """
        UPDATE wh_lane l
           SET inflight = GREATEST(l.inflight - r.landed, 0), blocked_until = r.blocked_until, fails = r.fails,
               tries_since = r.tries_since, first_fail_at = r.first_fail_at, window_from = r.window_from,
               window_tries = r.window_tries, window_fails = r.window_fails, open_count = r.open_count,
               warned = CASE WHEN r.first_fail_at IS NULL THEN 0 ELSE l.warned END
          FROM unnest($1::uuid[], $2::integer[], $3::timestamptz[], $4::integer[], $5::integer[], $6::timestamptz[],
                      $7::timestamptz[], $8::integer[], $9::integer[], $10::integer[])
               AS r (endpoint_id, landed, blocked_until, fails, tries_since, first_fail_at, window_from, window_tries,
                     window_fails, open_count)
         WHERE l.endpoint_id = r.endpoint_id
        """,
        list(lanes),
        [landed.get(endpoint_id, 0) for endpoint_id in lanes],
        *([getattr(lane, name) for lane in lanes.values()] for name in _LANE),
    )


async def release(tx: Transaction, *, owner: str | None = None) -> int:
    """Take back leases that have run out, or all those of an owner that is known to be gone; count them.

    In-flight counters are made true again from what is really leased, so that a killed worker leaves no trace.
    """
    rows = await tx.fetch(
        """
        SELECT l.endpoint_id
          FROM wh_lane l
         WHERE l.inflight <> (SELECT count(*) FROM wh_delivery d
                               WHERE d.endpoint_id = l.endpoint_id AND d.state = 'leased'
                                 AND d.lease_until >= now() AND d.lease_owner IS DISTINCT FROM $1)
         ORDER BY l.endpoint_id
           FOR UPDATE SKIP LOCKED
        """,
        owner,
    )
    endpoint_ids = [row["endpoint_id"] for row in rows]
    released = await tx.fetch(
        """
        UPDATE wh_delivery
           SET state = 'pending', next_at = now(), lease_until = NULL, lease_owner = NULL, lease_token = NULL
         WHERE endpoint_id = ANY ($1::uuid[]) AND state = 'leased' AND (lease_until < now() OR lease_owner = $2)
        RETURNING sequence
        """,
        endpoint_ids,
        owner,
    )
    await tx.execute(
        """
        UPDATE wh_lane l
           SET inflight = (SELECT count(*) FROM wh_delivery d
                            WHERE d.endpoint_id = l.endpoint_id AND d.state = 'leased')
         WHERE l.endpoint_id = ANY ($1::uuid[])
        """,
        endpoint_ids,
    )
    return len(released)


async def wake(tx: Transaction) -> None:
    """Make due what was never tried and waits behind nobody: its head was delivered while it was being added.

    Of each lane that is open, only what is due first is looked at: the rest is due by itself before it is forgotten.
    """
    await tx.execute(
        """
        UPDATE wh_delivery d
           SET next_at = now()
          FROM (SELECT w.endpoint_id, w.sequence
                  FROM wh_lane l
                 CROSS JOIN LATERAL (SELECT n.endpoint_id, n.sequence FROM wh_delivery n
                                      WHERE n.endpoint_id = l.endpoint_id AND n.state = 'pending' AND n.attempts = 0
                                        AND n.next_at > now()
                                      ORDER BY n.next_at, n.sequence
                                      LIMIT $1) AS first
                  JOIN wh_delivery w ON w.endpoint_id = first.endpoint_id AND w.sequence = first.sequence
                 WHERE l.active
                   AND NOT EXISTS (SELECT FROM wh_delivery e
                                    WHERE e.endpoint_id = w.endpoint_id AND e.subject = w.subject
                                      AND e.sequence < w.sequence AND e.state IN ('pending', 'leased'))
                   FOR UPDATE OF w SKIP LOCKED) AS woken
         WHERE d.endpoint_id = woken.endpoint_id AND d.sequence = woken.sequence
        """,
        LOOKED_AT_MAX,
    )


async def queue(tx: Transaction) -> Queue:
    """Measure what is due and not under way, so many of a lane at most, and how the lanes stand."""
    row = await tx.fetchrow(
        """
        SELECT coalesce(sum(first.due), 0)::bigint AS due,
               coalesce(extract(epoch FROM now() - min(first.due_since)), 0)::float8 AS oldest_s,
               count(*) FILTER (WHERE l.active AND coalesce(l.blocked_until, '-infinity') <= now()) AS open,
               count(*) FILTER (WHERE l.active AND l.blocked_until > now()) AS blocked,
               count(*) FILTER (WHERE NOT l.active) AS closed
          FROM wh_lane l
          LEFT JOIN LATERAL (SELECT count(*) AS due, min(d.next_at) AS due_since
                               FROM (SELECT n.next_at FROM wh_delivery n
                                      WHERE n.endpoint_id = l.endpoint_id AND n.state = 'pending' AND n.next_at <= now()
                                      ORDER BY n.next_at, n.sequence
                                      LIMIT $1) AS d) AS first ON l.active
        """,
        LOOKED_AT_MAX,
    )
    assert row is not None  # noqa: S101 - an aggregate has a row
    lanes = {state: int(row[state]) for state in ("open", "blocked", "closed")}
    return Queue(due=row["due"], oldest_s=row["oldest_s"], lanes=lanes)


async def ailing(tx: Transaction) -> dict[UUID, tuple[Lane, int]]:
    """List the active lanes that have failed since their last success, with the warnings already given."""
    rows = await tx.fetch(
        """
        SELECT endpoint_id, blocked_until, fails, tries_since, first_fail_at, window_from, window_tries, window_fails,
               open_count, warned
          FROM wh_lane
         WHERE active AND first_fail_at IS NOT NULL
         ORDER BY endpoint_id
        """
    )
    return {row["endpoint_id"]: (Lane(**{name: row[name] for name in _LANE}), row["warned"]) for row in rows}


async def warned(tx: Transaction, endpoint_id: UUID, count: int) -> bool:
    """Note that so many warnings were given; False: somebody else gave this one."""
    done = await tx.execute(
        "UPDATE wh_lane SET warned = $2 WHERE endpoint_id = $1 AND active AND warned < $2", endpoint_id, count
    )
    return done == "UPDATE 1"


async def set_active(tx: Transaction, endpoint_id: UUID, *, active: bool) -> None:
    """Open or close a lane; an opened one begins with a clean record."""
    await tx.execute(
        """
        UPDATE wh_lane
           SET active = $2, blocked_until = NULL, fails = 0, tries_since = 0, first_fail_at = NULL, window_from = NULL,
               window_tries = 0, window_fails = 0, open_count = 0, warned = 0
         WHERE endpoint_id = $1
        """,
        endpoint_id,
        active,
    )

"""From what is heard to what is sent: the inbox, the subscribers, and a number for each event of each endpoint.

(1) A fact is taken once: its id is put into the inbox by the transaction that gives it its numbers.  The inbox
    remembers for longer than the topics do, so that reading a topic again sends nothing again.
(2) Numbers are given under the lock of `wh_sequence`, held until the commit: they are gapless, and no later number is
    seen before an earlier one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from common.contracts.access import Role
from common.database import Transaction
from partners.domain.cloudevent import Event
from partners.domain.visibility import Owner
from partners.domain.webhook import State, Subscriber


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed:
    """One event for one endpoint; a disabled endpoint gets the number only."""

    endpoint_id: UUID
    event: Event
    cause: str = "fact"
    sent: bool = True


async def unheard(tx: Transaction, event_ids: Sequence[UUID]) -> set[UUID]:
    """Put facts into the inbox; return those that were not there."""
    rows = await tx.fetch(
        """
        INSERT INTO wh_heard (event_id)
        SELECT DISTINCT event_id FROM unnest($1::uuid[]) AS r (event_id)
            ON CONFLICT DO NOTHING
        RETURNING event_id
        """,
        event_ids,
    )
    return {row["event_id"] for row in rows}


async def subscribers(tx: Transaction) -> list[Subscriber]:
    """List every endpoint that has its numbers, with its owner's reach as it is today."""
    rows = await tx.fetch(
        """
        SELECT e.id, e.owner_role, e.owner_org, c.coordination_id, c.codes, e.event_types, e.codes AS narrowed, e.state
          FROM wh_endpoint e
          JOIN api_client c ON c.role = e.owner_role AND c.organisation_id = e.owner_org AND c.revoked_at IS NULL
         WHERE e.verified_at IS NOT NULL
         ORDER BY e.id
        """
    )
    return [
        Subscriber(
            endpoint_id=row["id"],
            owner=Owner(
                role=Role(row["owner_role"]),
                org=row["owner_org"],
                coordination_id=row["coordination_id"],
                codes=frozenset(row["codes"]),
            ),
            event_types=tuple(row["event_types"]),
            codes=frozenset(row["narrowed"]),
            state=State(row["state"]),
        )
        for row in rows
    ]


async def address(tx: Transaction, letters: Sequence[Addressed]) -> None:
    """Give each event the next number of each endpoint it is for, in the order given, and make it due.

    An endpoint that has its number of an event already gets no other one, and no number is lost over it.
    """
    if not letters:
        return
    await _keep(tx, list({letter.event.id: letter.event for letter in letters}.values()))
    await tx.execute(
        "SELECT endpoint_id FROM wh_sequence WHERE endpoint_id = ANY ($1::uuid[]) ORDER BY endpoint_id FOR UPDATE",
        [letter.endpoint_id for letter in letters],
    )
    await tx.execute(
        """
        WITH wanted AS (
          SELECT endpoint_id, event_id, subject, cause, sent, n
            FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::boolean[])
                 WITH ORDINALITY AS r (endpoint_id, event_id, subject, cause, sent, n)
           WHERE NOT EXISTS (SELECT FROM wh_delivery d
                              WHERE d.endpoint_id = r.endpoint_id AND d.event_id = r.event_id)),
        moved AS (
          UPDATE wh_sequence s
             SET last = s.last + count.n
            FROM (SELECT endpoint_id, count(*) AS n FROM wanted GROUP BY endpoint_id) AS count
           WHERE s.endpoint_id = count.endpoint_id
          RETURNING s.endpoint_id, s.last - count.n AS before)
        INSERT INTO wh_delivery (endpoint_id, sequence, event_id, subject, cause, state, done_at, next_at)
        SELECT w.endpoint_id, m.before + row_number() OVER (PARTITION BY w.endpoint_id ORDER BY w.n), w.event_id,
               w.subject, w.cause,
               CASE WHEN w.sent THEN 'pending' ELSE 'cancelled' END,
               CASE WHEN w.sent THEN NULL ELSE now() END,
               GREATEST(now(), (SELECT max(d.next_at) FROM wh_delivery d
                                 WHERE d.endpoint_id = w.endpoint_id AND d.subject = w.subject
                                   AND d.state = 'pending'))
          FROM wanted w
          JOIN moved m ON m.endpoint_id = w.endpoint_id
        """,
        [letter.endpoint_id for letter in letters],
        [letter.event.id for letter in letters],
        [letter.event.subject for letter in letters],
        [letter.cause for letter in letters],
        [letter.sent for letter in letters],
    )


async def _keep(tx: Transaction, events: Sequence[Event]) -> None:
    await tx.execute(
        """
        INSERT INTO wh_event (id, type, subject, recorded_at, document, traceparent)
        SELECT r.id, r.type, r.subject, r.recorded_at, r.document, r.traceparent
          FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::text[])
               AS r (id, type, subject, recorded_at, document, traceparent)
            ON CONFLICT DO NOTHING
        """,
        [event.id for event in events],
        [event.type for event in events],
        [event.subject for event in events],
        [event.time for event in events],
        [event.document for event in events],
        [event.traceparent for event in events],
    )

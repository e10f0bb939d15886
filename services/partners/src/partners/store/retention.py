"""What goes when it is old, a bounded number of rows at a time, by the hand of the housekeeper."""

from datetime import timedelta

import asyncpg

from common import kafka
from partners.domain.webhook import KEPT as EVENTS_KEPT

HEARD_KEPT = timedelta(milliseconds=kafka.EVENTS_KEPT_MS) + timedelta(days=30)
"""Longer than any topic keeps a fact: a broker drops whole segments, days after the age of their first record."""
ATTEMPTS_KEPT = timedelta(days=14)
AUDIT_KEPT = timedelta(days=400)

STATEMENTS = {
    "deliveries": (
        """
        DELETE FROM wh_delivery WHERE ctid = ANY (ARRAY(
          SELECT ctid FROM wh_delivery d
           WHERE created_at < now() - $1::interval
             AND (state IN ('done', 'dead', 'cancelled')
                  OR state = 'pending'              -- behind an open lane it is tried before, or the lane closed
                     AND NOT EXISTS (SELECT FROM wh_lane l WHERE l.endpoint_id = d.endpoint_id AND l.active))
           LIMIT $2))
        """,
        EVENTS_KEPT,
    ),
    "events": (
        """
        DELETE FROM wh_event WHERE ctid = ANY (ARRAY(
          SELECT e.ctid FROM wh_event e
           WHERE e.created_at < now() - $1::interval
             AND NOT EXISTS (SELECT FROM wh_delivery d WHERE d.event_id = e.id) LIMIT $2))
        """,
        EVENTS_KEPT,
    ),
    "heard": (
        """
        DELETE FROM wh_heard WHERE ctid = ANY (ARRAY(
          SELECT ctid FROM wh_heard WHERE heard_at < now() - $1::interval LIMIT $2))
        """,
        HEARD_KEPT,
    ),
    "attempts": (
        """
        DELETE FROM wh_attempt WHERE ctid = ANY (ARRAY(
          SELECT ctid FROM wh_attempt WHERE at < now() - $1::interval LIMIT $2))
        """,
        ATTEMPTS_KEPT,
    ),
    "audit": (
        """
        DELETE FROM audit WHERE ctid = ANY (ARRAY(
          SELECT ctid FROM audit WHERE at < now() - $1::interval LIMIT $2))
        """,
        AUDIT_KEPT,
    ),
    "assertions": (
        """
        DELETE FROM seen_assertion WHERE ctid = ANY (ARRAY(
          SELECT ctid FROM seen_assertion WHERE expires_at < now() - $1::interval LIMIT $2))
        """,
        timedelta(),
    ),
    "client secrets": (
        """
        DELETE FROM api_client_secret WHERE id = ANY (ARRAY(
          SELECT id FROM api_client_secret WHERE expires_at < now() - $1::interval LIMIT $2))
        """,
        timedelta(),
    ),
    "webhook secrets": (
        """
        DELETE FROM wh_secret WHERE id = ANY (ARRAY(
          SELECT id FROM wh_secret WHERE expires_at < now() - $1::interval LIMIT $2))
        """,
        timedelta(),
    ),
}
"""What is deleted, in this order: events go once nothing refers to them."""


async def forget(connection: "asyncpg.Connection[asyncpg.Record]", *, batch: int) -> dict[str, int]:
    """Delete what is too old; count it by kind."""
    forgotten = dict.fromkeys(STATEMENTS, 0)
    for kind, (statement, age) in STATEMENTS.items():
        while True:
            number = int((await connection.execute(statement, age, batch)).rpartition(" ")[2])
            forgotten[kind] += number
            if number < batch:
                break
    return forgotten

"""What an operator asks the schemas: every statement, and nothing that changes a row."""

from collections.abc import Sequence
from typing import TypeAlias

import asyncpg

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Rows: TypeAlias = "Sequence[asyncpg.Record]"


async def see_all(connection: Connection) -> None:
    """Look in the house's own name: row security then hides nothing."""
    await connection.execute("""SET app.principal = '{"level": "system"}'""")


async def outbox(connection: Connection) -> asyncpg.Record | None:
    """Say how far the relay has come, and what waits for it; None before a relay has ever led."""
    return await connection.fetchrow(
        """
        WITH cursor AS (SELECT relay, epoch, db_epoch, s1, s2, signed_off, updated_at FROM outbox_cursor),
             waiting AS (
               SELECT count(*) AS rows, min(at) AS oldest
                 FROM outbox JOIN cursor ON NOT pg_visible_in_snapshot(outbox.xid, cursor.s1)
                WHERE outbox.xid >= pg_snapshot_xmin(cursor.s1))
        SELECT cursor.relay, cursor.epoch, cursor.db_epoch, cursor.s2 IS NOT NULL AS draining, cursor.signed_off,
               cursor.updated_at, waiting.rows, clock_timestamp() - waiting.oldest AS age,
               (SELECT count(*) FROM outbox) AS retained,
               (SELECT count(*) FROM outbox_default) AS astray
          FROM cursor CROSS JOIN waiting
        """
    )


async def positions(connection: Connection) -> Rows:
    """List where every group stands: one row for each partition it has read."""
    return await connection.fetch(
        """
        SELECT grp, topic, part, next_offset, clock_timestamp() - recorded_at AS age
          FROM consumer_offset
         ORDER BY grp, topic, part
        """
    )


async def outcome(connection: Connection, number: int) -> str | None:
    """Say what became of an operation; None while a worker has yet to do it."""
    said: str | None = await connection.fetchval("SELECT outcome FROM operation WHERE id = $1", number)
    return said


async def audit(connection: Connection, limit: int) -> Rows:
    """List what was done to the backbone, the last first."""
    return await connection.fetch(
        "SELECT at, who, command, arguments, outcome FROM operation ORDER BY id DESC LIMIT $1", limit
    )


async def said_of(connection: Connection, key: str) -> Rows:
    """List what the outbox retains of one aggregate, in the order in which it was written."""
    return await connection.fetch(
        "SELECT at, topic, type, version, event_id, traceparent FROM outbox WHERE key = $1 ORDER BY seq", key
    )


async def counted_of(connection: Connection, key: str) -> Rows:
    """Say which record of an aggregate the figures are made of (schema `reporting`)."""
    return await connection.fetch(
        """
        SELECT recorded_at, topic, part, "offset", version,
               (SELECT count(*) FROM contribution
                 WHERE contribution.kind = record.kind AND contribution.id = record.id) AS contributions
          FROM record WHERE id::text = $1
        """,
        key,
    )


async def delivered_of(connection: Connection, key: str) -> Rows:
    """List the webhooks that told of an aggregate (schema `partners`)."""
    return await connection.fetch(
        """
        SELECT wh_event.type, wh_delivery.endpoint_id, wh_delivery.sequence, wh_delivery.state,
               wh_delivery.done_at, wh_delivery.attempts
          FROM wh_event JOIN wh_delivery ON wh_delivery.event_id = wh_event.id
         WHERE wh_event.subject = $1
         ORDER BY wh_delivery.endpoint_id, wh_delivery.sequence
        """,
        key,
    )

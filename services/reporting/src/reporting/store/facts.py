"""The facts of each aggregate that is counted: of which type, when, and where they stand on their topic."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from common.consumer import Message
from common.database import Transaction


async def keep(tx: Transaction, kind: str, messages: Sequence[Message]) -> None:
    """Write down where facts stand; one heard again is written down already."""
    await tx.execute(
        """
        INSERT INTO fact (kind, id, epoch, version, type, topic, part, "offset", event_id, recorded_at)
        SELECT $1, id, epoch, version, type, $2, $3, "offset", event_id, recorded_at
          FROM unnest($4::uuid[], $5::integer[], $6::integer[], $7::text[], $8::bigint[], $9::text[],
                      $10::timestamptz[])
               AS heard (id, epoch, version, type, "offset", event_id, recorded_at)
            ON CONFLICT DO NOTHING
        """,
        kind,
        messages[0].topic,
        messages[0].partition,
        [UUID(message.key) for message in messages],
        [message.epoch for message in messages],
        [message.version for message in messages],
        [message.type for message in messages],
        [message.offset for message in messages],
        [message.id for message in messages],
        [message.time for message in messages],
    )


async def of(
    tx: Transaction, kind: str, id_: UUID, *, after: Sequence[int] | None, limit: int
) -> list[Mapping[str, object]]:
    """List the facts of an aggregate in their order, as far as the caller may see them."""
    rows = await tx.fetch(
        """
        SELECT epoch, version, type, topic, part AS "partition", "offset", event_id, recorded_at
          FROM fact
         WHERE kind = $1 AND id = $2 AND ($3::bigint[] IS NULL OR (epoch, version) > (($3)[1], ($3)[2]))
         ORDER BY epoch, version
         LIMIT $4
        """,
        kind,
        id_,
        after,
        limit,
    )
    return [dict(row) for row in rows]

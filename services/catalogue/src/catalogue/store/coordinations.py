"""Which coordinations the catalogue has heard of from `partners`: a regional list is one's own."""

from collections.abc import Sequence
from uuid import UUID

from common.database import Transaction


async def keep_coordinations(tx: Transaction, heard: Sequence[tuple[UUID, int, int]]) -> None:
    """Remember coordinations by id, epoch and version, unless something newer is known; of one heard twice, the newer.

    What they are called and where they work is not kept: nothing here looks at it.
    """
    latest = {one[0]: one for one in sorted(heard, key=lambda one: one[1:])}.values()
    await tx.execute(
        """
        INSERT INTO known_coordination AS known (id, epoch, version)
        SELECT id, epoch, version
          FROM unnest($1::uuid[], $2::integer[], $3::integer[]) AS heard (id, epoch, version)
            ON CONFLICT (id) DO UPDATE
           SET epoch = excluded.epoch, version = excluded.version
         WHERE (known.epoch, known.version) < (excluded.epoch, excluded.version)
        """,
        [one[0] for one in latest],
        [one[1] for one in latest],
        [one[2] for one in latest],
    )


async def forget_coordination(tx: Transaction, coordination_id: UUID, heard: tuple[int, int]) -> None:
    """Drop what its owner has retracted, unless something newer was heard of it."""
    await tx.execute(
        "DELETE FROM known_coordination WHERE id = $1 AND (epoch, version) < ($2, $3)", coordination_id, *heard
    )


async def is_known_coordination(tx: Transaction, coordination_id: UUID) -> bool:
    known: bool = await tx.fetchval("SELECT EXISTS (SELECT FROM known_coordination WHERE id = $1)", coordination_id)
    return known

"""The scheme's past as others published it: documents, in the order in which they were first told."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import msgspec

from common.database import Transaction
from reporting.domain.history import Entry, HistoricalFigure


async def told(tx: Transaction, ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Read what is known of these already."""
    rows = await tx.fetch(
        """
        SELECT id, doc FROM history_figure WHERE id = ANY ($1::uuid[])
        UNION ALL
        SELECT id, doc FROM history_territory WHERE id = ANY ($1::uuid[])
        """,
        list(ids),
    )
    return {row["id"]: row["doc"] for row in rows}


def written(entry: Entry) -> str:
    return msgspec.json.encode(entry).decode()


async def tell(tx: Transaction, entry: Entry) -> None:
    """Keep an entry in the place of what was told before."""
    if isinstance(entry, HistoricalFigure):
        await tx.execute(_TELL_FIGURE, entry.id, written(entry))
    else:
        await tx.execute(_TELL_TERRITORY, entry.id, entry.year, entry.code_then, entry.code_now, written(entry))


async def figures(tx: Transaction, *, after: int | None, limit: int) -> Sequence[tuple[int, str]]:
    rows = await tx.fetch(
        "SELECT seq, doc FROM history_figure WHERE $1::bigint IS NULL OR seq > $1 ORDER BY seq LIMIT $2", after, limit
    )
    return [(row["seq"], row["doc"]) for row in rows]


async def territories(
    tx: Transaction, *, municipality: str | None, year: int | None, after: int | None, limit: int
) -> Sequence[tuple[int, str]]:
    """Read places, all or those that bear a code now or bore it then."""
    rows = await tx.fetch(
        """
        SELECT seq, doc
          FROM history_territory
         WHERE ($1::text IS NULL OR $1 IN (code_then, code_now))
           AND ($2::integer IS NULL OR year = $2)
           AND ($3::bigint IS NULL OR seq > $3)
         ORDER BY seq
         LIMIT $4
        """,
        municipality,
        year,
        after,
        limit,
    )
    return [(row["seq"], row["doc"]) for row in rows]


_TELL_FIGURE = """
INSERT INTO history_figure (id, doc) VALUES ($1, $2)
    ON CONFLICT (id) DO UPDATE SET doc = excluded.doc
"""

_TELL_TERRITORY = """
INSERT INTO history_territory (id, year, code_then, code_now, doc) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (id) DO UPDATE SET code_now = excluded.code_now, doc = excluded.doc
"""

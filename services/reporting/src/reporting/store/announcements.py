"""Cells that changed, and what was last announced of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from common import outbox
from common.contracts.reporting import FigureState
from common.database import Transaction
from common.outbox import Announcement
from reporting.store.hearing import PROGRESS, Progress, progress

_ONE_ANNOUNCER = "figures"


@dataclass(frozen=True, slots=True)
class Announced:
    """One announcement as a stream repeats it."""

    revision: int
    doc: str


async def lead(tx: Transaction) -> bool:
    """Be the only announcer until the transaction ends, or say that another one is at it."""
    leads: bool = await tx.fetchval("SELECT pg_try_advisory_xact_lock(hashtext($1))", _ONE_ANNOUNCER)
    return leads


async def wait_for_the_lead(tx: Transaction) -> None:
    """Be the only announcer until the transaction ends, after whoever is at it."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext($1))", _ONE_ANNOUNCER)


async def changed(tx: Transaction, limit: int) -> list[UUID]:
    """Take away what consumers noted, oldest first, each cell once."""
    rows = await tx.fetch(
        """
        WITH taken AS (
          DELETE FROM changed_cell WHERE seq IN (SELECT seq FROM changed_cell ORDER BY seq LIMIT $1) RETURNING cell
        )
        SELECT DISTINCT cell FROM taken ORDER BY cell
        """,
        limit,
    )
    return [row["cell"] for row in rows]


async def cells(tx: Transaction, ids: Sequence[UUID]) -> tuple[Progress, list[Mapping[str, object]]]:
    """Read cells as they now are, over all partitions, and up to where they have heard: of one moment."""
    rows = await tx.fetch(_CELLS, ids)
    names = _COLUMNS.replace(",", " ").split()
    return progress(rows[0]), [{name: row[name] for name in names} for row in rows if row["cell"] is not None]


async def versions(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, int]:
    """Say which version each cell was last announced in."""
    rows = await tx.fetch("SELECT id, version FROM figure WHERE id = ANY ($1::uuid[])", ids)
    return {row["id"]: row["version"] for row in rows}


async def announce(tx: Transaction, figures: Sequence[FigureState]) -> None:
    """Announce cells, each once: to the topic, and to the streams."""
    if not figures:
        return
    said = [Announcement(aggregate=one.AGGREGATE, id=one.id, version=one.version, state=one) for one in figures]
    numbered = ([one.id for one in figures], [one.version for one in figures])
    await outbox.write_together(tx, _ANNOUNCE, numbered, said)


async def after(tx: Transaction, revision: int, limit: int) -> list[Announced]:
    """List what was announced after a revision, in order; of each cell the last announcement only."""
    rows = await tx.fetch(
        "SELECT revision, doc FROM figure WHERE revision > $1 ORDER BY revision LIMIT $2", revision, limit
    )
    return [Announced(row["revision"], row["doc"]) for row in rows]


async def last_revision(tx: Transaction) -> int:
    last: int = await tx.fetchval("SELECT coalesce(max(revision), 0) FROM figure")
    return last


_COLUMNS = """
cell, quantity, audience, category, campaign_id, campaign_year, coordination_id, month, region, department, action_type,
amount
"""

_CELLS = f"""
WITH heard AS ({PROGRESS}), summed AS (
  SELECT cell, quantity, audience, category, campaign_id, campaign_year, coordination_id, month, region, department,
         action_type, sum(amount)::bigint AS amount
    FROM cell
   WHERE cell = ANY ($1::uuid[])
   GROUP BY cell, quantity, audience, category, campaign_id, campaign_year, coordination_id, month, region,
            department, action_type
)
SELECT heard.offsets, heard.as_of, heard.not_counted, {_COLUMNS}
  FROM heard LEFT JOIN summed ON true
 ORDER BY cell
"""

_ANNOUNCE = outbox.writing_all(
    """
    INSERT INTO figure AS known (id, version, revision, doc)
    SELECT id, version, nextval('figure_revision'), doc
      FROM unnest($1::uuid[], $2::integer[], $docs) AS said (id, version, doc)
        ON CONFLICT (id) DO UPDATE SET version = excluded.version, revision = excluded.revision, doc = excluded.doc
    RETURNING id
    """
)

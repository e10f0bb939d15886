"""Whether cells are the sums of contributions, contributions what records brought, announcements what cells say.

(1) Each of these holds at every commit (`store.counting`, `commands.announcing`), so all are looked at in one statement
    and must hold exactly, however much is counted meanwhile.
(2) A cell is put right from contributions while counting stands still.  A contribution that is not where its own
    dimensions say is taken out: its owner announces its record again, and what is missing is counted then.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

import asyncpg

from common.database import Transaction
from reporting.domain.quantities import Spot, cell_id
from reporting.store.counting import NEVER_ANNOUNCED
from reporting.store.hearing import PROGRESS, heard_to
from reporting.store.reconciliation import TIMEOUT_S

WRONG_MAX = 1_000
"""Of each kind, found and mended in one go; the others are found by the next one."""

PARTS_MAX = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """How much was looked at, and what of it is wrong."""

    compared: int
    wrong: tuple[tuple[str, str], ...]


class Inside(NamedTuple):
    """What was looked at inside, at one position: wrong cells by cell and shard, records by kind and id, figures."""

    position: str
    cells: Looked
    records: Looked
    figures: Looked


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A contribution that is not where its dimensions say."""

    kind: str
    id: UUID
    part: str


async def look(tx: Transaction) -> Inside:
    """Look at all of it in one statement, and say up to where it has heard.

    Cells are compared with the sums of their contributions, shard by shard; contributions with what their records
    brought; what was announced with cells over all shards, unless it waits to be announced.
    """
    rows = await tx.fetch(_LOOK, WRONG_MAX, NEVER_ANNOUNCED, timeout=TIMEOUT_S + 1)
    of = {what: [row for row in rows if row["what"] == what] for what in ("cells", "records", "figures")}
    return Inside(heard_to(rows[0]), *(_looked(some) for some in of.values()))


async def misplaced(tx: Transaction, of_cells: Collection[UUID]) -> list[Part]:
    """List the contributions to some cells that their own dimensions would put elsewhere."""
    rows = await tx.fetch(_PARTS, list(of_cells), PARTS_MAX, timeout=TIMEOUT_S + 1)
    return [
        Part(kind=row["kind"], id=row["id"], part=row["part"])
        for row in rows
        if cell_id(row["quantity"], row["audience"], row["category"], _spot(row)) != row["cell"]
    ]


async def take_out(tx: Transaction, parts: Sequence[Part]) -> None:
    """Delete contributions; their records are to be heard again."""
    await tx.executemany(
        "DELETE FROM contribution WHERE kind = $1 AND id = $2 AND part = $3",
        [(part.kind, part.id, part.part) for part in parts],
        timeout=TIMEOUT_S + 1,
    )


async def recount(tx: Transaction, of_cells: Collection[UUID]) -> None:
    """Make cells the sums of their contributions, and have them announced.  The caller holds counting."""
    await tx.execute(_RECOUNT, list(of_cells), NEVER_ANNOUNCED, timeout=TIMEOUT_S + 1)


async def announce_again(tx: Transaction, of_cells: Collection[UUID]) -> None:
    await tx.execute("INSERT INTO changed_cell (cell) SELECT unnest($1::uuid[])", list(of_cells))


def _looked(rows: Sequence[asyncpg.Record]) -> Looked:
    wrong = tuple((row["kind"], row["name"]) for row in rows if row["name"] is not None)
    return Looked(compared=rows[0]["compared"], wrong=wrong)


def _spot(row: asyncpg.Record) -> Spot:
    said = {name: row[name] for name in _SPOT}
    return Spot(**said, project_id=row["main_of"])


_SPOT = ("campaign_id", "campaign_year", "coordination_id", "month", "region", "department", "action_type")

_CELLS = """
WITH counted AS (
  SELECT cell, shard, quantity, audience, category, campaign_id, campaign_year, coordination_id, month, region,
         department, action_type, main_of, sum(amount)::bigint AS amount, count(*) AS n
    FROM contribution
   GROUP BY cell, shard, quantity, audience, category, campaign_id, campaign_year, coordination_id, month, region,
            department, action_type, main_of
), compared AS (
  SELECT coalesce(cell.cell, counted.cell)::text AS kind, coalesce(cell.shard, counted.shard) AS name,
         (coalesce(cell.amount, 0), coalesce(cell.n, 0)) = (coalesce(counted.amount, 0), coalesce(counted.n, 0))
         AND (cell.cell IS NULL OR counted.cell IS NULL
              OR (cell.quantity, cell.audience, cell.category, cell.campaign_id, cell.campaign_year,
                  cell.coordination_id, cell.month, cell.region, cell.department, cell.action_type, cell.main_of)
                 IS NOT DISTINCT FROM
                 (counted.quantity, counted.audience, counted.category, counted.campaign_id, counted.campaign_year,
                  counted.coordination_id, counted.month, counted.region, counted.department, counted.action_type,
                  counted.main_of)) AS equal
    FROM cell FULL JOIN counted ON counted.cell = cell.cell AND counted.shard = cell.shard
), wrong AS (
  SELECT kind, name FROM compared WHERE NOT equal LIMIT $1
)
SELECT (SELECT count(*) FROM compared)::integer AS compared, wrong.kind, wrong.name
  FROM (VALUES (1)) AS one LEFT JOIN wrong ON true
"""

_RECORDS = """
WITH sums AS (
  SELECT kind, id, count(*) AS parts, sum(amount)::bigint AS total FROM contribution GROUP BY kind, id
), compared AS (
  SELECT coalesce(record.kind, sums.kind) AS kind, coalesce(record.id, sums.id)::text AS name,
         record.id IS NOT NULL
         AND (record.parts IS NULL
              OR (record.parts, record.total) = (coalesce(sums.parts, 0), coalesce(sums.total, 0))) AS equal
    FROM record FULL JOIN sums ON sums.kind = record.kind AND sums.id = record.id
), wrong AS (
  SELECT kind, name FROM compared WHERE NOT equal LIMIT $1
)
SELECT (SELECT count(*) FROM compared)::integer AS compared, wrong.kind, wrong.name
  FROM (VALUES (1)) AS one LEFT JOIN wrong ON true
"""

_FIGURES = """
WITH now AS (
  SELECT cell, sum(amount)::bigint AS amount FROM cell WHERE quantity <> ALL ($2::text[]) GROUP BY cell
), said AS (
  SELECT id, coalesce((doc ->> 'amount')::bigint, ((doc -> 'money' ->> 'amount')::numeric * 100)::bigint) AS amount
    FROM (SELECT id, doc::jsonb AS doc FROM figure) AS figure
   WHERE doc ->> 'closed_at' IS NULL
), compared AS (
  SELECT coalesce(now.cell, said.id)::text AS name, coalesce(now.amount, 0) = coalesce(said.amount, 0) AS equal
    FROM now FULL JOIN said ON said.id = now.cell
   WHERE NOT EXISTS (SELECT FROM changed_cell WHERE changed_cell.cell = coalesce(now.cell, said.id))
), wrong AS (
  SELECT name FROM compared WHERE NOT equal LIMIT $1
)
SELECT (SELECT count(*) FROM compared)::integer AS compared, 'figure' AS kind, wrong.name
  FROM (VALUES (1)) AS one LEFT JOIN wrong ON true
"""

_LOOK = f"""
SELECT heard.offsets, looked.what, looked.compared, looked.kind, looked.name
  FROM ({PROGRESS}) AS heard CROSS JOIN (
    SELECT 'cells' AS what, compared, kind, name FROM ({_CELLS}) AS cells
     UNION ALL
    SELECT 'records', compared, kind, name FROM ({_RECORDS}) AS records
     UNION ALL
    SELECT 'figures', compared, kind, name FROM ({_FIGURES}) AS figures) AS looked
"""

_PARTS = """
SELECT kind, id, part, cell::text, quantity, audience, category, campaign_id::text, campaign_year,
       coordination_id::text, month, region, department, action_type, main_of::text
  FROM contribution
 WHERE cell = ANY ($1::uuid[])
 LIMIT $2
"""

_RECOUNT = """
WITH counted AS (
  SELECT cell, shard, sum(amount)::bigint AS amount, count(*) AS n
    FROM contribution WHERE cell = ANY ($1::uuid[]) GROUP BY cell, shard
), placed AS (
  SELECT DISTINCT ON (cell, shard) cell, shard, quantity, audience, category, campaign_id, campaign_year,
         coordination_id, month, region, department, action_type, main_of
    FROM contribution WHERE cell = ANY ($1::uuid[])
   ORDER BY cell, shard, kind, id, part
), emptied AS (
  UPDATE cell SET amount = 0, n = 0
   WHERE cell = ANY ($1::uuid[])
     AND NOT EXISTS (SELECT FROM counted WHERE counted.cell = cell.cell AND counted.shard = cell.shard)
  RETURNING cell, quantity
), summed AS (
  INSERT INTO cell AS known
         (cell, shard, quantity, audience, category, campaign_id, campaign_year, coordination_id, month, region,
          department, action_type, main_of, amount, n)
  SELECT placed.cell, placed.shard, quantity, audience, category, campaign_id, campaign_year, coordination_id, month,
         region, department, action_type, main_of, amount, n
    FROM placed JOIN counted ON counted.cell = placed.cell AND counted.shard = placed.shard
      ON CONFLICT (cell, shard) DO UPDATE
     SET quantity = excluded.quantity, audience = excluded.audience, category = excluded.category,
         campaign_id = excluded.campaign_id, campaign_year = excluded.campaign_year,
         coordination_id = excluded.coordination_id, month = excluded.month, region = excluded.region,
         department = excluded.department, action_type = excluded.action_type, main_of = excluded.main_of,
         amount = excluded.amount, n = excluded.n
  RETURNING cell, quantity
)
INSERT INTO changed_cell (cell)
SELECT cell FROM (SELECT cell, quantity FROM emptied UNION SELECT cell, quantity FROM summed) AS mended
 WHERE quantity <> ALL ($2::text[])
"""

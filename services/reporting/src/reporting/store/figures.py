"""What figures are read from: sums of cells with the position they include, published breakdowns, contributions."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import asyncpg

from common.database import Transaction
from reporting.domain.indicators import Axis
from reporting.domain.quantities import Quantity
from reporting.domain.questions import Awaited, Parts
from reporting.store.hearing import PROGRESS, Progress, progress

Filters = Mapping[Axis, Sequence[str]]
Place = tuple[tuple[str, str], ...]
"""Where a sum stands: the axes it was asked along, with their values."""

PLACES = (
    Axis.CAMPAIGN,
    Axis.CAMPAIGN_YEAR,
    Axis.COORDINATION,
    Axis.YEAR,
    Axis.MONTH,
    Axis.REGION,
    Axis.DEPARTMENT,
    Axis.TYPE,
)
"""The axes that cells know; the other ones are an indicator's own."""


@dataclass(frozen=True, slots=True)
class Summed:
    """One sum, its category and where it stands."""

    quantity: Quantity
    audience: str
    category: str
    place: Place
    amount: int


async def sums(
    tx: Transaction, quantities: Collection[Quantity], group_by: Sequence[Axis], filters: Filters
) -> tuple[Progress, list[Summed]]:
    """Add up cells, and say up to where they have heard: one statement, so that both are of the same moment."""
    rows = await tx.fetch(
        _SUMS,
        sorted(quantities),
        [axis in group_by for axis in PLACES],
        *_bounds(filters),
    )
    summed = [_summed(row, group_by) for row in rows if row["quantity"] is not None]
    return progress(rows[0]), summed


async def counted(tx: Transaction, awaited: Sequence[Awaited]) -> frozenset[Awaited]:
    """Say which of these records, or later ones of the same aggregates, have been counted."""
    if not awaited:
        return frozenset()
    rows = await tx.fetch(
        """
        SELECT kind, id, version
          FROM unnest($1::text[], $2::uuid[], $3::integer[]) AS awaited (kind, id, version)
         WHERE EXISTS (                          -- a look at the key for each: never a join that could read the table
           SELECT FROM record
            WHERE record.kind = awaited.kind AND record.id = awaited.id AND record.version >= awaited.version
           OFFSET 0)
        """,
        [one.kind for one in awaited],
        [one.id for one in awaited],
        [one.version for one in awaited],
    )
    return frozenset(Awaited(row["kind"], row["id"], row["version"]) for row in rows)


async def published_includes(tx: Transaction, awaited: Sequence[Awaited]) -> bool:
    """Say whether nothing of these records still waits for the day's close."""
    waiting: bool = await tx.fetchval(
        "SELECT EXISTS (SELECT FROM unpublished WHERE report_id = ANY ($1::uuid[]))", [one.id for one in awaited]
    )
    return not waiting


async def contributions(
    tx: Transaction, parts: Parts, filters: Filters, *, after: Sequence[object], limit: int
) -> list[Mapping[str, object]]:
    """List the parts behind a figure with the records that brought them, in the order of their keys."""
    rows = await tx.fetch(
        _CONTRIBUTIONS,
        sorted(parts.quantities),
        list(after) or None,
        *_bounds(filters),
        filters.get(Axis.AUDIENCE),
        parts.categories,
        parts.methods,
        parts.breakdowns,
        limit,
    )
    return [dict(row) for row in rows]


def _bounds(filters: Filters) -> list[list[str] | list[int] | None]:
    """Give each axis's values, or nothing where an axis is not bounded."""
    bounds: list[list[str] | list[int] | None] = [list(filters[axis]) if axis in filters else None for axis in PLACES]
    if Axis.CAMPAIGN_YEAR in filters:
        bounds[PLACES.index(Axis.CAMPAIGN_YEAR)] = [int(year) for year in filters[Axis.CAMPAIGN_YEAR]]
    return bounds


def _summed(row: asyncpg.Record, group_by: Sequence[Axis]) -> Summed:
    place = tuple((str(axis), str(row[axis])) for axis in PLACES if axis in group_by)
    return Summed(Quantity(row["quantity"]), row["audience"], row["category"], place, row["amount"])


_BOUNDED = """
       ($3::uuid[] IS NULL OR campaign_id = ANY ($3::uuid[]))
   AND ($4::integer[] IS NULL OR campaign_year = ANY ($4::integer[]))
   AND ($5::uuid[] IS NULL OR coordination_id = ANY ($5::uuid[]))
   AND ($6::text[] IS NULL OR left(month, 4) = ANY ($6::text[]))
   AND ($7::text[] IS NULL OR month = ANY ($7::text[]))
   AND ($8::text[] IS NULL OR region = ANY ($8::text[]))
   AND ($9::text[] IS NULL OR department = ANY ($9::text[]))
   AND ($10::text[] IS NULL OR action_type = ANY ($10::text[]))
"""

_SUMS = f"""
WITH heard AS ({PROGRESS}), summed AS (
  SELECT quantity, audience, category,
         CASE WHEN ($2::boolean[])[1] THEN campaign_id END AS campaign,
         CASE WHEN ($2::boolean[])[2] THEN campaign_year END AS campaign_year,
         CASE WHEN ($2::boolean[])[3] THEN coordination_id END AS coordination,
         CASE WHEN ($2::boolean[])[4] THEN left(month, 4) END AS year,
         CASE WHEN ($2::boolean[])[5] THEN month END AS month,
         CASE WHEN ($2::boolean[])[6] THEN region END AS region,
         CASE WHEN ($2::boolean[])[7] THEN department END AS department,
         CASE WHEN ($2::boolean[])[8] THEN action_type END AS type,
         sum(amount)::bigint AS amount
    FROM placed_cell
   WHERE quantity = ANY ($1::text[]) AND {_BOUNDED}
   GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
  HAVING sum(n) <> 0
)
SELECT heard.offsets, heard.as_of, heard.not_counted,
       quantity, audience, category, campaign, campaign_year, coordination, year, month, region, department, type,
       amount
  FROM heard LEFT JOIN summed ON true
 ORDER BY campaign, campaign_year, coordination, year, month, region, department, type, quantity, audience, category
"""

_CONTRIBUTIONS = f"""
SELECT placed.kind AS aggregate, placed.id, record.version, placed.part, placed.quantity, placed.audience,
       placed.category, placed.project_id, placed.action_id, placed.campaign_id, placed.campaign_year,
       placed.coordination_id, placed.month, placed.region, placed.department, placed.action_type, placed.amount,
       record.topic, record.part AS "partition", record."offset", record.event_id, record.recorded_at
  FROM (SELECT contribution.kind, contribution.id, part, quantity, audience, category, project_id, action_id,
               campaign_id, campaign_year, coordination_id, month,
               coalesce(known_project.region, contribution.region) AS region,
               coalesce(known_project.department, contribution.department) AS department, action_type, amount
          FROM contribution LEFT JOIN known_project ON known_project.id = contribution.main_of) AS placed
  JOIN record ON record.kind = placed.kind AND record.id = placed.id
 WHERE quantity = ANY ($1::text[])
   AND ($2::text[] IS NULL OR (placed.kind, placed.id, placed.part)
                              > (($2::text[])[1], ($2::text[])[2]::uuid, ($2::text[])[3]))
   AND {_BOUNDED}
   AND ($11::text[] IS NULL OR audience = ANY ($11::text[]))
   AND ($12::text[] IS NULL OR category = ANY ($12::text[]))
   AND ($13::text[] IS NULL OR split_part(category, '/', 2) = ANY ($13::text[]))
   AND ($14::text[] IS NULL OR quantity <> 'method' OR split_part(category, '/', 1) = ANY ($14::text[]))
 ORDER BY placed.kind, placed.id, placed.part
 LIMIT $15
"""

"""The day's close: what waits for it, and what was published."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from common.database import Transaction
from reporting.domain.indicators import Axis
from reporting.domain.publication import Leaf, PublishedCell, Table, breakdown_of
from reporting.domain.quantities import BREAKDOWNS
from reporting.domain.small_cells import Cell, Path

_PUBLISHED = uuid5(NAMESPACE_URL, "passeurs.reporting.published.v1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What everybody may see of one cell; no amount is a hidden one, category "" the row's total."""

    breakdown: str
    audience: str
    category: str
    place: tuple[tuple[str, str], ...]
    amount: int | None
    closed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An action's change of a campaign's breakdowns, by a report, that is not published yet."""

    seq: int
    campaign_id: UUID
    audience: str
    action_id: UUID
    report_id: UUID

    @property
    def leaf(self) -> Leaf:
        return (self.campaign_id, self.audience)


@dataclass(frozen=True, slots=True)
class Campaign:
    """Where a campaign's breakdowns stand in the published trees."""

    id: UUID
    year: int
    region: str

    @property
    def path(self) -> Path:
        return (self.region, str(self.id))


def published_id(table: Table, cell: Cell) -> UUID:
    """Name a published cell; the same everywhere and always."""
    path, category = cell
    return uuid5(_PUBLISHED, "|".join((table.breakdown, table.audience, str(table.campaign_year), *path, "", category)))


async def hold_counting(tx: Transaction) -> None:
    """Let no contribution in until the transaction ends; consumers wait, and try again if it takes long."""
    await tx.execute("LOCK TABLE unpublished IN SHARE ROW EXCLUSIVE MODE")


async def stand_still(tx: Transaction) -> None:
    """Let all that this transaction reads be of one moment; its first statement."""
    await tx.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


async def waiting(tx: Transaction) -> list[Waiting]:
    """List what has changed campaigns' breakdowns since they were published."""
    rows = await tx.fetch("SELECT seq, campaign_id, audience, action_id, report_id FROM unpublished ORDER BY seq")
    return [Waiting(**dict(row)) for row in rows]


async def published_leaves(tx: Transaction) -> frozenset[Leaf]:
    rows = await tx.fetch("SELECT DISTINCT campaign_id, audience FROM published_cell WHERE campaign_id IS NOT NULL")
    return frozenset((row["campaign_id"], row["audience"]) for row in rows)


async def campaigns(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, Campaign]:
    """Find campaigns; one that has not been heard of yet is left out, and waits."""
    rows = await tx.fetch("SELECT id, year, region FROM known_campaign WHERE id = ANY ($1::uuid[])", list(ids))
    return {row["id"]: Campaign(row["id"], row["year"], row["region"]) for row in rows}


async def counts(tx: Transaction, campaign_ids: Collection[UUID]) -> dict[tuple[UUID, str, str], dict[str, int]]:
    """Add up the breakdowns of campaigns as they now are: (campaign, audience, breakdown) → category → people."""
    rows = await tx.fetch(
        """
        SELECT campaign_id, audience, quantity, category, sum(amount)::bigint AS people
          FROM cell
         WHERE quantity = ANY ($2::text[]) AND campaign_id = ANY ($1::uuid[])
         GROUP BY campaign_id, audience, quantity, category
        """,
        list(campaign_ids),
        sorted(BREAKDOWNS),
    )
    found: dict[tuple[UUID, str, str], dict[str, int]] = defaultdict(dict)
    for row in rows:
        breakdown = breakdown_of(row["quantity"], row["category"])
        found[row["campaign_id"], row["audience"], breakdown][row["category"]] = row["people"]
    return found


async def tree(tx: Transaction, table: Table) -> dict[Cell, PublishedCell]:
    """Read a tree as it was last published, hidden counts included."""
    rows = await tx.fetch(
        """
        SELECT region, campaign_id, category, count, shown, amount
          FROM published_cell JOIN published_count ON published_count.id = published_cell.id
         WHERE breakdown = $1 AND audience = $2 AND campaign_year = $3 AND category <> ''
        """,
        table.breakdown,
        table.audience,
        table.campaign_year,
    )
    return {
        (_path(row["region"], row["campaign_id"]), row["category"]): PublishedCell(
            count=row["count"], hidden=row["amount"] is None, shown=row["shown"]
        )
        for row in rows
    }


async def publish(
    tx: Transaction, table: Table, said: Mapping[Cell, PublishedCell], anew: Collection[Path], at: datetime
) -> None:
    """Replace a tree; rows of `anew` are as of `at`, the others as they were."""
    cells = [(published_id(table, cell), cell, one) for cell, one in sorted(said.items())]
    await tx.execute(
        _PUBLISH,
        table.breakdown,
        table.audience,
        table.campaign_year,
        [id_ for id_, _, _ in cells],
        [next(iter(path), "") for _, (path, _), _ in cells],
        [UUID(path[1]) if len(path) > 1 else None for _, (path, _), _ in cells],
        [category for _, (_, category), _ in cells],
        [None if one.hidden else one.count for _, _, one in cells],
        [one.count for _, _, one in cells],
        [one.shown for _, _, one in cells],
        [path in anew for _, (path, _), _ in cells],
        at,
    )


async def publish_totals(
    tx: Transaction, table: Table, totals: Mapping[Path, int], anew: Collection[Path], at: datetime
) -> None:
    """Replace the totals of a tree's rows, which are never hidden."""
    said = {(path, ""): PublishedCell(count=total, hidden=False, shown=total) for path, total in totals.items()}
    await publish(tx, table, said, anew, at)


async def strike(tx: Transaction, published: Sequence[Waiting]) -> bool:
    """Strike what is published from what waits; tell whether all of it was still there, as it was read."""
    struck = await tx.execute(
        """
        DELETE FROM unpublished
         USING unnest($1::bigint[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[])
            AS done (seq, campaign_id, audience, action_id, report_id)
         WHERE unpublished.seq = done.seq AND unpublished.campaign_id = done.campaign_id
           AND unpublished.audience = done.audience AND unpublished.action_id = done.action_id
           AND unpublished.report_id = done.report_id
        """,
        [one.seq for one in published],
        [one.campaign_id for one in published],
        [one.audience for one in published],
        [one.action_id for one in published],
        [one.report_id for one in published],
    )
    return struck == f"DELETE {len(published)}"


async def published(
    tx: Transaction, breakdowns: Collection[str], group_by: Sequence[Axis], filters: Mapping[Axis, Sequence[str]]
) -> list[Published]:
    """Read what everybody may see, at the highest rows that the question's axes allow."""
    axes = {*group_by, *filters}
    rows = await tx.fetch(
        """
        SELECT breakdown, audience, category, campaign_year, region, campaign_id, amount, closed_at
          FROM published_cell
         WHERE breakdown = ANY ($1::text[])
           AND (campaign_id IS NOT NULL) = $2
           AND (region <> '') = $3
           AND ($4::uuid[] IS NULL OR campaign_id = ANY ($4::uuid[]))
           AND ($5::integer[] IS NULL OR campaign_year = ANY ($5::integer[]))
           AND ($6::text[] IS NULL OR region = ANY ($6::text[]))
        """,
        list(breakdowns),
        Axis.CAMPAIGN in axes,
        bool(axes & {Axis.CAMPAIGN, Axis.REGION}),
        list(filters[Axis.CAMPAIGN]) if Axis.CAMPAIGN in filters else None,
        [int(year) for year in filters[Axis.CAMPAIGN_YEAR]] if Axis.CAMPAIGN_YEAR in filters else None,
        list(filters[Axis.REGION]) if Axis.REGION in filters else None,
    )
    columns = {Axis.CAMPAIGN: "campaign_id", Axis.CAMPAIGN_YEAR: "campaign_year", Axis.REGION: "region"}
    return [
        Published(
            breakdown=row["breakdown"],
            audience=row["audience"],
            category=row["category"],
            place=tuple((str(axis), str(row[columns[axis]])) for axis in columns if axis in group_by),
            amount=row["amount"],
            closed_at=row["closed_at"],
        )
        for row in rows
    ]


async def last_closed(tx: Transaction) -> date | None:
    day: date | None = await tx.fetchval("SELECT max(day) FROM closed_day")
    return day


async def closed_days(tx: Transaction) -> dict[date, datetime]:
    """List the days that are closed, and when each was."""
    rows = await tx.fetch("SELECT day, closed_at FROM closed_day")
    return {row["day"]: row["closed_at"] for row in rows}


async def close(tx: Transaction, day: date, at: datetime) -> None:
    await tx.execute(
        """
        INSERT INTO closed_day (day, closed_at) VALUES ($1, $2)
            ON CONFLICT (day) DO UPDATE SET closed_at = excluded.closed_at
        """,
        day,
        at,
    )


def _path(region: str, campaign_id: UUID | None) -> Path:
    if campaign_id is not None:
        return (region, str(campaign_id))
    return (region,) if region else ()


_PUBLISH = """
WITH said AS (
  SELECT said.id, said.region, said.campaign_id, said.category, said.amount, said.count, said.shown,
         coalesce(kept.closed_at, $12) AS closed_at
    FROM unnest($4::uuid[], $5::text[], $6::uuid[], $7::text[], $8::bigint[], $9::bigint[], $10::bigint[],
                $11::boolean[]) AS said (id, region, campaign_id, category, amount, count, shown, anew)
    LEFT JOIN published_cell AS kept ON kept.id = said.id AND NOT said.anew
), cells AS (
  INSERT INTO published_cell
         (id, breakdown, audience, campaign_year, region, campaign_id, category, amount, closed_at)
  SELECT id, $1, $2, $3, region, campaign_id, category, amount, closed_at FROM said ORDER BY id
      ON CONFLICT (id) DO UPDATE SET amount = excluded.amount, closed_at = excluded.closed_at
)
INSERT INTO published_count (id, count, shown)
SELECT id, count, shown FROM said ORDER BY id
    ON CONFLICT (id) DO UPDATE SET count = excluded.count, shown = excluded.shown
"""
"""What a row was as of is looked up before, by the key: there are too many for each to look through all others."""

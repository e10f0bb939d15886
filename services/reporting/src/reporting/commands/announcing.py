"""Announce cells that changed: live ones as they change, published ones at the day's close."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.contracts.money import money
from common.contracts.reporting import FigureState
from common.database import Transaction
from reporting.domain.publication import PublishedCell, Table
from reporting.domain.quantities import MONEY
from reporting.domain.small_cells import Cell
from reporting.store import announcements
from reporting.store.hearing import Progress
from reporting.store.publications import published_id


async def announce(tx: Transaction, *, cells_max: int) -> int:
    """Announce what changed since the last time, each cell once; return how many cells that were."""
    if not await announcements.lead(tx):
        return 0
    ids = await announcements.changed(tx, cells_max)
    if not ids:
        return 0
    progress, rows = await announcements.cells(tx, ids)
    versions = await announcements.versions(tx, ids)
    await announcements.announce(tx, [_live(row, versions, progress) for row in rows])
    return len(rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """What one day's close says anew of one table."""

    table: Table
    cells: Mapping[Cell, PublishedCell]
    at: datetime


async def announce_published(tx: Transaction, closed: Sequence[Closed], progress: Progress) -> None:
    """Announce published cells, as of when they were read; a hidden one says that it is hidden, and nothing else.

    The caller leads.
    """
    ids = {published_id(one.table, cell): (one, cell) for one in closed for cell in one.cells}
    versions = await announcements.versions(tx, list(ids))
    figures_said = [_published(id_, one, cell, versions, progress) for id_, (one, cell) in ids.items()]
    await announcements.announce(tx, figures_said)


def _live(row: Mapping[str, object], versions: Mapping[UUID, int], progress: Progress) -> FigureState:
    said = {name: value for name, value in row.items() if name not in ("cell", "amount")}
    id_, amount = UUID(str(row["cell"])), int(str(row["amount"]))
    is_money = row["quantity"] in MONEY
    return FigureState(
        **said,  # type: ignore[arg-type]  # the columns are the fields
        id=id_,
        version=versions.get(id_, 0) + 1,
        occurred_at=progress.as_of,  # type: ignore[arg-type]  # something was heard, or nothing had changed
        amount=None if is_money else amount,
        money=money(amount) if is_money else None,
        hidden=False,
        as_of=progress.as_of,
        position=progress.position,
    )


def _published(id_: UUID, closed: Closed, cell: Cell, versions: Mapping[UUID, int], progress: Progress) -> FigureState:
    (path, category), said = cell, closed.cells[cell]
    region, campaign = (*path, "", "")[:2]
    return FigureState(
        id=id_,
        version=versions.get(id_, 0) + 1,
        occurred_at=closed.at,
        quantity=closed.table.breakdown,
        audience=closed.table.audience,
        category=category,
        campaign_id=UUID(campaign) if campaign else None,
        campaign_year=closed.table.campaign_year,
        coordination_id=None,
        month="",
        region=region,
        department="",
        action_type="",
        amount=None if said.hidden else said.count,
        money=None,
        hidden=said.hidden,
        as_of=progress.as_of,
        position=progress.position,
        closed_at=closed.at,
    )

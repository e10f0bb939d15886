"""Close a day: publish the breakdowns that may be published anew, small cells hidden (R37)."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime
from uuid import UUID

from common.database import Transaction
from reporting.commands.announcing import Closed, announce_published
from reporting.domain.publication import LEAF_DEPTH, Leaf, PublishedCell, Table, breakdowns, categories, due, publish
from reporting.domain.small_cells import Cell, Path, Rows, whole_tree
from reporting.store import announcements, publications
from reporting.store.publications import Campaign


async def close(tx: Transaction, *, day: date, at: datetime) -> int:
    """Publish anew what at least two actions have changed; return how many campaigns' breakdowns that were.

    Counting stands still meanwhile, so that what is published and what still waits are of one moment.
    """
    await announcements.wait_for_the_lead(tx)
    await publications.hold_counting(tx)
    changed = await publications.waiting(tx)
    campaigns = await publications.campaigns(tx, {campaign for campaign, _ in changed})
    known = {leaf: actions for leaf, actions in changed.items() if leaf[0] in campaigns}
    leaves = due(known, await publications.published_leaves(tx))
    await announce_published(tx, await _publish(tx, leaves, campaigns, at))
    await publications.forget(tx, leaves)
    await publications.close(tx, day, at)
    return len(leaves)


async def _publish(
    tx: Transaction, leaves: Collection[Leaf], campaigns: Mapping[UUID, Campaign], at: datetime
) -> list[Closed]:
    counts = await publications.counts(tx, {campaign for campaign, _ in leaves})
    closed = []
    for table, anew in _tables(leaves, campaigns).items():
        now = {
            campaign.path: _row(table, counts.get((campaign.id, table.audience, table.breakdown), {}))
            for campaign in anew
        }
        closed.append(await _publish_table(tx, table, now, at))
    return closed


async def _publish_table(tx: Transaction, table: Table, now: Rows, at: datetime) -> Closed:
    """Publish one tree with some of its campaigns brought up to date; return the rows that this changed."""
    before = await publications.tree(tx, table)
    leaves = {**_leaves(before), **now}
    cells = publish(before, leaves, set(now))
    moving = {path[:depth] for path in now for depth in range(len(path) + 1)}
    totals = {path: sum(row.values()) for path, row in whole_tree(leaves).items()}
    await publications.publish(tx, table, cells, moving, at)
    await publications.publish_totals(tx, table, totals, moving, at)
    return Closed(table=table, cells={cell: said for cell, said in cells.items() if cell[0] in moving}, at=at)


def _row(table: Table, counts: Mapping[str, int]) -> dict[str, int]:
    return {category: counts.get(category, 0) for category in categories(table.breakdown)}


def _leaves(before: Mapping[Cell, PublishedCell]) -> dict[Path, dict[str, int]]:
    leaves: dict[Path, dict[str, int]] = defaultdict(dict)
    for (path, category), said in sorted(before.items()):
        if len(path) == LEAF_DEPTH:
            leaves[path][category] = said.count
    return leaves


def _tables(leaves: Collection[Leaf], campaigns: Mapping[UUID, Campaign]) -> dict[Table, list[Campaign]]:
    found: dict[Table, list[Campaign]] = defaultdict(list)
    for campaign_id, audience in sorted(leaves):
        campaign = campaigns[campaign_id]
        for breakdown in breakdowns():
            found[Table(breakdown=breakdown, audience=audience, campaign_year=campaign.year)].append(campaign)
    return found

"""Close a day: publish the breakdowns that may be published anew, small cells hidden (R37).

(1) What is published and what it strikes from what waits are read in one snapshot, in a transaction that holds nothing
    and writes nothing; which cells are hidden is found outside of any (`publication.publication`), and takes a while.
(2) What is written strikes the very rows that were read: what is counted meanwhile waits for the next close, whatever
    its number.  If anybody has closed a day since, or one of these rows is gone, nothing is written.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from common.database import Transaction
from common.errors import Unavailable
from reporting.commands.announcing import Closed, announce_published
from reporting.domain.publication import Leaf, Publication, Standing, Table, breakdowns, categories, due
from reporting.store import announcements, hearing, publications
from reporting.store.hearing import Progress
from reporting.store.publications import Campaign, Waiting

Standings = Mapping[Table, Standing]
Compute = Callable[[Standings], Awaitable[Mapping[Table, Publication]]]


class ClosedMeanwhile(Unavailable):
    """What was read is no more what stands there."""

    title = "Figures were published meanwhile; try again in a moment."
    titre = "Des chiffres ont été publiés entre-temps ; réessayez dans un instant."


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a close publishes: of which moment, after which other closes, and what it strikes."""

    closed_before: Mapping[date, datetime]
    progress: Progress
    leaves: frozenset[Leaf]
    struck: tuple[Waiting, ...]
    standings: Standings


async def read(tx: Transaction) -> Read:
    """Read what at least two actions have changed, all of it as it was at one moment."""
    await publications.stand_still(tx)
    waiting = await publications.waiting(tx)
    campaigns = await publications.campaigns(tx, {one.campaign_id for one in waiting})
    changed: dict[Leaf, set[UUID]] = defaultdict(set)
    for one in waiting:
        if one.campaign_id in campaigns:
            changed[one.leaf].add(one.action_id)
    leaves = due(changed, await publications.published_leaves(tx))
    return Read(
        closed_before=await publications.closed_days(tx),
        progress=await hearing.now(tx),
        leaves=leaves,
        struck=tuple(one for one in waiting if one.leaf in leaves),
        standings=await _standings(tx, leaves, campaigns),
    )


async def write(tx: Transaction, said: Read, published: Mapping[Table, Publication], *, day: date, at: datetime) -> int:
    """Publish what was found; return how many campaigns' breakdowns that were.

    Raises:
        ClosedMeanwhile: read again.
    """
    await announcements.wait_for_the_lead(tx)
    if await publications.closed_days(tx) != said.closed_before or not await publications.strike(tx, said.struck):
        raise ClosedMeanwhile
    for table, found in published.items():
        await publications.publish(tx, table, found.cells, found.moving, at)
        await publications.publish_totals(tx, table, found.totals, found.moving, at)
    closed = [Closed(table=table, cells=found.moved, at=at) for table, found in published.items()]
    await announce_published(tx, closed, said.progress)
    await publications.close(tx, day, at)
    return len(said.leaves)


async def _standings(
    tx: Transaction, leaves: Collection[Leaf], campaigns: Mapping[UUID, Campaign]
) -> dict[Table, Standing]:
    counts = await publications.counts(tx, {campaign for campaign, _ in leaves})
    found = {}
    for table, anew in _tables(leaves, campaigns).items():
        now = {
            campaign.path: _row(table, counts.get((campaign.id, table.audience, table.breakdown), {}))
            for campaign in anew
        }
        found[table] = Standing(before=await publications.tree(tx, table), now=now)
    return found


def _row(table: Table, counts: Mapping[str, int]) -> dict[str, int]:
    return {category: counts.get(category, 0) for category in categories(table.breakdown)}


def _tables(leaves: Collection[Leaf], campaigns: Mapping[UUID, Campaign]) -> dict[Table, list[Campaign]]:
    found: dict[Table, list[Campaign]] = defaultdict(list)
    for campaign_id, audience in sorted(leaves):
        campaign = campaigns[campaign_id]
        for breakdown in breakdowns():
            found[Table(breakdown=breakdown, audience=audience, campaign_year=campaign.year)].append(campaign)
    return found

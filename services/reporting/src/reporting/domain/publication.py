"""The day's close: which breakdowns are published anew, and what of them everybody may see.  Pure.

What is published of one quantity, one audience and one campaign year is a tree: the year, its regions, their campaigns.
A region is that of the campaign's coordination.

(1) A campaign's breakdown is published anew when at least two of its actions changed it since it was last; the first
    time, when two of its actions have changed any of its breakdowns.  The difference between two publications is then
    never one action's.
(2) The rows above are the sums of what is published, and of nothing newer: no difference between rows is one action's.
(3) A row that is not published anew keeps its mask: what was hidden stays hidden, and what was shown is known, so that
    it can hide nothing else.
(4) A count that moved by 1 to 4 since it was last shown is hidden, as a small one is.
"""

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, TypeAlias
from uuid import UUID

from common.contracts.actions import CELLS_OF, CountMethod, Dimension
from reporting.domain.quantities import BREAKDOWNS, Quantity
from reporting.domain.small_cells import RULE, SMALL, Cell, Path, Rows, hidden, whole_tree

ACTIONS_MIN: Final = RULE.parameters["actions_changed"]
"""Actions that must have changed before their sum is published."""

LEAF_DEPTH: Final = 2
"""Of a campaign's row: under its year, under its region."""

Leaf: TypeAlias = tuple[UUID, str]
"""A campaign and an audience: what is published anew, or not, as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One published tree; the breakdown is a quantity, or how one dimension is known: `method/age_band`."""

    breakdown: str
    audience: str
    campaign_year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedCell:
    """What a publication says of one cell: its count, whether it is hidden, and what was last shown of it."""

    count: int
    hidden: bool
    shown: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A tree as it was last published, and the campaigns' rows that are to be brought up to date."""

    before: Mapping[Cell, PublishedCell]
    now: Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A tree as it is published: its cells, its rows' totals, and which rows are anew."""

    cells: Mapping[Cell, PublishedCell]
    totals: Mapping[Path, int]
    moving: frozenset[Path]

    @property
    def moved(self) -> dict[Cell, PublishedCell]:
        return {cell: said for cell, said in self.cells.items() if cell[0] in self.moving}


def breakdowns() -> tuple[str, ...]:
    """Name the tables that there are for each audience and campaign year."""
    plain = (str(quantity) for quantity in Quantity if quantity in BREAKDOWNS - {Quantity.METHOD})
    return (*plain, *(f"{Quantity.METHOD}/{dimension}" for dimension in Dimension))


def categories(breakdown: str) -> tuple[str, ...]:
    """List a table's columns; all of them stand in every row."""
    if breakdown.startswith(Quantity.METHOD):
        return tuple(f"{breakdown.partition('/')[2]}/{method}" for method in CountMethod)
    return tuple(sorted(CELLS_OF[Dimension(breakdown)]))


def breakdown_of(quantity: str, category: str) -> str:
    """Name the table that a cell belongs to."""
    return f"{quantity}/{category.partition('/')[0]}" if quantity == Quantity.METHOD else quantity


def due(changed: Mapping[Leaf, AbstractSet[UUID]], published: Collection[Leaf]) -> frozenset[Leaf]:
    """Choose what is published anew; `changed` are the actions that changed each leaf since it was last."""
    of_campaign: dict[UUID, set[UUID]] = {}
    for (campaign, _), actions in changed.items():
        of_campaign.setdefault(campaign, set()).update(actions)
    return frozenset(
        leaf
        for leaf, actions in changed.items()
        if len(actions if leaf in published else of_campaign[leaf[0]]) >= ACTIONS_MIN
    )


def publications_of(standings: Mapping[Table, Standing]) -> dict[Table, Publication]:
    return {table: publication(standing) for table, standing in standings.items()}


def publication(standing: Standing) -> Publication:
    """Publish a tree with some of its campaigns brought up to date."""
    leaves = {**_leaves(standing.before), **standing.now}
    return Publication(
        cells=publish(standing.before, leaves, set(standing.now)),
        totals={path: sum(row.values()) for path, row in whole_tree(leaves).items()},
        moving=frozenset(path[:depth] for path in standing.now for depth in range(len(path) + 1)),
    )


def _leaves(before: Mapping[Cell, PublishedCell]) -> dict[Path, dict[str, int]]:
    leaves: dict[Path, dict[str, int]] = {}
    for (path, category), said in sorted(before.items()):
        if len(path) == LEAF_DEPTH:
            leaves.setdefault(path, {})[category] = said.count
    return leaves


def publish(before: Mapping[Cell, PublishedCell], leaves: Rows, anew: AbstractSet[Path]) -> dict[Cell, PublishedCell]:
    """Publish a tree: its leaves as they now are, of which those of `anew` have been brought up to date."""
    tree = whole_tree(leaves)
    moving = {path[:depth] for path in anew for depth in range(len(path) + 1)}
    resting = {cell: old for cell, old in before.items() if cell[0] not in moving}
    masked = hidden(
        leaves,
        also={cell for cell, old in resting.items() if old.hidden} | _moved(before, tree, moving),
        known={cell for cell, old in resting.items() if not old.hidden},
    )
    cells = [((path, category), count) for path, counts in tree.items() for category, count in counts.items()]
    return {cell: _cell(count, before.get(cell), is_hidden=cell in masked) for cell, count in cells}


def _moved(before: Mapping[Cell, PublishedCell], tree: Rows, moving: AbstractSet[Path]) -> set[Cell]:
    return {
        cell
        for cell, old in before.items()
        if cell[0] in moving and old.shown is not None and abs(tree[cell[0]][cell[1]] - old.shown) in SMALL
    }


def _cell(count: int, old: PublishedCell | None, *, is_hidden: bool) -> PublishedCell:
    last = old.shown if old else None
    return PublishedCell(count=count, hidden=is_hidden, shown=last if is_hidden else count)

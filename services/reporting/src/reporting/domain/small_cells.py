"""Which cells of a breakdown stay hidden, so that nobody learns how few persons are behind one (R37).  Pure.

A breakdown is a tree of rows (a campaign year, its regions, their campaigns), each cut into the same categories.
Row totals are always shown, and every reader can add and subtract:

    over the categories of a row   Σ category = the row's total
    over the rows below a row      Σ row      = the row above, category by category

Each cell stands in exactly two of these equations, so the whole is a network: equations are its nodes, cells its arcs,
counts a flow.  A reader who sees only some of the arcs can compute a hidden one if, and only if, no cycle of the
residual network runs through it: round a cycle, one person can be moved without changing anything that is shown
(Gusfield 1988; exact for a tree of rows, whole numbers included).

(1) A cell of 1 to 4 persons is hidden; of a row with 1 to 4 persons in all, the zeros too.
(2) Then each hidden cell gets a cycle of hidden cells: the one that costs the fewest persons' information.
(3) A reader may know this page.  So no person is moved that would make a small cell empty or large, or a large one
    small; a row where that leaves no cycle is hidden whole, zeros included, and there any count is thinkable.
    Elsewhere zeros are hidden only where nothing else helps.
(4) A cell that is not small and that everybody could compute all the same is shown.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TypeAlias

from reporting.domain import law

RULE = law.newest("R37")

SMALL = range(RULE.parameters["smallest"], RULE.parameters["largest"] + 1)
"""Persons in a cell that must not be shown."""

Path: TypeAlias = tuple[str, ...]
"""Where a row stands in the tree: () is the top, (region,), (region, campaign)."""

Cell: TypeAlias = tuple[Path, str]
"""A row's count in one category."""

Rows: TypeAlias = Mapping[Path, Mapping[str, int]]

_Vertex: TypeAlias = tuple[str, Path, str]
_TOP: _Vertex = ("top", (), "")
_ZERO_COST = 10**12  # dearer than any country's worth of persons


@dataclass(frozen=True, slots=True)
class _Arc:
    """A cell as an arc of the network; `less` and `more`: whether it could hold one person less, or more."""

    tail: _Vertex
    head: _Vertex
    less: bool
    more: bool


def whole_tree(leaves: Rows) -> dict[Path, dict[str, int]]:
    """Add the rows above: each is the sum of those below it.  All leaves stand at one depth."""
    tree: dict[Path, dict[str, int]] = {}
    for path, counts in leaves.items():
        for depth in range(len(path) + 1):
            row = tree.setdefault(path[:depth], dict.fromkeys(counts, 0))
            for category, count in counts.items():
                row[category] = row.get(category, 0) + count
    return tree


def hidden(leaves: Rows, *, also: Collection[Cell] = (), known: Collection[Cell] = ()) -> frozenset[Cell]:
    """Choose the cells to hide: the small ones, those of `also`, and enough others that none can be recomputed.

    What readers have seen before is `known`: hiding it again would protect nothing.
    """
    network = _Network(leaves, known)
    network.hidden |= {*also, *network.small()} - network.known
    forced = {*also, *(cell for cell in network.hidden if network.count(cell) in SMALL)}
    safe: set[Cell] = set()
    for cell in sorted(network.hidden, key=_order):
        if cell not in safe:
            cycle = _protection(network, cell)
            network.hidden |= cycle
            safe |= cycle
    plain = {cell for cell in network.hidden - safe - forced if not network.covers(cell)}
    return frozenset(network.hidden - plain)


def _order(cell: Cell) -> tuple[int, Cell]:
    return -len(cell[0]), cell


def _protection(network: "_Network", cell: Cell) -> set[Cell]:
    """Find the cheapest cycle through a cell; where there is none, hide its row whole, then the rows above it."""
    cycle = network.cycle(cell)
    for depth in range(len(cell[0]), -1, -1):
        if cycle is not None:
            return cycle
        network.hide_row(cell[0][:depth])
        cycle = network.cycle(cell)
    return cycle or {cell}


class _Network:
    """The residual network of a tree of which some cells are hidden, and some rows whole."""

    def __init__(self, leaves: Rows, known: Collection[Cell]) -> None:
        self.known = frozenset(known)
        self.hidden: set[Cell] = set()
        self._leaves = leaves
        self._tree = whole_tree(leaves)
        self._whole = {path for path, counts in self._tree.items() if sum(counts.values()) in SMALL}
        self._arcs = {cell: self._arc(cell) for path in self._tree for cell in self._row(path)}
        self._at: dict[_Vertex, list[Cell]] = {}
        for cell, arc in self._arcs.items():
            self._at.setdefault(arc.tail, []).append(cell)
            self._at.setdefault(arc.head, []).append(cell)

    def count(self, cell: Cell) -> int:
        return self._tree[cell[0]][cell[1]]

    def small(self) -> Iterator[Cell]:
        """List the small cells, and every cell of a row with few persons in all."""
        return (cell for cell in self._arcs if cell[0] in self._whole or self.count(cell) in SMALL)

    def hide_row(self, path: Path) -> None:
        """Hide a row whole: from here on any count is thinkable in it."""
        self._whole.add(path)
        self.hidden |= {*self._row(path)} - self.known
        self._arcs |= {cell: self._arc(cell) for cell in self._row(path)}

    def cycle(self, cell: Cell) -> set[Cell] | None:
        """Find the cells of the cheapest cycle that changes `cell` by one person, itself included."""
        arc, ways = self._arcs[cell], []
        if arc.more:
            ways.append(self._path(arc.head, arc.tail, cell))
        if arc.less:
            ways.append(self._path(arc.tail, arc.head, cell))
        found = [way for way in ways if way is not None]
        return {cell, *min(found, key=lambda way: way[0])[1]} if found else None

    def covers(self, cell: Cell) -> bool:
        """Say whether the cells hidden so far leave a cycle through `cell`."""
        cycle = self.cycle(cell)
        return cycle is not None and cycle <= self.hidden

    def _path(self, start: _Vertex, goal: _Vertex, without: Cell) -> tuple[int, list[Cell]] | None:
        """Dijkstra over the arcs that can carry one person more, or one less; hidden ones cost nothing."""
        queue: list[tuple[int, int, _Vertex]] = [(0, 0, start)]
        came: dict[_Vertex, tuple[_Vertex, Cell] | None] = {start: None}
        costs, step = {start: 0}, 0
        while queue:
            cost, _, here = heappop(queue)
            if here == goal:
                return cost, list(_back(came, goal))
            if cost > costs[here]:
                continue
            for there, cell in self._steps(here):
                dearer = cost + self._cost(cell)
                if cell != without and dearer < costs.get(there, _ZERO_COST**2):
                    costs[there], came[there], step = dearer, (here, cell), step + 1
                    heappush(queue, (dearer, step, there))
        return None

    def _steps(self, here: _Vertex) -> Iterator[tuple[_Vertex, Cell]]:
        for cell in self._at[here]:
            arc = self._arcs[cell]
            if arc.tail == here and arc.more:
                yield arc.head, cell
            elif arc.head == here and arc.less:
                yield arc.tail, cell

    def _cost(self, cell: Cell) -> int:
        """Count the persons whose information hiding a cell would cost."""
        return 0 if cell in self.hidden else self.count(cell) or _ZERO_COST

    def _row(self, path: Path) -> list[Cell]:
        return [(path, category) for category in self._tree[path]]

    def _arc(self, cell: Cell) -> _Arc:
        (path, category), count = cell, self.count(cell)
        is_open, free = path in self._whole, cell not in self.known
        return _Arc(
            tail=("row", path, "") if path in self._leaves else ("sum", path, category),
            head=("sum", path[:-1], category) if path else _TOP,
            less=free and (count > 0 if is_open else count not in (0, SMALL.start, SMALL.stop)),
            more=free and (is_open or count != SMALL.stop - 1),
        )


def _back(came: Mapping[_Vertex, tuple[_Vertex, Cell] | None], goal: _Vertex) -> Iterator[Cell]:
    step = came[goal]
    while step is not None:
        yield step[1]
        step = came[step[0]]

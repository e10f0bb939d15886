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

SMALL = range(1, 5)
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

    cell: Cell
    tail: _Vertex
    head: _Vertex
    count: int
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
    picture = _Picture(leaves, whole_tree(leaves), frozenset(known))
    chosen = {*also, *picture.primary()} - picture.known
    safe: set[Cell] = set()
    for cell in sorted(chosen, key=_order):
        if cell not in safe:
            cycle = _protect(picture, cell, chosen)
            chosen |= cycle
            safe |= cycle
    network = _Network(picture, chosen)
    forced = {*also, *(cell for cell in chosen if picture.count(cell) in SMALL)}
    return frozenset(chosen - {cell for cell in chosen - safe - forced if not network.covers(cell)})


def _order(cell: Cell) -> tuple[int, Cell]:
    return -len(cell[0]), cell


class _Picture:
    """A tree, what readers know of it beforehand, and the rows that are hidden whole."""

    def __init__(self, leaves: Rows, tree: Rows, known: frozenset[Cell]) -> None:
        self.leaves = leaves
        self.tree = tree
        self.known = known
        self.whole = {path for path, counts in tree.items() if sum(counts.values()) in SMALL}

    def count(self, cell: Cell) -> int:
        return self.tree[cell[0]][cell[1]]

    def row(self, path: Path) -> list[Cell]:
        return [(path, category) for category in self.tree[path]]

    def primary(self) -> Iterator[Cell]:
        for path in self.tree:
            yield from (cell for cell in self.row(path) if path in self.whole or self.count(cell) in SMALL)


def _protect(picture: _Picture, cell: Cell, chosen: set[Cell]) -> set[Cell]:
    """Find the cheapest cycle through a cell; where there is none, hide its row whole, then the rows above it."""
    cycle = _Network(picture, chosen).cycle(cell)
    for depth in range(len(cell[0]), -1, -1):
        if cycle is not None:
            return cycle
        picture.whole.add(cell[0][:depth])
        chosen |= set(picture.row(cell[0][:depth])) - picture.known
        cycle = _Network(picture, chosen).cycle(cell)
    return cycle or {cell}


class _Network:
    """The residual network of a tree in which some cells are hidden already."""

    def __init__(self, picture: _Picture, chosen: set[Cell]) -> None:
        self._chosen = chosen
        self._arcs = {arc.cell: arc for arc in _arcs(picture)}
        self._at: dict[_Vertex, list[_Arc]] = {}
        for arc in self._arcs.values():
            self._at.setdefault(arc.tail, []).append(arc)
            self._at.setdefault(arc.head, []).append(arc)

    def cycle(self, cell: Cell) -> set[Cell] | None:
        """Find the cells of the cheapest cycle that changes `cell` by one person, itself included."""
        arc, ways = self._arcs[cell], []
        if arc.more:
            ways.append(self._path(arc.head, arc.tail, arc))
        if arc.less:
            ways.append(self._path(arc.tail, arc.head, arc))
        found = [way for way in ways if way is not None]
        return {cell, *min(found, key=lambda way: way[0])[1]} if found else None

    def covers(self, cell: Cell) -> bool:
        """Say whether the cells hidden so far leave a cycle through `cell`."""
        cycle = self.cycle(cell)
        return cycle is not None and cycle <= self._chosen

    def _path(self, start: _Vertex, goal: _Vertex, without: _Arc) -> tuple[int, list[Cell]] | None:
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
            for there, arc in self._steps(here):
                dearer = cost + self._cost(arc)
                if arc is not without and dearer < costs.get(there, _ZERO_COST**2):
                    costs[there], came[there], step = dearer, (here, arc.cell), step + 1
                    heappush(queue, (dearer, step, there))
        return None

    def _steps(self, here: _Vertex) -> Iterator[tuple[_Vertex, _Arc]]:
        for arc in self._at[here]:
            if arc.tail == here and arc.more:
                yield arc.head, arc
            elif arc.head == here and arc.less:
                yield arc.tail, arc

    def _cost(self, arc: _Arc) -> int:
        if arc.cell in self._chosen:
            return 0
        return arc.count or _ZERO_COST


def _arcs(picture: _Picture) -> Iterator[_Arc]:
    for path in picture.tree:
        for cell in picture.row(path):
            count, is_open, free = picture.count(cell), path in picture.whole, cell not in picture.known
            yield _Arc(
                cell=cell,
                tail=("row", path, "") if path in picture.leaves else ("sum", path, cell[1]),
                head=("sum", path[:-1], cell[1]) if path else _TOP,
                count=count,
                less=free and (count > 0 if is_open else count not in (0, SMALL.start, SMALL.stop)),
                more=free and (is_open or count != SMALL.stop - 1),
            )


def _back(came: Mapping[_Vertex, tuple[_Vertex, Cell] | None], goal: _Vertex) -> Iterator[Cell]:
    step = came[goal]
    while step is not None:
        yield step[1]
        step = came[step[0]]

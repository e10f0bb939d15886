"""Nobody can recompute a hidden cell from the shown ones and the totals (R37)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.domain.small_cells import SMALL, Cell, Path, Rows, hidden, whole_tree

Tree = Mapping[Path, Mapping[str, int]]


def compositions(total: int, places: int) -> Iterator[tuple[int, ...]]:
    """List every way to put `total` persons in so many places."""
    if places == 1:
        yield (total,)
        return
    for first in range(total + 1):
        yield from ((first, *rest) for rest in compositions(total - first, places - 1))


def readings(leaves: Rows, masked: frozenset[Cell]) -> Iterator[dict[Path, dict[str, int]]]:
    """List, by brute force, every tree of whole numbers that agrees with what is shown: cells and row totals."""
    true = whole_tree(leaves)
    possible = []
    for path, counts in leaves.items():
        shown = {name: count for name, count in counts.items() if (path, name) not in masked}
        open_names = [name for name in counts if name not in shown]
        left = sum(counts.values()) - sum(shown.values())
        ways = compositions(left, len(open_names)) if open_names else [()]
        possible.append([shown | dict(zip(open_names, way, strict=True)) for way in ways])
    for rows in product(*possible):
        tree = whole_tree(dict(zip(leaves, rows, strict=True)))
        if all(
            tree[path][name] == true[path][name] for path in true for name in true[path] if (path, name) not in masked
        ):
            yield tree


def assert_nothing_can_be_recomputed(leaves: Rows) -> None:
    masked = hidden(leaves)
    values: dict[Cell, set[int]] = defaultdict(set)
    for tree in readings(leaves, masked):
        for path, name in masked:
            values[path, name].add(tree[path][name])
    assert [cell for cell in masked if len(values[cell]) < 2] == []


def small(tree: Tree) -> set[Cell]:
    return {(path, name) for path, counts in tree.items() for name, count in counts.items() if count in SMALL}


COUNTS = st.one_of(st.integers(0, 6), st.sampled_from([0, 0, 1, 5, 7, 9]))


def trees(*, leaves_max: int, categories: str) -> st.SearchStrategy[dict[Path, dict[str, int]]]:
    paths = st.lists(
        st.tuples(st.sampled_from("AB"), st.sampled_from("xyz")), min_size=1, max_size=leaves_max, unique=True
    )
    return paths.flatmap(
        lambda found: st.fixed_dictionaries(
            {path: st.fixed_dictionaries(dict.fromkeys(categories, COUNTS)) for path in found}
        )
    )


@given(trees(leaves_max=2, categories="abc"))
@settings(max_examples=300, deadline=None)
def test_r37_no_hidden_cell_of_a_small_tree_has_only_one_reading(leaves):
    assert_nothing_can_be_recomputed(leaves)


@given(trees(leaves_max=3, categories="ab"))
@settings(max_examples=300, deadline=None)
def test_nor_where_three_campaigns_share_two_categories(leaves):
    assert_nothing_can_be_recomputed(leaves)


@given(trees(leaves_max=6, categories="abcdef"))
@settings(max_examples=100, deadline=None)
def test_r37_every_small_cell_is_hidden_at_every_level(leaves):
    assert small(whole_tree(leaves)) <= hidden(leaves)


@given(st.fixed_dictionaries({name: st.one_of(st.just(0), st.integers(5, 90)) for name in "abcdef"}))
def test_r37_where_nothing_is_small_nothing_is_hidden(counts):
    assert hidden({("A", "x"): counts}) == frozenset()


def test_a_reader_who_knows_how_we_choose_learns_no_more():
    """All tables of up to 14 persons in four categories: those that look alike differ in every hidden cell."""
    looks: dict[tuple[int, tuple[int | None, ...]], list[tuple[int, ...]]] = defaultdict(list)
    for total in range(15):
        for counts in compositions(total, 4):
            masked = {int(name) for _, name in hidden({(): {str(n): count for n, count in enumerate(counts)}})}
            shown = tuple(None if n in masked else count for n, count in enumerate(counts))
            looks[total, shown].append(counts)
    betrayed = [
        (look, alike)
        for look, alike in looks.items()
        for n, value in enumerate(look[1])
        if value is None and len({counts[n] for counts in alike}) < 2
    ]
    assert betrayed == []


def test_the_workshop_of_nine_shows_its_total_only():
    """Two of 18 to 25 are few; seven of 12 to 17 would give them away."""
    workshop = {"under_12": 0, "12_17": 7, "18_25": 2, "26_59": 0, "60_plus": 0, "unknown": 0}
    masked = hidden({("75", "campaign"): workshop})
    assert {name for path, name in masked if path == ("75", "campaign")} == {"12_17", "18_25"}


def test_women_and_men_of_the_workshop_are_both_hidden():
    assert {name for _, name in hidden({(): {"women": 5, "men": 4, "other": 0, "unknown": 0}})} == {"women", "men"}


def test_the_screening_is_shown_whole():
    screening = {"under_12": 62, "12_17": 48, "18_25": 27, "26_59": 58, "60_plus": 19, "unknown": 0}
    assert hidden({("75", "campaign"): screening}) == frozenset()


def test_another_campaign_may_serve_as_the_complement():
    """Where a second workshop hides the same cells, the region's row need not be touched."""
    leaves: Rows = {("75", "one"): {"young": 7, "old": 2}, ("75", "two"): {"young": 20, "old": 4}}
    assert {path for path, _ in hidden(leaves)} == {("75", "one"), ("75", "two")}


def test_a_cell_that_moved_by_few_is_hidden_with_a_complement():
    leaves: Rows = {(): {"a": 32, "b": 20, "c": 40}}
    assert hidden(leaves, also={((), "a")}) == {((), "a"), ((), "b")}


def test_what_everybody_has_seen_before_protects_nothing():
    leaves: Rows = {("A", "x"): {"a": 9, "b": 20}, ("A", "y"): {"a": 3, "b": 30}}
    seen: set[Cell] = {(("A", "x"), "a"), (("A", "x"), "b")}
    masked = hidden(leaves, known=seen)
    assert {(("A", "y"), "a"), (("A", "y"), "b"), (("A",), "a"), (("A",), "b")} <= masked
    assert masked.isdisjoint(seen)


def test_a_year_of_the_whole_country_takes_seconds():
    """60 campaigns, 18 regions, six categories, a third of the cells small."""
    leaves: Rows = {
        (str(n % 18), str(n)): {name: (n * 7 + k * 13) % 15 for k, name in enumerate("abcdef")} for n in range(60)
    }
    masked = hidden(leaves)
    assert small(whole_tree(leaves)) <= masked

"""What the day's close publishes, and what it keeps back (R37)."""

from collections import defaultdict
from collections.abc import Mapping
from itertools import product
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.domain.publication import PublishedCell, due, publish
from reporting.domain.small_cells import SMALL, Cell, Path, Rows, whole_tree

ONE, TWO = UUID(int=1), UUID(int=2)
A, B, C = (UUID(int=n) for n in (10, 11, 12))


def test_r37_one_changed_action_publishes_nothing():
    assert due({(ONE, "spectators"): {A}}, published=()) == set()


def test_a_workshop_and_a_screening_publish_their_campaign_for_the_first_time():
    changed = {(ONE, "participants"): {A}, (ONE, "spectators"): {B}}
    assert due(changed, published=()) == {(ONE, "participants"), (ONE, "spectators")}


def test_afterwards_each_audience_waits_for_two_actions_of_its_own():
    changed = {(ONE, "participants"): {A}, (ONE, "spectators"): {B, C}}
    assert due(changed, published={(ONE, "participants"), (ONE, "spectators")}) == {(ONE, "spectators")}


def test_actions_of_two_campaigns_do_not_help_each_other():
    assert due({(ONE, "spectators"): {A}, (TWO, "spectators"): {B}}, published=()) == set()


def test_a_row_that_is_not_published_anew_keeps_its_mask():
    old, new = ("75", "old"), ("75", "new")
    first = publish({}, {old: {"a": 7, "b": 2, "c": 30}}, {old})
    assert {cell for cell, said in first.items() if said.hidden and cell[0] == old} == {(old, "a"), (old, "b")}
    second = publish(first, {old: {"a": 7, "b": 2, "c": 30}, new: {"a": 40, "b": 3, "c": 50}}, {new})
    assert [second[old, name].hidden for name in "abc"] == [True, True, False]
    assert second[new, "b"].hidden
    assert sum(second[new, name].hidden for name in "ac") >= 1


def test_a_count_that_moved_by_few_is_hidden_until_it_has_moved_by_more():
    leaf = ("75", "x")
    first = publish({}, {leaf: {"a": 50, "b": 60, "c": 70}}, {leaf})
    second = publish(first, {leaf: {"a": 52, "b": 80, "c": 90}}, {leaf})
    assert second[leaf, "a"].hidden
    assert second[leaf, "a"].shown == 50
    third = publish(second, {leaf: {"a": 58, "b": 90, "c": 99}}, {leaf})
    assert not third[leaf, "a"].hidden


COUNTS = st.dictionaries(st.sampled_from("abc"), st.integers(0, 30), min_size=3, max_size=3)
LEAVES = st.sampled_from([("A", "x"), ("A", "y"), ("B", "z")])


@given(st.lists(st.tuples(LEAVES, COUNTS), min_size=1, max_size=6))
@settings(max_examples=200, deadline=None)
def test_through_any_closes_nothing_small_is_shown_and_what_rests_does_not_change(closes):
    published: dict[Cell, PublishedCell] = {}
    leaves: dict[Path, Mapping[str, int]] = {}
    for leaf, counts in closes:
        leaves[leaf] = counts
        before, published = published, publish(published, leaves, {leaf})
        moving = {leaf[:depth] for depth in range(3)}
        tree = whole_tree(leaves)
        for cell, said in published.items():
            assert said.count == tree[cell[0]][cell[1]]
            assert said.hidden or said.count not in SMALL
            if cell in before and cell[0] not in moving:
                assert said == before[cell]
            last = before[cell].shown if cell in before and cell[0] in moving else None
            assert said.hidden or last is None or abs(said.count - last) not in SMALL


def compositions(total, places):
    if places == 1:
        yield (total,)
        return
    for first in range(total + 1):
        yield from ((first, *rest) for rest in compositions(total - first, places - 1))


def readings(leaves, published):
    """List, by brute force, every table of one campaign's row that agrees with what a publication shows."""
    true, possible = whole_tree(leaves), []
    for path, counts in leaves.items():
        shown = {name: count for name, count in counts.items() if not published[path, name].hidden}
        open_names = [name for name in counts if name not in shown]
        left = sum(counts.values()) - sum(shown.values())
        ways = compositions(left, len(open_names)) if open_names else [()]
        possible.append([shown | dict(zip(open_names, way, strict=True)) for way in ways])
    for rows in product(*possible):
        tree = whole_tree(dict(zip(leaves, rows, strict=True)))
        if all(tree[path][name] == true[path][name] for (path, name), said in published.items() if not said.hidden):
            yield dict(zip(leaves, rows, strict=True))


FEW = st.fixed_dictionaries(dict.fromkeys("abc", st.sampled_from([0, 0, 1, 3, 5, 6, 8])))
MORE = st.fixed_dictionaries(dict.fromkeys("abc", st.sampled_from([0, 0, 1, 2, 6])))
RESTING, MOVING = ("A", "x"), ("A", "y")


@given(FEW, FEW, MORE)
@settings(max_examples=150, deadline=None)
def test_r37_who_keeps_two_publications_learns_no_small_cell_from_both(resting, moving, more):
    """One campaign rests, the other is published anew: what both publications allow together is never one value."""
    first_leaves: Rows = {RESTING: resting, MOVING: moving}
    second_leaves: Rows = {RESTING: resting, MOVING: {name: moving[name] + more[name] for name in moving}}
    first = publish({}, first_leaves, set(first_leaves))
    second = publish(first, second_leaves, {MOVING})
    after = defaultdict(list)
    for reading in readings(second_leaves, second):
        after[tuple(reading[RESTING].values())].append(reading)
    values = defaultdict(set)
    for before in readings(first_leaves, first):
        for other in after[tuple(before[RESTING].values())]:
            for which, tree in ((1, whole_tree(before)), (2, whole_tree(other))):
                for path, counts in tree.items():
                    for name, count in counts.items():
                        values[which, path, name].add(count)
    for which, published in ((1, first), (2, second)):
        small = [cell for cell, said in published.items() if said.count in SMALL]
        assert [(path, name) for path, name in small if len(values[which, path, name]) < 2] == []

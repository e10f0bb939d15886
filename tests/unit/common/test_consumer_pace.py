"""A batch is made smaller only where that saves time: what a transaction costs by itself is no reason."""

from collections.abc import Callable
from random import Random

import pytest

from common.consumer.pace import Pace

AIMED_S = 0.1
MOST = 5_000
FIRST = 500
SETTLED_AFTER = 40

Cost = Callable[[int], float]


def costing(fixed_s: float, record_s: float) -> Cost:
    """Make a model of a ledger: each transaction costs something, and each of its records."""
    return lambda n: fixed_s + n * record_s


def applied(pace: Pace, cost: Cost, times: int = SETTLED_AFTER) -> list[int]:
    """Apply full batches; return their sizes."""
    sizes = []
    for _ in range(times):
        sizes.append(pace.size)
        pace.heard(pace.size, cost(pace.size), most=MOST)
    return sizes


@pytest.mark.parametrize("fixed_s", [0.0, 0.25, 2.0])
@pytest.mark.parametrize("record_s", [0.0, 0.000_01, 0.000_2, 0.005, 0.3])
def test_a_batch_holds_what_the_aimed_time_holds_whatever_a_transaction_costs(fixed_s: float, record_s: float):
    sizes = applied(Pace(FIRST, AIMED_S), costing(fixed_s, record_s))
    assert len(set(sizes[-10:])) == 1, sizes
    for_records_s = sizes[-1] * record_s
    assert for_records_s <= 2 * AIMED_S or sizes[-1] == 1
    assert for_records_s >= AIMED_S / 2 or sizes[-1] == MOST


def test_a_slow_database_costs_no_more_than_one_step():
    sizes = applied(Pace(FIRST, AIMED_S), costing(0.2, 0.000_2))
    assert min(sizes) >= FIRST // 2, sizes


@pytest.mark.parametrize(("before", "after"), [(0.0, 0.5), (0.5, 0.0)], ids=["becomes slow", "becomes fast"])
def test_it_follows_a_database_that_changes(before: float, after: float):
    pace = Pace(FIRST, AIMED_S)
    applied(pace, costing(before, 0.000_2))
    sizes = applied(pace, costing(after, 0.000_2))
    assert min(sizes) >= 125, sizes
    assert AIMED_S / 2 <= sizes[-1] * 0.000_2 <= 2 * AIMED_S


def test_one_that_waited_for_a_lock_is_forgotten():
    pace = Pace(FIRST, AIMED_S)
    applied(pace, costing(0.002, 0.000_2))
    pace.heard(pace.size, 3.0, most=MOST)
    sizes = applied(pace, costing(0.002, 0.000_2))
    assert AIMED_S / 2 <= sizes[-1] * 0.000_2 <= 2 * AIMED_S, sizes


def test_it_works_with_times_that_vary():
    rng, pace = Random(4), Pace(FIRST, AIMED_S)  # noqa: S311 - a seeded schedule
    cost = costing(0.2, 0.000_2)
    sizes = applied(pace, lambda n: cost(n) * rng.uniform(0.9, 1.1), times=400)[SETTLED_AFTER:]
    rate = sum(sizes) / sum(cost(n) for n in sizes)
    assert rate > 0.9 * FIRST / cost(FIRST), rate

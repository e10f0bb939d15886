"""How figures are made of what was measured."""

from math import inf

import pytest

from bench import race
from bench.figures import percentile, quantile
from bench.machine import machine
from bench.order import Order
from bench.race import Outcome


@pytest.mark.parametrize(
    ("share", "expected"), [(0.25, 0.0005), (0.5, 0.001), (0.75, 0.002), (1.0, 0.003)], ids=["25", "50", "75", "100"]
)
def test_a_quantile_lies_straight_between_two_limits(share: float, expected: float) -> None:
    within = {0.001: 50.0, 0.003: 100.0, inf: 100.0}
    assert quantile(within, share) == pytest.approx(expected)


def test_what_is_beyond_every_limit_is_said_to_be_at_the_last() -> None:
    assert quantile({0.001: 0.0, 0.003: 0.0, inf: 10.0}, 0.5) == 0.003


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0


def test_what_comes_again_is_doubled_and_what_comes_late_is_out_of_order() -> None:
    order = Order()
    for version in (1, 3, 2, 2, 4):
        order.take("a", version)
    order.take("b", 1)
    assert order.told() == {"distinct": 5, "doubled": 1, "out_of_order": 1}


def test_every_run_says_first_on_what_it_was_measured() -> None:
    said = {one.name: one for one in machine()}
    assert list(said) == ["machine.processors", "machine.memory_gb", "machine.load_before"]
    assert said["machine.processors"].value >= 1
    assert said["machine.processors"].unit, "the model"
    assert 0 < said["machine.memory_gb"].value < 100_000


def test_a_naive_way_is_told_beside_ours_also_where_it_lost_nothing() -> None:
    ours = {"distinct": 10, "out_of_order": 0, "p50_ms": 2.0, "p99_ms": 4.0}
    theirs = {"by_number": {**ours, "distinct": 7}, "by_queue": {**ours, "out_of_order": 3, "p50_ms": 5.0}}
    said = {one.name: one for one in race.measured(Outcome(committed=10, relay=ours, naive=theirs))}
    assert said["race.relay.lost"].value == 0
    assert said["naive.by_number.lost"].value == 3
    assert said["naive.by_queue.lost"].value == 0
    assert (said["naive.by_queue.p50_ms"].reference, said["naive.by_queue.p50_ms"].ratio) == ("race.relay.p50_ms", 2.5)

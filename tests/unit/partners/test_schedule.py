"""When to try again, when to leave a receiver in peace, when to give up; the clock is an argument."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.domain.schedule import (
    DELAYS_S,
    Attempt,
    Breaker,
    Lane,
    Next,
    Outcome,
    Patience,
    Schedule,
    Trouble,
    judge,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SCHEDULE = Schedule()
BREAKER = Breaker()


def attempt(status=None, *, at=NOON, trouble=None, retry_after=None):
    return Attempt(at=at, ms=0, status=status, trouble=trouble, retry_after=retry_after)


def failing(times, lane=None, *, at=NOON, apart=timedelta(seconds=1)):
    lane = lane or Lane()
    for n in range(times):
        lane = lane.after(attempt(500, at=at + n * apart, trouble=Trouble.HTTP), BREAKER)
    return lane


def test_twelve_tries_over_about_three_days():
    waits = [SCHEDULE.wait(failures, 0.0) or timedelta() for failures in range(1, 12)]
    assert sum(waits, timedelta()) == timedelta(seconds=sum(DELAYS_S))
    assert timedelta(hours=74) < sum(waits, timedelta()) < timedelta(hours=78)
    assert SCHEDULE.wait(12, 0.0) is None


@given(failures=st.integers(1, 11), chance=st.floats(0, 1, exclude_max=True))
def test_a_wait_is_never_shorter_than_its_delay_and_a_fifth_longer_at_most(failures, chance):
    base = timedelta(seconds=DELAYS_S[failures - 1])
    assert base <= (SCHEDULE.wait(failures, chance) or timedelta()) <= base * 1.2 + timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.DELIVERED),
        (204, Outcome.DELIVERED),
        (301, Outcome.FAILED),
        (307, Outcome.FAILED),
        (401, Outcome.FAILED),
        (404, Outcome.FAILED),
        (410, Outcome.GONE),
        (429, Outcome.FAILED),
        (500, Outcome.FAILED),
        (503, Outcome.FAILED),
        (None, Outcome.FAILED),
    ],
)
def test_only_2xx_is_a_success_and_410_is_a_farewell(status, outcome):
    assert attempt(status).outcome is outcome


@pytest.mark.parametrize("status", [429, 503])
def test_whoever_says_when_to_come_back_is_obeyed_and_loses_no_try(status):
    busy = attempt(status, retry_after=timedelta(minutes=7))
    then = judge(busy, 3, SCHEDULE, 0.9)
    assert (then.state, then.failures, then.next_at) == (
        Next.PENDING,
        3,
        NOON + timedelta(minutes=7),
    )
    lane = Lane().after(busy, BREAKER)
    assert (lane.blocked_until, lane.fails, lane.open_count) == (NOON + timedelta(minutes=7), 0, 0)


def test_retry_after_on_another_status_is_no_wish_we_heed():
    assert attempt(500, retry_after=timedelta(minutes=7)).outcome is Outcome.FAILED


def test_our_own_trouble_costs_the_receiver_nothing():
    ours = attempt(trouble=Trouble.OURS)
    then = judge(ours, 3, SCHEDULE, 0.0)
    assert (then.state, then.failures) == (Next.PENDING, 3)
    assert Lane().after(ours, BREAKER) == Lane()


def test_the_twelfth_failure_is_the_death_of_a_delivery():
    assert judge(attempt(500), 10, SCHEDULE, 0.0).state is Next.PENDING
    dead = judge(attempt(500), 11, SCHEDULE, 0.0)
    assert (dead.state, dead.failures) == (Next.DEAD, 12)


def test_ten_failures_in_a_row_open_the_breaker():
    assert failing(9).blocked_until is None
    lane = failing(10)
    assert lane.blocked_until == NOON + timedelta(seconds=9 + 30)
    assert lane.half_open


def test_half_open_one_failure_opens_it_for_twice_as_long_up_to_a_quarter_of_an_hour():
    lane, at = failing(10), NOON
    pauses = []
    for _ in range(7):
        at = lane.blocked_until
        lane = lane.after(attempt(500, at=at), BREAKER)
        pauses.append(lane.blocked_until - at)
    assert pauses == [timedelta(seconds=s) for s in (60, 120, 240, 480, 900, 900, 900)]


def test_a_failure_that_was_under_way_when_it_opened_does_not_lengthen_the_pause():
    lane = failing(10)
    assert lane.after(attempt(500, at=NOON + timedelta(seconds=10)), BREAKER).blocked_until == lane.blocked_until


def test_a_success_closes_the_breaker():
    lane = failing(10).after(attempt(200, at=NOON + timedelta(minutes=1)), BREAKER)
    assert (lane.blocked_until, lane.fails, lane.open_count, lane.first_fail_at) == (None, 0, 0, None)


def test_a_success_under_way_does_not_shorten_a_pause_that_was_asked_for():
    lane = Lane().after(attempt(429, retry_after=timedelta(minutes=5)), BREAKER)
    assert lane.after(attempt(200), BREAKER).blocked_until == NOON + timedelta(minutes=5)


def test_half_of_twenty_failures_in_five_minutes_open_it_too():
    lane = Lane()
    for n in range(20):
        assert lane.blocked_until is None
        lane = lane.after(attempt(200 if n % 2 == 0 else 500, at=NOON + timedelta(seconds=n)), BREAKER)
    assert lane.blocked_until is not None


def test_the_same_share_over_an_hour_does_not():
    lane = Lane()
    for n in range(60):
        lane = lane.after(attempt(200 if n % 2 == 0 else 500, at=NOON + timedelta(minutes=n)), BREAKER)
    assert lane.blocked_until is None


def test_an_endpoint_is_warned_three_times_and_disabled_after_five_days():
    patience = Patience()
    lane = failing(20, apart=timedelta(hours=6))
    begun = lane.first_fail_at
    due = [patience.warnings_due(lane, begun + timedelta(hours=h)) for h in (1, 12, 71, 72, 108)]
    assert due == [0, 1, 1, 2, 3]
    assert not patience.exhausted(lane, begun + timedelta(days=5) - timedelta(seconds=1))
    assert patience.exhausted(lane, begun + timedelta(days=5))
    assert not patience.exhausted(failing(19), begun + timedelta(days=50))
    assert patience.warnings_due(Lane(), NOON) == 0

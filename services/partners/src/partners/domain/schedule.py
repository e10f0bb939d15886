"""When to try again, when to leave a receiver in peace, and when to give up on it.  Pure: the clock is an argument.

Three time scales, from the short to the long:

    one delivery     twelve tries over about 76 hours, then it is dead
    one lane         ten failures in a row, or half of twenty in five minutes, open its breaker: 30 s, 1 min … 15 min;
                     half-open it lets one delivery through, and a success closes it
    one endpoint     five days without a success, and twenty tries at least, disable it; it is warned three times before

A receiver that says when to come back (429 or 503 with Retry-After) is obeyed, and that costs no try.  A failure on
our own side (no DNS at all) costs the receiver nothing either.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

DELAYS_S = (5.0, 30.0, 120.0, 600.0, 1_800.0, 7_200.0, 18_000.0, 36_000.0, 50_400.0, 72_000.0, 86_400.0)
SPREAD = 0.2
SPREAD_MIN = timedelta(seconds=1)
OUR_OWN_PAUSE = timedelta(seconds=5)
RETRY_AFTER_MAX = timedelta(hours=24)


class Outcome(StrEnum):
    """What became of one attempt."""

    DELIVERED = "delivered"
    FAILED = "failed"  # the receiver's failure: counts, and uses up a try
    BUSY = "busy"  # the receiver said when to come back: uses up no try
    GONE = "gone"  # the receiver wants no more of this
    OURS = "ours"  # our own failure: recorded, counts nowhere


class Trouble(StrEnum):
    """What the subscriber is told of a failure; coarse, or the log of deliveries would be a port scanner."""

    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    BLOCKED = "blocked"
    HTTP = "http"
    OURS = "ours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try at one delivery, as it ended."""

    at: datetime
    ms: int
    status: int | None = None
    trouble: Trouble | None = None
    answer: str = ""
    address: str | None = None
    retry_after: timedelta | None = None

    @property
    def outcome(self) -> Outcome:
        if self.trouble is Trouble.OURS:
            return Outcome.OURS
        if self.status is None:
            return Outcome.FAILED
        if 200 <= self.status <= 299:
            return Outcome.DELIVERED
        if self.status == 410:
            return Outcome.GONE
        return Outcome.BUSY if self.retry_after and self.status in (429, 503) else Outcome.FAILED


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How long to wait after each failure of one delivery."""

    delays_s: tuple[float, ...] = DELAYS_S

    def wait(self, failures: int, chance: float) -> timedelta | None:
        """Say how long to wait after so many failures; None: no more tries.  `chance` is a draw from [0, 1).

        Never earlier than the delay itself: what is spread is added.
        """
        if failures > len(self.delays_s):
            return None
        base = timedelta(seconds=self.delays_s[failures - 1])
        return base + max(base * SPREAD * chance, min(base, SPREAD_MIN) * chance)


class Next(StrEnum):
    """The state of a delivery after an attempt."""

    DONE = "done"
    PENDING = "pending"
    DEAD = "dead"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """What follows for the delivery: its state, how many failures count, when it is due again."""

    state: Next
    failures: int
    next_at: datetime


def judge(attempt: Attempt, failures: int, schedule: Schedule, chance: float) -> Consequence:
    """Decide what one attempt means for its delivery, which had failed so many times before."""
    ended = attempt.at + timedelta(milliseconds=attempt.ms)
    match attempt.outcome:
        case Outcome.DELIVERED:
            return Consequence(state=Next.DONE, failures=failures, next_at=ended)
        case Outcome.GONE:
            return Consequence(state=Next.CANCELLED, failures=failures + 1, next_at=ended)
        case Outcome.BUSY:
            return Consequence(state=Next.PENDING, failures=failures, next_at=ended + _pause(attempt))
        case Outcome.OURS:
            return Consequence(state=Next.PENDING, failures=failures, next_at=ended + OUR_OWN_PAUSE * (1 + chance))
        case Outcome.FAILED:
            wait = schedule.wait(failures + 1, chance)
            state = Next.DEAD if wait is None else Next.PENDING
            return Consequence(state=state, failures=failures + 1, next_at=ended + (wait or timedelta()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """When a lane is left in peace, with units."""

    failures_in_a_row: int = 10
    window: timedelta = timedelta(minutes=5)
    window_tries: int = 20
    window_share: float = 0.5
    pause: timedelta = timedelta(seconds=30)
    pause_max: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """What is remembered of an endpoint's recent attempts."""

    blocked_until: datetime | None = None
    fails: int = 0  # in a row
    tries_since: int = 0  # since the last success
    first_fail_at: datetime | None = None  # since the last success
    window_from: datetime | None = None
    window_tries: int = 0
    window_fails: int = 0
    open_count: int = 0

    @property
    def half_open(self) -> bool:
        return self.open_count > 0

    def after(self, attempt: Attempt, breaker: Breaker) -> "Lane":
        """Fold one attempt into the lane."""
        match attempt.outcome:
            case Outcome.DELIVERED:
                return _calmed(_counted(self, attempt, breaker))
            case Outcome.BUSY:
                return replace(_unserved(self, attempt), blocked_until=_later(self.blocked_until, _until(attempt)))
            case Outcome.OURS:
                return self
            case Outcome.FAILED | Outcome.GONE:
                lane = _unserved(_counted(self, attempt, breaker), attempt)
                return _broken(replace(lane, fails=lane.fails + 1), attempt.at, breaker)


def _calmed(lane: Lane) -> Lane:
    """Close the breaker; a pause that the receiver asked for stays."""
    until = None if lane.half_open else lane.blocked_until
    return replace(lane, blocked_until=until, fails=0, tries_since=0, first_fail_at=None, open_count=0)


def _unserved(lane: Lane, attempt: Attempt) -> Lane:
    return replace(lane, first_fail_at=lane.first_fail_at or attempt.at, tries_since=lane.tries_since + 1)


def _counted(lane: Lane, attempt: Attempt, breaker: Breaker) -> Lane:
    failed = int(attempt.outcome is not Outcome.DELIVERED)
    if lane.window_from is None or attempt.at - lane.window_from >= breaker.window:
        return replace(lane, window_from=attempt.at, window_tries=1, window_fails=failed)
    return replace(lane, window_tries=lane.window_tries + 1, window_fails=lane.window_fails + failed)


def _broken(lane: Lane, at: datetime, breaker: Breaker) -> Lane:
    """Open the breaker, or open it again for longer when the one delivery let through failed too."""
    if lane.blocked_until is not None and lane.blocked_until > at:
        return lane  # already open: this attempt was under way before
    too_many = lane.window_tries >= breaker.window_tries and (
        lane.window_fails >= breaker.window_share * lane.window_tries
    )
    if not (lane.half_open or lane.fails >= breaker.failures_in_a_row or too_many):
        return lane
    until = at + min(breaker.pause * 2**lane.open_count, breaker.pause_max)
    opened = replace(lane, blocked_until=until, open_count=lane.open_count + 1)
    return replace(opened, window_from=None, window_tries=0, window_fails=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long an endpoint may fail before it is warned, and before it is disabled."""

    warnings: tuple[timedelta, ...] = (timedelta(hours=12), timedelta(days=3), timedelta(days=4.5))
    disabled_after: timedelta = timedelta(days=5)
    tries: int = 20

    def exhausted(self, lane: Lane, at: datetime) -> bool:
        """Tell whether the endpoint must be disabled."""
        return (
            lane.first_fail_at is not None
            and lane.tries_since >= self.tries
            and at - lane.first_fail_at >= self.disabled_after
        )

    def warnings_due(self, lane: Lane, at: datetime) -> int:
        """Count the warnings that should have been given by now."""
        if lane.first_fail_at is None:
            return 0
        return sum(at - lane.first_fail_at >= after for after in self.warnings)


def _pause(attempt: Attempt) -> timedelta:
    return min(attempt.retry_after or timedelta(), RETRY_AFTER_MAX)


def _until(attempt: Attempt) -> datetime:
    return attempt.at + timedelta(milliseconds=attempt.ms) + _pause(attempt)


def _later(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)

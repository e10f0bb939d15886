"""How the clocks of a zone go, as calendar programs take it (RFC 5545 §3.6.5): by rules, read from the zone's data."""

import calendar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

LONG_AGO = datetime(1970, 1, 1)  # noqa: DTZ001 - a clock's on the wall, before any event of ours
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
HOUR = timedelta(hours=1)
YEARS_AGREEING = 4
"""A rule is read from this many years: the last Sunday of a month is its fourth one in some."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observance:
    """From when on clocks go so: once and for all, or each year by a month and a weekday in it (`-1SU`: the last)."""

    name: str
    daylight: bool
    starts: datetime
    before: timedelta
    after: timedelta
    month: int | None = None
    weekday: str | None = None


@lru_cache(maxsize=64)
def observances(zone: str, year: int) -> tuple[Observance, ...]:
    """Tell how the clocks of a zone go from a year on, as far as its rules are known."""
    clock = ZoneInfo(zone)
    changes = _changes(clock, year)
    if not changes:
        at = datetime(year, 1, 1, tzinfo=UTC).astimezone(clock)
        offset = at.utcoffset() or timedelta()
        return (Observance(name=_name(at), daylight=False, starts=LONG_AGO, before=offset, after=offset),)
    following = [_changes(clock, year + n) for n in range(YEARS_AGREEING)]
    return tuple(
        _observance(clock, at, [each[n] for each in following if len(each) == len(changes)])
        for n, at in enumerate(changes)
    )


def _changes(clock: ZoneInfo, year: int) -> list[datetime]:
    """List the hours of a year from which clocks go otherwise."""
    begins, hours = datetime(year, 1, 1, tzinfo=UTC), (366 if calendar.isleap(year) else 365) * 24
    days = (begins + n * timedelta(days=1) for n in range(hours // 24))
    return [
        hour + HOUR
        for day in days
        if _offset(clock, day) != _offset(clock, day + timedelta(days=1))
        for hour in (day + n * HOUR for n in range(24))
        if _offset(clock, hour) != _offset(clock, hour + HOUR)
    ]


def _observance(clock: ZoneInfo, at: datetime, each_year: list[datetime]) -> Observance:
    before, after = _offset(clock, at - HOUR), _offset(clock, at)
    starts = [(one + _offset(clock, one - HOUR)).replace(tzinfo=None) for one in each_year]
    first = starts[0]
    return Observance(
        name=_name(at.astimezone(clock)),
        daylight=bool(at.astimezone(clock).dst()),
        starts=first,
        before=before,
        after=after,
        month=first.month,
        weekday=f"{_nth(starts)}{WEEKDAYS[first.weekday()]}",
    )


def _nth(days: list[datetime]) -> int:
    """Tell which of its weekdays in a month a day is each year: the last, or the n-th."""
    last = all(day.day + 7 > calendar.monthrange(day.year, day.month)[1] for day in days)
    return -1 if last else (days[0].day - 1) // 7 + 1


def _offset(clock: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(clock).utcoffset() or timedelta()


def _name(at: datetime) -> str:
    """Name it as the zone's data do: CET, or an offset where nobody has a name for it."""
    return at.tzname() or ""

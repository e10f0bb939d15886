"""Days and hours as the law and the campaigns count them: in the zone of a place, to its day's last second."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from actions.domain.refusals import InTheFuture


def local_day(at: datetime, zone: str) -> date:
    """Tell which day it is there: `at <= the day's end` is `local_day(at, zone) <= day`."""
    return at.astimezone(ZoneInfo(zone)).date()


def instant(day: date, hour: time, zone: str) -> datetime:
    """Tell when that hour strikes there."""
    return datetime.combine(day, hour, ZoneInfo(zone))


def months_after(day: date, months: int) -> date:
    """Count calendar months; a day that the month lacks becomes its last (29 February + 1 year = 28 February)."""
    count = day.year * 12 + day.month - 1 + months
    first = date(count // 12, count % 12 + 1, 1)
    following = date((count + 1) // 12, (count + 1) % 12 + 1, 1)
    return first + timedelta(days=min(day.day, (following - first).days) - 1)


def require_past(day: date, at: datetime, zone: str, *, pointer: str) -> None:
    """Refuse to record as done what is dated after today."""
    today = local_day(at, zone)
    if day > today:
        raise InTheFuture(f"{day} is after {today}.", precision=f"Le {day} est après le {today}.", pointer=pointer)

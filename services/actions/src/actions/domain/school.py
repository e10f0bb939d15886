"""The school calendar, as far as it is known: zones, holidays, public holidays, and when there is class (R20).

A holiday begins after the class of its first day and ends on the morning of its last, as the ministry writes it; so
both are days of class where they fall on one.  Of a school year that has not been taken in, nothing is said.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from types import MappingProxyType

from dateutil.easter import easter

from actions.domain.overlaps import minutes_of
from common.contracts.actions import Place, Session

YEAR_BEGINS = (9, 1)
"""The school year of a day is counted from 1 September, overseas too: whoever is back at school in August is at the end
of the year that the ministry's file puts that holiday in."""

LOOK_AHEAD_DAYS = 120


class SchoolZone(StrEnum):
    """Whose holidays are the same; Corsica and each overseas académie decide their own."""

    A = "A"
    B = "B"
    C = "C"
    CORSE = "Corse"
    GUADELOUPE = "Guadeloupe"
    MARTINIQUE = "Martinique"
    GUYANE = "Guyane"
    REUNION = "Réunion"
    MAYOTTE = "Mayotte"


_DEPARTMENTS = {
    SchoolZone.A: "01 03 07 15 16 17 19 21 23 24 25 26 33 38 39 40 42 43 47 58 63 64 69 70 71 73 74 79 86 87 89 90",
    SchoolZone.B: (
        "02 04 05 06 08 10 13 14 18 22 27 28 29 35 36 37 41 44 45 49 50 51 52 53 54 55 56 57 59 60 61 62 67 68 72 76 "
        "80 83 84 85 88"
    ),
    SchoolZone.C: "09 11 12 30 31 32 34 46 48 65 66 75 77 78 81 82 91 92 93 94 95",
    SchoolZone.CORSE: "2A 2B",
    SchoolZone.GUADELOUPE: "971",
    SchoolZone.MARTINIQUE: "972",
    SchoolZone.GUYANE: "973",
    SchoolZone.REUNION: "974",
    SchoolZone.MAYOTTE: "976",
}
ZONE_OF: Mapping[str, SchoolZone] = MappingProxyType(
    {department: zone for zone, named in _DEPARTMENTS.items() for department in named.split()}
)
"""The zone of each département, by its académie, since January 2016."""

_ABOLITION = {"971": (5, 27), "972": (5, 22), "973": (6, 10), "974": (12, 20), "976": (4, 27)}
"""The day on which slavery's end is remembered, département by département (Code du travail, L3422-2)."""
_LOCAL_LAW = frozenset({"57", "67", "68"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """From after class on `starts_on` to the morning of `ends_on`."""

    label: str
    starts_on: date
    ends_on: date

    def frees(self, day: date) -> bool:
        return self.starts_on < day < self.ends_on


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolYear:
    """The holidays of one zone in one year, which is named by its first: 2025 is 2025-2026."""

    zone: SchoolZone
    year: int
    holidays: tuple[Holiday, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The school years that are known."""

    years: tuple[SchoolYear, ...] = ()

    def holidays(self, zone: SchoolZone | None, day: date) -> tuple[Holiday, ...] | None:
        """List the holidays of a zone in a day's school year; None where that year is not known."""
        wanted = zone, year_of(day)
        return next((one.holidays for one in self.years if (one.zone, one.year) == wanted), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When there is class, in minutes since midnight: on Monday, Tuesday, Thursday and Friday, and on Wednesday."""

    begins: int
    ends: int
    wednesday_ends: int

    def touch(self, day: date, starts_at: time, minutes: int) -> bool:
        """Tell whether something that begins then and lasts so long falls into the hours of class of that weekday."""
        ends = {0: self.ends, 1: self.ends, 2: self.wednesday_ends, 3: self.ends, 4: self.ends}.get(day.weekday())
        begins = starts_at.hour * 60 + starts_at.minute
        return ends is not None and begins < ends and begins + minutes > self.begins


NO_CALENDAR = Calendar()


def year_of(day: date) -> int:
    return day.year if (day.month, day.day) >= YEAR_BEGINS else day.year - 1


def day_off(calendar: Calendar, department: str, day: date) -> str | None:
    """Name the holiday or the public holiday for which there is no class on a day; None where none is known."""
    if day in public_holidays(department, day.year):
        return "jour férié"
    zone = ZONE_OF.get(department)
    known = (one for year in calendar.years if year.zone == zone for one in year.holidays)
    return next((holiday.label for holiday in known if holiday.frees(day)), None)


def free_from(calendar: Calendar, department: str, session: Session, hours: Hours) -> date | None:
    """Find the next day on which a session at this hour touches no class; None where the calendar ends before."""
    minutes = minutes_of(session.programme)
    for day in (session.held_on + timedelta(days=by) for by in range(1, LOOK_AHEAD_DAYS)):
        if not hours.touch(day, session.starts_at, minutes) or day_off(calendar, department, day):
            return day
        if calendar.holidays(ZONE_OF.get(department), day) is None:
            return None
    return None


def zones_of(places: Iterable[Place]) -> set[SchoolZone]:
    return {ZONE_OF[place.department] for place in places if place.department in ZONE_OF}


def public_holidays(department: str, year: int) -> frozenset[date]:
    """List the public holidays of a département in a year.

    Source: Code du travail, L3133-1, L3134-13 (Moselle and Alsace) and L3422-2 (overseas).
    """
    sunday = easter(year)
    fixed = [(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)]
    moving = [1, 39, 50]
    if department in _LOCAL_LAW:
        fixed, moving = [*fixed, (12, 26)], [-2, *moving]
    if department in _ABOLITION:
        fixed = [*fixed, _ABOLITION[department]]
    days = (date(year, month, day) for month, day in fixed)
    return frozenset({*days, *(sunday + timedelta(days=by) for by in moving)})

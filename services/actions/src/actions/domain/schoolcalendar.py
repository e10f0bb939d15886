"""The ministry's file of the school calendar, line by line: whose holiday, from when to when, and what was set aside.

One line an académie, all of a zone saying the same: the first is taken, the others must agree.  Instants are written
with their offset, at midnight of the place.  A year without its long holiday is not whole, and is not taken.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from actions.domain import zones
from actions.domain.days import local_day
from actions.domain.school import YEAR_BEGINS, ZONE_OF, Holiday, SchoolYear, SchoolZone
from common.errors import Invalid

COLUMNS = ("Description", "Population", "Date de début", "Date de fin", "Zones", "annee_scolaire")
LONG_DAYS = 25
"""The long holiday is longer than this, wherever it is."""

BEGINNING = "Début"
"""Of the last year that is published only the first day of the long holiday is known: it lasts until the next year."""

Row = Mapping[str, str]

_ZONES = {f"Zone {zone}": zone for zone in (SchoolZone.A, SchoolZone.B, SchoolZone.C)} | {
    zone.value: zone for zone in SchoolZone if len(zone) > 1
}
_PLACES: Mapping[SchoolZone, str] = MappingProxyType({zone: department for department, zone in ZONE_OF.items()})
"""A département of each, for its clock: they all have the same one."""


class CalendarNotReadable(Invalid):
    """A file with other columns is refused whole."""

    title = "The file's columns are not those of the school calendar."
    titre = "Les colonnes du fichier ne sont pas celles du calendrier scolaire."


class Fate(StrEnum):
    """What became of a line."""

    TAKEN = "taken"
    SAME = "says what another académie of its zone says"
    TEACHERS = "is for teachers only"
    OTHER_ZONE = "is of a zone that the scheme does not cover"
    UNREADABLE = "cannot be read"
    CONTRADICTS = "says otherwise than another line of its zone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one line of the file."""

    line: int
    fate: Fate
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a file says: whole years, years that lack their long holiday, and what became of each line."""

    years: tuple[SchoolYear, ...]
    incomplete: tuple[SchoolYear, ...]
    outcomes: tuple[Outcome, ...]


def read(header: Sequence[str], rows: Iterable[Row]) -> Reading:
    """Read the lines of a file; the header is line 1."""
    if missing := set(COLUMNS) - set(header):
        raise CalendarNotReadable(", ".join(sorted(missing)))
    found: dict[tuple[SchoolZone, int], dict[str, Holiday]] = defaultdict(dict)
    outcomes = [_take(found, number, row) for number, row in enumerate(rows, start=2)]
    years = [
        SchoolYear(zone=zone, year=year, holidays=tuple(sorted(holidays.values(), key=lambda one: one.starts_on)))
        for (zone, year), holidays in sorted(found.items())
    ]
    whole = tuple(one for one in years if any((h.ends_on - h.starts_on).days > LONG_DAYS for h in one.holidays))
    return Reading(years=whole, incomplete=tuple(one for one in years if one not in whole), outcomes=tuple(outcomes))


def _take(found: dict[tuple[SchoolZone, int], dict[str, Holiday]], line: int, row: Row) -> Outcome:
    if "eignant" in row["Population"]:
        return Outcome(line=line, fate=Fate.TEACHERS)
    zone = _ZONES.get(row["Zones"].strip())
    if zone is None:
        return Outcome(line=line, fate=Fate.OTHER_ZONE, detail=row["Zones"])
    try:
        year, holiday = _year(row["annee_scolaire"]), _holiday(row, zone)
    except ValueError as error:
        return Outcome(line=line, fate=Fate.UNREADABLE, detail=str(error))
    known = found[zone, year].setdefault(holiday.label, holiday)
    if known is holiday:
        return Outcome(line=line, fate=Fate.TAKEN)
    fate = Fate.SAME if known == holiday else Fate.CONTRADICTS
    return Outcome(line=line, fate=fate, detail="" if fate is Fate.SAME else f"{zone} {year} {holiday.label}")


def _holiday(row: Row, zone: SchoolZone) -> Holiday:
    label, starts_on = " ".join(row["Description"].split()), _day(row["Date de début"], zone)
    if label.startswith(BEGINNING):
        return Holiday(label=label, starts_on=starts_on, ends_on=date(starts_on.year, *YEAR_BEGINS))
    holiday = Holiday(label=label, starts_on=starts_on, ends_on=_day(row["Date de fin"], zone))
    if not holiday.label or holiday.ends_on < holiday.starts_on:
        raise ValueError(f"{holiday.label!r}: {holiday.starts_on} to {holiday.ends_on}")
    return holiday


def _day(text: str, zone: SchoolZone) -> date:
    """Read an instant as the day that it is there, or a day as it stands."""
    if len(text.strip()) == len("2025-10-18"):
        return date.fromisoformat(text.strip())
    at = datetime.fromisoformat(text.strip())
    if at.tzinfo is None:
        return at.date()
    return local_day(at, zones.of_department(_PLACES[zone], at.date()))


def _year(text: str) -> int:
    first, _, second = text.strip().partition("-")
    if int(second) != int(first) + 1:
        raise ValueError(f"{text!r} is no school year")
    return int(first)

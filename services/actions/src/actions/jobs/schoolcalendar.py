"""Takes in the school calendar from a file, and accounts for every line."""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path

from actions.commands import schoolcalendar as commands
from actions.domain.school import SchoolYear
from actions.domain.schoolcalendar import Fate, Reading, read
from common.database import Database
from common.tokens import SYSTEM

SHIPPED = "school-calendar.csv"
LISTED = frozenset({Fate.UNREADABLE, Fate.CONTRADICTS, Fate.OTHER_ZONE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who publishes a calendar, and of when it is."""

    source: str
    source_date: date


SHIPPED_ORIGIN = Origin(
    source="Ministère de l'Éducation nationale, arrêtés fixant le calendrier scolaire; zones A, B and C",
    source_date=date(2022, 12, 7),
)


def shipped() -> Reading:
    """Read the years that ship with the service."""
    text = (files("actions") / "data" / SHIPPED).read_text(encoding="utf-8")
    return _read(text.splitlines())


def opened(file: Path) -> Reading:
    """Read a file as the ministry publishes it: CSV, UTF-8, with semicolons."""
    return _read(file.read_text(encoding="utf-8-sig").splitlines())


async def take(database: Database, reading: Reading, origin: Origin, *, dry_run: bool) -> dict[SchoolYear, bool]:
    """Take in the whole years of a file in one transaction; tell which are news."""
    async with database.transaction(SYSTEM) as tx:
        if dry_run:
            return await commands.differing(tx, reading.years, source_date=origin.source_date)
        return await commands.take(tx, reading.years, source=origin.source, source_date=origin.source_date)


def account(reading: Reading, news: Mapping[SchoolYear, bool]) -> Iterator[str]:
    """Tell what became of every line, and of every year."""
    yield f"{len(reading.outcomes)} lines"
    for fate, count in sorted(Counter(one.fate for one in reading.outcomes).items()):
        yield f"  {count} {fate}"
    for one in reading.outcomes:
        if one.fate in LISTED:
            yield f"  line {one.line}: {one.fate}: {one.detail}"
    for year, is_news in news.items():
        yield f"{_named(year)}: {len(year.holidays)} holidays, {'taken' if is_news else 'unchanged'}"
    for year in reading.incomplete:
        yield f"{_named(year)}: not taken, its long holiday is missing"


def _read(lines: Sequence[str]) -> Reading:
    rows = csv.DictReader(lines, delimiter=";", strict=True)
    return read(rows.fieldnames or (), rows)


def _named(year: SchoolYear) -> str:
    return f"{year.zone} {year.year}-{year.year + 1}"

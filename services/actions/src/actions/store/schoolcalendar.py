"""School years by zone: reference data, taken in whole."""

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from actions.domain.school import Calendar, Holiday, SchoolYear, SchoolZone, year_of
from common.database import Transaction


async def calendar(tx: Transaction, zones: Iterable[SchoolZone], days: Iterable[date]) -> Calendar:
    """Find what is known of these zones in the school years of these days, and in the years before and after them.

    A long holiday may last into the first days of September, which are the next year's.
    """
    wanted = {year_of(day) + by for day in days for by in (-1, 0, 1)}
    return Calendar(await years(tx, sorted(zones), sorted(wanted)) if wanted else ())


async def years(tx: Transaction, zones: Sequence[str], wanted: Sequence[int]) -> tuple[SchoolYear, ...]:
    found = await tx.fetch(
        "SELECT zone, year, holidays FROM school_year WHERE zone = ANY ($1::text[]) AND year = ANY ($2::integer[])",
        zones,
        wanted,
    )
    return tuple(
        SchoolYear(
            zone=SchoolZone(row["zone"]),
            year=row["year"],
            holidays=msgspec.json.decode(row["holidays"], type=tuple[Holiday, ...]),
        )
        for row in found
    )


async def newer(tx: Transaction, wanted: Sequence[int], than: date) -> frozenset[tuple[SchoolZone, int]]:
    """Name the zones and years of which something newer is known than of this day."""
    found = await tx.fetch(
        "SELECT zone, year FROM school_year WHERE year = ANY ($1::integer[]) AND source_date > $2", wanted, than
    )
    return frozenset((SchoolZone(row["zone"]), row["year"]) for row in found)


async def save(tx: Transaction, saved: SchoolYear, *, source: str, source_date: date) -> bool:
    """Say what a zone's year is; tell whether that is news.  What is older than what is known says nothing."""
    changed = await tx.fetchval(
        """
        INSERT INTO school_year AS known (zone, year, holidays, source, source_date)
        VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (zone, year) DO UPDATE
           SET holidays = excluded.holidays, source = excluded.source, source_date = excluded.source_date
         WHERE known.holidays <> excluded.holidays AND known.source_date <= excluded.source_date
        RETURNING true
        """,
        saved.zone,
        saved.year,
        msgspec.json.encode(saved.holidays).decode(),
        source,
        source_date,
    )
    return bool(changed)

"""Taking in the school calendar: whole years by zone, in the house's own name."""

from collections.abc import Iterable
from datetime import date

from actions.domain.school import SchoolYear
from actions.store import schoolcalendar
from common.database import Transaction


async def take(
    tx: Transaction, years: Iterable[SchoolYear], *, source: str, source_date: date
) -> dict[SchoolYear, bool]:
    """Say what each year is, and tell which of them is news."""
    return {one: await schoolcalendar.save(tx, one, source=source, source_date=source_date) for one in years}


async def differing(tx: Transaction, years: Iterable[SchoolYear]) -> dict[SchoolYear, bool]:
    """Tell which of these years would be news, and write nothing."""
    found = tuple(years)
    known = await schoolcalendar.years(tx, [one.zone for one in found], [one.year for one in found])
    return {one: one not in known for one in found}

"""Taking in the school calendar: whole years by zone, in the house's own name."""

from collections.abc import Iterable
from datetime import date

from actions.domain.school import SchoolYear
from actions.store import judging, schoolcalendar
from common.database import Transaction


async def take(
    tx: Transaction, years: Iterable[SchoolYear], *, source: str, source_date: date
) -> dict[SchoolYear, bool]:
    """Say what each year is, and tell which of them is news: then whoever takes a class along is judged again."""
    news = {one: await schoolcalendar.save(tx, one, source=source, source_date=source_date) for one in years}
    if any(news.values()):
        await judging.ask_by_school_groups(tx)
    return news


async def differing(tx: Transaction, years: Iterable[SchoolYear], *, source_date: date) -> dict[SchoolYear, bool]:
    """Tell which of these years would be news, and write nothing."""
    found = tuple(years)
    known = await schoolcalendar.years(tx, [one.zone for one in found], [one.year for one in found])
    newer = await schoolcalendar.newer(tx, [one.year for one in found], source_date)
    return {one: one not in known and (one.zone, one.year) not in newer for one in found}

"""The clock's door: announcements five times a second, and the close of each day."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Never

import structlog

from common.database import TROUBLE, Database
from common.tokens import SYSTEM
from reporting import commands
from reporting.domain.days import national_day
from reporting.store import publications

log = structlog.get_logger(__name__)


async def announce(database: Database, *, every_ms: int, cells_max: int) -> Never:
    """Announce what changed, for ever; what could not be announced now is announced the next time."""
    while True:
        try:
            async with database.transaction(SYSTEM) as tx:
                await commands.announce_changes(tx, cells_max=cells_max)
        except TROUBLE as error:
            log.warning("announcing.failed", error=f"{type(error).__name__}: {error}")
        await asyncio.sleep(every_ms / 1000)


async def close_days(database: Database, *, every_s: float, clock: Callable[[], datetime]) -> Never:
    """Close each day once it is over, for ever.  Not for a sandbox, whose days pass when it says so."""
    while True:
        try:
            await close_yesterday(database, at=clock())
        except TROUBLE as error:
            log.warning("day_close.failed", error=f"{type(error).__name__}: {error}")
        await asyncio.sleep(every_s)


async def close_yesterday(database: Database, *, at: datetime) -> date | None:
    """Close the day before `at`, unless that is done; return the day that was closed."""
    day = national_day(at) - timedelta(days=1)
    async with database.transaction(SYSTEM) as tx:
        last = await publications.last_closed(tx)
        if last is not None and last >= day:
            return None
        published = await commands.close_day(tx, day=day, at=at)
    log.info("day_closed", day=str(day), published=published)
    return day

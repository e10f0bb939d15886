"""The clock's door: what time alone decides, looked at now and then, for ever."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Never

import asyncpg
import structlog

from actions.commands import timers
from common.database import Database
from common.errors import Unavailable

log = structlog.get_logger(__name__)

_PASSING = (Unavailable, OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


async def run_timers(database: Database, *, every_s: float, batch_max: int, clock: Callable[[], datetime]) -> Never:
    """Move what is due, for ever.  Not for a sandbox, whose time passes when it is told to."""
    while True:
        try:
            moved = await timers.run(database, at=clock(), batch_max=batch_max)
            log.debug("timers.ran", moved=moved)
        except _PASSING as error:
            log.warning("timers.failed", error=f"{type(error).__name__}: {error}")
        await asyncio.sleep(every_s)

"""Forgets the changes of films that the feed no longer goes back to, some at a time."""

import asyncio
from typing import Never

import structlog

from catalogue.store import changes
from common.database import TROUBLE, Database
from common.tokens import SYSTEM

log = structlog.get_logger(__name__)

BATCH_ROWS = 5_000


async def run(database: Database, *, every_s: float) -> Never:
    """Forget now and then, for ever; a failure is told and tried again the next time."""
    while True:
        try:
            log.info("changes.forgotten", rows=await forget(database))
        except TROUBLE as error:
            log.warning("changes.not_forgotten", error=f"{type(error).__name__}: {error}")
        await asyncio.sleep(every_s)


async def forget(database: Database) -> int:
    """Forget all that is no longer kept; return how many changes that were."""
    forgotten = 0
    while True:
        async with database.transaction(SYSTEM) as tx:
            number = await changes.forget(tx, limit=BATCH_ROWS)
        forgotten += number
        if number < BATCH_ROWS:
            return forgotten

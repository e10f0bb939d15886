"""What others' news may have changed, judged again one action at a time."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Never
from uuid import UUID

import structlog

from actions.commands import judging
from actions.store import judging as store
from common.database import TROUBLE, Database
from common.errors import Conflict
from common.tokens import SYSTEM

log = structlog.get_logger(__name__)


async def run_judging(
    database: Database, *, every_s: float, page_max: int, at_once_max: int, clock: Callable[[], datetime]
) -> Never:
    """Judge again what was asked for, for ever; at once again as long as there was something."""
    while True:
        judged = 0
        try:
            judged = await judge_waiting(database, page_max=page_max, at_once_max=at_once_max, clock=clock)
        except TROUBLE as error:
            log.warning("judging.failed", error=f"{type(error).__name__}: {error}")
        await asyncio.sleep(0 if judged else every_s)


async def judge_waiting(database: Database, *, page_max: int, at_once_max: int, clock: Callable[[], datetime]) -> int:
    """Judge one page of what waits, each in a transaction of its own, some at once; return how many were judged."""
    async with database.transaction(SYSTEM) as tx:
        waiting = await store.waiting(tx, limit=page_max)
    places = asyncio.Semaphore(at_once_max)
    done = await asyncio.gather(*(_judge(database, one, places, clock) for one in waiting))
    if flagged := sum(one is True for one in done):
        log.info("judging.flagged", actions=flagged)
    return sum(one is not None for one in done)


async def _judge(
    database: Database, action_id: UUID, places: asyncio.Semaphore, clock: Callable[[], datetime]
) -> bool | None:
    """Judge one action again; None if it waits for something that has not been heard of."""
    async with places:
        try:
            async with database.transaction(SYSTEM) as tx:
                return await judging.judge_again(tx, action_id, at=clock())
        except Conflict as refusal:
            log.info("judging.refused", action_id=str(action_id), code=refusal.code)
        async with database.transaction(SYSTEM) as tx:
            await store.put_back(tx, action_id)
        return None

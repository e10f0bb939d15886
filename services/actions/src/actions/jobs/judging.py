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
        except* TROUBLE as errors:
            log.warning("judging.failed", errors=[f"{type(one).__name__}: {one}" for one in errors.exceptions])
        await asyncio.sleep(0 if judged else every_s)


async def judge_waiting(database: Database, *, page_max: int, at_once_max: int, clock: Callable[[], datetime]) -> int:
    """Judge one page of what waits, each in a transaction of its own, some at once; return how many were judged.

    All are over when this is: the next look finds none that is still under way.
    """
    async with database.transaction(SYSTEM) as tx:
        waiting = await store.waiting(tx, limit=page_max)
    places = asyncio.Semaphore(at_once_max)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_judge(database, one, places, clock)) for one in waiting]
    done = [task.result() for task in tasks]
    if flagged := sum(one is True for one in done):
        log.info("judging.flagged", actions=flagged)
    return sum(one is not None for one in done)


async def _judge(
    database: Database, action_id: UUID, places: asyncio.Semaphore, clock: Callable[[], datetime]
) -> bool | None:
    """Judge one action again; None if it has to wait, for something not heard of or for whoever holds it.

    It goes behind the others then.
    """
    async with places:
        try:
            async with database.transaction(SYSTEM) as tx:
                return await judging.judge_again(tx, action_id, at=clock())
        except Conflict as refusal:
            log.info("judging.refused", action_id=str(action_id), code=refusal.code)
        except TROUBLE as error:
            log.warning("judging.put_back", action_id=str(action_id), error=f"{type(error).__name__}: {error}")
        async with database.transaction(SYSTEM) as tx:
            await store.put_back(tx, action_id)
        return None

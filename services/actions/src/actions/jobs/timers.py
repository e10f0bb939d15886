"""What time alone decides, looked at now and then, for ever."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import NamedTuple, Never, Protocol
from uuid import UUID

import structlog

from actions.commands import timers
from actions.domain.due import TimersRun
from actions.store import due
from common.database import TROUBLE, Database, Transaction
from common.errors import Conflict
from common.tokens import SYSTEM

log = structlog.get_logger(__name__)


class Move(Protocol):
    """A verb of `commands.timers`."""

    async def __call__(self, tx: Transaction, id_: UUID, /, *, at: datetime) -> None: ...


class Timer(NamedTuple):
    """What time alone decides: the verb, where to look for what may be due, and what to do with each."""

    verb: str
    find: due.Find
    move: Move


LAPSE_FILE = Timer("project.lapse", due.files_overdue, timers.lapse_file)
START = Timer("action.start", due.actions_begun, timers.start)
LAPSE_ACTION = Timer("action.lapse", due.actions_left_over, timers.lapse_action)


async def run_timers(database: Database, *, every_s: float, page_max: int, clock: Callable[[], datetime]) -> Never:
    """Move what is due, for ever.  Not for a sandbox, whose time passes when it is told to."""
    while True:
        try:
            moved = await move_due(database, at=clock(), page_max=page_max)
            log.debug("timers.ran", moved=moved)
        except TROUBLE as error:
            log.warning("timers.failed", error=f"{type(error).__name__}: {error}")
        await asyncio.sleep(every_s)


async def move_due(database: Database, *, at: datetime, page_max: int) -> TimersRun:
    """Move all that is due at this instant; the same instant twice moves nothing more.

    Trouble with one row, such as a lock that somebody holds, keeps no other waiting, and no other timer: the first is
    raised once all have had their turn, so that nobody takes what is still due for moved.
    """
    troubles = list[Exception]()
    run = TimersRun(
        lapsed_files=await _each(database, LAPSE_FILE, at, page_max, troubles),
        started_actions=await _each(database, START, at, page_max, troubles),
        lapsed_actions=await _each(database, LAPSE_ACTION, at, page_max, troubles),
    )
    if troubles:
        raise troubles[0]
    return run


async def _each(database: Database, timer: Timer, at: datetime, page_max: int, troubles: list[Exception]) -> int:
    """Move each in a transaction of its own, and count them; what the domain refuses keeps nobody else waiting.

    A refusal is ordinary where the look is coarse, and otherwise the only trace of what time will never move: the last
    one of each code is named.  Trouble is told row by row.
    """
    moved, refused, last = 0, Counter[str](), dict[str, str]()
    async for one in _found(database, timer.find, at, page_max):
        try:
            async with database.transaction(SYSTEM) as tx:
                await timer.move(tx, one, at=at)
            moved += 1
        except Conflict as refusal:
            refused[refusal.code] += 1
            last[refusal.code] = str(one)
        except TROUBLE as error:
            troubles[:] = troubles or [error]
            log.warning("timers.held_up", verb=timer.verb, id=str(one), error=f"{type(error).__name__}: {error}")
    if refused:
        log.info("timers.refused", verb=timer.verb, count=refused.total(), codes=dict(refused), last=last)
    return moved


async def _found(database: Database, find: due.Find, at: datetime, page_max: int) -> AsyncIterator[UUID]:
    """List what may be due, page after page to the last."""
    after: UUID | None = None
    while True:
        async with database.transaction(SYSTEM) as tx:
            page = await find(tx, at=at, after=after, limit=page_max)
        for one in page:
            yield one
        if len(page) < page_max:
            return
        after = page[-1]

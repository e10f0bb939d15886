"""Questions that wait until their records are counted: a few at a time, and one look at the table for all of them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Annotated, Never, cast

import structlog
from fastapi import Depends, FastAPI, Request

from common.database import TROUBLE, Database
from common.tokens import SYSTEM
from reporting.commands import answering
from reporting.commands.answering import Asked
from reporting.domain.figures import Figures
from reporting.domain.questions import Awaited, NotYetIncluded
from reporting.store import figures

POLL_S = 0.01

log = structlog.get_logger(__name__)


class WaitingRoom:
    """Who waits in this process, and for which records; `seats_max`: who comes then does not wait."""

    def __init__(self, database: Database, *, seats_max: int) -> None:
        self._database = database
        self._seats_max = seats_max
        self._waiting: dict[asyncio.Future[None], Sequence[Awaited]] = {}
        self._wanted = asyncio.Event()

    async def call(self) -> Never:
        """Look for the records while anybody waits, for ever."""
        while True:
            await self._wanted.wait()
            try:
                await self._look()
            except TROUBLE as error:
                log.warning("waiting.blind", error=f"{type(error).__name__}: {error}")
            await asyncio.sleep(POLL_S)

    async def wait(self, awaited: Sequence[Awaited], *, within_s: float) -> bool:
        """Wait for these records; tell whether they are counted now."""
        if len(self._waiting) >= self._seats_max:
            return False
        called = asyncio.get_running_loop().create_future()
        self._waiting[called] = awaited
        self._wanted.set()
        try:
            return bool((await asyncio.wait([called], timeout=within_s))[0])
        finally:
            del self._waiting[called]
            if not self._waiting:
                self._wanted.clear()

    async def _look(self) -> None:
        wanted = {one for awaited in self._waiting.values() for one in awaited}
        async with self._database.transaction(SYSTEM) as tx:
            counted = await figures.counted(tx, list(wanted))
        for called, awaited in self._waiting.items():
            if counted.issuperset(awaited) and not called.done():
                called.set_result(None)


async def answer(database: Database, room: WaitingRoom, asked: Asked) -> Figures:
    """Answer once the figures include what the caller waits for, or say that they do not yet."""
    try:
        return await _answer(database, asked)
    except NotYetIncluded:
        if not asked.wait_s or not await room.wait(asked.awaited, within_s=asked.wait_s):
            raise
    return await _answer(database, asked)


async def _answer(database: Database, asked: Asked) -> Figures:
    async with database.transaction(asked.principal) as tx:
        return await answering.answer(tx, asked)


def waiting(seats_max: int) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Make the piece of the application in which questions wait."""

    @asynccontextmanager
    async def opened(app: FastAPI) -> AsyncIterator[None]:
        app.state.waiting_room = room = WaitingRoom(app.state.database, seats_max=seats_max)
        calling = asyncio.create_task(room.call())
        try:
            yield
        finally:
            calling.cancel()
            await asyncio.wait([calling])

    return opened


async def _room(request: Request) -> WaitingRoom:
    return cast("WaitingRoom", request.app.state.waiting_room)


Room = Annotated[WaitingRoom, Depends(_room)]

"""Announcements on their way to those who listen: one look at the table for all streams of a process.

The table keeps the last announcement of each cell in the order of revisions, so a stream can resume behind any of them
for ever: it is given, of each cell that changed since, the newest state.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from time import monotonic
from typing import cast

import asyncpg
import structlog
from fastapi import FastAPI, Request

from common.database import Database
from common.errors import Unavailable
from common.tokens import SYSTEM
from reporting.store import announcements
from reporting.store.announcements import Announced

RECENT_MAX = 2_000
PAGE = 500
GLANCE_S = 1.0
"""How long a quiet stream may overlook that the process is stopping."""

log = structlog.get_logger(__name__)


class TooManyStreams(Unavailable):
    title = "Too many live streams are open; try again in a moment."
    titre = "Trop de flux en direct sont ouverts ; réessayez dans un instant."


class Live:
    """The newest announcements of this process, and who waits for the next."""

    def __init__(
        self, database: Database, *, streams_max: int, poll_s: float, heartbeat_s: float, public_s: float
    ) -> None:
        self.heartbeat_s = heartbeat_s
        self.public_s = public_s
        self._database = database
        self._streams_max = streams_max
        self._poll_s = poll_s
        self._listening = 0
        self._wanted = asyncio.Event()
        self._news = asyncio.Event()
        self._recent: deque[Announced] = deque(maxlen=RECENT_MAX)
        self._revision: int | None = None

    async def follow(self) -> None:
        """Look for announcements while anybody listens, for ever."""
        while True:
            await self._wanted.wait()
            try:
                await self._look()
            except (Unavailable, OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("stream.blind", error=f"{type(error).__name__}: {error}")
            await asyncio.sleep(self._poll_s)

    def require_room(self) -> None:
        """Refuse a stream that would be one too many."""
        if self._listening >= self._streams_max:
            raise TooManyStreams

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Be one of the streams that are open."""
        self._listening += 1
        self._wanted.set()
        try:
            yield
        finally:
            self._listening -= 1
            if self._listening == 0:
                self._wanted.clear()

    async def now(self) -> int:
        """Say where a stream begins that resumes nothing."""
        async with self._database.transaction(SYSTEM) as tx:
            return await announcements.last_revision(tx)

    async def after(self, revision: int, *, within_s: float) -> Sequence[Announced]:
        """Give what was announced after a revision; nothing, if nothing is for so long."""
        news = self._news
        if self._recent and self._recent[0].revision <= revision + 1:
            found = [one for one in self._recent if one.revision > revision]
        else:
            found = await self._read(revision)
        if not found:
            try:
                await asyncio.wait_for(news.wait(), within_s)
            except TimeoutError:
                return ()
        return found

    async def _look(self) -> None:
        if self._revision is None:
            self._revision = await self.now()
        while found := await self._read(self._revision):
            self._recent.extend(found)
            self._revision = found[-1].revision
            self._news.set()
            self._news = asyncio.Event()

    async def _read(self, revision: int) -> list[Announced]:
        async with self._database.transaction(SYSTEM) as tx:
            return await announcements.after(tx, revision, PAGE)


def streaming(
    *, streams_max: int, poll_ms: int, heartbeat_s: float, public_s: float
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Make the piece of the application that feeds its streams."""

    @asynccontextmanager
    async def opened(app: FastAPI) -> AsyncIterator[None]:
        live = Live(
            app.state.database,
            streams_max=streams_max,
            poll_s=poll_ms / 1000,
            heartbeat_s=heartbeat_s,
            public_s=public_s,
        )
        app.state.live = live
        following = asyncio.create_task(live.follow())
        try:
            yield
        finally:
            following.cancel()
            await asyncio.wait([following])

    return opened


async def events(request: Request, *, after: int | None, until: float) -> AsyncIterator[bytes]:
    """Write announcements as server-sent events until `until` (monotonic), the client, or the process ends it."""
    live, health = cast("Live", request.app.state.live), request.app.state.health
    revision = await live.now() if after is None else after
    said_at = monotonic()
    yield f"retry: 1000\nid: {revision}\n\n".encode()
    while (left_s := until - monotonic()) > 0 and not health.draining:
        found = await live.after(revision, within_s=min(GLANCE_S, live.heartbeat_s, left_s))
        if found:
            revision = found[-1].revision
            yield b"".join(_event(one) for one in found)
        elif monotonic() - said_at >= live.heartbeat_s:
            yield b": heartbeat\n\n"
        else:
            continue
        said_at = monotonic()
    yield b"event: end\ndata: {}\n\n"


def _event(one: Announced) -> bytes:
    return f"event: figure.changed\nid: {one.revision}\ndata: {one.doc}\n\n".encode()

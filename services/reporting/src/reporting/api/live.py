"""Announcements on their way to those who listen: one look at the table for all streams of a process.

The table keeps the last announcement of each cell in the order of revisions, so a stream can resume behind any of them
for ever: it is given, of each cell that changed since, the newest state.  Where it has had more than there is, the
database was restored, and what it had is of a lost future: it is given every cell as it stands.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from typing import cast

import structlog
from fastapi import FastAPI, Request

from common.database import TROUBLE, Database
from common.errors import Unavailable
from common.tokens import SYSTEM
from reporting.store import announcements
from reporting.store.announcements import Announced

RECENT_MAX = 2_000
PAGE = 500
PUBLIC_READS_MAX = 2
PUBLIC_PACE_S = 0.05
"""Streams without a token read the table two at a time, and slowly: they take that much of the pool, and no more."""

GLANCE_S = 1.0
"""How long a quiet stream may overlook that the process is stopping."""

log = structlog.get_logger(__name__)


class TooManyStreams(Unavailable):
    title = "Too many live streams are open; try again in a moment."
    titre = "Trop de flux en direct sont ouverts ; réessayez dans un instant."


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many streams, and how they are kept; times in the unit of their name.

    Streams without a token are counted apart: the public cannot take the places of those who have one.
    """

    streams_max: int
    public_streams_max: int
    poll_ms: int
    heartbeat_s: float
    public_s: float


class Live:
    """The newest announcements of this process, and who waits for the next."""

    def __init__(self, database: Database, limits: Limits) -> None:
        self.limits = limits
        self._database = database
        self._listening = {True: 0, False: 0}
        self._public_reads = asyncio.Semaphore(PUBLIC_READS_MAX)
        self._wanted = asyncio.Event()
        self._news = asyncio.Event()
        self._recent: deque[Announced] = deque(maxlen=RECENT_MAX)
        self._revision: int | None = None
        self.restores = 0

    async def follow(self) -> None:
        """Look for announcements while anybody listens, for ever."""
        while True:
            await self._wanted.wait()
            try:
                await self._look()
            except TROUBLE as error:
                log.warning("stream.blind", error=f"{type(error).__name__}: {error}")
            await asyncio.sleep(self.limits.poll_ms / 1000)

    @contextmanager
    def listening(self, *, public: bool) -> Iterator[None]:
        """Be one of the streams that are open.

        Raises:
            TooManyStreams: one more would be too many.
        """
        if self._listening[public] >= (self.limits.public_streams_max if public else self.limits.streams_max):
            raise TooManyStreams
        self._listening[public] += 1
        self._wanted.set()
        try:
            yield
        finally:
            self._listening[public] -= 1
            if not any(self._listening.values()):
                self._wanted.clear()

    async def beginning(self, after: int | None, *, public: bool) -> int:
        """Say where a stream begins: behind what it has had, or now; before everything if it has had more than is."""
        if after is not None and self._revision is not None and after <= self._revision:
            return after
        async with self._turn(public=public):
            last = await self._last()
        if after is None:
            return last
        return after if after <= last else 0

    async def after(self, revision: int, *, within_s: float, public: bool) -> Sequence[Announced]:
        """Give what was announced after a revision; nothing, if nothing is for so long."""
        news = self._news
        if found := await self._newer_than(revision, public=public):
            return found
        with suppress(TimeoutError):
            await asyncio.wait_for(news.wait(), within_s)
        return ()

    async def _newer_than(self, revision: int, *, public: bool) -> Sequence[Announced]:
        """Look into what was heard; into the table only for what is older, or before anything was looked for."""
        if self._revision is not None and revision >= self._revision:
            return ()
        if self._recent and self._recent[0].revision <= revision + 1:
            return [one for one in self._recent if one.revision > revision]
        async with self._turn(public=public):
            return await self._read(revision)

    @asynccontextmanager
    async def _turn(self, *, public: bool) -> AsyncIterator[None]:
        """Have a stream without a token wait for its turn at the table."""
        if not public:
            yield
            return
        async with self._public_reads:
            yield
            await asyncio.sleep(PUBLIC_PACE_S)

    async def _look(self) -> None:
        last = await self._last()
        if self._revision is None:
            self._revision = last
        if last < self._revision:
            self._forget(last)
        while self._revision < last and (found := await self._read(self._revision)):
            self._recent.extend(found)
            self._revision = found[-1].revision
            self._tell()

    def _forget(self, last: int) -> None:
        """Forget what was announced before the database was restored, and let all streams begin anew."""
        self._recent.clear()
        self._revision = last
        self.restores += 1
        self._tell()

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    async def _last(self) -> int:
        async with self._database.transaction(SYSTEM) as tx:
            return await announcements.last_revision(tx)

    async def _read(self, revision: int) -> list[Announced]:
        async with self._database.transaction(SYSTEM) as tx:
            return await announcements.after(tx, revision, PAGE)


def streaming(limits: Limits) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Make the piece of the application that feeds its streams."""

    @asynccontextmanager
    async def opened(app: FastAPI) -> AsyncIterator[None]:
        app.state.live = live = Live(app.state.database, limits)
        following = asyncio.create_task(live.follow())
        try:
            yield
        finally:
            following.cancel()
            await asyncio.wait([following])

    return opened


async def events(request: Request, *, after: int | None, until: float, public: bool) -> AsyncIterator[bytes]:
    """Write announcements as server-sent events until `until` (monotonic), the client, or the process ends it."""
    live, health = cast("Live", request.app.state.live), request.app.state.health
    restores = live.restores
    revision = await live.beginning(after, public=public)
    said_at = monotonic()
    yield f"retry: 1000\nid: {revision}\n\n".encode()
    while (left_s := until - monotonic()) > 0 and not health.draining:
        within_s = min(GLANCE_S, live.limits.heartbeat_s, left_s)
        if restores != live.restores:
            revision, restores = 0, live.restores
        found = await live.after(revision, within_s=within_s, public=public)
        if found:
            revision = found[-1].revision
            yield b"".join(_event(one) for one in found)
        elif monotonic() - said_at >= live.limits.heartbeat_s:
            yield b": heartbeat\n\n"
        else:
            continue
        said_at = monotonic()
    yield b"event: end\ndata: {}\n\n"


def _event(one: Announced) -> bytes:
    return f"event: figure.changed\nid: {one.revision}\ndata: {one.doc}\n\n".encode()

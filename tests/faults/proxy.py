"""A way to a server that can be slow, can hold what was sent, can be cut, and can lead elsewhere.

A broker has a listener of its own for it, and announces the proxy's address to whoever came through it, so that nobody
finds the direct way.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Self

from tests.faults.servers import Broker

PIECE = 65_536


@dataclass(slots=True)
class Proxy:
    """What happens to bytes on their way; delays in seconds, each way.  Every n-th piece ends its connection."""

    port: int
    behind: int
    delay_s: float = 0
    jitter_s: float = 0
    breaks_every: int = 0
    rng: random.Random = field(default_factory=random.Random)
    held: bytearray = field(default_factory=bytearray)
    pieces: int = 0
    broken: int = 0
    connections: int = 0
    _open: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    @property
    def servers(self) -> str:
        return f"127.0.0.1:{self.port}"

    @classmethod
    @asynccontextmanager
    async def before(cls, broker: Broker) -> AsyncIterator[Self]:
        """Listen where the broker says that its second listener is."""
        async with cls.between(broker.proxy_port, broker.proxied_port) as proxy:
            yield proxy

    @classmethod
    @asynccontextmanager
    async def between(cls, port: int, behind: int) -> AsyncIterator[Self]:
        """Listen on a port; new connections lead to the one that is `behind` then."""
        proxy = cls(port=port, behind=behind)
        proxy.let_go()
        server = await asyncio.start_server(proxy._serve, "127.0.0.1", proxy.port)
        try:
            yield proxy
        finally:
            proxy.let_go()
            server.close()
            for task in proxy._tasks:
                task.cancel()
            await asyncio.gather(*proxy._tasks, return_exceptions=True)

    def hold(self) -> None:
        """Keep what clients send from now on."""
        self.held.clear()
        self._open.clear()

    def let_go(self) -> None:
        self._open.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            to_reader, to_writer = await asyncio.open_connection("127.0.0.1", self.behind)
        except OSError:
            writer.close()
            return
        for task in (
            asyncio.create_task(self._pass_on(reader, to_writer, holds=True)),
            asyncio.create_task(self._pass_on(to_reader, writer, holds=False)),
        ):
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, holds: bool) -> None:
        """Pass bytes on in their order, each after its delay."""
        waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        sending = asyncio.create_task(self._send(waiting, writer, holds=holds))
        self._tasks.add(sending)  # one that sends to somebody who has stopped reading ends with the proxy only
        sending.add_done_callback(self._tasks.discard)
        loop = asyncio.get_running_loop()
        try:
            while piece := await reader.read(PIECE):
                if holds and not self._open.is_set():
                    self.held += piece
                delay_s = self.delay_s + self.rng.uniform(-self.jitter_s, self.jitter_s)
                waiting.put_nowait((loop.time() + delay_s, piece))
                self.pieces += 1
                if self.breaks_every and self.pieces % self.breaks_every == 0:
                    self.broken += 1
                    break
        except OSError:
            pass
        finally:
            waiting.put_nowait((0, b""))
            await asyncio.wait([sending])
            writer.close()

    async def _send(
        self, waiting: "asyncio.Queue[tuple[float, bytes]]", writer: asyncio.StreamWriter, *, holds: bool
    ) -> None:
        while (piece := await waiting.get())[1]:
            await _not_before(piece[0])
            if holds:
                await self._open.wait()
            try:
                writer.write(piece[1])
                await writer.drain()
            except OSError:
                return


async def _not_before(due: float) -> None:
    """Wait until a moment of the loop's clock."""
    loop, reached = asyncio.get_running_loop(), asyncio.Event()
    loop.call_at(due, reached.set)
    await reached.wait()

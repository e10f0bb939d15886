"""A client of the house that counts everything: what was answered, how fast, and what was not answered at all.

Kept-alive connections, one request at a time on each; a connection that fails is closed and its request is counted as
lost, never sent again behind the experiment's back.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bench.figures import percentile

HEAD_BYTES_MAX = 65_536
PATIENCE_S = 20.0
IDLE_S_MAX = 20.0
"""A connection unused for longer is not used again: the gateway closes it after a minute, perhaps just now."""
LOST = (OSError, EOFError, TimeoutError, ValueError, asyncio.LimitOverrunError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What became of one request: its answer, or 0 where none came."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    at: float
    """When it was answered, on the monotonic clock."""
    took_s: float
    """From the moment when it was due."""
    asked_s: float = 0.0
    """From the moment when it was really sent: ours is not the only programme on this machine."""
    lost: str = ""

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300

    @property
    def says_later(self) -> bool:
        """Tell whether it is the refusal we promise: try again, then."""
        return self.status in {429, 503} and "retry-after" in self.headers and self.is_problem

    @property
    def is_problem(self) -> bool:
        return self.headers.get("content-type", "") == "application/problem+json"


@dataclass(slots=True)
class Client:
    """Connections to one address, taken and given back; close it in the end."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    _free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter, float]] = field(default_factory=list)
    """Each since when nobody has used it, the one used last at the end."""

    async def ask(
        self,
        method: str,
        target: str,
        body: bytes = b"",
        *,
        headers: Mapping[str, str] | None = None,
        due: float | None = None,
    ) -> Reply:
        """Ask once, and say what became of it; timed from when it was `due`."""
        sent = time.monotonic()
        began = sent if due is None else due
        try:
            async with asyncio.timeout(PATIENCE_S):
                status, heads, answer = await self._asked(method, target, body, {**self.headers, **(headers or {})})
        except LOST as error:
            now = time.monotonic()
            return Reply(status=0, at=now, took_s=now - began, asked_s=now - sent, lost=type(error).__name__)
        now = time.monotonic()
        return Reply(status=status, headers=heads, body=answer, at=now, took_s=now - began, asked_s=now - sent)

    async def close(self) -> None:
        while self._free:
            await _closed(self._free.pop()[1])

    async def _asked(
        self, method: str, target: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, Mapping[str, str], bytes]:
        reader, writer = await self._connection()
        try:
            lines = [f"{method} {target} HTTP/1.1", f"host: {urlsplit(self.url).netloc}"]
            lines += [f"{name}: {value}" for name, value in {"content-length": len(body), **headers}.items()]
            writer.write("\r\n".join([*lines, "", ""]).encode() + body)
            status, heads = await _head(reader)
            answer = await _body(reader, heads)
        except BaseException:
            writer.transport.abort()
            raise
        if heads.get("connection") == "close":
            await _closed(writer)
        else:
            self._free.append((reader, writer, time.monotonic()))
        return status, heads, answer

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Take a connection that the other side has not closed meanwhile, or a new one."""
        while self._free:
            reader, writer, since = self._free.pop()
            if not reader.at_eof() and time.monotonic() - since < IDLE_S_MAX:
                return reader, writer
            await _closed(writer)
        return await self._open()

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        parts = urlsplit(self.url)
        return await asyncio.open_connection(parts.hostname, parts.port, limit=HEAD_BYTES_MAX)


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


async def _head(reader: asyncio.StreamReader) -> tuple[int, Mapping[str, str]]:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").rstrip().split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return int(first.split(" ", 2)[1]), {name.lower(): value.strip() for name, _, value in pairs}


async def _body(reader: asyncio.StreamReader, heads: Mapping[str, str]) -> bytes:
    if heads.get("transfer-encoding") != "chunked":
        return await reader.readexactly(int(heads.get("content-length", "0")))
    body = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readexactly(2)
    return body


def statuses(replies: Sequence[Reply]) -> dict[str, int]:
    """Count the answers by status, and by the problem's code; requests without one by what was met instead."""
    return dict(sorted(Counter(_said(reply) for reply in replies).items()))


def _said(reply: Reply) -> str:
    if reply.lost or not reply.is_problem:
        return reply.lost or str(reply.status)
    return f"{reply.status} {json.loads(reply.body).get('code')}"


def ms(replies: Sequence[Reply], share: float) -> float:
    """Give the time under which a share of the replies came, in milliseconds."""
    return round(percentile([reply.took_s * 1000 for reply in replies], share), 1) if replies else 0.0

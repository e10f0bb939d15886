"""Closed loop: so many connections, each asking again as soon as it is answered.  How fast, and how long each waited.

Answers are told apart by their length alone: the generator shares two cores with what it measures.
"""

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Self, cast
from urllib.parse import urlsplit

CONNECTIONS = 16
HEAD_ENDS = b"\r\n\r\n"
LENGTH = b"\r\ncontent-length:"


class Refused(Exception):
    """The answer was no success: what would be measured is something else."""


@dataclass(slots=True)
class Load:
    """What is asked, over and over, and what has been answered so far."""

    url: str
    request: Callable[[], bytes]
    waited_s: list[float] = field(default_factory=list)
    refusal: bytes = b""
    _asking: list["_Connection"] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        host, _, port = urlsplit(self.url).netloc.partition(":")
        loop = asyncio.get_running_loop()
        for _ in range(CONNECTIONS):
            _, asking = await loop.create_connection(lambda: _Connection(self), host, int(port))
            self._asking.append(asking)
        return self

    async def __aexit__(self, *_: object) -> None:
        for asking in self._asking:
            asking.close()

    def answered(self) -> int:
        if self.refusal:
            raise Refused(self.refusal.decode(errors="replace"))
        return len(self.waited_s)


class _Connection(asyncio.Protocol):
    """One connection with one request under way."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._heard = b""
        self._missing = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        if self._missing:
            self._missing -= len(data)
        else:
            self._heard += data
            if HEAD_ENDS not in self._heard:
                return
            self._missing = self._unread()
        if self._missing == 0:
            self._load.waited_s.append(time.perf_counter() - self._asked_at)
            self._ask()

    def close(self) -> None:
        self._transport.abort()

    def _ask(self) -> None:
        self._heard = b""
        self._asked_at = time.perf_counter()
        self._transport.write(self._load.request())

    def _unread(self) -> int:
        """Tell how much of the body is still to come; an answer that is no success is kept."""
        head, _, body = self._heard.partition(HEAD_ENDS)
        if head[9:10] != b"2":
            self._load.refusal = self._heard
        return int(head.lower().partition(LENGTH)[2].partition(b"\r\n")[0]) - len(body)


def request(method: str, target: str, headers: Mapping[str, str], body: bytes = b"", *, sampled: float = 0) -> bytes:
    """Write a request as the gateway hands it on: with a trace, and its decision whether to keep it."""
    flag = "01" if secrets.randbelow(1000) < sampled * 1000 else "00"
    lines = [
        f"{method} {target} HTTP/1.1",
        "host: bench",
        f"traceparent: 00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-{flag}",
        f"x-request-id: {secrets.token_hex(16)}",
        f"content-length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body

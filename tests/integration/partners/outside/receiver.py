"""A webhook's receiver that misbehaves as it is told: by the path it is called at, or by a script of answers.

It speaks plain HTTP/1.1 over TLS on loopback and counts what reaches it: connections, requests, bodies.
"""

import asyncio
import contextlib
import gzip
import json
import ssl
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Any, cast

from standardwebhooks import Webhook

from partners.domain.destination import Destinations
from stack.certificates import Certificates

Answer = Callable[["Receiver", asyncio.StreamWriter, "Call"], Awaitable[None]]
LOOPBACK = IPv4Network("127.0.0.0/8")
MEGABYTE = 1_000_000
BOMB = gzip.compress(bytes(20 * MEGABYTE))


@dataclass(frozen=True, slots=True)
class Call:
    """One request that came in whole."""

    path: str
    headers: dict[str, str]
    body: str
    at: float

    @property
    def event(self) -> dict[str, Any]:
        event: dict[str, Any] = json.loads(self.body)
        return event

    @property
    def sequence(self) -> int:
        number: int = self.event["sequence"]
        return number

    def verify(self, secret: str) -> None:
        """Believe it as any receiver would: with the public library."""
        Webhook(secret).verify(self.body, self.headers)


@dataclass
class Receiver:
    """What listens, what it was told to answer, and what it got; `/quiet` is any path without a script."""

    port: int
    connections: int = 0
    calls: list[Call] = field(default_factory=list)
    scripts: dict[str, deque[Answer]] = field(default_factory=lambda: defaultdict(deque))
    always: dict[str, Answer] = field(default_factory=dict)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def url(self, path: str) -> str:
        return f"https://localhost:{self.port}{path}"

    def at(self, path: str) -> list[Call]:
        return [call for call in self.calls if call.path == path and "challenge" not in call.event.get("data", {})]

    def sequences(self, path: str) -> list[int]:
        return [call.sequence for call in self.at(path)]


def sandbox(port: int, network: IPv4Network = LOOPBACK) -> Destinations:
    """Allow what a sandbox does: a port and a network beside what is public."""
    return Destinations(networks=(network,), ports=frozenset({443, port}))


@asynccontextmanager
async def listening(certificates: Certificates, *, port: int = 0) -> AsyncIterator[Receiver]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.receiver, certificates.receiver_key)
    receiver = Receiver(0)

    talks: set[asyncio.Task[Any]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        receiver.connections += 1
        talks.add(cast("asyncio.Task[Any]", asyncio.current_task()))
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError, asyncio.CancelledError):
            while call := await _read(reader):
                receiver.calls.append(call)
                await _answer(receiver, writer, call)
        writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", port, ssl=context)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        receiver.released.set()
        server.close()
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


async def _read(reader: asyncio.StreamReader) -> Call | None:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode().splitlines()
    pairs = (line.partition(":") for line in lines if line)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Call(first.split(" ")[1], headers, body.decode(), asyncio.get_running_loop().time())


async def _answer(receiver: Receiver, writer: asyncio.StreamWriter, call: Call) -> None:
    challenge = call.event.get("data", {}).get("challenge") if call.body else None
    script = receiver.scripts.get(call.path)
    if challenge is not None and not call.path.startswith("/mute"):
        await say(writer, 200, json.dumps({"challenge": challenge}).encode())
    elif script:
        await script.popleft()(receiver, writer, call)
    else:
        await receiver.always.get(call.path, ok)(receiver, writer, call)


async def say(writer: asyncio.StreamWriter, status: int, body: bytes = b"", **headers: str) -> None:
    lines = [f"HTTP/1.1 {status} Said", f"content-length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode() + body)
    await writer.drain()


def status(number: int, body: bytes = b"", **headers: str) -> Answer:
    async def answer(_: Receiver, writer: asyncio.StreamWriter, __: Call) -> None:
        await say(writer, number, body, **headers)

    return answer


ok = status(204)
gone = status(410)


async def silent(receiver: Receiver, writer: asyncio.StreamWriter, _: Call) -> None:
    """Take the request and say nothing, until released."""
    await receiver.released.wait()
    await say(writer, 204)


async def drip(receiver: Receiver, writer: asyncio.StreamWriter, _: Call) -> None:
    """Promise a body and give a byte of it at a time."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
    while not receiver.released.is_set():
        writer.write(b".")
        await writer.drain()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(receiver.released.wait(), 0.02)


async def huge(_: Receiver, writer: asyncio.StreamWriter, __: Call) -> None:
    """Answer with fifty megabytes."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 50000000\r\n\r\n")
    for _n in range(5_000):
        writer.write(b"x" * 10_000)
        await writer.drain()


async def bomb(_: Receiver, writer: asyncio.StreamWriter, __: Call) -> None:
    """Answer with a little that becomes a lot."""
    await say(writer, 200, BOMB, content_encoding="gzip")


async def headlong(_: Receiver, writer: asyncio.StreamWriter, __: Call) -> None:
    """Answer with two megabytes of headers."""
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for n in range(2_000):
        writer.write(f"x-{n}: {'y' * 1_000}\r\n".encode())
        await writer.drain()
    writer.write(b"content-length: 0\r\n\r\n")


async def reset(_: Receiver, writer: asyncio.StreamWriter, __: Call) -> None:
    """Hang up without a word."""
    transport = writer.transport
    transport.abort()
    raise ConnectionResetError


async def nonsense(_: Receiver, writer: asyncio.StreamWriter, __: Call) -> None:
    """Speak another language."""
    writer.write(b"SSH-2.0-OpenSSH_9.9\r\n\r\n")
    await writer.drain()


def elsewhere(url: str) -> Answer:
    return status(307, location=url)

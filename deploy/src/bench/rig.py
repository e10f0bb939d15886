"""A database, topics and processes of one's own: one writes the outbox, one takes it to Kafka, one reads what comes."""

import asyncio
import json
import secrets
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from bench import offering
from bench.relaying import SERVICE
from common import contracts, kafka, migrations
from common.kafka import aio
from common.kafka.port import Place

LOOK_EVERY_S = 0.005
WITHIN_S = 120
ENDS_WITHIN_S = 20

TOPICS = tuple(contracts.topic(offering.AGGREGATE, kind) for kind in ("events", "state"))


class NotMeasured(Exception):
    """Something did not arrive: then no figure means anything."""


@dataclass(frozen=True, slots=True)
class Rig:
    """Where a bench works."""

    environ: Mapping[str, str]
    address: str

    @property
    def servers(self) -> str:
        return self.environ["KAFKA_BOOTSTRAP_SERVERS"]

    def dsn(self, role: str) -> str:
        return migrations.dsn(self.address, SERVICE, role)


@asynccontextmanager
async def prepared(environ: Mapping[str, str]) -> AsyncIterator[Rig]:
    """Make a database and a table of one's own, and the topics."""
    administrator = await asyncpg.connect(environ["DATABASE_URL"])
    name = f"bench_{secrets.token_hex(4)}"
    await administrator.execute(f'CREATE DATABASE "{name}"')
    try:
        rig = Rig(environ, urlunsplit(urlsplit(environ["DATABASE_URL"])._replace(path=f"/{name}")))
        await migrations.prepare(rig.address, SERVICE)
        await migrations.migrate(rig.address, SERVICE)
        await kafka.create_topics(rig.servers)
        owner = await asyncpg.connect(rig.dsn("owner"))
        await owner.execute(f"{offering.TABLE}; {offering.QUEUE}")
        await owner.close()
        yield rig
    finally:
        await administrator.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        await administrator.close()


@asynccontextmanager
async def running(*words: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a module of ours as a process; in the end it is asked to end, and killed if it does not."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", *words, stdout=pipe)
    try:
        yield process
    finally:
        await end(process)


async def end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), ENDS_WITHIN_S)
    except TimeoutError:
        process.kill()
        await process.wait()


class Relay:
    """What relays."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        return self._process.pid

    async def acknowledged(self) -> dict[float, float]:
        """Ask how many batches were acknowledged within which time (in seconds), since its start."""
        self._process.send_signal(signal.SIGUSR1)
        said: dict[str, float] = json.loads(await line(self._process))
        return {float(within): count for within, count in said.items()}


@asynccontextmanager
async def relaying(rig: Rig) -> AsyncIterator[Relay]:
    async with running("bench.relaying", rig.dsn("relay"), rig.servers) as process:
        await line(process)
        yield Relay(process)


@asynccontextmanager
async def relay(rig: Rig) -> AsyncIterator[int]:
    async with relaying(rig) as relay:
        yield relay.pid


async def line(process: asyncio.subprocess.Process) -> bytes:
    assert process.stdout is not None  # noqa: S101 - asked for
    return await process.stdout.readline()


async def offered(rig: Rig, rate: int, seconds: int) -> int:
    """Write at a rate for so long; return how many rows."""
    async with running("bench.offering", rig.dsn("app"), str(rate), str(seconds)) as process:
        said, _ = await process.communicate()
    rows: int = json.loads(said)["rows"]
    return rows


class Reader:
    """What reads the topics."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def said(self) -> bytes:
        return await line(self._process)

    async def told(self) -> dict[str, Any]:
        """Let it read to the ends; return what it tells."""
        self._process.send_signal(signal.SIGTERM)
        said: dict[str, Any] = json.loads(await self.said())
        return said


@asynccontextmanager
async def reading(rig: Rig, topics: Sequence[str]) -> AsyncIterator[Reader]:
    """Read what comes from now on."""
    async with running("bench.receiving", rig.servers, *topics) as process:
        reader = Reader(process)
        await reader.said()
        yield reader


async def last(rig: Rig, topics: Sequence[str] = TOPICS) -> int:
    """Say where the topics end, added up."""
    reader = await aio.reader(rig.servers, _places(topics))
    try:
        return sum((await reader.ends(_places(topics))).values())
    finally:
        await reader.close()


async def reached(rig: Rig, wanted: int, topics: Sequence[str] = TOPICS, *, within_s: float = WITHIN_S) -> None:
    """Wait until the topics end there.

    Raises:
        NotMeasured: they did not within that time.
    """
    reader = await aio.reader(rig.servers, _places(topics))
    try:
        deadline = time.monotonic() + within_s
        while sum((await reader.ends(_places(topics))).values()) < wanted:
            if time.monotonic() > deadline:
                raise NotMeasured(f"the topics did not reach {wanted} within {within_s} s")
            await asyncio.sleep(LOOK_EVERY_S)
    finally:
        await reader.close()


def _places(topics: Sequence[str]) -> list[Place]:
    return [Place(topic, n) for topic in topics for n in range(contracts.PARTITIONS)]

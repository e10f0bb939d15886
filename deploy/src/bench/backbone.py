"""From a row of the outbox to a reader of its topic, at three rates and flat out, beside Kafka's own producer.

Every figure alternates with its reference in the same run, and is the median of the rounds.  What writes, relays and
reads are processes of their own; nothing else uses the machine meanwhile, if one sees to it.
"""

import asyncio
import json
import secrets
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from bench import javas, offering
from bench.cpu import resident_mb, spent_ns
from bench.figures import Measured, tell
from bench.javas import Produced
from bench.relaying import SERVICE
from common import contracts, kafka, migrations
from common.kafka import aio
from common.kafka.port import Place

RATES = (1_000, 5_000, 10_000)
ROUNDS = 3
MEASURED_S = 8
WARM_UP_S = 10
IDLE_S = 5
BACKLOG_CHANGES = 40_000
PRODUCED_RECORDS = 200_000
LOOK_EVERY_S = 0.005
WITHIN_S = 120
PAGE_ROWS = 5_000

TOPICS = tuple(contracts.topic(offering.AGGREGATE, kind) for kind in ("events", "state"))
PLACES = [Place(topic, n) for topic in TOPICS for n in range(contracts.PARTITIONS)]


class NotMeasured(Exception):
    """Something did not arrive: then no figure means anything."""


@dataclass(frozen=True, slots=True)
class Rig:
    """Where the bench works."""

    environ: Mapping[str, str]
    address: str

    @property
    def servers(self) -> str:
        return self.environ["KAFKA_BOOTSTRAP_SERVERS"]

    def dsn(self, role: str) -> str:
        return migrations.dsn(self.address, SERVICE, role)


async def measure(environ: Mapping[str, str]) -> None:
    """Measure latencies, drain and idle cost, and tell them."""
    await javas.fetch(environ)
    async with _rig(environ) as rig:
        bytes_each = await _warmed_up(rig)
        async with _relay(rig) as pid:
            for rate in RATES:
                tell(await _latencies(rig, rate, bytes_each, pid))
            tell([await _idle(pid), Measured(name="memory.relay.rss_mb", value=resident_mb(pid), unit="MB")])
        tell(await _drains(rig, bytes_each))


@asynccontextmanager
async def _rig(environ: Mapping[str, str]) -> AsyncIterator[Rig]:
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
        await owner.execute(offering.TABLE)
        await owner.close()
        yield rig
    finally:
        await administrator.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        await administrator.close()


@asynccontextmanager
async def _running(*words: str) -> AsyncIterator[asyncio.subprocess.Process]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", *words, stdout=pipe)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@asynccontextmanager
async def _relay(rig: Rig) -> AsyncIterator[int]:
    async with _running("bench.relaying", rig.dsn("relay"), rig.servers) as process:
        yield process.pid


async def _offered(rig: Rig, rate: int, seconds: int) -> int:
    """Write at a rate for so long; return how many rows."""
    async with _running("bench.offering", rig.dsn("app"), str(rate), str(seconds)) as process:
        said, _ = await process.communicate()
    rows: int = json.loads(said)["rows"]
    return rows


async def _warmed_up(rig: Rig) -> int:
    """Let broker, database and relay become warm; return the mean size of a record."""
    await javas.produce(rig.environ, TOPICS[0], records=PRODUCED_RECORDS, bytes_each=900)
    async with _relay(rig):
        told, _ = await _crossed(rig, max(RATES), WARM_UP_S)
    return round(float(told["bytes"]))


async def _crossed(rig: Rig, rate: int, seconds: int) -> tuple[dict[str, Any], int]:
    """Write at a rate and read what arrives; return what the reader tells, and how many rows were written."""
    before = await _end(rig)
    async with _running("bench.receiving", rig.servers, *TOPICS) as reader:
        assert reader.stdout is not None  # noqa: S101 - asked for
        await reader.stdout.readline()
        rows = await _offered(rig, rate, seconds)
        await _reached(rig, before + rows)
        reader.send_signal(signal.SIGTERM)
        told: dict[str, Any] = json.loads(await reader.stdout.readline())
    if told["records"] != rows:
        raise NotMeasured(f"{rows} rows written, {told['records']} records read")
    return told, rows


async def _latencies(rig: Rig, rate: int, bytes_each: int, relay: int) -> list[Measured]:
    """Alternate with Kafka's own producer at the same rate."""
    ours: list[dict[str, Any]] = []
    theirs: list[Produced] = []
    share: list[float] = []
    for _ in range(ROUNDS):
        spent, began = spent_ns([relay]), time.monotonic()
        told, _ = await _crossed(rig, rate, MEASURED_S)
        share.append((spent_ns([relay]) - spent) / 1e9 / (time.monotonic() - began) * 100)
        ours.append(told)
        records = rate * MEASURED_S
        theirs.append(await javas.produce(rig.environ, TOPICS[0], records=records, bytes_each=bytes_each, rate=rate))
    return [
        *_beside(f"relay.row_to_consumer_{rate}", "p50_ms", ours, [one.p50_ms for one in theirs], rate),
        *_beside(f"relay.row_to_consumer_{rate}", "p99_ms", ours, [one.p99_ms for one in theirs], rate),
        Measured(name=f"relay.cpu_{rate}.share_of_a_core", value=round(median(share), 1), unit="%"),
    ]


def _beside(
    name: str, share: str, ours: Sequence[Mapping[str, float]], theirs: Sequence[float], rate: int
) -> list[Measured]:
    reference = f"producer_performance_{rate}.{share}"
    value, other = median(one[share] for one in ours), median(theirs)
    return [
        Measured(name=reference, value=other, unit="ms"),
        Measured(
            name=f"{name}.{share}",
            value=round(value, 2),
            unit="ms",
            reference=reference,
            ratio=round(value / other, 2) if other else None,
        ),
    ]


async def _idle(relay: int) -> Measured:
    """Say what a relay costs that has nothing to send."""
    spent, until = spent_ns([relay]), time.monotonic() + IDLE_S
    await asyncio.sleep(until - time.monotonic())
    return Measured(
        name="relay.idle.share_of_a_core", value=round((spent_ns([relay]) - spent) / 1e7 / IDLE_S, 2), unit="%"
    )


async def _drains(rig: Rig, bytes_each: int) -> list[Measured]:
    """Let a backlog be drained, and Kafka's own producer send as many records of the same size flat out."""
    ours, theirs, read = [], [], []
    for _ in range(ROUNDS):
        rows = await _offered(rig, 0, BACKLOG_CHANGES)
        read.append(await _read_only(rig))
        ours.append(await _drained(rig, rows))
        flat = await javas.produce(rig.environ, TOPICS[0], records=rows, bytes_each=bytes_each, linger_ms=5)
        theirs.append(flat.records_per_s)
    reference = Measured(name="producer_performance.records_per_s", value=round(median(theirs)), unit="1/s")
    ratio = round(median(one / other for one, other in zip(ours, theirs, strict=True)), 2)
    return [
        reference,
        Measured(name="asyncpg.read_only.rows_per_s", value=round(median(read)), unit="1/s"),
        Measured(
            name="relay.drain.events_per_s",
            value=round(median(ours)),
            unit="1/s",
            reference=reference.name,
            ratio=ratio,
        ),
        Measured(name="relay.drain.ratio_to_producer_performance", value=ratio, unit="ratio"),
    ]


async def _drained(rig: Rig, rows: int) -> float:
    """Start a relay on a backlog; return the rate from its first record to its last."""
    before = await _end(rig)
    async with _relay(rig):
        await _reached(rig, before + 1)
        began = time.monotonic()
        await _reached(rig, before + rows)
        return rows / (time.monotonic() - began)


async def _read_only(rig: Rig) -> float:
    """Read the same rows with the same driver, and do nothing with them: what a relay in Python cannot exceed."""
    connection = await asyncpg.connect(rig.dsn("relay"))
    began, last, count = time.monotonic(), -1, 0
    while page := await connection.fetch(_PAGE, last, PAGE_ROWS):
        last, count = page[-1]["seq"], count + len(page)
    await connection.close()
    return count / (time.monotonic() - began)


async def _end(rig: Rig) -> int:
    reader = await aio.reader(rig.servers, PLACES)
    try:
        return sum((await reader.ends(PLACES)).values())
    finally:
        await reader.close()


async def _reached(rig: Rig, end: int) -> None:
    reader = await aio.reader(rig.servers, PLACES)
    try:
        deadline = time.monotonic() + WITHIN_S
        while sum((await reader.ends(PLACES)).values()) < end:
            if time.monotonic() > deadline:
                raise NotMeasured(f"the topics did not reach {end} within {WITHIN_S} s")
            await asyncio.sleep(LOOK_EVERY_S)
    finally:
        await reader.close()


_PAGE = """
SELECT seq, at, event_id, topic, key, version, type, traceparent, value
  FROM outbox WHERE seq > $1 ORDER BY seq LIMIT $2
"""

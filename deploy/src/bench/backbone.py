"""From a row of the outbox to its acknowledgement and to a reader of its topic, beside Kafka's own producer.

At three rates and flat out; and a race of writers, which naive ways of reading the same outbox run beside ours.

Every figure alternates with its reference in the same run, and is the median of the rounds; the race is run once.  What
writes, relays and reads are processes of their own; nothing else uses the machine meanwhile, if one sees to it.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

import asyncpg

from bench import javas, race
from bench import rig as rigs
from bench.cpu import resident_mb, spent_ns
from bench.figures import Measured, quantile, tell
from bench.javas import Produced
from bench.rig import TOPICS, NotMeasured, Relay, Rig

RATES = (1_000, 5_000, 10_000)
ROUNDS = 3
MEASURED_S = 8
WARM_UP_S = 10
IDLE_S = 5
BACKLOG_CHANGES = 40_000
PRODUCED_RECORDS = 200_000
PAGE_ROWS = 5_000


async def measure(environ: Mapping[str, str]) -> None:
    """Measure latencies, drain and idle cost, and tell them."""
    await javas.fetch(environ)
    async with rigs.prepared(environ) as rig:
        bytes_each = await _warmed_up(rig)
        async with rigs.relaying(rig) as relay:
            for rate in RATES:
                tell(await _latencies(rig, rate, bytes_each, relay))
            rss = Measured(name="memory.relay.rss_mb", value=resident_mb(relay.pid), unit="MB")
            tell([await _idle(relay.pid), rss])
        tell(await _drains(rig, bytes_each))
        tell(race.measured(await race.run(rig)))


async def _warmed_up(rig: Rig) -> int:
    """Let broker, database and relay become warm; return the mean size of a record."""
    await javas.produce(rig.environ, TOPICS[0], records=PRODUCED_RECORDS, bytes_each=900)
    async with rigs.relay(rig):
        told, _ = await _crossed(rig, max(RATES), WARM_UP_S)
    return round(float(told["bytes"]))


async def _crossed(rig: Rig, rate: int, seconds: int) -> tuple[dict[str, Any], int]:
    """Write at a rate and read what arrives; return what the reader tells, and how many rows were written."""
    before = await rigs.last(rig)
    async with rigs.reading(rig, TOPICS) as reader:
        rows = await rigs.offered(rig, rate, seconds)
        await rigs.reached(rig, before + rows)
        told = await reader.told()
    if told["records"] != rows:
        raise NotMeasured(f"{rows} rows written, {told['records']} records read")
    return told, rows


async def _latencies(rig: Rig, rate: int, bytes_each: int, relay: Relay) -> list[Measured]:
    """Alternate with Kafka's own producer at the same rate."""
    ours: list[dict[str, Any]] = []
    acks: list[dict[str, float]] = []
    theirs: list[Produced] = []
    share: list[float] = []
    for _ in range(ROUNDS):
        spent, began, before = spent_ns([relay.pid]), time.monotonic(), await relay.acknowledged()
        told, _ = await _crossed(rig, rate, MEASURED_S)
        share.append((spent_ns([relay.pid]) - spent) / 1e9 / (time.monotonic() - began) * 100)
        acks.append(_acknowledged(before, await relay.acknowledged()))
        ours.append(told)
        records = rate * MEASURED_S
        theirs.append(await javas.produce(rig.environ, TOPICS[0], records=records, bytes_each=bytes_each, rate=rate))
    return [
        *_beside(f"relay.row_to_ack_{rate}", "p50_ms", acks, [one.p50_ms for one in theirs], rate)[1:],
        *_beside(f"relay.row_to_ack_{rate}", "p99_ms", acks, [one.p99_ms for one in theirs], rate)[1:],
        *_beside(f"relay.row_to_consumer_{rate}", "p50_ms", ours, [one.p50_ms for one in theirs], rate),
        *_beside(f"relay.row_to_consumer_{rate}", "p99_ms", ours, [one.p99_ms for one in theirs], rate),
        Measured(name=f"relay.cpu_{rate}.share_of_a_core", value=round(median(share), 1), unit="%"),
    ]


def _acknowledged(before: Mapping[float, float], after: Mapping[float, float]) -> dict[str, float]:
    """Say how old the oldest row of a batch was when all of it was acknowledged; a row of it waits no longer."""
    within = {limit: count - before.get(limit, 0.0) for limit, count in after.items()}
    return {"p50_ms": quantile(within, 0.5) * 1000, "p99_ms": quantile(within, 0.99) * 1000}


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
        rows = await rigs.offered(rig, 0, BACKLOG_CHANGES)
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
    before = await rigs.last(rig)
    async with rigs.relay(rig):
        await rigs.reached(rig, before + 1)
        began = time.monotonic()
        await rigs.reached(rig, before + rows)
        return rows / (time.monotonic() - began)


async def _read_only(rig: Rig) -> float:
    """Read the same rows with the same driver, and do nothing with them: what a relay in Python cannot exceed."""
    connection = await asyncpg.connect(rig.dsn("relay"))
    began, last, count = time.monotonic(), -1, 0
    while page := await connection.fetch(_PAGE, last, PAGE_ROWS):
        last, count = page[-1]["seq"], count + len(page)
    await connection.close()
    return count / (time.monotonic() - began)


_PAGE = """
SELECT seq, at, event_id, topic, key, version, type, traceparent, value
  FROM outbox WHERE seq > $1 ORDER BY seq LIMIT $2
"""

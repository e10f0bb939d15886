"""From a topic into a table: what a consumer takes in, beside the same records read and not kept.

Records of 400 bytes, six versions each of 50 000 aggregates, in no order; a group that has heard nothing begins at the
beginning, on one core of its own.  `read_only` is the library's consumer on that core, called as directly as can be.
"""

import os
import random
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from statistics import median
from uuid import UUID

import asyncpg

from bench import projecting, telling
from bench import rig as rigs
from bench.cpu import spent_ns
from bench.figures import Measured, tell
from bench.lives import Told
from bench.rig import Rig
from common import contracts
from common.database import Database, connect

AGGREGATES = 50_000
VERSIONS = 6
BODY = b'{"body": "%s"}' % (b"x" * 380)
KIND = "film"
TOPIC = contracts.topic(KIND, "state")
ROUNDS = 5
CORE = 0
WITHIN_S = 120


async def measure(environ: Mapping[str, str]) -> None:
    """Alternate a projection from the beginning with bare reading."""
    async with rigs.prepared(environ) as rig, _table(rig) as database:
        records = await telling.tell_all(rig.servers, _records())
        rates, costs, bare = [], [], []
        for _ in range(ROUNDS + 1):
            bare.append(await _read(rig, records))
            rate, cost = await _projected(rig, database, records)
            rates.append(rate)
            costs.append(cost)
        tell(_told(rates[1:], costs[1:], bare[1:]))


def _records() -> Iterator[Told]:
    luck = random.Random(1)  # noqa: S311 - an order, not a secret
    ids = [UUID(int=luck.getrandbits(128)) for _ in range(AGGREGATES)]
    for version in range(1, VERSIONS + 1):
        luck.shuffle(ids)
        yield from (Told(KIND, id_, version, BODY) for id_ in ids)


@asynccontextmanager
async def _table(rig: Rig) -> AsyncIterator[Database]:
    owner = await asyncpg.connect(rig.dsn("owner"))
    await owner.execute(projecting.TABLE)
    await owner.close()
    database = await connect(rig.dsn("app"), size_max=1)
    try:
        yield database
    finally:
        await database.close()


async def _projected(rig: Rig, database: Database, records: int) -> tuple[float, float]:
    """Let a new group take everything in; return records a second, and microseconds of its processor time a record."""
    owner = await asyncpg.connect(rig.dsn("owner"))
    await owner.execute("TRUNCATE bench_projection")
    await owner.close()
    group = f"bench.{time.monotonic_ns()}"
    async with rigs.running("bench.projecting", rig.dsn("app"), rig.servers, group, TOPIC) as process:
        os.sched_setaffinity(process.pid, {CORE})
        began = await telling.first_heard(database, group, within_s=WITHIN_S)
        spent = spent_ns([process.pid])
        await telling.heard_all(database, group, rig.servers, [TOPIC], within_s=WITHIN_S)
        took, spent = time.monotonic() - began, spent_ns([process.pid]) - spent
    return records / took, spent / 1_000 / records


async def _read(rig: Rig, records: int) -> float:
    """Read the same records with the library alone; return records a second."""
    async with rigs.running("bench.reading", rig.servers, TOPIC, str(records)) as process:
        os.sched_setaffinity(process.pid, {CORE})
        said, _ = await process.communicate()
    return records / float(said)


def _told(rates: list[float], costs: list[float], bare: list[float]) -> list[Measured]:
    reference = Measured(name="aiokafka.read_only.records_per_s", value=round(median(bare)), unit="1/s")
    ratio = round(median(one / other for one, other in zip(rates, bare, strict=True)), 2)
    return [
        reference,
        Measured(
            name="consumer.projection.events_per_s",
            value=round(median(rates)),
            unit="1/s",
            reference=reference.name,
            ratio=ratio,
        ),
        Measured(name="consumer.projection.us_per_event", value=round(median(costs), 1), unit="us"),
    ]

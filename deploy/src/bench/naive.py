"""A process that reads an outbox as one often sees it done, in five ways at once, each for itself.

`python -m bench.naive <relay's dsn> <application's dsn> <servers>` says `ready`, reads until it is told to stop, looks
once more at what is there, and says one JSON line: what each way has seen, in which order, and how late.

Four remember a position in the table and ask for what lies behind it; the fifth is a queue of its own (`bench_queue`),
from which two relays take what nobody else has in hand, send it to Kafka, and delete it.
"""

import asyncio
import json
import signal
import sys
import time
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import asyncpg
import uvloop
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from bench.figures import percentile
from bench.order import Order
from bench.rig import TOPICS
from common import collector, contracts, kafka
from common.kafka import aio
from common.kafka.port import Outgoing, Place, Producer

FACTS = TOPICS[0]
QUEUE = "bench.queue"
LOOK_EVERY_S = 0.002
TAKEN_AT_ONCE = 50
QUEUE_RELAYS = 2

Rows = Sequence[asyncpg.Record]
Position = tuple[Any, ...]


class Way(NamedTuple):
    """What is asked for behind a position, where it begins, and which position is behind what was read."""

    asked: str
    begin: str
    behind: Callable[[Rows], Position]


_READ = "SELECT xid::text::bigint AS xid, seq, at, key, version FROM outbox WHERE topic = $1 AND"
_SETTLED = "(xid, seq) > ($2::bigint::text::xid8, $3::bigint) AND xid < pg_snapshot_xmin(pg_current_snapshot())"
_NOW = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, 0::bigint"

WAYS = {
    "by_number": Way(
        f"{_READ} seq > $2 ORDER BY seq",
        "SELECT coalesce(max(seq), 0) FROM outbox",
        lambda rows: (rows[-1]["seq"],),
    ),
    "by_time": Way(f"{_READ} at > $2 ORDER BY at", "SELECT clock_timestamp()", lambda rows: (rows[-1]["at"],)),
    "by_horizon": Way(
        f"{_READ} {_SETTLED} ORDER BY outbox.xid, seq", _NOW, lambda rows: (rows[-1]["xid"], rows[-1]["seq"])
    ),
    "by_horizon_then_number": Way(
        f"{_READ} {_SETTLED} ORDER BY seq", _NOW, lambda rows: max((row["xid"], row["seq"]) for row in rows)
    ),
}
NAMES = (*WAYS, "by_queue")


@dataclass(slots=True)
class Seen:
    """What one way has seen."""

    order: Order = field(default_factory=Order)
    ages: "array[float]" = field(default_factory=lambda: array("d"))

    def take(self, rows: Rows) -> None:
        now = time.time()
        for row in rows:
            self.order.take(row["key"], row["version"])
            self.ages.append(now - row["at"].timestamp())

    def told(self) -> dict[str, float]:
        ages = self.ages or [0.0]
        late = {"p50_ms": percentile(ages, 0.5) * 1000, "p99_ms": percentile(ages, 0.99) * 1000}
        return {**self.order.told(), **late}


async def main(relay_dsn: str, app_dsn: str, servers: str) -> None:
    stop, began = asyncio.Event(), asyncio.Barrier(len(WAYS) + QUEUE_RELAYS + 1)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await _create_topic(servers)
    seen = {name: Seen() for name in WAYS}
    taken: list[tuple[Place, int, asyncpg.Record, float]] = []
    collector.settle()
    async with asyncio.TaskGroup() as group:
        for name, way in WAYS.items():
            group.create_task(_read(relay_dsn, way, seen[name], began, stop))
        for n in range(QUEUE_RELAYS):
            group.create_task(_relay(app_dsn, servers, f"queue-{n}", taken, began, stop))
        await began.wait()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
    told = {name: one.told() for name, one in seen.items()} | {"by_queue": _of_the_topic(taken)}
    sys.stdout.write(json.dumps(told) + "\n")


async def _read(dsn: str, way: Way, seen: Seen, began: asyncio.Barrier, stop: asyncio.Event) -> None:
    """Ask every few milliseconds, and once more when everything has ended."""
    connection = await asyncpg.connect(dsn)
    behind: Position = tuple(await connection.fetchrow(way.begin) or ())
    await began.wait()
    is_last = False
    while not is_last:
        is_last = stop.is_set()
        if rows := await connection.fetch(way.asked, FACTS, *behind):
            behind = way.behind(rows)
            seen.take(rows)
        await asyncio.sleep(LOOK_EVERY_S)
    await connection.close()


async def _relay(
    dsn: str,
    servers: str,
    name: str,
    taken: list[tuple[Place, int, asyncpg.Record, float]],
    began: asyncio.Barrier,
    stop: asyncio.Event,
) -> None:
    """Take, send, delete, in one transaction after the other, until the queue is empty."""
    connection, producer = await asyncpg.connect(dsn), await aio.producer(servers, name)
    await began.wait()
    rows: Rows = ()
    while rows or not stop.is_set():
        async with connection.transaction():
            rows = sorted(await connection.fetch(_TAKE, TAKEN_AT_ONCE), key=lambda row: row["seq"])
            taken += await _sent(producer, rows)
        if not rows:
            await asyncio.sleep(LOOK_EVERY_S)
    await producer.close()
    await connection.close()


async def _sent(producer: Producer, rows: Rows) -> list[tuple[Place, int, asyncpg.Record, float]]:
    """Send rows; return each with its place and offset, and when it was acknowledged."""
    runs: dict[Place, list[asyncpg.Record]] = {}
    for row in rows:
        runs.setdefault(Place(QUEUE, kafka.partition(row["key"])), []).append(row)
    last = await producer.send({place: [_outgoing(row) for row in run] for place, run in runs.items()})
    now = time.time()
    return [
        (place, last[place] - len(run) + n, row, now) for place, run in runs.items() for n, row in enumerate(run, 1)
    ]


def _outgoing(row: asyncpg.Record) -> Outgoing:
    return Outgoing(row["key"].encode(), str(row["version"]).encode(), (), int(row["at"].timestamp() * 1000))


def _of_the_topic(taken: Sequence[tuple[Place, int, asyncpg.Record, float]]) -> dict[str, float]:
    """Tell what the topic holds, in the order of its offsets, whichever relay wrote it."""
    seen = Seen()
    for _, _, row, acknowledged_at in sorted(taken, key=lambda one: one[:2]):
        seen.order.take(row["key"], row["version"])
        seen.ages.append(acknowledged_at - row["at"].timestamp())
    return seen.told()


async def _create_topic(servers: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    try:
        if QUEUE not in await admin.list_topics():
            await admin.create_topics([NewTopic(QUEUE, num_partitions=contracts.PARTITIONS, replication_factor=1)])
    finally:
        await admin.close()


_TAKE = """
DELETE FROM bench_queue
 WHERE seq = ANY (ARRAY(SELECT seq FROM bench_queue ORDER BY seq LIMIT $1 FOR UPDATE SKIP LOCKED))
RETURNING seq, key, version, at
"""

if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:4]))

"""Both adapters of the Kafka port, flat out, beside aiokafka called as directly as its interface allows.

The same records, in runs as a relay sends them and in polls as a group makes them, go through each in turn; a figure is
the median of the rounds.  Processor time is that of the whole process, the threads of librdkafka included.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from statistics import median
from typing import get_args
from uuid import UUID

from aiokafka import AIOKafkaConsumer, TopicPartition

from bench.figures import Measured, tell
from common import contracts, kafka
from common.kafka.port import Client, Outgoing, Place

RECORDS = 60_000
RUN_RECORDS = 2_000
POLL_RECORDS = 2_000
VALUE_BYTES = 400
ROUNDS = 3
WITHIN_S = 60

TOPIC = contracts.topic("project", "events")
PLACES = [Place(TOPIC, n) for n in range(contracts.PARTITIONS)]
RAW = "raw"

Runs = Sequence[Mapping[Place, Sequence[Outgoing]]]
Starts = Mapping[Place, int]
Costs = tuple[float, float]
"""Microseconds of a processor for each record, and records a second."""


async def measure(environ: Mapping[str, str]) -> None:
    """Measure what a record costs its sender and its reader, and tell it."""
    servers = environ["KAFKA_BOOTSTRAP_SERVERS"]
    await kafka.create_topics(servers)
    found: dict[tuple[str, str], list[Costs]] = defaultdict(list)
    for _ in range(ROUNDS):
        for name in (RAW, *get_args(kafka.ClientName)):
            starts = await _ends(servers)
            found["send", name].append(await _sending(name, servers))
            found["read", name].append(await _reading(name, servers, starts))
    for what in ("send", "read"):
        tell(list(_figures(what, {name: costs for (did, name), costs in found.items() if did == what})))


def _figures(what: str, found: Mapping[str, Sequence[Costs]]) -> Iterator[Measured]:
    for at, figure, unit in ((0, "cpu", "µs/record"), (1, "rate", "records/s")):
        values = {name: median(costs[at] for costs in rounds) for name, rounds in found.items()}
        reference = f"clients.{RAW}.{what}.{figure}"
        for name, value in values.items():
            yield Measured(
                name=f"clients.{name}.{what}.{figure}",
                value=round(value, 2),
                unit=unit,
                reference=None if name == RAW else reference,
                ratio=None if name == RAW else round(value / values[RAW], 2),
            )


async def _sending(name: str, servers: str) -> Costs:
    runs = _runs()
    if name == RAW:
        return await _send_raw(servers, runs)
    producer = await _client(name).producer(servers, "bench")
    try:
        await producer.send(runs[0])
        return await _cost(lambda: _send(producer.send, runs[1:]))
    finally:
        await producer.close()


async def _send(send: Callable[[Mapping[Place, Sequence[Outgoing]]], Awaitable[object]], runs: Runs) -> int:
    for run in runs:
        await send(run)
    return sum(len(one) for run in runs for one in run.values())


async def _send_raw(servers: str, runs: Runs) -> Costs:
    client = kafka.aio.unstarted_producer(servers, "bench")
    await client.start()

    async def send(run: Mapping[Place, Sequence[Outgoing]]) -> None:
        acknowledged = []
        for place, records in run.items():
            batch = client.create_batch()
            for key, value, headers, stamp_ms in records:
                batch.append(key=key, value=value, timestamp=stamp_ms, headers=headers)
            acknowledged.append(await client.send_batch(batch, place.topic, partition=place.partition))
        await asyncio.gather(*acknowledged)

    try:
        await send(runs[0])
        return await _cost(lambda: _send(send, runs[1:]))
    finally:
        await client.stop()


async def _reading(name: str, servers: str, starts: Starts) -> Costs:
    if name == RAW:
        return await _read_raw(servers, starts)
    reader = await _client(name).reader(servers, PLACES)

    async def read() -> int:
        return sum(map(len, (await reader.poll(records_max=POLL_RECORDS, wait_ms=100)).values()))

    try:
        for place, offset in starts.items():
            reader.seek(place, offset)
        return await _cost(lambda: _read(read))
    finally:
        await reader.close()


async def _read(read: Callable[[], Awaitable[int]]) -> int:
    count = 0
    async with asyncio.timeout(WITHIN_S):
        while count < RECORDS:
            count += await read()
    return count


async def _read_raw(servers: str, starts: Starts) -> Costs:
    client = AIOKafkaConsumer(bootstrap_servers=servers)
    await client.start()

    async def read() -> int:
        return sum(map(len, (await client.getmany(timeout_ms=100, max_records=POLL_RECORDS)).values()))

    try:
        client.assign([TopicPartition(*place) for place in starts])
        for place, offset in starts.items():
            client.seek(TopicPartition(*place), offset)
        return await _cost(lambda: _read(read))
    finally:
        await client.stop()


async def _cost(work: Callable[[], Awaitable[int]]) -> Costs:
    began, spent = time.perf_counter(), time.process_time()
    count = await work()
    return (time.process_time() - spent) / count * 1e6, count / (time.perf_counter() - began)


async def _ends(servers: str) -> Starts:
    reader = await _client("aiokafka").reader(servers, ())
    try:
        return await reader.ends(PLACES)
    finally:
        await reader.close()


def _client(name: str) -> Client:
    return next(kafka.client(one) for one in get_args(kafka.ClientName) if one == name)


def _runs() -> Runs:
    """Make the records beforehand: only what a client does with them is measured; the first run warms it up."""
    return [_run(first) for first in range(-RUN_RECORDS, RECORDS, RUN_RECORDS)]


def _run(first: int) -> Mapping[Place, Sequence[Outgoing]]:
    run: dict[Place, list[Outgoing]] = defaultdict(list)
    for n in range(first, first + RUN_RECORDS):
        record = _outgoing(n + RUN_RECORDS, datetime.now(UTC))
        run[PLACES[n % len(PLACES)]].append(record)
    return run


def _outgoing(n: int, at: datetime) -> Outgoing:
    key = UUID(int=n)
    said = kafka.headers(
        service="actions",
        event_id=key,
        ce_type=contracts.ce_type("project.submitted"),
        key=str(key),
        at=at,
        version=n,
        epoch=1,
        traceparent=f"00-{key.hex}-{key.hex[:16]}-01",
    )
    return Outgoing(str(key).encode(), str(n).encode().ljust(VALUE_BYTES, b"."), said, int(at.timestamp() * 1000))

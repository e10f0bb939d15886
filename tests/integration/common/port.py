"""What the conformance suites of `common.kafka.port` share: topics of their own, clients that end, numbers to send."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from common.kafka.port import Client, Consumer, Outgoing, Place, Producer, Record, Turn
from tests.waiting import until

Join = Callable[[str, Collection[str], str, str], Awaitable[Consumer]]

PARTITIONS = 3
CONFIGURATION = {"max.message.bytes": "1048576", "retention.ms": "-1"}
"""What the suites send is as old as they are."""


@asynccontextmanager
async def created(where: str) -> AsyncIterator[str]:
    """Create a topic that lasts as long as the block."""
    admin = AIOKafkaAdminClient(bootstrap_servers=where)
    await admin.start()
    name = f"tests.port.{secrets.token_hex(4)}"
    try:
        await admin.create_topics([NewTopic(name, PARTITIONS, 1, topic_configs=CONFIGURATION)])
        yield name
        await admin.delete_topics([name])
    finally:
        await admin.close()


@asynccontextmanager
async def producing(client: Client, where: str, *, send_timeout_s: float = 30) -> AsyncIterator[Producer]:
    producer = await client.producer(where, "tests", send_timeout_s=send_timeout_s)
    try:
        yield producer
    finally:
        await producer.close()


@asynccontextmanager
async def reading(client: Client, where: str, places: Collection[Place]) -> AsyncIterator[Consumer]:
    reader = await client.reader(where, places)
    try:
        yield reader
    finally:
        await reader.close()


@asynccontextmanager
async def joining(join: Join, where: str, topic: str, *, group: str, member: str = "1") -> AsyncIterator[Consumer]:
    consumer = await join(where, [topic], group, member)
    try:
        yield consumer
    finally:
        await consumer.close()


def outgoing(value: bytes | None, *, key: bytes = b"key", headers: Sequence[tuple[str, bytes]] = ()) -> Outgoing:
    return Outgoing(key, value, headers, 1_764_150_000_123)


def numbered(first: int, last: int) -> list[Outgoing]:
    return [outgoing(b"%d" % n) for n in range(first, last)]


async def taken(consumer: Consumer, count: int, *, at_once: int = 500) -> dict[Place, list[Record]]:
    """Poll until so many records are there."""
    found: dict[Place, list[Record]] = {}
    async with asyncio.timeout(30):
        while sum(map(len, found.values())) < count:
            for place, records in (await consumer.poll(records_max=at_once, wait_ms=100)).items():
                found.setdefault(place, []).extend(records)
    return found


async def placed(consumer: Consumer, topic: str, offset: int = 0) -> Turn:
    """Wait until the whole topic is assigned, and read each of its partitions from there."""
    every = frozenset(Place(topic, n) for n in range(PARTITIONS))
    turn = await shared(consumer, len(every))
    assert turn.places == every
    for place in turn.places:
        consumer.seek(place, offset)
    return turn


async def shared(consumer: Consumer, count: int) -> Turn:
    """Wait until so many places are assigned; a member joins only while it polls."""

    async def looks() -> bool:
        await consumer.poll(records_max=1, wait_ms=10)
        return len(consumer.assigned().places) == count

    await until(looks)
    return consumer.assigned()


def values(records: Sequence[Record]) -> list[int]:
    return [int(one.value or b"") for one in records]


async def dealt(*members: Consumer) -> list[Turn]:
    """Wait until the whole topic is dealt out, something to each, and a whole look around changes nothing."""

    async def looks() -> bool:
        before = [one.assigned() for one in members]
        for one in members:
            await one.poll(records_max=1, wait_ms=200)
        shares = [len(one.places) for one in before]
        return before == [one.assigned() for one in members] and all(shares) and sum(shares) == PARTITIONS

    await until(looks, within_s=60)
    return [one.assigned() for one in members]

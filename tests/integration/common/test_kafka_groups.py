"""What the backbone asks of a member of a group, asked of every way to be one, on a real broker."""

from collections.abc import AsyncIterator, Mapping
from functools import partial

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from common import kafka
from common.kafka import aio, confluent
from common.kafka.port import Place
from tests.integration.common.port import (
    PARTITIONS,
    Join,
    created,
    dealt,
    joining,
    numbered,
    placed,
    producing,
    shared,
    taken,
    values,
)

JOIN: Mapping[str, Join] = {
    "aiokafka": aio.consumer,
    "confluent": confluent.consumer,
    "confluent, cooperative": partial(confluent.consumer, sharing="cooperative-sticky"),
    "confluent, shared by the broker": partial(confluent.consumer, sharing="consumer"),
}
"""Every way to be a member of a group."""


@pytest.fixture(params=JOIN)
def join(request: pytest.FixtureRequest) -> Join:
    return JOIN[request.param]


@pytest.fixture
async def topic(kafka_servers: str) -> AsyncIterator[str]:
    async with created(kafka_servers) as name:
        yield name


async def test_a_member_reads_from_where_it_is_told(join: Join, kafka_servers: str, topic: str):
    async with producing(kafka.client("aiokafka"), kafka_servers) as producer:
        await producer.send({Place(topic, n): numbered(0, 10) for n in range(PARTITIONS)})
    async with joining(join, kafka_servers, topic, group=f"{topic}.group") as consumer:
        await placed(consumer, topic, 6)
        read = await taken(consumer, 12)
        assert {place: values(records) for place, records in read.items()} == {
            Place(topic, n): [6, 7, 8, 9] for n in range(PARTITIONS)
        }


async def test_nothing_is_read_before_it_is_placed(join: Join, kafka_servers: str, topic: str):
    """Not even what a pause and its end touch; where the group once was, the broker is not asked."""
    one, other = Place(topic, 0), Place(topic, 1)
    async with producing(kafka.client("aiokafka"), kafka_servers) as producer:
        await producer.send({Place(topic, n): numbered(0, 3) for n in range(PARTITIONS)})
    async with joining(join, kafka_servers, topic, group=f"{topic}.group") as consumer:
        await shared(consumer, PARTITIONS)
        consumer.pause([one, other])
        consumer.resume([one])
        consumer.seek(other, 1)
        assert await consumer.poll(records_max=9, wait_ms=700) == {}
        consumer.resume([other])
        assert {place: values(records) for place, records in (await taken(consumer, 2)).items()} == {other: [1, 2]}


async def test_a_rebalance_begins_a_new_turn(join: Join, kafka_servers: str, topic: str):
    group = f"{topic}.group"
    async with joining(join, kafka_servers, topic, group=group) as first:
        alone = await placed(first, topic)
        async with joining(join, kafka_servers, topic, group=group, member="2") as second:
            both = await dealt(first, second)
            assert both[0].number > alone.number
            assert both[0].places | both[1].places == alone.places
            assert both[0].places.isdisjoint(both[1].places)


async def test_what_is_not_ours_any_more_is_left_alone(join: Join, kafka_servers: str, topic: str):
    async with joining(join, kafka_servers, topic, group=f"{topic}.group") as consumer:
        await placed(consumer, topic)
        stranger = Place(f"{topic}.of.nobody", 0)
        consumer.seek(stranger, 5)
        consumer.pause([stranger])
        consumer.resume([stranger])
        assert await consumer.poll(records_max=1, wait_ms=100) == {}


async def test_a_member_that_returns_in_time_disturbs_nobody(join: Join, kafka_servers: str, topic: str):
    group = f"{topic}.group"
    async with joining(join, kafka_servers, topic, group=group, member="2") as staying:
        async with joining(join, kafka_servers, topic, group=group) as leaving:
            before = await dealt(staying, leaving)
        async with joining(join, kafka_servers, topic, group=group) as returned:
            after = await shared(returned, len(before[1].places))
            await staying.poll(records_max=1, wait_ms=500)
            assert after.places == before[1].places
            assert staying.assigned() == before[0]


async def test_a_hint_is_seen_by_the_brokers_tools(join: Join, kafka_servers: str, topic: str):
    group = f"{topic}.group"
    async with joining(join, kafka_servers, topic, group=group) as consumer:
        await placed(consumer, topic)
        await consumer.hint({Place(topic, 0): 17, Place(topic, 1): 3})
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_servers)
    await admin.start()
    try:
        seen = await admin.list_consumer_group_offsets(group)
    finally:
        await admin.close()
    assert {where.partition: one.offset for where, one in seen.items()} == {0: 17, 1: 3}

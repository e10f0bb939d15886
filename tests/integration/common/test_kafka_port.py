"""What the backbone asks of Kafka (`common.kafka.port`), asked of every adapter, on a real broker."""

import asyncio
import secrets
import socket
import threading
from collections.abc import AsyncIterator
from typing import get_args

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from common import kafka
from common.kafka.port import Client, Place, Trouble
from tests.faults import servers
from tests.integration.common.port import (
    PARTITIONS,
    created,
    joining,
    numbered,
    outgoing,
    placed,
    producing,
    reading,
    taken,
    values,
)
from tests.waiting import until

MESSAGE_BYTES = 900_000
"""As large as a row of the outbox may be."""
TROUBLE_WITHIN_S = 15
CLOSED_WITHIN_S = 4
OF_JAVA = {"21": 0, "foobar": 6, "a-little-bit-long-string": 8, "a-little-bit-longer-string": 11, "abc": 3}
"""Keys of the Java client's own tests of murmur2, and the partition of twelve that each hash means."""


@pytest.fixture(params=get_args(kafka.ClientName))
def client(request: pytest.FixtureRequest) -> Client:
    return kafka.client(request.param)


@pytest.fixture
async def topic(kafka_servers: str) -> AsyncIterator[str]:
    async with created(kafka_servers) as name:
        yield name


# ------------------------------------------------------------------------------------------------- appending


async def test_a_run_is_appended_in_its_order_behind_the_last_one(client: Client, kafka_servers: str, topic: str):
    place = Place(topic, 1)
    async with producing(client, kafka_servers) as producer:
        assert await producer.send({place: numbered(0, 3_000)}) == {place: 2_999}
        assert await producer.send({place: numbered(3_000, 5_000)}) == {place: 4_999}
    async with reading(client, kafka_servers, [place]) as reader:
        reader.seek(place, 0)
        read = (await taken(reader, 5_000))[place]
    assert values(read) == list(range(5_000))
    assert [one.offset for one in read] == list(range(5_000))


async def test_runs_of_one_call_are_acknowledged_each(client: Client, kafka_servers: str, topic: str):
    runs = {Place(topic, 0): numbered(0, 7), Place(topic, 1): [], Place(topic, 2): numbered(10, 14)}
    async with producing(client, kafka_servers) as producer:
        assert await producer.send(runs) == {Place(topic, 0): 6, Place(topic, 2): 3}
        assert await producer.send({}) == {}
    async with reading(client, kafka_servers, runs) as reader:
        for place in runs:
            reader.seek(place, 0)
        read = await taken(reader, 11)
    assert {place: values(records) for place, records in read.items()} == {
        Place(topic, 0): list(range(7)),
        Place(topic, 2): list(range(10, 14)),
    }


async def test_what_is_read_is_what_was_sent(client: Client, kafka_servers: str, topic: str):
    place, headers = Place(topic, 2), [("ce_id", b"1"), ("ce_id", b"2"), ("é", b"\xff\x00"), ("empty", b"")]
    async with producing(client, kafka_servers) as producer:
        await producer.send({place: [outgoing(b"whole", headers=headers), outgoing(None), outgoing(b"")]})
    async with reading(client, kafka_servers, [place]) as reader:
        reader.seek(place, 0)
        [whole, tombstone, empty] = (await taken(reader, 3))[place]
    assert whole[:5] == (topic, 2, 0, b"key", b"whole")
    assert list(whole.headers) == headers
    assert whole.stamp_ms == tombstone.stamp_ms == 1_764_150_000_123
    assert (tombstone.value, empty.value) == (None, b"")
    assert list(tombstone.headers) == []


async def test_large_records_go_whole_and_in_order(client: Client, kafka_servers: str, topic: str):
    place = Place(topic, 0)
    run = [outgoing(secrets.token_bytes(size)) for size in (MESSAGE_BYTES, 1, MESSAGE_BYTES, 300_000, 300_000)]
    async with producing(client, kafka_servers) as producer:
        assert await producer.send({place: run}) == {place: 4}
    async with reading(client, kafka_servers, [place]) as reader:
        reader.seek(place, 0)
        read = (await taken(reader, 5))[place]
    assert [one.value for one in read] == [one.value for one in run]


async def test_a_record_that_the_topic_refuses_is_trouble(client: Client, kafka_servers: str, topic: str):
    async with producing(client, kafka_servers) as producer:
        with pytest.raises(Trouble):
            await producer.send({Place(topic, 0): [outgoing(secrets.token_bytes(1_100_000))]})


async def test_a_partition_that_is_not_there_is_trouble(client: Client, kafka_servers: str, topic: str):
    async with producing(client, kafka_servers) as producer:
        with pytest.raises(Trouble):
            await producer.send({Place(topic, PARTITIONS): numbered(0, 1)})


# --------------------------------------------------------------------------------------------------- reading


async def test_keys_are_where_any_other_client_puts_them(kafka_servers: str):
    """A producer that is told no partition places keys as the Java client does; so do we."""
    name = "passeurs.actions.project.state.v1"
    keys = [secrets.token_hex(8) for _ in range(20)]
    theirs = kafka.aio.unstarted_producer(kafka_servers, "tests")
    await theirs.start()
    try:
        placed_at = {key: (await theirs.send_and_wait(name, None, key.encode())).partition for key in keys}
    finally:
        await theirs.stop()
    assert placed_at == {key: kafka.partition(key) for key in keys}
    assert {key: kafka.partition(key) for key in OF_JAVA} == OF_JAVA


async def test_seek_pause_and_resume(client: Client, kafka_servers: str, topic: str):
    one, other = Place(topic, 0), Place(topic, 1)
    async with producing(client, kafka_servers) as producer:
        await producer.send({one: numbered(0, 10), other: numbered(0, 10)})
    async with reading(client, kafka_servers, [one, other]) as reader:
        reader.seek(one, 4)
        reader.pause([other])
        assert {place: values(records) for place, records in (await taken(reader, 6)).items()} == {one: [*range(4, 10)]}
        assert await reader.poll(records_max=10, wait_ms=300) == {}
        reader.seek(other, 8)
        reader.resume([other])
        reader.seek(one, 9)
        read = await taken(reader, 3)
        assert {place: values(records) for place, records in read.items()} == {one: [9], other: [8, 9]}


async def test_the_last_seek_wins_whatever_the_library_has_begun(client: Client, kafka_servers: str, topic: str):
    """Also where it must look for the beginning, because what was asked for is deleted."""
    place = Place(topic, 0)
    async with producing(client, kafka_servers) as producer:
        await producer.send({place: numbered(0, 20)})
    await forgotten(kafka_servers, place, 5)
    async with reading(client, kafka_servers, [place]) as reader:
        for _ in range(10):
            reader.seek(place, 0)
            await reader.poll(records_max=1, wait_ms=0)
            reader.seek(place, 12)
            assert values((await taken(reader, 8))[place]) == list(range(12, 20))
        reader.seek(place, 0)
        assert values((await taken(reader, 15))[place]) == list(range(5, 20))


async def forgotten(where: str, place: Place, offset: int) -> None:
    """Have the broker delete what is before an offset."""
    admin = AIOKafkaAdminClient(bootstrap_servers=where)
    await admin.start()
    try:
        await admin.delete_records({TopicPartition(*place): RecordsToDelete(before_offset=offset)})
    finally:
        await admin.close()


async def test_a_poll_returns_in_time_and_with_no_more_than_was_asked(client: Client, kafka_servers: str, topic: str):
    place = Place(topic, 0)
    async with producing(client, kafka_servers) as producer:
        await producer.send({place: numbered(0, 25)})
    async with reading(client, kafka_servers, [place]) as reader:
        reader.seek(place, 0)
        sizes: list[int] = []
        async with asyncio.timeout(30):
            while sum(sizes) < 25:
                sizes += map(len, (await reader.poll(records_max=10, wait_ms=100)).values())
        assert max(sizes) == 10
        reader.pause([place])
        async with asyncio.timeout(2):
            assert await reader.poll(records_max=10, wait_ms=200) == {}


async def test_the_event_loop_turns_while_a_poll_waits(client: Client, kafka_servers: str, topic: str):
    async with reading(client, kafka_servers, [Place(topic, 0)]) as reader:
        await reader.poll(records_max=1, wait_ms=500)
        polling = asyncio.ensure_future(reader.poll(records_max=1, wait_ms=1_000))
        looks = 0

        def looked() -> bool:
            nonlocal looks
            looks += 1
            return polling.done()

        await until(looked)
        assert await polling == {}
    assert looks > 20


async def test_ends_are_the_next_offsets(client: Client, kafka_servers: str, topic: str):
    places = [Place(topic, n) for n in range(PARTITIONS)]
    async with producing(client, kafka_servers) as producer:
        await producer.send({places[0]: numbered(0, 5)})
    async with reading(client, kafka_servers, []) as reader:
        assert await reader.ends(places) == {places[0]: 5, places[1]: 0, places[2]: 0}
        assert await reader.ends([]) == {}


async def test_ends_of_what_is_not_there_are_trouble(client: Client, kafka_servers: str, topic: str):
    async with reading(client, kafka_servers, []) as reader:
        with pytest.raises(Trouble):
            await reader.ends([Place(f"{topic}.of.nobody", 0)])


async def test_a_reader_has_one_turn(client: Client, kafka_servers: str, topic: str):
    places = frozenset({Place(topic, 0), Place(topic, 2)})
    async with reading(client, kafka_servers, places) as reader:
        turn = reader.assigned()
        assert turn.places == places
        await reader.poll(records_max=1, wait_ms=100)
        assert reader.assigned() == turn


# --------------------------------------------------------------------------------------- trouble, and the end


async def test_a_broker_that_is_not_there_is_trouble(client: Client):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        nobody = f"127.0.0.1:{silent.getsockname()[1]}"
        async with asyncio.timeout(TROUBLE_WITHIN_S):
            ended = await asyncio.gather(
                client.producer(nobody, "tests"),
                client.consumer(nobody, ["nothing"], "tests", "1"),
                client.reader(nobody, [Place("nothing", 0)]),
                return_exceptions=True,
            )
    assert [type(one) for one in ended] == [Trouble] * 3


async def test_a_broker_that_stops_is_trouble_in_time_and_everything_can_be_closed(client: Client):
    """A frozen broker says nothing at all: no library gives up by itself soon enough."""
    async with (
        servers.broker() as broker,
        created(broker.servers) as topic,
        producing(client, broker.servers) as patient,
        reading(client, broker.servers, [Place(topic, 0)]) as reader,
        producing(client, broker.servers, send_timeout_s=1) as producer,
    ):
        place = Place(topic, 0)
        assert await patient.send({place: numbered(0, 3)}) == {place: 2}
        broker.server.freeze()
        async with asyncio.timeout(TROUBLE_WITHIN_S):
            with pytest.raises(Trouble):
                await producer.send({place: numbered(3, 6)})
            with pytest.raises(Trouble):
                await reader.ends([place])
            assert await reader.poll(records_max=1, wait_ms=100) == {}
        cancelled = asyncio.ensure_future(patient.send({place: numbered(3, 6)}))
        await asyncio.wait([cancelled], timeout=0.5)
        cancelled.cancel()
        for one in (producer, patient, reader):
            async with asyncio.timeout(CLOSED_WITHIN_S):
                await one.close()
        assert cancelled.cancelled()
        broker.server.thaw()


async def test_nothing_is_left_behind(client: Client, kafka_servers: str, topic: str):
    tasks, threads = asyncio.all_tasks(), set(threading.enumerate())
    place = Place(topic, 0)
    async with (
        producing(client, kafka_servers) as producer,
        reading(client, kafka_servers, [place]) as reader,
        joining(client.consumer, kafka_servers, topic, group=f"{topic}.group") as consumer,
    ):
        await producer.send({place: numbered(0, 3)})
        await reader.poll(records_max=1, wait_ms=100)
        await placed(consumer, topic)
    await until(lambda: asyncio.all_tasks() == tasks)
    await until(lambda: set(threading.enumerate()) == threads)


async def test_what_is_closed_is_closed(client: Client, kafka_servers: str, topic: str):
    place = Place(topic, 0)
    producer, reader = await client.producer(kafka_servers, "tests"), await client.reader(kafka_servers, [place])
    for _ in range(2):
        await producer.close()
        await reader.close()
    with pytest.raises(Trouble):
        await producer.send({place: numbered(0, 1)})
    with pytest.raises(Trouble):
        await reader.poll(records_max=1, wait_ms=100)

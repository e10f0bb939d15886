"""Apache Kafka through aiokafka, whose every part runs on the event loop.

(1) A partition's next batch leaves after its last one is acknowledged; partitions go side by side.
(2) aiokafka never gives up a batch of an idempotent producer, and is stuck for good after an error of sequence: the
    limits are ours, and closing waits for nothing that is under way.
(3) Turns change in a listener that does nothing that may fail: the library would log the failure and go on.
(4) What is paused is not asked for, and stays where the library has it: paused there, it would be thrown away and read
    again (a reader under pressure fetched half of it twice).  Only what is not placed yet is paused in the library.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from operator import attrgetter
from typing import Any, cast

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import ConsumerStoppedError, KafkaError
from aiokafka.producer.message_accumulator import BatchBuilder

from common.kafka.port import Consumer, Outgoing, Place, Producer, Record, Trouble, Turn
from common.kafka.standing import Standing
from common.kafka.topics import MESSAGE_BYTES_MAX

BATCH_BYTES_MAX = 524_288
FETCH_WAIT_MS_MAX = 500
SESSION_TIMEOUT_MS = 10_000
REQUEST_TIMEOUT_MS = 10_000
METADATA_AGE_MS_MAX = 10_000
"""A member that leads its group deals out what its metadata knows: a topic too new for them is nobody's so long."""
START_TIMEOUT_S = 10
SEND_TIMEOUT_S = 30
ASK_TIMEOUT_S = 10
CLOSE_STEP_TIMEOUT_S = 1

ERRORS = (KafkaError, ConsumerStoppedError, OSError, TimeoutError, AssertionError)
"""What the library raises; it asserts that a partition is there."""


async def producer(servers: str, client_id: str, *, send_timeout_s: float = SEND_TIMEOUT_S) -> Producer:
    """Start a producer.

    Raises:
        Trouble: there is no broker, or it does not answer in time.
    """
    client = unstarted_producer(servers, client_id)
    made = _Producer(client, send_timeout_s)
    await _started(client.start, made)
    return made


async def consumer(servers: str, topics: Collection[str], group: str, member: str) -> Consumer:
    """Start a member of a group; what it is to read it learns later, and says in `assigned`.

    Raises:
        Trouble: there is no broker, or it does not answer in time.
    """
    client = unstarted_consumer(servers, group, member)
    made = _Consumer(client)
    await _started(client.start, made)
    client.subscribe(list(topics), listener=_Turns(made))
    return made


async def reader(servers: str, places: Collection[Place]) -> Consumer:
    """Start a reader of these places that belongs to no group: it has one turn, and nobody takes it away.

    Raises:
        Trouble: there is no broker, or it does not answer in time.
    """
    client = AIOKafkaConsumer(
        bootstrap_servers=servers,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=FETCH_WAIT_MS_MAX,
        request_timeout_ms=REQUEST_TIMEOUT_MS,
    )
    made = _Consumer(client)
    await _started(client.start, made)
    client.assign([TopicPartition(*place) for place in places])
    made.begin(places)
    return made


def unstarted_producer(servers: str, client_id: str) -> AIOKafkaProducer:
    """Set the library's producer up: idempotent, acknowledged by all, one request in flight per broker."""
    return AIOKafkaProducer(
        bootstrap_servers=servers,
        client_id=client_id,
        enable_idempotence=True,
        acks="all",
        linger_ms=0,
        compression_type="lz4",
        max_request_size=MESSAGE_BYTES_MAX,
        max_batch_size=BATCH_BYTES_MAX,
        request_timeout_ms=REQUEST_TIMEOUT_MS,
    )


def unstarted_consumer(servers: str, group: str, member: str) -> AIOKafkaConsumer:
    """Set the library's consumer up: a static member, reading from the offsets that it is given."""
    return AIOKafkaConsumer(
        bootstrap_servers=servers,
        group_id=group,
        group_instance_id=f"{group}.{member}",
        client_id=f"{group}.{member}",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=SESSION_TIMEOUT_MS,
        fetch_max_wait_ms=FETCH_WAIT_MS_MAX,
        request_timeout_ms=REQUEST_TIMEOUT_MS,
        metadata_max_age_ms=METADATA_AGE_MS_MAX,
    )


_NONE = TopicPartition("", 0)
"""No partition: whoever asks for it only waits."""

_fields = attrgetter("topic", "partition", "offset", "key", "value", "headers", "timestamp")
_record = cast("Callable[[tuple[Any, ...]], Record]", partial(tuple.__new__, Record))


class _Producer:
    def __init__(self, client: AIOKafkaProducer, send_timeout_s: float) -> None:
        self._client = client
        self._send_timeout_s = send_timeout_s
        self._closed = False

    async def send(self, runs: Mapping[Place, Sequence[Outgoing]]) -> Mapping[Place, int]:
        if self._closed:  # the library would wait for news of the topic
            raise Trouble("the producer is closed")
        with _translated():
            async with asyncio.timeout(self._send_timeout_s):
                return await self._send(runs)

    async def close(self) -> None:
        """End the connections first: what is under way fails at once, instead of being waited for."""
        self._closed = True
        await _closed(self._client.client.close, self._client.stop, self._end_sender, self._client.client.close)

    async def _end_sender(self) -> None:
        """End the library's own loop, which goes on where stopping took too long."""
        if (sender := self._client._sender) is not None:  # noqa: SLF001 - nothing public ends it
            await sender.close()

    async def _send(self, runs: Mapping[Place, Sequence[Outgoing]]) -> Mapping[Place, int]:
        offsets: dict[Place, int] = {}
        left = {place: run for place, run in runs.items() if run}
        while left:
            batches = {place: self._filled(run) for place, run in left.items()}
            counts: dict[Place, int] = {place: batch.record_count() for place, batch in batches.items()}
            for place, first in (await self._acknowledged(batches)).items():
                offsets[place] = first + counts[place] - 1
            left = {place: run[counts[place] :] for place, run in left.items() if counts[place] < len(run)}
        return offsets

    def _filled(self, run: Sequence[Outgoing]) -> BatchBuilder:
        """Put as much of a run into a batch as it holds; a first record fits always."""
        batch: BatchBuilder = self._client.create_batch()
        append = batch.append
        for key, value, headers, stamp_ms in run:
            if append(key=key, value=value, timestamp=stamp_ms, headers=list(headers)) is None:
                break
        return batch

    async def _acknowledged(self, batches: Mapping[Place, BatchBuilder]) -> Mapping[Place, int]:
        """Send one batch a partition; return the offset of the first record of each."""
        waiting = {}
        try:
            for place, batch in batches.items():
                waiting[place] = await self._client.send_batch(batch, place.topic, partition=place.partition)
            answers = await asyncio.gather(*waiting.values())
        finally:
            for one in waiting.values():  # the library waits at its end for whatever is not done
                one.cancel()
        return {place: _offset(answer.offset) for place, answer in zip(waiting, answers, strict=True)}


class _Turns(ConsumerRebalanceListener):
    """Begins a turn at each change; a revocation begins one without places."""

    def __init__(self, consumer: "_Consumer") -> None:
        self._consumer = consumer

    def on_partitions_revoked(self, _: set[TopicPartition]) -> None:
        self._consumer.begin(())

    def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        self._consumer.begin([Place(*one) for one in assigned])


class _Consumer:
    def __init__(self, client: AIOKafkaConsumer) -> None:
        self._client = client
        self._standing = Standing()

    def begin(self, places: Collection[Place]) -> None:
        self._standing.begin(places)
        self._client.pause(*_named(places))

    def assigned(self) -> Turn:
        return self._standing.turn

    async def poll(self, *, records_max: int, wait_ms: int) -> Mapping[Place, Sequence[Record]]:
        with _translated():
            batches = await self._client.getmany(*self._asked(), timeout_ms=wait_ms, max_records=records_max)
        return {Place(*where): _records(found) for where, found in batches.items()}

    def seek(self, place: Place, offset: int) -> None:
        if self._standing.place(place):
            self._client.seek(TopicPartition(*place), offset)
            self._client.resume(TopicPartition(*place))

    def pause(self, places: Collection[Place]) -> None:
        self._standing.pause(places)

    def resume(self, places: Collection[Place]) -> None:
        self._standing.resume(places)

    async def hint(self, offsets: Mapping[Place, int]) -> None:
        with _translated():
            async with asyncio.timeout(ASK_TIMEOUT_S):
                await self._client.commit({TopicPartition(*place): offset for place, offset in offsets.items()})

    async def ends(self, places: Collection[Place]) -> Mapping[Place, int]:
        with _translated():
            async with asyncio.timeout(ASK_TIMEOUT_S):
                found = await self._client.end_offsets(_named(places))
        return {Place(*where): offset for where, offset in found.items()}

    async def close(self) -> None:
        await _closed(self._client.stop, self._client._client.close)  # noqa: SLF001 - where stopping took too long

    def _asked(self) -> list[TopicPartition]:
        """Name what is read now; nothing named is all that is not paused in the library."""
        if not self._standing.some_are_paused():
            return []
        return _named(self._standing.reading()) or [_NONE]


def _named(places: Collection[Place]) -> list[TopicPartition]:
    return [TopicPartition(*place) for place in places]


def _records(found: Sequence["ConsumerRecord[bytes | None, bytes | None]"]) -> list[Record]:
    """Take what we need of each record: written out, it takes twice as long, and a third of what a poll costs."""
    return list(map(_record, map(_fields, found)))


def _offset(acknowledged: int) -> int:
    if acknowledged < 0:
        raise Trouble("the broker acknowledged a repeat without saying where it has it")
    return acknowledged


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except ERRORS as error:
        raise Trouble(f"{type(error).__name__}: {error}") from error


async def _started(start: Callable[[], Awaitable[None]], made: Producer | Consumer) -> None:
    try:
        with _translated():
            async with asyncio.timeout(START_TIMEOUT_S):
                await start()
    except BaseException:
        await made.close()
        raise


async def _closed(*steps: Callable[[], Coroutine[None, None, None]]) -> None:
    """Take each step as far as its limit; what comes of it is of no consequence any more.

    A step is a task of its own: the library may pass on that one of *its* tasks was cancelled, which would end ours.
    """
    for step in steps:
        task = asyncio.ensure_future(step())
        await asyncio.wait([task], timeout=CLOSE_STEP_TIMEOUT_S)
        if task.cancel():
            await asyncio.wait([task], timeout=CLOSE_STEP_TIMEOUT_S)
        if task.done() and not task.cancelled():
            task.exception()  # looked at, so that nobody misses it

"""Apache Kafka through confluent-kafka, which wraps librdkafka: its own threads in C, and one of ours for each client.

(1) A client is touched in its own thread only, one call after the other; the event loop waits for none of them, and is
    woken once a call, whatever the number of records.
(2) A run is appended by one thread in its order; librdkafka keeps it, repeats included (it numbers what it sends).  It
    never gives a record up: the limits are ours, and closing gives up whatever is under way.
(3) What a consumer is told between two polls is done at the beginning of the next one, in the turn that it was said
    in: turns change within a poll.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from threading import Event
from time import monotonic
from typing import Any, Literal, TypeVar

import confluent_kafka
from confluent_kafka import OFFSET_END, KafkaError, KafkaException, TopicPartition

from common.kafka.port import Consumer, Outgoing, Place, Producer, Record, Trouble, Turn
from common.kafka.standing import Standing
from common.kafka.topics import MESSAGE_BYTES_MAX

T = TypeVar("T")
Sharing = Literal["range", "cooperative-sticky", "consumer"]
"""How a group shares: all stop at each change, or only who loses something, or as the broker says (KIP-848)."""

BATCH_BYTES_MAX = 524_288
RECORDS_UNDER_WAY_MAX = 500_000
LINGER_MS = 5
FETCH_WAIT_MS_MAX = 500
FETCH_RETRY_MS = 20
SESSION_TIMEOUT_MS = 10_000
REQUEST_TIMEOUT_MS = 10_000
START_TIMEOUT_S = 10
SEND_TIMEOUT_S = 30
ASK_TIMEOUT_S = 10
CLOSE_TIMEOUT_S = 3
SLICE_S = 0.1
"""As long as a thread waits before it looks whether it is still wanted."""

ERRORS = (KafkaException, BufferError, RuntimeError)
PASSING = {
    KafkaError._ALL_BROKERS_DOWN,  # noqa: SLF001 - the library names its codes so
    KafkaError._MAX_POLL_EXCEEDED,  # noqa: SLF001
    KafkaError._RESOLVE,  # noqa: SLF001
    KafkaError._TRANSPORT,  # noqa: SLF001
    KafkaError.UNKNOWN_TOPIC_OR_PART,
}
"""What a consumer only tells of, and mends by itself."""

_log = logging.getLogger(__name__)


async def producer(servers: str, client_id: str, *, send_timeout_s: float = SEND_TIMEOUT_S) -> Producer:
    """Start a producer.

    Raises:
        Trouble: there is no broker, or it does not answer in time.
    """
    made = _Producer(confluent_kafka.Producer(_producing(servers, client_id), logger=_log), send_timeout_s)
    await _started(made, made.answers)
    return made


async def consumer(
    servers: str, topics: Collection[str], group: str, member: str, *, sharing: Sharing = "range"
) -> Consumer:
    """Start a member of a group; what it is to read it learns later, while it polls, and says in `assigned`.

    Raises:
        Trouble: there is no broker, or it does not answer in time.
    """
    made = _Consumer(
        confluent_kafka.Consumer(_joining(servers, group, member, sharing), logger=_log), keeps=sharing != "range"
    )
    await _started(made, partial(made.join, topics))
    return made


async def reader(servers: str, places: Collection[Place]) -> Consumer:
    """Start a reader of these places that belongs to no group: it has one turn, and nobody takes it away.

    Raises:
        Trouble: there is no broker, or it does not answer in time.
    """
    # the library wants a name; without a subscription it joins none
    settings = _reading(servers) | {"group.id": "none"}
    made = _Consumer(confluent_kafka.Consumer(settings, logger=_log), keeps=True)
    await _started(made, partial(made.take, places))
    return made


class _Thread:
    """The one thread that touches a client."""

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"kafka {name}")

    async def call(self, work: Callable[[], T]) -> T:
        """Do some work in the thread, after what it was given before."""
        with _translated():
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    async def end(self, work: Callable[[], object]) -> None:
        """Do the last work; after a while, wait for it no longer."""
        try:
            with suppress(Trouble):
                async with asyncio.timeout(CLOSE_TIMEOUT_S):
                    await self.call(work)
        except TimeoutError:
            _log.warning("a client does not end")
        finally:
            self._pool.shutdown(wait=False)


class _Producer:
    def __init__(self, client: confluent_kafka.Producer, send_timeout_s: float) -> None:
        self._client = client
        self._send_timeout_s = send_timeout_s
        self._thread = _Thread("producer")
        self._closed = Event()

    def answers(self) -> None:
        self._client.list_topics(timeout=START_TIMEOUT_S)

    async def send(self, runs: Mapping[Place, Sequence[Outgoing]]) -> Mapping[Place, int]:
        return await self._thread.call(partial(self._send, runs))

    async def close(self) -> None:
        self._closed.set()
        await self._thread.end(self._close)

    def _send(self, runs: Mapping[Place, Sequence[Outgoing]]) -> Mapping[Place, int]:
        """Append all runs, then wait for every report.

        A run's reports are written into a dictionary, the error as key: under `None` is the run's last record in the
        end, and any other key is an error.  That spares a call of Python for each record.
        """
        deadline = monotonic() + self._send_timeout_s
        reports: dict[Place, dict[Any, Any]] = {place: {} for place, run in runs.items() if run}
        for place, reported in reports.items():
            self._append(place, runs[place], reported.__setitem__, deadline)
        while self._client.flush(SLICE_S):
            self._require_time(deadline)
        return {place: _last_offset(reported) for place, reported in reports.items()}

    def _append(
        self, place: Place, run: Sequence[Outgoing], report: Callable[[Any, Any], None], deadline: float
    ) -> None:
        produce, (topic, partition) = self._client.produce, place
        for key, value, headers, stamp_ms in run:
            while True:
                try:
                    produce(topic, value, key, partition, report, timestamp=stamp_ms, headers=list(headers))
                except BufferError:  # as many are under way as may be
                    self._client.poll(SLICE_S)
                    self._require_time(deadline)
                else:
                    break

    def _require_time(self, deadline: float) -> None:
        if self._closed.is_set() or monotonic() > deadline:
            raise Trouble("not everything was acknowledged in time")

    def _close(self) -> None:
        self._client.purge()
        self._client.close()


class _Consumer:
    """`_standing` changes in the client's thread; the loop only looks at its turn, which is replaced whole.

    A place is given to the library when it is placed first, with its offset, and not when it becomes ours: it would
    look for an offset of its own, and what it found could come after a `seek` and win.  `_held` has what it was given,
    `_next` what is to be read next of a place, from when it is placed; what the library brings from before is dropped.
    """

    def __init__(self, client: confluent_kafka.Consumer, *, keeps: bool) -> None:
        self._client = client
        self._thread = _Thread("consumer")
        self._keeps = keeps
        self._standing = Standing()
        self._told: deque[Callable[[], None]] = deque()
        self._wanted: dict[Place, int] = {}
        self._held: set[Place] = set()
        self._next: dict[Place, int] = {}

    def join(self, topics: Collection[str]) -> None:
        self._client.list_topics(timeout=START_TIMEOUT_S)
        self._client.subscribe(list(topics), on_assign=self._gained, on_revoke=self._lost)

    def take(self, places: Collection[Place]) -> None:
        self._client.list_topics(timeout=START_TIMEOUT_S)
        self._begin(places)

    def assigned(self) -> Turn:
        return self._standing.turn

    async def poll(self, *, records_max: int, wait_ms: int) -> Mapping[Place, Sequence[Record]]:
        return await self._thread.call(partial(self._poll, records_max, wait_ms / 1000))

    def seek(self, place: Place, offset: int) -> None:
        self._told.append(partial(self._want, place, offset))

    def pause(self, places: Collection[Place]) -> None:
        self._told.append(partial(self._standing.pause, places))

    def resume(self, places: Collection[Place]) -> None:
        self._told.append(partial(self._standing.resume, places))

    async def hint(self, offsets: Mapping[Place, int]) -> None:
        told = _at(offsets)
        await self._thread.call(lambda: self._client.commit(offsets=told, asynchronous=True))

    async def ends(self, places: Collection[Place]) -> Mapping[Place, int]:
        asked = _at(dict.fromkeys(places, OFFSET_END))
        if not asked:
            return {}
        found = await self._thread.call(lambda: self._client.offsets_for_times(asked, timeout=ASK_TIMEOUT_S))
        return {Place(one.topic, one.partition): _answered(one) for one in found}

    async def close(self) -> None:
        await self._thread.end(self._client.close)

    def _poll(self, records_max: int, wait_s: float) -> Mapping[Place, Sequence[Record]]:
        """Wait for a first record, then take what is there: the library would wait until all that was asked for is."""
        self._obey()
        found = self._client.consume(1, wait_s)
        if found and records_max > 1:
            found += self._client.consume(records_max - 1, 0)
        batches: dict[Place, list[Record]] = {}
        for record in map(_record, filter(_is_record, found)):
            place = Place(record.topic, record.partition)
            if place in self._next and record.offset >= self._next[place]:
                batches.setdefault(place, []).append(record)
        self._next.update((place, records[-1].offset + 1) for place, records in batches.items())
        return batches

    def _obey(self) -> None:
        """Do what was told since the last poll."""
        if not self._told:
            return
        while self._told:
            self._told.popleft()()
        wanted, self._wanted = self._wanted, {}
        self._next |= wanted
        for place in wanted.keys() & self._held:
            self._client.seek(TopicPartition(*place, wanted[place]))
        if fresh := wanted.keys() - self._held:
            self._hold(fresh)
        reading = self._standing.reading()
        self._client.pause(_named(self._held - reading))
        self._client.resume(_named(self._held & reading))

    def _want(self, place: Place, offset: int) -> None:
        if self._standing.place(place):
            self._wanted[place] = offset

    def _hold(self, fresh: Collection[Place]) -> None:
        """Give places to the library, from where they were placed; where all is given anew, with all the others."""
        self._held |= set(fresh)
        if self._keeps:
            self._client.incremental_assign(_at({place: self._next[place] for place in fresh}))
        else:
            self._client.assign(_at({place: self._next[place] for place in self._held}))

    def _gained(self, client: confluent_kafka.Consumer, gained: Sequence[TopicPartition]) -> None:
        if self._keeps:
            client.incremental_assign([])
        else:
            client.assign([])
            self._held.clear()
        self._begin(self._standing.turn.places | _places(gained))

    def _lost(self, client: confluent_kafka.Consumer, lost: Sequence[TopicPartition]) -> None:
        places = _places(lost)
        if self._keeps:
            client.incremental_unassign(_named(self._held & places))
            self._held -= places
        else:
            client.unassign()
            self._held.clear()
        self._begin(self._standing.turn.places - places)

    def _begin(self, places: Collection[Place]) -> None:
        self._standing.begin(places)
        self._next.clear()
        self._client.pause(_named(self._held))


def _producing(servers: str, client_id: str) -> dict[str, Any]:
    return {
        "bootstrap.servers": servers,
        "client.id": client_id,
        "enable.idempotence": True,
        "acks": "all",
        "linger.ms": LINGER_MS,  # of a full run nothing waits: it is flushed
        "compression.type": "lz4",
        "message.max.bytes": MESSAGE_BYTES_MAX,
        "batch.size": BATCH_BYTES_MAX,
        "queue.buffering.max.messages": RECORDS_UNDER_WAY_MAX,
        "message.timeout.ms": 0,
        "request.timeout.ms": REQUEST_TIMEOUT_MS,
        "socket.timeout.ms": REQUEST_TIMEOUT_MS,
    }


def _joining(servers: str, group: str, member: str, sharing: Sharing) -> dict[str, Any]:
    named = {"group.id": group, "group.instance.id": f"{group}.{member}", "client.id": f"{group}.{member}"}
    if sharing == "consumer":
        return _reading(servers) | named | {"group.protocol": sharing}
    shared = {"partition.assignment.strategy": sharing, "session.timeout.ms": SESSION_TIMEOUT_MS}
    return _reading(servers) | named | shared


def _reading(servers: str) -> dict[str, Any]:
    return {
        "bootstrap.servers": servers,
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "auto.offset.reset": "earliest",
        "isolation.level": "read_uncommitted",
        "fetch.wait.max.ms": FETCH_WAIT_MS_MAX,
        "fetch.queue.backoff.ms": FETCH_RETRY_MS,
        "socket.timeout.ms": REQUEST_TIMEOUT_MS,
    }


def _at(offsets: Mapping[Place, int]) -> list[TopicPartition]:
    return [TopicPartition(*place, offset) for place, offset in offsets.items()]


def _named(places: Collection[Place]) -> list[TopicPartition]:
    return [TopicPartition(*place) for place in places]


def _places(named: Collection[TopicPartition]) -> set[Place]:
    return {Place(one.topic, one.partition) for one in named}


def _is_record(one: Any) -> bool:
    """Tell a record from what the library has to say; what it does not mend by itself is trouble."""
    error = one.error()
    if error is not None and error.code() not in PASSING:
        raise Trouble(str(error))
    return error is None


def _record(one: Any) -> Record:
    return Record(
        one.topic(), one.partition(), one.offset(), one.key(), one.value(), one.headers() or [], one.timestamp()[1]
    )


def _last_offset(reported: Mapping[Any, Any]) -> int:
    for error in reported:
        if error is not None:
            raise Trouble(str(error))
    offset: int = reported[None].offset()
    if offset < 0:
        raise Trouble("the broker acknowledged a repeat without saying where it has it")
    return offset


def _answered(one: TopicPartition) -> int:
    if one.error is not None:
        raise Trouble(str(one.error))
    return one.offset


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except ERRORS as error:
        raise Trouble(f"{type(error).__name__}: {error}") from error


async def _started(made: _Producer | _Consumer, start: Callable[[], None]) -> None:
    try:
        await made._thread.call(start)  # noqa: SLF001 - of this module
    except BaseException:
        await made.close()
        raise

"""A share of the topics, read from their beginnings and copied into the figures in the making by a process of its own.

`python -m reporting.consumers.filling` is told on its standard input what to read (one line), says as it goes how many
records are done, and in the end what stopped it, if something did.  It ends when its input does: nobody rebuilds then.

(1) Of each aggregate only the newest record counts, whatever came between: the others are not even decoded.
(2) Partitions are read one after the other, a few at a time, so that all records of an aggregate come together. They
    are copied in the order of their keys, since the index is in that order too.
(3) A share has whole partitions, so that its cells, which stand by partition, are added up by nobody else.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import suppress

import msgspec

from common import collector, contracts
from common.consumer import Message, Poison, parking
from common.consumer.listening import message
from common.database import Transaction
from common.kafka import aio
from common.kafka.port import Consumer, Place, Record, Trouble
from reporting.commands import counting
from reporting.consumers import LISTENERS
from reporting.consumers.throttle import Bucket
from reporting.domain.heard import STATES
from reporting.store import rebuilding
from reporting.store.counting import Source

AT_ONCE = 2
"""Partitions that are read at the same time: while one is taken in, the broker is asked for the other."""

SILENCE_S = 30.0
POLL_MS = 200
KINDS = {contracts.topic(kind, "state"): kind for kind in STATES}

Newest = dict[Place, dict[str, tuple[int, int, Record]]]


class NotReadable(RuntimeError):
    """A record can be read neither here nor was it set aside there: green would be wrong."""


class End(msgspec.Struct, frozen=True):
    """How far one partition is read."""

    topic: str
    partition: int
    offset: int


class Aside(msgspec.Struct, frozen=True):
    """A key that is set aside from an offset on."""

    topic: str
    key: str
    offset: int


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """What one process is told to read, and how."""

    servers: str
    owner_dsn: str
    ends: tuple[End, ...]
    aside: tuple[Aside, ...] = ()
    records_per_s: int = 0
    batch_records: int = 5_000
    keys_max: int = 20_000


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """What it says: how many records more are done; in the end, what stopped it, and why."""

    done: int = 0
    failed: str = ""
    reason: str = ""


async def fill(share: Share, done: Callable[[int], None]) -> None:
    """Read a share and copy it in, then add its cells up.

    Raises:
        NotReadable: a record stopped it.
        Trouble: the broker did not answer.
    """
    aside = {(one.topic, one.key): one.offset for one in share.aside}
    bucket = Bucket(rate=share.records_per_s, at=asyncio.get_running_loop().time())
    copying: asyncio.Task[None] | None = None
    newest: Newest = {}
    tx = await rebuilding.join(share.owner_dsn)
    try:
        async for place, records in _read(share):
            _keep_newest(newest.setdefault(place, {}), [one for one in records if not _is_aside(aside, one)])
            done(len(records))
            if sum(map(len, newest.values())) >= share.keys_max:
                if copying is not None:
                    await copying
                copying, newest = asyncio.create_task(_copy(tx, newest)), {}
            await asyncio.sleep(bucket.take(len(records), at=asyncio.get_running_loop().time()))
        if copying is not None:
            await copying
        await _copy(tx, newest)
        await rebuilding.add_up(tx, _shards(share))
    finally:
        await _end(copying)
        await tx.close()


def _shards(share: Share) -> list[str]:
    """Name the partitions of a share whose records are counted, as cells name them."""
    counted = [one for one in share.ends if one.topic in KINDS]
    return [Source(KINDS[one.topic], one.topic, one.partition).shard for one in counted]


async def _end(copying: "asyncio.Task[None] | None") -> None:
    """Leave no copying behind: what stopped the reading is told, and not that the connection was closed under it."""
    if copying is not None:
        copying.cancel()
        await asyncio.wait([copying])


async def _read(share: Share) -> AsyncIterator[tuple[Place, Sequence[Record]]]:
    """Give what lies before the ends, a few partitions at a time, each from its beginning."""
    ends = {Place(one.topic, one.partition): one.offset for one in share.ends}
    waiting, left = list(ends), set[Place]()
    reader = await aio.reader(share.servers, waiting)
    try:
        for place in waiting:
            reader.seek(place, 0)
        reader.pause(waiting)
        while waiting or left:
            more = [waiting.pop() for _ in range(min(len(waiting), AT_ONCE - len(left)))]
            reader.resume(more)
            left.update(more)
            for place, records in (await next_records(reader, share.batch_records)).items():
                within = [one for one in records if one.offset < ends[place]]
                yield place, within
                if len(within) < len(records) or within[-1].offset + 1 >= ends[place]:
                    left.discard(place)
                    reader.pause([place])
    finally:
        await reader.close()


async def next_records(reader: Consumer, records_max: int) -> Mapping[Place, Sequence[Record]]:
    """Take what comes next; a broker that is silent has gone."""
    try:
        async with asyncio.timeout(SILENCE_S):
            while True:
                if found := await reader.poll(records_max=records_max, wait_ms=POLL_MS):
                    return found
    except TimeoutError as error:
        raise Trouble(f"no record in {SILENCE_S} s") from error


def _is_aside(aside: Mapping[tuple[str, str], int], record: Record) -> bool:
    return bool(aside) and record.offset >= aside.get((record.topic, parking.key_of(record)), record.offset + 1)


def _keep_newest(newest: dict[str, tuple[int, int, Record]], records: Collection[Record]) -> None:
    for record in records:
        headers = dict(record.headers)
        try:
            key, epoch, version = record.key.decode(), int(headers["ce_aggepoch"]), int(headers["ce_aggversion"])  # type: ignore[union-attr,arg-type]  # what is neither is refused below
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise NotReadable(f"{record.topic}/{record.partition}@{record.offset}: no record of ours") from error
        known = newest.get(key)
        if known is None or known[:2] < (epoch, version):
            newest[key] = epoch, version, record


async def _copy(tx: Transaction, newest: Newest) -> None:
    async with tx.transaction():
        for place, records in newest.items():
            if records:
                await _copy_partition(tx, place, [message(records[key][2]) for key in sorted(records)])


async def _copy_partition(tx: Transaction, place: Place, messages: Sequence[Message]) -> None:
    kind = KINDS.get(place.topic)
    if kind is None:
        await LISTENERS[place.topic](tx, messages)
        return
    known = await rebuilding.versions(tx, kind, [one.key for one in messages])
    newer = [one for one in messages if known.get(one.key, (0, 0)) < (one.epoch, one.version)]
    if again := [one.key for one in newer if one.key in known]:
        await rebuilding.forget(tx, kind, again)
    states = [(one, one.decode(STATES[kind]) if one.value is not None else None) for one in newer]
    source = Source(kind, place.topic, place.partition)
    await rebuilding.fill(tx, source, [counting.heard(one, state) for one, state in states])
    await counting.know(tx, kind, states)


# ------------------------------------------------------------------------------------------- the process


async def main() -> None:
    share = msgspec.json.decode(await asyncio.to_thread(sys.stdin.buffer.readline), type=Share)
    collector.settle()
    filling = asyncio.create_task(fill(share, lambda done: _say(Told(done=done))))
    watching = asyncio.create_task(_abandoned())
    await asyncio.wait([filling, watching], return_when=asyncio.FIRST_COMPLETED)
    for task in (filling, watching):
        task.cancel()
    with suppress(asyncio.CancelledError):
        await filling


async def _abandoned() -> None:
    """Wait until nobody listens to us any more."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()


def _say(told: Told) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except (NotReadable, Poison, Trouble) as error:
        _say(Told(failed=type(error).__name__, reason=str(error)))
        sys.exit(1)

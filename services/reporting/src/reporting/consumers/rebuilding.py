"""Figures are made a second time from the beginning of their topics, beside those that serve, and take their place.

(1) Green goes as far as what serves has heard, and no further; keys that were set aside there are set aside here.
(2) Nothing that serves is touched before the exchange, which is one transaction: readers see the one or the other.
(3) In that transaction no offset can move: green takes in what is left, and the group goes on from where it was.
(4) Green is compared with what served at one position, cell by cell.  What differs is told, announced and published
    anew: a rebuild is also a repair.
(5) From the beginning it is read by processes that share the topics (`filling`); what comes after that, by this one.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import asyncpg
import structlog

from common import contracts, operations
from common.consumer import Group, Poison, parking
from common.consumer.listening import message
from common.database import Transaction
from common.kafka import aio
from common.kafka.port import Consumer, Place, Record, Trouble
from reporting.consumers import sharing
from reporting.consumers.filling import Aside, NotReadable, Share, next_records
from reporting.consumers.throttle import Bucket
from reporting.domain.heard import STATES
from reporting.store import rebuilding
from reporting.store.rebuilding import BlueIsKept, Difference, KeysMoved, NothingHeard, NothingKept

log = structlog.get_logger(__name__)

Told = Callable[[int, int], None]
"""Is told how many records are done, and of how many."""

HOLDING_S = 5.0
"""While the group is held no offset moves: what is left to be read is little, and the broker answers or we let go."""

REBUILT = frozenset(contracts.topic(kind, "state") for kind in (*STATES, "territory", "organisation", "coordination"))
"""The topics that the rebuilt tables are made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How figures are rebuilt."""

    servers: str
    owner_dsn: str
    who: str = "operator"
    records_per_s: int = 0
    batch_records: int = 5_000
    keys_max: int = 20_000
    readers: int = 2
    tries: int = 50
    retry_s: float = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a rebuild found: records read, and the cells that differ from what served."""

    records: int
    differences: Sequence[Difference]
    exchanged: bool


@dataclass(slots=True)
class _Green:
    """What is in the making: where it has heard up to, and what is set aside."""

    group: Group
    settings: Settings
    tx: Transaction
    reader: Consumer
    told: Told
    parked: Mapping[tuple[str, str], int]
    offsets: dict[Place, int]
    bucket: Bucket
    records: int = 0
    spare: dict[Place, list[Record]] = field(default_factory=dict)


async def rebuild(group: Group, settings: Settings, told: Told, *, exchange: bool = True) -> Outcome:
    """Make the figures anew and, unless they are only to be compared, put them in place.

    Raises:
        Underway: somebody else is at it.
        BlueIsKept: an earlier rebuild's leavings are there.
        NothingHeard: the group has no offsets here.
        KeysMoved: what is set aside changed meanwhile; nothing was exchanged.
        NotReadable: a record stopped it; nothing was exchanged.
        Trouble: the broker did not answer.
    """
    async with _green(group, settings, told) as green:
        first = await rebuilding.live_offsets(green.tx, group.name)
        await _fill(green, first)
        found = await _compare(green)
        if exchange:
            await _exchange(green, found)
        else:
            await rebuilding.drop(green.tx, "reporting_green")
    return Outcome(records=green.records, differences=found, exchanged=exchange)


async def switch_back(group: Group, settings: Settings) -> int:
    """Let what was replaced serve again, from where it had heard; return how many cells differ.

    Raises:
        NothingKept: it was dropped.
        NothingHeard: the group has no offsets here.
    """
    async with _owner(settings) as tx:
        if not await rebuilding.is_kept(tx):
            raise NothingKept
        if not await rebuilding.live_offsets(tx, group.name):
            raise NothingHeard
        return await _patiently(settings, lambda: _put_back(tx, group, settings))


async def drop_replaced(settings: Settings) -> None:
    """Drop what an exchange has replaced.

    Raises:
        NothingKept: there is nothing.
    """
    async with _owner(settings) as tx, tx.transaction():
        if not await rebuilding.is_kept(tx):
            raise NothingKept
        await rebuilding.drop(tx, "reporting_blue")
        await _audit(tx, settings, "drop", {})


@asynccontextmanager
async def _owner(settings: Settings) -> AsyncIterator[Transaction]:
    connection = await rebuilding.connect(settings.owner_dsn)
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def _green(group: Group, settings: Settings, told: Told) -> AsyncIterator[_Green]:
    async with _owner(settings) as tx:
        if await rebuilding.is_kept(tx):
            raise BlueIsKept
        places = [place for place in await rebuilding.live_offsets(tx, group.name) if place.topic in REBUILT]
        if not places:
            raise NothingHeard
        async with tx.transaction():
            await rebuilding.lay_out(tx)
            await _audit(tx, settings, "lay_out", {"group": group.name})
        reader = await aio.reader(settings.servers, places)
        try:
            parked = await rebuilding.parked_from(tx, group.name)
            start = asyncio.get_running_loop().time()
            bucket = Bucket(rate=settings.records_per_s, at=start)
            yield _Green(group, settings, tx, reader, told, parked, dict.fromkeys(places, 0), bucket)
        finally:
            await reader.close()


# ------------------------------------------------------------------------------------------- from the beginning


async def _fill(green: _Green, to: Mapping[Place, int]) -> None:
    """Have everything read up to where what serves is, and added up; make the indexes and policies."""
    ends = {place: offset for place, offset in to.items() if place in green.offsets}
    shares = sharing.shares(_share(green), ends, green.settings.readers)
    done, total = 0, sum(ends.values())

    def told(more: int) -> None:
        nonlocal done
        done += more
        green.told(done, total)

    await sharing.fill(shares, told)
    _return_to(green, {**green.offsets, **ends})
    green.records += done
    async with green.tx.transaction():
        await rebuilding.keep_offsets(green.tx, green.group.name, green.offsets)
    async with green.tx.transaction():
        await rebuilding.index(green.tx)
        await rebuilding.close(green.tx)


def _share(green: _Green) -> Share:
    how = green.settings
    return Share(
        servers=how.servers,
        owner_dsn=how.owner_dsn,
        ends=(),
        aside=tuple(Aside(topic, key, offset) for (topic, key), offset in green.parked.items()),
        records_per_s=how.records_per_s,
        batch_records=how.batch_records,
        keys_max=how.keys_max,
    )


# ------------------------------------------------------------------------------------------- up to a position


async def _up_to(green: _Green, to: Mapping[Place, int]) -> AsyncIterator[list[Record]]:
    """Give what is between where green is and `to`, in batches, and move green's offsets with them."""
    left = {place for place, offset in to.items() if place in green.offsets and green.offsets[place] < offset}
    done, total = 0, sum(to[place] - green.offsets[place] for place in left)
    green.reader.pause(green.offsets.keys() - left)
    green.reader.resume(left)
    while left:
        batch: list[Record] = []
        for place, records in (await _next(green, left)).items():
            within = [one for one in records if one.offset < to[place]] if place in left else []
            green.spare.setdefault(place, []).extend(records[len(within) :])
            batch += within
            if within:
                green.offsets[place] = within[-1].offset + 1
            if place in left and (len(within) < len(records) or green.offsets[place] >= to[place]):
                green.offsets[place] = to[place]
                left.discard(place)
                green.reader.pause([place])
        done += len(batch)
        yield [one for one in batch if one.offset < _set_aside_from(green, one)]
        green.told(done, total)
        await _hold_back(green, len(batch))
    green.records += done


async def _next(green: _Green, left: Collection[Place]) -> Mapping[Place, Sequence[Record]]:
    """Take what was read too far before, else what comes."""
    if spare := {place: green.spare.pop(place) for place in left if green.spare.get(place)}:
        return spare
    return await next_records(green.reader, green.settings.batch_records)


def _set_aside_from(green: _Green, record: Record) -> int:
    return green.parked.get((record.topic, parking.key_of(record)), record.offset + 1)


async def _hold_back(green: _Green, records: int) -> None:
    """Leave the cores to what serves, as far as the setting says."""
    if wait_s := green.bucket.take(records, at=asyncio.get_running_loop().time()):
        await asyncio.sleep(wait_s)


async def _catch_up(green: _Green, to: Mapping[Place, int]) -> None:
    """Count what came since as it is always counted.  The caller's transaction holds all of it."""
    async for records in _up_to(green, to):
        for place in dict.fromkeys(Place(one.topic, one.partition) for one in records):
            said = [message(one) for one in records if (one.topic, one.partition) == place]
            await green.group.listeners[place.topic](green.tx, said)
    await rebuilding.keep_offsets(green.tx, green.group.name, green.offsets)


# ------------------------------------------------------------------------------------------- compare, exchange


async def _compare(green: _Green) -> list[Difference]:
    """Compare at one position: where what serves was at one moment, and where green is then brought."""
    async with green.tx.transaction(isolation="repeatable_read"):
        there = await rebuilding.witness(green.tx, green.group.name)
    async with green.tx.transaction():
        await _catch_up(green, there)
    async with green.tx.transaction():
        found = await rebuilding.differences(green.tx)
        await _audit(green.tx, green.settings, "compare", {"records": green.records, "differences": len(found)})
    if found:
        log.warning("rebuild.differs", cells=len(found), first=str(found[0].cell))
    return found


async def _exchange(green: _Green, found: Sequence[Difference]) -> None:
    async def once() -> None:
        async with _going_on(green):
            await _catch_up(green, await rebuilding.live_offsets(green.tx, green.group.name))
        async with _going_on(green):
            await rebuilding.hold_live(green.tx)
            await _require_same_keys(green)
            await _catch_up_held(green)
            await rebuilding.put_in_place(green.tx, green.group.name, [one.cell for one in found])
            await _audit(green.tx, green.settings, "exchange", {"differences": len(found)})

    await _patiently(green.settings, once)


@asynccontextmanager
async def _going_on(green: _Green) -> AsyncIterator[None]:
    """Open a transaction in which green goes on; where it is rolled back, green is where it was."""
    offsets = dict(green.offsets)
    try:
        async with green.tx.transaction():
            yield
    except BaseException:
        _return_to(green, offsets)
        raise


async def _require_same_keys(green: _Green) -> None:
    if await rebuilding.parked_from(green.tx, green.group.name) != green.parked:
        raise KeysMoved


async def _catch_up_held(green: _Green) -> None:
    """Take in what is left, at full speed and not for long: everybody who counts waits for it."""
    rate, green.bucket.rate = green.bucket.rate, 0
    try:
        async with asyncio.timeout(HOLDING_S):
            await _catch_up(green, await rebuilding.live_offsets(green.tx, green.group.name))
    except TimeoutError as error:
        raise Trouble(f"what is left could not be read in {HOLDING_S} s") from error
    finally:
        green.bucket.rate = rate


def _return_to(green: _Green, offsets: Mapping[Place, int]) -> None:
    """Read again what a rolled-back transaction had counted."""
    green.offsets.update(offsets)
    green.spare.clear()
    for place, offset in offsets.items():
        green.reader.seek(place, offset)


async def _put_back(tx: Transaction, group: Group, settings: Settings) -> int:
    async with tx.transaction():
        await rebuilding.hold_live(tx)
        different = await rebuilding.put_back(tx, group.name)
        await _audit(tx, settings, "switch_back", {"differences": different})
    return different


async def _patiently(settings: Settings, attempt: Callable[[], Awaitable[int | None]]) -> int:
    """Try until nobody is in the way: a lock that is waited for long would make everybody behind it wait."""
    for _ in range(settings.tries - 1):
        try:
            return await attempt() or 0
        except (asyncpg.LockNotAvailableError, asyncpg.QueryCanceledError, asyncpg.DeadlockDetectedError) as error:
            log.info("rebuild.waits", error=type(error).__name__)
            await asyncio.sleep(settings.retry_s)
    return await attempt() or 0


async def _audit(tx: Transaction, settings: Settings, step: str, arguments: Mapping[str, object]) -> None:
    await operations.record(tx, who=settings.who, command=f"rebuild.{step}", arguments=arguments)


__all__ = ["NotReadable", "Outcome", "Poison", "Settings", "drop_replaced", "rebuild", "switch_back"]

"""Telling Kafka what relays would: many lives at once, or a steady trickle whose way to the figures is timed."""

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from uuid import UUID

from bench.lives import Told
from common import contracts, kafka
from common.database import Database
from common.kafka import aio
from common.kafka.port import Outgoing, Place, Producer
from common.tokens import SYSTEM

RUN = 4_000
LOOK_EVERY_S = 0.02


async def tell_all(servers: str, records: Iterable[Told]) -> int:
    """Send records as fast as they are made; return how many."""
    producer, sent, left = await aio.producer(servers, "bench"), 0, iter(records)
    try:
        while told := list(islice(left, RUN)):
            await producer.send(_runs(told))
            sent += len(told)
    finally:
        await producer.close()
    return sent


async def first_heard(database: Database, group: str, *, within_s: float) -> float:
    """Wait until a group has applied its first batch; return when that was (monotonic clock)."""
    async with asyncio.timeout(within_s):
        while True:
            if any((await _offsets(database, group)).values()):
                return time.monotonic()
            await asyncio.sleep(LOOK_EVERY_S)


async def heard_all(database: Database, group: str, servers: str, topics: Iterable[str], *, within_s: float) -> None:
    """Wait until a group has heard everything that is on its topics."""
    places = [Place(topic, part) for topic in topics for part in range(contracts.PARTITIONS)]
    reader = await aio.reader(servers, places)
    try:
        ends = {place: end for place, end in (await reader.ends(places)).items() if end}
    finally:
        await reader.close()
    async with asyncio.timeout(within_s):
        while True:
            if await _are_reached(database, group, ends):
                return
            await asyncio.sleep(LOOK_EVERY_S)


@dataclass(slots=True)
class Trickle:
    """Tells so many records a second, and sees how old each is when it is counted: a look every 20 ms.

    What is not counted at the end is as old as it is then: else the latest would be those of which nobody hears.
    """

    database: Database
    group: str
    ages_s: list[float] = field(default_factory=list)
    waiting: dict[Place, list[tuple[int, float]]] = field(default_factory=dict)
    sending: list[float] = field(default_factory=list)

    async def run(self, servers: str, records: Iterable[Told], *, per_s: int) -> None:
        """Go on until cancelled, or until there is nothing more to tell."""
        producer = await aio.producer(servers, "trickle")
        looking = asyncio.create_task(self._look())
        try:
            await self._tell(producer, iter(records), max(1, per_s // 50), max(1, per_s // 50) / per_s)
        finally:
            looking.cancel()
            now = time.monotonic()
            self.ages_s += [now - at for sent in self.waiting.values() for _, at in sent]
            self.ages_s += [now - at for at in self.sending]
            await producer.close()

    async def _tell(self, producer: Producer, records: Iterable[Told], each: int, every_s: float) -> None:
        due = time.monotonic()
        while told := list(islice(records, each)):
            due += every_s
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            at = time.monotonic()
            self.sending = [at]
            for place, last in (await producer.send(_runs(told))).items():
                self.waiting.setdefault(place, []).append((last, at))
            self.sending = []

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            offsets = await _offsets(self.database, self.group)
            now = time.monotonic()
            for place, sent in self.waiting.items():
                heard = [one for one in sent if one[0] < offsets.get(place, 0)]
                self.ages_s += [now - at for _, at in heard]
                del sent[: len(heard)]


async def _are_reached(database: Database, group: str, ends: Mapping[Place, int]) -> bool:
    offsets = await _offsets(database, group)
    return all(offsets.get(place, 0) >= end for place, end in ends.items())


async def _offsets(database: Database, group: str) -> dict[Place, int]:
    async with database.transaction(SYSTEM) as tx:
        rows = await tx.fetch("SELECT topic, part, next_offset FROM consumer_offset WHERE grp = $1", group)
    return {Place(row["topic"], row["part"]): row["next_offset"] for row in rows}


def _runs(told: Sequence[Told]) -> dict[Place, list[Outgoing]]:
    runs: dict[Place, list[Outgoing]] = {}
    now = datetime.now(UTC)
    for one in told:
        key = str(one.id)
        place = Place(contracts.topic(one.kind, "state"), kafka.partition(key))
        runs.setdefault(place, []).append(_outgoing(one, key, now))
    return runs


def _outgoing(one: Told, key: str, now: datetime) -> Outgoing:
    headers = kafka.headers(
        service=contracts.PUBLISHERS[one.kind],
        event_id=UUID(int=one.id.int ^ one.version),
        ce_type=contracts.ce_type(f"{one.kind}.state"),
        key=key,
        at=now,
        version=one.version,
        epoch=1,
        traceparent=None,
    )
    return Outgoing(key.encode(), one.value, headers, int(now.timestamp() * 1000))

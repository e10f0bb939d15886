"""The judge: it reads the outbox, the topics and the projection by itself, and compares them with the ledger.

It shares no code with what it judges: SQL of its own, a bare client of the broker, sums made again from the source.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from tests.faults.experiment import Experiment
from tests.faults.projection import BUCKETS, FACTS, STATES
from tests.faults.writers import Load

PARTITIONS = 12
PLACES = [TopicPartition(topic, n) for topic in (FACTS, STATES) for n in range(PARTITIONS)]

Ends = Mapping[TopicPartition, int]
Record = ConsumerRecord


@dataclass(frozen=True, slots=True)
class Crash:
    """One death: how many rows were in flight, which may come again, and where the topics ended once it was over."""

    in_flight: int
    ends: Ends


OUTBOX = "SELECT event_id::text AS id, topic, key, version FROM outbox ORDER BY version"
DELTAS = """
SELECT key, sum((convert_from(value, 'UTF8')::jsonb ->> 'by')::numeric) AS total, max(version) AS version
  FROM outbox WHERE topic = $1 GROUP BY key
"""


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found, counted; `unbounded` are crashes after which more came again than was in flight."""

    rows: int
    records: int
    unwritten: int
    lost: int
    ghosts: int
    inverted: int
    repeats: int
    repeats_a_crash: int
    unbounded: int
    outdated: int
    wrong: int


async def ends(servers: str) -> dict[TopicPartition, int]:
    """Say where the two topics end now."""
    client = AIOKafkaConsumer(bootstrap_servers=servers)
    await client.start()
    try:
        return dict(await client.end_offsets(PLACES))
    finally:
        await client.stop()


async def records(servers: str, since: Ends) -> list[Record]:
    """Read the two topics from there to their ends, each partition in its order."""
    client = AIOKafkaConsumer(bootstrap_servers=servers, auto_offset_reset="earliest", max_partition_fetch_bytes=2**22)
    await client.start()
    try:
        upto = await client.end_offsets(PLACES)
        open_ = {place for place, end in upto.items() if end > since.get(place, 0)}
        client.assign(list(open_))
        for place in open_:
            client.seek(place, since.get(place, 0))
        read: list[Record] = []
        while open_:
            for some in (await client.getmany(*open_, timeout_ms=500)).values():
                read.extend(some)
            open_ = {place for place in open_ if await client.position(place) < upto[place]}
        return read
    finally:
        await client.stop()


async def examine(
    source: "asyncpg.Connection[asyncpg.Record]",
    reader: "asyncpg.Connection[asyncpg.Record]",
    load: Load,
    read: list[Record],
    crashes: Sequence[Crash] = (),
) -> Findings:
    """Compare everything with everything."""
    rows = await source.fetch(OUTBOX)
    ours = {str(thing) for thing in load.things}
    mine = [record for record in read if (record.key or b"").decode("utf-8", "replace") in ours]
    written = {row["id"] for row in rows}
    seen = [_id(record) for record in mine]
    newest = {row["key"]: row["version"] for row in rows if row["topic"] == STATES}
    again = repeats_after(crashes, mine)
    return Findings(
        rows=len(rows),
        records=len(mine),
        unwritten=sum(newest.get(str(thing), 0) < version for thing, version in load.acknowledged.items()),
        lost=len(written - set(seen)),
        ghosts=len(set(seen) - written),
        inverted=sum(_inversions(mine, topic) for topic in (FACTS, STATES)),
        repeats=len(seen) - len(set(seen)),
        repeats_a_crash=max(again, default=0),
        unbounded=sum(n > crash.in_flight for n, crash in zip(again, crashes, strict=True)),
        outdated=_outdated(mine, newest),
        wrong=await _wrong(source, reader),
    )


def judge(experiment: Experiment, found: Findings, crashes: Sequence[Crash] = ()) -> None:
    """Turn what was found into the verdicts that the experiment's sheet asks for."""
    verdicts = {
        "INV1": found.lost == 0 and found.unwritten == 0,
        "INV2": found.ghosts == 0,
        "INV3": found.inverted == 0,
        "INV4": found.wrong == 0,
        "INV9": found.outdated == 0,
    }
    if crashes:
        in_flight = sum(crash.in_flight for crash in crashes)
        verdicts["INV5"] = found.unbounded == 0 and found.repeats <= in_flight
        experiment.tell(in_flight=in_flight)
    for name, holds in verdicts.items():
        if name in experiment.sheet.invariants:
            experiment.judge(name, holds=holds)
    experiment.tell(
        **{name: getattr(found, name) for name in Findings.__slots__},
    )


def repeats_after(crashes: Sequence[Crash], read: Sequence[Record]) -> list[int]:
    """Count what came again between each crash and the next one, by where it stands on its topic."""
    ends = {place: [crash.ends[place] for crash in crashes] for place in PLACES}
    seen, counted = set[str](), [0] * (1 + len(crashes))
    for record in read:
        behind = bisect_right(ends[TopicPartition(record.topic, record.partition)], record.offset)
        counted[behind] += _id(record) in seen
        seen.add(_id(record))
    return counted[1:]


def _id(record: Record) -> str:
    return dict(record.headers)["ce_id"].decode()


def _version(record: Record) -> int:
    return int(dict(record.headers)["ce_aggversion"])


def _epoch(record: Record) -> int:
    return int(dict(record.headers)["ce_aggepoch"])


def _inversions(read: list[Record], topic: str) -> int:
    """Count first occurrences that are not the next version of their key, in each epoch for itself."""
    last: dict[tuple[str, int], int] = defaultdict(int)
    seen: set[tuple[str, int]] = set()
    wrong = 0
    for record in read:
        told = (_id(record), _epoch(record))
        if record.topic == topic and told not in seen:
            seen.add(told)
            key = ((record.key or b"").decode(), _epoch(record))
            wrong += _version(record) != last[key] + 1
            last[key] = max(_version(record), last[key])
    return wrong


def _outdated(read: list[Record], newest: Mapping[str, int]) -> int:
    """Count keys whose last state record is not their newest version."""
    last = {(record.key or b"").decode(): _version(record) for record in read if record.topic == STATES}
    return sum(last.get(key) != version for key, version in newest.items())


async def _wrong(source: "asyncpg.Connection[asyncpg.Record]", reader: "asyncpg.Connection[asyncpg.Record]") -> int:
    """Count the balances, states and tallies that differ from the source."""
    deltas = {row["key"]: (row["version"], row["total"]) for row in await source.fetch(DELTAS, FACTS)}
    things = {
        str(row["id"]): (row["version"], row["amount"])
        for row in await source.fetch("SELECT id, version, amount FROM thing")
    }
    balances = {
        str(row["id"]): (row["version"], row["total"])
        for row in await reader.fetch("SELECT id, version, total FROM balance")
        if str(row["id"]) in things
    }
    shown = {
        str(row["id"]): (row["version"], row["amount"])
        for row in await reader.fetch("SELECT id, version, amount FROM shown")
    }
    tallies = {
        row["bucket"]: (row["n"], row["amount"])
        for row in await reader.fetch("SELECT bucket, sum(n) AS n, sum(amount) AS amount FROM tally GROUP BY bucket")
    }
    return _differing(deltas, balances) + _differing(things, shown) + _differing(_tallied(things), tallies)


def _tallied(things: Mapping[str, tuple[int, Decimal]]) -> dict[int, tuple[int, Decimal]]:
    cells: dict[int, tuple[int, Decimal]] = {}
    for key, (_, amount) in things.items():
        cell = UUID(key).int % BUCKETS
        n, total = cells.get(cell, (0, Decimal(0)))
        cells[cell] = (n + 1, total + amount)
    return cells


def _differing(expected: Mapping[Any, object], found: Mapping[Any, object]) -> int:
    return sum(expected.get(key) != found.get(key) for key in expected.keys() | found.keys())

"""The race of ADR 0003, on real parts: writers contend, one transaction stays open beside them, and relays read.

Ours publishes to Kafka; the two readers that look simpler read the same rows at the same time, and lose or invert some.
The long form is `pytest -s -m on_demand`.  Relay and timekeeper are processes of their own: the delays are not those of
writers and readers that share a loop.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from time import monotonic
from uuid import UUID, uuid4

import asyncpg
import pytest

from bench import rig as rigs
from common import contracts, kafka, migrations, outbox
from common.database import Database, connect
from common.kafka.port import Place, Record
from common.tokens import SYSTEM
from tests.integration.common.test_backbone import CHANGE, CREATE, _perhaps_abort, running, said
from tests.waiting import until

SERVICE = "catalogue"
FACTS = contracts.topic("film", "events")
WRITERS, THINGS = 24, 30
OPEN_S = 14


@dataclass
class Race:
    """What was committed, and what each reader has seen, in its order."""

    things: list[UUID]
    rng: random.Random
    committed: dict[str, int] = field(default_factory=dict)
    stop_at: float = 0.0


@pytest.fixture(scope="module")
async def address(database) -> str:
    made: str = await database(SERVICE)
    owner = await asyncpg.connect(migrations.dsn(made, SERVICE, "owner"))
    await owner.execute("CREATE TABLE thing (id uuid PRIMARY KEY, version integer NOT NULL, doc text NOT NULL)")
    await owner.close()
    return made


@pytest.fixture
async def db(address: str) -> AsyncIterator[Database]:
    opened = await connect(migrations.dsn(address, SERVICE, "app"), size_min=WRITERS, size_max=WRITERS)
    yield opened
    await opened.close()


async def test_nothing_is_lost_and_nothing_disordered(address, db, kafka_servers):
    await race(address, db, kafka_servers, seconds=8, open_s=8)


@pytest.mark.on_demand
async def test_nothing_is_lost_and_nothing_disordered_beside_a_long_transaction(address, db, kafka_servers):
    await race(address, db, kafka_servers, seconds=20, open_s=OPEN_S)


async def race(address: str, db: Database, servers: str, *, seconds: float, open_s: float) -> None:
    """Run it, and say what each reader has made of it."""
    run = Race([uuid4() for _ in range(THINGS)], random.Random(7))  # noqa: S311 - a seeded schedule
    readers: list[Watermark | Horizon] = [Watermark(), Horizon()]
    rig = rigs.Rig({"KAFKA_BOOTSTRAP_SERVERS": servers}, address)
    for thing in run.things:
        async with db.transaction(SYSTEM) as tx:
            await outbox.write(tx, CREATE, [thing, 1], said(thing, 1), None)
        run.committed[str(thing)] = 1
    listener = Listener(servers, run)
    await listener.begin()
    async with rigs.reading(rig, [FACTS]) as timekeeper, rigs.relay(rig), running(listener.listen()):
        await until(lambda: len(listener.versions) == THINGS, within_s=30)
        run.stop_at = monotonic() + seconds
        async with asyncio.TaskGroup() as group:
            group.create_task(_stays_open(address, open_s))
            for reader in readers:
                group.create_task(_look(address, reader, run))
            for _ in range(WRITERS):
                group.create_task(_write(db, run))
        await until(lambda: {key: seen[-1] for key, seen in listener.versions.items()} == run.committed)
        told = await timekeeper.told()
    await listener.end()
    for key, last in run.committed.items():
        assert listener.versions[key] == list(range(1, last + 1))
    _tell(run, readers, told)


def _tell(run: Race, readers: "list[Watermark | Horizon]", told: Mapping[str, float]) -> None:
    total = sum(run.committed.values())
    delays = f"p50 {told['p50_ms']} ms, p99 {told['p99_ms']} ms"
    print(f"\nsnapshot difference: 0 of {total} lost, 0 out of order, {delays}")  # noqa: T201 - its result
    for reader in readers:
        lost = total - sum(len(set(seen)) for seen in reader.versions.values())
        inverted = sum(later < earlier for seen in reader.versions.values() for earlier, later in pairwise(seen))
        print(f"{type(reader).__name__.lower()}: {lost} lost, {inverted} out of order")  # noqa: T201 - its result


async def _write(db: Database, run: Race) -> None:
    """Change one thing after the other; half touch another row first, one in twenty rolls back."""
    while monotonic() < run.stop_at:
        thing, rng = run.rng.choice(run.things), run.rng
        try:
            async with db.transaction(SYSTEM) as tx:
                if rng.random() < 0.5:
                    await tx.fetchval("SELECT pg_current_xact_id()")
                await asyncio.sleep(rng.uniform(0, 0.01))
                version = await tx.fetchval("SELECT version FROM thing WHERE id = $1 FOR UPDATE", thing)
                await outbox.write(tx, CHANGE, [thing, version + 1], said(thing, version + 1), None)
                _perhaps_abort(rng)
            run.committed[str(thing)] = max(run.committed[str(thing)], version + 1)
        except (ConnectionAbortedError, asyncpg.LockNotAvailableError):  # rolled back, by us or by the limit of a wait
            pass


async def _stays_open(address: str, seconds: float) -> None:
    """Write, and commit much later, as a role without limits."""
    connection = await asyncpg.connect(address)
    try:
        async with connection.transaction():
            await connection.execute("SELECT pg_current_xact_id(), pg_sleep($1)", seconds)
    finally:
        await connection.close()


# ------------------------------------------------------------------------------------------------ who listens


class Listener:
    """A consumer of the facts of this race."""

    def __init__(self, servers: str, run: Race) -> None:
        self.versions: dict[str, list[int]] = defaultdict(list)
        self._servers = servers
        self._keys = {str(thing).encode() for thing in run.things}
        self._places = [Place(FACTS, n) for n in range(contracts.PARTITIONS)]

    async def begin(self) -> None:
        self._reader = await kafka.client("aiokafka").reader(self._servers, self._places)
        for place, end in (await self._reader.ends(self._places)).items():
            self._reader.seek(place, end)

    async def end(self) -> None:
        await self._reader.close()

    async def listen(self) -> None:
        while True:
            polled = await self._reader.poll(records_max=500, wait_ms=100)
            for run in polled.values():
                for record in run:
                    self._take(record)

    def _take(self, record: Record) -> None:
        if record.key in self._keys:
            headers = dict(record.headers)
            self.versions[(record.key or b"").decode()].append(int(headers["ce_aggversion"] or 0))


@dataclass
class Watermark:
    """What is greater than the last number."""

    versions: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    last: int = 0

    async def look(self, connection: asyncpg.Connection) -> None:
        rows = await connection.fetch(
            "SELECT seq, key, version FROM outbox WHERE topic = $2 AND seq > $1 ORDER BY seq", self.last, FACTS
        )
        for row in rows:
            self.versions[row["key"]].append(row["version"])
            self.last = row["seq"]


@dataclass
class Horizon:
    """Whatever lies below the oldest open transaction."""

    versions: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    last: tuple[str, int] = ("0", 0)

    async def look(self, connection: asyncpg.Connection) -> None:
        rows = await connection.fetch(
            """
            SELECT xid::text, seq, key, version FROM outbox
             WHERE topic = $3 AND (xid, seq) > ($1::text::xid8, $2::bigint)
               AND xid < pg_snapshot_xmin(pg_current_snapshot())
             ORDER BY outbox.xid, seq
            """,
            *self.last,
            FACTS,
        )
        for row in rows:
            self.versions[row["key"]].append(row["version"])
            self.last = (row["xid"], row["seq"])


async def _look(address: str, reader: Watermark | Horizon, run: Race) -> None:
    """Look every few milliseconds, and once more when everything has ended."""
    connection = await asyncpg.connect(migrations.dsn(address, SERVICE, "relay"))
    try:
        while monotonic() < run.stop_at + OPEN_S / 7:
            await reader.look(connection)
            await asyncio.sleep(0.002)
    finally:
        await connection.close()

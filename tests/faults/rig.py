"""The backbone on a bench: things in a database of their own, relays and readers as processes, writers, a judge."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
from aiokafka import TopicPartition

from common import consumer, database, kafka, migrations, operations, relay
from common.tokens import SYSTEM
from stack.ports import Ports
from tests.faults import checker, node, projection
from tests.faults.checker import Crash, Findings
from tests.faults.experiment import Experiment
from tests.faults.node import Node, Reading
from tests.faults.writers import ROWS_A_CHANGE, WRITERS, Load
from tests.waiting import until

Connection = asyncpg.Connection
THINGS = 500
LARGEST_BATCH = 5000
SETTLED_WITHIN_S = 90
CALM_S = 1.0
READER = "reader"

UNPUBLISHED = """
SELECT count(*) FROM outbox, outbox_cursor AS c
 WHERE NOT pg_visible_in_snapshot(xid, c.s1)
   AND NOT (c.s2 IS NOT NULL AND pg_visible_in_snapshot(xid, c.s2) AND seq <= c.last_seq)
"""
WAITED_FOR = """
SELECT EXISTS (SELECT FROM pg_stat_activity
                WHERE usename = $1 AND datname = current_database() AND wait_event_type = 'Lock')
"""

_STATES_UP_TO = "SELECT key, max(version) AS version FROM outbox WHERE topic = $1 AND seq <= $2 GROUP BY key"
SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE usename = $1 AND datname = current_database()"
CUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND datname = current_database()
"""
HUNG_UP = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1 AND datname = current_database()"


@dataclass(slots=True)
class Rig:
    """What an experiment works with."""

    experiment: Experiment
    address: str
    servers: str
    folder: Path
    db: database.Database
    source: "Connection[asyncpg.Record]"
    aside: "Connection[asyncpg.Record]"
    reader: "Connection[asyncpg.Record]"
    reader_address: str
    load: Load
    since: Mapping[TopicPartition, int]
    group: str = field(default_factory=lambda: f"faults.{uuid4().hex}")
    nodes: list[Node] = field(default_factory=list)
    in_flight: int = 0
    crashes: list[Crash] = field(default_factory=list)
    floor: int = 0

    def relay(self, *, servers: str | None = None, environ: Mapping[str, str] | None = None, **changed: float) -> Node:
        """Start a relay, which waits out the lease of the one before and no longer."""
        given: dict[str, Any] = {"takeover_wait_s": 3.2, "retry_s": 0.2, **changed}
        dsn = migrations.dsn(self.address, projection.SERVICE, "relay")
        settings = relay.Settings(service=projection.SERVICE, dsn=dsn, servers=servers or self.servers, **given)
        return self._node(node.lead, settings, environ)

    def read(
        self,
        *,
        member: str = "1",
        servers: str | None = None,
        environ: Mapping[str, str] | None = None,
        **changed: Any,
    ) -> Node:
        """Start a reader of the group."""
        settings = consumer.Settings(servers=servers or self.servers, member=member, backoff_s_max=2)
        reading = Reading(
            group=self.group,
            dsn=f"{migrations.dsn(self.reader_address, projection.SERVICE, 'app')}?application_name={READER}",
            settings=settings,
            since={f"{place.topic}/{place.partition}": end for place, end in self.since.items()},
            **changed,
        )
        return self._node(node.read, reading, environ)

    def _node(self, run: Callable[..., None], given: object, environ: Mapping[str, str] | None) -> Node:
        log = self.folder / f"{run.__name__}-{len(self.nodes)}.log"
        made = node.started(run, given, log, environ) if environ else node.forked(run, given, log)
        made.metrics_port = getattr(given, "metrics_port", 0)
        self.nodes.append(made)
        return made

    def flowing(self):
        return self.load.flowing(self.experiment.share("events_per_s"))

    async def count_in_flight(self, most: int = LARGEST_BATCH) -> None:
        """Count what a crash leaves between the cursor and the end: it may be sent again, and nothing else may."""
        self.in_flight = min(most, await self.source.fetchval(UNPUBLISHED))

    async def note_the_crash(self) -> None:
        """Note where the topics end once it is over: what was on the wire has arrived, and nothing has come again."""
        self.crashes.append(Crash(self.in_flight, await checker.ends(self.servers)))

    async def some_published(self, count: int = 20) -> None:
        """Wait until some more has reached the reader."""
        shown = "SELECT sum(version) FROM shown"
        before = await self.reader.fetchval(shown) or 0
        await until(lambda: self._reached(shown, before + count), within_s=SETTLED_WITHIN_S)

    async def _reached(self, statement: str, least: int) -> bool:
        return (await self.reader.fetchval(statement) or 0) >= least

    async def lag_s(self, *, topic: str = projection.STATES, but_for: str = "") -> float:
        """Say how old the oldest change is that the reader has not applied: 0 when it has all of them."""
        rows = await self.source.fetch(
            "SELECT seq, key, version, extract(epoch FROM clock_timestamp() - at)::float AS age_s FROM outbox"
            " WHERE seq > $1 AND topic = $2 AND key <> $3 ORDER BY seq",
            *(self.floor, topic, but_for),
        )
        applied = await _versions(self.reader, "shown" if topic == projection.STATES else "balance")
        missing = [row for row in rows if applied.get(UUID(row["key"]), 0) < row["version"]]
        if not but_for:
            self.floor = missing[0]["seq"] - 1 if missing else max((row["seq"] for row in rows), default=self.floor)
        return max((row["age_s"] for row in missing), default=0.0)

    async def worst_lag_s(self, seconds: float, *, topic: str, but_for: str) -> float:
        """Look again and again, for a while; return the worst that was seen."""
        over, seen = time.monotonic() + seconds, [0.0]

        async def looked() -> bool:
            seen.append(await self.lag_s(topic=topic, but_for=but_for))
            return time.monotonic() >= over

        await until(looked, within_s=seconds + 30)
        return max(seen)

    async def redriven(self, topic: str, key: str, *, within_s: float) -> None:
        """Ask for a key to be redriven, as an operator does, and wait until the reader has done it."""
        async with self.db.transaction(SYSTEM) as tx:
            await operations.redrive(tx, who="an operator", group=self.group, topic=topic, key=key)
        held = "SELECT count(*) FROM parked_key WHERE grp = $1 AND topic = $2 AND key = $3"
        await until(partial(self._is_zero, held, self.group, topic, key), within_s=within_s)

    async def _is_zero(self, statement: str, *given: object) -> bool:
        return not await self.reader.fetchval(statement, *given)

    async def recovered(self, *, within_s: float) -> float:
        """Wait until the reader is less than a second behind, and judge that; return how long it took."""
        began = time.monotonic()
        with suppress(TimeoutError):
            await until(self.is_calm, within_s=within_s)
        took_s = time.monotonic() - began
        self.experiment.judge("INV6", holds=took_s < within_s)
        return took_s

    async def is_calm(self) -> bool:
        return await self.lag_s() < CALM_S

    async def settled(self, *, within_s: float = SETTLED_WITHIN_S) -> float:
        """Wait until the reader shows everything; return how long that took."""
        began = time.monotonic()
        await until(self._is_whole, within_s=within_s)
        return time.monotonic() - began

    async def _is_whole(self) -> bool:
        wanted = await _versions(self.source, "thing")
        for table in ("shown", "balance"):
            known = await _versions(self.reader, table)
            if any(known.get(thing, 0) < version for thing, version in wanted.items()):
                return False
        return True

    async def found(self) -> Findings:
        read = await checker.records(self.servers, self.since)
        return await checker.examine(self.source, self.reader, self.load, read, self.crashes)

    async def judged(self) -> Findings:
        """Wait for the end, look at everything, and let the experiment's sheet decide."""
        await self.settled()
        found = await self.found()
        checker.judge(self.experiment, found, self.crashes)
        self.experiment.tell(changes=self.load.changes, rolled_back=self.load.rolled_back)
        return found

    async def connect_again(self) -> None:
        """Come back to a database that was away."""
        for name in ("source", "aside"):
            getattr(self, name).terminate()
            setattr(self, name, await _connected(self.address))

    async def believe_the_database(self) -> int:
        """Forget what a restored database has forgotten; return how many acknowledged changes that were."""
        there = await _versions(self.source, "thing")
        lost = sum(version - there.get(thing, 0) for thing, version in self.load.acknowledged.items())
        self.load.acknowledged = there
        return lost

    async def is_told_again(self) -> bool:
        """Say whether everything was told again since the database became another one, and heard."""
        epoch = await self.source.fetchval("SELECT db_epoch FROM outbox_cursor")
        older = "SELECT (SELECT count(*) FROM shown WHERE epoch < $1) + (SELECT count(*) FROM balance WHERE epoch < $1)"
        return await self._is_zero(older, epoch)

    def free_port(self) -> int:
        return Ports(self.folder / "ports.json").named(f"metrics-{len(self.nodes)}")

    async def said_lag_s(self, reader: Node, topic: str) -> float:
        """Ask a reader for the time of the last record it applied; return how long ago that is."""
        return time.time() - await self._said(reader, f'consumer_applied_record_time_seconds{{.*"{topic}"}}')

    async def told_lag_s(self, reader: Node) -> float:
        """Ask a reader for how long it has not read everything that was published: what people are called for."""
        return await self._said(reader, "consumer_lag_seconds{.*}")

    async def is_ready(self, reader: Node) -> bool:
        """Ask a reader whether it is ready, as a supervisor does."""
        return (await self._asked(reader, "/health/ready")).is_success

    async def rebalances(self, reader: Node) -> int:
        """Ask a reader how often partitions were given to it that it had not had."""
        return int(await self._said(reader, "consumer_rebalances_total{.*}"))

    async def _said(self, node: Node, series: str) -> float:
        """Ask a node for one of its metrics, as Prometheus does."""
        text = (await self._asked(node, "/metrics")).text
        said = re.search(rf"^{series} (\S+)$", text, re.MULTILINE)
        assert said, text
        return float(said[1])

    async def _asked(self, node: Node, path: str) -> httpx.Response:
        async with httpx.AsyncClient() as client:
            return await client.get(f"http://127.0.0.1:{node.metrics_port}{path}")

    async def shown_lag_s(self) -> float:
        """Say how long ago the newest record was written that the reader shows."""
        rows = await self.source.fetch(
            "SELECT key, version, extract(epoch FROM clock_timestamp() - at)::float AS age_s FROM outbox"
            " WHERE topic = $1 ORDER BY seq DESC",
            projection.STATES,
        )
        shown = await _versions(self.reader, "shown")
        return next(float(row["age_s"]) for row in rows if shown.get(UUID(row["key"]), 0) >= row["version"])

    async def events_applied(self) -> int:
        """Count the versions that both projections have come to."""
        both = "SELECT (SELECT sum(version) FROM shown) + (SELECT sum(version) FROM balance)"
        return await self.reader.fetchval(both) or 0

    async def last_written(self) -> int:
        """Name the last row of the outbox that is committed."""
        return await self.source.fetchval("SELECT coalesce(max(seq), 0) FROM outbox") or 0

    async def shows_up_to(self, last: int) -> bool:
        """Say whether the reader shows every state that was written up to a row of the outbox."""
        rows = await self.source.fetch(_STATES_UP_TO, projection.STATES, last)
        shown = await _versions(self.reader, "shown")
        return all(shown.get(UUID(row["key"]), 0) >= row["version"] for row in rows)

    async def written(self, events: float) -> None:
        """Wait until the writers have written so many events."""
        await until(lambda: self.load.changes * ROWS_A_CHANGE >= events, within_s=1200)

    async def has_unpublished(self) -> bool:
        return bool(await self.source.fetchval(UNPUBLISHED))

    async def time_passes(self, seconds: float) -> None:
        """Let time pass, while the writers write."""
        over = time.monotonic() + seconds
        await until(lambda: time.monotonic() >= over, within_s=seconds + 30)

    async def ends_with_the_newest(self) -> bool:
        """Say whether the state topic ends, for each thing, in its newest version."""
        return (await self.found()).outdated == 0

    async def rewind(self) -> None:
        """Put the group back to where the experiment began."""
        await self.reader.executemany(
            "UPDATE consumer_offset SET next_offset = $4 WHERE grp = $1 AND topic = $2 AND part = $3",
            [(self.group, place.topic, place.partition, end) for place, end in self.since.items()],
        )

    async def has_read_everything(self) -> bool:
        """Say whether the group's offsets have reached the ends of its topics."""
        ends = await checker.ends(self.servers)
        rows = await self.reader.fetch(
            "SELECT topic, part, next_offset FROM consumer_offset WHERE grp = $1", self.group
        )
        reached = {(row["topic"], row["part"]): row["next_offset"] for row in rows}
        return all(reached.get((place.topic, place.partition), 0) >= end for place, end in ends.items())

    @asynccontextmanager
    async def without_connections(self) -> AsyncIterator[None]:
        """Let nobody new in, and cut what readers hold; the writers keep what they have."""
        name = self.reader_address.rpartition("/")[2]
        await self.reader.execute(f'ALTER DATABASE "{name}" CONNECTION LIMIT 0')
        await self.reader.fetch(CUT, READER)
        try:
            yield
        finally:
            await self.reader.execute(f'ALTER DATABASE "{name}" CONNECTION LIMIT -1')

    async def hang_up(self, role: str) -> None:
        """End a role's sessions: PostgreSQL would go on for a while with what its dead client had asked."""
        await self.aside.fetch(HUNG_UP, f"{projection.SERVICE}_{role}")
        await until(partial(self._is_alone, role))

    async def _is_alone(self, role: str) -> bool:
        return not await self.aside.fetchval(SESSIONS, f"{projection.SERVICE}_{role}")

    async def waits_for_a_lock(self, role: str) -> bool:
        """Say whether a role of the service waits for a lock; asked outside the transaction that holds it."""
        waits: bool = await self.aside.fetchval(WAITED_FOR, f"{projection.SERVICE}_{role}")
        return waits


@asynccontextmanager
async def built(
    experiment: Experiment,
    make: Callable[..., Awaitable[str]],
    servers: str,
    folder: Path,
    *,
    address: str | None = None,
    copies: int = 1,
) -> AsyncIterator[Rig]:
    """Build a rig on a broker; `address` is where the source lives, where the reader's database is another one."""
    await kafka.create_topics(servers, replication_factor=copies)
    reader_address = await make(projection.SERVICE)
    address = address or reader_address
    await _tables(address, projection.SOURCE)
    await _tables(reader_address, projection.PROJECTION)
    source, aside, reader = [await _connected(one) for one in (address, address, reader_address)]
    db = await database.connect(migrations.dsn(address, projection.SERVICE, "app"), size_min=WRITERS, size_max=WRITERS)
    things = int(experiment.sheet.numbers(experiment.form).get("keys", THINGS))
    ids = [UUID(int=experiment.rng.getrandbits(128), version=4) for _ in range(things)]
    load = Load(db, ids, experiment.rng)
    rig = Rig(
        experiment,
        address,
        servers,
        folder,
        db,
        source,
        aside,
        reader,
        reader_address,
        load,
        await checker.ends(servers),
    )
    await rig.reader.executemany(
        "INSERT INTO consumer_offset (grp, topic, part, next_offset) VALUES ($1, $2, $3, $4)",
        [(rig.group, place.topic, place.partition, end) for place, end in rig.since.items()],
    )
    try:
        await load.create()
        yield rig
    finally:
        for one in rig.nodes:
            one.end()
        await asyncio.wait_for(db.close(), 30)
        for connection in (rig.source, rig.aside, rig.reader):
            connection.terminate()


async def _tables(address: str, statements: str) -> None:
    """Make tables of ours in a service's schema, as its owner."""
    owner = await asyncpg.connect(migrations.dsn(address, projection.SERVICE, "owner"))
    try:
        await owner.execute(statements)
    finally:
        await owner.close()


async def _versions(connection: "Connection[asyncpg.Record]", table: str) -> dict[UUID, int]:
    return {row["id"]: row["version"] for row in await connection.fetch(f"SELECT id, version FROM {table}")}


async def _connected(address: str) -> "Connection[asyncpg.Record]":
    connection = await asyncpg.connect(address)
    await connection.execute(f"SET search_path = {projection.SERVICE}")
    return connection

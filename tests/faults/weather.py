"""What a storm is made of: writers, whole dossiers, states announced again, what comes late and twice, and deaths."""

import asyncio
import heapq
import json
import secrets
import signal
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from common import migrations, outbox
from common.database import TROUBLE
from demo.dossier import Step
from tests.conftest import House
from tests.e2e.dossier import a_project, an_action
from tests.faults import stage
from tests.faults.asking import Client, Reply
from tests.faults.breaking import family, kill, send, services
from tests.faults.recompute import PARTITIONS, TOPICS
from tests.faults.town import Town

PAUSE_S = 0.1
ANSWERED_WITHIN_S = 240
WRITERS = 24
BUCKETS = 256
ANNOUNCED = ("project", "action")
BROKER, DATABASE = 0.06, 0.12
"""Of ten deaths not quite one is the broker's, and not quite one a backend's of PostgreSQL."""


async def happens(event: asyncio.Event, *, within_s: float) -> bool:
    """Wait for an event, or until it is clear that it does not happen in time."""
    try:
        async with asyncio.timeout(within_s):
            return await event.wait()
    except TimeoutError:
        return False


@dataclass(slots=True)
class Writers:
    """Projects begun and handed in through the gateway, each change sent with its key until it is answered."""

    town: Town
    client: Client
    per_s: float
    submitted: list[str] = field(default_factory=list)
    changes: int = 0
    refused: list[str] = field(default_factory=list)
    _next_at: float = 0.0

    async def run(self, over: asyncio.Event) -> None:
        """Write at the wished pace, or as fast as is answered."""
        self._next_at = time.monotonic()
        await asyncio.gather(*(self._one(over) for _ in range(WRITERS)))

    async def _one(self, over: asyncio.Event) -> None:
        while not over.is_set():
            self._next_at = max(self._next_at, time.monotonic() - 1) + 2 / self.per_s
            await happens(over, within_s=self._next_at - time.monotonic())
            made = await self._insist("/v1/projects", self._project())
            if made is not None:
                path = f"/v1/projects/{json.loads(made.body)['id']}/submit"
                if await self._insist(path, b"", {"if-match": made.headers["etag"]}) is not None:
                    self.submitted.append(path.split("/")[3])

    def _project(self) -> bytes:
        ground = self.town.ground
        return json.dumps(a_project(ground, self.town.campaign_id, an_action(ground))).encode()

    async def _insist(self, path: str, body: bytes, said: dict[str, str] | None = None) -> Reply | None:
        key = {"idempotency-key": secrets.token_hex(16), **(said or {})}
        async with asyncio.timeout(ANSWERED_WITHIN_S):
            while (reply := await self._asked(path, body, key)) is None or not reply.status or _passes(reply):
                await asyncio.sleep(PAUSE_S)
        if reply.good:
            self.changes += 1
            return reply
        self.refused.append(f"{path}: {reply.status} {reply.body.decode(errors='replace')[:200]}")
        return None

    async def _asked(self, path: str, body: bytes, key: dict[str, str]) -> Reply | None:
        """Ask once; None if there was no token to ask with."""
        try:
            headers = await self.town.headers()
        except Exception:  # noqa: BLE001 - whoever gives tokens has died too, in whatever way
            return None
        return await self.client.ask("POST", path, body, headers={**headers, **key})


def _passes(reply: Reply) -> bool:
    return reply.status in (429, 502, 503, 504) or b"not-known-here-yet" in reply.body


@dataclass(slots=True)
class Announcer:
    """States announced again as they stand, by the owner's own statement: they go the way of all others."""

    house: House
    rng: Random
    per_s: int
    announced: int = 0

    async def run(self, over: asyncio.Event) -> None:
        while not over.is_set():
            began = time.monotonic()
            with suppress(*TROUBLE):
                await self._announce()
            await happens(over, within_s=max(PAUSE_S, began + 1 - time.monotonic()))

    async def _announce(self) -> None:
        """Announce one bucket after the other until there are enough for this second, or it is over."""
        dsn = migrations.dsn(self.house.environment["DATABASE_URL"], "actions", "app")
        connection = await asyncpg.connect(dsn, timeout=5, command_timeout=5)
        try:
            wanted, ends = self.announced + self.per_s, time.monotonic() + 1
            while self.announced < wanted and time.monotonic() < ends:
                self.announced += await self._bucket(connection)
        finally:
            connection.terminate()

    async def _bucket(self, connection: "asyncpg.Connection[asyncpg.Record]") -> int:
        async with connection.transaction():
            await connection.execute("""SET LOCAL app.principal = '{"level": "system"}'""")
            kind = self.rng.choice(ANNOUNCED)
            return await outbox.announce_again(connection, kind, self.rng.randrange(BUCKETS))


@dataclass(slots=True)
class Players:
    """Dossiers played from their call for projects to their end, one after the other: what they count is not nothing.

    What a step was to show within its seconds may come late in a storm; that is told, and not judged.
    """

    house: House
    folder: Path
    played: int = 0
    late: int = 0

    async def run(self, over: asyncio.Event) -> None:
        """Begin another one for as long as it storms; the last one ends when it is over."""
        while not over.is_set():
            place = self.folder / str(self.played)
            place.mkdir()
            differences, _ = await stage.play(self.house, place, _as_it_comes)
            self.late += differences
            self.played += 1


async def _as_it_comes(_n: int, _step: Step) -> None:
    """Do nothing before a step."""


Late = tuple[float, int, Any]


@dataclass(slots=True)
class Echo:
    """A part of all records of states, sent again as they were, each when chance says: late, and out of order."""

    servers: str
    rng: Random
    share: float
    late_s: float
    sent: int = 0
    _waiting: list[Late] = field(default_factory=list)

    async def run(self, over: asyncio.Event) -> None:
        """Hear everything, and repeat; what waits in the end is sent before it ends."""
        places = [TopicPartition(topic, part) for topic in TOPICS for part in range(PARTITIONS)]
        async with (
            AIOKafkaConsumer(bootstrap_servers=self.servers, auto_offset_reset="earliest") as heard,
            AIOKafkaProducer(bootstrap_servers=self.servers, request_timeout_ms=60_000) as said,
        ):
            heard.assign(places)
            while not over.is_set() or self._waiting:
                for records in (await heard.getmany(timeout_ms=200)).values():
                    self._choose(records, over=over.is_set())
                await self._repeat(said, everything=over.is_set())

    def _choose(self, records: Sequence[Any], *, over: bool) -> None:
        for record in records:
            if not over and self.rng.random() < self.share:
                due = time.monotonic() + self.rng.uniform(0, self.late_s)
                heapq.heappush(self._waiting, (due, self.rng.getrandbits(64), record))

    async def _repeat(self, said: AIOKafkaProducer, *, everything: bool) -> None:
        waits = []
        while self._waiting and (everything or self._waiting[0][0] <= time.monotonic()):
            one = heapq.heappop(self._waiting)[2]
            waits.append(await said.send(one.topic, one.value, one.key, one.partition, headers=list(one.headers)))
        done = await asyncio.gather(
            *waits, return_exceptions=True
        )  # the broker may be away: then it is said less often
        self.sent += sum(not isinstance(result, BaseException) for result in done)


@dataclass(slots=True)
class Reaper:
    """Kill -9 of whoever it meets: an API, a worker, now and then the broker or a backend of PostgreSQL."""

    house: House
    rng: Random
    every_s: float
    killed: Counter[str] = field(default_factory=Counter)

    async def run(self, over: asyncio.Event) -> None:
        names = sorted(services(self.house))
        while not over.is_set():
            if not await happens(over, within_s=self.every_s * self.rng.uniform(0.5, 1.5)):
                self._kill(self.rng.random(), self.rng.choice(names))

    def _kill(self, chance: float, service: str) -> None:
        if chance < BROKER:
            name, pid = "kafka", kill(self.house, "kafka")
        elif chance < DATABASE:
            name, pid = "a backend of PostgreSQL", self._kill_backend()
        else:
            name, pid = service, kill(self.house, service)
        self.killed[name] += pid is not None

    def _kill_backend(self) -> int | None:
        server = self.house.processes().get("postgres")
        backends = [] if server is None else [pid for pid in family(server)[1:] if _is_backend(pid)]
        if not backends:
            return None
        pid = self.rng.choice(backends)
        send([pid], signal.SIGKILL)
        return pid


def _is_backend(pid: int) -> bool:
    """Tell a connection's process from the server's own."""
    try:
        return "127.0.0.1(" in Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
    except OSError:
        return False


__all__ = ["Announcer", "Echo", "Players", "Reaper", "Writers", "happens"]

"""A world for relays to run in, one step at a time: they await its ports, and nothing else.

(1) Whoever awaits anything here gives the turn away: between any two awaits anything may happen to anybody.
(2) A broker appends what it is sent a part at a time, and its answer may be lost.
(3) The server may end a process's session while the process lives on, and knows nothing of it.
(4) A session answers one question at a time, and refuses a second one: who gives up what he has asked for ahead is not
    free to ask before he has given the turn away.
"""

from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from math import inf
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from common.contracts.platform import Digest
from common.kafka.port import Outgoing, Place, Record, Trouble
from common.relay.ports import NOTHING_SEEN, Cursor, Difference, OutboxAway, Ports, Row, SteppedDown, Taken
from tests.unit.common.backbone.models import FACTS, STATES, Broker, Database, Snapshot, Transaction, Written

PARTITIONS = 2
PLACES = [Place(topic, n) for topic in (FACTS, STATES) for n in range(PARTITIONS)]
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
KEYS = 3
WRITERS = 5
NOBODY_LED = Taken(Cursor(epoch=0, db_epoch=1, s1=NOTHING_SEEN), {}, signed_off=True, restored=False)


class Turn(NamedTuple):
    """What a coroutine says when it gives the turn away: not before `at` again."""

    at: float
    pausing: bool = False


class Step:
    """Awaited: the turn is given away."""

    def __init__(self, at: float = 0.0, *, pausing: bool = False) -> None:
        self._turn = Turn(at, pausing)

    def __await__(self) -> Generator[Turn, None, None]:
        yield self._turn


@dataclass
class World:
    """All of it, and the chance that decides who goes on."""

    rng: Random
    database: Database = field(default_factory=Database)
    broker: Broker = field(default_factory=Broker)
    time: float = 0.0
    turns: int = 0
    ids: int = 1 << 64
    exported: dict[str, Snapshot] = field(default_factory=dict)

    def now(self) -> datetime:
        return BEGINNING + timedelta(seconds=self.time)

    def write(self, *, begin: bool) -> None:
        """Let one of the writers begin, or go on."""
        database, rng = self.database, self.rng
        if begin and rng.random() < 0.3 and len(database.open) < WRITERS:
            key = str(rng.randrange(KEYS))
            database.open.append(Transaction(key, touches_first=rng.random() < 0.5, commits=rng.random() < 0.9))
        elif database.open:
            database.step(rng.choice(database.open), rng, int(self.now().timestamp() * 1e6))

    def ports(self, alive: "Alive") -> Ports:
        return Ports(
            outbox=lambda: _made(Session(self, alive, alive.generation)),
            broker=lambda: _made(Client(self, alive)),
            clock=Clock(self),
            place=place,
            places=PLACES,
            states=[one for one in PLACES if one.topic == STATES],
            new_id=self._new_id,
            digest=lambda name: Later(lambda: self._count(name), self.rng),
        )

    def _new_id(self) -> UUID:
        self.ids += 1
        return UUID(int=self.ids)

    async def _count(self, name: str) -> Sequence[Digest]:
        """Count what is held in an exported snapshot: how many aggregates, and the sum of their versions."""
        seen = self.exported[name]
        held = {one.row[4]: one.row[5] for one in sorted(self.database.rows, key=_seq) if seen.sees(one.xid)}
        return [Digest(aggregate="thing", bucket=0, count=len(held), versions=sum(held.values()), hash="")]


def leads(world: World, alive: "Alive") -> bool:
    """Tell whether it is a session of this process that has the lock."""
    return isinstance(world.database.leader, Session) and world.database.leader.alive is alive


def place(topic: str, key: str) -> Place:
    return Place(topic, int(key) % PARTITIONS if key.isdigit() else 0)


def _seq(one: Written) -> int:
    return one.row[0]


async def _made(port: Any) -> Any:
    await Step()
    return port


class Later:
    """What is asked for now and answered when awaited; whether it is done already is a matter of luck."""

    def __init__(
        self, answer: Callable[[], Any], rng: Random | None = None, *, given_up: Callable[[], None] = lambda: None
    ) -> None:
        self._answer = answer
        self._rng = rng
        self._given_up = given_up

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._answer().__await__()  # type: ignore[no-any-return]  # a coroutine's

    def done(self) -> bool:
        return self._rng is None or self._rng.random() < 0.3

    def cancel(self) -> None:
        self._given_up()


class Clock:
    """The world's time."""

    def __init__(self, world: World) -> None:
        self._world = world

    def monotonic(self) -> float:
        return self._world.time

    def now(self) -> datetime:
        return self._world.now()

    async def pause(self, seconds: float) -> None:
        await Step(self._world.time + seconds, pausing=True)


@dataclass(eq=False)
class Alive:
    """The sessions of a process: the server may end them while the process lives on."""

    generation: int = 0


@dataclass(eq=False)
class Session:
    """The outbox, through one session; `free_at`: in which turn of the world it may be asked again."""

    world: World
    alive: Alive
    generation: int
    free_at: float = 0

    @property
    def database(self) -> Database:
        return self.world.database

    async def _ask(self) -> None:
        if self.world.turns < self.free_at:
            raise OutboxAway("another operation is in progress")
        await Step()
        if self.generation != self.alive.generation:
            raise OutboxAway("the session has ended")

    async def lead(self) -> bool:
        await self._ask()
        if self.database.leader is None:
            self.database.leader = self
        return self.database.leader is self

    async def faults(self) -> Sequence[str]:
        return []

    async def take(self) -> Taken:
        await self._ask()
        before = self.database.cursor or NOBODY_LED
        restored = self.database.cursor_timeline != self.database.timeline
        cursor = replace(before.cursor, epoch=before.cursor.epoch + 1)
        acked = before.acked
        if restored:
            cursor, acked = replace(cursor, db_epoch=cursor.db_epoch + 1, s1=NOTHING_SEEN, draining=None), {}
        self.database.cursor_timeline = self.database.timeline
        self.database.cursor = before._replace(cursor=cursor, acked=acked, signed_off=False)
        await self._ask()
        return before._replace(cursor=cursor, acked=acked, restored=restored)

    async def look(self) -> str:
        await self._ask()
        return str(self.database.snapshot())

    async def difference(self, s1: str, *, rows_max: int) -> Difference:
        await self._ask()
        return self._difference(s1, rows_max)

    def _difference(self, s1: str, rows_max: int) -> Difference:
        rows = self._rows(Snapshot.of(s1), self.database.snapshot())
        return Difference(str(self.database.snapshot()), rows if len(rows) <= rows_max else None)

    def _rows(self, s1: Snapshot, upper: Snapshot) -> list[Row]:
        found = [one for one in self.database.rows if upper.sees(one.xid) and not s1.sees(one.xid)]
        return [one.row for one in sorted(found, key=_seq)]

    async def first(self, s1: str, upper: str) -> int:
        await self._ask()
        return self._rows(Snapshot.of(s1), Snapshot.of(upper))[0][0]

    def page(self, cursor: Cursor, after: int, *, rows_max: int) -> Later:
        def give_up() -> None:
            self.free_at = min(self.free_at, self.world.turns + 1)

        async def read() -> Sequence[Row]:
            self.free_at = 0
            await self._ask()
            assert cursor.draining is not None
            rows = self._rows(Snapshot.of(cursor.s1), Snapshot.of(cursor.draining[0]))
            return [row for row in rows if row[0] > after][:rows_max]

        self.free_at = inf
        return Later(read, given_up=give_up)

    async def save(self, cursor: Cursor, acked: Mapping[Place, int]) -> None:
        await self._ask()
        before = self._fenced(cursor)
        self.database.cursor = before._replace(cursor=cursor, acked={**before.acked, **acked})
        await self._ask()

    def _fenced(self, cursor: Cursor) -> Taken:
        now = self.database.cursor
        if now is None or now.cursor.epoch != cursor.epoch:
            raise SteppedDown("the cursor has another epoch")
        return now

    async def forget(self, cursor: Cursor) -> Cursor:
        await self._ask()
        forgotten = replace(cursor, s1=NOTHING_SEEN, draining=None)
        self.database.cursor = self._fenced(cursor)._replace(cursor=forgotten, acked={})
        return forgotten

    async def audit(self, cursor: Cursor, starts: Mapping[Place, int] | None, since: str) -> None:
        await self._ask()
        self.database.cursor = self._fenced(cursor)._replace(auditing=starts, audited_since=since)

    async def sign_off(self, cursor: Cursor) -> None:
        await self._ask()
        self.database.cursor = self._fenced(cursor)._replace(signed_off=True)

    async def newest(self, topic: str, keys: Collection[str], since: str, s1: str) -> Sequence[Row]:
        await self._ask()
        rows = self._rows(Snapshot.of(since), Snapshot.of(s1))
        return list({row[4]: row for row in rows if row[3] == topic and row[4] in keys}.values())

    async def waiting(self, after: int) -> int:
        return self.database.seq - after

    async def oldest(self) -> int | None:
        await self._ask()
        return None

    async def parked(self) -> int:
        return 0

    async def export(self, s1: str, *, rows_max: int) -> tuple[str, Difference]:
        await self._ask()
        name = str(len(self.world.exported))
        self.world.exported[name] = self.database.snapshot()
        return name, self._difference(s1, rows_max)

    async def release(self) -> None:
        pass

    async def close(self) -> None:
        if self.database.leader is self:
            self.database.leader = None


@dataclass(eq=False)
class Client:
    """The broker, through one producer: a part of what is sent may be there when it fails."""

    world: World
    alive: Alive

    async def _ask(self) -> None:
        await Step()
        if self.world.broker.away or self.world.rng.random() < self.world.broker.lost_answers:
            raise Trouble("no answer")

    async def faults(self) -> Sequence[str]:
        return []

    async def send(self, runs: Mapping[Place, Sequence[Outgoing]]) -> Mapping[Place, int]:
        offsets = {}
        for where, run in runs.items():
            half = self.world.rng.randint(0, len(run))
            for part in (run[:half], run[half:]):
                await self._ask()
                self.world.broker.log(where).extend(part)
                offsets[where] = len(self.world.broker.log(where)) - 1
        await self._ask()
        return offsets

    async def ends(self, places: Collection[Place]) -> Mapping[Place, int]:
        await self._ask()
        return {where: len(self.world.broker.log(where)) for where in places}

    async def read(self, starts: Mapping[Place, int], *, records_max: int) -> Sequence[Record]:
        await self._ask()
        found = [
            Record(where.topic, where.partition, offset, one.key, one.value, one.headers, one.stamp_ms)
            for where, start in starts.items()
            for offset, one in enumerate(self.world.broker.log(where)[start:], start)
        ]
        return found[:records_max]

    async def close(self) -> None:
        """Take a while: whoever waits for that has given the turn away."""
        self.world.turns += 1

"""A world for the consumer's loop: a broker, a ledger and a clock that a schedule moves step by step."""

from collections import defaultdict
from collections.abc import Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from common.consumer.core import Member
from common.consumer.ports import Settings
from common.kafka.port import Place, Record, Turn
from tests.unit.common.consumer_ledger import ModelLedger, Store, Waits, a_moment, named, until

TOPIC, OTHER_TOPIC = "facts", "states"
PLACES = (Place(TOPIC, 0), Place(TOPIC, 1), Place(OTHER_TOPIC, 0), Place(OTHER_TOPIC, 1))
HANDS = 2
SETTINGS = Settings(
    servers="",
    poll_records_max=4,
    batch_records_max=8,
    buffer_records_max=12,
    backoff_s_max=1,
    commit_hint_every_s=1,
)


@dataclass
class Time:
    """The clock of a world, for all its members."""

    s: float = 0.0
    rng: Random = field(default_factory=lambda: Random(1))  # noqa: S311 - a seeded schedule

    def now(self) -> float:
        return self.s

    def jitter(self) -> float:
        return self.rng.uniform(0.5, 1)

    async def rest(self, seconds: float) -> None:
        due = self.s + seconds
        await until(lambda: self.s >= due)

    def bell(self) -> "Rung":
        return Rung(self)


@dataclass
class Rung:
    """A bell that the schedule can hear: whoever waits when it rings, and else who asks next."""

    time: Time
    rings: int = 0
    answered: int = 0

    def ring(self) -> None:
        self.rings += 1

    async def heard(self, within_s: float) -> bool:
        due, before = self.time.s + within_s, self.answered
        await until(lambda: self.rings > before or self.time.s >= due)
        self.answered = self.rings
        return self.rings > before


class ModelKafka:
    """One member's client: what it believes to be its own, and where it reads."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.turn = Turn(0, frozenset())
        self.positions: dict[Place, int] = {}
        self.paused: set[Place] = set()

    def assign(self, places: Collection[Place]) -> None:
        """Begin a turn: positions are anywhere, pauses are void."""
        self.turn = Turn(self.turn.number + 1, frozenset(places))
        self.positions = {place: self.world.rng.randint(0, len(self.world.logs[place])) for place in places}
        self.paused = set()

    def assigned(self) -> Turn:
        return self.turn

    async def poll(self, *, records_max: int, wait_ms: int) -> Mapping[Place, Sequence[Record]]:
        due = self.world.time.s + wait_ms / 1000
        await until(lambda: bool(self._readable()) or self.world.time.s >= due)
        found: dict[Place, Sequence[Record]] = {}
        for place in self._readable():
            n = self.world.rng.randint(0, records_max)
            records = self.world.logs[place][self.positions[place] :][:n]
            if records:
                found[place], records_max = records, records_max - len(records)
                self.positions[place] = records[-1].offset + 1
        if self.world.rng.random() < 0.5:
            await a_moment()  # a rebalance may come between the fetch and its reader
        return found

    def seek(self, place: Place, offset: int) -> None:
        self.positions[place] = offset

    def pause(self, places: Collection[Place]) -> None:
        self.paused |= set(places)

    def resume(self, places: Collection[Place]) -> None:
        self.paused -= set(places)

    async def hint(self, offsets: Mapping[Place, int]) -> None:
        assert set(offsets) <= self.turn.places
        await a_moment()

    async def ends(self, places: Collection[Place]) -> Mapping[Place, int]:
        await a_moment()
        return {place: len(self.world.logs[place]) for place in places}

    async def close(self) -> None:
        """Nothing is held."""

    def _readable(self) -> list[Place]:
        return [
            place
            for place, at in self.positions.items()
            if place not in self.paused and at < len(self.world.logs[place])
        ]


class Life:
    """One life of a member: its client, its loop, and what each of its coroutines waits for."""

    def __init__(self, world: "World", kafka: ModelKafka | None = None) -> None:
        self.kafka, self.ledger = kafka or ModelKafka(world), ModelLedger(world.store, world.time.rest)
        self.member = Member("model", self.kafka, self.ledger, world.time, SETTINGS, hands=HANDS)
        coroutines = (self.member.read(), *map(self.member.apply, range(HANDS)))
        self.steps: dict[Coroutine[Waits, None, None], Waits] = dict.fromkeys(coroutines, lambda: True)

    def ready(self) -> list[Coroutine[Waits, None, None]]:
        return [step for step, waits in self.steps.items() if waits()]

    def move(self, step: Coroutine[Waits, None, None]) -> None:
        self.steps[step] = step.send(None)

    def end(self) -> None:
        for step in self.steps:
            step.close()


class World:
    """Two members of one group with two hands each, the topics they read, and the store they share."""

    def __init__(self, rng: Random, store: Store | None = None) -> None:
        self.rng, self.time, self.store = rng, Time(rng=rng), store or Store()
        self.logs: dict[Place, list[Record]] = defaultdict(list)
        self.lives = [Life(self), Life(self)]
        self.rewound = False
        self.asked = 0
        self.guilty: set[str] = set()

    def say(self, key: str, version: int) -> None:
        """Append a record; a key has its partition."""
        place = place_of(key)
        log = self.logs[place]
        log.append(Record(place.topic, place.partition, len(log), key.encode(), b"%d" % version, (), 0))

    def spoil(self, key: str, version: int, among: set[tuple[str, int]]) -> None:
        """Have a record be refused, for ever or for now."""
        self.guilty.add(key)
        among.add((key, version))

    def step(self) -> None:
        """Move one coroutine that can move, or time if none can."""
        ready = [(life, step) for life in self.lives for step in life.ready()]
        self.time.s += 0.001 if ready else 0.05
        if ready:
            life, step = self.rng.choice(ready)
            life.move(step)

    def crash(self, n: int) -> None:
        """End a member where it stands; another takes its place and its partitions."""
        places = self.lives[n].kafka.turn.places
        self.lives[n].end()
        self.lives[n] = Life(self)
        self.lives[n].kafka.assign(places)

    def rewind(self, place: Place, to: int) -> None:
        """Move an offset behind everybody's back, as an operator does."""
        if place not in self.store.holders and to < self.store.offsets.get(place, 0):
            self.store.offsets[place] = to
            self.rewound = True

    def redrive(self, key: str) -> None:
        if key in self.store.parked:
            self.asked += 1
            self.store.asked[key] = self.asked
            self.store.poisonous = {one for one in self.store.poisonous if one[0] != key}

    def settle(self, steps_max: int = 20_000) -> None:
        """Let the faults end, and go on until everything is read."""
        self.store.held.clear()
        self.store.blocked = False
        self.lives[0].kafka.assign(PLACES[:1])
        self.lives[1].kafka.assign(PLACES[1:])
        for _ in range(steps_max):
            if self._at_rest():
                return
            self.step()
        message = f"not at rest after {steps_max} steps: {self.store.offsets}, {self.store.asked}"
        raise AssertionError(message)

    def check(self) -> None:
        """Hold what happened against the logs."""
        innocent = self.store.parked.keys() - self.guilty
        assert not innocent, f"set aside though nothing was ever the matter with them: {innocent}"
        for key in {named(record)[0] for log in self.logs.values() for record in log}:
            said = [record.offset for record in self.logs[place_of(key)] if named(record)[0] == key]
            applied = [record.offset for record in self.store.applied if named(record)[0] == key]
            parked = sorted(self.store.parked.get(key, ()))
            if self.rewound:
                applied, parked = list(dict.fromkeys(applied)), [one for one in parked if one not in applied]
            assert applied + parked == said, f"{key}: applied {applied}, parked {parked}, of {said}"
            self._check_fold(key, applied)

    def _check_fold(self, key: str, applied: Sequence[int]) -> None:
        log = self.logs[place_of(key)]
        versions = [named(log[offset])[1] for offset in applied]
        records = [one for n, one in enumerate(versions) if one > max(versions[:n], default=0)]
        effects = [version for name, version in self.store.effects if name == key]
        assert effects == records, f"{key}: took effect {effects}, should have {records}"

    def _at_rest(self) -> bool:
        read = all(self.store.offsets.get(place, 0) == len(log) for place, log in self.logs.items())
        return read and not self.store.asked

    def end(self) -> None:
        for life in self.lives:
            life.end()


def place_of(key: str) -> Place:
    return PLACES[ord(key[0]) % len(PLACES)]

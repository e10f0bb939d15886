"""Lets relays, writers and faults take turns, as a seed decides; then lets everything come to rest, and judges."""

from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import msgspec

from common.contracts.platform import Checkpoint
from common.relay import core, reports
from common.relay.core import Pace
from common.relay.ports import Stopped
from tests.unit.common.backbone.models import FACTS, STATES, version
from tests.unit.common.backbone.world import Alive, Turn, World, leads

PACE = Pace(
    service="things",
    poll_ms_min=20,
    poll_ms_max=500,
    batch_rows_max=4,
    drain_rows_max=3,
    standby_poll_ms=500,
    retry_s=0.5,
    audit_s=15,
    heartbeat_every_s=5,
    checkpoint_every_s=4,
)
REST_S = 60
FROZEN_S_MAX = 12
FAULTS = ("kill", "stop", "freeze", "drop", "away", "lose_answers", "lose_tail", "fail_over")
STEP_S_MAX = 0.01


NOW = Turn(0.0)


@dataclass(eq=False)
class Process:
    """A relay's process."""

    relay: Coroutine[Turn, Any, None]
    alive: Alive
    turn: Turn = NOW


@dataclass
class Schedule:
    """One order in which everything happens."""

    seed: int
    faults: tuple[str, ...] = FAULTS
    pace: Pace = PACE
    numbers_at_once: int = 1
    world: World = field(init=False)
    processes: list[Process] = field(init=False)
    interruptions: int = 0
    resent: int = 0

    def __post_init__(self) -> None:
        self.world = World(Random(self.seed))  # noqa: S311 - a seeded schedule
        self.world.database.numbers_at_once = self.numbers_at_once
        self.processes = [self._started(), self._started()]

    def run(self, steps: int) -> None:
        """Let things happen, with faults; then without, until all is at rest."""
        for _ in range(steps):
            self._happen()
        self._mend()
        while self.world.database.open:
            self.world.write(begin=False)
        end = self.world.time + REST_S
        while self.world.time < end:
            self._go_on()
        for process in self.processes:
            process.relay.close()

    def go_until(self, condition: Callable[[], object]) -> None:
        """Let the relays go on, and nothing else happen, until something is so."""
        while not condition():
            self._go_on()

    # ------------------------------------------------------------------------------------------- what happens

    def _happen(self) -> None:
        chance = self.world.rng.random()
        if chance < 0.3:
            self.world.write(begin=True)
        elif chance < 0.31 and self.faults:
            getattr(self, f"_{self.world.rng.choice(self.faults)}")()
        else:
            self._go_on()

    def _go_on(self) -> None:
        """Let one of the processes take a step; if all of them rest, let time pass."""
        world = self.world
        ready = [one for one in self.processes if one.turn.at <= world.time]
        if not ready:
            world.time = min(one.turn.at for one in self.processes)
            return
        world.time += world.rng.uniform(0, STEP_S_MAX)
        self._step(world.rng.choice(ready))

    def _step(self, process: Process) -> None:
        self.world.turns += 1
        process.turn = process.relay.send(None)

    def _started(self) -> Process:
        alive = Alive()
        return Process(core.run(self.world.ports(alive), self.pace), alive)

    # ------------------------------------------------------------------------------------------------ faults

    def _kill(self) -> None:
        """Kill -9: whatever it awaits never comes."""
        dead = self.world.rng.choice(self.processes)
        self.interruptions += 1
        dead.relay.close()
        self._replace(dead)

    def _stop(self) -> None:
        resting = [one for one in self.processes if one.turn.pausing and one.turn.at > self.world.time - 1]
        if resting:
            told = self.world.rng.choice(resting)
            try:
                told.turn = told.relay.throw(Stopped())
                while True:
                    self._step(told)
            except Stopped:
                self._replace(told)

    def _replace(self, gone: Process) -> None:
        self.processes[self.processes.index(gone)] = self._started()

    def _freeze(self) -> None:
        frozen = self.world.rng.choice(self.processes)
        frozen.turn = Turn(self.world.time + self.world.rng.uniform(0, FROZEN_S_MAX))

    def _drop(self) -> None:
        """Freeze a leader, and let the server end its session: the lock is free, and the leader knows nothing of it."""
        database = self.world.database
        for process in self.processes:
            if leads(self.world, process.alive):
                process.alive.generation += 1
                process.turn = Turn(self.world.time + self.world.rng.uniform(0, FROZEN_S_MAX))
                database.leader = None
                self.interruptions += 1

    def _away(self) -> None:
        self.world.broker.away = not self.world.broker.away
        self.interruptions += 1

    def _lose_answers(self) -> None:
        self.world.broker.lost_answers = self.world.rng.choice([0.0, 0.1])

    def _lose_tail(self) -> None:
        """Let a partition forget its newest records, as one does that was not written to its disk."""
        logs = [place for place, log in self.world.broker.logs.items() if log and place.topic in (FACTS, STATES)]
        if logs:
            self.world.broker.lose_tail(self.world.rng.choice(sorted(logs)), self.world.rng.randint(1, 5))
            self.resent += 1

    def _fail_over(self) -> None:
        self.world.database.timeline += 1
        self.resent += 1
        for process in self.processes:
            process.alive.generation += 1
        self.world.database.leader = None

    def _mend(self) -> None:
        self.world.broker.away, self.world.broker.lost_answers = False, 0.0


# ---------------------------------------------------------------------------------------------------- judgements


def lost(schedule: Schedule) -> set[tuple[str, str, int]]:
    """INV1: every committed row is on its topic."""
    return _committed(schedule) - _published(schedule)


def ghosts(schedule: Schedule) -> set[tuple[str, str, int]]:
    """INV2: whatever is on a topic was committed."""
    return _published(schedule) - _committed(schedule)


def disordered(schedule: Schedule) -> list[tuple[str, str, list[int]]]:
    """INV3: the first occurrences of an aggregate's records are 1, 2, 3 …"""
    firsts: dict[tuple[str, str], list[int]] = defaultdict(list)
    for topic in (FACTS, STATES):
        for key, number in schedule.world.broker.records(topic):
            if number not in firsts[topic, key]:
                firsts[topic, key].append(number)
    return [(*of, found) for of, found in firsts.items() if found != list(range(1, len(found) + 1))]


def repeats(schedule: Schedule) -> int:
    """INV5: what was published more than once."""
    logs = schedule.world.broker.logs
    return sum(len(log) for place, log in logs.items() if place.topic in (FACTS, STATES)) - len(_published(schedule))


def overtaken(schedule: Schedule) -> list[str]:
    """INV9: the last record of each key is its newest state."""
    last = dict(schedule.world.broker.records(STATES))
    return [key for key, number in last.items() if number != schedule.world.database.versions.get(key)]


def untrue_checkpoints(schedule: Schedule) -> Iterator[Checkpoint]:
    """A checkpoint says what is published up to its ends, neither more nor less."""
    logs = schedule.world.broker.logs
    for place, log in logs.items():
        if place.topic == reports.CHECKPOINTS:
            for record in log:
                said = msgspec.json.decode(record.value or b"", type=Checkpoint)
                if _held(schedule, said) != (said.digests[0].count, said.digests[0].versions):
                    yield said


def _held(schedule: Schedule, said: Checkpoint) -> tuple[int, int]:
    held: dict[str, int] = defaultdict(int)
    for place, log in schedule.world.broker.logs.items():
        if place.topic == STATES:
            for one in log[: said.ends[f"{place.topic}/{place.partition}"]]:
                held[one.key.decode()] = max(held[one.key.decode()], version(one))
    return len(held), sum(held.values())


def _committed(schedule: Schedule) -> set[tuple[str, str, int]]:
    return {(one.row[3], one.row[4], one.row[5]) for one in schedule.world.database.rows}


def _published(schedule: Schedule) -> set[tuple[str, str, int]]:
    broker = schedule.world.broker
    return {(topic, key, number) for topic in (FACTS, STATES) for key, number in broker.records(topic)}

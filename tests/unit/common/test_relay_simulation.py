"""The relay that runs in production, under thousands of orders in which commits, answers, crashes and leaders can meet.

Each schedule is a seed: what it finds is found again with it.  `pytest -m on_demand tests/unit/common` tries many more.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from random import Random

import pytest

from common.relay.ports import Row
from tests.unit.common.backbone import schedule as judge
from tests.unit.common.backbone.models import Database, Snapshot
from tests.unit.common.backbone.schedule import PACE, Schedule
from tests.unit.common.backbone.world import World

STEPS = 1_200
FEW, MANY = range(40), range(1_000, 6_000)
CRASHES = ("kill", "stop", "freeze", "drop", "away", "lose_answers")
WHOLE_BATCHES = 3
"""What may be in hand at an interruption, in batches: the leader's, a frozen one's, and what an audit sends again."""


def played(seed: int, **settings) -> Schedule:
    schedule = Schedule(seed, **settings)
    schedule.run(STEPS)
    return schedule


def judge_crashes(seed: int) -> None:
    """INV1 to INV5 and INV9, whatever dies, freezes, or is answered by nobody."""
    schedule = played(seed, faults=CRASHES)
    assert judge.lost(schedule) == set()
    assert judge.ghosts(schedule) == set()
    assert judge.disordered(schedule) == []
    assert judge.overtaken(schedule) == []
    assert list(judge.untrue_checkpoints(schedule)) == []
    assert judge.repeats(schedule) <= (schedule.interruptions + 1) * WHOLE_BATCHES * PACE.batch_rows_max


def judge_losses(seed: int) -> None:
    """A broker that forgets, a database that fails over: what is retained is there again, and the newest comes last.

    First occurrences are in order no more: what was forgotten comes after what was said before that was noticed.
    """
    schedule = played(seed, faults=("lose_tail", "fail_over", "kill", "away"))
    assert judge.lost(schedule) == set()
    assert judge.ghosts(schedule) == set()
    assert judge.overtaken(schedule) == []


@pytest.mark.parametrize("seed", FEW)
def test_no_crash_loses_or_disorders_anything(seed: int):
    judge_crashes(seed)


@pytest.mark.parametrize("seed", FEW[:20])
def test_what_a_broker_forgets_is_sent_again(seed: int):
    judge_losses(seed)


@pytest.mark.parametrize("seed", FEW[:20])
def test_a_tail_that_is_lost_while_a_large_difference_is_sent_is_sent_again(seed: int):
    """The session that is to forget what was acknowledged is reading the next page when the loss is found."""
    schedule = Schedule(seed, faults=())
    world = schedule.world
    for _ in range(300):
        world.write(begin=True)
    schedule.go_until(lambda: world.database.cursor is not None and world.database.cursor.cursor.draining)
    longest = max(world.broker.logs, key=lambda place: len(world.broker.log(place)))
    world.broker.lose_tail(longest, 1)
    schedule.run(0)
    assert judge.lost(schedule) == set()


@pytest.mark.on_demand
@pytest.mark.timeout(3_600)
def test_no_crash_loses_or_disorders_anything_in_many_more_schedules():
    for seed in MANY:
        judge_crashes(seed)
        judge_losses(seed)


# ------------------------------------------------------------------------------------ that all this finds faults


def test_without_the_audit_an_old_state_comes_last_somewhere():
    blind = replace(PACE, audit_s=-1_000, audit_records_max=0)
    seeds = range(1_000, 1_300)
    assert any(judge.overtaken(played(seed, faults=("kill", "freeze", "drop"), pace=blind)) for seed in seeds)


def test_an_identity_that_caches_breaks_the_order():
    assert any(judge.disordered(played(seed, faults=(), numbers_at_once=20)) for seed in FEW)


@dataclass
class Watermark:
    """The reader that everybody writes first: what is greater than the last number."""

    read: list[Row] = field(default_factory=list)
    last: int = 0

    def look(self, database: Database) -> None:
        rows = sorted(one.row for one in database.rows if one.row[0] > self.last)
        self.read += rows
        self.last = max([self.last, *(row[0] for row in rows)])


@dataclass
class Horizon:
    """The reader that is recommended next: whatever lies below the oldest open transaction, in the order of numbers."""

    read: list[Row] = field(default_factory=list)
    last: tuple[int, int] = (0, 0)

    def look(self, database: Database) -> None:
        seen = database.snapshot()
        oldest = min([*seen.still_open, seen.xmax])
        found = [(one.xid, one.row) for one in database.rows if self.last < (one.xid, one.row[0]) and one.xid < oldest]
        for xid, row in sorted(found, key=lambda one: (one[0], one[1][0])):
            self.read.append(row)
            self.last = (xid, row[0])


@dataclass
class Difference:
    """Ours, in three lines."""

    read: list[Row] = field(default_factory=list)
    s1: Snapshot = field(default_factory=lambda: Snapshot.of("1:1:"))

    def look(self, database: Database) -> None:
        s2 = database.snapshot()
        self.read += sorted(one.row for one in database.rows if s2.sees(one.xid) and not self.s1.sees(one.xid))
        self.s1 = s2


@pytest.mark.parametrize(
    ("reader", "loses", "inverts"), [(Watermark, True, False), (Horizon, False, True), (Difference, False, False)]
)
def test_the_readers_of_an_outbox_that_look_simpler(reader: type, loses: bool, inverts: bool):
    outcomes = [_outcome(reader(), seed) for seed in FEW]
    assert (any(lost for lost, _ in outcomes), any(inverted for _, inverted in outcomes)) == (loses, inverts)


def _outcome(reader: Watermark | Horizon | Difference, seed: int) -> tuple[bool, bool]:
    """Let a reader look now and then at what writers do; say whether it has lost, and whether it has inverted."""
    world = World(Random(seed))  # noqa: S311 - a seeded schedule
    for step in range(STEPS):
        world.write(begin=step < STEPS / 2)
        if world.rng.random() < 0.3:
            reader.look(world.database)
    while world.database.open:
        world.write(begin=False)
    reader.look(world.database)
    return len(reader.read) < len(world.database.rows), any(_inversions(reader.read))


def _inversions(rows: list[Row]) -> Iterator[bool]:
    versions: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        versions.setdefault((row[3], row[4]), []).append(row[5])
    for found in versions.values():
        yield from (later < earlier for earlier, later in pairwise(found))

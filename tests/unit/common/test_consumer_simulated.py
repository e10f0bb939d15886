"""The consumer's loop under schedules: rebalances, zombies, repeats, lost answers, poison, and a crash at any await.

What must hold whatever the schedule: of each key, what was applied and what is parked is what was said, in its order
and once; what took effect is the fold of the distinct records (INV4); nothing is parked with which nothing was ever the
matter.  A ledger without one of its guards is caught.
"""

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from common.consumer import core
from tests.unit.common.consumer_ledger import Store, named
from tests.unit.common.consumer_world import OTHER_TOPIC, PLACES, SETTINGS, TOPIC, World

KEYS = st.sampled_from("abcdefgh")  # two for each partition: a record without a neighbour is never set aside for one
MEMBERS = st.integers(0, 1)


class Schedules(RuleBasedStateMachine):
    """Everything that may happen, in any order; at its end faults end too, and everything must have come right."""

    guards, compares, rewinds = True, True, True

    def __init__(self) -> None:
        super().__init__()
        self.world = World(Random(0), Store(guards=self.guards, compares=self.compares))  # noqa: S311 - a schedule
        self.latest: dict[str, int] = {}
        self.rebalance(set(PLACES[:2]), set(PLACES[2:]))

    @rule(seed=st.integers(0, 2**16), steps=st.integers(1, 60))
    def go_on(self, seed: int, steps: int) -> None:
        self.world.rng.seed(seed)
        for _ in range(steps):
            self.world.step()

    @rule(keys=st.lists(KEYS, min_size=3, max_size=12))
    def say_many_while_all_is_blocked(self, keys: list[str]) -> None:
        """For long enough that what waits is tried as often as it may be: single steps seldom get there."""
        self.world.store.blocked = True
        self.say_many(keys)
        unblocked_at = self.world.time.s + 10
        while self.world.time.s < unblocked_at:
            self.world.step()
        self.world.store.blocked = False

    @rule(key=KEYS, jump=st.sampled_from((1, 1, 1, 2)))
    def say_the_next(self, key: str, jump: int) -> None:
        self.latest[key] = self.latest.get(key, 0) + jump
        self.world.say(key, self.latest[key])

    @rule(keys=st.lists(KEYS, min_size=3, max_size=12))
    def say_many(self, keys: list[str]) -> None:
        for key in keys:
            self.say_the_next(key, 1)

    @rule(key=KEYS, back=st.integers(0, 3))
    def say_again(self, key: str, back: int) -> None:
        """A relay repeats: at another offset, and perhaps out of order."""
        if version := max(self.latest.get(key, 0) - back, 0):
            self.world.say(key, version)

    @rule(key=KEYS)
    def say_poison(self, key: str) -> None:
        self.say_the_next(key, 1)
        self.world.spoil(key, self.latest[key], self.world.store.poisonous)

    @rule(key=KEYS)
    def say_what_must_wait(self, key: str) -> None:
        self.say_the_next(key, 1)
        self.world.spoil(key, self.latest[key], self.world.store.held)

    @rule()
    def hold_nothing_any_more(self) -> None:
        self.world.store.held.clear()

    @rule(blocked=st.booleans())
    def block_everything(self, blocked: bool) -> None:
        self.world.store.blocked = blocked

    @rule(first=st.sets(st.sampled_from(PLACES)), second=st.sets(st.sampled_from(PLACES)))
    def rebalance(self, first, second) -> None:
        """Both may believe that they own a partition, or nobody."""
        self.world.lives[0].kafka.assign(first)
        self.world.lives[1].kafka.assign(second)

    @rule(member=MEMBERS)
    def crash(self, member: int) -> None:
        self.world.crash(member)

    @rule(member=MEMBERS)
    def lose_the_answer_to_a_commit(self, member: int) -> None:
        self.world.lives[member].ledger.loses = True

    @rule(key=KEYS)
    def redrive(self, key: str) -> None:
        self.world.redrive(key)

    @rule(place=st.sampled_from(PLACES), to=st.integers(0, 5))
    def rewind(self, place, to: int) -> None:
        if self.rewinds:
            self.world.rewind(place, to)

    def teardown(self) -> None:
        try:
            self.world.settle()
            self.world.check()
        finally:
            self.world.end()


class NeverRewound(Schedules):
    """Without a rewind, each offset takes effect in exactly one transaction."""

    rewinds = False


class WithoutCompareAndSet(NeverRewound):
    compares = False


class WithoutVersionGuard(NeverRewound):
    guards = False


def play(machine: type[Schedules], examples: int, *phases: Phase) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=40,
            derandomize=True,
            deadline=None,
            database=None,
            phases=phases or (Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("machine", [Schedules, NeverRewound])
def test_whatever_happens_every_record_takes_effect_once_and_in_order(machine: type[Schedules]):
    play(machine, 60)


@pytest.mark.on_demand
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("machine", [Schedules, NeverRewound])
def test_whatever_happens_on_many_more_schedules(machine: type[Schedules]):
    play(machine, 2_000)


@pytest.mark.parametrize("broken", [WithoutCompareAndSet, WithoutVersionGuard])
def test_a_ledger_without_a_guard_is_caught(broken: type[Schedules]):
    with pytest.raises(AssertionError):
        play(broken, 300, Phase.generate)


@pytest.mark.parametrize("seed", range(60))
def test_nothing_is_set_aside_for_a_blockage_that_ends_while_its_neighbour_is_tried(seed: int):
    """A lock on a table that all share is let go at any moment of the fifth try, and of what follows it."""
    world = World(Random(seed))  # noqa: S311 - a seeded schedule
    world.store.blocked = True
    world.lives[0].kafka.assign(PLACES)
    for version in (1, 2):
        for key in "ae":  # of one partition
            world.say(key, version)
    while not _tried(world):
        world.step()
    for _ in range(seed):
        world.step()
    world.settle()
    world.check()
    world.end()
    assert len(world.store.applied) == 4


@pytest.mark.parametrize("seed", range(10))
def test_a_record_that_is_parked_behind_its_key_passes_nowhere_and_condemns_nobody(seed: int):
    """A lock on a table that all share, while one key is parked: its later records are set aside, and show nothing."""
    world = World(Random(seed))  # noqa: S311 - a seeded schedule
    world.lives[0].kafka.assign(PLACES)
    world.say("a", 1)
    world.spoil("a", 1, world.store.poisonous)
    move_until(world, lambda: "a" in world.store.parked)
    world.store.blocked = True
    for key, version in (("e", 1), ("a", 2), ("e", 2), ("a", 3)):  # of one partition
        world.say(key, version)
    unblocked_at = world.time.s + 10
    move_until(world, lambda: world.time.s >= unblocked_at)
    assert len(world.store.parked["a"]) == 1, "and what comes behind it waits with what it came with"
    world.settle()
    world.check()
    world.end()
    assert _version(world, "e") == 2


@pytest.mark.parametrize("between", [1, 5])
def test_a_record_that_cannot_pass_is_set_aside_when_one_behind_those_of_a_parked_key_passes(
    between: int, monkeypatch: pytest.MonkeyPatch
):
    """However many of the parked key stand between: neighbours are counted by their keys."""
    monkeypatch.setattr(core, "_NEIGHBOURS_MAX", 3)
    world = World(Random(1))  # noqa: S311 - a seeded schedule
    world.lives[0].kafka.assign(PLACES)
    world.say("a", 1)
    world.spoil("a", 1, world.store.poisonous)
    move_until(world, lambda: "a" in world.store.parked)
    world.spoil("e", 1, world.store.held)
    for key, version in (("e", 1), *(("a", n + 2) for n in range(between)), ("i", 1)):  # of one partition
        world.say(key, version)
    move_until(world, lambda: _version(world, "i") == 1)
    world.settle()
    world.check()
    world.end()
    assert sorted(world.store.parked) == ["a", "e"]


def _tried(world: World) -> bool:
    return any(lane.tries == SETTINGS.tries - 1 for lane in world.lives[0].member.lanes.values())


@pytest.mark.parametrize("seed", range(10))
def test_a_redrive_that_cannot_pass_now_ends_and_is_in_nobodys_way(seed: int):
    """One key's redrive waits for a lock for good; another's does not, and a third key is told of all the time."""
    world = World(Random(seed))  # noqa: S311 - a seeded schedule
    world.lives[0].kafka.assign(PLACES)
    for key in "ae":
        world.say(key, 1)
        world.spoil(key, 1, world.store.poisonous)
    move_until(world, lambda: len(world.store.parked) == 2)
    world.store.slow.add("a")
    for key in "ae":
        world.redrive(key)
    told: list[float] = []
    while world.store.asked:
        told.append(world.time.s)
        world.say("i", len(told))  # of the same partition
        move_until(world, lambda: _version(world, "i") == len(told))
        assert world.time.s - told[-1] < 1, "no other key waits for a second"
        assert "e" not in world.store.parked or world.time.s - told[0] < 5, "the other one has its turn"
        move_until(world, lambda: world.time.s >= told[-1] + 0.1)
    world.end()
    assert list(world.store.refused) == ["a"]
    assert f"not in {SETTINGS.tries} tries" in world.store.refused["a"]
    assert list(world.store.parked) == ["a"], "and it stays as it is"


@pytest.mark.parametrize("seed", range(20))
def test_hands_go_side_by_side_and_are_in_nobodys_way(seed: int):
    """Two topics are applied at once, though never one by both hands, and looked at, and nothing is read again.

    There is so much to read that topics are looked at while others are applied.
    """
    world = World(Random(seed))  # noqa: S311 - a seeded schedule
    world.lives[0].kafka.assign(PLACES)
    for version in range(1, 400):
        for key in "abcd":
            world.say(key, version)
    in_flight = set[frozenset[str]]()
    while len(world.store.applied) < sum(map(len, world.logs.values())):
        in_flight.add(frozenset(place.topic for place in world.store.holders))
        world.step()
    world.end()
    assert frozenset((TOPIC, OTHER_TOPIC)) in in_flight
    assert world.lives[0].ledger.fenced == 0
    assert sorted(world.lives[0].ledger.placed) == sorted(PLACES), "each once"
    assert [named(one) for one in world.store.applied if named(one)[0] == "a"] == [("a", n) for n in range(1, 400)]


def test_a_key_with_much_behind_it_is_redriven_in_portions_and_in_order():
    world = World(Random(1))  # noqa: S311 - a seeded schedule
    world.lives[0].kafka.assign(PLACES)
    world.spoil("a", 1, world.store.poisonous)
    much = 5 * SETTINGS.poll_records_max
    for version in range(1, much + 1):
        world.say("a", version)
    move_until(world, lambda: len(world.store.parked.get("a", ())) == much)
    world.redrive("a")
    world.say("a", much + 1)
    world.settle()
    world.check()
    world.end()
    assert _version(world, "a") == much + 1
    assert world.store.parked == {}


def move_until(world: World, condition: Callable[[], bool], steps_max: int = 20_000) -> None:
    for _ in range(steps_max):
        if condition():
            return
        world.step()
    raise AssertionError(f"not after {steps_max} steps")


def _version(world: World, key: str) -> int:
    return world.store.versions.get(key, 0)

"""A client that has gone deaf ends its worker, one that nobody answers is given up; nothing to read is no fault."""

from collections.abc import Collection, Mapping
from random import Random

import pytest
from prometheus_client import REGISTRY

from common.consumer.watch import Stuck, Watch
from common.kafka.port import Place, Trouble
from tests.unit.common.consumer_world import HANDS, PLACES, SETTINGS, TOPIC, Life, ModelKafka, World

HOUR_S = 3_600


class Deaf(ModelKafka):
    """Is assigned partitions, and reads nothing any more."""

    def _readable(self) -> list[Place]:
        return []


class Away(Deaf):
    """Cannot ask the broker either."""

    async def ends(self, places: Collection[Place]) -> Mapping[Place, int]:
        raise Trouble(str(places))


class Unanswered(ModelKafka):
    """Reads, and is not told where partitions end."""

    async def ends(self, places: Collection[Place]) -> Mapping[Place, int]:
        raise Trouble(str(places))


def watched(kafka: type[ModelKafka], *, says: int) -> World:
    """Make a world with one member and its watch."""
    world = World(Random(7))  # noqa: S311 - a seeded schedule
    for life in world.lives:
        life.end()
    life = Life(world, kafka(world))
    life.kafka.assign(PLACES)
    life.steps[Watch(life.member, life.kafka, life.ledger, world.time, SETTINGS).run()] = lambda: True
    world.lives = [life]
    for version in range(says):
        world.say("a", version + 1)
    return world


def run_until(world: World, seconds: float) -> None:
    while world.time.s < seconds:
        world.step()


def run_for(world: World, seconds: float) -> None:
    try:
        run_until(world, seconds)
    finally:
        world.end()


def test_a_client_that_reads_nothing_although_there_is_something_ends_its_worker():
    world = watched(Deaf, says=1)
    with pytest.raises(Stuck):
        run_for(world, HOUR_S)
    assert SETTINGS.stuck_s <= world.time.s < SETTINGS.stuck_s + 3 * SETTINGS.watch_every_s


@pytest.mark.parametrize("hand", range(HANDS))
def test_a_member_of_which_one_hand_takes_no_step_ends_its_worker(hand: int):
    world = watched(ModelKafka, says=0)
    [life] = world.lives
    _, *applying, _ = life.steps
    life.steps[applying[hand]] = lambda: False
    with pytest.raises(Stuck):
        run_for(world, HOUR_S)
    assert SETTINGS.stuck_s <= world.time.s < SETTINGS.stuck_s + 3 * SETTINGS.watch_every_s


def test_a_topic_that_was_taken_away_has_no_lag_here_any_more():
    world = watched(Deaf, says=9)
    [life] = world.lives

    def lag() -> float | None:
        return REGISTRY.get_sample_value("consumer_lag_records", {"grp": life.member.name, "topic": TOPIC})

    run_until(world, SETTINGS.watch_every_s * 2)
    assert lag() == 9
    life.kafka.assign(())
    run_for(world, SETTINGS.watch_every_s * 4)
    assert lag() == 0


@pytest.mark.parametrize("says", [0, 1])
def test_a_client_that_reads_nothing_and_is_not_answered_is_given_up_for_a_new_one(says: int):
    world = watched(Away, says=says)
    with pytest.raises(Trouble):
        run_for(world, HOUR_S)
    assert SETTINGS.mute_s <= world.time.s < SETTINGS.mute_s + 3 * SETTINGS.watch_every_s


def test_a_client_that_reads_although_its_questions_fail_is_kept():
    world = watched(Unanswered, says=0)
    for version in range(40):
        world.say("a", version + 1)
        run_until(world, world.time.s + SETTINGS.mute_s / 4)
    world.end()


@pytest.mark.parametrize(("kafka", "says"), [(Deaf, 0), (ModelKafka, 100)], ids=["nothing to read", "all is well"])
def test_silence_alone_is_no_fault(kafka: type[ModelKafka], says: int):
    run_for(watched(kafka, says=says), 4 * SETTINGS.stuck_s)

"""PostgreSQL or Kafka hang, or are gone: who asks is answered in time, readiness is true, and all is whole at once."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, field
from statistics import median

import asyncpg
import pytest

from stack.ports import Ports
from tests.conftest import House
from tests.faults.asking import Client, Reply, ms, statuses
from tests.faults.breaking import apis, frozen, gone, megabytes
from tests.faults.experiment import Experiment
from tests.faults.load import Mix, closed_loop, steadily
from tests.faults.servers import answers
from tests.faults.town import Town
from tests.waiting import until

ANSWERED_WITHIN_S = 5.0
WHOLE_WITHIN_S = 1.0
GROWTH_MB_MAX = 50
UNREADY_WITHIN_S = 2.0
READY_WITHIN_S = 5.0
WRITE_P99_MS = 50
LOOK_EVERY_S = 0.05
LOOK_NOW_AND_THEN_S = 0.5
"""While writes are timed: to look takes a share of the machine."""
WATCHED_S_MAX = 300

Lost = Callable[[House, str], AbstractContextManager[None]]


@pytest.mark.experiment("P12")
async def test_nothing_waits_for_ever(experiment: Experiment, house: House, town: Town) -> None:
    """PostgreSQL is frozen, its connections open: each of the waiting clients is told within five seconds."""
    mix = Mix(town, await town.client())
    await steadily(mix.ask, per_s=20, seconds=2)
    before = megabytes(apis(house))
    with frozen(house, "postgres"):
        replies = await closed_loop(
            mix.ask, clients=experiment.number("clients"), seconds=experiment.number("frozen_s")
        )
    thawed = time.monotonic()
    after = megabytes(apis(house))
    probes = await steadily(mix.ask, per_s=20, seconds=3)
    await mix.client.close()
    whole_after_s = max((one.at - one.took_s - thawed for one in probes if not one.good), default=0.0)
    grown = max(after[name] - before[name] for name in after.keys() & before.keys())
    slowest = max(reply.took_s for reply in replies)
    late = [one for one in replies if not one.good and not one.says_later]
    experiment.judge("answered within 5 s", holds=slowest <= ANSWERED_WITHIN_S, slowest_s=slowest)
    experiment.judge("503 with Retry-After", holds=not late, answers=str(statuses(replies)))
    experiment.judge("whole 1 s after", holds=whole_after_s <= WHOLE_WITHIN_S, recovery_s=whole_after_s)
    experiment.judge("memory", holds=grown < GROWTH_MB_MAX, growth_mb=grown)
    experiment.tell(refused_p50_ms=ms(replies, 0.5), refused_p99_ms=ms(replies, 0.99))


@pytest.mark.experiment("P11")
async def test_readiness_tells_the_truth(experiment: Experiment, house: House, town: Town) -> None:
    """A lost database shows within two seconds at every process, a lost broker at none; both without a restart.

    Business writes keep their pace while the broker is lost: the p99 of each round's.  One pause of a fifth of a second
    is a hundredth of a round's writes, so that the p99 of all rounds and of the median one are told beside the worst.
    """
    pids = apis(house)
    writes: Mapping[Lost, list[list[Reply]]] = {frozen: [], gone: []}
    for _ in range(experiment.number("rounds")):
        for lost in writes:  # connections stay open and nobody answers; then connections are refused
            await without_a_database(experiment, house, lost)
            writes[lost].append(await without_a_broker(experiment, house, town, lost))
    for lost, rounds in writes.items():
        by_round = [ms(some, 0.99) for some in rounds]
        experiment.judge_alone(f"writes keep their pace, {lost.__name__}", holds=max(by_round) < WRITE_P99_MS)
        all_p99_ms = ms([one for some in rounds for one in some], 0.99)
        told = {"p99_ms": all_p99_ms, "p99_median_round_ms": median(by_round), "p99_worst_round_ms": max(by_round)}
        experiment.tell(**{f"write_{lost.__name__}_{name}": value for name, value in told.items()})
    experiment.judge("no restart", holds=apis(house) == pids)


async def without_a_database(experiment: Experiment, house: House, lost: Lost) -> None:
    async with watching(house) as watched:
        await until(watched.all_ready, within_s=READY_WITHIN_S)
        with lost(house, "postgres"):
            began = time.monotonic()
            await until(watched.none_ready, within_s=UNREADY_WITHIN_S + experiment.number("away_s"))
            unready_s = time.monotonic() - began
            await passed(began + experiment.number("away_s"))
        await until(lambda: serves(house), within_s=60)
        back = time.monotonic()
        await until(watched.all_ready, within_s=60)
        ready_s = time.monotonic() - back
    experiment.judge("unready within 2 s", holds=unready_s <= UNREADY_WITHIN_S)
    experiment.judge("ready again within 5 s", holds=ready_s <= READY_WITHIN_S)
    experiment.judge("always alive", holds=watched.always_alive)
    experiment.tell(**{f"{lost.__name__}_unready_s": unready_s, f"{lost.__name__}_recovery_s": ready_s})


async def without_a_broker(experiment: Experiment, house: House, town: Town, lost: Lost) -> list[Reply]:
    """Write at a steady rate while Kafka is lost; return what these writes were answered."""
    client, per_s = await town.client(), experiment.number("writes_per_s")
    async with watching(house, every_s=LOOK_NOW_AND_THEN_S) as watched:
        await until(watched.all_ready, within_s=READY_WITHIN_S)
        with lost(house, "kafka"):
            writes = await steadily(Mix(town, client).write, per_s=per_s, seconds=experiment.number("away_s"))
        await until(lambda: answers(house.environment["KAFKA_BOOTSTRAP_SERVERS"]), within_s=60)
    await client.close()
    experiment.judge("ready without Kafka", holds=watched.always_ready and watched.always_alive)
    experiment.judge("writes without Kafka", holds=all(one.good for one in writes), writes=len(writes))
    return writes


async def passed(moment: float) -> None:
    await until(lambda: time.monotonic() > moment, within_s=max(1.0, moment - time.monotonic() + 1))


async def serves(house: House) -> bool:
    """Say whether PostgreSQL lets somebody in."""
    try:
        connection = await asyncpg.connect(house.environment["DATABASE_URL"], timeout=5)
    except (OSError, asyncpg.PostgresError):
        return False
    await connection.close()
    return True


@dataclass(slots=True)
class Watched:
    """What the doors of supervisors said, of every process."""

    clients: Mapping[str, Client]
    ready: dict[str, int] = field(default_factory=dict)
    always_ready: bool = True
    always_alive: bool = True

    def all_ready(self) -> bool:
        return len(self.ready) == len(self.clients) and set(self.ready.values()) == {200}

    def none_ready(self) -> bool:
        return set(self.ready.values()) == {503}

    async def look(self) -> None:
        """Ask every process both questions."""
        names = list(self.clients)
        said = await self._asked(names, "/health/ready")
        self.ready = {name: reply.status for name, reply in zip(names, said, strict=True)}
        self.always_ready = self.always_ready and self.all_ready()
        alive = await self._asked(names, "/health/live")
        self.always_alive = self.always_alive and all(reply.good for reply in alive)

    async def _asked(self, names: Sequence[str], target: str) -> list[Reply]:
        return list(await asyncio.gather(*(self.clients[name].ask("GET", target) for name in names)))


@asynccontextmanager
async def watching(house: House, *, every_s: float = LOOK_EVERY_S) -> AsyncIterator[Watched]:
    """Look at every process's health again and again while the block lasts."""
    known = Ports(house.folder.run / "ports.json").known()
    doors = {name: port for name, port in known.items() if "-api-" in name or name.endswith("-worker")}
    watched = Watched({name: Client(f"http://127.0.0.1:{port}") for name, port in doors.items()})
    looking = asyncio.create_task(_look_on(watched, every_s))
    try:
        yield watched
    finally:
        looking.cancel()
        await asyncio.wait([looking])
        for client in watched.clients.values():
            await client.close()


async def _look_on(watched: Watched, every_s: float) -> None:
    async with asyncio.timeout(WATCHED_S_MAX):
        while True:
            await watched.look()
            await asyncio.sleep(every_s)

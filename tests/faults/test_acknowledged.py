"""What was answered is there: whatever is killed while it is written, the ledger of the answers is compared with it."""

import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from statistics import median

import asyncpg
import pytest

from demo.ledger import Ledger, listening
from stack import postgres
from stack.processes import PAUSE_BEFORE_RESTART_S, listens
from tests.conftest import House
from tests.e2e.standing import BACK_WITHIN_S, all_seen_ready
from tests.faults.asking import Reply, ms, statuses
from tests.faults.breaking import family, kill, send
from tests.faults.experiment import Experiment
from tests.faults.load import Mix, capacity, failed, meanwhile, steadily
from tests.faults.servers import UP_WITHIN_S
from tests.faults.town import Town
from tests.faults.writing import Writers, writing
from tests.waiting import until

WRITERS = 16
VICTIMS = ("actions-api", "actions-api-2")
DATABASE_BACK_WITHIN_S = {"long": 5.0, "short": 20.0}
"""From its start.  The short form runs where others work too: it tells its figures, and judges only a collapse."""
PRODUCER_BACK_WITHIN_S = 30.0
"""From the moment when the broker listens again."""
WRITES_PER_S = 100
WRITE_P99_MS = 50
WEIGHT = "SELECT pg_database_size(current_database()) >> 20"
BALLAST = "SELECT n, repeat(md5(n::text), 12) FROM generate_series(1, 200_000) AS n"
"""About eighty megabytes."""
BROKER_STARTS_S = 10.0
"""The first seconds of a broker that starts, which takes a whole core on a small machine, are told apart."""


@pytest.mark.on_demand
@pytest.mark.experiment("P1")
async def test_an_accepted_write_is_never_lost(experiment: Experiment, house: House, town: Town) -> None:
    """Writers retry with their key while the processes that answer them are killed, one or the other, or both."""
    gaps = list[float]()
    async with listening(servers(house)) as ledger:
        async with writing(town, experiment.rng, writers=experiment.number("writers")) as writers:
            for n in range(experiment.number("kills")):
                victim = VICTIMS[n % 2]
                await until(partial(_runs, house, victim), within_s=BACK_WITHIN_S)
                await writers.go_on(experiment.rng.randrange(1, 40))
                pid = kill(house, victim)
                gaps.append(await writers.go_on(1))
                await until(partial(_runs, house, victim, other_than=pid), within_s=BACK_WITHIN_S)
        await _judge(experiment, writers, ledger)
    experiment.tell(kills=len(gaps), recovery_s=max(gaps), recovery_median_s=median(gaps))
    await until(lambda: all_seen_ready(house), within_s=BACK_WITHIN_S)


@pytest.mark.on_demand
@pytest.mark.experiment("P5")
async def test_a_database_crash_loses_no_acknowledged_write(experiment: Experiment, house: House, town: Town) -> None:
    """The server is killed, with its backends or without; the launcher starts it again, and its files are whole."""
    downs, whole = list[float](), False
    async with weighing(house, experiment.number("megabytes")) as megabytes:
        async with listening(servers(house)) as ledger:
            async with writing(town, experiment.rng, writers=WRITERS) as writers:
                for _ in range(experiment.number("kills")):
                    await writers.go_on(experiment.rng.randrange(1, 100))
                    pid, whole = house.processes()["postgres"], not whole
                    send(family(pid) if whole else [pid], signal.SIGKILL)
                    downs.append(await writers.go_on(WRITERS + 1))
            await _judge(experiment, writers, ledger)
        experiment.judge("pg_amcheck", holds=_is_whole(house))
    again = [down - PAUSE_BEFORE_RESTART_S for down in downs]
    experiment.tell(kills=len(downs), megabytes=megabytes)
    experiment.tell(recovery_s=max(downs), recovery_median_s=median(downs))
    experiment.judge("back in time after its start", holds=max(again) <= DATABASE_BACK_WITHIN_S[experiment.form])


@pytest.mark.on_demand
@pytest.mark.experiment("P4")
async def test_a_broker_crash_loses_no_acknowledged_record(experiment: Experiment, house: House, town: Town) -> None:
    """The broker is killed under writes at a steady rate: they do not notice, and all of them are told of."""
    mix, port = Mix(town, await town.client()), int(servers(house).rpartition(":")[2])
    per_s = WRITES_PER_S if experiment.form == "long" else min(WRITES_PER_S, await capacity(mix.write) / 4)
    calm = await steadily(mix.write, per_s=per_s, seconds=experiment.number("calm_s"))
    starts, waits, kills = list[float](), list[float](), list[float]()
    async with listening(servers(house)) as ledger:
        mix.made.clear()
        async with meanwhile(mix.write, per_s=per_s) as replies:
            for _ in range(experiment.number("kills")):
                await _told_again(mix, ledger)
                kill(house, "kafka")
                kills.append(time.monotonic())
                await until(partial(_is_gone, port), within_s=UP_WITHIN_S)
                await until(partial(listens, port), within_s=UP_WITHIN_S)
                starts.append(time.monotonic() - kills[-1])
                waits.append(await _told_again(mix, ledger))
                mix.client.headers = await town.headers()
                await until(partial(_is_past, kills[-1] + experiment.number("every_s")), within_s=UP_WITHIN_S)
        await mix.client.close()
        await until(lambda: not _untold(set(mix.made), ledger), within_s=BACK_WITHIN_S)
    experiment.judge("none lost, none out of order", holds=not ledger.broken, acknowledged=len(mix.made))
    experiment.judge("producer recovers", holds=max(waits) < PRODUCER_BACK_WITHIN_S, recovery_s=max(waits))
    experiment.judge("writes do not notice", holds=not failed(replies, experiment), answers=str(statuses(replies)))
    experiment.tell(kills=len(kills), broker_up_s=max(starts), broker_up_median_s=median(starts), per_s=per_s)
    _judge_waits(experiment, calm, replies, kills)


async def _is_gone(port: int) -> bool:
    return not await listens(port)


def _is_past(at: float) -> bool:
    return time.monotonic() >= at


def servers(house: House) -> str:
    return house.environment["KAFKA_BOOTSTRAP_SERVERS"]


def _runs(house: House, name: str, other_than: int | None = None) -> bool:
    return house.processes().get(name) not in (None, other_than)


def _judge_waits(experiment: Experiment, calm: list[Reply], replies: list[Reply], kills: list[float]) -> None:
    """Tell how long writes took when all was calm, in the first seconds after a kill, and in the rest of the time."""
    asked = {False: list[Reply](), True: list[Reply]()}
    for one in replies:
        asked[any(0 <= one.at - at < BROKER_STARTS_S for at in kills)].append(one)
    for name, some in {"calm": calm, "starting": asked[True], "write": asked[False]}.items():
        experiment.tell(**{f"{name}_p50_ms": ms(some, 0.5), f"{name}_p99_ms": ms(some, 0.99), f"{name}s": len(some)})
    experiment.judge_alone("writes keep their p99", holds=ms(asked[False], 0.99) < WRITE_P99_MS)


async def _told_again(mix: Mix, ledger: Ledger) -> float:
    """Wait until a write from now on has been told of: how long that took."""
    began, made, heard = time.monotonic(), len(mix.made), len(ledger.facts)
    await until(lambda: set(mix.made[made:]) & {fact.subject for fact in ledger.facts[heard:]}, within_s=UP_WITHIN_S)
    return time.monotonic() - began


def _untold(made: set[str], ledger: Ledger) -> set[str]:
    return made - {fact.subject for fact in ledger.facts}


async def _judge(experiment: Experiment, writers: Writers, ledger: Ledger) -> None:
    """Compare the ledger of the answers with the tables and with the topic."""
    wrong = await writers.wrong()
    experiment.tell(acknowledged=len(writers.told), attempts=writers.tried, **wrong)
    experiment.judge("nothing lost or double", holds=not any(wrong.values()))
    experiment.judge("the same answer again", holds=not writers.broken)
    assert not writers.broken, writers.broken[:3]
    await until(lambda: not _untold(set(writers.told.values()), ledger), within_s=BACK_WITHIN_S)
    experiment.judge("published in order", holds=not ledger.broken)


@asynccontextmanager
async def weighing(house: House, megabytes: int) -> AsyncIterator[int]:
    """Let the database be at least so large, by a table of no use; return what it weighs."""
    address = house.environment["DATABASE_URL"]
    await _said(address, "CREATE TABLE public.ballast AS SELECT n, md5(n::text) FROM generate_series(1, 0) AS n")
    while (weight := await _said(address, WEIGHT)) < megabytes:
        await _said(address, f"INSERT INTO public.ballast {BALLAST}")
    try:
        yield weight
    finally:
        await _said(address, "DROP TABLE public.ballast")


async def _said(address: str, statement: str) -> int:
    connection = await asyncpg.connect(address)
    try:
        return int(await connection.fetchval(statement) or 0)
    finally:
        await connection.close()


def _is_whole(house: House) -> bool:
    """Let PostgreSQL's own program look at every table and index."""
    program = postgres.find_binaries(os.environ) / "pg_amcheck"
    words = [str(program), "--install-missing", "--heapallindexed", house.environment["DATABASE_URL"]]
    ended = subprocess.run(words, capture_output=True, text=True, check=False)
    assert ended.returncode in {0, 2}, ended.stderr
    return ended.returncode == 0

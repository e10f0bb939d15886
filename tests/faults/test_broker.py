"""F3, F4, P19: what becomes of facts when the broker stops, dies, stays away, or comes back without its tail."""

import os
import signal
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest

from tests.faults.checker import PARTITIONS
from tests.faults.experiment import Experiment
from tests.faults.projection import FACTS, STATES
from tests.faults.rig import Rig
from tests.faults.servers import Broker
from tests.waiting import until

BACK_WITHIN_S = 60
WRITE_P99_MS = 50.0


@pytest.mark.on_demand
@pytest.mark.experiment("F3")
async def test_a_broker_may_stop_die_and_stay_away(experiment: Experiment, rig: Rig, broker: Broker):
    """What the writers' changes took while the broker was away is told beside what they took before."""
    rig.read()
    rig.relay()
    recovered: list[float] = []
    async with rig.flowing():
        await rig.some_published(200)
        calm = time.monotonic()
        for how in (signal.SIGTERM, signal.SIGKILL):
            await broker.server.stop(how)
            await broker.server.start()
            recovered.append(await rig.recovered(within_s=BACK_WITHIN_S))
        away = time.monotonic()
        await broker.server.stop(signal.SIGKILL)
        await rig.time_passes(experiment.number("outage_s"))
        back = time.monotonic()
        await broker.server.start()
        recovered.append(await rig.recovered(within_s=BACK_WITHIN_S))
    await rig.judged()
    experiment.tell(recovery_s=max(recovered))
    before_ms, during_ms = rig.load.p99_ms(until=calm), rig.load.p99_ms(since=away, until=back)
    busy_ms = 2 * before_ms if experiment.form == "short" else 0.0
    experiment.judge("INV8", holds=during_ms < max(WRITE_P99_MS, busy_ms))
    experiment.tell(
        write_p99_calm_ms=before_ms,
        write_p99_away_ms=during_ms,
        write_p99_restarting_ms=rig.load.p99_ms(since=calm, until=away),
    )


@pytest.mark.experiment("F4")
async def test_a_broker_that_lost_its_tail_is_told_again(experiment: Experiment, rig: Rig, broker: Broker):
    """Half of what one partition of each topic was given last is cut off; what is written afterwards arrives too."""
    rig.read()
    leader = rig.relay()
    cut, recovered = 0, []
    for _ in range(experiment.number("rounds")):
        kept = {path: path.stat().st_size for topic in (FACTS, STATES) for path in _tails(broker, topic)}
        async with rig.flowing():
            await rig.some_published(200)
        await rig.settled()
        await leader.stop()
        await broker.server.stop(signal.SIGTERM)
        cut += sum(_without_its_tail(broker, topic, kept) for topic in (FACTS, STATES))
        await broker.server.start()
        leader = rig.relay()
        await until(partial(leader.said, "relay.broker_lost_its_tail"), within_s=BACK_WITHIN_S)
        began = time.monotonic()
        await until(rig.ends_with_the_newest, within_s=BACK_WITHIN_S)
        recovered.append(time.monotonic() - began)
    async with rig.flowing():
        await rig.some_published(200)
    await rig.judged()
    experiment.tell(cut_bytes=cut, recovery_s=max(recovered))


def _tails(broker: Broker, topic: str) -> list[Path]:
    """Name the segment that each partition is being written to."""
    return [one[-1] for n in range(PARTITIONS) if (one := broker.segments(topic, n))]


def _without_its_tail(broker: Broker, topic: str, kept: Mapping[Path, int]) -> int:
    """Cut half of what the partition that has grown most was given since then; return how many bytes."""
    grown = {path: path.stat().st_size - kept.get(path, 0) for path in _tails(broker, topic)}
    path = max(grown, key=lambda path: grown[path])
    lost = grown[path] // 2
    os.truncate(path, path.stat().st_size - lost)
    for mark in ("recovery-point-offset-checkpoint", ".kafka_cleanshutdown"):
        (broker.where.home / "data" / mark).unlink(missing_ok=True)
    return lost


@pytest.mark.experiment("P19")
async def test_facts_of_one_thing_keep_their_order(experiment: Experiment, rig: Rig, broker: Broker):
    """Relays and brokers are killed in a shuffled order; a bare client reads what came of it."""
    rig.read()
    leader = rig.relay()
    kills = ["relay"] * experiment.number("relay_kills") + ["broker"] * experiment.number("broker_kills")
    experiment.rng.shuffle(kills)
    step = experiment.number("events") / (len(kills) + 1)
    async with rig.flowing():
        for n, victim in enumerate(kills, 1):
            await rig.written(n * step)
            if victim == "relay":
                await leader.kill()
                leader = rig.relay()
            else:
                await broker.server.kill()
                await broker.server.start()
        await rig.written(experiment.number("events"))
        recovered_s = await rig.recovered(within_s=BACK_WITHIN_S)
    await rig.judged()
    experiment.tell(kills=len(kills), recovery_s=recovered_s)

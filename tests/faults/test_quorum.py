"""P4R: three brokers hold what is acknowledged, and one after the other is killed."""

import time
from functools import partial
from pathlib import Path
from statistics import median

import pytest

from tests.conftest import Database
from tests.faults import rig as rigs
from tests.faults import servers
from tests.faults.experiment import Experiment
from tests.faults.rig import Rig
from tests.faults.servers import Broker
from tests.waiting import until

BROKERS = 3
BACK_WITHIN_S = 30.0
"""From the kill until everything that was written up to a second later is shown, whichever partition it is in."""


@pytest.mark.on_demand
@pytest.mark.experiment("P4R")
async def test_one_broker_of_three_may_die(experiment: Experiment, database: Database, tmp_path: Path):
    """Each broker is killed in its turn, whatever it leads, and is back in sync before the next one is."""
    gaps, back = list[float](), list[float]()
    async with servers.quorum(BROKERS) as brokers:
        everywhere = ",".join(one.servers for one in brokers)
        async with rigs.built(experiment, database, everywhere, tmp_path, copies=BROKERS) as rig:
            rig.read()
            rig.relay()
            async with rig.flowing():
                await rig.some_published(200)
                for n in range(experiment.number("kills")):
                    await until(partial(servers.in_sync, everywhere), within_s=servers.UP_WITHIN_S)
                    gaps.append(await _killed(rig, brokers[n % BROKERS]))
                    began = time.monotonic()
                    await brokers[n % BROKERS].server.start()
                    await until(partial(servers.in_sync, everywhere), within_s=servers.UP_WITHIN_S)
                    back.append(time.monotonic() - began)
            await rig.judged()
            experiment.tell(write_p99_ms=rig.load.p99_ms())
    experiment.judge("available again in time", holds=max(gaps) < BACK_WITHIN_S)
    experiment.tell(kills=len(gaps), gap_s=max(gaps), gap_median_s=median(gaps), in_sync_s=max(back))


async def _killed(rig: Rig, victim: Broker) -> float:
    """Kill a broker; return how long it took until nothing waited for it any more."""
    await victim.server.kill()
    killed = time.monotonic()
    await rig.time_passes(1)
    await until(partial(rig.shows_up_to, await rig.last_written()), within_s=servers.UP_WITHIN_S)
    return time.monotonic() - killed

"""F5, F6: what becomes of facts when the network is cut, or slow."""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import pytest

from tests.conftest import Database
from tests.faults import rig as rigs
from tests.faults import servers, wires
from tests.faults.experiment import Experiment
from tests.faults.projection import STATES
from tests.faults.proxy import Proxy
from tests.faults.rig import Rig
from tests.faults.servers import Broker
from tests.faults.wires import Cable
from tests.waiting import until

BACK_WITHIN_S = 90
BREAKS_EVERY = 50
OFF_BY_S = 2.0
HEARD_WITHIN_S = 20.0
"""A heartbeat comes every ten seconds and is looked at every five: so much older than the truth may be what is told."""
FRESH = """
SELECT EXISTS (SELECT FROM consumer_freshness WHERE grp = $1 AND as_of > clock_timestamp() - make_interval(secs => $2))
"""


@pytest.fixture
async def far(
    experiment: Experiment, database: Database, broker: Broker, tmp_path: Path
) -> AsyncIterator[tuple[Rig, Cable | Proxy]]:
    """A rig whose broker is at the end of a cable; without root, behind a proxy."""
    async with AsyncExitStack() as stack:
        way: Cable | Proxy
        try:
            cable = way = stack.enter_context(wires.cable())
        except wires.NotHere:
            experiment.nearest("a proxy that holds what is sent, in place of a network namespace")
            proxy = way = await stack.enter_async_context(Proxy.before(broker))
            at = proxy.servers
        else:
            there = await stack.enter_async_context(servers.broker(inside=cable.inside, host=cable.there))
            at = there.servers
        yield await stack.enter_async_context(rigs.built(experiment, database, at, tmp_path)), way


@pytest.mark.on_demand
@pytest.mark.experiment("F5")
async def test_a_cut_network_is_told_of_and_outlived(experiment: Experiment, far: tuple[Rig, Cable | Proxy]):
    """Cut for a short while, for a long one, and in one direction; the reader says how late it is.

    It is ready all the same: its database is there, and that the broker is not makes nobody unready.
    """
    rig, way = far
    reader = rig.read(metrics_port=rig.free_port())
    rig.relay()
    recovered: list[float] = []
    honest: list[float] = []
    late: list[float] = []
    ready: list[bool] = []
    async with rig.flowing():
        await rig.some_published()
        for seconds in (experiment.number("short_cut_s"), experiment.number("long_cut_s")):
            await until(partial(rig.reader.fetchval, FRESH, rig.group, HEARD_WITHIN_S / 2), within_s=BACK_WITHIN_S)
            _cut(way)
            await rig.time_passes(seconds)
            honest.append(abs(await rig.said_lag_s(reader, STATES) - await rig.shown_lag_s()))
            late.append(await rig.told_lag_s(reader) - await rig.lag_s())
            ready.append(await rig.is_ready(reader))
            _mend(way)
            recovered.append(await rig.recovered(within_s=BACK_WITHIN_S))
        if isinstance(way, Cable):
            way.deafen()
            await rig.time_passes(experiment.number("short_cut_s"))
            way.undeafen()
            recovered.append(await rig.recovered(within_s=BACK_WITHIN_S))
    await rig.judged()
    experiment.tell(recovery_s=max(recovered), write_p99_ms=rig.load.p99_ms())
    experiment.judge("INV7", holds=max(honest) < OFF_BY_S, said_lag_off_by_s=max(honest))
    truthful = min(late) > -OFF_BY_S and max(late) < HEARD_WITHIN_S
    experiment.judge("INV7", holds=truthful, told_lag_over_s=max(late), told_lag_under_s=-min(late))
    experiment.judge("INV7", holds=all(ready), ready=all(ready))


def _cut(way: Cable | Proxy) -> None:
    way.pull() if isinstance(way, Cable) else way.hold()


def _mend(way: Cable | Proxy) -> None:
    way.plug() if isinstance(way, Cable) else way.let_go()


@pytest.mark.on_demand
@pytest.mark.experiment("F6")
async def test_a_slow_network_slows_and_nothing_else(experiment: Experiment, rig: Rig, broker: Broker):
    """Each way is slow and each connection may break: relay and reader come through the same proxy."""
    experiment.nearest("a proxy that delays and breaks connections, in place of netem")
    async with Proxy.before(broker) as proxy:
        reader = rig.read(servers=proxy.servers, metrics_port=rig.free_port())
        rig.relay(servers=proxy.servers)
        await rig.settled()
        proxy.rng.seed(experiment.seed)
        proxy.delay_s, proxy.jitter_s = experiment.number("delay_ms") / 1000, experiment.number("jitter_ms") / 1000
        proxy.breaks_every = BREAKS_EVERY
        began, before, given = time.monotonic(), await rig.events_applied(), await rig.rebalances(reader)
        async with rig.flowing():
            await rig.time_passes(experiment.number("seconds"))
            rate = (await rig.events_applied() - before) / (time.monotonic() - began)
        proxy.delay_s, proxy.jitter_s, proxy.breaks_every = 0, 0, 0
        recovered_s = await rig.recovered(within_s=BACK_WITHIN_S)
        rebalances = await rig.rebalances(reader) - given
        await rig.judged()
    assert proxy.broken, "no connection was broken"
    experiment.judge("INV6", holds=rate >= experiment.number("floor_events_per_s"), recovery_s=recovered_s)
    experiment.judge("no rebalance", holds=rebalances == 0, rebalances=rebalances)
    experiment.tell(events_per_s=rate, broken=proxy.broken, write_p99_ms=rig.load.p99_ms())

"""F7: what becomes of facts when the broker's disk is full, and then PostgreSQL's."""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from common import migrations
from tests.conftest import Database
from tests.faults import rig as rigs
from tests.faults import servers, wires
from tests.faults.experiment import Experiment
from tests.faults.projection import SERVICE
from tests.faults.rig import Rig
from tests.faults.servers import Broker, Cluster, Server
from tests.faults.wires import Disk

BACK_WITHIN_S = 90


@pytest.fixture
async def small(
    experiment: Experiment, database: Database, tmp_path: Path
) -> AsyncIterator[tuple[Rig, Broker, Cluster, list[Disk]]]:
    """A rig whose broker and whose source each live on a small disk."""
    async with AsyncExitStack() as stack:
        size_mb = experiment.number("disk_mb")
        disks = [stack.enter_context(wires.small_disk(size_mb)) for _ in range(2)]
        there = await stack.enter_async_context(servers.broker(place=disks[0].path))
        settings = {"max_wal_size": "64MB", "min_wal_size": "32MB"}
        cluster = await stack.enter_async_context(servers.cluster(place=disks[1].path, settings=settings))
        await migrations.prepare(cluster.url, SERVICE)
        await migrations.migrate(cluster.url, SERVICE)
        built = rigs.built(experiment, database, there.servers, tmp_path, address=cluster.url)
        yield await stack.enter_async_context(built), there, cluster, disks


@pytest.mark.on_demand
@pytest.mark.experiment("F7")
async def test_a_full_disk_refuses_and_is_outlived(
    experiment: Experiment, small: tuple[Rig, Broker, Cluster, list[Disk]]
):
    rig, broker, cluster, disks = small
    rig.read()
    rig.relay()
    recovered: list[float] = []
    async with rig.flowing():
        for disk, server in zip(disks, (broker.server, cluster.server), strict=True):
            await rig.some_published(100)
            disk.fill()
            await rig.time_passes(experiment.number("full_s"))
            disk.free()
            experiment.tell(**{f"{server.program.name}_stopped": server.ended})
            recovered.append(await back(rig, server))
    await rig.judged()
    experiment.tell(recovery_s=max(recovered), write_p99_ms=rig.load.p99_ms())
    experiment.tell(refused=rig.load.doubtful, broker_recovery_s=recovered[0], database_recovery_s=recovered[1])
    assert rig.load.doubtful, "PostgreSQL refused nothing: its disk was not full"
    cluster.tool("pg_amcheck", "--install-missing", "--heapallindexed", cluster.url)


async def back(rig: Rig, server: Server) -> float:
    """Start what stopped, as a supervisor does; return how long until all was well."""
    began = time.monotonic()
    if server.ended:
        await server.start()
        if server.program.name == "postgres":
            await rig.connect_again()
    await rig.recovered(within_s=BACK_WITHIN_S)
    return time.monotonic() - began

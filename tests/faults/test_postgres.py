"""F14: what becomes of facts when PostgreSQL crashes, is restored from a backup, or fails over."""

import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from common import migrations
from tests.conftest import Database
from tests.faults import rig as rigs
from tests.faults import servers
from tests.faults.experiment import Experiment
from tests.faults.projection import SERVICE
from tests.faults.rig import Rig
from tests.faults.servers import Broker, Cluster
from tests.waiting import until

BACK_WITHIN_S = 90


@pytest.fixture
async def cluster() -> AsyncIterator[Cluster]:
    """A PostgreSQL of the experiment's own, with the service's schema in it."""
    archived = {"wal_level": "replica", "max_wal_senders": "4", "restore_command": "false"}
    async with servers.cluster(settings=archived) as cluster:
        await migrations.prepare(cluster.url, SERVICE)
        await migrations.migrate(cluster.url, SERVICE)
        yield cluster


@pytest.fixture
async def apart(
    experiment: Experiment, database: Database, broker: Broker, cluster: Cluster, tmp_path: Path
) -> AsyncIterator[Rig]:
    """A rig whose source lives in that cluster, and whose reader does not."""
    async with rigs.built(experiment, database, broker.servers, tmp_path, address=cluster.url) as rig:
        yield rig


@pytest.mark.on_demand
@pytest.mark.experiment("F14")
async def test_a_crashed_and_a_restored_database_lose_no_fact(experiment: Experiment, apart: Rig, cluster: Cluster):
    rig = apart
    rig.read()
    leader = rig.relay()
    recovered = [await crash(rig, cluster) for _ in range(experiment.number("crashes"))]
    await rig.settled()
    assert (await rig.found()).lost == 0
    backup = cluster.where.home / "backup"
    cluster.tool("pg_basebackup", "-D", str(backup), "-d", cluster.url, "-X", "stream", "-c", "fast")
    async with rig.flowing():
        await rig.time_passes(experiment.number("backup_age_s"))
    await rig.settled()
    await cluster.server.stop(signal.SIGQUIT)
    await restore(cluster, backup)
    await rig.connect_again()
    lost_future = await rig.believe_the_database()
    await until(lambda: leader.said("relay.database_restored"), within_s=BACK_WITHIN_S)
    async with rig.flowing():
        began = time.monotonic()
        await until(rig.is_of_the_second_epoch, within_s=BACK_WITHIN_S)
        restored_s = time.monotonic() - began
    await rig.judged()
    experiment.tell(lost_future=lost_future, recovery_s=max(recovered), restored_s=restored_s)


async def crash(rig: Rig, cluster: Cluster) -> float:
    """Stop the server at once, under load, and start it; return how long the backbone took to be well again."""
    async with rig.flowing():
        await rig.some_published(100)
        await cluster.server.stop(signal.SIGQUIT)
        await cluster.server.start()
        await rig.connect_again()
        return await rig.recovered(within_s=BACK_WITHIN_S)


async def restore(cluster: Cluster, backup: Path) -> None:
    """Put the backup in place of the data, on a timeline of its own."""
    spoiled = cluster.where.data.with_name("spoiled")
    cluster.where.data.rename(spoiled)
    backup.rename(cluster.where.data)
    (cluster.where.data / "recovery.signal").touch()
    await cluster.server.start()
    connection = await asyncpg.connect(cluster.url)
    try:
        await until(lambda: _is_promoted(connection), within_s=BACK_WITHIN_S)
    finally:
        await connection.close()


async def _is_promoted(connection: "asyncpg.Connection[asyncpg.Record]") -> bool:
    return not await connection.fetchval("SELECT pg_is_in_recovery()")

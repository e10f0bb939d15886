"""F14: what becomes of facts when PostgreSQL crashes, is restored from a backup, or fails over to a standby."""

import signal
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from common import migrations
from stack import ports
from tests.conftest import Database
from tests.faults import rig as rigs
from tests.faults import servers
from tests.faults.experiment import Experiment
from tests.faults.node import Node
from tests.faults.projection import SERVICE
from tests.faults.proxy import Proxy
from tests.faults.rig import Rig
from tests.faults.servers import Broker, Cluster
from tests.waiting import until

BACK_WITHIN_S = 90
CUT_OFF = "ALTER SYSTEM SET primary_conninfo = ''"
FOLLOWS = "SELECT EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming')"


@pytest.fixture
async def cluster() -> AsyncIterator[Cluster]:
    """A PostgreSQL of the experiment's own, with the service's schema in it."""
    archived = {"wal_level": "replica", "max_wal_senders": "4", "restore_command": "false"}
    async with servers.cluster(settings=archived) as cluster:
        await migrations.prepare(cluster.url, SERVICE)
        await migrations.migrate(cluster.url, SERVICE)
        yield cluster


@pytest.fixture
async def way(cluster: Cluster) -> AsyncIterator[Proxy]:
    """An address that does not change, whichever server it leads to."""
    async with Proxy.between(ports.find(), cluster.where.port) as way:
        yield way


@pytest.fixture
async def apart(
    experiment: Experiment, database: Database, broker: Broker, cluster: Cluster, way: Proxy, tmp_path: Path
) -> AsyncIterator[Rig]:
    """A rig whose source lives in that cluster, and whose reader does not."""
    address = replace(cluster.where, port=way.port).url
    async with rigs.built(experiment, database, broker.servers, tmp_path, address=address) as rig:
        yield rig


@pytest.mark.on_demand
@pytest.mark.experiment("F14")
async def test_a_database_that_crashes_is_restored_or_fails_over_loses_no_fact(
    experiment: Experiment, apart: Rig, cluster: Cluster, way: Proxy
):
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
    restored_s = await told_again(rig, leader, restores=1)
    async with servers.standby(cluster) as standby:
        await rig.settled()
        await fail_over(rig, cluster, standby, way)
        failed_over_s = await told_again(rig, leader, restores=2)
        await rig.judged()
    experiment.tell(recovery_s=max(recovered), restored_s=restored_s, failed_over_s=failed_over_s)


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


async def fail_over(rig: Rig, cluster: Cluster, standby: Cluster, way: Proxy) -> None:
    """Let a server die that knows what its standby does not, and put that one in its place."""
    await until(lambda: standby.ask(FOLLOWS), within_s=BACK_WITHIN_S)
    async with rig.flowing():
        await rig.time_passes(rig.experiment.number("backup_age_s"))
        await standby.ask(CUT_OFF)
        await standby.ask("SELECT pg_reload_conf()")
        await until(lambda: _is_cut_off(standby), within_s=BACK_WITHIN_S)
        await rig.some_published(100)
    await rig.settled()
    await cluster.server.kill()
    assert await standby.ask("SELECT pg_promote()")
    way.behind = standby.where.port


async def told_again(rig: Rig, leader: Node, *, restores: int) -> float:
    """Wait until the database that is there now is known for another one, and all it retains was told again."""
    await rig.connect_again()
    lost_future = await rig.believe_the_database()
    rig.experiment.tell(**{f"lost_future_{restores}": lost_future})
    await until(lambda: len(leader.said("relay.database_restored")) == restores, within_s=BACK_WITHIN_S)
    async with rig.flowing():
        began = time.monotonic()
        await until(rig.is_told_again, within_s=BACK_WITHIN_S)
        return time.monotonic() - began


async def _is_cut_off(standby: Cluster) -> bool:
    return not await standby.ask(FOLLOWS)


async def _is_promoted(connection: "asyncpg.Connection[asyncpg.Record]") -> bool:
    return not await connection.fetchval("SELECT pg_is_in_recovery()")

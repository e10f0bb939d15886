"""P3, F9, F12, F13: what becomes of a projection when its readers die, hear twice, change places, or are slow."""

import os
import time
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from tests.faults import checker
from tests.faults.experiment import Experiment
from tests.faults.node import Node
from tests.faults.rig import Rig
from tests.waiting import until

BACK_WITHIN_S = 60
DIGEST = """
SELECT md5(string_agg(line, ',' ORDER BY line)) FROM (
  SELECT 'b' || b::text AS line FROM balance b
  UNION ALL SELECT 's' || concat_ws(' ', id, epoch, version, amount, at) FROM shown
  UNION ALL SELECT 't' || concat_ws(' ', shard, bucket, n, amount) FROM tally) AS lines
"""


@pytest.mark.experiment("P3")
async def test_facts_take_effect_once(experiment: Experiment, rig: Rig):
    """Readers are killed, a second member forces rebalances; then the topic is read from its beginning, twice."""
    rig.relay()
    one, two = rig.read(), None
    kills = experiment.number("kills")
    async with rig.flowing():
        for n in range(kills):
            await rig.some_published(experiment.rng.randrange(1, 200))
            if n % 3 == 2:
                two = rig.read(member="2")
                await rig.some_published(experiment.rng.randrange(1, 100))
                await two.kill()
            else:
                await one.kill()
                one = rig.read()
        recovered_s = await rig.recovered(within_s=BACK_WITHIN_S)
    await rig.judged()
    before = await rig.reader.fetchval(DIGEST)
    for _ in range(2):
        await one.kill()
        await rig.rewind()
        one = rig.read()
        await until(rig.has_read_everything, within_s=BACK_WITHIN_S)
    changed = await rig.reader.fetchval(DIGEST) != before
    experiment.judge("INV4", holds=not changed, kills=kills, replays=2, recovery_s=recovered_s)


@pytest.mark.experiment("F9")
async def test_records_that_come_twice_change_nothing(experiment: Experiment, rig: Rig):
    rig.relay()
    rig.read()
    async with rig.flowing():
        await rig.written(experiment.number("events"))
    await rig.settled()
    there = await checker.records(rig.servers, rig.since)
    again = experiment.rng.sample(there, int(len(there) * experiment.share("repeated")))
    async with AIOKafkaProducer(bootstrap_servers=rig.servers) as producer:
        for record in again:
            await producer.send(
                record.topic, record.value, record.key, record.partition, record.timestamp, list(record.headers)
            )
        await producer.flush()
    await until(rig.has_read_everything, within_s=BACK_WITHIN_S)
    found = await rig.judged()
    assert found.repeats >= len(again)
    experiment.tell(sent_again=len(again))


@pytest.mark.experiment("F12")
async def test_readers_that_come_go_and_freeze_apply_each_record_once(experiment: Experiment, rig: Rig):
    rig.relay()
    members: dict[str, Node] = {"1": rig.read()}
    async with rig.flowing():
        await rig.some_published()
        for _ in range(experiment.number("changes")):
            await rig.time_passes(experiment.number("every_s"))
            name = str(experiment.rng.randint(1, experiment.number("members")))
            if name in members:
                gone = members.pop(name)
                await (gone.kill() if experiment.rng.random() < 0.5 else gone.stop())
            else:
                members[name] = rig.read(member=name)
        frozen = members.get("1") or rig.read(member="1")
        rig.read(member="other")
        await rig.some_published()
        frozen.freeze()
        await rig.time_passes(experiment.number("frozen_s"))
        frozen.thaw()
        recovered_s = await rig.recovered(within_s=BACK_WITHIN_S)
    await rig.judged()
    experiment.tell(recovery_s=recovered_s)


@pytest.mark.on_demand
@pytest.mark.experiment("F13")
async def test_a_slow_database_costs_time_and_nothing_else(experiment: Experiment, rig: Rig):
    """A slow handler, a held lock, no free connection: the reader waits, keeps its place, and catches up."""
    rig.relay()
    reader = rig.read(slow_s=0.2, pool=2, metrics_port=rig.free_port())
    async with rig.flowing():
        await rig.some_published()
        before_mb, given = _resident_mb(reader), await rig.rebalances(reader)
        await rig.time_passes(experiment.number("seconds"))
        async with rig.reader.transaction():
            await rig.reader.execute("LOCK TABLE shown, balance")
            await rig.time_passes(experiment.number("seconds"))
        async with rig.without_connections():
            await rig.time_passes(experiment.number("seconds"))
        grown_mb = _resident_mb(reader) - before_mb
    began = time.monotonic()
    await rig.settled(within_s=120)
    kept = not reader.said("consumer.interrupted") and await rig.rebalances(reader) == given
    experiment.judge("INV6", holds=not reader.ended and kept, recovery_s=time.monotonic() - began)
    await rig.judged()
    experiment.judge("memory", holds=grown_mb < experiment.number("growth_mb"), grown_mb=grown_mb)


def _resident_mb(node: Node) -> float:
    pages = int(Path(f"/proc/{node.pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

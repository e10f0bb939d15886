"""F8: what becomes of facts when clocks are wrong."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from common import housekeeping, migrations
from tests.faults import wires
from tests.faults.experiment import Experiment
from tests.faults.projection import SERVICE, STATES
from tests.faults.rig import Rig

BACK_WITHIN_S = 90
OFF_BY_S = 2.0


def clock(experiment: Experiment, skew_s: int, file: Path | None = None) -> Mapping[str, str]:
    """Give a process a wrong clock: libfaketime's, or else one that only Python's own modules see."""
    try:
        return wires.false_clock(f"{skew_s:+}s", file)
    except wires.NotHere:
        experiment.nearest("a false time.time in place of libfaketime")
        return {"FAULTS_CLOCK": str(skew_s)}


@pytest.mark.on_demand
@pytest.mark.experiment("F8")
async def test_wrong_clocks_lose_nothing_and_disorder_nothing(experiment: Experiment, rig: Rig, tmp_path: Path):
    """Relay and reader an hour late, then an hour early, then jumping back; the housekeeper's clock is theirs too.

    `consumer_lag_seconds` is not asked: it compares the clocks of two services, and is off by as much as they are.
    """
    skew_s, seconds = experiment.number("skew_s"), experiment.number("seconds")
    off_s: list[float] = []
    ready: list[bool] = []
    for late in (-skew_s, skew_s):
        reader = rig.read(environ=clock(experiment, late), metrics_port=rig.free_port())
        leader = rig.relay(environ=clock(experiment, late))
        async with rig.flowing():
            await rig.some_published()
            await rig.time_passes(seconds)
            await rig.recovered(within_s=BACK_WITHIN_S)
        await rig.settled()
        off_s.append(abs(await rig.said_lag_s(reader, STATES) - await rig.shown_lag_s()))
        ready.append(await rig.is_ready(reader))
        await leader.stop()
        await reader.stop()
    jumping = tmp_path / "clock"
    rig.read()
    rig.relay(environ=clock(experiment, skew_s, jumping))
    async with rig.flowing():
        await rig.some_published()
        jumping.write_text("+0s", encoding="ascii")
        await rig.some_published(200)
        recovered_s = await rig.recovered(within_s=BACK_WITHIN_S)
    await rig.settled()
    dropped = await _dropped_early(rig, skew_s)
    await rig.judged()
    experiment.judge("INV1", holds=dropped == 0, dropped_early=dropped)
    experiment.judge("INV7", holds=max(off_s) < OFF_BY_S, said_lag_off_by_s=max(off_s), recovery_s=recovered_s)
    experiment.judge("INV7", holds=all(ready), ready=all(ready))


async def _dropped_early(rig: Rig, skew_s: int) -> int:
    """Let a housekeeper whose clock is wrong do its work; count the rows that are gone."""
    there = "SELECT count(*) FROM outbox"
    before: int = await rig.source.fetchval(there)
    connection = await asyncpg.connect(migrations.dsn(rig.address, SERVICE, "housekeeper"))
    try:
        for late in (-skew_s, skew_s, 0):
            await housekeeping.keep_house(connection, now=datetime.now(UTC) + timedelta(seconds=late))
    finally:
        await connection.close()
    after: int = await rig.source.fetchval(there)
    return before - after

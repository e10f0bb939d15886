"""The race of ADR 0003, on real parts: writers contend, one transaction stays open beside them, and outboxes are read.

Ours is a relay, a process of its own, and what a reader of its topic received; naive ways of reading the same rows look
on, and what they lose or disorder is told.  The long form is `pytest -s -m on_demand`: there the transaction is open
for 14 s, and the delay is judged, since a machine of one's own is what keeps it.
"""

import asyncpg
import pytest

from bench import offering, race
from bench import rig as rigs
from bench.race import Outcome
from common import migrations

SERVICE = "catalogue"
P50_MS = 10.0
AT_LEAST_BESIDE = 1_000
"""Facts committed while the long transaction is open: some seventy a second, where a thousand a second are usual."""


@pytest.fixture
async def rig(database, kafka_servers) -> rigs.Rig:
    address: str = await database(SERVICE)
    owner = await asyncpg.connect(migrations.dsn(address, SERVICE, "owner"))
    await owner.execute(f"{offering.TABLE}; {offering.QUEUE}")
    await owner.close()
    return rigs.Rig({"KAFKA_BOOTSTRAP_SERVERS": kafka_servers}, address)


async def test_nothing_is_lost_and_nothing_disordered(rig):
    outcome = await race.run(rig, seconds=8, open_s=6)
    judge(outcome)
    assert outcome.open_s >= 6
    assert outcome.beside > 0


@pytest.mark.on_demand
async def test_nothing_is_lost_and_nothing_disordered_beside_a_long_transaction(rig):
    """Fourteen seconds, of a role without limits."""
    outcome = await race.run_alone(rig)
    judge(outcome)
    assert outcome.open_s >= race.OPEN_S == 14
    assert outcome.beside >= AT_LEAST_BESIDE
    assert outcome.relay["p50_ms"] < P50_MS


@pytest.mark.on_demand
async def test_who_waits_for_the_long_transaction_is_as_late_as_that(rig):
    outcome = await race.run(rig)
    judge(outcome)
    assert outcome.naive["by_horizon"]["p99_ms"] > 10_000


def judge(outcome: Outcome) -> None:
    """Judge ours; say what each way has made of it."""
    for figure in race.measured(outcome):
        print(f"{figure.name}: {figure.value} {figure.unit}")  # noqa: T201 - its result
    assert outcome.lost(outcome.relay) == 0
    assert (outcome.relay["doubled"], outcome.relay["out_of_order"]) == (0, 0)

"""Whatever is altered behind reporting's back is found at the next checkpoint, told to its owner, and repaired."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from common import migrations
from common.contracts import topic
from common.contracts.actions import ActionStatus
from common.contracts.platform import Checkpoint
from common.database import Transaction, uuid7
from common.tokens import SYSTEM
from reporting import jobs
from reporting.commands import announcing
from reporting.domain.reconciliation import Outcome
from tests.integration.common.test_consumer import holds_somebody_up
from tests.integration.reporting.owner import Owner, Wire, opened
from tests.integration.reporting.records import record
from tests.positions import offsets
from tests.states import SCREENED, action, campaign, place, project, report, reported, session
from tests.waiting import until

PACE = jobs.Pace(every_s=1, poll_s=0.1, passed_over_max=3, kept_days=90)
COMPARING: dict[str, Any] = {"pace": PACE, "clock": partial(datetime.now, UTC), "new_id": uuid7}


@pytest.fixture(scope="module")
async def address(database) -> str:
    made: str = await database("actions", "reporting")
    return made


@pytest.fixture
async def wire(address: str, db) -> AsyncIterator[Wire]:
    owner, actions = await Owner.opened(address), await opened(address, "actions")
    for schema, table in [
        ("actions", "action"),
        ("actions", "project"),
        ("actions", "report"),
        ("actions", "campaign"),
    ]:
        await owner.connection.execute(f"DELETE FROM {schema}.{table}")
    tables = (
        "record contribution cell changed_cell figure known_project known_campaign consumer_offset checkpoint bucket"
    )
    for table in [*tables.split(), "reconciliation", "unpublished", "parked_key", "parked_event", "outbox"]:
        await owner.connection.execute(f"DELETE FROM reporting.{table}")
    await owner.connection.execute("DELETE FROM actions.outbox")
    yield Wire(owner, actions, db)
    await actions.close()
    await owner.connection.close()


@pytest.fixture
async def behind(address: str) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    """Somebody who alters what reporting holds, and tells nobody."""
    connection = await asyncpg.connect(migrations.dsn(address, "reporting", "owner"))
    await connection.execute("""SET app.principal = '{"level": "system"}'""")
    yield connection
    await connection.close()


async def filled(wire: Wire) -> list[Any]:
    """Let the owner have a few dossiers, and its reader have heard of them."""
    states: list[Any] = []
    for _ in range(6):
        call = campaign(uuid4())
        file = project(uuid4(), campaign_id=call.id)
        acts = [action(uuid4(), campaign_id=call.id, project_id=file.id) for _ in range(3)]
        states += [call, file, *acts, report(uuid4(), [reported(one, SCREENED) for one in acts], campaign_id=call.id)]
    await wire.owner.write(*states)
    await wire.carry()
    return states


async def compared(wire: Wire) -> Outcome:
    await wire.checkpoint()
    [outcome] = await jobs.compare_reached(wire.reporting, **COMPARING)
    return outcome


async def checked(wire: Wire) -> Outcome:
    outcome = await jobs.check(wire.reporting, **COMPARING)
    assert outcome is not None
    return outcome


async def repair(wire: Wire) -> None:
    """Carry what was told to the owner, and back what it announces again."""
    assert await wire.answer() > 0
    assert await wire.carry() > 0


async def is_whole(wire: Wire) -> None:
    """Nothing differs, with the owner or inside, and the figures are what they were."""
    outcome = await compared(wire)
    assert (outcome.differing, outcome.compared) == (0, 4 * 256)
    assert (await checked(wire)).differing == 0


async def sums(wire: Wire) -> dict[str, int]:
    async with wire.reporting.transaction(SYSTEM) as tx:
        rows = await tx.fetch("SELECT quantity, sum(amount)::bigint AS amount FROM cell GROUP BY quantity")
    return {row["quantity"]: row["amount"] for row in rows}


async def test_what_is_heard_whole_is_equal(wire):
    await filled(wire)
    await is_whole(wire)


async def test_before_its_ends_are_reached_a_checkpoint_waits(wire):
    await filled(wire)
    await wire.owner.write(action(uuid4()))
    said = await wire.checkpoint()
    key = next(iter(said.ends))
    await wire.hear(replace(said, at=datetime.now(UTC), ends={**said.ends, key: said.ends[key] + 1}))
    assert await jobs.compare_reached(wire.reporting, **COMPARING) == []


ALTERED = {
    "a record deleted": "DELETE FROM record WHERE kind = 'action' AND id = $1",
    "a record and its contributions deleted": (
        "WITH gone AS (DELETE FROM contribution WHERE id = $1) DELETE FROM record WHERE kind = 'action' AND id = $1"
    ),
    "a record of the future": "UPDATE record SET version = 99, epoch = 7 WHERE kind = 'action' AND id = $1",
    "a contribution altered": "UPDATE contribution SET amount = 1000 WHERE id = $1 AND quantity = 'spectators'",
    "a contribution deleted": "DELETE FROM contribution WHERE id = $1 AND quantity = 'spectators'",
    "a contribution invented": """
        INSERT INTO contribution (kind, id, part, shard, cell, quantity, audience, category, campaign_id, campaign_year,
                                  coordination_id, month, region, department, action_type, project_id, amount)
        SELECT kind, id, 'session/invented', shard, cell, quantity, audience, category, campaign_id, campaign_year,
               coordination_id, month, region, department, action_type, project_id, 5
          FROM contribution WHERE id = $1 AND quantity = 'spectators'
        """,
}


@pytest.mark.parametrize("statement", ALTERED.values(), ids=ALTERED.keys())
async def test_what_is_altered_is_found_at_the_next_checkpoint_and_repaired(wire, behind, statement):
    states = await filled(wire)
    before = await sums(wire)
    await behind.execute(statement, states[2].id)
    outcome = await compared(wire)
    assert (outcome.differing, outcome.told) == (1, 1)
    assert [one.kind for one in outcome.differences] == ["action"]
    await repair(wire)
    mended = await compared(wire)
    assert (mended.differing, mended.repaired) == (0, 1)
    await checked(wire)  # a cell moves by what differs from before: where that was altered, it is recounted
    await is_whole(wire)
    assert await sums(wire) == before


async def test_a_ghost_is_retracted(wire, db):
    await filled(wire)
    ghost = action(uuid4(), 4, campaign_id=uuid4())
    await wire.owner.write(ghost)
    await wire.carry()
    await wire.owner.lose(ghost)
    before = await sums(wire)
    outcome = await compared(wire)
    assert (outcome.differing, outcome.told) == (1, 1)
    await repair(wire)
    await is_whole(wire)
    after = await sums(wire)
    assert before["spectators"] - after["spectators"] == 214
    async with db.transaction(SYSTEM) as tx:
        assert await tx.fetchval("SELECT count(*) FROM record WHERE id = $1", ghost.id) == 0


async def test_a_state_of_a_lost_future_is_overruled(wire):
    """A restored owner knows an earlier version, and says so under its new epoch."""
    states = await filled(wire)
    future = replace(states[2], version=9, state=ActionStatus.SCHEDULED)
    await wire.owner.write(future)
    await wire.carry()
    await wire.owner.connection.execute(
        "UPDATE action SET version = $2, doc = (SELECT convert_from(value, 'UTF8') FROM outbox WHERE key = $3 LIMIT 1)"
        " WHERE id = $1",
        *(future.id, states[2].version, str(future.id)),
    )
    wire.epoch = 2
    assert (await compared(wire)).differing == 1
    await repair(wire)
    await is_whole(wire)


async def test_a_damaged_cell_is_found_and_recounted(wire, behind):
    await filled(wire)
    before = await sums(wire)
    damaged = await behind.fetchval("UPDATE cell SET amount = amount + 7 WHERE quantity = 'spectators' RETURNING cell")
    outcome = await checked(wire)
    assert {one.kind for one in outcome.differences} == {"cell"}
    assert any(str(damaged) in one.name for one in outcome.differences)
    assert outcome.repaired == outcome.differing
    assert (await checked(wire)).differing == 0
    assert await sums(wire) == before


async def test_a_contribution_in_another_cell_is_taken_out_and_heard_again(wire, behind):
    states = await filled(wire)
    before = await sums(wire)
    await behind.execute(
        """
        UPDATE contribution SET cell = (SELECT cell FROM contribution WHERE id = $2 AND quantity = 'spectators')
         WHERE id = $1 AND quantity = 'spectators'
        """,
        *(states[2].id, states[10].id),
    )
    assert (await compared(wire)).differing == 0, "the record has as many parts of as much as before"
    outcome = await checked(wire)
    assert {one.kind for one in outcome.differences} == {"cell"}
    assert outcome.told == 1
    await repair(wire)
    await is_whole(wire)
    assert await sums(wire) == before


async def test_an_announcement_that_is_not_what_the_cell_says_is_made_again(wire, behind):
    await filled(wire)
    await announce(wire)
    assert (await checked(wire)).differing == 0
    await behind.execute(
        """
        UPDATE figure SET doc = (doc::jsonb || '{"amount": 1}')::text
         WHERE id = (SELECT id FROM figure WHERE doc::jsonb ->> 'quantity' = 'spectators' LIMIT 1)
        """
    )
    outcome = await checked(wire)
    assert [one.kind for one in outcome.differences] == ["figure"]
    assert await announce(wire) == 1
    assert (await checked(wire)).differing == 0


@pytest.mark.parametrize("table", ["known_project", "known_campaign"])
async def test_a_copy_that_is_lost_is_kept_again(wire, behind, table):
    await filled(wire)
    await behind.execute(f"DELETE FROM {table} WHERE id = (SELECT min(id::text)::uuid FROM {table})")
    assert (await compared(wire)).differing == 1
    await repair(wire)
    await is_whole(wire)
    assert await behind.fetchval(f"SELECT count(*) FROM {table}") == 6


async def test_what_was_heard_beyond_the_ends_is_left_for_the_next_checkpoint(wire):
    states = await filled(wire)
    said = await wire.checkpoint()
    later = replace(states[2], version=states[2].version + 1)
    await wire.owner.write(later)
    await wire.carry()
    [outcome] = await jobs.compare_reached(wire.reporting, **COMPARING)
    assert (outcome.moved, outcome.differing, outcome.told) == (1, 0, 0)
    assert outcome.checkpoint_at == said.at
    await is_whole(wire)


async def test_a_difference_beside_what_moves_is_told_only_when_it_is_there_again(wire, behind):
    states = await filled(wire)
    await behind.execute("DELETE FROM record WHERE kind = 'action' AND id = $1", states[3].id)
    await wire.checkpoint()
    await wire.owner.write(replace(states[2], version=states[2].version + 1))
    await wire.carry()
    [first] = await jobs.compare_reached(wire.reporting, **COMPARING)
    assert (first.moved, first.differing, first.told) == (1, 1, 0)
    second = await compared(wire)
    assert (second.moved, second.differing, second.told) == (0, 1, 1)
    await repair(wire)
    await is_whole(wire)


async def test_what_moves_at_every_checkpoint_is_announced_again_unseen(wire):
    states = await filled(wire)
    told = []
    for n in range(1, 5):
        await wire.checkpoint()
        await wire.owner.write(replace(states[2], version=states[2].version + n))
        await wire.carry()
        [outcome] = await jobs.compare_reached(wire.reporting, **COMPARING)
        told.append(outcome.told)
    assert told == [0, 0, 1, 0]
    await repair(wire)
    await is_whole(wire)


async def test_a_parked_record_is_not_counted_and_no_difference(wire, behind):
    states = await filled(wire)
    await behind.execute("DELETE FROM record WHERE kind = 'action' AND id = $1", states[2].id)
    await behind.execute(
        "INSERT INTO parked_key (grp, topic, key) VALUES ('wire', $1, $2)", record(states[2]).topic, str(states[2].id)
    )
    outcome = await compared(wire)
    assert (outcome.parked, outcome.differing, outcome.told) == (1, 0, 0)


async def test_writes_going_on_are_no_difference(wire):
    """Many checkpoints, each with another part of what came after it already heard."""
    states = await filled(wire)
    held = [one for one in states if one.AGGREGATE == "action"]
    for n in range(1, 25):
        for one in held[n % 5 :: 5]:
            there = place(region="11")
            day = session(date(2025, 1 + n % 12, 3), n, place_id=there.id)
            await wire.owner.write(replace(one, version=10 * n, places=(there,), sessions=(day,)))
        await wire.carry(records_max=n % 4 + 1)
        await wire.carry()
        await wire.checkpoint()
        await wire.owner.write(replace(held[n % 18], version=10 * n + 1))
        await wire.carry(records_max=n % 2)
        [outcome] = await jobs.compare_reached(wire.reporting, **COMPARING)
        assert (outcome.differing, outcome.told) == (0, 0), n
        assert (await checked(wire)).differing == 0, n
        await wire.carry()
    await is_whole(wire)


async def test_an_outcome_names_the_position_that_was_compared(wire, behind):
    """A record is counted between the comparison and what is written down of it."""
    states = await filled(wire)
    await wire.checkpoint()
    before = await heard_up_to(behind, "actions")
    async with behind.transaction():
        await behind.execute("LOCK TABLE bucket IN SHARE MODE")
        comparing = asyncio.create_task(jobs.compare_reached(wire.reporting, **COMPARING))
        await until(lambda: holds_somebody_up(behind))
        await wire.owner.write(replace(states[2], version=states[2].version + 1))
        await wire.carry()
    [outcome] = await comparing
    assert (offsets(outcome.position), outcome.differing) == (before, 0)
    assert await heard_up_to(behind, "actions") != before


async def test_an_outcome_inside_names_the_position_that_was_looked_at(wire, behind):
    await filled(wire)
    before = await heard_up_to(behind, "actions")
    async with behind.transaction():
        await behind.execute("LOCK TABLE changed_cell IN SHARE MODE")
        checking = asyncio.create_task(checked(wire))
        await until(lambda: holds_somebody_up(behind))
        await wire.owner.connection.execute(MOVED_ON)
    assert (offsets((await checking).position), (await checking).differing) == (before, 0)
    assert await heard_up_to(behind, "actions") != before


async def test_an_outcome_of_partners_names_a_position_of_theirs(wire, behind):
    await filled(wire)
    await behind.execute("INSERT INTO consumer_offset VALUES ('wire', $1, 3, 7)", topic("territory", "state"))
    await wire.hear(Checkpoint(service="partners", at=datetime.now(UTC), snapshot="", ends={}, digests=()))
    [outcome] = await jobs.compare_reached(wire.reporting, **COMPARING)
    assert outcome.scope == "partners"
    assert offsets(outcome.position) == await heard_up_to(behind, "partners") != {}


async def test_an_announcement_names_the_position_that_it_includes(wire, behind):
    """A record is counted when its cell is about to be read: it is in the amount, and before the position."""
    await filled(wire)
    async with behind.transaction():
        await behind.execute("LOCK TABLE cell")
        announced = asyncio.create_task(announce(wire))
        await until(lambda: holds_somebody_up(behind))
        await behind.execute("UPDATE cell SET amount = 7 WHERE quantity = 'spectators'")
        await behind.execute(MOVED_ON)
    assert await announced > 0
    said = [json.loads(row["doc"]) for row in await behind.fetch("SELECT doc FROM figure")]
    assert {one["amount"] % 7 for one in said if one["quantity"] == "spectators"} == {0}
    upto = await heard_up_to(behind, "actions")
    assert all(offsets(one["position"]) == upto for one in said)


MOVED_ON = "UPDATE reporting.consumer_offset SET next_offset = next_offset + 1"


async def heard_up_to(behind: Transaction, service: str) -> dict[str, int]:
    rows = await behind.fetch(
        "SELECT topic || '/' || part AS place, next_offset FROM consumer_offset WHERE starts_with(topic, $1)",
        f"passeurs.{service}.",
    )
    return {row["place"]: row["next_offset"] for row in rows}


async def announce(wire: Wire) -> int:
    async with wire.reporting.transaction(SYSTEM) as tx:
        return await announcing.announce(tx, cells_max=1000)

"""A schema changes under a running service, while somebody reads the table and does not let go."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import asyncpg
import pytest

from common import migrations
from common.migrations import Migration
from tests.conftest import House
from tests.faults.asking import Reply, ms, statuses
from tests.faults.experiment import Experiment
from tests.faults.load import Mix, capacity, failed, meanwhile, steadily
from tests.faults.town import Town
from tests.waiting import until

PER_S = 100
BATCH = 1000
TIMES_CALM = 2.0
SYSTEM = json.dumps({"level": "system"})
EXPAND = Migration("experiment/0001_expand_copy.sql", "ALTER TABLE project ADD COLUMN copy_of_title text")
CONTRACT = Migration("experiment/0002_contract_copy.sql", "ALTER TABLE project DROP COLUMN copy_of_title")


@pytest.mark.on_demand
@pytest.mark.experiment("P15")
async def test_a_migration_stops_nobody(experiment: Experiment, house: House, town: Town) -> None:
    """A column is added, filled in batches and dropped again, while a reader holds the table."""
    url, mix = house.environment["DATABASE_URL"], Mix(town, await town.client())
    per_s = PER_S if experiment.form == "long" else min(PER_S, await capacity(mix.ask_actions) / 2)
    calm = await steadily(mix.ask_actions, per_s=per_s, seconds=experiment.number("held_s"))
    try:
        async with meanwhile(mix.ask_actions, per_s=per_s) as replies:
            async with held(url, experiment.number("held_s")) as reader:
                began = time.monotonic()
                ran = await migrations.migrate(url, "actions", [EXPAND])
                waited_s, gave_up = time.monotonic() - began, reader.done()
            filled = await backfilled(url)
            ran += await migrations.migrate(url, "actions", [CONTRACT])
    finally:
        await forget(url)
        await mix.client.close()
    experiment.judge("it gave up and came again", holds=gave_up and len(ran) == 2, waited_s=waited_s, filled=filled)
    experiment.tell(per_s=per_s)
    _judge_answers(experiment, calm, replies)


def _judge_answers(experiment: Experiment, calm: Sequence[Reply], replies: Sequence[Reply]) -> None:
    experiment.judge("no request failed", holds=not failed(replies, experiment), answers=str(statuses(replies)))
    times = ms(replies, 0.99) / ms(calm, 0.99)
    experiment.judge_alone("p99", holds=times <= TIMES_CALM, p99_times_calm=times)
    experiment.tell(calm_p99_ms=ms(calm, 0.99), p99_ms=ms(replies, 0.99), slowest_ms=ms(replies, 1))


@asynccontextmanager
async def held(url: str, seconds: int) -> AsyncIterator["asyncio.Task[None]"]:
    """Read a table in a transaction that stays open for so long."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("BEGIN; SELECT count(*) FROM actions.project")
        holding = asyncio.create_task(_let_go(connection, seconds))
        yield holding
        await holding
    finally:
        await connection.close()


async def _let_go(connection: "asyncpg.Connection[asyncpg.Record]", seconds: int) -> None:
    over = time.monotonic() + seconds
    await until(lambda: time.monotonic() > over, within_s=seconds + 1)
    await connection.execute("COMMIT")


async def backfilled(url: str) -> int:
    """Fill the new column of what was there when it came, as its owner, a batch in each transaction; say how many."""
    owner = await asyncpg.connect(migrations.dsn(url, "actions", "owner"))
    filled = 0
    try:
        await owner.execute(f"SET app.principal = '{SYSTEM}'")
        last = await owner.fetchval("SELECT id FROM project ORDER BY id DESC LIMIT 1")
        while rows := int((await owner.execute(_FILL, last, BATCH)).rpartition(" ")[2]):
            filled += rows
    finally:
        await owner.close()
    return filled


async def forget(url: str) -> None:
    """Leave the schema as it was, whatever became of the experiment."""
    administrator = await asyncpg.connect(url)
    try:
        await administrator.execute("ALTER TABLE actions.project DROP COLUMN IF EXISTS copy_of_title")
        await administrator.execute("DELETE FROM actions.migration WHERE name LIKE 'experiment/%'")
    finally:
        await administrator.close()


_FILL = """
UPDATE project SET copy_of_title = title
 WHERE id IN (SELECT id FROM project WHERE id <= $1 AND copy_of_title IS NULL LIMIT $2 FOR UPDATE SKIP LOCKED)
"""

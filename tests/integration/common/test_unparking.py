"""A parked state is put back while others write: they hardly wait, and nothing newer is overlooked."""

import asyncio
import time
from uuid import uuid4

import asyncpg
import pytest

from common import contracts, migrations, operations
from common.database import Database
from common.tokens import SYSTEM
from tests.waiting import until

SERVICE = "catalogue"
STATES = contracts.topic("film", "state")
SAY = "INSERT INTO outbox (event_id, topic, key, version, type, value) VALUES ($1, $2, $3, $4, 'film.state', '{}')"
WAITS_FOR_A_LOCK = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'outbox'::regclass"
HARDLY_S = 1.0


@pytest.fixture
async def address(database) -> str:
    made: str = await database(SERVICE)
    return made


async def say(db: Database, key: str, version: int) -> None:
    async with db.transaction(SYSTEM) as tx:
        await tx.execute(SAY, uuid4(), STATES, key, version)


async def parked(db: Database, owner: asyncpg.Connection, key: str) -> int:
    """Leave a state, and take it out of the relay's way; return its number."""
    await say(db, key, 1)
    seq: int = await owner.fetchval("SELECT seq FROM outbox WHERE key = $1", key)
    async with owner.transaction():
        await operations.park_row(owner, who="somebody", seq=seq, reason="the broker refuses it")
    return seq


async def unpark(owner: asyncpg.Connection, seq: int) -> str:
    async with owner.transaction():
        number = await operations.unpark_row(owner, who="somebody", seq=seq)
    outcome: str = await owner.fetchval("SELECT outcome FROM operation WHERE id = $1", number)
    return outcome


@pytest.mark.parametrize(("version", "outcome"), [(2, "dropped"), (0, "done")])
async def test_who_writes_hardly_waits_and_nothing_newer_is_overlooked(db, owner, address, version, outcome):
    """One writes for long: what it commits has a lower number than what was there at the first look."""
    key, administrator = str(uuid4()), await asyncpg.connect(migrations.dsn(address, SERVICE, "owner"))
    seq = await parked(db, owner, key)
    async with db.transaction(SYSTEM) as slow:
        await slow.execute(SAY, uuid4(), STATES, key, version)
        await say(db, str(uuid4()), 1)
        unparking = asyncio.create_task(unpark(owner, seq))
        await until(lambda: administrator.fetchval(WAITS_FOR_A_LOCK))
        began = time.monotonic()
        await say(db, str(uuid4()), 1)
        waited_s = time.monotonic() - began
    assert (await unparking).startswith(outcome)
    assert waited_s < HARDLY_S
    await administrator.close()


async def test_who_never_finds_the_outbox_free_gives_up_and_leaves_the_row_parked(db, owner):
    seq = await parked(db, owner, str(uuid4()))
    async with db.transaction(SYSTEM) as endless:
        await endless.execute(SAY, uuid4(), STATES, str(uuid4()), 1)
        with pytest.raises(asyncpg.LockNotAvailableError):
            await unpark(owner, seq)
    assert await unpark(owner, seq) == "done"

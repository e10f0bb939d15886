"""What a relay asks of its outbox where things are not in the order of their numbers, or take long."""

from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from common import contracts, migrations
from common.database import Database, connect
from common.relay.store import Store
from common.tokens import SYSTEM

SERVICE = "catalogue"
STATES = contracts.topic("film", "state")
SAY = "INSERT INTO outbox (event_id, topic, key, version, type, value) VALUES ($1, $2, $3, $4, 'film.state', '{}')"
NOW = "SELECT pg_current_snapshot()::text"
DRAINING = """
UPDATE outbox_cursor SET s1 = '1:1:', s2 = $1::text::pg_snapshot, last_seq = (SELECT max(seq) FROM outbox)
"""
WRITTEN_US = "SELECT (extract(epoch FROM at) * 1000000)::bigint FROM outbox WHERE key = $1"


@pytest.fixture
async def address(database) -> str:
    made: str = await database(SERVICE)
    return made


@pytest.fixture
async def owner(address: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(migrations.dsn(address, SERVICE, "owner"))
    yield connection
    await connection.close()


@pytest.fixture
async def db(address: str) -> AsyncIterator[Database]:
    opened = await connect(migrations.dsn(address, SERVICE, "app"))
    yield opened
    await opened.close()


@pytest.fixture
async def outbox(address: str) -> AsyncIterator[Store]:
    opened = await Store.open(migrations.dsn(address, SERVICE, "relay"), SERVICE, 10)
    yield opened
    await opened.close()


async def say(db: Database, key: str, version: int = 1) -> None:
    async with db.transaction(SYSTEM) as tx:
        await tx.execute(SAY, uuid4(), STATES, key, version)


async def test_what_was_committed_behind_what_is_sent_waits_too(db, owner, outbox):
    """Of a large difference half sent, the rows sent stand before `last_seq`; that one does too, and was never seen."""
    await outbox.take()
    async with db.transaction(SYSTEM) as slow:
        await slow.execute(SAY, uuid4(), STATES, "slow", 1)
        await say(db, "quick")
        await owner.execute(DRAINING, await owner.fetchval(NOW))
    assert await outbox.oldest() == await owner.fetchval(WRITTEN_US, "slow")

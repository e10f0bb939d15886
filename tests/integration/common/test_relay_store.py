"""What a relay asks of its outbox where things are not in the order of their numbers, or take long."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from common import contracts, migrations
from common.database import Database
from common.relay import store
from common.relay.ports import NOTHING_SEEN, Taken
from common.relay.store import Store
from common.tokens import SYSTEM
from tests.waiting import until

SERVICE = "catalogue"
STATES = contracts.topic("film", "state")
SAY = "INSERT INTO outbox (event_id, topic, key, version, type, value) VALUES ($1, $2, $3, $4, 'film.state', '{}')"
AS_IN_THE_BACKUP = "UPDATE outbox_cursor SET db_epoch = 1, timeline = 0"
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


async def test_what_is_restored_twice_from_one_backup_tells_each_time_under_an_epoch_of_its_own(owner, outbox):
    """Else readers would hold what the first restore had told against the second."""

    async def restored() -> int:
        await owner.execute(AS_IN_THE_BACKUP)
        taken: Taken = await outbox.take()
        return taken.cursor.db_epoch

    await outbox.take()
    first = await restored()

    async def is_higher() -> bool:
        return await restored() > first

    await until(is_higher)
    assert (await outbox.take()).cursor.db_epoch > first, "whoever leads next goes on under the same"


async def test_an_audit_reads_again_only_what_had_not_been_sent_when_it_began(db, owner, outbox):
    """Newest of three: one before it began, one that was being written then, one that came after."""
    async with db.transaction(SYSTEM) as slow:
        await slow.execute(SAY, uuid4(), STATES, "slow", 1)
        await say(db, "before")
        since = await owner.fetchval(NOW)
    for version in (2, 3):
        await say(db, "after", version)
    keys = ["before", "slow", "after"]
    found = await outbox.newest(STATES, keys, since, await owner.fetchval(NOW))
    assert {(row[4], row[5]) for row in found or ()} == {("slow", 1), ("after", 3)}
    everything = await outbox.newest(STATES, keys, NOTHING_SEEN, await owner.fetchval(NOW))
    assert {row[4] for row in everything or ()} == set(keys)


async def test_an_audit_that_takes_too_long_costs_no_session(db, owner, outbox, monkeypatch):
    monkeypatch.setattr(store, "NEWEST_TIMEOUT_S", 0.2)
    await say(db, "thing")
    assert await outbox.lead()
    async with owner.transaction():
        await owner.execute("LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE")
        assert await outbox.newest(STATES, ["thing"], NOTHING_SEEN, await owner.fetchval(NOW)) is None
    assert len(await outbox.newest(STATES, ["thing"], NOTHING_SEEN, await owner.fetchval(NOW)) or ()) == 1


async def test_an_audit_is_resumed_with_what_had_not_been_sent_when_it_began(outbox, owner):
    taken, since = await outbox.take(), await owner.fetchval(NOW)
    await outbox.audit(taken.cursor, {}, since)
    resumed = await outbox.take()
    assert (resumed.auditing, resumed.audited_since) == ({}, since)

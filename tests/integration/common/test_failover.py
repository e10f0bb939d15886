"""A standby that was promoted writes another history from its first moment, long before its first checkpoint ends."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

import asyncpg
import pytest

from catalogue.store import changes
from common import contracts, housekeeping, migrations
from common.relay.ports import OutboxAway, Taken
from common.relay.store import Store
from tests.faults import servers
from tests.faults.servers import Cluster
from tests.integration.common.test_housekeeping import LATER, NOW, SAY
from tests.waiting import until

SERVICE = "catalogue"
A_LONG_CHECKPOINT = "CREATE TABLE dirt AS SELECT repeat('x', 1000) AS x FROM generate_series(1, 4000)"
REACHED = "SELECT pg_last_wal_replay_lsn() >= '{}'"
CHECKPOINTED = "SELECT timeline_id FROM pg_control_checkpoint()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promoted:
    """What a relay and a reader of the feed saw of a server, and the standby that has taken its place."""

    taken: Taken
    era: str
    server: Cluster


@pytest.fixture
async def promoted() -> AsyncIterator[Promoted]:
    async with servers.cluster() as primary:
        await migrations.prepare(primary.url, SERVICE)
        await migrations.migrate(primary.url, SERVICE)
        async with servers.standby(primary) as standby:
            seen, era = await taken(primary), await looked(primary)
            await primary.ask(A_LONG_CHECKPOINT)
            reached = REACHED.format(await primary.ask("SELECT pg_current_wal_lsn()::text"))
            await until(lambda: standby.ask(reached))
            with pytest.raises(OutboxAway):
                await taken(standby)
            assert await standby.ask("SELECT pg_promote()")
            yield Promoted(taken=seen, era=era, server=standby)


async def test_a_relay_sends_everything_again_under_a_higher_epoch(promoted: Promoted) -> None:
    found = await taken(promoted.server)
    assert await promoted.server.ask(CHECKPOINTED) == 1, "the first checkpoint has ended: nothing is shown"
    assert found.restored
    assert found.cursor.db_epoch > promoted.taken.cursor.db_epoch
    assert not (await taken(promoted.server)).restored


async def test_a_reader_of_the_feed_of_films_is_told_that_its_position_is_of_another_database(
    promoted: Promoted,
) -> None:
    era = await looked(promoted.server)
    assert await promoted.server.ask(CHECKPOINTED) == 1, "the first checkpoint has ended: nothing is shown"
    assert era != promoted.era


async def test_no_fact_is_thrown_away_by_the_cursor_of_the_other_history(promoted: Promoted) -> None:
    server = promoted.server
    async with connected(server, "housekeeper") as housekeeper:
        assert await housekeeping.keep_house(housekeeper, now=NOW) == []
        async with connected(server, "app") as app:
            await app.execute(SAY, uuid4(), contracts.topic("film", "events"))
        async with connected(server, "relay") as relay:
            await relay.execute("UPDATE outbox_cursor SET s1 = pg_current_snapshot()")
        assert await housekeeping.keep_house(housekeeper, now=LATER) == []
    assert await server.ask(CHECKPOINTED) == 1, "the first checkpoint has ended: nothing is shown"


@asynccontextmanager
async def connected(server: Cluster, role: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(migrations.dsn(server.url, SERVICE, role))
    try:
        yield connection
    finally:
        await connection.close()


async def taken(server: Cluster) -> Taken:
    """Take the cursor over, as a relay does."""
    store = await Store.open(migrations.dsn(server.url, SERVICE, "relay"), SERVICE, 10)
    try:
        return await store.take()
    finally:
        await store.close()


async def looked(server: Cluster) -> str:
    """Ask which database it is, as the feed of films does."""
    async with connected(server, "app") as connection:
        era, _ = await changes.look(connection)
        return era

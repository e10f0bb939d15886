"""A relay that finds its cursor untrue: the database is another one, or the broker has lost what it had."""

import asyncio
import os
import re
import sys
from uuid import uuid4

import asyncpg
import msgspec
import pytest

from common import consumer, contracts, migrations, relay
from common.database import Database
from common.tokens import SYSTEM
from tests.architecture.source import ROOT
from tests.integration.common.test_backbone import Received, listening, running
from tests.integration.common.test_consumer import holds_somebody_up
from tests.waiting import until

SERVICE = "catalogue"
FACTS, STATES = contracts.topic("film", "events"), contracts.topic("film", "state")
PAGE = (ROOT / "docs/reliability.md").read_text(encoding="utf-8")
FILM = """
INSERT INTO film (id, version, title, other_titles, directors, countries, versions, identifiers, visas, filed, doc)
VALUES ($1, 7, 'Film', '{}', '{}', '{}', '{}', '{}', '[]', 'film', '{"version":7}')
"""
CURSOR = "SELECT epoch, db_epoch, s1::text, s2::text, last_seq, acked::text FROM outbox_cursor"


@pytest.fixture
async def address(database) -> str:
    made: str = await database(SERVICE)
    return made


def relaying(address: str, servers: str, *, takeover_wait_s: float = 0.1):
    dsn = migrations.dsn(address, SERVICE, "relay")
    settings = relay.Settings(service=SERVICE, dsn=dsn, servers=servers, takeover_wait_s=takeover_wait_s)
    return running(relay.run(settings))


async def say(db: Database, key: str, version: int, topic: str = FACTS) -> None:
    async with db.transaction(SYSTEM) as tx:
        await tx.execute(
            "INSERT INTO outbox (event_id, topic, key, version, type, value) VALUES ($1, $2, $3, $4, $5, $6)",
            *(uuid4(), topic, key, version, contracts.ce_type("film.renamed"), b"{}"),
        )


async def test_a_restored_database_is_not_forgotten_by_a_relay_that_dies_before_it_sends(
    address, db, owner, kafka_servers
):
    key, received = str(uuid4()), Received()
    async with listening(received, db, kafka_servers):
        await say(db, key, 1)
        async with relaying(address, kafka_servers):
            await until(lambda: received.versions(key) == [1])
        await owner.execute("UPDATE outbox_cursor SET timeline = timeline - 1, signed_off = false")
        epoch = await owner.fetchval("SELECT epoch FROM outbox_cursor")
        async with relaying(address, kafka_servers, takeover_wait_s=60):
            await until(lambda: _has_moved_from(owner, epoch))
        taken = await owner.fetchrow(CURSOR)
        assert (taken["s1"], taken["acked"]) == (relay.NOTHING_SEEN, "{}")
        async with relaying(address, kafka_servers):
            await until(lambda: received.versions(key) == [1, 1])
    assert [message.epoch for message in received.by_key[key]] == [1, taken["db_epoch"]]
    assert taken["db_epoch"] > 1


async def test_a_large_difference_under_way_is_begun_anew_in_a_restored_database(address, db, owner, kafka_servers):
    key, received = str(uuid4()), Received()
    async with listening(received, db, kafka_servers):
        await say(db, key, 1)
        async with relaying(address, kafka_servers):
            await until(lambda: received.versions(key) == [1])
        await owner.execute("UPDATE outbox_cursor SET timeline = timeline - 1, s2 = s1, last_seq = 1000")
        async with relaying(address, kafka_servers):
            await until(lambda: received.versions(key) == [1, 1])
    assert (await owner.fetchrow(CURSOR))["last_seq"] is None


async def test_a_broker_that_lost_its_tail_is_told_everything_again_once(address, db, owner, kafka_servers):
    key, received = str(uuid4()), Received()
    async with listening(received, db, kafka_servers):
        await say(db, key, 1)
        async with relaying(address, kafka_servers):
            await until(lambda: received.versions(key) == [1])
        lost = {f"{contracts.topic('film', 'state')}/{n}": 10**12 for n in range(contracts.PARTITIONS)}
        await owner.execute("UPDATE outbox_cursor SET acked = $1", msgspec.json.encode(lost).decode())
        async with owner.transaction():
            await owner.execute("LOCK TABLE outbox")  # nothing can be read, so nothing can be sent
            async with relaying(address, kafka_servers):
                await until(lambda: holds_somebody_up(owner))
            row = await owner.fetchrow(CURSOR)
            assert (row["s1"], row["acked"]) == (relay.NOTHING_SEEN, "{}")
        async with relaying(address, kafka_servers):
            await until(lambda: received.versions(key) == [1, 1])
        async with relaying(address, kafka_servers):
            await say(db, key, 2)
            await until(lambda: received.has(key, 2))
    assert received.versions(key) == [1, 1, 2]
    assert {message.epoch for message in received.by_key[key]} == {1}


async def test_after_a_restore_every_state_is_announced_anew_as_the_page_says(address, db, owner, kafka_servers):
    """docs/reliability.md, followed to the letter: its SQL and its command are run as they stand."""
    make_known, _ = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
    (announce,) = re.findall(r"```sh\n *\.venv/bin/passeurs (announce .*?)  ", PAGE)
    film, received = str(uuid4()), Received()
    async with listening_to_states(received, db, kafka_servers):
        await say(db, film, 1, STATES)
        async with relaying(address, kafka_servers):
            await until(lambda: received.has(film, 1))
        await owner.execute("""SET app.principal = '{"level": "system"}'""")
        await owner.execute(FILM, film)  # its outbox row is long gone
        await owner.execute(make_known)
        await operated(address, kafka_servers, *announce.split())
        async with relaying(address, kafka_servers):
            await until(lambda: received.has(film, 7))
    message = received.by_key[film][-1]
    assert (message.type, message.value) == (contracts.ce_type("film.state"), b'{"version":7}')
    assert message.epoch > received.by_key[film][0].epoch


async def test_what_the_cursor_is_said_to_hold_is_what_it_holds(address, db, owner, kafka_servers):
    async with relaying(address, kafka_servers):
        await say(db, str(uuid4()), 1)
        acked = await until(lambda: owner.fetchval("SELECT acked::text FROM outbox_cursor WHERE acked <> '{}'"))
    assert isinstance(acked, str)
    assert all(place.rpartition("/")[0] == FACTS for place in msgspec.json.decode(acked, type=dict[str, int]))
    said = await owner.fetchval(
        "SELECT col_description(attrelid, attnum) FROM pg_attribute"
        " WHERE attrelid = 'outbox_cursor'::regclass AND attname = 'acked'"
    )
    assert '{"topic/partition": offset}' in said


async def operated(address: str, servers: str, *words: str) -> None:
    """Run one command of the operator's."""
    environ = {**os.environ, "DATABASE_URL": address, "KAFKA_BOOTSTRAP_SERVERS": servers}
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "passeurs", *words, env=environ)
    assert await process.wait() == 0


def listening_to_states(received: Received, db: Database, servers: str):
    group = consumer.Group(name=f"test.{uuid4()}", listeners={STATES: received.take})
    return running(consumer.run(group, database=db, settings=consumer.Settings(servers=servers)))


async def _has_moved_from(owner: asyncpg.Connection, epoch: int) -> bool:
    now: int = await owner.fetchval("SELECT epoch FROM outbox_cursor")
    return now > epoch

"""Figures are made a second time while the first serve, and take their place unseen; what differed is mended."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer

from common import consumer, kafka, migrations
from common.contracts.actions import ActionStatus
from common.database import Database
from common.tokens import SYSTEM
from reporting.consumers import LISTENERS, rebuilding
from reporting.store import rebuilding as statements
from reporting.store.rebuilding import BlueIsKept, KeysMoved, NothingHeard, NothingKept
from tests.integration.reporting.sending import included, read_whole, send
from tests.integration.reporting.test_counting import World
from tests.states import action, campaign, project
from tests.waiting import until

READERS = 4
GROUP = consumer.Group(name=f"test.reporting.{uuid4()}", listeners=LISTENERS)
"""It begins where the topics begin: what other suites have said on them is counted by both."""


@asynccontextmanager
async def hearing(db: Database, servers: str) -> AsyncIterator[None]:
    task = asyncio.create_task(
        consumer.run(GROUP, database=db, settings=consumer.Settings(servers=servers, poll_records_max=2_000))
    )
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


@pytest.fixture(scope="module")
async def producer(kafka_servers: str) -> AsyncIterator[AIOKafkaProducer]:
    made = kafka.aio.unstarted_producer(kafka_servers, "tests")
    await made.start()
    yield made
    await made.stop()


@pytest.fixture(scope="module")
def settings(address: str, kafka_servers: str) -> rebuilding.Settings:
    return rebuilding.Settings(
        servers=kafka_servers, owner_dsn=migrations.dsn(address, "reporting", "owner"), keys_max=50, batch_records=100
    )


def untold(_done: int, _of: int) -> None:
    """Show nobody."""


async def history(producer: AIOKafkaProducer, reader: Any, seed: int) -> list[Any]:
    """Send a random history, repeats and disorder included, and wait until it is counted."""
    world = World(seed)
    states = world.history()
    again = [one for one in states if world.luck.random() < 0.3]
    shuffled = [*states, *again]
    world.luck.shuffle(shuffled)
    for state in shuffled:
        await send(producer, state)
    last = [action(uuid4(), state=ActionStatus.SCHEDULED) for _ in range(30)]
    for state in last:
        await send(producer, state)
    newest = {(one.AGGREGATE, one.id): one for one in states}
    await included(reader, *newest.values(), *last, indicator="I05")
    return list(newest.values())


async def tables(db: Database) -> dict[str, list[tuple[object, ...]]]:
    """Read all that is made of topics, row by row, nothing standing left out."""
    async with db.transaction(SYSTEM) as tx:
        return {
            "record": [tuple(row) for row in await tx.fetch(_RECORDS)],
            "contribution": [tuple(row) for row in await tx.fetch(_CONTRIBUTIONS)],
            "cell": [tuple(row) for row in await tx.fetch(_CELLS)],
            "project": [tuple(row) for row in await tx.fetch(_PROJECTS)],
        }


_RECORDS = "SELECT kind, id, epoch, version FROM record ORDER BY kind, id"
_CONTRIBUTIONS = "SELECT kind, id, part, shard, cell, amount, project_id FROM contribution ORDER BY kind, id, part"
_CELLS = "SELECT cell, shard, quantity, amount, n, region FROM cell WHERE n <> 0 ORDER BY cell, shard"
_PROJECTS = "SELECT id, epoch, version, region FROM known_project ORDER BY id"


@pytest.mark.parametrize("seed", [1, 2])
async def test_made_anew_figures_are_the_same_to_the_row(db, reader, producer, kafka_servers, settings, seed):
    async with hearing(db, kafka_servers):
        await history(producer, reader, seed)
        await read_whole(db, GROUP.name, kafka_servers)
        before = await tables(db)
        outcome = await rebuilding.rebuild(GROUP, settings, untold)
        assert outcome.exchanged
        assert list(outcome.differences) == []
        assert await tables(db) == before
        more = project(uuid4(), campaign_id=uuid4())
        await send(producer, more)
        await included(reader, more, indicator="I17")
        await rebuilding.drop_replaced(settings)


async def test_while_it_changes_places_every_answer_is_true(db, reader, producer, kafka_servers, settings):
    """Asked in loops that overlap, so that there is always a reader: no sum ever goes back."""
    id_ = uuid4()
    held = [action(uuid4(), campaign_id=id_) for _ in range(40)]
    seen: list[list[int]] = [[] for _ in range(READERS)]
    done = asyncio.Event()

    async def ask(seen: list[int]) -> None:
        while not done.is_set():
            seen.append(await reader.value("I05", campaign=str(id_)) or 0)

    async def say() -> None:
        for one in held:
            await send(producer, one)

    async with hearing(db, kafka_servers):
        await send(producer, campaign(id_))
        async with asyncio.TaskGroup() as steadily:
            for mine in seen:
                steadily.create_task(ask(mine))
            steadily.create_task(say())
            try:
                outcome = await rebuilding.rebuild(GROUP, settings, untold)
                await included(reader, *held, indicator="I05")
            finally:
                done.set()
    assert list(outcome.differences) == []
    assert [mine for mine in seen if mine != sorted(mine)] == []
    assert sum(map(len, seen)) > len(held) / 10
    assert await reader.value("I05", campaign=str(id_)) == 40 * 214
    with pytest.raises(BlueIsKept):
        await rebuilding.rebuild(GROUP, settings, untold)
    await rebuilding.drop_replaced(settings)
    with pytest.raises(NothingKept):
        await rebuilding.drop_replaced(settings)


async def test_what_differs_is_told_mended_and_announced(db, reader, producer, kafka_servers, settings):
    """Somebody has meddled: a cell, a contribution and a whole record are not what the topics say."""
    id_ = uuid4()
    held = [action(uuid4(), campaign_id=id_) for _ in range(3)]
    async with hearing(db, kafka_servers):
        for one in held:
            await send(producer, one)
        await included(reader, *held, indicator="I05")
        async with db.transaction(SYSTEM) as tx:
            await tx.execute(
                "UPDATE cell SET amount = amount + 7 WHERE campaign_id = $1 AND quantity = 'spectators'", id_
            )
            await tx.execute("DELETE FROM contribution WHERE id = $1", held[0].id)
            await tx.execute("DELETE FROM changed_cell")
        assert await reader.value("I05", campaign=str(id_)) != 3 * 214
        compared = await rebuilding.rebuild(GROUP, settings, untold, exchange=False)
        assert await reader.value("I05", campaign=str(id_)) != 3 * 214
        outcome = await rebuilding.rebuild(GROUP, settings, untold)
        assert await reader.value("I05", campaign=str(id_)) == 3 * 214
    assert not compared.exchanged
    assert compared.differences == outcome.differences
    async with db.transaction(SYSTEM) as tx:
        noted = {row["cell"] for row in await tx.fetch("SELECT cell FROM changed_cell")}
        audited = [row["command"] for row in await tx.fetch("SELECT command FROM operation ORDER BY id DESC LIMIT 3")]
    assert {one.cell for one in outcome.differences} <= noted
    assert audited == ["rebuild.exchange", "rebuild.compare", "rebuild.lay_out"]


async def test_what_was_replaced_serves_again_and_catches_up(db, reader, producer, kafka_servers, settings):
    """Goes on from the test before: what it replaced was wrong, and is wrong again."""
    id_ = uuid4()
    late = action(uuid4(), campaign_id=id_)
    async with hearing(db, kafka_servers):
        await send(producer, late)
        await included(reader, late, indicator="I05")
        different = await rebuilding.switch_back(GROUP, settings)
        assert different > 0
        await included(reader, late, indicator="I05")
        assert await reader.value("I05", campaign=str(id_)) == 214
        outcome = await rebuilding.rebuild(GROUP, settings, untold)
        assert len(outcome.differences) > 0
    await rebuilding.drop_replaced(settings)


async def test_rights_policies_and_views_are_those_that_were(db, address, settings):
    """After all these exchanges: unset, nothing is seen; a view reads what serves; green and blue are closed."""
    async with db.pool.acquire() as connection:
        assert await connection.fetchval("SELECT count(*) FROM cell") == 0
        assert await connection.fetchval("SELECT count(*) FROM placed_cell") == 0
        for colour in ("green", "blue"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f"CREATE TABLE reporting_{colour}.mine (id integer)")
    async with db.transaction(SYSTEM) as tx:
        assert await tx.fetchval("SELECT count(*) FROM placed_cell") == await tx.fetchval("SELECT count(*) FROM cell")
    plain = migrations.dsn(address, "reporting", "app")
    with pytest.raises(asyncpg.PostgresError):
        await rebuilding.rebuild(GROUP, replace(settings, owner_dsn=plain), untold)


async def test_a_group_that_has_heard_nothing_here_is_refused(db, settings):
    """Nothing to go up to: it would put empty figures in place."""
    nobody = replace(GROUP, name="nobody")
    before = await tables(db)
    with pytest.raises(NothingHeard):
        await rebuilding.rebuild(nobody, settings, untold)
    assert await tables(db) == before


async def test_a_key_that_is_redriven_meanwhile_ends_it(db, settings):
    """Green has left the key out, and what serves has it: nothing is exchanged."""
    topic = "passeurs.actions.action.state.v1"
    async with db.transaction(SYSTEM) as tx:
        await tx.execute(_PARK, GROUP.name, topic)
    redriven = False

    async def redrive() -> None:
        async with db.transaction(SYSTEM) as tx:
            await tx.execute("DELETE FROM parked_event WHERE grp = $1 AND key = 'nobody'", GROUP.name)

    def told(_done: int, _of: int) -> None:
        nonlocal redriven
        if not redriven:
            redriven = True
            under_way.append(asyncio.create_task(redrive()))

    under_way: list[asyncio.Task[None]] = []
    before = await tables(db)
    with pytest.raises(KeysMoved):
        await rebuilding.rebuild(GROUP, settings, told)
    await asyncio.wait(under_way)
    assert await tables(db) == before
    with pytest.raises(NothingKept):
        await rebuilding.drop_replaced(settings)


_PARK = """
INSERT INTO parked_event (grp, topic, part, "offset", key, headers, error)
VALUES ($1, $2, 0, 1000000, 'nobody', '{}', 'no')
"""


async def test_a_record_whose_key_no_column_holds_is_set_aside_here_too(db, producer, kafka_servers, settings):
    """It is none of ours either: what serves has set it aside under a key that PostgreSQL keeps."""
    odd = f"{uuid4()}\0"
    async with hearing(db, kafka_servers):
        await producer.send_and_wait("passeurs.actions.project.state.v1", b"{}", key=odd.encode())
        await until(lambda: _is_parked(db, odd.rstrip("\0")))
        outcome = await rebuilding.rebuild(GROUP, settings, untold)
    assert outcome.exchanged
    await rebuilding.drop_replaced(settings)


async def _is_parked(db: Database, prefix: str) -> bool:
    async with db.transaction(SYSTEM) as tx:
        asked = "SELECT EXISTS (SELECT FROM parked_event WHERE grp = $1 AND starts_with(key, $2))"
        parked: bool = await tx.fetchval(asked, GROUP.name, prefix)
    return parked


async def test_a_lock_that_is_held_long_makes_it_wait_and_nobody_else(db, reader, producer, kafka_servers, settings):
    """A reader of the old tables keeps its transaction open: the exchange gives way, again and again, until it ends."""
    id_ = uuid4()
    held = action(uuid4(), campaign_id=id_)
    async with hearing(db, kafka_servers):
        await send(producer, held)
        await included(reader, held, indicator="I05")
        async with db.transaction(SYSTEM) as tx:
            await tx.fetchval("SELECT count(*) FROM cell")
            remaking = asyncio.create_task(rebuilding.rebuild(GROUP, settings, untold))
            await until(lambda: remaking.done() or random.random() < 0.01, within_s=20)  # noqa: S311 - a while
            assert not remaking.done()
            assert await reader.value("I05", campaign=str(id_)) == 214
        outcome = await remaking
    assert outcome.exchanged
    await rebuilding.drop_replaced(settings)


async def test_a_client_that_stops_while_it_holds_counting_is_ended_by_the_server(db, settings):
    """Ctrl-Z inside the exchange: nobody goes on with it, and nobody lets go."""
    async with db.transaction(SYSTEM) as tx:
        await tx.execute("INSERT INTO consumer_offset (grp, topic, part, next_offset) VALUES ('stopped', 'any', 0, 0)")
    stopped = await statements.connect(settings.owner_dsn)
    try:
        await stopped.execute("BEGIN")
        await statements.hold_live(stopped)
        with pytest.raises(asyncpg.LockNotAvailableError):
            await _move(db)
        await until(lambda: _moves(db), within_s=20)
    finally:
        stopped.terminate()


async def _move(db: Database) -> None:
    async with db.transaction(SYSTEM) as tx:
        await tx.execute("UPDATE consumer_offset SET next_offset = next_offset + 1 WHERE grp = 'stopped'")


async def _moves(db: Database) -> bool:
    try:
        await _move(db)
    except asyncpg.LockNotAvailableError:
        return False
    return True

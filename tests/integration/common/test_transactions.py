"""One transaction, in somebody's name: what it knows, and what is left of it whichever way it ends."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

import asyncpg
import pytest
from prometheus_client import REGISTRY

from common import database, migrations
from common.database import Database, RolledBack, Transaction
from common.tokens import SYSTEM, Territory
from tests.waiting import until

SERVICE = "catalogue"
WHO = "SELECT current_setting('app.principal', true)"
PUT = "INSERT INTO thing (id) VALUES ($1)"
THERE = "SELECT array_agg(id ORDER BY id) FROM thing"
ENDED = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
 WHERE usename = 'catalogue_app' AND datname = current_database()
"""


@pytest.fixture(scope="module")
async def address(database) -> str:
    made: str = await database(SERVICE)
    owner = await asyncpg.connect(migrations.dsn(made, SERVICE, "owner"))
    await owner.execute("CREATE TABLE thing (id integer PRIMARY KEY)")
    await owner.close()
    return made


@pytest.fixture
async def db(address) -> AsyncIterator[Database]:
    """One connection only: whatever a transaction leaves behind, the next one finds."""
    opened = await database.connect(migrations.dsn(address, SERVICE, "app"), size_max=1)
    async with opened.transaction(SYSTEM) as tx:
        await tx.execute("DELETE FROM thing")
    yield opened
    await opened.close()


async def there(db: Database) -> list[int] | None:
    async with db.transaction(SYSTEM) as tx:
        found: list[int] | None = await tx.fetchval(THERE)
    return found


async def test_it_knows_in_whose_name_it_runs_however_that_is_spelt(db):
    spelt = frozenset({"2A", "l'Île", 'a"b', "back\\slash", "'; DROP TABLE thing; --", "$1"})
    principal = replace(SYSTEM, client_id="o'brien", territory=Territory("departments", spelt))
    async with db.transaction(principal) as tx:
        said = await tx.fetchval(WHO)
    assert said == principal.as_setting()
    assert set(json.loads(said)["codes"]) == spelt


async def test_the_connection_remembers_nobody(db):
    async with db.transaction(SYSTEM):
        pass
    async with db.pool.acquire() as connection:
        assert not await connection.fetchval(WHO)


async def test_how_many_connections_there_are_and_are_idle_is_measured(db):
    assert connections() == {"open": 1, "idle": 1, "most": 1}
    async with db.transaction(SYSTEM):
        assert connections() == {"open": 1, "idle": 0, "most": 1}
    assert connections() == {"open": 1, "idle": 1, "most": 1}


def connections() -> dict[str, float | None]:
    """Read what the process says of the pool that was opened last."""
    name = "database_pool_connections"
    return {state: REGISTRY.get_sample_value(name, {"state": state}) for state in ("open", "idle", "most")}


async def test_leaving_it_commits(db):
    async with db.transaction(SYSTEM) as tx:
        await tx.execute(PUT, 1)
    assert await there(db) == [1]


async def put_and(db: Database, then: Callable[[Transaction], Awaitable[object]]) -> None:
    """Write a thing in a transaction, and let something happen to it."""
    async with db.transaction(SYSTEM) as tx:
        await tx.execute(PUT, 1)
        await then(tx)


@pytest.mark.parametrize("error", [ValueError, asyncio.CancelledError])
async def test_an_exception_rolls_it_back(db, error):
    async def fail(_: Transaction) -> None:
        raise error

    with pytest.raises(error):
        await put_and(db, fail)
    assert await there(db) is None


async def test_a_deadline_in_the_middle_of_a_statement_rolls_it_back(db):
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(put_and(db, lambda tx: tx.execute("SELECT pg_sleep(10)")), 0.1)
    assert await there(db) is None


async def test_whenever_it_is_cancelled_the_connection_comes_back_clean(db):
    complaints: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, complaint: complaints.append(complaint))
    for tenths_ms in range(60):
        with suppress(TimeoutError, asyncpg.UniqueViolationError):
            await asyncio.wait_for(put_and(db, lambda tx: tx.execute(THERE)), tenths_ms / 10_000)
    assert await there(db) in (None, [1])
    assert complaints == []


async def test_an_error_that_was_swallowed_is_not_taken_for_a_commit(db):
    async def put_again(tx: Transaction) -> None:
        with suppress(asyncpg.UniqueViolationError):
            await tx.execute(PUT, 1)

    with pytest.raises(RolledBack):
        await put_and(db, put_again)
    assert await there(db) is None


async def test_a_connection_that_is_lost_gives_its_own_error_and_the_next_one_works(db):
    with pytest.raises(asyncpg.PostgresConnectionError):
        await put_and(db, lambda tx: tx.execute("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert await there(db) is None


@pytest.mark.parametrize("statement", ["SELECT 1", "SELECT pg_sleep(0.002)", f"{THERE}; {THERE}"])
async def test_whenever_its_backend_is_ended_what_is_told_passes(db, address, statement):
    """Before, in the middle of or between statements, at the commit: the caller may try again, and is told so."""
    executioner, errors = await asyncpg.connect(address), list[BaseException]()
    for tenths_ms in range(60):
        under_way = asyncio.create_task(put_and(db, lambda tx: tx.execute(statement)))
        await asyncio.wait([under_way], timeout=tenths_ms / 10_000)
        await executioner.fetch(ENDED)
        errors += [error for error in await asyncio.gather(under_way, return_exceptions=True) if error]
    await executioner.close()
    assert [repr(error) for error in errors if not database.passes(error) and not _is_there_already(error)] == []
    assert len([error for error in errors if database.passes(error)]) >= 10
    await until(lambda: _reads(db))  # a connection whose end was not heard of yet may be lent once more, and passes too
    assert await there(db) in (None, [1])


async def _reads(db: Database) -> bool:
    try:
        await there(db)
    except Exception as error:
        if database.passes(error):
            return False
        raise
    return True


def _is_there_already(error: BaseException) -> bool:
    return isinstance(error, asyncpg.UniqueViolationError)


@pytest.mark.parametrize(
    ("statement", "value"),
    [
        ("SELECT $1::integer", 2**40),
        ("SELECT $1::text", "a\0b"),
        ("SELECT $1::text", "\ud800"),
        ("SELECT $1::uuid", "nobody"),
        ("INSERT INTO thing (id) VALUES ($1), ($1)", 1),
    ],
)
async def test_what_is_wrong_with_a_value_does_not_pass(db, statement, value):
    with pytest.raises(asyncpg.PostgresError) as error:
        await put_and(db, lambda tx: tx.execute(statement, value))
    assert not database.passes(error.value)


async def test_a_lock_and_a_lost_connection_pass(db, address):
    owner = await asyncpg.connect(migrations.dsn(address, SERVICE, "owner"))
    async with owner.transaction():
        await owner.execute("LOCK TABLE thing")
        with pytest.raises(asyncpg.LockNotAvailableError) as locked:
            await there(db)
    await owner.close()
    with pytest.raises(asyncpg.InterfaceError) as closed:
        await owner.execute("SELECT 1")
    with pytest.raises(asyncpg.ClientConfigurationError) as wrong:
        await asyncpg.connect("mysql://nowhere")
    assert [database.passes(each.value) for each in (locked, closed, wrong)] == [True, True, False]


async def test_a_statement_that_was_prepared_before_a_migration_passes_when_it_is_asked_again(db, address):
    ask = "SELECT kind FROM altered"
    owner = await asyncpg.connect(migrations.dsn(address, SERVICE, "owner"))
    await owner.execute("CREATE TABLE altered (kind integer)")
    async with db.transaction(SYSTEM) as tx:
        await tx.fetch(ask)
    await owner.execute("ALTER TABLE altered ALTER COLUMN kind TYPE text")
    await owner.close()
    with pytest.raises(asyncpg.InvalidCachedStatementError) as error:
        async with db.transaction(SYSTEM) as tx:
            await tx.fetch(ask)
    assert database.passes(error.value)
    async with db.transaction(SYSTEM) as tx:
        assert await tx.fetch(ask) == []

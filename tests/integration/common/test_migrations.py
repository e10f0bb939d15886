"""Files that come in another order than their numbers, twice, or changed: each runs once, or somebody is told."""

from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from common import migrations
from common.migrations import EditedMigration, Migration

SERVICE = "catalogue"
FIRST, SECOND, THIRD = (
    Migration(f"trial/000{n}_expand_{name}.sql", f"CREATE TABLE {name} (id integer PRIMARY KEY)")
    for n, name in enumerate(("one", "two", "three"), start=1)
)


@pytest.fixture(scope="module")
async def address(database: Callable[[str], Awaitable[str]]) -> str:
    return await database(SERVICE)


async def tables(address: str) -> list[str]:
    """List which of the trial's tables are there, and in which order they were entered in the ledger."""
    connection = await asyncpg.connect(migrations.dsn(address, SERVICE, "owner"))
    there = await connection.fetch("SELECT relname FROM pg_class WHERE relname = ANY ($1)", ["one", "two", "three"])
    entered = await connection.fetch("SELECT name FROM migration WHERE name LIKE 'trial/%' ORDER BY ran_at")
    await connection.close()
    ran = [name for row in entered for name in row["name"].removesuffix(".sql").split("_")[-1:]]
    assert sorted(ran) == sorted(row["relname"] for row in there)
    return ran


async def test_a_file_that_arrives_after_a_higher_number_has_run_is_run_and_said_to_have_run(address: str) -> None:
    assert await migrations.migrate(address, SERVICE, [FIRST, THIRD]) == [FIRST.name, THIRD.name]
    assert await migrations.migrate(address, SERVICE, [FIRST, SECOND, THIRD]) == [SECOND.name]
    assert await tables(address) == ["one", "three", "two"]
    assert await migrations.migrate(address, SERVICE, [FIRST, SECOND, THIRD]) == []


async def test_until_it_has_run_the_code_that_came_with_it_is_not_ready(address: str) -> None:
    """One of the service's own files, below its last, is struck from the ledger: it is named, and run again."""
    *_, missing, _ = [one.name for one in migrations.found(SERVICE)]
    connection = await asyncpg.connect(migrations.dsn(address, SERVICE, "owner"))
    assert await migrations.pending(connection, SERVICE) == []
    await connection.execute("DELETE FROM migration WHERE name = $1", missing)
    assert await migrations.pending(connection, SERVICE) == [missing]
    await connection.close()


async def test_a_file_that_was_edited_after_it_had_run_is_refused_by_name_and_nothing_runs(address: str) -> None:
    added = Migration("trial/0004_expand_four.sql", "CREATE TABLE four (id integer PRIMARY KEY)")
    edited = Migration(FIRST.name, f"{FIRST.sql};")
    await migrations.migrate(address, SERVICE, [FIRST])
    with pytest.raises(EditedMigration, match=FIRST.name):
        await migrations.migrate(address, SERVICE, [added, edited])
    connection = await asyncpg.connect(migrations.dsn(address, SERVICE, "owner"))
    assert await connection.fetchval("SELECT to_regclass('four')") is None
    await connection.close()

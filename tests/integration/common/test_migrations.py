"""Files that come in another order than their numbers, twice, or changed: each runs once, or somebody is told."""

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from common import migrations
from common.database import ACQUIRE_TIMEOUT_S, COMMAND_TIMEOUT_S
from common.migrations import EditedMigration, Migration
from common.settings import Settings
from stack import gateway
from tests.waiting import until

SERVICE = "catalogue"
FIRST, SECOND, THIRD = (
    Migration(f"trial/000{n}_expand_{name}.sql", f"CREATE TABLE {name} (id integer PRIMARY KEY)")
    for n, name in enumerate(("one", "two", "three"), start=1)
)

HELD = Migration("trial/0006_expand_held.sql", "CREATE TABLE held (id integer PRIMARY KEY)")
MOST_S = 0.6
"""Half a second, and a little to see it in."""
WAITING = """
SELECT pid, extract(epoch FROM clock_timestamp() - waitstart)::float AS s
  FROM pg_locks WHERE NOT granted AND waitstart IS NOT NULL AND relation = 'held'::regclass
"""
IN_S = "SELECT extract(epoch FROM current_setting($1)::interval)::float"


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


async def test_beside_somebody_who_does_not_let_go_it_gives_up_and_comes_again(address: str) -> None:
    """Whoever comes after it waits behind it: half a second at most, at each of its tries."""
    wanted = Migration("trial/0007_expand_more.sql", "ALTER TABLE held ADD COLUMN more text")
    await migrations.migrate(address, SERVICE, [HELD])
    reader, watcher = [await asyncpg.connect(migrations.dsn(address, SERVICE, "owner")) for _ in range(2)]
    waited = dict[int, float]()

    async def tried_twice() -> bool:
        waited.update({row["pid"]: row["s"] for row in await watcher.fetch(WAITING)})
        return len(waited) > 1

    async with reader.transaction():
        await reader.fetchval("SELECT count(*) FROM held")
        migrating = asyncio.create_task(migrations.migrate(address, SERVICE, [HELD, wanted]))
        await until(tried_twice)
    assert await migrating == [wanted.name]
    assert max(waited.values()) < MOST_S
    await asyncio.gather(reader.close(), watcher.close())


async def test_whatever_waits_gives_up_before_whoever_waits_for_it(address: str) -> None:
    """A lock, a statement, its client, the request, the gateway: each a little sooner than the next."""
    connection = await asyncpg.connect(migrations.dsn(address, SERVICE, "app"))
    lock_s, statement_s = [await connection.fetchval(IN_S, name) for name in ("lock_timeout", "statement_timeout")]
    await connection.close()
    deadline_s, gateway_s = Settings.model_fields["deadline_s"].default, float(gateway.ROUTE_TIMEOUT.removesuffix("s"))
    patience = [lock_s, statement_s, COMMAND_TIMEOUT_S, deadline_s, gateway_s]
    assert patience == sorted(set(patience))
    assert ACQUIRE_TIMEOUT_S + lock_s < deadline_s, "there is time left to say so"

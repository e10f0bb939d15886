"""What operators do: the change and its line in the audit, together or not at all."""

import asyncpg
import msgspec
import pytest

from common import migrations, operations
from common.tokens import SYSTEM

SERVICE, GROUP, TOPIC = "catalogue", "tests.operations", "tests.topic"


@pytest.fixture(scope="module")
async def address(database) -> str:
    made: str = await database(SERVICE)
    return made


@pytest.fixture(autouse=True)
async def some_offsets(owner) -> None:
    await owner.execute("TRUNCATE consumer_offset, parked_key, parked_event, operation")
    await owner.execute(
        "INSERT INTO consumer_offset (grp, topic, part, next_offset) VALUES ($1, $2, 0, 70), ($1, $2, 1, 80)",
        *(GROUP, TOPIC),
    )


async def offsets(owner) -> list[int]:
    return [row["next_offset"] for row in await owner.fetch("SELECT next_offset FROM consumer_offset ORDER BY part")]


async def audit(owner) -> list[tuple[str, str, dict[str, object], str | None]]:
    rows = await owner.fetch("SELECT who, command, arguments, outcome FROM operation ORDER BY id")
    return [(row["who"], row["command"], msgspec.json.decode(row["arguments"]), row["outcome"]) for row in rows]


async def test_one_partition_or_a_whole_topic_is_rewound_and_it_is_written_down_who_did_it(db, owner):
    async with db.transaction(SYSTEM) as tx:
        await operations.rewind(tx, who="anne", group=GROUP, topic=TOPIC, partition=1, to=5)
    assert await offsets(owner) == [70, 5]
    async with db.transaction(SYSTEM) as tx:
        await operations.rewind(tx, who="anne", group=GROUP, topic=TOPIC)
    assert await offsets(owner) == [0, 0]
    where = {"group": GROUP, "topic": TOPIC}
    assert await audit(owner) == [
        ("anne", "rewind", {**where, "partition": 1, "to": 5}, "done"),
        ("anne", "rewind", {**where, "partition": None, "to": 0}, "done"),
    ]


async def test_what_is_asked_of_nobody_is_refused_and_leaves_no_line(db, owner):
    with pytest.raises(operations.NobodyReads):
        async with db.transaction(SYSTEM) as tx:
            await operations.rewind(tx, who="anne", group="nobody", topic=TOPIC)
    with pytest.raises(operations.NotParked):
        async with db.transaction(SYSTEM) as tx:
            await operations.redrive(tx, who="anne", group=GROUP, topic=TOPIC, key="free")
    assert await audit(owner) == []
    assert await offsets(owner) == [70, 80]


async def test_a_redrive_is_asked_for_and_has_no_outcome_yet(db, owner):
    await owner.execute("INSERT INTO parked_key (grp, topic, key) VALUES ($1, $2, 'held')", GROUP, TOPIC)
    async with db.transaction(SYSTEM) as tx:
        await operations.redrive(tx, who="anne", group=GROUP, topic=TOPIC, key="held")
        (held,) = await operations.parked(tx)
    assert (held.key, held.records, held.redriving) == ("held", 0, True)
    assert await audit(owner) == [("anne", "redrive", {"group": GROUP, "topic": TOPIC, "key": "held"}, None)]


async def test_a_redrive_asked_for_again_ends_the_line_of_the_first(db, owner):
    await owner.execute("INSERT INTO parked_key (grp, topic, key) VALUES ($1, $2, 'held')", GROUP, TOPIC)
    async with db.transaction(SYSTEM) as tx:
        await operations.redrive(tx, who="anne", group=GROUP, topic=TOPIC, key="held")
    async with db.transaction(SYSTEM) as tx:
        second = await operations.redrive(tx, who="zoé", group=GROUP, topic=TOPIC, key="held")
    assert [outcome for *_, outcome in await audit(owner)] == [f"superseded by {second}", None]
    assert await owner.fetchval("SELECT operation_id FROM parked_key") == second


async def test_the_relay_has_no_business_in_the_audit_not_even_where_it_once_had(address, owner):
    await owner.execute(f"GRANT SELECT, UPDATE (outcome) ON operation TO {SERVICE}_relay")
    await migrations.migrate(address, SERVICE)
    relay = await asyncpg.connect(migrations.dsn(address, SERVICE, "relay"))
    for statement in ("SELECT who FROM operation", "UPDATE operation SET outcome = 'done'"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await relay.execute(statement)
    await relay.close()


@pytest.mark.parametrize("statement", ["DELETE FROM operation", "UPDATE operation SET who = 'nobody'"])
async def test_the_application_cannot_unwrite_the_audit(db, statement):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with db.transaction(SYSTEM) as tx:
            await tx.execute(statement)

"""A consumer whose database is not of its shape: it waits for the schema, and blames no record."""

from collections.abc import Sequence

import pytest

from common.consumer import Message
from common.database import Transaction
from tests.integration.common.test_consumer import Reader, parked, reading, topic
from tests.waiting import until

__all__ = ["topic"]
SERVICE = "catalogue"
TRIES = 3
MOMENT_S = 5
PENDING = "DELETE FROM migration WHERE name = (SELECT max(name) FROM migration) RETURNING name, checksum"


class Asking(Reader):
    """Asks the database for something before it takes what it is told."""

    def __init__(self, question: str) -> None:
        super().__init__()
        self.question, self.tries = question, 0

    async def take(self, tx: Transaction, messages: Sequence[Message]) -> None:
        self.tries += 1
        await tx.execute(self.question)
        await super().take(tx, messages)


@pytest.fixture(scope="module")
async def address(database) -> str:
    made: str = await database(SERVICE)
    return made


@pytest.mark.parametrize(
    ("before", "question", "remedy"),
    [
        ("", "SELECT FROM later_made", "CREATE TABLE later_made ()"),
        ("CREATE TABLE grown ()", "SELECT grown_later FROM grown", "ALTER TABLE grown ADD COLUMN grown_later text"),
        ("", "SELECT later_known()", "CREATE FUNCTION later_known() RETURNS integer RETURN 1"),
        ("", "SELECT FROM elsewhere.later_made", "CREATE TABLE later_there ()"),
        (
            "CREATE TABLE kept_from (); REVOKE ALL ON kept_from FROM catalogue_app",
            "SELECT FROM kept_from",
            "GRANT SELECT ON kept_from TO catalogue_app",
        ),
        (
            "CREATE TABLE unindexed (id integer)",
            "INSERT INTO unindexed VALUES (1) ON CONFLICT (id) DO NOTHING",
            "CREATE UNIQUE INDEX ON unindexed (id)",
        ),
    ],
    ids=["table", "column", "function", "schema", "right", "index"],
)
async def test_it_waits_for_what_is_not_there_yet(db, owner, topic, before: str, question: str, remedy: str):
    if before:
        await owner.execute(before)
    reader = Asking(question)
    await topic.say(("film", 1), ("other", 1), ("film", 2))
    async with reading(reader, db, topic):
        await until(lambda: reader.tries >= TRIES)
        assert await parked(db, reader) == []
        await owner.execute(remedy)
        reader.question = question.replace("elsewhere.later_made", "later_there")
        await until(lambda: reader.told == [("film", 1), ("other", 1), ("film", 2)])
    assert await parked(db, reader) == []


async def test_what_an_older_schema_refuses_is_no_fault_of_the_record(db, owner, topic):
    """A value that a pending migration allows breaks a rule until then: it waits as well."""
    reader = Asking("INSERT INTO narrow VALUES ('new')")
    await owner.execute("CREATE TABLE narrow (kind text CONSTRAINT kinds CHECK (kind = 'old'))")
    name, checksum = await owner.fetchrow(PENDING)
    await topic.say(("film", 1), ("other", 1))
    async with reading(reader, db, topic):
        await until(lambda: reader.tries >= TRIES + 1)
        assert await parked(db, reader) == []
        await owner.execute("ALTER TABLE narrow DROP CONSTRAINT kinds")
        await owner.execute("INSERT INTO migration (name, checksum) VALUES ($1, $2)", name, checksum)
        await until(lambda: reader.told == [("film", 1), ("other", 1)])

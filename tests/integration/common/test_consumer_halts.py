"""A consumer whose database is not of its shape: it waits for the schema, and blames no record."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from prometheus_client import REGISTRY

from common import consumer
from common.consumer import Message
from common.contracts.platform import Heartbeat
from common.database import Transaction
from tests.integration.common.test_backbone import running
from tests.integration.common.test_consumer import Reader, parked, reading, topic
from tests.integration.common.test_consumer_operated import OF_CATALOGUE, beat
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


async def test_a_group_that_was_never_fresh_lags_all_the_same(db, topic):
    """Halted from its first record on, it must be seen: as old as the oldest heartbeat that it has not reached."""
    reader, long_ago = Asking("SELECT FROM never_made"), datetime(2020, 7, 1, tzinfo=UTC)
    group = consumer.Group(name=reader.name, listeners={topic.name: reader.take, OF_CATALOGUE: reader.take})
    await topic.say(("film", 1))
    settings = consumer.Settings(servers=topic.servers, watch_every_s=0.2)
    async with running(consumer.run(group, database=db, settings=settings)):
        await beat(topic, Heartbeat(service="catalogue", at=long_ago, ends={f"{topic.name}/0": 1}))
        await until(lambda: (datetime.now(UTC) - long_ago).total_seconds() - (_lag_s(reader) or 0) < MOMENT_S)


def _lag_s(reader: Reader) -> float | None:
    return REGISTRY.get_sample_value("consumer_lag_seconds", {"grp": reader.name, "service": "catalogue"})

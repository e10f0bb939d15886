"""The operator's command line on real schemas and a real broker: what it shows and changes, and the audit of it."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from common import contracts, migrations
from stack.services import SERVICES
from tests.conftest import Database

WHO = "odile"
TOPIC = contracts.topic("film", "events")


class Operator:
    """Somebody at a terminal."""

    def __init__(self, address: str, servers: str) -> None:
        self.address = address
        self._environ = {**os.environ, "DATABASE_URL": address, "KAFKA_BOOTSTRAP_SERVERS": servers, "COLUMNS": "300"}

    def does(self, *words: str) -> str:
        ended = self._run(words)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def is_refused(self, *words: str) -> str:
        ended = self._run(words)
        assert ended.returncode == 1, ended.stdout
        return ended.stdout

    def _run(self, words: tuple[str, ...]) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "passeurs", *words],
            env={**self._environ, "SUDO_USER": WHO},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
async def operator(database: Database, kafka_servers: str) -> Operator:
    return Operator(await database(*SERVICES), kafka_servers)


@pytest.fixture
async def catalogue(operator: Operator) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(migrations.dsn(operator.address, "catalogue", "owner"))
    await connection.execute("""SET app.principal = '{"level": "system"}'""")
    yield connection
    await connection.close()


async def waiting_row(catalogue: asyncpg.Connection, key: str) -> int:
    """Leave a row in the outbox, as a change leaves one."""
    seq: int = await catalogue.fetchval(
        """
        INSERT INTO outbox (event_id, topic, key, version, type, value)
        VALUES (gen_random_uuid(), $1, $2, 1, 'fr.passeursdimages.film.changed.v1', '{}') RETURNING seq
        """,
        TOPIC,
        key,
    )
    return seq


def test_nobody_has_led_yet_and_nothing_is_parked(operator: Operator) -> None:
    assert "no relay has ever led" in operator.does("outbox")
    assert "nothing is parked" in operator.does("parked", "catalogue")
    assert "nobody has read anything" in operator.does("lag")


def test_every_topic_is_there_as_declared(operator: Operator) -> None:
    shown = operator.does("topics")
    assert [name for name in contracts.topics() if name not in shown] == []
    assert "missing" not in shown


async def test_a_row_is_parked_and_published_after_all_and_the_audit_says_so(
    operator: Operator, catalogue: asyncpg.Connection
) -> None:
    key = str(uuid4())
    seq = await waiting_row(catalogue, key)
    operator.does("park", "catalogue", str(seq), "--reason", "the broker refuses it")
    held = await catalogue.fetchrow("SELECT key, who, reason FROM outbox_parked WHERE seq = $1", seq)
    assert held is not None
    assert tuple(held.values()) == (key, WHO, "the broker refuses it")
    operator.does("unpark", "catalogue", str(seq))
    assert await catalogue.fetchval("SELECT count(*) FROM outbox_parked") == 0
    shown = operator.does("audit")
    assert [word for word in ("park_row", "unpark_row", WHO, "the broker refuses it") if word not in shown] == []


async def test_a_group_reads_a_topic_again_and_the_audit_says_so(
    operator: Operator, catalogue: asyncpg.Connection
) -> None:
    await catalogue.execute(
        "INSERT INTO consumer_offset (grp, topic, part, next_offset) VALUES ('g', $1, 0, 12), ('g', $1, 1, 7)", TOPIC
    )
    operator.does("rewind", "catalogue", "g", TOPIC, "--partition", "1", "--to", "3")
    rows = await catalogue.fetch("SELECT next_offset FROM consumer_offset WHERE grp = 'g' ORDER BY part")
    assert [row["next_offset"] for row in rows] == [12, 3]
    assert "rewind" in operator.does("audit")


async def test_what_became_of_an_aggregate_is_told(operator: Operator, catalogue: asyncpg.Connection) -> None:
    key = str(uuid4())
    await waiting_row(catalogue, key)
    shown = operator.does("follow", key)
    assert "catalogue said" in shown
    assert "film.changed" in shown
    assert "The figures count: nothing of it" in shown


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("parked", "nobody"), "NoSuchService"),
        (("park", "catalogue", "999999999", "--reason", "x"), "NotWaiting"),
        (("redrive", "catalogue", "g", TOPIC, "k"), "NotParked"),
        (("rewind", "catalogue", "nobody", TOPIC), "NobodyReads"),
    ],
)
async def test_what_cannot_be_done_is_one_line_and_changes_nothing(
    operator: Operator, catalogue: asyncpg.Connection, words: tuple[str, ...], why: str
) -> None:
    before = await catalogue.fetchval("SELECT count(*) FROM operation")
    assert operator.is_refused(*words).startswith(why)
    assert await catalogue.fetchval("SELECT count(*) FROM operation") == before

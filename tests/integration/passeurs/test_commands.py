"""The operator's command line on real schemas and a real broker: what it shows and changes, and the audit of it."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from common import contracts, migrations
from reporting.domain.reconciliation import INTERNAL
from reporting.store import reconciliation
from stack.services import SERVICES
from tests.conftest import Database

WHO = "odile"
TOPIC = contracts.topic("film", "events")
FILM = """
INSERT INTO film (id, version, title, other_titles, directors, countries, versions, identifiers, visas, filed, doc)
VALUES ($1, 7, 'Film', '{}', '{}', '{}', '{}', '{}', '[]', 'film', '{"version":7}')
"""
STATES = """
SELECT (SELECT count(*) FROM film) + (SELECT count(*) FROM rights_offer) + (SELECT count(*) FROM copy)
     + (SELECT count(*) FROM film_list)
"""
STRAY_CELL = """
INSERT INTO cell (cell, shard, quantity, audience, category, campaign_id, campaign_year, coordination_id, month, region,
                  department, action_type, amount, n)
VALUES (gen_random_uuid(), 'action-0', 'actions_held', '', '', gen_random_uuid(), 2025, gen_random_uuid(), '2025-07',
        '75', '86', 'film_workshop', 7, 1)
"""


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


async def test_every_state_is_announced_again_as_it_stands_and_the_audit_says_how_many(
    operator: Operator, catalogue: asyncpg.Connection
) -> None:
    films = [uuid4(), uuid4()]
    await catalogue.executemany(FILM, [(one,) for one in films])
    there = await catalogue.fetchval(STATES)
    operator.does("announce", "catalogue")
    said = await catalogue.fetch("SELECT key, version, value FROM outbox WHERE type LIKE '%.film.state.%'")
    assert {(str(one), 7, b'{"version":7}') for one in films} <= {tuple(row) for row in said}
    ended = await catalogue.fetchrow("SELECT who, outcome, ended_at FROM operation WHERE command = 'announce'")
    assert ended is not None
    assert (ended["who"], ended["outcome"]) == (WHO, f"{there} states are announced")
    assert ended["ended_at"] is not None


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
        (("announce", "reporting"), "NothingOwned"),
    ],
)
async def test_what_cannot_be_done_is_one_line_and_changes_nothing(
    operator: Operator, catalogue: asyncpg.Connection, words: tuple[str, ...], why: str
) -> None:
    before = await catalogue.fetchval("SELECT count(*) FROM operation")
    assert operator.is_refused(*words).startswith(why)
    assert await catalogue.fetchval("SELECT count(*) FROM operation") == before


def test_figures_that_nobody_has_counted_yet_are_as_they_should_be(operator: Operator) -> None:
    shown = operator.does("verify")
    assert "internal" in shown
    assert "verify" in operator.does("audit")


async def test_a_cell_that_was_altered_is_found_and_mended(operator: Operator) -> None:
    reporting = await asyncpg.connect(migrations.dsn(operator.address, "reporting", "owner"))
    await reporting.execute("""SET app.principal = '{"level": "system"}'""")
    await reporting.execute(STRAY_CELL)
    operator.does("verify")
    assert await reporting.fetchval("SELECT count(*) FROM cell WHERE amount <> 0") == 0
    await reporting.close()


async def test_while_a_worker_compares_nothing_is_said_to_have_been_verified(operator: Operator) -> None:
    before = operator.does("audit")
    worker = await asyncpg.connect(migrations.dsn(operator.address, "reporting", "owner"))
    async with worker.transaction():
        assert await reconciliation.lead(worker, INTERNAL)
        assert "ComparedElsewhere: A worker is comparing" in operator.is_refused("verify")
    await worker.close()
    assert operator.does("audit") == before


async def test_figures_are_made_anew_compared_and_put_back(operator: Operator) -> None:
    assert "NothingHeard" in operator.is_refused("rebuild")
    reporting = await asyncpg.connect(migrations.dsn(operator.address, "reporting", "owner"))
    await reporting.execute("""SET app.principal = '{"level": "system"}'""")
    await reporting.execute(
        """
        INSERT INTO reporting.consumer_offset (grp, topic, part, next_offset)
        VALUES ('reporting.figures', 'passeurs.actions.action.state.v1', 0, 0)
        """
    )
    await reporting.close()
    assert "NothingHeard" in operator.is_refused("rebuild", "--group", "nobody")
    assert "0 cells differ" in operator.does("rebuild", "--compare")
    assert "made anew and serve" in operator.does("rebuild")
    assert "BlueIsKept: What an earlier rebuild replaced is still there" in operator.is_refused("rebuild")
    assert "serves again" in operator.does("rebuild", "--back")
    shown = operator.does("audit")
    steps = ("rebuild.lay_out", "rebuild.compare", "rebuild.exchange", "rebuild.switch_back")
    assert [word for word in (*steps, WHO) if word not in shown] == []

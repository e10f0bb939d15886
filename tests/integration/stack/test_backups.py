"""Backups on PostgreSQL's own tools: which are deleted, and how far back the others lead."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from common import migrations
from stack import backup, ports, postgres
from stack.backup import Server
from stack.folder import Folder
from stack.parts import Parts
from stack.processes import running
from stack.services import SERVICES
from tests.conftest import launched
from tests.waiting import until

SERVICE = "catalogue"
MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)


# ------------------------------------------------------------------------------------------- what is deleted


@pytest.fixture
def tools(tmp_path: Path) -> Server:
    """PostgreSQL's tools, and no server: to delete, none is asked."""
    nobody = "postgresql://nobody@127.0.0.1:1/nothing"
    return Server(url=nobody, bin=postgres.find_binaries(os.environ), log=tmp_path / "backup.log")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Keep five segments of the log."""
    kept = tmp_path / "archive"
    kept.mkdir()
    for n in range(1, 6):
        (kept / segment(n)).write_bytes(b"log")
    return kept


def segment(n: int) -> str:
    return f"0000000100000000{n:08X}"


def mark(made: Path) -> Path:
    return made.with_name(f"{made.name}.{backup.ENDED}")


def taken(place: Path, n: int) -> Path:
    """Leave the backup of the nth day, which needs the log from the nth segment on."""
    made = begun(place, n)
    label = f"START WAL LOCATION: 0/{n:X}000028 (file {segment(n)})\n"
    (made / "backup_label").write_text(label, encoding="utf-8")
    mark(made).write_text(f"{(MIDNIGHT + timedelta(days=n)).isoformat()}\n", encoding="ascii")
    return made


def begun(place: Path, n: int) -> Path:
    """Leave the nth day's folder, as a backup that was cut short leaves it."""
    made = place / f"{MIDNIGHT + timedelta(days=n):%Y%m%dT%H%M%SZ}"
    made.mkdir()
    (made / "PG_VERSION").write_text("18\n", encoding="ascii")
    return made


async def pruned(tools: Server, place: Path, archive: Path, *, kept: int) -> list[Path]:
    old = backup.outdated(place, kept=kept)
    await backup.prune(tools, old, archive)
    return old.backups


async def test_what_a_deletion_cut_short_has_left_stops_no_later_one(tools: Server, place: Path, archive: Path) -> None:
    """A mark without a folder did: nothing was deleted from then on, and the archive filled the disk."""
    torn = taken(place, 1)
    (torn / "backup_label").unlink()
    (torn / "PG_VERSION").unlink()
    torn.rmdir()
    second, third = taken(place, 2), taken(place, 3)
    assert await pruned(tools, place, archive, kept=1) == [torn, second]
    assert sorted(place.iterdir()) == [third, mark(third)]
    assert sorted(path.name for path in archive.iterdir()) == [segment(3), segment(4), segment(5)]


async def test_a_backup_that_was_cut_short_goes_once_a_newer_one_is_the_oldest_kept(
    tools: Server, place: Path, archive: Path
) -> None:
    cut_short, second, last = begun(place, 1), taken(place, 2), begun(place, 4)
    (place / "notes of the operator").mkdir()
    assert await pruned(tools, place, archive, kept=2) == [cut_short]
    assert backup.finished(place) == [second]
    assert last.exists()  # it may still be under way
    assert (place / "notes of the operator").exists()


async def test_what_is_being_deleted_is_no_backup_any_more(
    tools: Server, place: Path, archive: Path, tmp_path: Path
) -> None:
    old, kept = taken(place, 1), taken(place, 2)
    old.rename(tmp_path / "elsewhere")
    old.symlink_to(tmp_path / "elsewhere")
    assert backup.finished(place) == [old, kept]
    with pytest.raises(
        OSError, match="symbolic link"
    ):  # a tree that cannot be deleted, as a dying machine deletes none
        await pruned(tools, place, archive, kept=1)
    assert old.exists()
    assert backup.finished(place) == [kept]


# --------------------------------------------------------------------------------------- how far back they lead


@pytest.fixture(scope="module")
def archived() -> Iterator[Folder]:
    """PostgreSQL with its log kept; a broker of one's own is not needed, so none is started."""
    with launched("parts", "--archived", environment={"KAFKA_BOOTSTRAP_SERVERS": "nobody:1"}) as folder:
        yield folder


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


def described(archived: Folder) -> postgres.Cluster:
    port = urlsplit(Parts.read(archived).database_url).port
    assert port is not None
    return postgres.describe(archived, os.environ, port=port)


async def test_a_second_between_two_backups_is_restored_from_the_first(archived: Folder, tmp_path: Path) -> None:
    cluster = described(archived)
    server, place = Server(url=cluster.url, bin=cluster.bin, log=archived.logs / "backup.log"), tmp_path / "backups"
    async with connected(cluster.url) as here:
        first = await backup.take(server, place, now=MIDNIGHT)
        await here.execute("CREATE TABLE thing AS SELECT 7 AS n")
        at = await here.fetchval("SELECT clock_timestamp()")
        assert at > backup.ended_at(first)
        await until(lambda: here.fetchval("SELECT clock_timestamp() > $1", at + timedelta(seconds=1)))
        await here.execute("DROP TABLE thing")
        dropped_in = await here.fetchval("SELECT pg_walfile_name(pg_switch_wal())")
        second = await backup.take(server, place, now=MIDNIGHT + timedelta(days=1))
        assert backup.ended_at(second) > at
    await until((cluster.archive / dropped_in).exists)
    restored = replace(cluster, home=cluster.home / "restored", port=ports.find())
    postgres.own(restored, restored.home)
    moment = f"{(at + timedelta(milliseconds=500)).astimezone(UTC):%FT%T.%f}"
    said = passeurs(archived, "restore", str(place), "--into", str(restored.data), "--at", moment)
    assert "timeline 2, every table whole" in said
    assert await _found(restored, tmp_path / "restored.log") == 7


async def test_what_a_backup_made_needless_is_in_the_audit_by_name(archived: Folder, place: Path) -> None:
    """It was in none: the line was written first, and told of the new backup only."""
    old, cluster = taken(place, 1), described(archived)
    await migrations.prepare(cluster.url, SERVICE)
    await migrations.migrate(cluster.url, SERVICE)
    said = passeurs(archived, "backup", str(place), "--keep", "1")
    assert f"{old} is deleted" in said
    [made] = backup.finished(place)
    async with connected(migrations.dsn(cluster.url, SERVICE, "owner")) as owner:
        lines = await owner.fetch("SELECT command, arguments, outcome FROM operation ORDER BY id")
    assert [(line["command"], line["outcome"]) for line in lines] == [("backup", "done"), ("prune", "done")]
    assert json.loads(lines[0]["arguments"]) == {"folder": str(made)}
    named = json.loads(lines[1]["arguments"])
    assert named == {"backups": [str(old)], "log_before": named["log_before"]}
    assert named["log_before"] > segment(1)


async def test_a_copy_of_a_server_that_is_not_there_is_whole_all_the_same(archived: Folder, tmp_path: Path) -> None:
    """That no audit could be reached ended it in red, as if nothing had been restored."""
    cluster, place = described(archived), tmp_path / "backups"
    await backup.take(Server(url=cluster.url, bin=cluster.bin, log=tmp_path / "backup.log"), place, now=MIDNIGHT)
    into = postgres.own(cluster, cluster.home / "of a dead server") / "data"
    dead = cluster.url.replace(f":{cluster.port}", f":{ports.find()}")
    said = passeurs(archived, "restore", str(place), "--into", str(into), address=dead)
    assert "every table whole" in said
    for service in SERVICES:
        assert f"{service} has it not in its audit: ConnectionRefusedError." in said


def passeurs(folder: Folder, *words: str, address: str | None = None) -> str:
    """Run one command of the operator's on a folder, whose server may be said to be at another address."""
    parts = Parts.read(folder)
    if address is not None:
        parts = replace(parts, database_url=address)
    ended = subprocess.run(
        [sys.executable, "-m", "passeurs", *words],
        env={**os.environ, **parts.as_environment(), "PASSEURS_STATE": str(folder.path), "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


async def _found(restored: postgres.Cluster, log: Path) -> int:
    """Start a restored cluster as one starts it for good, and look."""
    async with running(postgres.program(restored), log=log):
        connection = await until(lambda: _asked(restored.url))
        assert isinstance(connection, asyncpg.Connection)
        found: int = await connection.fetchval("SELECT n FROM thing")
        await connection.close()
    return found


async def _asked(url: str) -> asyncpg.Connection | None:
    try:
        return await asyncpg.connect(url)
    except (OSError, asyncpg.PostgresError):
        return None

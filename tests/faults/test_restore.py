"""P16: from a base backup and the log behind it, the database comes back as it was at any second."""

import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from stack import backup, ports, postgres
from stack.backup import Server, Wanted
from stack.folder import Folder
from stack.parts import Parts
from stack.processes import running
from tests.conftest import launched
from tests.faults.experiment import Experiment
from tests.waiting import until

LOST_S_MAX = 60
RECOVERY_S_MAX = 120
THINGS = "CREATE TABLE thing AS SELECT n, repeat(md5(n::text), 12) AS said FROM generate_series(1, $1::integer) AS n"
SUMS = "SELECT count(*) || ':' || sum(hashtextextended(thing::text, 0)) FROM thing"


@pytest.fixture
def archived() -> Iterator[Folder]:
    """PostgreSQL with its log kept; a broker of one's own is not needed, so none is started."""
    with launched("parts", "--archived", environment={"KAFKA_BOOTSTRAP_SERVERS": "nobody:1"}) as folder:
        yield folder


def described(folder: Folder) -> postgres.Cluster:
    port = urlsplit(Parts.read(folder).database_url).port
    assert port is not None
    return postgres.describe(folder, os.environ, port=port)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


def passeurs(folder: Folder, *words: str) -> str:
    """Run one command of the operator's on a folder."""
    ended = subprocess.run(
        [sys.executable, "-m", "passeurs", *words],
        env={**os.environ, **Parts.read(folder).as_environment(), "PASSEURS_STATE": str(folder.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.mark.experiment("P16")
async def test_a_dropped_table_comes_back_as_it_was_the_second_before(
    archived: Folder, tmp_path: Path, experiment: Experiment
) -> None:
    cluster = described(archived)
    async with connected(cluster.url) as here:
        await here.execute(THINGS, experiment.number("rows"))
        said = passeurs(archived, "backup", str(tmp_path / "backups"))
        assert "as its manifest says" in said
        assert "actions has it not in its audit" in said, "there is no service here, and nothing is left unsaid"
        await here.execute("UPDATE thing SET said = 'changed since the backup' WHERE n % 7 = 0")
        megabytes = await here.fetchval("SELECT pg_database_size(current_database()) >> 20")
        before, at = await here.fetchval(SUMS), await here.fetchval("SELECT clock_timestamp()")
        await until(lambda: here.fetchval("SELECT clock_timestamp() > $1", at + timedelta(seconds=1)))
        await here.execute("DELETE FROM thing WHERE n % 2 = 0")
        await here.execute("DROP TABLE thing")
        archived_every_s = await here.fetchval(
            "SELECT setting::integer FROM pg_settings WHERE name = 'archive_timeout'"
        )
        segment = await here.fetchval("SELECT pg_walfile_name(pg_switch_wal())")
    await until((cluster.archive / segment).exists)
    restored = replace(cluster, home=cluster.home / "restored", port=ports.find())
    postgres.own(restored, restored.home)
    second = (at + timedelta(milliseconds=500)).astimezone(UTC)
    words = ["restore", str(tmp_path / "backups"), "--into", str(restored.data), "--at", f"{second:%FT%T.%f}"]
    began = time.monotonic()
    assert "timeline 2, every table whole" in passeurs(archived, *words)
    recovery_s = time.monotonic() - began
    experiment.tell(recovery_s=recovery_s, megabytes=megabytes, lost_s_max=archived_every_s)
    assert megabytes >= experiment.number("megabytes")
    assert recovery_s <= RECOVERY_S_MAX
    assert archived_every_s <= LOST_S_MAX
    assert await sums(restored, tmp_path / "restored.log") == before


async def test_a_second_that_the_log_does_not_reach_is_refused(archived: Folder, tmp_path: Path) -> None:
    cluster = described(archived)
    server = Server(url=cluster.url, bin=cluster.bin, log=archived.logs / "backup.log")
    made = await backup.take(server, tmp_path / "backups", now=datetime.now(UTC))
    wanted = Wanted(
        backup=made,
        archive=cluster.archive,
        at=datetime.now(UTC) + timedelta(days=1),
        into=cluster.home / "too-far",
        user=cluster.user,
    )
    with pytest.raises(backup.NotRestored, match="recovery ended before configured recovery target was reached"):
        await backup.restore(server, wanted)


async def test_old_backups_go_with_the_log_that_only_they_needed(archived: Folder, tmp_path: Path) -> None:
    cluster, place = described(archived), tmp_path / "backups"
    passeurs(archived, "backup", str(place), "--keep", "1")
    first = backup.newest(place)
    async with connected(cluster.url) as here:
        await here.execute("CREATE TABLE thing AS SELECT 1 AS n")
        segment = await here.fetchval("SELECT pg_walfile_name(pg_switch_wal())")
    await until((cluster.archive / segment).exists)
    await until(lambda: datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ") != first.name)
    assert f"{first} is deleted" in passeurs(archived, "backup", str(place), "--keep", "1")
    assert len(backup.finished(place)) == 1
    assert not first.exists()
    assert not (cluster.archive / segment).exists()


async def test_a_backup_that_was_not_taken_to_its_end_is_none(tmp_path: Path) -> None:
    (tmp_path / "20261126T120000Z").mkdir()
    with pytest.raises(backup.NotABackup):
        backup.newest(tmp_path)


async def sums(restored: postgres.Cluster, log: Path) -> str:
    """Start a restored cluster as one starts it for good, and add its table up."""
    async with running(postgres.program(restored), log=log):
        connection = await until(lambda: _asked(restored.url))
        assert isinstance(connection, asyncpg.Connection)
        found: str = await connection.fetchval(SUMS)
        await connection.close()
    return found


async def _asked(url: str) -> asyncpg.Connection | None:
    try:
        return await asyncpg.connect(url)
    except (OSError, asyncpg.PostgresError):
        return None

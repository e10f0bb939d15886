"""The launcher starts the parts, mends what a crash left, and leaves nothing behind."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import pytest

from stack import house, kafka
from stack.folder import Folder
from stack.parts import Parts
from stack.services import SERVICES
from tests.waiting import until, wait_until

UP_WITHIN_S = 120
GONE_WITHIN_S = 30
MACHINES = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


@pytest.fixture
def folder() -> Iterator[Folder]:
    with TemporaryDirectory(prefix="passeurs-") as place:  # pytest's own are closed to the user who runs PostgreSQL
        yield Folder(Path(place))
        stack(Folder(Path(place)), "stop")


def stack(folder: Folder, *words: str, **given: str) -> str:
    """Run one command of the launcher on a folder, with parts of its own but for those that are given."""
    ours = {name: value for name, value in os.environ.items() if name not in Parts.NAMES} | given
    ended = subprocess.run(
        [sys.executable, "-m", "stack", *words],
        env=ours | {"PASSEURS_STATE": str(folder.path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=UP_WITHIN_S,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def processes(folder: Folder) -> list[int]:
    """Every process that names the folder in its command line: servers, and the helpers they started."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes()
        except OSError:
            continue
        if str(folder.path).encode() in words and int(entry.parent.name) != os.getpid():
            found.append(int(entry.parent.name))
    return found


async def one(url: str, statement: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_the_parts_start_answer_and_stop_without_a_trace(folder: Folder) -> None:
    exports = stack(folder, "parts", "--detach", "--no-durable")
    parts = Parts.read(folder)
    assert exports == parts.as_exports()
    assert await one(parts.database_url, "SELECT current_setting('listen_addresses')") == "127.0.0.1"
    assert await one(parts.database_url, "SELECT current_setting('data_checksums')") == "on"
    host, port = parts.kafka_servers.split(":")
    with socket.create_connection((host, int(port)), 1):
        pass
    with pytest.raises(AssertionError, match="already runs"):
        stack(folder, "parts", "--no-durable")
    stack(folder, "stop")
    assert processes(folder) == []
    assert not list(folder.path.rglob("postmaster.pid"))


async def test_what_was_written_survives_a_kill_of_the_launcher_and_nothing_else_does(folder: Folder) -> None:
    stack(folder, "parts", "--detach", "--no-durable")
    before = Parts.read(folder)
    await one(before.database_url, "CREATE TABLE kept AS SELECT 7 AS number")
    launcher = folder.launcher()
    assert launcher is not None
    os.kill(launcher, signal.SIGKILL)
    wait_until(lambda: not processes(folder), within_s=GONE_WITHIN_S)
    stack(folder, "parts", "--detach", "--no-durable")
    assert await one(Parts.read(folder).database_url, "SELECT number FROM kept") == 7
    assert Parts.read(folder) == before


async def test_a_server_that_dies_is_started_again(folder: Folder) -> None:
    stack(folder, "parts", "--detach", "--no-durable")
    url = Parts.read(folder).database_url
    started = await one(url, "SELECT pg_postmaster_start_time()")
    os.kill(folder.left_behind()["postgres"], signal.SIGKILL)

    async def again() -> bool:
        try:
            return await one(url, "SELECT pg_postmaster_start_time()") != started
        except (OSError, asyncpg.PostgresError):
            return False

    await until(again, within_s=UP_WITHIN_S)


async def test_a_stale_lock_that_names_a_stranger_is_not_believed(folder: Folder) -> None:
    stack(folder, "parts", "--detach", "--no-durable")
    stack(folder, "stop")
    [data] = folder.path.rglob("postmaster.opts")
    data.with_name("postmaster.pid").write_text(f"{os.getpid()}\n{data.parent}\n", encoding="ascii")
    stack(folder, "parts", "--detach", "--no-durable")
    assert await one(Parts.read(folder).database_url, "SELECT 1") == 1


async def test_servers_one_already_has_are_used_and_none_is_started(folder: Folder) -> None:
    given = {"DATABASE_URL": "postgresql://somebody@elsewhere/theirs", "KAFKA_BOOTSTRAP_SERVERS": "elsewhere:9092"}
    stack(folder, "parts", "--detach", **given)
    assert Parts.read(folder).as_environment() == given
    assert folder.left_behind() == {}


@pytest.mark.skipif(not MACHINES, reason="this machine has no PostgreSQL of its own")
async def test_the_machine_s_own_postgres_serves_as_well(folder: Folder) -> None:
    stack(folder, "parts", "--detach", "--no-durable", PG_BIN=str(MACHINES[-1].parent), KAFKA_BOOTSTRAP_SERVERS="x:1")
    parts = Parts.read(folder)
    await house.migrate(parts)
    schemas = await one(parts.database_url, "SELECT array_agg(DISTINCT schemaname::text) FROM pg_tables")
    assert isinstance(schemas, list)
    assert set(SERVICES) <= set(schemas)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user for the database")
async def test_a_folder_that_the_database_user_cannot_reach_is_not_opened_for_it(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    folder = Folder(tmp_path / "state")
    try:
        stack(folder, "parts", "--detach", "--no-durable")
        assert await one(Parts.read(folder).database_url, "SELECT 1") == 1
        assert tmp_path.stat().st_mode & 0o777 == 0o700
        assert not (folder.path / "postgres").exists()
    finally:
        stack(folder, "clean")
    assert not (folder.path / "kafka").exists()


MAVEN = """#!/bin/sh
echo once >> {runs}
for word; do case "$word" in -DoutputDirectory=*) out="${{word#*=}}" ;; esac; done
mkdir -p "$out" && printf {jar} > "$out/kafka.jar"
"""


@dataclass(frozen=True)
class Recipe:
    """One jar to fetch, by a Maven that gives what it is told to."""

    folder: Path

    def __post_init__(self) -> None:
        (self.folder / "bin").mkdir()
        digest = sha256(b"jar").hexdigest()
        (self.folder / "artefacts.sha256").write_text(f"{digest} kafka.jar\n", encoding="ascii")

    @property
    def environ(self) -> dict[str, str]:
        return {"PATH": f"{self.folder / 'bin'}:{os.defpath}", "PASSEURS_CACHE": str(self.folder / "cache")}

    @property
    def runs(self) -> Path:
        return self.folder / "runs"

    def resolves_to(self, jar: str) -> None:
        maven = self.folder / "bin" / "mvn"
        maven.write_text(MAVEN.format(runs=self.runs, jar=jar), encoding="utf-8")
        maven.chmod(0o700)


async def test_of_two_launchers_one_fetches_what_is_missing(folder: Folder, tmp_path: Path) -> None:
    folder.prepare()
    recipe = Recipe(tmp_path)
    recipe.resolves_to("jar")
    await asyncio.gather(*(kafka.fetch(folder, recipe.environ, tmp_path) for _ in range(2)))
    assert recipe.runs.read_text(encoding="utf-8") == "once\n"
    assert kafka.is_fetched(recipe.environ, tmp_path)


FETCH = "import asyncio, os, sys, pathlib, stack.folder, stack.kafka; folder, recipe = map(pathlib.Path, sys.argv[1:]);"
FETCH += "asyncio.run(stack.kafka.fetch(stack.folder.Folder(folder), os.environ, recipe))"


async def test_what_a_refused_fetch_has_left_goes_with_the_next(folder: Folder, tmp_path: Path) -> None:
    """It is another process's, long gone: 43 MB each time."""
    folder.prepare()
    recipe = Recipe(tmp_path)
    recipe.resolves_to("another")
    refused = subprocess.run(
        [sys.executable, "-c", FETCH, str(folder.path), str(tmp_path)],
        env={**os.environ, **recipe.environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "BadArtefact" in refused.stderr
    assert len(list((tmp_path / "cache").glob("**/kafka.jar"))) == 1
    recipe.resolves_to("jar")
    await kafka.fetch(folder, recipe.environ, tmp_path)
    assert list((tmp_path / "cache").glob("**/kafka.jar")) == [kafka.place(recipe.environ, tmp_path) / "kafka.jar"]


def test_the_secret_of_the_database_is_for_its_owner_only(folder: Folder) -> None:
    folder.prepare()
    first = folder.secret("postgres")
    assert folder.secret("postgres") == first
    assert len(first) >= 32
    assert (folder.secrets / "postgres").stat().st_mode & 0o077 == 0

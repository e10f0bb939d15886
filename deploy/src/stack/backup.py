"""Base backups, and restores to a second: PostgreSQL's own tools, in the order in which each proves something.

A backup that was never restored is none: `restore` brings a copy up in a folder of its own, to the second asked for,
lets every table and index be checked, and stops it again.  Nothing that runs is touched.
"""

import asyncio
import os
import re
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import asyncpg

from stack import ports
from stack.folder import write_whole
from stack.processes import Program, User, last_lines, run_to_end, running

MANIFEST = "backup_manifest"
ENDED = "COMPLETE"
REPLAY_WITHIN_S = 3_600
LOOK_EVERY_S = 0.05

_NAME = re.compile(r"\d{8}T\d{6}Z")
_SEGMENT = re.compile(r"^START WAL LOCATION: .* \(file ([0-9A-F]{24})\)$", re.MULTILINE)


class NotABackup(Exception):
    """The folder holds no base backup that was taken to its end."""


class NotRestored(Exception):
    """The archive does not reach the second that was asked for, or the copy could not be brought up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The PostgreSQL that is backed up: how to ask it, and with which tools."""

    url: str
    bin: Path
    log: Path

    @property
    def environment(self) -> dict[str, str]:
        """Give the tools the password where no other user of the machine can read it."""
        password = unquote(urlsplit(self.url).password or "")
        return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC", "PGPASSWORD": password}

    @property
    def address(self) -> str:
        """Give its address without the password, as a command line may show it."""
        parts = urlsplit(self.url)
        return urlunsplit(parts._replace(netloc=f"{parts.username}@{parts.hostname}:{parts.port}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be restored: a backup, the archive behind it, up to when (None: all there is), and where to."""

    backup: Path
    archive: Path
    at: datetime | None
    into: Path
    user: User | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came of it: the last commit that is there, the timeline that begins with it, and how long it took."""

    last_commit_at: datetime | None
    timeline: int
    took_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outdated:
    """What newer backups have made needless: older ones, and the log before a segment of it."""

    backups: list[Path]
    log_before: str


async def take(server: Server, place: Path, *, now: datetime) -> Path:
    """Take a base backup into a folder of `place` named by the time, and let it be verified; return that folder.

    Its mark says when it ended.
    """
    backup = _named(place, now)
    command = [str(server.bin / "pg_basebackup"), "--dbname", server.address, "--pgdata", str(backup)]
    command += ["--checkpoint=fast", "--wal-method=stream", "--manifest-checksums=SHA256", "--no-password"]
    await run_to_end(command, server.environment, log=server.log)
    ended = await _clock(server)
    await run_to_end([str(server.bin / "pg_verifybackup"), str(backup)], server.environment, log=server.log)
    write_whole(_mark(backup), f"{ended.isoformat()}\n")
    return backup


def _named(place: Path, now: datetime) -> Path:
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    return place / f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _mark(backup: Path) -> Path:
    return backup.with_name(f"{backup.name}.{ENDED}")


async def _clock(server: Server) -> datetime:
    """Ask the server what time it is: commits are dated by its clock, not by ours."""
    connection = await asyncpg.connect(server.url)
    try:
        now: datetime = await connection.fetchval("SELECT clock_timestamp()")
    finally:
        await connection.close()
    return now


def outdated(place: Path, *, kept: int) -> Outdated:
    """Name what all but the newest backups of a folder are, with what one or a deletion that was cut short has left."""
    oldest_kept = finished(place)[-kept:][0]
    old = [backup for backup in _begun(place) if backup.name < oldest_kept.name]
    return Outdated(backups=old, log_before=_first_segment(oldest_kept))


async def prune(server: Server, old: Outdated, archive: Path) -> None:
    """Delete outdated backups, and of the archive what only those could use.

    The mark of each goes first: what has one is whole.
    """
    for backup in old.backups:
        _mark(backup).unlink(missing_ok=True)
        if backup.exists():
            shutil.rmtree(backup)
    command = [str(server.bin / "pg_archivecleanup"), str(archive), old.log_before]
    await run_to_end(command, server.environment, log=server.log)


def _begun(place: Path) -> list[Path]:
    """List the backups of which anything is there, a folder or a mark, the oldest first; what is not ours is none."""
    names = {path.name.removesuffix(f".{ENDED}") for path in place.iterdir()}
    return [place / name for name in sorted(names) if _NAME.fullmatch(name)]


def _first_segment(backup: Path) -> str:
    """Name the first segment of the log that a backup needs, as its own label says."""
    said = (backup / "backup_label").read_text(encoding="utf-8")
    found = _SEGMENT.search(said)
    if found is None:
        raise NotABackup(f"{backup}: its label names no segment.")
    return found[1]


def finished(place: Path) -> list[Path]:
    """List the backups that were taken to their end, the oldest first."""
    marked = (mark.with_suffix("") for mark in place.glob(f"*.{ENDED}"))
    return sorted(backup for backup in marked if backup.is_dir())


def newest(place: Path, *, by: datetime | None = None) -> Path:
    """Find the last backup that was taken to its end, or that had been `by` then: none leads to a second before it.

    Raises:
        NotABackup: there is none, or none so early.
    """
    ended = finished(place)
    if not ended:
        raise NotABackup(f"No finished backup in {place}.")
    early = [backup for backup in ended if by is None or ended_at(backup) <= by]
    if not early:
        raise NotABackup(f"No backup in {place} had ended by {by}; the first one had at {ended_at(ended[0])}.")
    return early[-1]


def ended_at(backup: Path) -> datetime:
    """Say when a backup ended, by the server's clock; those of before this was noted say when they began."""
    return datetime.fromisoformat(_mark(backup).read_text(encoding="ascii").strip())


async def restore(server: Server, wanted: Wanted) -> Restored:
    """Bring a copy up to the second, have it checked, stop it; the folder is then a cluster that can be started.

    Raises:
        NotABackup: there is no backup where one was named.
        NotRestored: the archive ends before the second asked for, or a table or an index is not whole.
    """
    began = time.monotonic()
    _lay_out(wanted)
    port = ports.find()
    async with running(_copy(server, wanted, port), log=server.log) as process:
        last_commit_at, timeline = await _replayed(server, port, process)
        check = [str(server.bin / "pg_amcheck"), "--all", "--install-missing", "--no-password"]
        check += ["--host=127.0.0.1", f"--port={port}", f"--username={urlsplit(server.url).username}"]
        await run_to_end(check, server.environment, log=server.log)
    return Restored(last_commit_at=last_commit_at, timeline=timeline, took_s=time.monotonic() - began)


def _lay_out(wanted: Wanted) -> None:
    """Copy the backup and say up to where its log is to be replayed."""
    if not (wanted.backup / MANIFEST).exists():
        raise NotABackup(f"{wanted.backup} holds no {MANIFEST}.")
    shutil.copytree(wanted.backup, wanted.into)
    with (wanted.into / "postgresql.auto.conf").open("a", encoding="utf-8") as settings:
        settings.writelines(f"{line}\n" for line in _recovery(wanted))
    (wanted.into / "recovery.signal").touch()
    for path in (wanted.into, *wanted.into.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
        if wanted.user is not None:
            os.chown(path, wanted.user.uid, wanted.user.gid)


def _recovery(wanted: Wanted) -> Iterator[str]:
    yield f'restore_command = \'cp "{wanted.archive}/%f" "%p"\''
    yield "recovery_target_timeline = 'latest'"
    if wanted.at is not None:
        yield f"recovery_target_time = '{wanted.at.astimezone(UTC).isoformat(sep=' ')}'"
        yield "recovery_target_action = 'promote'"


def _copy(server: Server, wanted: Wanted, port: int) -> Program:
    """Describe the server that replays: reachable by us only, and archiving nothing into the archive it reads."""
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "archive_mode": "off",
        "shared_preload_libraries": "",
        "max_connections": "300",  # recovery needs as many as the server had whose log it reads
    }
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    return Program(
        name="restored",
        command=[str(server.bin / "postgres"), "-D", str(wanted.into), *options],
        environment={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        stop=signal.SIGINT,
        user=wanted.user,
    )


async def _replayed(server: Server, port: int, process: asyncio.subprocess.Process) -> tuple[datetime | None, int]:
    """Wait until everything asked for is replayed and the copy writes a history of its own."""
    parts = urlsplit(server.url)
    url = urlunsplit(parts._replace(netloc=f"{parts.netloc.rpartition('@')[0]}@127.0.0.1:{port}"))
    deadline = time.monotonic() + REPLAY_WITHIN_S
    while process.returncode is None and time.monotonic() < deadline:
        try:
            connection = await asyncpg.connect(url, timeout=1)
        except (OSError, TimeoutError, asyncpg.PostgresError):
            await asyncio.sleep(LOOK_EVERY_S)
            continue
        row = await connection.fetchrow(_STATE)
        await connection.close()
        if row is not None:
            return row["last_commit_at"], row["timeline"]
        await asyncio.sleep(LOOK_EVERY_S)
    raise NotRestored(f"The copy did not come up:\n{last_lines(server.log)}")


_STATE = """
SELECT pg_last_xact_replay_timestamp() AS last_commit_at,
       ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer AS timeline
 WHERE NOT pg_is_in_recovery()
"""
"""Says nothing while the copy still replays: then it has no log of its own to name a timeline from."""

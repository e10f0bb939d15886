"""Backups and restores, as an operator asks for them."""

import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import asyncpg

from common import operations
from passeurs.place import House
from passeurs.telling import console, lasting
from stack import postgres
from stack.backup import Outdated, Server, Wanted, newest, outdated, prune, take
from stack.backup import restore as restore_copy
from stack.folder import Folder
from stack.ports import Ports
from stack.services import SERVICES


async def back_up(house: House, place: Path, *, now: datetime, kept: int, archive: Path | None) -> Path:
    """Take and verify a base backup; delete what is older than those to be kept, and the log that only it needed."""
    made = await take(_server(house), place, now=now)
    console.print(f"[green]✓[/] {made}: every file is as its manifest says.", soft_wrap=True)
    await _written_down(house, "backup", {"folder": str(made)})
    await _prune(house, outdated(place, kept=kept), archive or _cluster().archive)
    return made


async def _prune(house: House, old: Outdated, archive: Path) -> None:
    """Delete what is outdated: named in the audit before the first of it goes, with its outcome when the last has."""
    named = [str(backup) for backup in old.backups]
    lines = await _written_down(house, "prune", {"backups": named, "log_before": old.log_before}, outcome=None)
    await prune(_server(house), old, archive)
    for name in named:
        console.print(f"  {name} is deleted: newer ones are kept.", soft_wrap=True)
    for service, line in lines.items():
        async with house.schema(service) as connection, connection.transaction():
            await operations.end(connection, line, "done")


async def restore(house: House, place: Path, into: Path, *, at: datetime | None, archive: Path | None) -> None:
    """Restore the newest backup that leads to that second into a folder of its own, and say what came of it."""
    cluster = _cluster()
    wanted = Wanted(
        backup=newest(place, by=at),
        archive=archive or cluster.archive,
        at=at,
        into=into,
        user=cluster.user,
    )
    restored = await restore_copy(_server(house), wanted)
    last = "no commit was replayed" if restored.last_commit_at is None else f"last commit {restored.last_commit_at}"
    took = lasting(timedelta(seconds=restored.took_s))
    console.print(f"[green]✓[/] {wanted.into}: {last}, timeline {restored.timeline}, every table whole, in {took}.")
    await _written_down(house, "restore", {"backup": str(wanted.backup), "into": str(into), "at": str(at)})


async def _written_down(
    house: House, command: str, arguments: Mapping[str, object], *, outcome: str | None = "done"
) -> dict[str, int]:
    """Write it into the audit of every schema, for the whole database is what is kept; return the lines' numbers.

    Where that cannot be is said, and ends nothing: a restore is for when the server is not there, or not as it was.
    """
    lines = {}
    for service in SERVICES:
        try:
            async with house.schema(service) as connection, connection.transaction():
                lines[service] = await operations.record(
                    connection, who=house.who, command=command, arguments=arguments, outcome=outcome
                )
        except (OSError, asyncpg.PostgresError) as error:
            why = f"{service} has it not in its audit: {type(error).__name__}."
            console.print(f"[yellow]![/] {why}", soft_wrap=True)
    return lines


def _server(house: House) -> Server:
    folder = Folder.find(os.environ)
    folder.prepare()
    return Server(url=house.parts.database_url, bin=_cluster().bin, log=folder.logs / "backup.log")


def _cluster() -> postgres.Cluster:
    """Describe the local cluster: its tools, its user, and its archive."""
    folder = Folder.find(os.environ)
    folder.prepare()
    port = Ports(folder.run / "ports.json").known().get("postgres", 0)
    return postgres.describe(folder, os.environ, port=port)

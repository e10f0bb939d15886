"""Backups and restores, as an operator asks for them."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import asyncpg

from common import operations
from passeurs.place import House
from passeurs.telling import console, lasting
from stack import postgres
from stack.backup import Server, Wanted, newest, prune, take
from stack.backup import restore as restore_copy
from stack.folder import Folder
from stack.ports import Ports
from stack.services import SERVICES


async def back_up(house: House, place: Path, *, now: datetime, kept: int, archive: Path | None) -> Path:
    """Take and verify a base backup; delete what is older than those to be kept, and the log that only it needed."""
    made = await take(_server(house), place, now=now)
    await _written_down(house, "backup", {"folder": str(made)})
    console.print(f"[green]✓[/] {made}: every file is as its manifest says.", soft_wrap=True)
    for old in await prune(_server(house), place, archive or _cluster().archive, kept=kept):
        console.print(f"  {old} is deleted: {kept} newer ones are kept.", soft_wrap=True)
    return made


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
    await _written_down(house, "restore", {"backup": str(wanted.backup), "into": str(into), "at": str(at)})
    last = "no commit was replayed" if restored.last_commit_at is None else f"last commit {restored.last_commit_at}"
    took = lasting(timedelta(seconds=restored.took_s))
    console.print(f"[green]✓[/] {wanted.into}: {last}, timeline {restored.timeline}, every table whole, in {took}.")


async def _written_down(house: House, command: str, arguments: dict[str, str]) -> None:
    """Write it into the audit of every schema, for the whole database is what was kept; say where that cannot be."""
    for service in SERVICES:
        try:
            async with house.schema(service) as connection, connection.transaction():
                await operations.record(connection, who=house.who, command=command, arguments=arguments)
        except (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidPasswordError):
            console.print(f"[yellow]![/] {service} has it not in its audit: its owner is not let in.", soft_wrap=True)


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

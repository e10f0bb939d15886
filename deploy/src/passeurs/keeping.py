"""Backups and restores, as an operator asks for them."""

import os
from datetime import datetime, timedelta
from pathlib import Path

from passeurs.place import House
from passeurs.telling import console, lasting
from stack import postgres
from stack.backup import Server, Wanted, newest, take
from stack.backup import restore as restore_copy
from stack.folder import Folder
from stack.ports import Ports


async def back_up(house: House, place: Path, *, now: datetime) -> Path:
    """Take and verify a base backup."""
    made = await take(_server(house), place, now=now)
    console.print(f"[green]✓[/] {made}: every file is as its manifest says.")
    return made


async def restore(house: House, place: Path, into: Path, *, at: datetime | None, archive: Path | None) -> None:
    """Restore the newest backup into a folder of its own, and say what came of it."""
    cluster = _cluster()
    wanted = Wanted(
        backup=newest(place),
        archive=archive or cluster.archive,
        at=at,
        into=into,
        user=cluster.user,
    )
    restored = await restore_copy(_server(house), wanted)
    last = "no commit was replayed" if restored.last_commit_at is None else f"last commit {restored.last_commit_at}"
    took = lasting(timedelta(seconds=restored.took_s))
    console.print(f"[green]✓[/] {wanted.into}: {last}, timeline {restored.timeline}, every table whole, in {took}.")


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

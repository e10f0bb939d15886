"""What an operator can ask and do.  Each command says what it does; what changes something is audited."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import asyncpg
import typer

from common.migrations import NoPassword
from passeurs import keeping, looking
from passeurs.place import House, NoHouse, NoSuchService
from passeurs.telling import console
from stack.backup import NotABackup, NotRestored
from stack.processes import NotReady

T = TypeVar("T")

app = typer.Typer(
    help="Passeurs d'images, for operators.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Refusals = (NoHouse, NoSuchService, NoPassword, NotABackup, NotRestored, NotReady, OSError, asyncpg.PostgresError)

Service = Annotated[str, typer.Argument(help="actions, partners, catalogue or reporting.")]
Aggregate = Annotated[str, typer.Argument(help="The id of a campaign, a project, an action, a report …")]
Place = Annotated[Path, typer.Argument(help="The folder that keeps the backups.", file_okay=False, resolve_path=True)]
At = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f"], help="The second, in UTC; without: the end of the log."
    ),
]
Archive = Annotated[
    Path | None,
    typer.Option(help="Where the server's log is kept; without: the local stack's.", exists=True, resolve_path=True),
]
Into = Annotated[Path, typer.Option(help="The folder of the restored cluster; it must not exist.", resolve_path=True)]


@app.command()
def outbox() -> None:
    """Say what waits to be published, for how long, and who publishes."""
    _run(looking.outbox)


@app.command()
def parked(service: Annotated[str | None, typer.Argument(help="One service; without: all.")] = None) -> None:
    """List the keys that are set aside, with what is wrong with the first record of each."""
    _run(lambda house: looking.parked(house, service))


@app.command()
def follow(aggregate: Aggregate) -> None:
    """Tell one aggregate's life across the services: outbox, topics' readers, figures, webhooks."""
    _run(lambda house: looking.follow(house, aggregate))


@app.command()
def backup(place: Place) -> None:
    """Take a base backup, verify every file of it, and write it into the audit."""
    _run(lambda house: keeping.back_up(house, place, now=datetime.now(UTC)))


@app.command()
def restore(place: Place, into: Into, at: At = None, archive: Archive = None) -> None:
    """Restore the last backup of a folder to a second, into a folder beside what runs, and check every table."""
    moment = None if at is None else at.replace(tzinfo=UTC)
    _run(lambda house: keeping.restore(house, place, into, at=moment, archive=archive))


def _run(command: Callable[[House], Awaitable[T]]) -> T:
    """Do something in the house; what is refused is one line, and exit code 1."""

    async def here() -> T:
        return await command(House.find(os.environ))

    try:
        return asyncio.run(here())
    except Refusals as refusal:
        console.print(f"{type(refusal).__name__}: {refusal}", style="red", markup=False, soft_wrap=True)
        sys.exit(1)

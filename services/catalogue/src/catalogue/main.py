"""The wiring of the catalogue: the only module that knows every other.

python -m catalogue.main api
python -m catalogue.main worker
python -m catalogue.main films import FILE --format ours|cnc-agrees [--dry-run]
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from fastapi import FastAPI

from catalogue import consumers, jobs
from catalogue.api import routers
from catalogue.domain.access import VERBS
from catalogue.domain.imports import Outcome
from catalogue.domain.lines import Kind, UnknownColumn
from catalogue.settings import Settings
from common import backbone, checkpoints, service
from common.database import connect, uuid7

SERVICE = "catalogue"

films = typer.Typer(help="Films, by command.", no_args_is_help=True)


def api(settings: Settings) -> FastAPI:
    return service.application(settings, service=SERVICE, routers=routers, verbs=VERBS)


@asynccontextmanager
async def worker(settings: Settings) -> AsyncIterator[service.Worker]:
    """Publish what was written, hear what others announce, keep house."""
    database = await connect(
        settings.database_url.get_secret_value(), size_min=settings.pool_min, size_max=settings.pool_max
    )
    groups, digest = {"consumer": consumers.GROUP}, partial(checkpoints.digests, database, SERVICE)
    tasks = backbone.tasks(settings, SERVICE, database, groups, digest=digest)
    try:
        yield service.Worker(tasks=tasks, checks=service.checks(SERVICE, lambda: database))
    finally:
        await database.close()


@films.callback()
def catalogue_films() -> None:
    """Films, by command."""


@films.command("import")
def import_films(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, UTF-8, with its header line.")],
    kind: Annotated[Kind, typer.Option("--format", help="Which columns it has.")],
    dsn: Annotated[str, typer.Option(envvar="DATABASE_URL", show_envvar=True, help="The catalogue's schema.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done; write nothing.")] = False,
    tidied: Annotated[bool, typer.Option("--tidied", help="List also what was only tidied.")] = False,
) -> None:
    """Take in a file of films and account for every line; the same file twice makes no difference."""
    try:
        outcomes = asyncio.run(_import(dsn, file, kind, dry_run=dry_run))
    except UnknownColumn as error:
        raise typer.BadParameter(f"{error.title} {error}") from error
    for line in jobs.account(outcomes, tidied=tidied):
        typer.echo(line)


async def _import(dsn: str, file: Path, kind: Kind, *, dry_run: bool) -> list[Outcome]:
    database = await connect(dsn)
    try:
        clock = partial(datetime.now, UTC)
        return await jobs.import_films(database, file, kind, dry_run=dry_run, new_id=uuid7, clock=clock)
    finally:
        await database.close()


if __name__ == "__main__":
    if sys.argv[1:2] == ["films"]:
        films(sys.argv[2:])
    else:
        service.main(SERVICE, Settings.read, api=api, worker=worker)

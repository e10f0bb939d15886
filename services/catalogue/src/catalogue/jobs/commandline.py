"""The command that takes in films: `python -m catalogue.main films import FILE --format ours|cnc-agrees`."""

import asyncio
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from catalogue.domain.imports import Outcome
from catalogue.domain.lines import Kind, UnknownColumn
from catalogue.jobs import imports
from common.database import connect, uuid7

app = typer.Typer(help="The catalogue, by command.", no_args_is_help=True, add_completion=False)
films = typer.Typer(help="Films, by command.", no_args_is_help=True)
NAMES = ("films",)
app.add_typer(films, name="films")


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
    for line in imports.account(outcomes, tidied=tidied):
        typer.echo(line)


async def _import(dsn: str, file: Path, kind: Kind, *, dry_run: bool) -> list[Outcome]:
    database = await connect(dsn)
    try:
        clock = partial(datetime.now, UTC)
        return await imports.import_films(database, file, kind, dry_run=dry_run, new_id=uuid7, clock=clock)
    finally:
        await database.close()

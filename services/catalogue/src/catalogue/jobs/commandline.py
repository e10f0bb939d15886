"""The commands that take in files.

python -m catalogue.main films import FILE --format ours|cnc-agrees|cnc-visas|cnc-million
python -m catalogue.main rights import FILE --holder ORGANISATION
"""

import asyncio
import gc
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from catalogue.domain.imports import Outcome
from catalogue.domain.lines import Kind, UnknownColumn
from catalogue.domain.rights import RightsHolderClosed
from catalogue.jobs import imports, sheets
from catalogue.jobs.workbooks import UnreadableWorkbook
from common.database import connect, uuid7
from common.errors import NotKnownHere

app = typer.Typer(help="The catalogue, by command.", no_args_is_help=True, add_completion=False)
films = typer.Typer(help="Films, by command.", no_args_is_help=True)
rights = typer.Typer(help="Rights offers, by command.", no_args_is_help=True)
NAMES = ("films", "rights")
app.add_typer(films, name="films")
app.add_typer(rights, name="rights")


@rights.callback()
def of_rights() -> None:
    """Keep `import` a word of its own while it is the only one."""


@films.command("import")
def import_films(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, UTF-8, with its header line.")],
    kind: Annotated[Kind, typer.Option("--format", help="Which columns it has.")],
    dsn: Annotated[str, typer.Option(envvar="DATABASE_URL", show_envvar=True, help="The catalogue's schema.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done; write nothing.")] = False,
    tidied: Annotated[bool, typer.Option("--tidied", help="List also what was only tidied.")] = False,
) -> None:
    """Take in a file of films and account for every line; the same file twice makes no difference."""
    gc.disable()  # lines and films hold no cycles; looking for some again and again took a third of the time
    try:
        outcomes = asyncio.run(_import(dsn, file, kind, dry_run=dry_run))
    except (UnknownColumn, imports.UnreadableFile) as error:
        raise typer.BadParameter(f"{error.title} {error}") from error
    for line in imports.account(outcomes, tidied=tidied):
        typer.echo(line)


@rights.command("import")
def import_rights(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="XLSX, as a distributor sends it.")],
    holder: Annotated[UUID, typer.Option(help="The organisation whose rights it says.")],
    dsn: Annotated[str, typer.Option(envvar="DATABASE_URL", show_envvar=True, help="The catalogue's schema.")],
    sheet: Annotated[str | None, typer.Option(help="Which sheet of the workbook; without: the first.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done; write nothing.")] = False,
) -> None:
    """Take in a rights sheet and account for every line; the same sheet twice makes no difference."""
    try:
        taken = asyncio.run(_import_rights(dsn, file, holder, sheet, dry_run=dry_run))
    except (UnknownColumn, UnreadableWorkbook, NotKnownHere, RightsHolderClosed) as error:
        raise typer.BadParameter(f"{error.title} {error}") from error
    for heading in taken.unread:
        typer.echo(f"column not read: {heading}")
    for line in imports.account(taken.outcomes):
        typer.echo(line)


async def _import_rights(dsn: str, file: Path, holder: UUID, sheet: str | None, *, dry_run: bool) -> sheets.Taken:
    database = await connect(dsn)
    try:
        clock = partial(datetime.now, UTC)
        return await sheets.import_rights(
            database, file, holder, sheet=sheet, dry_run=dry_run, new_id=uuid7, clock=clock
        )
    finally:
        await database.close()


async def _import(dsn: str, file: Path, kind: Kind, *, dry_run: bool) -> list[Outcome]:
    database = await connect(dsn)
    try:
        clock = partial(datetime.now, UTC)
        return await imports.import_films(database, file, kind, dry_run=dry_run, new_id=uuid7, clock=clock)
    finally:
        await database.close()

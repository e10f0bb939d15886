"""The command that takes in the scheme's past: `python -m reporting.main history import FILE`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from common.database import connect
from reporting.commands.history import Outcome
from reporting.domain.history import FileNotKnown
from reporting.jobs import history as files

app = typer.Typer(help="Figures of others, by command.", no_args_is_help=True, add_completion=False)
history = typer.Typer(help="The scheme's past as others published it.", no_args_is_help=True)
NAMES = ("history",)
app.add_typer(history, name="history")


@history.command("import")
def import_history(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, UTF-8, with its header line.")],
    dsn: Annotated[str, typer.Option(envvar="DATABASE_URL", show_envvar=True, help="The schema of reporting.")],
    source: Annotated[str, typer.Option(help="Who published it, where a line does not say so.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done; write nothing.")] = False,
) -> None:
    """Take in figures or territories that others published, and account for every line."""
    try:
        outcomes = asyncio.run(_take(dsn, file, source, dry_run=dry_run))
    except FileNotKnown as error:
        raise typer.BadParameter(f"{error.title} {error}") from error
    for line in files.account(outcomes):
        typer.echo(line)


async def _take(dsn: str, file: Path, source: str, *, dry_run: bool) -> list[Outcome]:
    database = await connect(dsn, size_max=1)
    try:
        return await files.take_file(database, file, source=source, dry_run=dry_run)
    finally:
        await database.close()

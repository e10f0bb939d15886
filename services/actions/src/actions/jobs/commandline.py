"""The commands of actions: `python -m actions.main school-calendar import [FILE]`, `… screenings judge FILE`."""

import asyncio
import csv
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from actions.domain.school import SchoolYear
from actions.domain.schoolcalendar import CalendarNotReadable, Reading
from actions.jobs import schoolcalendar
from actions.jobs import screenings as files
from actions.jobs.schoolcalendar import Origin
from actions.jobs.screenings import ColumnsMissing
from common.database import connect

app = typer.Typer(help="Reference data and law, by command.", no_args_is_help=True, add_completion=False)
calendar = typer.Typer(help="The school calendar.", no_args_is_help=True)
screenings = typer.Typer(help="Screenings that others tell of.", no_args_is_help=True)
NAMES = ("school-calendar", "screenings")
for name, group in zip(NAMES, (calendar, screenings), strict=True):
    app.add_typer(group, name=name)

Dsn = Annotated[str, typer.Option(envvar="DATABASE_URL", show_envvar=True, help="The schema of actions.")]
File = Annotated[Path | None, typer.Argument(exists=True, dir_okay=False, help="As the ministry publishes it.")]
Screenings = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, UTF-8, with its header line.")]
Films = Annotated[
    Path | None, typer.Option(exists=True, dir_okay=False, help="What is known of the films: length and visa, CSV.")
]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Of when it is; asked for with a file.")]


@calendar.command("import")
def import_calendar(
    dsn: Dsn,
    file: File = None,
    source: Annotated[str, typer.Option(help="Who publishes it.")] = "Ministère de l'Éducation nationale",
    source_date: Day = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done; write nothing.")] = False,
) -> None:
    """Take in the school years of a file, or those that ship with the service; the same twice makes no difference."""
    if file is not None and source_date is None:
        raise typer.BadParameter("A file is of some day.", param_hint="--source-date")
    origin = schoolcalendar.SHIPPED_ORIGIN
    if source_date is not None:
        origin = Origin(source=source, source_date=source_date.date())
    try:
        reading = schoolcalendar.shipped() if file is None else schoolcalendar.opened(file)
    except CalendarNotReadable as error:
        raise typer.BadParameter(f"{error.title} {error}") from error
    for line in schoolcalendar.account(reading, asyncio.run(_take(dsn, reading, origin, dry_run=dry_run))):
        typer.echo(line)


@screenings.command("judge")
def judge(file: Screenings, films: Films = None) -> None:
    """Judge open-air screenings by the rules in force on their day: a table of verdicts, and every line's fate.

    Nothing is written, no database is asked.  The table goes to the standard output, the account to the standard error.
    """
    try:
        report = files.judge_file(file, films)
    except ColumnsMissing as error:
        raise typer.BadParameter(f"{error.title} {error}") from error
    csv.writer(sys.stdout, lineterminator="\n").writerows(files.table(report.findings))
    for line in files.account(report):
        typer.echo(line, err=True)


async def _take(dsn: str, reading: Reading, origin: Origin, *, dry_run: bool) -> dict[SchoolYear, bool]:
    database = await connect(dsn, size_max=1)
    try:
        return await schoolcalendar.take(database, reading, origin, dry_run=dry_run)
    finally:
        await database.close()

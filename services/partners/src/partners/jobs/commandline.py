"""The commands that take in reference data: `python -m partners.main territories|districts|organisations import …`."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from common.database import Database, connect, uuid7
from partners.commands.territories import Result
from partners.domain.editions import Edition
from partners.jobs import imports
from partners.jobs.imports import Asked, Origin

R = TypeVar("R")

Dsn = Annotated[str, typer.Option(envvar="DATABASE_URL", show_envvar=True, help="The schema of partners.")]
EveryLine = Annotated[bool, typer.Option("--every-line", help="Name every line behind a remark, not a few.")]
Day = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Of when it is.")]
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, UTF-8, with its header line.")]

app = typer.Typer(help="Reference data, by command.", no_args_is_help=True, add_completion=False)
territories = typer.Typer(help="Territories by vintage.", no_args_is_help=True)
districts = typer.Typer(help="Priority districts (QPV).", no_args_is_help=True)
organisations = typer.Typer(help="Organisations.", no_args_is_help=True)
NAMES = ("territories", "districts", "organisations")
for name, group in zip(NAMES, (territories, districts, organisations), strict=True):
    app.add_typer(group, name=name)


@territories.command("import")
def import_territories(
    dsn: Dsn,
    vintage: Annotated[list[int] | None, typer.Option(help="Only these; without: all that ship.")] = None,
    missing: Annotated[bool, typer.Option("--missing", help="Only those of which nothing is known yet.")] = False,
    every_line: EveryLine = False,
) -> None:
    """Publish the editions of the geographic code that ship with the service."""
    known = imports.shipped()
    for one in vintage or known:
        if one not in known:
            raise typer.BadParameter(f"{one} does not ship; there are {', '.join(map(str, known))}.")
    there = _run(dsn, imports.known_vintages) if missing else frozenset()
    for one in (one for one in vintage or known if one not in there):
        _run(dsn, partial(_import_edition, edition=imports.open_shipped(one), every_line=every_line))


@territories.command("import-tables")
def import_tables(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="The national tables, a CSV a kind.")],
    dsn: Dsn,
    vintage: Annotated[int, typer.Option(help="Year of the geographic code.")],
    source: Annotated[str, typer.Option(help="Who publishes them.")],
    source_date: Day,
    every_line: EveryLine = False,
) -> None:
    """Publish an edition from the national tables, with the density grid."""
    edition = imports.open_national(folder, _origin(vintage, source, source_date))
    _run(dsn, partial(_import_edition, edition=edition, every_line=every_line))


@districts.command("import")
def import_districts(
    file: File,
    dsn: Dsn,
    vintage: Annotated[int, typer.Option(help="Of the municipality codes in the list.")],
    source: Annotated[str, typer.Option(help="Who publishes the list.")],
    source_date: Day,
    relation: Annotated[Path | None, typer.Option(exists=True, help="The same, pair by pair, to compare.")] = None,
    every_line: EveryLine = False,
) -> None:
    """Describe the priority districts of a list."""
    if relation is not None and imports.compare_districts(file, relation, say=typer.echo):
        raise typer.Exit(1)
    origin = _origin(vintage, source, source_date)
    _run(
        dsn,
        partial(imports.import_districts, file=file, origin=origin, clock=_now, say=typer.echo, every_line=every_line),
    )


@organisations.command("import")
def import_organisations(
    file: File,
    dsn: Dsn,
    vintage: Annotated[
        int | None, typer.Option(help="Of the municipality codes in the list; without: the latest.")
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Of when the list is; without: its vintage's first day."),
    ] = None,
    centres: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Where municipalities lie, CSV: only what is near is believed."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done; write nothing.")] = False,
    every_line: EveryLine = False,
) -> None:
    """Register the organisations of a list that are not known yet, and complete the cinemas that are."""
    asked = Asked(since=as_of and as_of.date(), vintage=vintage, centres=centres, dry_run=dry_run)
    _run(
        dsn,
        partial(
            imports.import_organisations,
            file=file,
            asked=asked,
            new_id=uuid7,
            clock=_now,
            say=typer.echo,
            every_line=every_line,
        ),
    )


async def _import_edition(database: Database, *, edition: Edition, every_line: bool) -> list[Result]:
    return await imports.import_edition(database, edition, clock=_now, say=typer.echo, every_line=every_line)


def _origin(vintage: int, source: str, day: datetime) -> Origin:
    return Origin(vintage=vintage, source=source, source_date=date(day.year, day.month, day.day))


def _now() -> datetime:
    return datetime.now(UTC)


def _run(dsn: str, work: Callable[[Database], Awaitable[R]]) -> R:
    async def with_database() -> R:
        database = await connect(dsn, size_max=1)
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(with_database())

"""Takes in reference data by command, département by département or a few lines at a time, and accounts for every line.

What is broken off stays as far as it came; the same files may simply be given again, and then change nothing.
"""

import csv
import lzma
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from itertools import groupby, islice
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from common.contracts.partners import Coordinates
from common.database import Database
from common.errors import DomainError
from common.tokens import SYSTEM
from partners.commands import imports as commands
from partners.commands import rosters as lists
from partners.commands.imports import Fate, Outcome
from partners.commands.territories import DistrictAsked, Result, publish_sheet
from partners.domain import cinemas, compact, district, national, rosters
from partners.domain.editions import SET_ASIDE, Edition
from partners.domain.rosters import Line

LINES_IN_A_TRANSACTION = 100
TOLD_BY_NAME_MAX = 8
"""Codes listed behind a remark, unless every line is asked for."""

Say = Callable[[str], None]
Clock = Callable[[], datetime]
T = TypeVar("T")

_SHIPPED = re.compile(r"territories-(\d{4})\.tsv\.xz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Which vintage a file describes, where it comes from and of when it is."""

    vintage: int
    source: str
    source_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How a list of organisations is to be taken: of when it is, its codes' vintage, where municipalities lie."""

    since: date | None = None
    vintage: int | None = None
    centres: Path | None = None
    dry_run: bool = False


AS_IT_COMES = Asked()


def shipped() -> Mapping[int, str]:
    """List the editions that ship with the service: vintage and file."""
    named = (_SHIPPED.fullmatch(entry.name) for entry in (files("partners") / "data").iterdir())
    return dict(sorted((int(found[1]), found[0]) for found in named if found))


def open_shipped(vintage: int) -> Edition:
    """Read one of the editions that ship with the service."""
    file = shipped()[vintage]
    packed = (files("partners") / "data" / file).read_bytes()
    return compact.read(lzma.decompress(packed).decode("utf-8").splitlines(), file=file)


def open_national(folder: Path, origin: Origin) -> Edition:
    """Read the national tables of one edition: every CSV file of a folder."""
    tables = {path.stem: list(_rows(path)) for path in sorted(folder.glob("*.csv"))}
    return national.read(tables, vintage=origin.vintage, source=origin.source, source_date=origin.source_date)


async def known_vintages(database: Database) -> frozenset[int]:
    async with database.transaction(SYSTEM) as tx:
        return await commands.known_vintages(tx)


async def import_edition(
    database: Database, edition: Edition, *, clock: Clock, say: Say, every_line: bool = False
) -> list[Result]:
    """Publish an edition; tell what became of each département, then of each file's lines."""
    results = []
    for sheet in edition.sheets():
        async with database.transaction(SYSTEM) as tx:
            result = await publish_sheet(tx, sheet, at=clock())
        if edition.densities:
            async with database.transaction(SYSTEM) as tx:
                levels = await commands.take_densities(tx, sheet, edition.densities, at=clock())
            result = levels if result is Result.UNCHANGED else result
        results.append(result)
        say(
            f"{sheet.vintage} {sheet.department.code} {sheet.department.name}: {result}, "
            f"{len(sheet.municipalities)} codes"
        )
    for line in account_edition(edition, every_line=every_line):
        say(line)
    return results


def account_edition(edition: Edition, *, every_line: bool) -> Iterator[str]:
    """Tell how many lines of each file were taken and set aside, and every remark with its codes."""
    aside = edition.set_aside()
    for file, count in edition.lines.items():
        yield f"{file}: {count} lines, {count - aside[file]} taken, {aside[file]} set aside"
        said = defaultdict[str, list[str]](list)
        for remark in edition.remarks:
            if remark.file == file:
                what = "set aside" if remark.anomaly in SET_ASIDE else "remarked"
                said[f"{what}: {remark.anomaly}"].append(f"{remark.code} (line {remark.line})")
        yield from _listed(said, every_line=every_line)


async def import_districts(
    database: Database, file: Path, origin: Origin, *, clock: Clock, say: Say, every_line: bool = False
) -> list[Outcome]:
    """Describe the priority districts of a list: `code_qpv`, `nom`, `codes_insee` (`|` between several)."""
    outcomes = list[Outcome]()
    lines = [(number, _district(row, origin)) for number, row in enumerate(_rows(file), start=2)]
    for _, of_one_department in groupby(sorted(lines, key=_department), key=_department):
        async with database.transaction(SYSTEM) as tx:
            outcomes += await commands.take_districts(tx, origin.vintage, list(of_one_department), at=clock())
    for told in account(file.name, outcomes, every_line=every_line):
        say(told)
    return outcomes


def compare_districts(file: Path, relation: Path, *, say: Say) -> int:
    """Compare a list of districts with the same relation written pair by pair; tell and count the differences."""
    listed = {(row["code_qpv"], code) for row in _rows(file) for code in row["codes_insee"].split("|")}
    paired = {(row["code_qpv"], row["code_insee"]) for row in _rows(relation)}
    for only_in, pairs in ((file, listed - paired), (relation, paired - listed)):
        for code, municipality in sorted(pairs):
            say(f"{only_in.name}: only here: {code} on {municipality}")
    say(f"{relation.name}: {len(paired)} pairs, {len(paired & listed)} confirmed")
    return len(listed ^ paired)


async def import_organisations(
    database: Database,
    file: Path,
    asked: Asked = AS_IT_COMES,
    *,
    new_id: Callable[[], UUID],
    clock: Clock,
    say: Say,
    every_line: bool = False,
) -> list[Outcome]:
    """Register the organisations of a list that are not known yet, and complete those that are."""
    rows = list(_rows(file))
    roster = rosters.recognised(frozenset(rows[0]) if rows else frozenset())
    read = [_organisation(roster, number, row) for number, row in enumerate(rows, start=2)]
    outcomes, met = [one for one in read if isinstance(one, Outcome)], set[str]()
    listing = await _listing(database, asked)
    for batch in _batches((one for one in read if not isinstance(one, Outcome)), LINES_IN_A_TRANSACTION):
        async with database.transaction(SYSTEM) as tx:
            outcomes += await lists.take_organisations(tx, listing, batch, met, new_id=new_id, at=clock())
    for told in account(file.name, outcomes, every_line=every_line):
        say(told)
    return outcomes


async def _listing(database: Database, asked: Asked) -> lists.Listing:
    async with database.transaction(SYSTEM) as tx:
        known = await lists.gazetteer(tx, asked.vintage)
    centres = _centres(asked.centres) if asked.centres else {}
    return lists.Listing(known=known, since=asked.since, centres=centres, dry_run=asked.dry_run)


def _centres(file: Path) -> Mapping[str, Coordinates]:
    """Read where municipalities lie: `code_insee`, `latitude`, `longitude`; one that lies nowhere is left out."""
    points = ((row["code_insee"], cinemas.coordinates(row["latitude"], row["longitude"])) for row in _rows(file))
    return {code: point for code, point in points if point is not None}


def account(file: str, outcomes: Sequence[Outcome], *, every_line: bool) -> Iterator[str]:
    """Tell what became of the lines of a list: how many of each fate, and every reason with its codes."""
    fates = ", ".join(f"{sum(one.fate is fate for one in outcomes)} {fate}" for fate in Fate)
    yield f"{file}: {len(outcomes)} lines: {fates}"
    said = defaultdict[str, list[str]](list)
    for one in sorted(outcomes, key=lambda one: one.line):
        if one.reason or every_line:
            said[f"{one.fate}: {one.reason}" if one.reason else one.fate].append(f"{one.code} (line {one.line})")
    yield from _listed(said, every_line=every_line)


def _listed(said: Mapping[str, Sequence[str]], *, every_line: bool) -> Iterator[str]:
    for what, named in said.items():
        shown = named if every_line else named[:TOLD_BY_NAME_MAX]
        rest = "" if len(shown) == len(named) else f" and {len(named) - len(shown)} more"
        yield f"  {len(named)} {what}: {', '.join(shown)}{rest}"


def _rows(file: Path) -> Iterator[Mapping[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        yield from csv.DictReader(opened, strict=True, restval="")


def _district(row: Mapping[str, str], origin: Origin) -> DistrictAsked:
    return DistrictAsked(
        code=row["code_qpv"],
        name=row["nom"],
        municipalities=tuple(row["codes_insee"].split("|")),
        source=origin.source,
        source_date=origin.source_date,
    )


def _department(line: tuple[int, DistrictAsked]) -> str:
    """Put the lines of one département together; those whose code tells none come first."""
    code = line[1].code
    return district.department_of(code) if district.is_district_code(code) else ""


def _organisation(roster: rosters.Roster, number: int, row: Mapping[str, str]) -> tuple[int, Line] | Outcome:
    try:
        return number, roster.read(row)
    except DomainError as error:
        return commands.refused(number, row[roster.code], error)


def _batches(lines: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(lines)
    while batch := list(islice(rest, size)):
        yield batch

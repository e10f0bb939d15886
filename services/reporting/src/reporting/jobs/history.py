"""Takes in a file of the scheme's past by command, in one transaction, and accounts for every line."""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from common.database import Database
from common.errors import DomainError
from common.tokens import SYSTEM
from reporting.commands import history as commands
from reporting.commands.history import Fate, Outcome
from reporting.domain import history
from reporting.domain.history import Entry, Format


async def take_file(database: Database, file: Path, *, source: str, dry_run: bool) -> list[Outcome]:
    """Take in a whole file; the same file twice makes no difference."""
    rows = _rows(file)
    kind = history.recognised(frozenset(rows[0][1]) if rows else frozenset())
    read = [_read(kind, number, row, source) for number, row in rows]
    lines = [one for one in read if not isinstance(one, Outcome)]
    async with database.transaction(SYSTEM) as tx:
        taken = await commands.take(tx, lines, dry_run=dry_run)
    return sorted((*taken, *(one for one in read if isinstance(one, Outcome))), key=lambda one: one.line)


def account(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Tell what became of each line that was not known as it is, and how many there are of each fate."""
    for one in outcomes:
        if one.fate is not Fate.UNCHANGED:
            yield f"line {one.line}: {one.fate}: {one.name}" + (f": {one.reason}" if one.reason else "")
    fates = Counter(one.fate for one in outcomes)
    yield f"{len(outcomes)} lines: " + ", ".join(f"{fates[fate]} {fate}" for fate in Fate)


def _read(kind: Format, number: int, row: Mapping[str, str], source: str) -> tuple[int, Entry] | Outcome:
    try:
        return number, kind.read(row, source)
    except DomainError as error:
        name = row.get("indicateur") or row.get("nom_source") or "no name"
        return Outcome(line=number, name=name, fate=Fate.REFUSED, reason=str(error))


def _rows(file: Path) -> Sequence[tuple[int, Mapping[str, str]]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        reader = csv.DictReader(opened, strict=True, restval="")
        return [(reader.line_num, row) for row in reader]

"""Takes in a distributor's rights sheet, row by row, and accounts for every one.

What its columns are is said in docs/how-to/import-a-rights-sheet.md.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from uuid import UUID

from catalogue.commands import sheets as commands
from catalogue.domain.lines import UnknownColumn
from catalogue.domain.offering import Met, RowOutcome
from catalogue.domain.sheets import Table, shown
from catalogue.jobs import workbooks
from common.database import Database
from common.tokens import SYSTEM

ROWS_IN_A_TRANSACTION = 50
ROWS_ABOVE_MAX = 50
"""Titles, addresses and notes above a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a sheet: which of its columns were not read, and what its rows did."""

    unread: Sequence[str]
    outcomes: Sequence[RowOutcome]


async def import_rights(
    database: Database,
    file: Path,
    holder_id: UUID,
    *,
    sheet: str | None,
    dry_run: bool,
    new_id: Callable[[], UUID],
    clock: Callable[[], datetime],
) -> Taken:
    """Take in a whole sheet; if it is broken off, what is written stays, and the sheet may simply be given again."""
    table, rows = _table(iter(workbooks.rows(file, sheet)))
    met, outcomes = Met(), list[RowOutcome]()
    while batch := list(islice(rows, ROWS_IN_A_TRANSACTION)):
        async with database.transaction(SYSTEM) as tx:
            outcomes += await commands.take_rows(
                tx, table, batch, met, holder_id=holder_id, dry_run=dry_run, new_id=new_id, at=clock()
            )
    return Taken(unread=table.unread, outcomes=outcomes)


def _table(rows: Iterator[workbooks.Row]) -> tuple[Table, Iterator[workbooks.Row]]:
    """Find the head of the table, and leave what is under it."""
    above = list[str]()
    for _, row in islice(rows, ROWS_ABOVE_MAX):
        if table := Table.headed(row):
            return table, rows
        above.append(shown(row))
    raise UnknownColumn(f"no row names the columns that are needed; the first rows: {above[:5]}")

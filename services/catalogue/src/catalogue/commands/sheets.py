"""Rows of a distributor's rights sheet, taken in: each makes or changes an offer, or is told apart.

Whoever takes in a sheet holds its holder's row, so that two sheets at a time do not both make an offer that neither has
seen.  A transaction holds a few rows only.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from catalogue.commands import holders
from catalogue.domain.imports import Result
from catalogue.domain.offering import Met, NamedFilm, Offering, RowOutcome, decide
from catalogue.domain.rights import RightsHolderClosed
from catalogue.domain.sheets import SheetLine, Table, Value, shown
from catalogue.store import organisations
from catalogue.store import rights as store
from common.database import Transaction
from common.errors import Invalid

Row = tuple[int, Sequence[Value]]


async def take_rows(
    tx: Transaction,
    table: Table,
    rows: Sequence[Row],
    met: Met,
    *,
    holder_id: UUID,
    dry_run: bool,
    new_id: Callable[[], UUID],
    at: datetime,
) -> list[RowOutcome]:
    """Do what the rows ask, each of them by its number; with `dry_run`, only say what would be done."""
    holders.require(await organisations.lock_organisation(tx, holder_id), RightsHolderClosed, at=at)
    read = [_read(table, number, row) for number, row in rows]
    lines = [line for line in read if isinstance(line, SheetLine)]
    films = await _films(tx, sorted({call for line in lines for call in line.film.calls}))
    offers = await store.lock_offers_of(tx, holder_id, [film.id for film in films])
    offering = Offering(holder_id=holder_id, films=films, offers=offers, at=at)
    outcomes = [one if isinstance(one, RowOutcome) else decide(one, offering, met, new_id()) for one in read]
    if not dry_run:
        await _write(tx, outcomes)
    return outcomes


async def _films(tx: Transaction, calls: Sequence[tuple[str, str]]) -> list[NamedFilm]:
    """Find the films that rows call, and keep them from being merged: films are held before offers, as a merge does."""
    while True:
        films = await store.films_called(tx, calls)
        if await store.keep_films_standing(tx, [film.id for film in films]):
            return films


def _read(table: Table, number: int, row: Sequence[Value]) -> SheetLine | RowOutcome:
    """Read a row; one that cannot be understood is refused and the next one read."""
    try:
        return table.read(number, row)
    except Invalid as error:
        said = "; ".join(f"{one.pointer}: {one.message}" for one in error.errors)
        return RowOutcome(number=number, result=Result.REFUSED, title=shown(row), reason=said or str(error))


async def _write(tx: Transaction, outcomes: Sequence[RowOutcome]) -> None:
    for outcome in outcomes:
        if outcome.offer is None or outcome.fact is None:
            continue
        if outcome.result is Result.REGISTERED:
            await store.create_rights_offer(tx, outcome.offer, outcome.fact, None)
        else:
            await store.save_rights_offer(tx, outcome.offer, outcome.fact, None)

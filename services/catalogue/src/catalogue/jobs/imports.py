"""Takes in a file of films, row by row, and accounts for every one.

CSV as in the house: UTF-8, comma, `"` quoting, a header line; empty is unknown, `|` stands between several values.
What each format's columns are is said in the service's README.
"""

import asyncio
import csv
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Protocol, TypeAlias
from uuid import UUID

from catalogue.commands import imports as commands
from catalogue.domain.film import FilmIsMerged, IdentifierTaken
from catalogue.domain.formats import FORMATS
from catalogue.domain.imports import Outcome, Result
from catalogue.domain.lines import TIDIED, Kind, Remark, Sheet
from catalogue.domain.provenance import Source, SourceKind
from common.database import Database, passes
from common.errors import Invalid
from common.tokens import SYSTEM

ROWS_IN_A_TRANSACTION = 1000
ROWS_AT_ONCE = 20
"""Read before looking whether the database has answered: each look costs what reading a tenth of a row does."""
FILE_BYTES_MAX = 256 * 1024 * 1024
TRIES = 30
"""To take some rows in: while another file is, each waits for a second, as long as the database lets it."""

Rows: TypeAlias = Iterator[tuple[int, Sequence[str]]]
QUIET = frozenset({Result.REGISTERED, Result.CHANGED, Result.UNCHANGED})


class UnreadableFile(Invalid):
    """Where quotes are not closed, nobody knows which cells the rest of a file has."""

    title = "The file is no CSV that can be taken in."
    titre = "Le fichier n’est pas un CSV recevable."


async def import_films(
    database: Database,
    file: Path,
    kind: Kind,
    *,
    dry_run: bool,
    new_id: Callable[[], UUID],
    clock: Callable[[], datetime],
) -> list[Outcome]:
    """Take in a whole file; if it is broken off, what is written stays, and the file may simply be given again."""
    source = Source(kind=SourceKind.FILE, name=kind)
    taking = _Taking(database, source, dry_run=dry_run, new_id=new_id, clock=clock)
    sheet, rows = _opened(file, kind)

    async def following() -> list[commands.Read]:
        """Read some rows, while those before them are written: now and then the database may be answered."""
        read = list[commands.Read]()
        for row in islice(rows, ROWS_IN_A_TRANSACTION):
            read.append(commands.read_row(sheet, row, source=source, new_id=new_id(), at=clock()))
            if len(read) % ROWS_AT_ONCE == 0:
                await asyncio.sleep(0)
        return read

    outcomes, read = list[Outcome](), await following()
    while read:
        came, read = await asyncio.gather(taking.take(read), following())
        outcomes += came
    return outcomes


class _Taking:
    """One file on its way in, and what its lines were about so far."""

    def __init__(
        self,
        database: Database,
        source: Source,
        *,
        dry_run: bool,
        new_id: Callable[[], UUID],
        clock: Callable[[], datetime],
    ) -> None:
        self._database, self._source, self._known = database, source, commands.Known()
        self._dry_run, self._new_id, self._clock = dry_run, new_id, clock

    async def take(self, read: Sequence[commands.Read]) -> list[Outcome]:
        """Take some rows in, or wait for another file; what was given to others meanwhile has them decided again."""
        tries_left = TRIES
        while True:
            tries_left -= 1
            try:
                return await self._try(read)
            except Exception as error:
                if tries_left == 0 or not (isinstance(error, IdentifierTaken | FilmIsMerged) or passes(error)):
                    raise

    async def _try(self, read: Sequence[commands.Read]) -> list[Outcome]:
        known = commands.Known(self._known)
        async with self._database.transaction(SYSTEM) as tx:
            outcomes = await commands.take_rows(
                tx,
                read,
                known,
                source=self._source,
                dry_run=self._dry_run,
                new_id=self._new_id,
                at=self._clock(),
            )
        self._known.absorb(known, with_films=self._dry_run)
        return outcomes


class Told(Protocol):
    """What a report says of a line, whatever the line was about."""

    @property
    def number(self) -> int: ...
    @property
    def result(self) -> Result: ...
    @property
    def title(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def remarks(self) -> tuple[tuple[Remark, str], ...]: ...


def account(outcomes: Sequence[Told], *, tidied: bool = False) -> Iterator[str]:
    """Tell what became of the lines: every one with something to tell (what was only tidied, if asked), then sums."""
    for outcome in outcomes:
        if outcome.result not in QUIET:
            yield f"line {outcome.number}: {outcome.result}: {outcome.title}: {outcome.reason}"
        for remark, said in outcome.remarks:
            if tidied or remark not in TIDIED:
                yield f"line {outcome.number}: {remark}: {outcome.title}: {said}"
    results = Counter(outcome.result for outcome in outcomes)
    yield f"{len(outcomes)} lines: " + ", ".join(f"{results[result]} {result}" for result in Result)
    remarks = Counter(remark for outcome in outcomes for remark, _ in outcome.remarks)
    yield "remarks: " + (", ".join(f"{count} {remark}" for remark, count in sorted(remarks.items())) or "none")


def _opened(file: Path, kind: Kind) -> tuple[Sheet, Rows]:
    if file.stat().st_size > FILE_BYTES_MAX:
        raise UnreadableFile(f"more than {FILE_BYTES_MAX} bytes")
    rows = _rows(file)
    _, header = next(rows, (1, ()))
    return FORMATS[kind].opened(header), rows


def _rows(file: Path) -> Rows:
    """Read a file row by row; a cell that is too long or no text is the row's own, and refused with it."""
    csv.field_size_limit(FILE_BYTES_MAX)  # the module's own limit would break the file off
    with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as opened:
        reader = csv.reader(opened, strict=True)
        try:
            for cells in reader:
                yield reader.line_num, cells
        except csv.Error as error:
            raise UnreadableFile(f"line {reader.line_num}: {error}") from error

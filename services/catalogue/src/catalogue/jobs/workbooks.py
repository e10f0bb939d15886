"""A sheet of an XLSX workbook, read into plain values, within limits.

A workbook is a ZIP archive of XML, and comes from outside: how much may be in it is asked before it is unpacked, of
the archive's own directory (`zipfile` gives no more of a part than the directory says); entities are refused by
`defusedxml`, which openpyxl takes where it is installed.  A workbook is read twice side by side: for what its cells
show and for its formulas, since a formula whose result was never kept shows as an empty cell.
"""

import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias, cast
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell
from openpyxl.utils.escape import unescape
from openpyxl.workbook import Workbook
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from catalogue.domain.cells import unfit
from catalogue.domain.sheets import Broken, Value, is_empty
from common.errors import Invalid

FILE_BYTES_MAX = 5 * 1024 * 1024
UNPACKED_BYTES_MAX = 32 * 1024 * 1024
PARTS_MAX = 500
ROWS_MAX = 10_000
"""Rows with something in them."""
COLUMNS_MAX = 64
"""What stands further to the right is not looked at."""
LAST_ROW = 1_048_576
"""Of any sheet, by the format; a row said to be beyond is none."""

Row: TypeAlias = tuple[int, tuple[Value, ...]]
_Cell: TypeAlias = ReadOnlyCell | EmptyCell

MALFORMED = (
    *(
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
    ),  # of the archive; encrypted, for one
    *(ParseError, LookupError, ValueError, TypeError, AttributeError),  # of the parts: openpyxl believes what they say
)
"""What openpyxl and its parsers raise on a file that is not what it says."""


class UnreadableWorkbook(Invalid):
    """What is no workbook, or more than a rights sheet ever is, is refused before it is read."""

    title = "The file is no XLSX workbook that can be taken in."
    titre = "Le fichier n’est pas un classeur XLSX recevable."


def rows(file: Path, sheet: str | None = None) -> list[Row]:
    """Read the rows that have something in them, each with its number; without a name, those of the first sheet."""
    _require_small(file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of styles and validations that are not looked at
            return _read(file, sheet)
    except MALFORMED as error:
        raise UnreadableWorkbook(f"{type(error).__name__}: {error}") from error


def _require_small(file: Path) -> None:
    if file.stat().st_size > FILE_BYTES_MAX:
        raise UnreadableWorkbook(f"more than {FILE_BYTES_MAX} bytes")
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise UnreadableWorkbook(str(error)) from error
    if len(parts) > PARTS_MAX:
        raise UnreadableWorkbook(f"{len(parts)} parts, and {PARTS_MAX} at most")
    if (unpacked := sum(part.file_size for part in parts)) > UNPACKED_BYTES_MAX:
        raise UnreadableWorkbook(f"{unpacked} bytes unpacked, and {UNPACKED_BYTES_MAX} at most")


def _read(file: Path, sheet: str | None) -> list[Row]:
    with file.open("rb") as shown, file.open("rb") as written:  # openpyxl leaves open what it fails to read
        values = load_workbook(shown, read_only=True, data_only=True, keep_links=False)
        formulas = load_workbook(written, read_only=True, data_only=False, keep_links=False)
        return list(_filled(_cells(values, sheet), _cells(formulas, sheet)))


def _cells(book: Workbook, name: str | None) -> Iterator[Sequence[_Cell]]:
    named = {one.title: one for one in book.worksheets}
    found = next(iter(named.values()), None) if name is None else named.get(name)
    if found is None:
        raise UnreadableWorkbook(f"no such sheet; there are: {', '.join(named)}")
    cast("ReadOnlyWorksheet", found).reset_dimensions()  # what a file says of its own size may be wrong
    return cast("Iterator[Sequence[_Cell]]", found.iter_rows(max_row=LAST_ROW, max_col=COLUMNS_MAX))


def _filled(values: Iterator[Sequence[_Cell]], formulas: Iterator[Sequence[_Cell]]) -> Iterator[Row]:
    filled = 0
    for number, (shown, written) in enumerate(zip(values, formulas, strict=True), 1):
        if set(map(type, shown)) == {EmptyCell}:  # a sheet may name a million rows, and have nothing in them
            continue
        row = tuple(_value(one, other) for one, other in zip(shown, written, strict=True))
        if is_empty(row):
            continue
        filled += 1
        if filled > ROWS_MAX:
            raise UnreadableWorkbook(f"more than {ROWS_MAX} rows")
        yield number, row


def _value(shown: _Cell, written: _Cell) -> Value:
    """Give what a cell shows; a formula of which that is not known is told from a cell that is empty."""
    value = shown.value
    if shown.data_type == "e":
        return Broken(f"the error {value}")
    if value is None:
        is_unknown = written.data_type == "f" and shown.data_type != "str"  # `str`: its result is the empty text
        return Broken(f"the file does not hold the result of {str(written.value)[:80]!r}") if is_unknown else None
    if isinstance(value, str):
        text = unescape(value)  # `_x000D_`: what XML cannot hold, or not keep
        why = unfit(text)
        return text if why is None else Broken(why)
    if isinstance(value, int | float) and "%" in shown.number_format and not isinstance(value, bool):
        return f"{Decimal(f'{value:.15g}').scaleb(2):f} %"
    return value if isinstance(value, bool | int | float | date) else Broken(f"{value} is no day")

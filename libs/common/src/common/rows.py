"""Rows and aggregates: what a table keeps is what a frozen dataclass says, field by field; what is nested is JSON.

The columns are named once, in the store's COLUMNS (`id` first: it is $1), and the statements are written from them, at
import.  A field is restored from the column of its name; a column without a field is a property of the aggregate, kept
for those who look for the row by it.  So a new field is a field, a column, and its name in COLUMNS.

An aggregate may have one part whose fields are columns too (what is said of a film, the terms of an offer): its values
are listed after the aggregate's own, and it is restored from the same row.
"""

from collections.abc import Collection, Sequence
from typing import TypeVar

import asyncpg
import msgspec

T = TypeVar("T")


def listed(columns: Sequence[str]) -> str:
    """Name the columns, for a SELECT or an INSERT."""
    return ", ".join(columns)


def numbered(columns: Sequence[str]) -> str:
    """Name their parameters: `$1, $2`."""
    return ", ".join(f"${n}" for n in range(1, len(columns) + 1))


def assigned(columns: Sequence[str]) -> str:
    """Set all of them but the first, by which the row is found: `state = $2`."""
    return ", ".join(f"{column} = ${n}" for n, column in enumerate(columns[1:], start=2))


def values(aggregate: object, columns: Sequence[str], nested: Collection[str] = ()) -> list[object]:
    """List what an aggregate, or its part, says of these columns, in their order; what is nested as JSON text."""
    return [
        _as_json(getattr(aggregate, column)) if column in nested else getattr(aggregate, column) for column in columns
    ]


def restored(cls: type[T], row: asyncpg.Record, nested: Collection[str] = (), *, part: str | None = None) -> T:
    """Make the aggregate again of its row; `part` names the field that is itself made of columns."""
    fields = {name: _from_json(value) if name in nested else value for name, value in row.items()}
    return msgspec.convert(fields if part is None else {**fields, part: fields}, cls)


def _as_json(value: object) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


def _from_json(text: str | None) -> object:
    return None if text is None else msgspec.json.decode(text)

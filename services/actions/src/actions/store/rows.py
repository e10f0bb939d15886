"""Rows and aggregates: the columns of a table are the fields of a frozen dataclass; what is nested is JSON.

Both directions are by name and by type, so that a new field is a column here, a field there, and nothing in between.
"""

from collections.abc import Collection, Sequence
from typing import TypeVar

import asyncpg
import msgspec

T = TypeVar("T")


def values(aggregate: object, columns: Sequence[str], nested: Collection[str]) -> list[object]:
    """List an aggregate's fields in the order of the statement's parameters; what is nested as JSON text."""
    return [
        as_json(getattr(aggregate, column)) if column in nested else getattr(aggregate, column) for column in columns
    ]


def restored(cls: type[T], row: asyncpg.Record, nested: Collection[str]) -> T:
    """Make the aggregate again of its row."""
    fields = {name: _from_json(value) if name in nested else value for name, value in row.items()}
    return msgspec.convert(fields, cls)


def as_json(value: object) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


def _from_json(text: str | None) -> object:
    return None if text is None else msgspec.json.decode(text)

"""How many rows travel in one statement: each column is one text, which PostgreSQL takes apart.

An array of as many values costs the client a microsecond a value, for each is asked what it is.
"""

from collections.abc import Iterable

BEFORE_EACH = "\x1f"
"""What stands before each value; a value that holds one makes its column too long, and the statement fails."""


def column(values: Iterable[object]) -> str:
    """Write a column."""
    return "".join([f"{BEFORE_EACH}{value}" for value in values])


def unnested(first: int, *types: str) -> str:
    """Read columns that `column` wrote, from parameter `first` on; an id that is nothing is null."""
    nothing = {"uuid": ", ''"}
    return ", ".join(
        f"unnest((string_to_array(${n}, E'\\x1f'{nothing.get(kind, '')}))[2:]::{kind}[])"
        for n, kind in enumerate(types, first)
    )

"""What a cell of a file may hold, whatever kind of file it is: text, and not too much of it.

A line with another cell is refused by itself; the lines around it are taken in.
"""

import re
from collections.abc import Iterable

LENGTH_MAX = 2_000
"""Characters in a cell."""
SHOWN_MAX = 80
"""Characters of a line that is shown to whoever looks for it."""

_SURROGATE = re.compile("[\ud800-\udfff]")


def unfit(text: str) -> str | None:
    """Tell why a cell cannot be taken in, if it cannot."""
    if len(text) > LENGTH_MAX:
        return f"more than {LENGTH_MAX} characters"
    if "\0" in text:
        return "a NUL character"
    return "not UTF-8" if _SURROGATE.search(text) else None


def beginning(texts: Iterable[str]) -> str:
    """Show the beginning of a line, on one line, and signs for what cannot be shown."""
    return "".join(one if one.isprintable() else "\ufffd" for one in ", ".join(texts)[:SHOWN_MAX])

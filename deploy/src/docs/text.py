"""How the pages write: documents as indented JSON, docstrings as one line, tables into pages that people wrote."""

import json
from collections.abc import Sequence

BEGIN, END = "<!-- written by `make docs`: begin -->", "<!-- end -->"


def dumped(document: object) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def compact(document: object) -> str:
    """Write a document as it is served: no reader but a machine."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def said(thing: object) -> str:
    """Give the own docstring of a class or function, on one line."""
    return " ".join((vars(thing).get("__doc__") or "").split())


def placed(text: str, table: Sequence[str]) -> str:
    """Put a table between the marks of a page, or with them at its end; what people wrote stays."""
    marked = "\n".join([BEGIN, "", *table, "", END])
    if BEGIN not in text:
        return f"{text.rstrip()}\n\n{marked}\n"
    before, _, rest = text.partition(BEGIN)
    return before + marked + rest.partition(END)[2]

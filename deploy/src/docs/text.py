"""How the pages write: documents as indented JSON, docstrings as one line."""

import json


def dumped(document: object) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def compact(document: object) -> str:
    """Write a document as it is served: no reader but a machine."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def said(thing: object) -> str:
    """Give the own docstring of a class or function, on one line."""
    return " ".join((vars(thing).get("__doc__") or "").split())

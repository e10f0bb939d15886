"""The page of rights: which role holds which scope, and which verb takes it; from the tables the code decides by."""

import importlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from common.contracts.access import LEVEL_OF, SCOPES_OF, Role
from docs import house

PATH = Path("docs/reference/access.md")

FEW = 4
BEGINS = """# Who may do what

*Written by `make docs` from `common.contracts.access` and each service's `domain.access`.*

A token carries one role, its scopes and a territory.  Visibility is judged first (outside one's territory: 404), then
the scope (403), then what the resource is to the caller (403), then its state (409).
"""


def verbs(service: str) -> Mapping[str, Any]:
    """Give a service's table: what it takes to do each thing; every entry has `scopes`."""
    table: Mapping[str, Any] = importlib.import_module(f"{service}.domain.access").VERBS
    return table


def page() -> str:
    """Write both tables."""
    lines = [*BEGINS.splitlines(), "", "## Roles", "", "| role | level | scopes |", "|---|---|---|"]
    lines += [f"| `{role}` | {LEVEL_OF[role]} | {_ticked(sorted(SCOPES_OF[role]))} |" for role in Role]
    for service in house.SERVICES:
        lines += [
            "",
            f"## Verbs of {service}",
            "",
            "| verb | one of these scopes | roles that may hold it |",
            "|---|---|---|",
        ]
        lines += [f"| `{verb}` | {_taken(entry)} | {_holders(entry)} |" for verb, entry in verbs(service).items()]
    return "\n".join(lines) + "\n"


def _taken(entry: Any) -> str:
    """Name the scopes, and how the caller must stand to the thing, where the table says it."""
    if by := getattr(entry, "by", None):
        return "; ".join(f"`{scope}` if {by[scope].value}" for scope in sorted(by))
    relation = getattr(getattr(entry, "relation", None), "__name__", "anything").replace("_", " ")
    return _ticked(sorted(entry.scopes)) + ("" if relation == "anything" else f" if {relation}")


def _holders(entry: Any) -> str:
    among = getattr(entry, "roles", None) or Role
    holders = [role for role in Role if role in among and not SCOPES_OF[role].isdisjoint(entry.scopes)]
    others = [role for role in Role if role not in holders]
    if len(others) < FEW:
        return f"every role but {_ticked(others)}" if others else "every role"
    return _ticked(holders)


def _ticked(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)

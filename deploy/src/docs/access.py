"""The page of rights: which role holds which scope, and which verb takes it; from the tables the code decides by."""

import importlib
import importlib.util
from collections.abc import Mapping
from pathlib import Path

from common.contracts.access import LEVEL_OF, SCOPES_OF, Role
from docs import house

PATH = Path("docs/reference/access.md")

BEGINS = """# Who may do what

*Written by `make docs` from `common.contracts.access` and each service's `domain.access`.*

A token carries one role, its scopes and a territory.  Visibility is judged first (outside one's territory: 404), then
the scope (403), then what the resource is to the caller (403), then its state (409).  A scope is not enough where a
verb also asks for a relation to the resource: one's own lines, one's own sites, the coordination that holds the file.
"""


def verbs(service: str) -> Mapping[str, frozenset[str]]:
    """Give a service's verbs with the scopes of which one is enough."""
    if importlib.util.find_spec(f"{service}.domain.access") is None:
        return {}
    table = importlib.import_module(f"{service}.domain.access").VERBS
    return {verb: frozenset(entry.scopes) for verb, entry in table.items()}


def page() -> str:
    """Write both tables."""
    lines = [*BEGINS.splitlines(), "", "## Roles", "", "| role | level | scopes |", "|---|---|---|"]
    lines += [f"| `{role}` | {LEVEL_OF[role]} | {_ticked(SCOPES_OF[role])} |" for role in Role]
    for service in house.SERVICES:
        lines += [
            "",
            f"## Verbs of {service}",
            "",
            "| verb | one of these scopes | roles that may hold it |",
            "|---|---|---|",
        ]
        lines += [
            f"| `{verb}` | {_ticked(scopes)} | {_ticked(_holders(scopes))} |" for verb, scopes in verbs(service).items()
        ]
    return "\n".join(lines) + "\n"


def _holders(scopes: frozenset[str]) -> list[str]:
    return [role for role in Role if not SCOPES_OF[role].isdisjoint(scopes)]


def _ticked(words: "frozenset[str] | list[str]") -> str:
    ordered = words if isinstance(words, list) else sorted(words)
    return ", ".join(f"`{word}`" for word in ordered) or "none needed"

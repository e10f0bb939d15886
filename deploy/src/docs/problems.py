"""The catalogue of refusals: every code a problem document may carry, in both languages, from the classes."""

from pathlib import Path
from typing import TypeAlias

from common.errors import DomainError
from common.problems import problem_catalogue, status
from docs import house
from docs.text import compact, said

PATH = Path("docs/reference/problems.md")
SERVED = Path("services/partners/src/partners/data/documents/problems.json")

BEGINS = """# Refusals

*Written by `make docs` from the error classes of every service.*

Every refusal, the gateway's too, is a document `application/problem+json` (RFC 9457).  Programmes decide by `code`,
which is stable; people read `title` and `detail`, in French unless `Accept-Language` prefers English.  The page of a
code is `/problems/<code>`.
"""


Kind: TypeAlias = type[DomainError]


def pages() -> dict[Path, str]:
    """Write the page for readers here, and the document that is served."""
    kinds = every()
    served = {kind.code: kind for kind in sorted(kinds, key=_generality, reverse=True)}
    return {PATH: _page(kinds), SERVED: compact([_entry(served[code]) for code in sorted(served)])}


def every() -> list[Kind]:
    """List the refusals of the house, each meaning of a code once; tests that are loaded may have their own."""
    house.load_everything()
    ours = {"common", *house.SERVICES}
    kinds = [kind for kind in problem_catalogue() if kind.__module__.split(".")[0] in ours]
    return list({(kind.code, status(kind), kind.title, kind.titre): kind for kind in kinds}.values())


def _generality(kind: Kind) -> tuple[bool, str]:
    """Put first what is common to all, where a code is said in several ways."""
    return (not kind.__module__.startswith("common."), kind.__module__)


def _page(kinds: list[Kind]) -> str:
    lines = BEGINS.splitlines()
    for number in sorted({status(kind) for kind in kinds}):
        lines += ["", f"## {number}", "", "| code | français | English | |", "|---|---|---|---|"]
        lines += [_line(kind) for kind in kinds if status(kind) == number]
    return "\n".join(lines) + "\n"


def _line(kind: Kind) -> str:
    return f"| `{kind.code}` | {kind.titre} | {kind.title} | {said(kind)} |"


def _entry(kind: Kind) -> dict[str, object]:
    return {
        "code": kind.code,
        "status": status(kind),
        "title": kind.title,
        "titre": kind.titre,
        "says": said(kind),
    }

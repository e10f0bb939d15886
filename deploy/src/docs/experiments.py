"""The experiments of tests/faults: the sheet of each, read from one file, and the table of them all."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from docs.text import placed

SHEETS = Path("tests/faults/experiments.toml")
PATH = Path("docs/reliability.md")

Form = Literal["short", "long"]
Numbers = Mapping[str, int | float]

SHORT_WITHIN_S = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One experiment: what it promises, how it goes about it, and the numbers of its two forms."""

    id: str
    title: str
    promise: str
    how: str
    invariants: tuple[str, ...]
    short: Numbers
    long: Numbers
    long_within_s: int
    short_within_s: int = SHORT_WITHIN_S
    anchor: str

    def numbers(self, form: Form) -> Numbers:
        return self.short if form == "short" else self.long

    def within_s(self, form: Form) -> int:
        return self.short_within_s if form == "short" else self.long_within_s


def sheets(root: Path) -> dict[str, Sheet]:
    """Read every sheet, by its experiment's name."""
    found = tomllib.loads((root / SHEETS).read_text(encoding="utf-8"))
    return {
        name: Sheet(id=name, **{**given, "invariants": tuple(given["invariants"])}) for name, given in found.items()
    }


def page(root: Path) -> str:
    """Bring the table of all experiments up to date, in the page that tells what they found."""
    rows = ["| | promise | experiment | must hold | short → long | elsewhere |", "|---|---|---|---|---|---|"]
    return placed((root / PATH).read_text(encoding="utf-8"), [*rows, *map(_line, sheets(root).values())])


def _line(sheet: Sheet) -> str:
    cells = [
        f"**{sheet.id}** {sheet.title}",
        sheet.promise,
        sheet.how,
        " ".join(sheet.invariants),
        _said(sheet.short, sheet.long),
        sheet.anchor,
    ]
    return f"| {' | '.join(cells)} |"


def _said(short: Numbers, long: Numbers) -> str:
    """Write the numbers of both forms, once where they are the same: `kills 3 → 500, writers 16`."""
    both = {name: dict.fromkeys([f"{small:,}", f"{long[name]:,}"]) for name, small in short.items()}
    said = (f"{name.replace('_', ' ')} {' → '.join(numbers).replace(',', ' ')}" for name, numbers in both.items())
    return ", ".join(said)

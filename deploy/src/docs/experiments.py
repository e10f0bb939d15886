"""The experiments of tests/faults: the sheet of each, read from one file, and the page that lists them all."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

SHEETS = Path("tests/faults/experiments.toml")
PATH = Path("docs/reference/experiments.md")

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
    """Write the table of all experiments."""
    every = sheets(root).values()
    lines = [
        "# Experiments",
        "",
        "*Written by `make docs` from tests/faults/experiments.toml.*",
        "",
        "`make faults FORM=short` runs the short form of each, `make test` of those that can share the machine with",
        "other tests, `make faults` the long forms. Each ends with one JSON line on standard output: its name, its",
        "seed (`SEED=` plays it again), its",
        "form, whether it holds, each invariant's verdict and its figures. INV1 to INV9 are explained in",
        "[reliability](../reliability.md#experiments).",
        "",
        "| | promise | experiment | must hold | short | long | elsewhere |",
        "|---|---|---|---|---|---|---|",
        *(_line(sheet) for sheet in every),
    ]
    return "\n".join(lines) + "\n"


def _line(sheet: Sheet) -> str:
    cells = [
        f"**{sheet.id}** {sheet.title}",
        sheet.promise,
        sheet.how,
        " ".join(sheet.invariants),
        _said(sheet.short),
        _said(sheet.long),
        sheet.anchor,
    ]
    return f"| {' | '.join(cells)} |"


def _said(numbers: Numbers) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value:,}".replace(",", " ") for name, value in numbers.items())

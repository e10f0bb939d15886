"""The figures, each under a name that a dossier can write: `I17.asked`, `I09.spectators.under_12`, `I05`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

COUNTED = ("I01", "I03", "I05", "I09", "I10", "I11", "I12", "I13", "I17", "I20")
"""Counts and amounts: of the nation, they change by what happens in a dossier, whatever else is there."""
RATIOS = ("I18", "I19", "I21")
"""Ratios: they say something of a dossier only within its own campaign."""
SHARES = ("I09", "I12", "I13")
"""Counts that come with a share of theirs, which is a ratio too."""

Value: TypeAlias = Decimal | None
Values: TypeAlias = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The nation's counts and amounts, and the campaign's ratios, of one moment."""

    nation: Values
    campaign: Values


NOTHING = Numbers({}, {})


def values(answer: Mapping[str, Any]) -> dict[str, Value]:
    """Read every value of an answer; what is hidden is None."""
    return {name: _value(row["value"]) for name, row in named(answer)}


def hidden(answer: Mapping[str, Any]) -> set[str]:
    return {name for name, row in named(answer) if row["hidden"]}


def named(answer: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give each row its name: indicator, audience, part, cells; how breakdowns are known is told by I11 alone."""
    for figure in answer["figures"]:
        indicator = figure["indicator"]
        for row in figure["rows"]:
            if row["part"] == "method" and indicator != "I11":
                continue
            yield ".".join((indicator, *_place(row))), row


def counted(everything: Values) -> dict[str, Value]:
    return {name: value for name, value in everything.items() if not is_ratio(name)}


def ratios(everything: Values) -> dict[str, Value]:
    return {name: value for name, value in everything.items() if is_ratio(name)}


def is_ratio(name: str) -> bool:
    indicator, _, rest = name.partition(".")
    return indicator in RATIOS or "share" in rest


def changes(before: Values, after: Values) -> dict[str, Decimal]:
    """Say by how much each count and amount has moved; what was not there was nought."""
    moved = {name: (after.get(name) or Decimal(0)) - (before.get(name) or Decimal(0)) for name in {*before, *after}}
    return {name: by for name, by in sorted(moved.items()) if by}


def new_values(before: Values, after: Values) -> dict[str, Value]:
    """Say which ratios have another value than before, and which."""
    return {name: after.get(name) for name in sorted({*before, *after}) if before.get(name) != after.get(name)}


def written(value: Value, sign: str = "") -> str:
    """Write a value for people: `+3600.00`, `-1`, `46.1`, `null`."""
    if value is None:
        return "null"
    return format(value, f"{sign}f")


def _place(row: Mapping[str, Any]) -> Iterator[str]:
    dimensions = dict(row["dimensions"])
    if "audience" in dimensions:
        yield dimensions.pop("audience")
    if row["part"] not in ("value", "method", *dimensions):
        yield row["part"]
    yield from (str(value) for _, value in sorted(dimensions.items()))


def _value(value: Any) -> Value:
    if isinstance(value, dict):
        return Decimal(value["amount"])
    return None if value is None else Decimal(str(value))

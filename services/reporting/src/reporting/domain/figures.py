"""From sums to figures: what each indicator makes of its quantities.  Pure.

A sum that must stay hidden is None, and whatever is computed from it is hidden too.  Ratios say what they divide.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final, TypeAlias

from common.contracts.actions import CELLS_OF, BudgetStage, Cell, Dimension
from common.contracts.money import Money, money
from reporting.domain.indicators import Axis, Indicator
from reporting.domain.quantities import UNKNOWN, Quantity

AUDIENCES: Final = ("participants", "spectators")
YOUNG: Final = (Cell.FROM_12_TO_17, Cell.FROM_18_TO_25)
RURAL_LEVELS: Final = ("5", "6", "7")
DENSITY_LEVELS: Final = ("1", "2", "3", "4", *RURAL_LEVELS)

Sums: TypeAlias = Mapping[tuple[Quantity, str, str], int | None]
"""(quantity, audience, category) → its sum; None is hidden, absent is nought.  Category "" is a breakdown's total."""


class Unit(StrEnum):
    ACTION = "action"
    PERSON = "person"
    EURO = "euro"
    PERCENT = "percent"
    EURO_PER_PERSON = "euro_per_person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One value: a part of an indicator, at one place of the dimensions asked for.

    `closed_at` is set on what is published at the day's close: as of then, and not as of the answer's `as_of`.
    """

    part: str
    unit: Unit
    dimensions: Mapping[str, str] = field(default_factory=dict)
    value: int | Decimal | Money | None
    numerator: int | Money | None = None
    denominator: int | Money | None = None
    hidden: bool = False
    provisional: bool = False
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionNote:
    """Which definition a figure is made by."""

    version: int
    valid_from: date
    formula: str
    formule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """An indicator's answer; `actions` leads to what is behind it, for those who may follow."""

    indicator: Indicator
    title: str
    titre: str
    definition: DefinitionNote
    provisional: bool
    rows: tuple[Row, ...]
    actions: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A whole answer: as of when, up to where it has heard, how many records wait set aside, and the names of codes."""

    as_of: datetime | None
    position: str
    not_counted: int
    figures: tuple[Figure, ...]
    labels: Mapping[str, Mapping[str, str]]


def rows(indicator: Indicator, sums: Sums, *, by_funder: bool = False) -> Iterator[Row]:
    """Compute an indicator from sums at one place; funding may be cut by funder as well."""
    if indicator is Indicator.FUNDING:
        return _funding(sums, by_funder=by_funder)
    return _ROWS[indicator](sums)


def at(found: Iterable[Row], place: Mapping[str, str]) -> Iterator[Row]:
    """Say of rows where they stand, before what they say themselves."""
    return (replace(row, dimensions={**place, **row.dimensions}) for row in found)


def matching(found: Iterable[Row], wanted: Mapping[Axis, Collection[str]]) -> Iterator[Row]:
    """Keep the rows whose own dimensions have one of the values wanted."""
    for row in found:
        if all(row.dimensions.get(axis) in values for axis, values in wanted.items()):
            yield row


def _plain(quantity: Quantity, unit: Unit) -> Callable[[Sums], Iterator[Row]]:
    def found(sums: Sums) -> Iterator[Row]:
        yield Row(part="value", unit=unit, value=sums.get((quantity, "", ""), 0))

    return found


def _broken_down(quantity: Quantity, dimension: Dimension) -> Callable[[Sums], Iterator[Row]]:
    """Give each audience's people cell by cell, their total, and how that is known."""

    def found(sums: Sums) -> Iterator[Row]:
        for audience in AUDIENCES:
            for cell in Cell:
                if cell in CELLS_OF[dimension]:
                    yield _people(sums, quantity, audience, str(cell), dimension, str(cell))
            yield _people(sums, quantity, audience, "", "total", None)
            yield from _methods(sums, audience, {dimension})

    return found


def _age(sums: Sums) -> Iterator[Row]:
    for row in _broken_down(Quantity.AGE_BAND, Dimension.AGE_BAND)(sums):
        yield row
        if row.part == "total":
            audience = row.dimensions[Axis.AUDIENCE]
            young = _added(sums.get((Quantity.AGE_BAND, audience, band), 0) for band in YOUNG)
            total = row.value if isinstance(row.value, int) else None
            yield _share("share_12_25", young, total, hidden=row.hidden or young is None, audience=audience)


def _all_methods(sums: Sums) -> Iterator[Row]:
    for audience in AUDIENCES:
        yield from _methods(sums, audience, set(Dimension))


def _methods(sums: Sums, audience: str, dimensions: set[Dimension]) -> Iterator[Row]:
    for (quantity, of, category), people in sorted(sums.items(), key=lambda one: one[0]):
        breakdown, _, method = category.partition("/")
        if quantity is Quantity.METHOD and of == audience and breakdown in dimensions:
            where = {Axis.AUDIENCE: audience, "breakdown": breakdown, Axis.METHOD: method}
            yield Row(part="method", unit=Unit.PERSON, dimensions=where, value=people, hidden=people is None)


def _districts(sums: Sums) -> Iterator[Row]:
    located = sums.get((Quantity.ACTIONS_IN_DISTRICT, "", ""), 0)
    held = sums.get((Quantity.ACTIONS_HELD, "", ""), 0)
    yield Row(part="actions", unit=Unit.ACTION, value=located)
    yield _share("actions_share", located, held)
    for row in _broken_down(Quantity.IN_DISTRICT, Dimension.IN_DISTRICT)(sums):
        yield replace(row, part="residents") if row.part == Dimension.IN_DISTRICT else row
        if row.part == "total":
            audience = row.dimensions[Axis.AUDIENCE]
            inside = sums.get((Quantity.IN_DISTRICT, audience, Cell.INSIDE), 0)
            total = row.value if isinstance(row.value, int) else None
            yield _share("residents_share", inside, total, hidden=row.hidden or inside is None, audience=audience)


def _rural(sums: Sums) -> Iterator[Row]:
    by_level = {level: _of_density(sums, level) for level in (*DENSITY_LEVELS, UNKNOWN)}
    for level, actions in by_level.items():
        yield Row(part="density", unit=Unit.ACTION, dimensions={Axis.DENSITY: level}, value=actions)
    rural = sum(by_level[level] for level in RURAL_LEVELS)
    yield Row(part="rural", unit=Unit.ACTION, value=rural)
    yield _share("rural_share", rural, sum(by_level[level] for level in DENSITY_LEVELS))
    yield Row(part="frr", unit=Unit.ACTION, value=None)
    yield Row(part="frr_plus", unit=Unit.ACTION, value=None)


def _of_density(sums: Sums, level: str) -> int:
    return sums.get((Quantity.ACTIONS_BY_DENSITY, "", level)) or 0


def _funding(sums: Sums, *, by_funder: bool) -> Iterator[Row]:
    funders = sorted({category for _, _, category in sums})
    for part in (Quantity.ASKED, Quantity.GRANTED, Quantity.PAID):
        by = {funder: sums.get((part, "", funder), 0) or 0 for funder in funders}
        if by_funder:
            for funder, amount in by.items():
                yield Row(part=part, unit=Unit.EURO, dimensions={Axis.FUNDER: funder}, value=money(amount))
        else:
            yield Row(part=part, unit=Unit.EURO, value=money(sum(by.values())))


def _passeurs_share(sums: Sums) -> Iterator[Row]:
    yield _of_cash(sums, _staged(sums, Quantity.PASSEURS))


def _co_funding_rate(sums: Sums) -> Iterator[Row]:
    yield _of_cash(sums, _staged(sums, Quantity.CASH) - _staged(sums, Quantity.PASSEURS))


def _of_cash(sums: Sums, cents: int) -> Row:
    cash = _staged(sums, Quantity.CASH)
    return Row(
        part="value",
        unit=Unit.PERCENT,
        value=_percent(cents, cash),
        numerator=money(cents) if cash else None,
        denominator=money(cash) if cash else None,
        provisional=_is_provisional(sums),
    )


def _in_kind(sums: Sums) -> Iterator[Row]:
    value = money(_staged(sums, Quantity.IN_KIND))
    yield Row(part="value", unit=Unit.EURO, value=value, provisional=_is_provisional(sums))


def _cost(sums: Sums) -> Iterator[Row]:
    cash, people = _staged(sums, Quantity.CASH), sums.get((Quantity.PARTICIPATIONS, "", "")) or 0
    counts = _has_budget(sums) and people > 0
    yield Row(
        part="value",
        unit=Unit.EURO_PER_PERSON,
        value=money(_rounded(Decimal(cash) / people, "1")) if counts else None,
        numerator=money(cash) if counts else None,
        denominator=people if counts else None,
        provisional=_is_provisional(sums),
    )


def _staged(sums: Sums, quantity: Quantity) -> int:
    return sum(sums.get((quantity, "", stage)) or 0 for stage in BudgetStage)


def _has_budget(sums: Sums) -> bool:
    return any(quantity is Quantity.CASH for quantity, _, _ in sums)


def _is_provisional(sums: Sums) -> bool:
    return any((quantity, "", BudgetStage.REVISED) in sums for quantity in (Quantity.CASH, Quantity.IN_KIND))


def _people(sums: Sums, quantity: Quantity, audience: str, category: str, part: str, cell: str | None) -> Row:
    own = {} if cell is None else {str(part): cell}
    people = sums.get((quantity, audience, category), 0)
    where = {Axis.AUDIENCE: audience, **own}
    return Row(part=str(part), unit=Unit.PERSON, dimensions=where, value=people, hidden=people is None)


def _share(part: str, some: int | None, all_of_them: int | None, *, hidden: bool = False, audience: str = "") -> Row:
    shown = not hidden and some is not None and all_of_them is not None
    return Row(
        part=part,
        unit=Unit.PERCENT,
        dimensions={Axis.AUDIENCE: audience} if audience else {},
        value=_percent(some or 0, all_of_them or 0) if shown else None,
        numerator=some if shown else None,
        denominator=all_of_them if shown else None,
        hidden=hidden,
    )


def _added(numbers: Iterable[int | None]) -> int | None:
    found = list(numbers)
    return None if None in found else sum(number or 0 for number in found)


def _percent(some: int, all_of_them: int) -> Decimal | None:
    return None if all_of_them == 0 else _exactly(Decimal(100 * some) / all_of_them, "0.1")


def _exactly(number: Decimal, step: str) -> Decimal:
    return number.quantize(Decimal(step), ROUND_HALF_UP)


def _rounded(number: Decimal, step: str) -> int:
    return int(_exactly(number, step))


_ROWS: Mapping[Indicator, Callable[[Sums], Iterator[Row]]] = {
    Indicator.ACTIONS: _plain(Quantity.ACTIONS_HELD, Unit.ACTION),
    Indicator.PARTICIPANTS: _plain(Quantity.PARTICIPANTS, Unit.PERSON),
    Indicator.SPECTATORS: _plain(Quantity.SPECTATORS, Unit.PERSON),
    Indicator.AGE: _age,
    Indicator.GENDER: _broken_down(Quantity.GENDER, Dimension.GENDER),
    Indicator.METHOD: _all_methods,
    Indicator.DISTRICTS: _districts,
    Indicator.RURAL: _rural,
    Indicator.PASSEURS_SHARE: _passeurs_share,
    Indicator.CO_FUNDING_RATE: _co_funding_rate,
    Indicator.IN_KIND: _in_kind,
    Indicator.COST: _cost,
}

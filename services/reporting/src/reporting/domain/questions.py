"""What a reader asks: which indicators, cut along which axes, bounded to what; and which questions have no answer."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from common.errors import FieldError, Malformed, NotFound, Unavailable
from reporting.domain.indicators import Axis, Definition, Indicator
from reporting.domain.quantities import BREAKDOWNS, MONEY_BY_FUNDER, Quantity

VALUES_MAX: Final = 50
"""Values of one filter, and records one can wait for, in one question."""


class DimensionNotDefined(Malformed):
    """An answer that quietly left an axis out would be read as another figure."""

    title = "This figure is not defined along this dimension."
    titre = "Cet indicateur n’est pas défini selon cette dimension."


class NoSuchIndicator(NotFound):
    title = "There is no such indicator."
    titre = "Cet indicateur n’existe pas."


class NotYetIncluded(Unavailable):
    """The write has been accepted, and is on its way here."""

    title = "The figures do not include this yet; try again in a moment."
    titre = "Les chiffres n’incluent pas encore cela ; réessayez dans un instant."


class ValueRefused(Malformed):
    title = "A filter’s value is not written as that filter’s values are."
    titre = "La valeur d’un filtre n’est pas écrite comme le sont ses valeurs."


_CODES: Mapping[Axis, re.Pattern[str]] = {
    Axis.CAMPAIGN_YEAR: re.compile(r"20\d\d"),
    Axis.YEAR: re.compile(r"20\d\d"),
    Axis.MONTH: re.compile(r"20\d\d-(0[1-9]|1[0-2])"),
    Axis.REGION: re.compile(r"\d\d"),
    Axis.DEPARTMENT: re.compile(r"\d\d|2[AB]|97\d"),
}
_IDS = frozenset({Axis.CAMPAIGN, Axis.COORDINATION, Axis.FUNDER})
_WORD = re.compile(r"[a-z0-9_/]{1,60}")
_RECORD = re.compile(r"(campaign|project|action|report):([0-9a-f-]{36})@(\d{1,9})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question as asked; filters hold the values that each axis may have."""

    indicators: tuple[Indicator, ...]
    group_by: tuple[Axis, ...] = ()
    filters: Mapping[Axis, tuple[str, ...]]

    def require_defined(self, definitions: Mapping[Indicator, Definition]) -> None:
        """Refuse axes that one of the indicators does not have."""
        for indicator in self.indicators:
            known = definitions[indicator].axes | definitions[indicator].own
            refuse_axes(indicator, [axis for axis in (*self.group_by, *self.filters) if axis not in known])

    def quantities(self, definitions: Mapping[Indicator, Definition]) -> frozenset[Quantity]:
        return frozenset(one for indicator in self.indicators for one in definitions[indicator].quantities)

    def parts(self, definitions: Mapping[Indicator, Definition]) -> "Parts":
        """Say which contributions are behind the rows that answer this question."""
        quantities = of_indicators = self.quantities(definitions)
        categories = {axis: self.filters[axis] for axis in _CATEGORIES if axis in self.filters}
        for axis in categories:
            quantities &= _CATEGORIES[axis]
        methods = categories.pop(Axis.METHOD, None)
        breakdowns = sorted(of_indicators & BREAKDOWNS - {Quantity.METHOD})
        return Parts(
            quantities=quantities,
            categories=next(iter(categories.values()), None),
            methods=methods,
            breakdowns=tuple(breakdowns) or None,
        )


_CATEGORIES: Mapping[Axis, frozenset[Quantity]] = {
    Axis.AGE_BAND: frozenset({Quantity.AGE_BAND}),
    Axis.GENDER: frozenset({Quantity.GENDER}),
    Axis.IN_DISTRICT: frozenset({Quantity.IN_DISTRICT}),
    Axis.DENSITY: frozenset({Quantity.ACTIONS_BY_DENSITY}),
    Axis.FUNDER: MONEY_BY_FUNDER,
    Axis.METHOD: frozenset({Quantity.METHOD}),
}
"""The axes that an indicator has as its own, and the quantities whose category is a value of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Which contributions: of these quantities, of these categories.  None does not bound.

    Several of an indicator's own axes at once leave no quantity, as they leave no row.  The category of a method says
    of which breakdown it is: only those that are asked about are meant, or all where no breakdown is.
    """

    quantities: frozenset[Quantity]
    categories: tuple[str, ...] | None
    methods: tuple[str, ...] | None
    breakdowns: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Awaited:
    """A record that the figures must include: this version of this aggregate, or a later one.

    Versions are compared within what was heard last.  For as long as a restored database has not caught up with the
    versions it had given away before, an answer may include an earlier record of the same number.
    """

    kind: str
    id: UUID
    version: int


def refuse_axes(indicator: Indicator, axes: Sequence[Axis], why: str = "", pourquoi: str = "") -> None:
    if axes:
        named = ", ".join(dict.fromkeys(axes))
        raise DimensionNotDefined(
            f"{indicator}: {named}. {why}".strip(),
            precision=f"{indicator} : {named}. {pourquoi}".strip(),
            errors=[
                FieldError(
                    "", DimensionNotDefined.code, DimensionNotDefined.title, None, DimensionNotDefined.titre, axis
                )
                for axis in dict.fromkeys(axes)
            ],
        )


def filters(given: Mapping[Axis, Sequence[str]]) -> dict[Axis, tuple[str, ...]]:
    """Check that each value is written as its axis's values are."""
    for axis, values in given.items():
        if len(values) > VALUES_MAX or not all(_is_written(axis, value) for value in values):
            raise _refused(axis)
    return {axis: tuple(dict.fromkeys(values)) for axis, values in given.items() if values}


def awaited(texts: Sequence[str]) -> tuple[Awaited, ...]:
    """Read `project:<id>@<version>`; several may be given, apart or separated by commas."""
    return tuple(dict.fromkeys(_awaited(texts)))


def _awaited(texts: Sequence[str]) -> Iterator[Awaited]:
    items = [item for text in texts for item in text.split(",")]
    for item in items:
        found = _RECORD.fullmatch(item)
        if found is None or len(items) > VALUES_MAX:
            raise _refused("including")
        try:
            yield Awaited(found[1], UUID(found[2]), int(found[3]))
        except ValueError as error:
            raise _refused("including") from error


def _is_written(axis: Axis, value: str) -> bool:
    if axis in _IDS:
        return _is_id(value)
    return _CODES.get(axis, _WORD).fullmatch(value) is not None


def _is_id(value: str) -> bool:
    try:
        return str(UUID(value)) == value
    except ValueError:
        return False


def _refused(parameter: str) -> ValueRefused:
    said = FieldError("", ValueRefused.code, ValueRefused.title, None, ValueRefused.titre, parameter)
    return ValueRefused(errors=[said])

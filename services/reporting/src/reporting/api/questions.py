"""A question as a query string: the same parameters for figures, for the public's and for what is behind them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Annotated

from fastapi import Query

from common.errors import FieldError
from common.http import from_query
from common.tokens import Principal
from reporting.commands.answering import Asked
from reporting.domain.days import national_day
from reporting.domain.indicators import Axis, Indicator, in_force
from reporting.domain.questions import DimensionNotDefined, Question, ValueRefused, awaited, filters

Values = Annotated[list[str] | None, Query(max_length=50)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What figures may be bounded to; a parameter that is given several times means any of its values."""

    campaign: Values = None
    campaign_year: Annotated[list[str] | None, Query(max_length=50, description="Such as `2025`.")] = None
    coordination: Values = None
    year: Annotated[list[str] | None, Query(max_length=50, description="Of the sessions held, such as `2025`.")] = None
    month: Annotated[list[str] | None, Query(max_length=50, description="Such as `2025-07`.")] = None
    region: Annotated[list[str] | None, Query(max_length=50, description="Insee code, such as `75`.")] = None
    department: Annotated[list[str] | None, Query(max_length=50, description="Insee code, such as `2A`.")] = None
    type: Annotated[list[str] | None, Query(max_length=50, description="Such as `open_air_screening`.")] = None
    funder: Values = None
    audience: Annotated[list[str] | None, Query(max_length=50, description="`participants` or `spectators`.")] = None
    age_band: Values = None
    gender: Values = None
    in_district: Values = None
    method: Values = None
    density: Values = None

    def given(self) -> dict[Axis, tuple[str, ...]]:
        """Check and collect what was given.

        Raises:
            ValueRefused: a value is not written as that axis's values are.
        """
        named: dict[Axis, Sequence[str] | None] = {
            Axis(field.name): getattr(self, field.name) for field in fields(self)
        }
        return filters({axis: values for axis, values in named.items() if values is not None})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Which indicators, and along which axes."""

    indicator: Annotated[
        list[str] | None,
        Query(max_length=50, description="Such as `I05`; without any, all that are defined along the axes asked for."),
    ] = None
    group_by: Annotated[list[str] | None, Query(max_length=50, description="Axes, such as `region` or `month`.")] = None

    def question(self, bounds: Filters, at: datetime) -> Question:
        """Read the question; without indicators it is about all that have its axes."""
        group_by, given = tuple(_axes(self.group_by or ())), bounds.given()
        axes = {*group_by, *given}
        named = tuple(_indicators(self.indicator or ()))
        open_to = (one for one, of in in_force(national_day(at)).items() if axes <= of.axes | of.own)
        return Question(indicators=named or tuple(sorted(open_to)), group_by=group_by, filters=given)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Which records an answer must include, and how long to wait for them."""

    including: Annotated[
        list[str] | None,
        Query(
            max_length=50,
            description="`project:<id>@<version>`, also of an action, a report, a campaign: answer when it is counted.",
        ),
    ] = None
    wait: Annotated[float, Query(ge=0, le=1, description="Seconds to wait for it; 0 answers at once.")] = 1.0

    def ask(self, question: Question, principal: Principal, caller: Principal | None, at: datetime) -> Asked:
        return Asked(
            question=question,
            principal=principal,
            caller=caller,
            on=national_day(at),
            awaited=awaited(self.including or ()),
            wait_s=self.wait,
        )


Bounds = Annotated[Filters, from_query(Filters)]
Cutting = Annotated[Cut, from_query(Cut)]
Patience = Annotated[Waiting, from_query(Waiting)]


def _indicators(texts: Sequence[str]) -> list[Indicator]:
    codes = [code for given in texts for code in given.split(",")]
    if not set(codes) <= set(Indicator):
        raise _refused(ValueRefused, "indicator")
    return [Indicator(code) for code in dict.fromkeys(codes)]


def _axes(texts: Sequence[str]) -> list[Axis]:
    named = [name for given in texts for name in given.split(",")]
    if not set(named) <= set(Axis):
        raise _refused(DimensionNotDefined, "group_by")
    return [Axis(name) for name in dict.fromkeys(named)]


def _refused(kind: type[DimensionNotDefined | ValueRefused], parameter: str) -> DimensionNotDefined | ValueRefused:
    return kind(errors=[FieldError("", kind.code, kind.title, None, kind.titre, parameter)])

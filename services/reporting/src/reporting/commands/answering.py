"""Answer a question: sums and their position read in one moment, breakdowns exactly or as published."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import urlencode
from uuid import UUID

from common.database import Transaction
from common.tokens import Principal
from reporting.domain import access
from reporting.domain.figures import (
    AUDIENCES,
    DefinitionNote,
    Figure,
    Figures,
    Row,
    at,
    matching,
    rows,
)
from reporting.domain.indicators import OF_PUBLISHED_BREAKDOWNS, Axis, Definition, Indicator, in_force
from reporting.domain.publication import breakdowns, categories
from reporting.domain.quantities import BREAKDOWNS, Quantity
from reporting.domain.questions import Awaited, NotYetIncluded, Question, refuse_axes
from reporting.store import figures, knowledge, publications
from reporting.store.figures import PLACES, Place

Sum = dict[tuple[Quantity, str, str], int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question with whoever asks it: no caller is the public.  `on` chooses the definitions."""

    question: Question
    principal: Principal
    caller: Principal | None
    on: date
    awaited: tuple[Awaited, ...] = ()
    wait_s: float = 0

    @property
    def definitions(self) -> Mapping[Indicator, Definition]:
        return in_force(self.on)


async def answer(tx: Transaction, asked: Asked) -> Figures:
    """Answer as the figures are now, if they include what the caller asks them to."""
    asked.question.require_defined(asked.definitions)
    if not (await figures.counted(tx, asked.awaited)).issuperset(asked.awaited):
        raise NotYetIncluded
    return await _answer(tx, asked)


async def trace(tx: Transaction, asked: Asked, *, after: Sequence[object], limit: int) -> list[Mapping[str, object]]:
    """List what is behind one figure, as far as the caller may read it."""
    access.require(asked.principal, "figure.trace")
    asked.question.require_defined(asked.definitions)
    parts = asked.question.parts(asked.definitions)
    return await figures.contributions(tx, parts, asked.question.filters, after=after, limit=limit)


async def _answer(tx: Transaction, asked: Asked) -> Figures:
    question, quantities = asked.question, asked.question.quantities(asked.definitions)
    exact = quantities.isdisjoint(BREAKDOWNS) or access.reads_exactly(asked.caller, await _bounds(tx, question))
    summed = quantities if exact else quantities - BREAKDOWNS
    filters = {axis: values for axis, values in question.filters.items() if axis in PLACES}
    group_by = [axis for axis in question.group_by if axis in PLACES]
    progress, found = await figures.sums(tx, summed, group_by, filters)
    places: dict[Place, Sum] = defaultdict(dict, {} if group_by else {(): {}})
    for one in found:
        places[one.place][one.quantity, one.audience, one.category] = one.amount
    closed: dict[Place, datetime] = {}
    if exact:
        _add_totals(places)
    else:
        _refuse_unpublished(asked)
        closed = await _add_published(tx, asked, group_by, filters, places)
    said = tuple(_figure(asked, indicator, places, closed) for indicator in question.indicators)
    return Figures(
        as_of=progress.as_of,
        position=progress.position,
        not_counted=progress.not_counted,
        figures=said,
        labels=await knowledge.labels(tx, _codes(said)),
    )


async def _bounds(tx: Transaction, question: Question) -> list[UUID | None]:
    """List the coordinations that a question is bounded to: those it names, and those of the campaigns it names."""
    named: list[UUID | None] = [UUID(one) for one in question.filters.get(Axis.COORDINATION, ())]
    campaigns = [UUID(one) for one in question.filters.get(Axis.CAMPAIGN, ())]
    return named or await knowledge.coordinations_of(tx, campaigns)


def _refuse_unpublished(asked: Asked) -> None:
    """Refuse a pure breakdown along an axis by which breakdowns are not published."""
    for indicator in asked.question.indicators:
        definition = asked.definitions[indicator]
        if BREAKDOWNS.issuperset(definition.quantities):
            open_axes = OF_PUBLISHED_BREAKDOWNS | definition.own
            refuse_axes(
                indicator,
                [axis for axis in (*asked.question.group_by, *asked.question.filters) if axis not in open_axes],
                "Breakdowns are published by campaign year, region and campaign: "
                "other cuts would give small cells away.",
                "Les ventilations sont publiées par année de campagne, région et campagne : d’autres coupes "
                "trahiraient les petits effectifs.",
            )


def _add_totals(places: Mapping[Place, Sum]) -> None:
    for sums in places.values():
        for quantity in BREAKDOWNS - {Quantity.METHOD}:
            for audience in AUDIENCES:
                people = [n for (q, a, _), n in sums.items() if (q, a) == (quantity, audience) and n is not None]
                sums[quantity, audience, ""] = sum(people)


async def _add_published(
    tx: Transaction,
    asked: Asked,
    group_by: Sequence[Axis],
    filters: Mapping[Axis, Sequence[str]],
    places: dict[Place, Sum],
) -> dict[Place, datetime]:
    """Put in what everybody may see, and nothing where nothing is published; say as of when, place by place."""
    if asked.awaited and not await figures.published_includes(tx, asked.awaited):
        said = "Breakdowns are published at the day’s close.", "Les ventilations sont publiées à la clôture du jour."
        raise NotYetIncluded(said[0], precision=said[1])
    closed: dict[Place, datetime] = {}
    published = {*group_by, *filters} <= OF_PUBLISHED_BREAKDOWNS
    found = await publications.published(tx, breakdowns(), group_by, filters) if published else []
    there: dict[Place, Sum] = defaultdict(dict)
    for one in found:
        key = (_quantity(one.breakdown), one.audience, one.category)
        if key[0] is Quantity.METHOD and not one.category:
            continue
        known, sums = one.amount, there[one.place]
        before = sums.get(key, 0)
        sums[key] = None if known is None or before is None else before + known
        closed[one.place] = max(one.closed_at, closed.get(one.place, one.closed_at))
    for place in {*places, *there}:
        places[place].update(_all_hidden() | there.get(place, {}))
    return closed


def _all_hidden() -> Sum:
    """Say nothing of every breakdown, total included."""
    return {
        (_quantity(breakdown), audience, category): None
        for breakdown in breakdowns()
        if not breakdown.startswith(Quantity.METHOD)
        for audience in AUDIENCES
        for category in (*categories(breakdown), "")
    }


def _quantity(breakdown: str) -> Quantity:
    return Quantity(breakdown.partition("/")[0])


def _figure(
    asked: Asked, indicator: Indicator, places: Mapping[Place, Sum], closed: Mapping[Place, datetime]
) -> Figure:
    definition = asked.definitions[indicator]
    found = tuple(_rows(asked.question, definition, places, closed))
    return Figure(
        indicator=indicator,
        title=definition.title,
        titre=definition.titre,
        definition=DefinitionNote(
            version=definition.version,
            valid_from=definition.valid_from,
            formula=definition.formula,
            formule=definition.formule,
        ),
        provisional=any(row.provisional for row in found),
        rows=found,
        actions=_link(asked, indicator),
    )


def _rows(
    question: Question, definition: Definition, places: Mapping[Place, Sum], closed: Mapping[Place, datetime]
) -> Iterator[Row]:
    own = {axis: values for axis, values in question.filters.items() if axis in definition.own}
    funders = own.pop(Axis.FUNDER, None)
    for place, all_sums in sorted(places.items()):
        sums = {key: amount for key, amount in all_sums.items() if key[0] in definition.quantities}
        if funders is not None:
            sums = {key: amount for key, amount in sums.items() if key[2] in funders}
        found = rows(definition.indicator, sums, by_funder=Axis.FUNDER in question.group_by)
        for row in at(matching(found, own), dict(place)):
            yield replace(row, closed_at=closed.get(place)) if Axis.AUDIENCE in row.dimensions else row


def _link(asked: Asked, indicator: Indicator) -> str | None:
    """Lead to what is behind a figure, bounded as the question was; only for those who may follow."""
    if asked.caller is None or asked.caller.role not in access.TRACING_READERS:
        return None
    query = urlencode([(axis, value) for axis, values in asked.question.filters.items() for value in values])
    return f"/v1/figures/{indicator}/actions{'?' if query else ''}{query}"


def _codes(said: Iterable[Figure]) -> dict[Axis, set[str]]:
    codes: dict[Axis, set[str]] = defaultdict(set)
    for figure in said:
        for row in figure.rows:
            for axis in (Axis.REGION, Axis.DEPARTMENT, Axis.CAMPAIGN, Axis.COORDINATION, Axis.FUNDER):
                if value := row.dimensions.get(axis):
                    codes[axis].add(value)
    return codes

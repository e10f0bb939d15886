"""How many films each further choice would leave, over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from fastapi import APIRouter, Response

from catalogue.api.films import FilmSearch
from catalogue.domain import access
from catalogue.domain.facets import YEARS_IN_A_DECADE, Counts, Facet, Value
from catalogue.domain.film import FIRST_YEAR, LAST_YEAR
from catalogue.domain.search import Question
from catalogue.store import facets as store
from common.http import Caller, Db

router = APIRouter(tags=["films"])


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetValue:
    """One value, and how many films `GET /v1/films` shows with these `parameters` in place of the facet's own."""

    value: str
    count: int
    title: str | None
    parameters: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmFacet:
    """The values of one facet, those that most films have first, counted as if `own_parameters` were not given.

    `more`: there are more values than these.
    """

    facet: Facet
    own_parameters: tuple[str, ...]
    more: bool
    values: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmFacets:
    """How many films there are with all that is asked, and with each further choice.

    `rights_in` and `rights_for` are there if rights are asked for.
    """

    total: int
    facets: tuple[FilmFacet, ...]


@router.get("/v1/films/facets", operation_id="film.facets", response_model=FilmFacets)
async def facets(asked: FilmSearch, db: Db, caller: Caller) -> Response:
    """Count the films that `GET /v1/films` lists for the same parameters, and what each further choice would leave."""
    access.require(caller, "film.facets")
    filters = asked.filters()
    async with db.transaction(caller) as tx:
        if asked.q is None:
            counts = await store.count_films(tx, filters)
        else:
            counts = await store.count_answers(tx, Question.read(asked.q), filters)
    body = msgspec.json.encode(_answer(counts))
    return Response(body, headers={"Cache-Control": "private, no-cache"}, media_type="application/json")


_OWN: Mapping[Facet, tuple[str, ...]] = {
    Facet.DURATION: ("duration_min", "duration_max"),
    Facet.DECADE: ("year", "year_min", "year_max"),
    Facet.LIST: ("list_id", "list_scheme", "list_year"),
    Facet.LIST_SCHEME: ("list_id", "list_scheme"),
    Facet.LIST_YEAR: ("list_id", "list_year"),
}
"""The parameters that a choice of this facet replaces; of any other, the one of its name."""


def _answer(counts: Counts) -> FilmFacets:
    facets = tuple(_facet(counts, facet) for facet in counts.facets)
    return FilmFacets(total=counts.total, facets=facets)


def _facet(counts: Counts, facet: Facet) -> FilmFacet:
    values, more = counts.shown(facet)
    return FilmFacet(
        facet=facet,
        own_parameters=_OWN.get(facet, (facet.value,)),
        more=more,
        values=tuple(_value(facet, one) for one in values),
    )


def _value(facet: Facet, one: Value) -> FacetValue:
    return FacetValue(value=one.value, count=one.count, title=one.title, parameters=_parameters(facet, one.value))


def _parameters(facet: Facet, value: str) -> dict[str, str]:
    """Tell by which parameters films are narrowed to a value."""
    if facet is Facet.DURATION:
        return dict(zip(_OWN[facet], value.split("-"), strict=True))
    if facet is Facet.DECADE:
        first, last = int(value), int(value) + YEARS_IN_A_DECADE - 1
        return {"year_min": str(max(first, FIRST_YEAR)), "year_max": str(min(last, LAST_YEAR))}
    return {"list_id" if facet is Facet.LIST else facet.value: value}

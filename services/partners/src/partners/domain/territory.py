"""A département in one vintage of the geographic code: what it is made of, and how its description is renewed.  Pure.

What the geographic code says (`Sheet`), the priority districts and the density grid come from three sources at three
times; renewing one leaves the two others in place.  A description that changes nothing is no change: the functions
here then return None, nothing is written and nothing is announced.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from common.contracts.partners import (
    Area,
    Density,
    District,
    Intermunicipality,
    Municipality,
    TerritorySource,
    TerritoryState,
    TerritorySubject,
    TerritoryVintagePublished,
    Zone,
)
from common.errors import Invalid, NotFound

Published = tuple[TerritoryState, TerritoryVintagePublished]

_NAMESPACE = uuid5(NAMESPACE_URL, "https://passeursdimages.fr/territories")


class NoSuchVintage(NotFound):
    """`GET /v1/territories` lists the vintages that are known."""

    title = "This vintage of the geographic code is not known here."
    titre = "Ce millésime du code officiel géographique n’est pas connu ici."


class NoSuchDepartment(NotFound):
    """Overseas codes have three characters, Corsica's a letter."""

    title = "There is no such département in this vintage."
    titre = "Ce département n’existe pas dans ce millésime."


class NoSuchIntermunicipality(NotFound):
    """They are named by their SIREN, which changes when they merge."""

    title = "There is no such intermunicipality in this vintage."
    titre = "Cette intercommunalité n’existe pas dans ce millésime."


class VintageNotKnown(Invalid):
    """`GET /v1/territories` lists the vintages that are known."""

    title = "This vintage of the geographic code is not known here."
    titre = "Ce millésime du code officiel géographique n’est pas connu ici."


class SeveralDepartments(Invalid):
    """Each département is announced by itself; a district lies in the one that its code names."""

    title = "One request describes one département."
    titre = "Une demande décrit un seul département."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What one edition of the geographic code says of one département."""

    vintage: int
    department: Area
    region: Area
    zone: Zone
    municipalities: tuple[Municipality, ...]
    intermunicipalities: tuple[Intermunicipality, ...]
    source: str
    source_date: date


def territory_id(vintage: int, department: str) -> UUID:
    """Name a département of one vintage, the same in every installation."""
    return uuid5(_NAMESPACE, f"{vintage}/{department}")


def publish(sheet: Sheet, before: TerritoryState | None, *, at: datetime) -> Published | None:
    """Describe a département for the first time, or renew what the geographic code says of it."""
    others = [one for one in before.sources if one.subject != TerritorySubject.GEOGRAPHIC_CODE] if before else []
    known = {entry.code: entry for entry in before.municipalities} if before else {}
    described = TerritoryState(
        id=territory_id(sheet.vintage, sheet.department.code),
        version=before.version if before else 0,
        occurred_at=before.occurred_at if before else at,
        vintage=sheet.vintage,
        department=sheet.department,
        region=sheet.region,
        zone=sheet.zone,
        municipalities=tuple(_with_what_lies_on_it(entry, known.get(entry.code)) for entry in sheet.municipalities),
        intermunicipalities=sheet.intermunicipalities,
        districts=before.districts if before else (),
        sources=_with(others, _source(TerritorySubject.GEOGRAPHIC_CODE, sheet.source, sheet.source_date)),
    )
    return _announced(before, described, TerritorySubject.GEOGRAPHIC_CODE, at)


def with_districts(before: TerritoryState, districts: Sequence[District], *, at: datetime) -> Published | None:
    """Add priority districts, or describe them anew."""
    kept = {district.code: district for district in before.districts} | {one.code: one for one in districts}
    every = tuple(kept[code] for code in sorted(kept))
    described = replace(
        before,
        districts=every,
        municipalities=tuple(
            replace(entry, districts=tuple(one.code for one in every if entry.code in one.municipalities))
            for entry in before.municipalities
        ),
        sources=_with(before.sources, *(_source(TerritorySubject.DISTRICTS, *_origin(one)) for one in districts)),
    )
    return _announced(before, described, TerritorySubject.DISTRICTS, at)


def with_densities(
    before: TerritoryState, densities: Mapping[str, Density], *, source: str, source_date: date, at: datetime
) -> Published | None:
    """Say how dense municipalities are; those not named keep what was said of them."""
    described = replace(
        before,
        municipalities=tuple(
            replace(entry, density=densities.get(entry.code, entry.density)) for entry in before.municipalities
        ),
        sources=_with(before.sources, _source(TerritorySubject.DENSITIES, source, source_date)),
    )
    return _announced(before, described, TerritorySubject.DENSITIES, at)


def one_department(departments: Collection[str], *, pointer: str) -> str:
    """Refuse a request about several départements: each is an aggregate of its own."""
    if len(departments) != 1:
        named = ", ".join(sorted(departments))
        raise SeveralDepartments(named, pointer=pointer, precision=named)
    return next(iter(departments))


def _announced(
    before: TerritoryState | None, described: TerritoryState, subject: TerritorySubject, at: datetime
) -> Published | None:
    if described == before:
        return None
    state = replace(described, version=described.version + 1, occurred_at=at)
    return state, TerritoryVintagePublished(
        occurred_at=at,
        territory_id=state.id,
        vintage=state.vintage,
        department=state.department.code,
        region=state.region.code,
        municipalities=len(state.municipalities),
        districts=len(state.districts),
        subjects=(subject,),
    )


def _with_what_lies_on_it(entry: Municipality, before: Municipality | None) -> Municipality:
    """Carry over what other sources say of a municipality."""
    return entry if before is None else replace(entry, density=before.density, districts=before.districts)


def _source(subject: TerritorySubject, source: str, source_date: date) -> TerritorySource:
    return TerritorySource(subject=subject, source=source, source_date=source_date)


def _origin(district: District) -> tuple[str, date]:
    return district.source, district.source_date


def _with(sources: Sequence[TerritorySource], *added: TerritorySource) -> tuple[TerritorySource, ...]:
    """Add sources; one that was named before takes its new date."""
    named = {(one.subject, one.source): one for one in (*sources, *added)}
    return tuple(named[key] for key in sorted(named))

"""Places: a commune as the campaign's year knows it, and what the holder says of the spot itself."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from actions.domain.known import Municipality
from actions.domain.refusals import DistrictNotInMunicipality, MunicipalityCeased, UnknownMunicipality, refuse
from actions.domain.rules import places as rules
from common.contracts.actions import Locality, Place
from common.contracts.partners import Coordinates


def current(found: Municipality | None, code: str, vintage: int, *, pointer: str) -> Municipality:
    """Take a code that names a commune of this vintage, or a part of one (R31 to R33); not one that has ceased (R30).

    A code that named a whole commune and now names a part of another has ceased too: it would be counted elsewhere.
    """
    if found is None:
        raise UnknownMunicipality(
            f"{code} is no commune of {vintage}.",
            precision=f"{code} n’est pas une commune de {vintage}.",
            pointer=pointer,
        )
    if verdict := rules.ceased(code, vintage, found.successors):
        refuse(MunicipalityCeased, verdict, pointer=pointer)
    return found


def locality(municipality: Municipality) -> Locality:
    """Take a commune down as it is counted: a delegated commune or an arrondissement under its parent, by its name."""
    return Locality(
        municipality=municipality.parent or municipality.code,
        name=municipality.name,
        department=municipality.department,
        region=municipality.region,
        epci=municipality.epci,
        density=municipality.density,
        vintage=municipality.vintage,
    )


def place(
    municipality: Municipality,
    *,
    place_id: UUID,
    label: str,
    district: str | None = None,
    inside: bool = False,
    coordinates: Coordinates | None = None,
) -> Place:
    """Take a place down; `inside` says that the spot itself lies in the district, which must be of the commune."""
    if district is not None:
        _require_district(district, municipality)
    return Place(
        id=place_id,
        label=label,
        municipality=municipality.parent or municipality.code,
        declared_code=municipality.code,
        name=municipality.name,
        department=municipality.department,
        region=municipality.region,
        epci=municipality.epci,
        density=municipality.density,
        priority_district=district,
        located_in_district=inside and district is not None,
        vintage=municipality.vintage,
        coordinates=coordinates,
    )


def _require_district(district: str, municipality: Municipality) -> None:
    if verdict := rules.district(district, municipality.code, municipality.vintage, municipality.districts):
        refuse(DistrictNotInMunicipality, verdict, pointer="/priority_district")


def keeping_ids(places: Sequence[Place], before: Iterable[Place]) -> tuple[Place, ...]:
    """Give each place that is described as one was before that one's id: sessions and permits know it by its id.

    Its position may be corrected; among places that are described alike, those stay first that lie where they lay.
    """
    left, ids = list(before), dict[int, UUID]()
    for moved in (False, True):
        for n, one in enumerate(places):
            was = next((was for was in left if n not in ids and _same(one, was, moved=moved)), None)
            if was is not None:
                left.remove(was)
                ids[n] = was.id
    return tuple(replace(one, id=ids.get(n, one.id)) for n, one in enumerate(places))


def _same(one: Place, was: Place, *, moved: bool) -> bool:
    return _described(one) == _described(was) and (moved or one.coordinates == was.coordinates)


def _described(place: Place) -> object:
    return place.label, place.declared_code, place.priority_district, place.located_in_district

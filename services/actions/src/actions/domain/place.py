"""Places: a commune as the campaign's year knows it, and what the holder says of the spot itself."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from actions.domain.known import Municipality
from actions.domain.refusals import DistrictNotInMunicipality, MunicipalityCeased, UnknownMunicipality
from common.contracts.actions import Locality, Place
from common.errors import FieldError


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
    if found.successors:
        instead = ", ".join(found.successors)
        raise MunicipalityCeased(
            f"{code} has ceased by {vintage}: use {instead}.",
            precision=f"{code} n’existe plus en {vintage} : utilisez {instead}.",
            errors=[FieldError(pointer, MunicipalityCeased.code, f"Use {instead}.", "R30", f"Utilisez {instead}.")],
        )
    return found


def locality(municipality: Municipality) -> Locality:
    """Take a commune down as it is counted: a delegated commune or an arrondissement as its parent."""
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
    municipality: Municipality, *, place_id: UUID, label: str, district: str | None = None, inside: bool = False
) -> Place:
    """Take a place down; `inside` says that the spot itself lies in the district, which must be of the commune."""
    if district is not None and district not in municipality.districts:
        raise DistrictNotInMunicipality(
            f"{district} is not a priority district of {municipality.code} in {municipality.vintage}.",
            precision=f"{district} n’est pas un quartier prioritaire de {municipality.code} en {municipality.vintage}.",
            errors=[
                FieldError(
                    "/priority_district",
                    DistrictNotInMunicipality.code,
                    DistrictNotInMunicipality.title,
                    "R35",
                    DistrictNotInMunicipality.titre,
                )
            ],
        )
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
    )


def keeping_ids(places: Iterable[Place], before: Iterable[Place]) -> tuple[Place, ...]:
    """Give each place that is described as one was before that one's id: sessions and permits know it by its id."""
    ids: defaultdict[object, list[UUID]] = defaultdict(list)
    for place_before in before:
        ids[_described(place_before)].append(place_before.id)
    return tuple(replace(one, id=ids[_described(one)].pop(0)) if ids[_described(one)] else one for one in places)


def _described(place: Place) -> object:
    return place.label, place.declared_code, place.priority_district, place.located_in_district

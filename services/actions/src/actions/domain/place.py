"""Places: a commune as the campaign's year knows it, and what the holder says of the spot itself."""

from uuid import UUID

from actions.domain.known import Municipality
from actions.domain.refusals import DistrictNotInMunicipality, MunicipalityCeased, NoSuchMunicipality
from common.contracts.actions import Locality, Place
from common.errors import FieldError


def current(found: Municipality | None, code: str, vintage: int, *, pointer: str) -> Municipality:
    """Take a code that names a commune of this vintage, or a part of one (R31 to R33); not one that has ceased (R30).

    A code that named a whole commune and now names a part of another has ceased too: it would be counted elsewhere.
    """
    if found is None:
        raise NoSuchMunicipality(
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

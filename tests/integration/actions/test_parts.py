"""Arrondissements and delegated communes: declared by their own codes, counted under their commune (R31, R32)."""

import httpx

from common.contracts.partners import Density, MunicipalityKind
from tests.integration.actions.journeys import act, actions_of, an_action, drafted
from tests.integration.actions.people import Cast, Desk, a_cast, a_department, a_town


async def in_paris(desk: Desk, cast: Cast) -> httpx.Response:
    """Begin a project in the 18th arrondissement of Paris, in a priority district of which only Paris is known."""
    whole = a_town("75056", districts=("QN07511M",), density=Density.LARGE_URBAN_CENTRE, intermunicipality="200054781")
    part = a_town("75118", kind=MunicipalityKind.ARRONDISSEMENT, parent="75056")
    await desk.hear("territory", a_department("75", whole, part))
    place = {"label": "Square Léon", "municipality": "75118", "priority_district": "QN07511M"}
    return await drafted(desk, cast, main_municipality="75118", actions=[an_action(places=[place])])


async def test_r35_a_district_of_the_commune_is_taken_in_its_arrondissement(desk: Desk) -> None:
    cast = a_cast("75", "75056")
    draft = await in_paris(desk, cast)
    (action,) = await actions_of(desk, cast, draft)
    (place,) = action.json()["places"]
    assert (place["declared_code"], place["priority_district"]) == ("75118", "QN07511M")
    for said in (draft.json()["main"], place):
        assert (said["municipality"], said["density"], said["epci"]) == ("75056", 1, "200054781")

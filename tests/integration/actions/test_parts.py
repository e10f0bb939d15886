"""Arrondissements and delegated communes: declared by their own codes, counted under their commune (R31, R32)."""

import httpx

from common.contracts.partners import Density, MunicipalityKind
from tests.integration.actions.journeys import JANUARY, act, actions_of, an_action, drafted
from tests.integration.actions.people import Cast, Desk, a_cast, a_department, a_town, problem
from tests.integration.actions.subscribing import FEEDS

LISTS = ("/v1/projects", "/v1/actions", "/v1/sessions.geojson")
EVENING = {"held_on": "2025-05-07", "starts_at": "18:00", "responsible": "médiatrice"}


async def in_paris(desk: Desk, cast: Cast) -> httpx.Response:
    """Begin a project in the 18th arrondissement of Paris, in a priority district of which only Paris is known."""
    whole = a_town("75056", districts=("QN07511M",), density=Density.LARGE_URBAN_CENTRE, intermunicipality="200054781")
    part = a_town("75118", kind=MunicipalityKind.ARRONDISSEMENT, parent="75056")
    await desk.hear("territory", a_department("75", whole, part))
    place = {"label": "Square Léon", "municipality": "75118", "priority_district": "QN07511M"}
    return await drafted(desk, cast, main_municipality="75118", actions=[an_action(places=[place])])


async def found(desk: Desk, cast: Cast, municipality: str) -> list[int]:
    """Count the projects, the actions and the sessions on the map that the holder has there."""
    listed = [await desk.get(path, cast.holder, municipality=municipality) for path in LISTS]
    assert {one.status_code for one in listed} == {200}, [one.text for one in listed]
    return [len(one.json().get("items", one.json().get("features"))) for one in listed]


async def test_r35_a_district_of_the_commune_is_taken_in_its_arrondissement(desk: Desk) -> None:
    cast = a_cast("75", "75056")
    draft = await in_paris(desk, cast)
    (action,) = await actions_of(desk, cast, draft)
    (place,) = action.json()["places"]
    assert (place["declared_code"], place["priority_district"]) == ("75118", "QN07511M")
    for said in (draft.json()["main"], place):
        assert (said["municipality"], said["density"], said["epci"]) == ("75056", 1, "200054781")


async def test_r32_what_happens_in_an_arrondissement_is_found_under_its_commune_and_by_its_own_code(desk: Desk) -> None:
    cast = a_cast("75", "75056")
    (action,) = await actions_of(desk, cast, await in_paris(desk, cast))
    await act(desk, action, "sessions", cast.holder, EVENING, at=JANUARY)
    for code, there in (("75056", 1), ("75118", 1), ("86194", 0)):
        assert await found(desk, cast, code) == [there] * 3, code


async def test_a_calendar_is_of_a_commune_and_whoever_asks_for_a_part_of_one_is_told_which(desk: Desk) -> None:
    cast = a_cast("75", "75056")
    await in_paris(desk, cast)
    refused = await desk.post(FEEDS, cast.holder, {"of": "sessions", "municipality": "75118"})
    assert problem(refused) == (422, "part-of-commune")
    assert "75056" in refused.json()["detail"]


async def test_a_part_that_has_ceased_finds_nothing_of_what_took_its_place(desk: Desk) -> None:
    """R30 lets nobody declare it: whoever looks for it means the commune that is gone."""
    cast = a_cast("93", "93066")
    gone = a_town("93059", kind=MunicipalityKind.DELEGATED, parent="93066", successors=("93066",))
    await desk.hear("territory", a_department("93", a_town("93066"), gone, region="11", version=2))
    place = {"label": "Parc", "municipality": "93066"}
    await drafted(desk, cast, main_municipality="93066", actions=[an_action(places=[place])])
    assert await found(desk, cast, "93066") == [1, 1, 0]
    assert await found(desk, cast, "93059") == [0, 0, 0]
    kept = await desk.post(FEEDS, cast.holder, {"of": "sessions", "municipality": "93059"})
    assert kept.status_code == 201, "sessions of years in which it was a commune are its own"


async def test_a_commune_of_corsica_is_found_however_its_letter_is_written(desk: Desk) -> None:
    cast = a_cast("2A", "2A004")
    await desk.hear("territory", a_department("2A", a_town("2A004")))
    place = {"label": "Place Foch", "municipality": "2a004"}
    draft = await drafted(desk, cast, main_municipality="2a004", actions=[an_action(places=[place])])
    (action,) = await actions_of(desk, cast, draft)
    await act(desk, action, "sessions", cast.holder, EVENING, at=JANUARY)
    for code in ("2A004", "2a004"):
        assert await found(desk, cast, code) == [1, 1, 1], code

"""Positions of places: near their own territory, the right way round, kept with the place they belong to."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from actions.domain.coordinates import METROPOLITAN, OVERSEAS, Box, require_near, rounded
from actions.domain.place import keeping_ids
from actions.domain.refusals import CoordinatesElsewhere, CoordinatesSwapped
from common.contracts.partners import Coordinates
from tests.unit.actions import pieces as p

TOWNS = {
    "Poitiers": ("86", 0.340375, 46.580224),
    "Ouessant": ("29", -5.096, 48.459),
    "Bonifacio": ("2A", 9.159, 41.387),
    "Bray-Dunes": ("59", 2.521, 51.074),
    "Les Saintes": ("971", -61.585, 15.864),
    "Fort-de-France": ("972", -61.073, 14.616),
    "Maripasoula": ("973", -54.033, 2.641),
    "Saint-Philippe": ("974", 55.767, -21.359),
    "Miquelon": ("975", -56.381, 47.103),
    "Mamoudzou": ("976", 45.228, -12.781),
    "Gustavia": ("977", -62.850, 17.896),
    "Marigot": ("978", -63.088, 18.068),
    "Mata-Utu": ("986", -176.175, -13.282),
    "Papeete": ("987", -149.569, -17.535),
    "Nouméa": ("988", 166.448, -22.276),
}
BOXES = {"metropolitan": METROPOLITAN, **OVERSEAS}
NUMBERS = st.floats(-180, 180), st.floats(-90, 90)


def a_position(longitude: float, latitude: float) -> Coordinates:
    return Coordinates(longitude=longitude, latitude=latitude)


def corners(box: Box) -> list[Coordinates]:
    return [
        a_position(longitude, latitude) for longitude in (box.west, box.east) for latitude in (box.south, box.north)
    ]


@pytest.mark.parametrize("town", TOWNS)
def test_a_town_of_each_territory_lies_in_its_own_and_in_no_other(town: str):
    department, longitude, latitude = TOWNS[town]
    here = a_position(longitude, latitude)
    require_near(here, department, pointer="")
    assert [name for name, box in BOXES.items() if box.holds(here)] == [
        department if department in OVERSEAS else "metropolitan"
    ]


@pytest.mark.parametrize("name", BOXES)
def test_the_corners_of_a_territory_are_in_it_and_a_step_further_is_not(name: str):
    box = BOXES[name]
    for corner in corners(box):
        require_near(corner, name, pointer="")
        for beyond in (
            replace(corner, longitude=corner.longitude + (0.001 if corner.longitude == box.east else -0.001)),
            replace(corner, latitude=corner.latitude + (0.001 if corner.latitude == box.north else -0.001)),
        ):
            with pytest.raises(CoordinatesElsewhere) as refused:
                require_near(beyond, name, pointer="/places/0/coordinates")
            assert refused.value.errors[0].pointer == "/places/0/coordinates"


@pytest.mark.parametrize("town", [town for town in TOWNS if town != "Papeete"])
def test_latitude_first_is_told_so_in_each_territory(town: str):
    department, longitude, latitude = TOWNS[town]
    with pytest.raises(CoordinatesSwapped) as refused:
        require_near(a_position(latitude, longitude), department, pointer="")
    assert f"the longitude is {longitude}" in refused.value.detail


def test_a_position_overseas_of_a_metropolitan_town_is_elsewhere():
    for name, box in OVERSEAS.items():
        for department in ("86", *OVERSEAS):
            if department != name:
                with pytest.raises((CoordinatesElsewhere, CoordinatesSwapped)):
                    require_near(corners(box)[0], department, pointer="")


@given(*NUMBERS)
def test_what_is_kept_has_six_decimals_and_is_kept_the_same_again(longitude: float, latitude: float):
    kept = rounded(longitude, latitude)
    assert rounded(kept.longitude, kept.latitude) == kept
    assert abs(kept.longitude - longitude) <= 0.5000001e-6
    assert "-0.0" not in {repr(kept.longitude), repr(kept.latitude)}
    for one in (kept.longitude, kept.latitude):
        assert Decimal(repr(one)) % Decimal("0.000001") == 0


@given(*NUMBERS, st.sampled_from(["86", *OVERSEAS]))
def test_a_position_is_taken_only_within_its_territory(longitude: float, latitude: float, department: str):
    box = OVERSEAS.get(department, METROPOLITAN)
    inside = box.west <= longitude <= box.east and box.south <= latitude <= box.north
    assume(not inside)
    with pytest.raises((CoordinatesElsewhere, CoordinatesSwapped)):
        require_near(a_position(longitude, latitude), department, pointer="")


def test_a_place_whose_position_is_corrected_stays_the_place_it_was():
    again = replace(p.SQUARE, id=p.an_id("again"), coordinates=a_position(0.35, 46.59))
    assert keeping_ids([again], [p.SQUARE, p.ROOM]) == (replace(again, id=p.SQUARE.id),)
    assert keeping_ids([replace(p.SQUARE, id=p.an_id("again"), coordinates=None)], [p.SQUARE])[0].id == p.SQUARE.id


def test_of_places_described_alike_each_stays_where_it_lies():
    here, there = a_position(0.34, 46.58), a_position(0.36, 46.57)
    before = [replace(p.SQUARE, id=p.an_id(name), coordinates=at) for name, at in (("one", here), ("two", there))]
    now = [replace(p.SQUARE, id=p.an_id(name), coordinates=at) for name, at in (("a", there), ("b", None), ("c", None))]
    assert [one.id for one in keeping_ids(now, before)] == [p.an_id("two"), p.an_id("one"), p.an_id("c")]

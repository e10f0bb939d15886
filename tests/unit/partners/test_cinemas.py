"""A line of the CNC's list of cinemas: what is read, what is refused, and how far off is too far."""

import pytest

from common.contracts.partners import ArtHouseLabel, CinemaOperation, Coordinates
from partners.domain.cinemas import CinemaUnreadable, cinema, coordinates, distance_km, far_off

LINE = {
    "numero_auto": "910001",
    "nom": "REX",
    "ecrans": "2",
    "fauteuils": "300",
    "code_insee": "86194",
    "genre": "FIXE",
    "art_et_essai": "OUI",
    "labels_art_et_essai_2022": "RDJPPR",
    "latitude": "46.5802",
    "longitude": "0.3404",
}
PARIS, MARSEILLE = Coordinates(latitude=48.8566, longitude=2.3522), Coordinates(latitude=43.2965, longitude=5.3698)


def test_a_whole_line_is_read():
    one = cinema(LINE)
    assert (one.operation, one.screens, one.seats, one.art_house) == (CinemaOperation.FIXED, 2, 300, True)
    assert set(one.labels) == set(ArtHouseLabel)


def test_what_is_not_said_is_unknown_and_no_zero():
    one = cinema({**LINE, "fauteuils": "", "latitude": "", "longitude": "", "labels_art_et_essai_2022": ""})
    assert (one.seats, one.coordinates, one.labels) == (None, None, ())


@pytest.mark.parametrize(
    ("column", "written"),
    [
        ("numero_auto", ""),
        ("ecrans", ""),
        ("ecrans", "0"),
        ("ecrans", "-1"),
        ("ecrans", "²"),
        ("fauteuils", "1e3"),
        ("fauteuils", "100000"),
        ("genre", "fixe"),
        ("art_et_essai", ""),
        ("labels_art_et_essai_2022", "RDJ"),
        ("latitude", ""),
        ("latitude", "90.1"),
        ("longitude", "nan"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named(column: str, written: str):
    with pytest.raises(CinemaUnreadable, match=column):
        cinema({**LINE, column: written})


def test_distances_are_those_of_the_globe():
    assert distance_km(PARIS, MARSEILLE) == pytest.approx(660.5, abs=1)
    assert distance_km(PARIS, PARIS) == 0


@pytest.mark.parametrize(("latitude", "is_far"), [(49.30, False), (49.31, True), (48.41, False), (48.40, True)])
def test_fifty_kilometres_are_near_enough(latitude: float, is_far: bool):
    assert far_off(Coordinates(latitude=latitude, longitude=PARIS.longitude), PARIS) is is_far


def test_a_point_is_written_whole():
    assert coordinates("48.8566", "2.3522") == PARIS
    assert coordinates("48.8566", "") is None

"""The forms in which a film is shown."""

import pytest

from catalogue.domain.film import InvalidFilm
from common.contracts.catalogue import Accessibility, FilmVersion, ScreenVersion
from tests.unit.catalogue.films import NOON, a_film

DUBBED = ScreenVersion(code=FilmVersion.VF, language="fr", accessibility=(Accessibility.AD,))
LONG = ScreenVersion(code=FilmVersion.VO, cut="Version longue", language="en", duration_minutes=140)


def test_what_is_described_is_among_the_versions_by_itself():
    film = a_film(versions=(FilmVersion.VO,), screen_versions=(DUBBED,))
    assert film.description.versions == (FilmVersion.VO, FilmVersion.VF, FilmVersion.AD)
    left, fact = film.change({"versions": (FilmVersion.SDH,)}, at=NOON)
    assert left.description.versions == (FilmVersion.SDH, FilmVersion.VF, FilmVersion.AD)
    assert fact.changed == ("versions",)


def test_several_cuts_of_one_version_are_told_apart_by_their_names():
    film = a_film(screen_versions=(LONG, ScreenVersion(code=FilmVersion.VO, duration_minutes=58)))
    assert film.state(at=NOON).screen_versions == film.description.screen_versions
    with pytest.raises(InvalidFilm) as refused:
        a_film(screen_versions=(LONG, ScreenVersion(code=FilmVersion.VO, cut="VERSION  LONGUE")))
    assert [error.pointer for error in refused.value.errors] == ["/screen_versions/1"]


def test_every_mistake_of_a_version_is_named():
    wrong = ScreenVersion(code=FilmVersion.VO, language="English", subtitles="f", duration_minutes=0)
    with pytest.raises(InvalidFilm) as refused:
        a_film(screen_versions=(DUBBED, wrong))
    assert [error.pointer for error in refused.value.errors] == [
        "/screen_versions/1/language",
        "/screen_versions/1/subtitles",
        "/screen_versions/1/duration_minutes",
    ]

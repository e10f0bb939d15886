"""What may happen to a film."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from catalogue.domain.film import (
    Description,
    Film,
    InvalidFilm,
    NewFilm,
    NotAWorkshopFilm,
    NothingToChange,
    WrongDissemination,
)
from catalogue.domain.visas import InvalidVisaNumber, NoSuchVisa
from common.contracts.catalogue import (
    Clearance,
    Dissemination,
    FilmKind,
    Identifier,
    IdentifierScheme,
    RestrictionCause,
    Visa,
)
from tests.unit.catalogue.films import AGREED, NOON, UNSETTLED, a_film

UNDATED = Visa(number="128083")
DATED = Visa(number="128083", issued_on=date(2023, 10, 10))


@pytest.mark.parametrize(
    ("minutes", "kind"),
    [(None, None), (1, FilmKind.SHORT), (59, FilmKind.SHORT), (60, FilmKind.SHORT), (61, FilmKind.FEATURE)],
)
def test_its_duration_makes_a_feature(minutes: int | None, kind: FilmKind | None):
    """More than one hour (R03); unknown stays unknown."""
    assert a_film(duration_minutes=minutes).kind == kind


def test_registering_is_a_fact_of_version_one():
    new = NewFilm(description=Description(title="Linda veut du poulet !", duration_minutes=76), visas=(UNDATED,))
    film, fact = Film.register(UUID(int=1), new, at=NOON)
    assert (film.version, fact.occurred_at, fact.kind, fact.visas) == (1, NOON, FilmKind.FEATURE, (UNDATED,))


def test_what_is_said_is_written_its_one_way():
    film = a_film(
        title="  Tableau   (Le) ",
        original_title="   ",
        directors=("Jean-François\u00a0Laguionie", "Jean-François Laguionie", " "),
        identifiers=(Identifier(scheme=IdentifierScheme.IMDB, value="TT1891845"),) * 2,
    )
    said = film.description
    assert (said.title, said.original_title, said.directors) == ("Le Tableau", None, ("Jean-François Laguionie",))
    assert said.identifiers == (Identifier(scheme=IdentifierScheme.IMDB, value="tt1891845"),)


def test_every_mistake_is_named_at_once():
    wrong = Identifier(scheme=IdentifierScheme.ISAN, value="0000-0000-D07A-0090-A")
    with pytest.raises(InvalidFilm) as refused:
        a_film(title=" ", year=1700, duration_minutes=0, countries=("FR", "UK"), identifiers=(wrong,))
    assert [error.pointer for error in refused.value.errors] == [
        "/title",
        "/year",
        "/duration_minutes",
        "/countries/1",
        "/identifiers/0/value",
    ]
    assert all(error.libelle for error in refused.value.errors)


def test_a_country_that_ended_made_films():
    assert a_film(countries=("SU", "YU", "CS")).description.countries == ("SU", "YU", "CS")


def test_a_change_names_what_changed_and_leaves_the_rest():
    film, fact = a_film(year=2011).change({"duration_minutes": 76, "year": 2011}, at=NOON)
    assert (film.version, fact.changed) == (2, ("duration_minutes",))
    assert film.description.year == 2011


def test_a_change_can_make_a_thing_unknown():
    film, fact = a_film(year=2011).change({"year": None}, at=NOON)
    assert (film.description.year, fact.changed) == (None, ("year",))


def test_a_change_that_changes_nothing_is_no_fact():
    with pytest.raises(NothingToChange):
        a_film().change({"title": "Tableau (Le)"}, at=NOON)


def test_a_change_is_judged_as_a_whole():
    with pytest.raises(InvalidFilm):
        a_film().change({"title": ""}, at=NOON)


def test_a_visa_is_kept_without_leading_zeros():
    assert a_film(Visa(number="098363")).visas == (Visa(number="98363"),)


@pytest.mark.parametrize("number", ["", "0", "1234567", "12a", "-5", "VISA"])
def test_what_is_no_visa_is_refused(number: str):
    with pytest.raises(InvalidVisaNumber) as refused:
        a_film(UNDATED, Visa(number=number))
    assert refused.value.errors[0].pointer == "/visas/1/number"


def test_a_visa_given_twice_is_one_and_keeps_its_date():
    assert a_film(DATED, Visa(number="0128083")).visas == (DATED,)
    assert a_film(UNDATED, DATED).visas == (DATED,)


def test_the_date_of_a_visa_may_come_later():
    film, fact = a_film(UNDATED).record_visa(DATED, at=NOON)
    assert (film.visas, fact.visas, film.version) == ((DATED,), (DATED,), 2)


def test_a_dubbed_version_may_carry_another_visa():
    film, _ = a_film(DATED).record_visa(Visa(number="130000"), at=NOON)
    assert [visa.number for visa in film.visas] == ["128083", "130000"]


def test_a_visa_recorded_twice_is_no_fact():
    with pytest.raises(NothingToChange):
        a_film(DATED).record_visa(replace(DATED, number="0128083"), at=NOON)


def test_a_visa_recorded_by_mistake_is_taken_back():
    film, fact = a_film(DATED).remove_visa("0128083", at=NOON)
    assert (film.visas, fact.visas) == ((), ())
    with pytest.raises(NoSuchVisa):
        film.remove_visa("128083", at=NOON)


def test_a_workshop_film_is_cleared_then_restricted_and_cleared_again():
    film, cleared = a_film(workshop=AGREED).clear(Dissemination.FESTIVALS, at=NOON)
    assert (film.version, cleared.project_id, cleared.dissemination) == (
        2,
        UNSETTLED.project_id,
        Dissemination.FESTIVALS,
    )
    film, restricted = film.restrict(Dissemination.RESTITUTION_ONLY, RestrictionCause.CONSENT_WITHDRAWN, at=NOON)
    assert restricted.cause is RestrictionCause.CONSENT_WITHDRAWN
    film, _ = film.clear(Dissemination.INTERNET, at=NOON)
    assert film.workshop == replace(AGREED, clearance=Clearance.CLEARED, dissemination=Dissemination.INTERNET)


def test_only_workshop_films_are_cleared_or_restricted():
    with pytest.raises(NotAWorkshopFilm):
        a_film().clear(Dissemination.NETWORK, at=NOON)
    with pytest.raises(NotAWorkshopFilm):
        a_film().restrict(Dissemination.NONE, RestrictionCause.MUSIC_RIGHTS, at=NOON)


def test_verb_and_dissemination_do_not_contradict_each_other():
    film = a_film(workshop=AGREED)
    with pytest.raises(WrongDissemination):
        film.clear(Dissemination.RESTITUTION_ONLY, at=NOON)
    with pytest.raises(WrongDissemination):
        film.restrict(Dissemination.INTERNET, RestrictionCause.MUSIC_RIGHTS, at=NOON)


def test_clearing_twice_alike_is_no_fact():
    film, _ = a_film(workshop=AGREED).clear(Dissemination.NETWORK, at=NOON)
    with pytest.raises(NothingToChange):
        film.clear(Dissemination.NETWORK, at=NOON)


def test_the_state_is_the_whole_film():
    film = a_film(DATED, duration_minutes=76, countries=("FR",))
    state = film.state(at=NOON)
    assert (state.id, state.version, state.title, state.kind) == (film.id, 1, "Le Tableau", FilmKind.FEATURE)
    assert (state.visas, state.countries, state.deleted) == ((DATED,), ("FR",), False)

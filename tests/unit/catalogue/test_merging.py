"""Two films that turn out to be one."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from catalogue.domain.film import Film, FilmIsMerged
from catalogue.domain.merging import MergedIntoItself, VisasContradict, WorkshopFilmsStayApart, merge
from catalogue.domain.provenance import Decision, Difference, Said
from common.contracts.catalogue import (
    Classification,
    FilmVersion,
    Identifier,
    IdentifierScheme,
    ScreenVersion,
    Visa,
    VisaKind,
)
from tests.unit.catalogue.films import CLIENT, FILE, NOON, UNSETTLED, a_film

LATER = NOON + timedelta(days=1)
IMDB = Identifier(scheme=IdentifierScheme.IMDB, value="tt1891845")
WIKIDATA = Identifier(scheme=IdentifierScheme.WIKIDATA, value="Q1")
VISA = Visa(number="128083", issued_on=date(2011, 11, 2))


def survivor(*visas: Visa, **said: Any) -> Film:
    return a_film(*visas, id_=UUID(int=2), **{"title": "Le Tableau", **said})


def merged(duplicate: Film, other: Film, *led_here: Film):
    return merge(duplicate, other, led_here, by=CLIENT, at=LATER)


def test_the_survivor_has_what_the_duplicate_had():
    duplicate = a_film(
        VISA,
        title="Tableau (Le)",
        original_title="The Painting",
        other_titles=("La Peinture",),
        identifiers=(IMDB,),
        duration_minutes=76,
        versions=(FilmVersion.AD,),
        screen_versions=(ScreenVersion(code=FilmVersion.VF, language="fr"),),
    )
    known = survivor(Visa(number="5"), identifiers=(WIKIDATA,), versions=(FilmVersion.VF,))
    done = merged(duplicate, known)
    said = done.survivor.description
    assert (said.title, said.other_titles) == ("Le Tableau", ("The Painting", "La Peinture"))
    assert (said.identifiers, said.duration_minutes) == ((WIKIDATA, IMDB), 76)
    assert (said.versions, len(said.screen_versions)) == ((FilmVersion.VF, FilmVersion.AD), 1)
    assert [visa.number for visa in done.survivor.visas] == ["5", "128083"]
    assert [type(fact).__name__ for fact in done.changes] == ["FilmChanged", "FilmVisaChanged"]
    assert done.survivor.version == known.version + 2


def test_the_duplicate_carries_nothing_any_more_and_leads_to_the_survivor():
    done = merged(a_film(VISA, identifiers=(IMDB,)), survivor())
    assert (done.duplicate.names(), done.duplicate.merged_into, done.duplicate.version) == ((), UUID(int=2), 2)
    state = done.duplicate.state(at=LATER)
    assert (state.merged_into, state.visas, state.identifiers, state.title) == (UUID(int=2), (), (), "Le Tableau")
    assert (done.fact.into, done.fact.film_id) == (UUID(int=2), UUID(int=1))


def test_a_merged_film_is_not_changed_again():
    gone = merged(a_film(VISA), survivor()).duplicate
    for refused in (
        lambda: gone.change({"year": 2011}, at=LATER),
        lambda: gone.record_visa(VISA, at=LATER),
        lambda: gone.remove_visa("128083", at=LATER),
        lambda: gone.settle("year", Decision.KEEP, at=LATER),
    ):
        with pytest.raises(FilmIsMerged) as said:
            refused()
        assert str(UUID(int=2)) in said.value.detail


def test_a_survivor_that_learns_nothing_says_nothing():
    done = merged(a_film(), survivor())
    assert (done.changes, done.survivor.version) == ((), 1)


def test_chains_are_flat():
    first = merged(a_film(id_=UUID(int=3)), a_film(id_=UUID(int=1))).duplicate
    done = merged(a_film(id_=UUID(int=1)), survivor(), first)
    [(led, fact)] = done.led_on
    assert (led.merged_into, led.version, fact.into, fact.film_id) == (UUID(int=2), 3, UUID(int=2), UUID(int=3))


def test_a_film_is_not_merged_into_itself():
    with pytest.raises(MergedIntoItself):
        merged(a_film(), a_film())


def test_workshop_films_stay_apart():
    for one, other in ((a_film(workshop=UNSETTLED), survivor()), (a_film(), survivor(workshop=UNSETTLED))):
        with pytest.raises(WorkshopFilmsStayApart):
            merged(one, other)


def test_what_both_say_differently_is_named_and_the_survivor_s_is_kept():
    done = merged(a_film(year=2010, genre=None), survivor(year=2011, countries=("FR",)))
    assert done.differences == (Difference(field="year", kept=2011, said=2010),)
    assert (done.fact.differing, done.survivor.description.year) == (("year",), 2011)


def test_warnings_are_written_one_way_however_they_came_together():
    warned = Visa(number="128083", warning="violence")
    done = merged(a_film(warning="violence"), survivor(warned, warning="drogue"))
    assert done.survivor.description.warning == "drogue ; violence"
    assert done.survivor.state(at=LATER).warning == "drogue ; violence"


def visa(number: str, one: Classification | None, *versions: FilmVersion, kind: VisaKind = VisaKind.ORDINARY) -> Visa:
    return Visa(number=number, classification=one, versions=versions, kind=kind)


@pytest.mark.parametrize(
    ("one", "other", "refused"),
    [
        (visa("1", Classification.ALL), visa("2", Classification.U12), True),
        (visa("1", Classification.ALL), visa("2", Classification.ALL), False),
        (visa("1", Classification.ALL), visa("2", None), False),
        (visa("1", Classification.ALL, FilmVersion.VO), visa("2", Classification.U12, FilmVersion.VF), False),
        (visa("1", Classification.ALL, FilmVersion.VO), visa("2", Classification.U12), True),
        (visa("1", Classification.ALL, kind=VisaKind.TEMPORARY), visa("2", Classification.U12), False),
    ],
)
def test_two_classes_for_one_version_contradict_each_other(one: Visa, other: Visa, *, refused: bool):
    if not refused:
        assert merged(a_film(one), survivor(other)).survivor.visas == (other, one)
        return
    with pytest.raises(VisasContradict) as said:
        merged(a_film(one), survivor(other))
    assert [error.message for error in said.value.errors] == ["1: all; 2: u12"]
    assert [error.libelle for error in said.value.errors] == ["1 : tous publics ; 2 : interdit aux moins de 12 ans"]


def test_who_said_something_of_the_duplicate_answers_for_it_at_the_survivor():
    duplicate = a_film(VISA, duration_minutes=76).told(None, FILE, at=NOON)
    known = survivor(year=2011).told(None, CLIENT, at=NOON)
    done = merged(duplicate, known)
    assert [(one.source, set(one.fields)) for one in done.survivor.said] == [
        (CLIENT, {"title", "year"}),
        (FILE, {"visas/128083", "duration_minutes"}),
    ]
    assert done.duplicate.said == (Said(source=FILE, at=NOON, fields=("title", "duration_minutes")),)

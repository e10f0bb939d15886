"""The CNC's list of films seen by more than a million: what its lines say, and which films they are about."""

from collections import Counter
from datetime import date
from uuid import UUID

import pytest

from catalogue.domain.film import Film
from catalogue.domain.imports import Outcome, Result
from catalogue.domain.lines import TIDIED, Kind, Remark, UnreadableCell
from catalogue.domain.provenance import Difference
from common.contracts.catalogue import Visa
from tests.unit.catalogue.films import a_film
from tests.unit.catalogue.test_imports import CNC_HEADER, SHARED, Catalogue

HEADER = "annee,rang,titre,nationalite,date_sortie,entrees"
CHORUS = "2004,1,CHORISTES (LES),FRANCE / SUISSE,2004-03-17,8432827"


def listed(*lines: str, knowing: tuple[Film, ...] = ()) -> list[Outcome]:
    return Catalogue(knowing).take(Kind.CNC_MILLION, [HEADER, *lines])


def entered(line: str) -> Film:
    [outcome] = listed(line)
    assert outcome.film
    return outcome.film


def test_a_line_says_a_title_countries_and_the_day_of_release():
    said = entered(CHORUS).description
    assert (said.title, said.countries, said.released_on) == ("LES CHORISTES", ("FR", "CH"), date(2004, 3, 17))
    assert (said.year, said.directors) == (None, ()), "the year in which it was seen is not the film's"


@pytest.mark.parametrize(
    ("given", "title", "others"),
    [
        ("ENQUETE CORSE (L')", "L'ENQUETE CORSE", ()),
        ("MOMIE : LA TOMBE DE L'EMPEREUR DRAGON (LA )", "LA MOMIE : LA TOMBE DE L'EMPEREUR DRAGON", ()),
        ("SEIGNEUR DES ANNEAUX (LE) - LES DEUX TOURS", "LE SEIGNEUR DES ANNEAUX - LES DEUX TOURS", ()),
        ("ARTHUR ET LES MINIMOYS (EX : ARTHUR)", "ARTHUR ET LES MINIMOYS", ("ARTHUR",)),
        ("NOS JOURS HEUREUX (EX:CES JOURS HEUREUX)", "NOS JOURS HEUREUX", ("CES JOURS HEUREUX",)),
        ("JE VOUS TROUVE TRES BEAU (EX: LA FILLE DE L'EST)", "JE VOUS TROUVE TRES BEAU", ("LA FILLE DE L'EST",)),
        ("AMOUR (L') (EX L'HOMME QUI MURMURAIT)", "L'AMOUR", ("L'HOMME QUI MURMURAIT",)),
        ("LOL (LAUGHING OUT LOUD)", "LOL (LAUGHING OUT LOUD)", ()),
        ("EXTRA (EXCEPTION)", "EXTRA (EXCEPTION)", ()),
    ],
)
def test_articles_go_in_front_and_former_titles_beside(given: str, title: str, others: tuple[str, ...]):
    said = entered(f"2006,1,{given},FRANCE,2006-01-11,1000001").description
    assert (said.title, said.other_titles) == (title, others)


@pytest.mark.parametrize(
    ("given", "countries"),
    [
        ("ETATS UNIS", ("US",)),
        ("US", ("US",)),
        ("USA", ("US",)),
        ("France", ("FR",)),
        ("FRANCE  / BELGIQUE", ("FR", "BE")),
        ("FRANCE / REPUBLIQUE TCHEQUE/ BELGIQUE", ("FR", "CZ", "BE")),
        ("FR/CA", ("FR", "CA")),
        ("FR / LUX / BE", ("FR", "LU", "BE")),
        ("FR / SN", ("FR", "SN")),
        ("", ()),
    ],
)
def test_countries_are_named_or_coded(given: str, countries: tuple[str, ...]):
    assert entered(f"2012,1,CLOCLO,{given},2012-03-14,1761084").description.countries == countries


def test_a_country_that_is_not_understood_is_left_out_and_told():
    [outcome] = listed("2019,33,PARASITE,KS,2019-06-05,1706519")
    assert outcome.film
    assert outcome.film.description.countries == ()
    assert outcome.remarks == ((Remark.UNKNOWN_COUNTRY, "KS in 'KS'"),)


@pytest.mark.parametrize(
    ("year", "day"),
    [("2004", ""), ("2004", "17/03/2004"), ("2004", "2004-02-30"), ("2004", "2005-01-05"), ("", "2004-03-17")],
)
def test_a_line_without_a_day_that_can_be_is_refused(year: str, day: str):
    """Its title alone would make a film of it anew each time."""
    with pytest.raises(UnreadableCell, match="date_sortie"):
        listed(f"{year},1,CHORISTES (LES),FRANCE,{day},8432827")


def test_a_film_that_was_seen_by_a_million_twice_is_one():
    first, again = listed("2009,2,AVATAR,ETATS UNIS,2009-12-16,6295545", "2010,1,AVATAR,US,2009-12-16,8467300")
    assert (first.result, again.result, again.facts, again.differs) == (Result.REGISTERED, Result.REPEATED, (), ())


def test_what_a_list_says_of_one_film_in_two_ways_is_a_conflict():
    """In one year of the real list countries have slipped by a line."""
    title = "LE CHAT POTTE 2 : LA DERNIERE QUETE"
    first, again = listed(f"2022,18,{title},FR,2022-12-07,1917621", f"2023,43,{title},US,2022-12-07,1018379")
    assert first.film
    assert again.film
    assert (again.result, again.film.id, again.facts) == (Result.REPEATED, first.film.id, ())
    assert again.differs == (Difference(field="countries", kept=("FR",), said=("US",)),)
    assert (Remark.DIFFERS, "countries: FR is kept, not US") in again.remarks


def test_namesakes_of_other_days_are_other_films():
    outcomes = listed(
        "2010,23,DRAGONS,ETATS UNIS,2010-03-31,2318670", "2025,9,DRAGONS,GRANDE BRETAGNE,2025-06-11,2530791"
    )
    assert [outcome.result for outcome in outcomes] == [Result.REGISTERED, Result.REGISTERED]


@pytest.mark.parametrize(
    "known",
    [
        a_film(Visa(number="105200"), title="Les choristes", directors=("Christophe Barratier",), year=2003),
        a_film(Visa(number="105200"), title="Les choristes", countries=("FR",), year=2005),
        a_film(Visa(number="105200", year=2003), title="Les choristes", directors=("Christophe Barratier",)),
        a_film(Visa(number="105200", issued_on=date(2004, 2, 1)), title="Les choristes"),
        a_film(title="Les choristes", released_on=date(2004, 3, 3), year=1900),
    ],
    ids=["year", "later year", "year of a visa", "day of a visa", "release"],
)
def test_a_line_is_about_the_film_of_its_title_and_time(known: Film):
    [outcome] = listed(CHORUS, knowing=(known,))
    assert outcome.film
    assert outcome.film.id == known.id
    assert outcome.film.description.released_on == (known.description.released_on or date(2004, 3, 17))


@pytest.mark.parametrize(
    "namesake",
    [
        a_film(title="Les choristes", year=2000),
        a_film(title="Les choristes", year=2008),
        a_film(Visa(number="1", year=2002), title="Les choristes"),
        a_film(Visa(number="1", year=2005), title="Les choristes"),
        a_film(Visa(number="1"), title="Les choristes"),
        a_film(title="Les choristes", released_on=date(2004, 5, 17)),
        a_film(title="Les choristes", year=2004, duration_minutes=12),
    ],
    ids=["before", "after", "visa before", "visa after", "no time", "another release", "short"],
)
def test_a_namesake_of_another_time_is_another_film(namesake: Film):
    [outcome] = listed(CHORUS, knowing=(namesake,))
    assert outcome.result is Result.REGISTERED


def test_another_day_of_the_same_release_is_told_and_kept_as_a_conflict():
    known = a_film(title="Les choristes", released_on=date(2004, 3, 3), countries=("FR", "CH"))
    [outcome] = listed(CHORUS, knowing=(known,))
    assert outcome.result is Result.UNCHANGED
    assert outcome.differs == (Difference(field="released_on", kept=date(2004, 3, 3), said=date(2004, 3, 17)),)


def test_a_namesake_from_another_country_is_left_to_people():
    known = a_film(title="Ducobu président !", directors=("Élie Semoun",), year=2021, countries=("FR", "BE"))
    [outcome] = listed("2022,27,DUCOBU PRESIDENT,US,2022-07-13,1133649", knowing=(known,))
    assert (outcome.result, outcome.film) == (Result.CONFLICT, None)
    assert outcome.reason == "the title already names Ducobu président !, from FR, BE and not from US"


def test_two_films_of_a_title_and_time_are_left_to_people():
    two = tuple(a_film(id_=UUID(int=n), title="Les choristes", year=2003) for n in (1, 2))
    [outcome] = listed(CHORUS, knowing=two)
    assert outcome.result is Result.CONFLICT


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        (
            Kind.CNC_AGREES,
            [CNC_HEADER, "105200,Choristes (Les),BARRATIER Christophe,X,2003,fiction,fiction,1,OUI,1,Fr-90"],
        ),
        (
            Kind.CNC_VISAS,
            [
                "titre,realisation,annee_visa,nationalite,visa,decision",
                "Les choristes,Christophe Barratier,2004,France,105200,Tout public",
            ],
        ),
    ],
    ids=["approved films", "visas"],
)
def test_it_does_not_matter_which_list_comes_first(kind: Kind, lines: list[str]):
    catalogue = Catalogue()
    [first] = catalogue.take(Kind.CNC_MILLION, [HEADER, CHORUS])
    [second] = catalogue.take(kind, lines)
    assert first.film
    assert second.film
    assert (second.result, second.film.id) == (Result.CHANGED, first.film.id)
    assert second.film.description.directors == ("Christophe Barratier",)
    assert [visa.number for visa in second.film.visas] == ["105200"]


def test_the_list_of_approved_films_tells_namesakes_of_this_list_apart_by_their_time():
    catalogue = Catalogue()
    catalogue.take(
        Kind.CNC_MILLION,
        [HEADER, "2009,11,COCO,FRANCE,2009-03-18,2929310", "2017,11,COCO,US,2017-11-29,3260894"],
    )
    [outcome] = catalogue.take(
        Kind.CNC_AGREES, [CNC_HEADER, "120000,Coco,ELMALEH Gad,X,2008,fiction,fiction,1,OUI,1,Fr-100"]
    )
    assert outcome.film
    assert (outcome.result, outcome.film.description.released_on) == (Result.CHANGED, date(2009, 3, 18))


def read(name: str) -> list[str]:
    return (SHARED / name).read_text(encoding="utf-8").splitlines()


@pytest.mark.skipif(not SHARED.exists(), reason="the shared reference data is not beside this checkout")
def test_the_whole_list_is_accounted_for_and_twice_makes_no_difference():
    catalogue, lines = Catalogue(), read("films_million_entrees_cnc.csv")
    first, again = catalogue.take(Kind.CNC_MILLION, lines), catalogue.take(Kind.CNC_MILLION, lines)
    assert Counter(outcome.result for outcome in first) == {Result.REGISTERED: 982, Result.REPEATED: 38}
    assert Counter(outcome.result for outcome in again) == {Result.UNCHANGED: 982, Result.REPEATED: 38}
    assert [outcome.remarks for outcome in first] == [outcome.remarks for outcome in again]
    told = [outcome for outcome in first if any(remark not in TIDIED for remark, _ in outcome.remarks)]
    assert [(outcome.number, outcome.title) for outcome in told] == [
        (816, "PARASITE"),
        (949, "LE CHAT POTTE 2 : LA DERNIERE QUETE"),
    ]


@pytest.mark.skipif(not SHARED.exists(), reason="the shared reference data is not beside this checkout")
def test_beside_the_list_of_approved_films_every_line_is_accounted_for_and_twice_makes_no_difference():
    catalogue, lines = Catalogue(), read("films_million_entrees_cnc.csv")
    catalogue.take(Kind.CNC_AGREES, read("films_agrees_cnc.csv"))
    first, again = catalogue.take(Kind.CNC_MILLION, lines), catalogue.take(Kind.CNC_MILLION, lines)
    told = {Result.REPEATED: 38, Result.CONFLICT: 7}
    assert Counter(outcome.result for outcome in first) == {Result.REGISTERED: 718, Result.CHANGED: 257, **told}
    assert Counter(outcome.result for outcome in again) == {Result.UNCHANGED: 975, **told}
    conflicts = {outcome.number: outcome.reason for outcome in first if outcome.result is Result.CONFLICT}
    assert list(conflicts) == [207, 719, 847, 894, 896, 899, 904], "two films of a title; namesakes; countries slipped"
    assert conflicts[899] == "the title already names En corps, from FR and not from CA"

"""The CNC's list of exhibition visas: what its lines say, and what becomes of them."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from catalogue.domain.film import Film
from catalogue.domain.imports import Outcome, Result
from catalogue.domain.lines import Kind, Remark
from common.contracts.catalogue import Classification, Visa
from tests.unit.catalogue.films import a_film
from tests.unit.catalogue.test_imports import SHARED, Catalogue

HEADER = "titre,realisation,production,format,annee_visa,nationalite,visa,decision,localisation_dossier"
ABBY = "Abby,William Girdler,AIP,Long-métrage,{year},États-Unis,46718,{decision},Archives nationales"


def listed(*lines: str, knowing: tuple[Film, ...] = ()) -> list[Outcome]:
    return Catalogue(knowing).take(Kind.CNC_VISAS, [HEADER, *lines])


def entered(line: str) -> Film:
    [outcome] = listed(line)
    assert outcome.film
    return outcome.film


def test_a_line_says_who_made_it_where_and_in_which_year_its_visa_was_issued():
    film = entered("A ay,Reha Erdem,Images,Long-métrage,1991,Turquie - France,71420,Tout public,Archives")
    said = film.description
    assert (said.title, said.directors, said.countries, said.year) == ("A ay", ("Reha Erdem",), ("TR", "FR"), None)
    assert film.visas == (Visa(number="71420", year=1991, classification=Classification.ALL),)
    assert film.visas[0].issued_on is None, "a day is never made up"


@pytest.mark.parametrize(
    ("given", "title", "original_title"),
    [
        ("Accatone. Accattonne", "Accatone", "Accattonne"),
        ("À bon chien, bon chat. All's well that ends well", "À bon chien, bon chat", "All's well that ends well"),
        ("Absalon 70. Uno dann bye bye", "Absalon 70", "Uno dann bye bye"),
        ("Dr. Folamour", "Dr. Folamour", None),
        ("Vie et mort de M. le maudit", "Vie et mort de M. le maudit", None),
        ("Une abeille", "Une abeille", None),
    ],
)
def test_the_french_title_and_the_original_one_are_parted(given: str, title: str, original_title: str | None):
    said = entered(f'"{given}",X Y,Z,Court-métrage,1989,France,72513,Tout public,Archives').description
    assert (said.title, said.original_title) == (title, original_title)


@pytest.mark.parametrize(
    ("decision", "year", "classification", "warning"),
    [
        ("Tout public", "1949", Classification.ALL, None),
        ("Interdit -12 ans", "1994", Classification.U12, None),
        ("Interdit -12 ans", "1990", None, "Interdit -12 ans (1990)"),
        ("Interdit -16 ans", "1950", None, "Interdit -16 ans (1950)"),
        ("Interdit -16 ans", "2004", Classification.U16, None),
        ("Interdit -18 ans", "1964", None, "Interdit -18 ans (1964)"),
        ("Interdit -18 ans", "2003", Classification.U18, None),
        ("Interdit -13 ans", "1972", None, "Interdit -13 ans (1972)"),
        ("Interdit mineurs", "1980", None, "Interdit mineurs (1980)"),
        ("Interdit -18 ans", "", None, "Interdit -18 ans"),
        ("Non renseigné", "1980", None, None),
    ],
)
def test_a_class_of_today_is_taken_only_where_the_words_mean_it(
    decision: str, year: str, classification: Classification | None, warning: str | None
):
    [outcome] = listed(ABBY.format(year=year, decision=decision))
    assert outcome.film
    [visa] = outcome.film.visas
    assert (visa.classification, visa.warning) == (classification, warning)
    assert (Remark.HISTORICAL_CLASS in dict(outcome.remarks)) is (classification is None)


def test_what_is_not_said_is_unknown():
    [outcome] = listed("Abou,Non renseigné,Non renseigné,Court-métrage,,Non renseigné,24180,Tout public,Archives")
    assert outcome.film
    said = outcome.film.description
    assert (said.directors, said.countries, outcome.film.visas[0].year) == ((), (), None)
    assert Remark.NO_DIRECTOR in dict(outcome.remarks)


@pytest.mark.parametrize(("year", "countries"), [("1978", ("FR", "SU")), ("1995", ("FR",))])
def test_the_soviet_union_ended(year: str, countries: tuple[str, ...]):
    film = entered(f"Chasse,É L,S,Long-métrage,{year},France - Russie (ex. URSS),49950,Tout public,Archives")
    assert film.description.countries == countries


def test_a_visa_of_which_the_day_is_known_keeps_it():
    known = a_film(Visa(number="46718", issued_on=date(1972, 12, 31)), title="Abby", directors=("William Girdler",))
    [outcome] = listed(ABBY.format(year=1972, decision="Tout public"), knowing=(known,))
    assert outcome.film
    [visa] = outcome.film.visas
    assert (visa.issued_on, visa.year, visa.classification) == (date(1972, 12, 31), None, Classification.ALL)


def test_a_visa_of_another_year_overrules_nothing():
    known = a_film(Visa(number="46718", issued_on=date(1973, 1, 1)), title="Abby")
    [outcome] = listed(ABBY.format(year=1972, decision="Tout public"), knowing=(known,))
    assert outcome.film
    assert outcome.film.visas[0].issued_on == date(1973, 1, 1)


def test_a_namesake_without_visa_is_the_same_film_only_by_its_director():
    """The year of a visa is not that of the film: a title alone would join strangers."""
    stranger, same = a_film(title="Abby"), a_film(title="Abby", directors=("William Girdler",))
    results = [listed(ABBY.format(year=1972, decision=""), knowing=(film,))[0].result for film in (stranger, same)]
    assert results == [Result.REGISTERED, Result.CHANGED]


@pytest.mark.parametrize("cell", ["12a", ""])
def test_a_line_without_a_visa_number_is_refused(cell: str):
    with pytest.raises(Exception, match="visa"):
        listed(f"Abby,William Girdler,AIP,Long-métrage,1972,États-Unis,{cell},Tout public,Archives")


def test_a_year_that_is_none_is_refused():
    with pytest.raises(Exception, match="annee_visa"):
        listed(ABBY.format(year="vers 1972", decision="Tout public"))


@pytest.mark.skipif(not SHARED.exists(), reason="the shared reference data is not beside this checkout")
def test_the_whole_sample_is_accounted_for_and_twice_makes_no_difference():
    lines = (Path(SHARED) / "visas_cnc_echantillon.csv").read_text(encoding="utf-8").splitlines()
    catalogue = Catalogue()
    first, again = catalogue.take(Kind.CNC_VISAS, lines), catalogue.take(Kind.CNC_VISAS, lines)
    assert Counter(outcome.result for outcome in first) == {Result.REGISTERED: 100}
    assert Counter(outcome.result for outcome in again) == {Result.UNCHANGED: 100}
    remarks = Counter(remark for outcome in first for remark, _ in outcome.remarks)
    assert Remark.UNKNOWN_COUNTRY not in remarks
    assert remarks[Remark.HISTORICAL_CLASS] == 8
    assert remarks[Remark.NO_DIRECTOR] == 10
    years = [film.visas[0].year for film in catalogue.films.values()]
    assert (len(years), min(filter(None, years)), max(filter(None, years))) == (100, 1945, 2006)

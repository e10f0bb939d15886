"""What becomes of the lines of a file."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from catalogue.domain.film import Film, InvalidFilm
from catalogue.domain.formats import FORMATS
from catalogue.domain.imports import Entry, Outcome, Result, called, decide
from catalogue.domain.lines import Kind, Remark, UnknownColumn, UnreadableCell
from catalogue.domain.provenance import Difference
from common.contracts.catalogue import FilmVersion, Genre, Identifier, IdentifierScheme, Visa
from tests.unit.catalogue.films import FILE, NOON, a_film

SHARED = Path(__file__).parents[4] / "shared/data/films"

CNC_HEADER = (
    "visa,titre,realisateurs,producteurs,annee_agrement,genre_source,genre,devis_euros,initiative_francaise,"
    "rang_film,nationalite"
)
LINDA = (
    "128083,Linda veut du poulet,LAUDENBACH Sebastien / MALTA Maria Chiara,DOLCE VITA,2022,animation,animation,"
    "2685708,OUI,2 / 2,Fr-80 / It-20"
)
NIGHT = "155827,Nuit du 12 (La),MOLL Dominik,HAUT ET COURT,2021,fiction,fiction,4122072,OUI,3,Fr-90 / Be-10"
ZONE = "155827,Zone (La),DKHILI Lassaad,X,2022,fiction,fiction,433077,NON,1,Tunisie-68 / Fr-19 / All-14"
OURS_HEADER = "title,directors,year,duration_minutes,visas"


class Catalogue:
    """Films by what they are called, and what a file makes of them."""

    def __init__(self, films: Iterable[Film] = ()) -> None:
        self.films = {film.id: film for film in films}

    def take(self, kind: Kind, lines: Sequence[str]) -> list[Outcome]:
        header, *rows = csv.reader(lines)
        sheet, met, outcomes = FORMATS[kind].opened(header), set[UUID](), list[Outcome]()
        calls: dict[tuple[str, str], set[UUID]] = defaultdict(set)
        for film in self.films.values():
            for call in called(film):
                calls[call].add(film.id)
        for number, cells in enumerate(rows, 2):
            entry = Entry.make(sheet.read(number, cells), UUID(int=len(self.films) + 100), source=FILE, at=NOON)
            like = {id_ for call in called(entry.film) for id_ in calls.get(call, ())}
            outcomes.append(decide(entry, [self.films[id_] for id_ in sorted(like)], met, at=NOON))
            if entered := outcomes[-1].film:
                self.films[entered.id] = entered
                met.add(entered.id)
                for call in called(entered):
                    calls[call].add(entered.id)
        return outcomes


def cnc(*lines: str, knowing: Iterable[Film] = ()) -> list[Outcome]:
    return Catalogue(knowing).take(Kind.CNC_AGREES, [CNC_HEADER, *lines])


def ours(*lines: str, header: str = OURS_HEADER, knowing: Iterable[Film] = ()) -> list[Outcome]:
    return Catalogue(knowing).take(Kind.OURS, [header, *lines])


def test_the_cnc_names_are_put_in_their_natural_order():
    [outcome] = cnc(LINDA)
    assert outcome.film
    said = outcome.film.description
    assert (outcome.result, said.title, said.directors) == (
        Result.REGISTERED,
        "Linda veut du poulet",
        ("Sebastien Laudenbach", "Maria Chiara Malta"),
    )
    assert (said.year, said.genre, said.countries, said.duration_minutes) == (2022, Genre.ANIMATION, ("FR", "IT"), None)
    assert outcome.film.visas == (Visa(number="128083"),)


@pytest.mark.parametrize(
    ("given", "natural"),
    [
        ("LE GUAY Philippe", "Philippe Le Guay"),
        ("GRANIER-DEFERRE Denys", "Denys Granier-Deferre"),
        ("LEIGH C.S.", "C.S. Leigh"),
        ("YAMEOGO S. Pierre", "S. Pierre Yameogo"),
        ("O'CONNOR Pat", "Pat O'Connor"),
        ("AUREL", "Aurel"),
    ],
)
def test_directors_are_called_as_people_are(given: str, natural: str):
    [outcome] = cnc(LINDA.replace("LAUDENBACH Sebastien / MALTA Maria Chiara", given))
    assert outcome.film
    assert outcome.film.description.directors == (natural,)


def test_what_was_put_right_is_remarked():
    [outcome] = cnc("098363,Brigade (La) (ex : French dream),,X,2021,fiction,fiction,1,OUI,1,Fr-62 /TurquieE-38")
    assert outcome.film
    assert outcome.film.description.title == "La Brigade"
    assert outcome.film.description.other_titles == ("French dream",)
    assert {remark for remark, _ in outcome.remarks} == {
        Remark.ARTICLE_MOVED,
        Remark.FORMER_TITLE,
        Remark.LEADING_ZEROS,
        Remark.NO_DIRECTOR,
        Remark.NATIONALITY_MENDED,
        Remark.UNKNOWN_COUNTRY,
    }


def test_one_visa_for_two_works_is_a_conflict_and_left_to_people():
    night, zone = cnc(NIGHT, ZONE)
    assert (night.result, zone.result, zone.film, zone.facts) == (Result.REGISTERED, Result.CONFLICT, None, ())
    assert zone.reason == "visa 155827 already names La Nuit du 12 (Dominik Moll)"


def test_one_visa_twice_for_one_work_is_a_repetition():
    _, again = cnc(NIGHT, NIGHT.replace("2021", "2023"))
    assert (again.result, again.facts) == (Result.REPEATED, ())


def test_the_cnc_completes_what_is_known_and_overrules_nothing():
    known = a_film(
        Visa(number="128083", issued_on=date(2023, 10, 10)),
        title="Linda veut du poulet !",
        year=2023,
        countries=("FR",),
    )
    [outcome] = cnc(LINDA, knowing=[known])
    assert outcome.film
    said = outcome.film.description
    assert (outcome.result, outcome.film.id, said.title, said.year) == (
        Result.CHANGED,
        known.id,
        "Linda veut du poulet !",
        2023,
    )
    assert (said.genre, outcome.film.visas) == (Genre.ANIMATION, known.visas)
    assert [told for remark, told in outcome.remarks if remark is Remark.DIFFERS] == [
        "year: 2023 is kept, not 2022",
        "countries: FR is kept, not FR, IT",
    ]
    assert outcome.differs == (
        Difference(field="year", kept=2023, said=2022),
        Difference(field="countries", kept=("FR",), said=("FR", "IT")),
    )


def test_a_film_without_visa_is_known_by_title_director_and_year():
    known = a_film(title="Linda veut du poulet !", directors=("Chiara Malta", "Sébastien Laudenbach"), year=2023)
    [outcome] = cnc(LINDA, knowing=[known])
    assert outcome.film
    assert (outcome.film.id, outcome.film.visas, outcome.film.version) == (known.id, (Visa(number="128083"),), 3)
    assert [type(fact).__name__ for fact in outcome.facts] == ["FilmChanged", "FilmVisaChanged"]


@pytest.mark.parametrize(
    "namesake",
    [
        a_film(Visa(number="5"), title="Linda veut du poulet"),
        a_film(title="Linda veut du poulet", directors=("Chantal Akerman",)),
        a_film(title="Linda veut du poulet", year=1990),
        a_film(title="Linda veut du poulet", duration_minutes=12),
    ],
)
def test_a_namesake_is_another_film(namesake: Film):
    [outcome] = cnc(LINDA, knowing=[namesake])
    assert outcome.result is Result.REGISTERED


def test_two_namesakes_are_a_conflict():
    [outcome] = ours("Le Tableau,,,,", knowing=[a_film(id_=UUID(int=1)), a_film(id_=UUID(int=2))])
    assert outcome.result is Result.CONFLICT


def test_our_own_file_says_everything():
    header = (
        "title,original_title,other_titles,directors,year,released_on,countries,genre,duration_minutes,versions,"
        "classification,warning,visas,isan,eidr,imdb,wikidata"
    )
    [outcome] = ours(
        "Linda veut du poulet !,,Linda|Poulet,Chiara Malta|Sébastien Laudenbach,2023,2023-10-18,FR|IT,animation,76,"
        "vo|ad,all,,128083@2023-10-10|130000,,,tt14914430,Q117317234",
        header=header,
    )
    assert outcome.film
    said = outcome.film.description
    assert outcome.film.visas == (Visa(number="128083", issued_on=date(2023, 10, 10)), Visa(number="130000"))
    assert (said.other_titles, said.versions, said.released_on) == (
        ("Linda", "Poulet"),
        (FilmVersion.VO, FilmVersion.AD),
        date(2023, 10, 18),
    )
    assert said.identifiers == (
        Identifier(scheme=IdentifierScheme.IMDB, value="tt14914430"),
        Identifier(scheme=IdentifierScheme.WIKIDATA, value="Q117317234"),
    )


def test_our_own_file_decides_and_an_empty_cell_says_nothing():
    known = a_film(Visa(number="5"), title="Le Tableo", directors=("Laguionie",), year=2010, duration_minutes=76)
    [outcome] = ours("Tableau (Le),Jean-François Laguionie,2011,,5@2011-11-02", knowing=[known])
    assert outcome.film
    said = outcome.film.description
    assert (said.title, said.year, said.duration_minutes) == ("Le Tableau", 2011, 76)
    assert outcome.film.visas == (Visa(number="5", issued_on=date(2011, 11, 2)),)


def test_an_identifier_of_one_scheme_says_nothing_of_another():
    """An empty cell says nothing: whoever corrects the IMDb number of a film does not take its ISAN from it."""
    isan, wrong, right = ("0000-0001-8947-0000-8-0000-0000-D", "tt0000001", "tt14914430")
    identifiers = (
        Identifier(scheme=IdentifierScheme.ISAN, value=isan),
        Identifier(scheme=IdentifierScheme.IMDB, value=wrong),
    )
    known = a_film(Visa(number="5"), identifiers=identifiers)
    [corrected] = ours(f"Le Tableau,5,{right}", header="title,visas,imdb", knowing=[known])
    assert corrected.film
    assert {one.scheme: one.value for one in corrected.film.description.identifiers} == {
        IdentifierScheme.ISAN: known.description.identifiers[0].value,
        IdentifierScheme.IMDB: right,
    }
    [again] = ours(f"Le Tableau,5,{right}", header="title,visas,imdb", knowing=[corrected.film])
    assert again.result is Result.UNCHANGED


@pytest.mark.parametrize(
    ("header", "number"),
    [("isan", "0000-0001-8947-0000"), ("eidr", "10.5240/7791-8534-2C23-9030-8610")],
)
def test_a_number_without_its_check_characters_refuses_its_line(header: str, number: str):
    with pytest.raises(InvalidFilm) as refused:
        ours(f"Le Tableau,{number}", header=f"title,{header}")
    (error,) = refused.value.errors
    assert (error.pointer, error.code) == ("/identifiers/0/value", "check-characters-missing")


def test_a_line_that_differs_on_a_visa_is_told_as_it_stands():
    known = a_film(Visa(number="128083", issued_on=date(2023, 10, 10)), title="Linda veut du poulet !")
    visa = Visa(number="128083", year=2022)
    lines = ["titre,realisation,annee_visa,nationalite,visa,decision", "Linda veut du poulet,X,2022,,128083,"]
    [outcome] = Catalogue([known]).take(Kind.CNC_VISAS, lines)
    assert outcome.differs == (Difference(field="visas/128083", kept=known.visas[0], said=visa),)
    assert (Remark.DIFFERS, "visas/128083: 2023-10-10 ordinary is kept, not 2022 ordinary") in outcome.remarks


def test_an_empty_film_is_one():
    """Five rows of a real list are programmes without director, country or duration."""
    [outcome] = ours("Programme de courts métrages,,,,")
    assert outcome.result is Result.REGISTERED


@pytest.mark.parametrize(
    "line",
    ["Un,A,two,76,5", "Un,A,2011,76,5@yesterday", "Un,A,2011,76", "Un,A,2011,76,5,6"],
)
def test_a_cell_that_cannot_be_read_is_named(line: str):
    with pytest.raises(UnreadableCell):
        ours(line)


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("T" * 2_001, "title: more than 2000 characters"),
        ("T\0", "title: a NUL character"),
        ("Am\udce9lie", "title: not UTF-8"),
    ],
)
def test_a_cell_that_no_film_can_hold_is_named(cell: str, why: str):
    with pytest.raises(UnreadableCell, match=why):
        ours(f"{cell},A,2011,76,5")


@pytest.mark.parametrize(
    ("line", "pointer"), [("T" * 501 + ",A,2011,76,5", "/title"), ("T,B|" + "A" * 201 + ",2011,76,5", "/directors")]
)
def test_what_a_film_is_found_by_is_no_longer_in_a_file_than_through_the_api(line: str, pointer: str):
    with pytest.raises(InvalidFilm) as refused:
        ours(line)
    assert [(one.pointer, one.code) for one in refused.value.errors] == [(pointer, "too-long")]
    ours(line.replace("TT", "T", 1).replace("AA", "A", 1))


def test_a_film_has_no_more_countries_than_an_index_holds():
    ours("T,FR" + "|FR" * 49, header="title,countries")
    with pytest.raises(InvalidFilm) as refused:
        ours("T,FR" + "|FR" * 50, header="title,countries")
    assert [(one.pointer, one.code) for one in refused.value.errors] == [("/countries", "too-many")]


@pytest.mark.parametrize("header", ["titel,year", "year", "title,title", ""])
def test_a_file_with_other_columns_is_refused_whole(header: str):
    with pytest.raises(UnknownColumn):
        FORMATS[Kind.OURS].opened(header.split(","))


@pytest.mark.skipif(not SHARED.exists(), reason="the shared reference data is not beside this checkout")
def test_the_whole_list_of_approved_films_is_accounted_for_and_twice_makes_no_difference():
    lines = (SHARED / "films_agrees_cnc.csv").read_text(encoding="utf-8").splitlines()
    catalogue = Catalogue()
    first = catalogue.take(Kind.CNC_AGREES, lines)
    assert Counter(outcome.result for outcome in first) == {
        Result.REGISTERED: 5613,
        Result.REPEATED: 2,
        Result.CONFLICT: 1,
    }
    assert [outcome.number for outcome in first if outcome.result is Result.REPEATED] == [2850, 2952]
    assert [outcome.number for outcome in first if outcome.result is Result.CONFLICT] == [4717]
    again = catalogue.take(Kind.CNC_AGREES, lines)
    assert Counter(outcome.result for outcome in again) == {
        Result.UNCHANGED: 5613,
        Result.REPEATED: 2,
        Result.CONFLICT: 1,
    }
    assert [outcome.remarks for outcome in first] == [outcome.remarks for outcome in again]

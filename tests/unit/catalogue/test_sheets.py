"""How a distributor's rights sheet is read, and what becomes of its rows."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from catalogue.domain import titles
from catalogue.domain.imports import Result
from catalogue.domain.lines import UnknownColumn, UnreadableCell
from catalogue.domain.offering import Met, NamedFilm, Offering, RowOutcome, decide
from catalogue.domain.rights import InvalidRightsOffer, NewRightsOffer, RightsOffer
from catalogue.domain.sheets import HEADINGS, Broken, SheetLine, Table, Value
from common.contracts.catalogue import Cancellation, FilmVersion, RightsTerritory, RightsUse
from tests.unit.catalogue.films import NOON

HEAD = (
    *("N° de visa", "Titre du film", "Année", "Droits", "Territoires", "Versions", "Du", "Jusqu'au"),
    *("Prix HT (€)", "T.V.A.", "Jauge max.", "Annulation sans frais (jours)", "Retenue (%)", "Conditions d'annulation"),
)
ROW: dict[str, Value] = {
    "N° de visa": 128083,
    "Titre du film": "Linda veut du poulet !",
    "Année": 2023,
    "Droits": "Plein air / non commercial",
    "Territoires": "Métropole",
    "Versions": "VF, AD",
    "Du": datetime.fromisoformat("2025-06-01T00:00"),
    "Jusqu'au": "30/09/2025",
    "Prix HT (€)": "1\u202f200,50 €",
    "T.V.A.": "5,5 %",
    "Jauge max.": 300.0,
    "Annulation sans frais (jours)": 15,
    "Retenue (%)": "50 %",
    "Conditions d'annulation": "Par  écrit",
}
HOLDER = UUID(int=2)
LINDA = NamedFilm(
    id=UUID(int=1),
    title="Linda veut du poulet !",
    year=2023,
    calls=frozenset({("visa", "128083"), ("title", "linda veut du poulet")}),
)


def a_table(*head: str) -> Table:
    table = Table.headed(head or HEAD)
    assert table is not None
    return table


def read(changed: Mapping[str, Value] | None = None, number: int = 2) -> SheetLine:
    """Read the row, with some of its cells changed."""
    row = {**ROW, **(changed or {})}
    return a_table().read(number, [row[heading] for heading in HEAD])


# ------------------------------------------------------------------------------------------------------ the head


def test_a_row_that_names_its_columns_is_the_head_of_the_table():
    assert Table.headed(["Catalogue 2025 de la maison", None, None]) is None
    assert Table.headed(["Visa", "Droits", "Territoires", "Versions", "Du"]) is None
    assert Table.headed(["Titre", "Droits", "Territoires", "Versions", "Du", "Au"]) is None
    assert a_table("ISAN", "Droits", "Territoire", "Version", "Début", "Fin").columns[0] == "isan"
    assert a_table("Titre", "Année", "Usages", "Territoires", "Versions", "À partir du", "Échéance").unread == ()


def test_what_is_not_understood_of_a_head_is_told():
    assert a_table(*HEAD, "Réalisateur", "  ", "Prix   TTC").unread == ("Réalisateur", "Prix TTC")


def test_a_head_that_says_the_same_twice_is_refused():
    with pytest.raises(UnknownColumn):
        Table.headed([*HEAD, "Fin des droits"])


# ------------------------------------------------------------------------------------------------------ the cells


def test_a_row_is_read_as_people_write_it():
    line = read()
    assert (line.film.names, line.film.title, line.film.year) == (
        (("visa", "128083"),),
        "Linda veut du poulet !",
        2023,
    )
    terms = line.terms
    assert (terms.uses, terms.territories, terms.versions) == (
        (RightsUse.OPEN_AIR, RightsUse.NON_COMMERCIAL_INDOOR),
        (RightsTerritory.METROPOLITAN,),
        (FilmVersion.VF, FilmVersion.AD),
    )
    assert (terms.starts_on, terms.ends_on) == (date(2025, 6, 1), date(2025, 9, 30))
    assert (terms.price_cents, terms.tax_basis_points, terms.audience_max) == (120_050, 550, 300)
    assert terms.cancellation == Cancellation(free_until_days=15, due_percent=50, terms="Par écrit")


def test_a_film_is_named_by_a_number_that_is_whole():
    """Without its check characters nobody can tell whether an ISAN was copied right."""
    table = a_table("ISAN", *HEAD[3:8])
    cells = [ROW[heading] for heading in HEAD[3:8]]
    assert table.read(2, ["0000-0000-D07A-0090-Q", *cells]).film.names == (("isan", "0000-0000-D07A-0090-Q"),)
    with pytest.raises(UnreadableCell, match=r"^isan: '0000-0000-D07A-0090': This ISAN lacks check characters"):
        table.read(2, ["0000-0000-D07A-0090", *cells])


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (date(2024, 2, 29), date(2024, 2, 29)),
        (datetime.fromisoformat("2024-02-29T12:30"), date(2024, 2, 29)),
        ("29/02/2024", date(2024, 2, 29)),
        (" 1/7/2025 ", date(2025, 7, 1)),
        ("2025-07-01", date(2025, 7, 1)),
    ],
)
def test_a_day_is_one_whether_it_is_a_day_or_a_text(value: Value, day: date):
    assert read({"Du": value, "Jusqu'au": date(2026, 1, 1)}).terms.starts_on == day


@pytest.mark.parametrize("value", ["29/02/2025", "31/04/2025", "1/7/25", "07-2025", "été 2025", 45839, 1.5, True])
def test_what_may_be_another_day_is_none(value: Value):
    with pytest.raises(UnreadableCell, match=r"^du: "):
        read({"Du": value})


@pytest.mark.parametrize(
    ("value", "cents"),
    [
        (120, 12_000),
        (120.5, 12_050),
        (105.49999999999999, 10_550),
        ("99", 9_900),
        ("120,5", 12_050),
        ("1 200,00", 120_000),
        ("1\u00a0200,00\u00a0€ HT", 120_000),
        ("90 EUR", 9_000),
        (0, 0),
        (None, None),
        ("  ", None),
    ],
)
def test_a_price_is_one_however_it_is_written(value: Value, cents: int | None):
    assert read({"Prix HT (€)": value}).terms.price_cents == cents


@pytest.mark.parametrize(
    "value", [-1, "-2", "1.200,00", "1.200", "1,000 €", "120,505", 0.001, "sur demande", 1e12, 1e400, True, "1 à 2"]
)
def test_what_may_be_another_price_is_none(value: Value):
    with pytest.raises(UnreadableCell, match=r"^prix ht: "):
        read({"Prix HT (€)": value})


@pytest.mark.parametrize(
    ("value", "points"), [(5.5, 550), ("5,5", 550), ("5.5 %", 550), (20, 2_000), ("0,2 %", 20), (0, 0), (2.1, 210)]
)
def test_a_rate_is_a_percentage(value: Value, points: int):
    assert read({"T.V.A.": value}).terms.tax_basis_points == points


@pytest.mark.parametrize("value", [0.055, 0.2, "0,2", "5,555 %", "réduit", -5])
def test_a_fraction_without_its_sign_may_be_either_and_is_refused(value: Value):
    with pytest.raises(UnreadableCell, match=r"^tva: "):
        read({"T.V.A.": value})


def test_a_rate_over_all_of_it_does_not_hold():
    with pytest.raises(InvalidRightsOffer):
        read({"T.V.A.": "101 %"})


@pytest.mark.parametrize(
    ("said", "understood"),
    [
        ("France entière", tuple(RightsTerritory)),
        ("Métropole\nLa Réunion", (RightsTerritory.METROPOLITAN, RightsTerritory.REUNION)),
        ("DROM", tuple(RightsTerritory)[1:]),
        (974, (RightsTerritory.REUNION,)),
        ("971, 971 ; Guadeloupe", (RightsTerritory.GUADELOUPE,)),
    ],
)
def test_territories_are_named_as_people_do(said: Value, understood: tuple[RightsTerritory, ...]):
    assert read({"Territoires": said}).terms.territories == understood


@pytest.mark.parametrize(
    ("heading", "said", "reason"),
    [
        ("Territoires", "Métropole, Suisse", "territoires: suisse"),
        ("Droits", "télévision", "droits: television"),
        ("Versions", "VF, VI", "versions: vi"),
        ("Versions", None, "versions: the cell is empty"),
        ("Du", Broken("the error #N/A"), "du: the error #N/A"),
        ("N° de visa", "12a", "visa: '12a'"),
        ("Jauge max.", 12.5, "jauge: '12.5'"),
        ("Retenue (%)", None, "annulation: both the days and the share that is due are said, or neither"),
        ("Retenue (%)", "33,3 %", "annulation retenue: 33.3 % is no whole number"),
    ],
)
def test_a_cell_that_cannot_be_understood_is_named(heading: str, said: Value, reason: str):
    with pytest.raises(UnreadableCell) as refused:
        read({heading: said})
    assert str(refused.value) == reason


def test_a_broken_cell_that_nobody_reads_is_left_alone():
    table = a_table(*HEAD, "Réalisateur")
    assert table.read(2, [*ROW.values(), Broken("the error #REF!")]).film.title == "Linda veut du poulet !"


def test_a_row_shorter_than_its_head_says_nothing_of_the_rest():
    line = a_table().read(2, list(ROW.values())[:8])
    assert (line.terms.price_cents, line.terms.cancellation, line.named) == (None, None, frozenset())


def test_a_film_is_called_by_its_numbers_else_by_title_and_year():
    assert read({"N° de visa": None}).film.calls == (("title", "linda veut du poulet"),)
    assert read({"N° de visa": "128 083"}).film.calls == (("visa", "128083"),)
    with pytest.raises(UnreadableCell):
        read({"N° de visa": None, "Année": None})


def test_an_identifier_is_checked_by_its_digits():
    table = a_table("EIDR", "Droits", "Territoires", "Versions", "Du", "Au")
    row: list[Value] = [
        "10.5240/7791-8534-2C23-9030-8610-5",
        "plein air",
        "métropole",
        "VF",
        "01/06/2025",
        "01/06/2025",
    ]
    assert table.read(2, row).film.calls == (("eidr", "10.5240/7791-8534-2C23-9030-8610-5"),)
    with pytest.raises(UnreadableCell):
        table.read(2, ["10.5240/7791-8534-2C23-9030-8610-6", *row[1:]])


# ------------------------------------------------------------------------------------------------- what becomes of it


def an_offer(line: SheetLine, number: int = 50, **changed: Any) -> RightsOffer:
    new = NewRightsOffer(film_id=LINDA.id, holder_id=HOLDER, terms=replace(line.terms, **changed))
    offer, _ = RightsOffer.offer(UUID(int=number), new, at=NOON)
    return offer


def taking(*lines: SheetLine, films: tuple[NamedFilm, ...] = (LINDA,), offers: tuple[RightsOffer, ...] = ()):
    offering, met = Offering(holder_id=HOLDER, films=films, offers=offers, at=NOON), Met()
    return [decide(line, offering, met, UUID(int=100 + line.number)) for line in lines]


def summed(outcomes: list[RowOutcome]) -> list[Result]:
    return [outcome.result for outcome in outcomes]


def test_a_row_makes_an_offer_of_its_holder_on_its_film():
    [outcome] = taking(read())
    assert outcome.offer
    assert (outcome.result, outcome.offer.film_id, outcome.offer.holder_id) == (Result.REGISTERED, LINDA.id, HOLDER)
    assert outcome.offer.terms == read().terms


def test_the_same_offer_is_known_again_in_whatever_order_it_is_written():
    known = an_offer(read(), uses=(RightsUse.NON_COMMERCIAL_INDOOR, RightsUse.OPEN_AIR))
    [outcome] = taking(read(), offers=(known,))
    assert (outcome.result, outcome.offer, outcome.fact) == (Result.UNCHANGED, None, None)


def test_a_row_changes_what_it_says_of_an_offer_and_an_empty_cell_says_nothing():
    known = an_offer(read(), price_cents=1, audience_max=80, negotiated_nationally=True)
    [outcome] = taking(read({"Jauge max.": None}), offers=(known,))
    assert outcome.offer
    assert (outcome.result, outcome.offer.id, outcome.offer.version) == (Result.CHANGED, known.id, 2)
    terms = outcome.offer.terms
    assert (terms.price_cents, terms.audience_max, terms.negotiated_nationally) == (120_050, 80, True)


@pytest.mark.parametrize(
    "changed",
    [
        {"Droits": "plein air"},
        {"Territoires": "DROM"},
        {"Versions": "VF"},
        {"Du": "02/06/2025"},
        {"Jusqu'au": "01/10/2025"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_what_covers_something_else_is_another_offer(changed: dict[str, Value]):
    assert summed(taking(read(changed), offers=(an_offer(read()),))) == [Result.REGISTERED]


def test_a_row_said_before_is_a_repetition_or_a_conflict():
    outcomes = taking(read(number=2), read(number=3), read({"Prix HT (€)": 99}, number=4))
    assert summed(outcomes) == [Result.REGISTERED, Result.REPEATED, Result.CONFLICT]
    assert [outcome.reason for outcome in outcomes[1:]] == [
        "line 2 says the same",
        "line 2 offers the same on other terms",
    ]


def test_two_offers_of_the_same_are_left_to_people():
    assert summed(taking(read(), offers=(an_offer(read()), an_offer(read(), 51)))) == [Result.CONFLICT]


def test_a_film_that_is_not_known_is_told_and_no_other_taken_for_it():
    [outcome] = taking(read(), films=())
    assert (outcome.result, outcome.title, outcome.reason) == (
        Result.REFUSED,
        "visa 128083 Linda veut du poulet ! (2023)",
        "the catalogue has no such film",
    )
    assert summed(taking(read({"N° de visa": None, "Année": 2022}))) == [Result.REFUSED]
    assert summed(taking(read({"N° de visa": None}))) == [Result.REGISTERED]


def test_a_title_that_contradicts_its_number_is_left_to_people():
    assert summed(taking(read({"Titre du film": "La Nuit du 12"}))) == [Result.CONFLICT]
    assert summed(taking(read({"Titre du film": None}))) == [Result.REGISTERED]


def test_two_films_of_one_title_and_year_are_left_to_people():
    twin = replace(LINDA, id=UUID(int=9))
    assert summed(taking(read({"N° de visa": None}), films=(LINDA, twin))) == [Result.CONFLICT]


# ------------------------------------------------------------------------------------------------- what its page says

PAGE = Path(__file__).resolve().parents[3] / "docs/how-to/import-a-rights-sheet.md"


def test_every_column_that_is_read_is_on_its_page():
    listed = PAGE.read_text(encoding="utf-8").partition("## The columns")[2].partition("## The account")[0]
    told = {" ".join(titles.words(name)) for name in re.findall(r"`([^`]+)`", listed)}
    assert set(HEADINGS) <= told

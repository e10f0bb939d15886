"""Forms and check digits."""

import pytest

from catalogue.domain import countries
from catalogue.domain.identifiers import canonical, mistake, visa_number
from common.contracts.catalogue import Identifier, IdentifierScheme

ISAN, EIDR, IMDB, WIKIDATA = IdentifierScheme


@pytest.mark.parametrize(
    ("scheme", "given", "kept"),
    [
        (ISAN, "0000-0000-D07A-0090-Q-0000-0000-X", "0000-0000-D07A-0090-Q-0000-0000-X"),
        (ISAN, "00000000d07a0090q00000000x", "0000-0000-D07A-0090-Q-0000-0000-X"),
        (ISAN, "0000-0000-D07A-0090-Q", "0000-0000-D07A-0090-Q"),
        (EIDR, "10.5240/7791-8534-2C23-9030-8610-5", "10.5240/7791-8534-2C23-9030-8610-5"),
        (EIDR, "10.5240/7791-8534-2c23-9030-8610-5", "10.5240/7791-8534-2C23-9030-8610-5"),
        (IMDB, " tt0053198 ", "tt0053198"),
        (IMDB, "TT14914430", "tt14914430"),
        (WIKIDATA, "q223570", "Q223570"),
    ],
)
def test_identifiers_are_kept_one_way(scheme: IdentifierScheme, given: str, kept: str):
    assert canonical(Identifier(scheme=scheme, value=given)) == Identifier(scheme=scheme, value=kept)
    assert mistake(Identifier(scheme=scheme, value=given)) is None


@pytest.mark.parametrize(
    ("scheme", "given"),
    [
        (ISAN, "0000-0000-D07A-0090-A-0000-0000-X"),
        (ISAN, "0000-0000-D07A-0090-Q-0000-0000-Y"),
        (ISAN, "not an ISAN"),
        (EIDR, "10.5240/7791-8534-2C23-9030-8610-6"),
        (EIDR, "10.5241/7791-8534-2C23-9030-8610-5"),
        (EIDR, "7791-8534-2C23-9030-8610-5"),
        (IMDB, "nm0000419"),
        (IMDB, "tt53198"),
        (WIKIDATA, "Q0"),
        (WIKIDATA, "223570"),
    ],
)
def test_what_is_none_is_refused(scheme: IdentifierScheme, given: str):
    assert canonical(Identifier(scheme=scheme, value=given)) is None
    assert code(scheme, given) == "invalid-identifier"


@pytest.mark.parametrize(
    ("scheme", "given"),
    [
        (ISAN, "0000-0000-D07A-0090"),
        (ISAN, "0000-0000-D07A-0090-0000-0000"),
        (ISAN, "0000-0000-D07A-0090-0000-0000-X"),
        (ISAN, "0000-0000-D07A-0090-Q-0000-0000"),
        (ISAN, " 00000000d07a0090 "),
        (EIDR, "10.5240/7791-8534-2C23-9030-8610"),
    ],
)
def test_what_lacks_its_check_characters_is_refused_and_none_are_made_up(scheme: IdentifierScheme, given: str):
    assert canonical(Identifier(scheme=scheme, value=given)) is None
    assert code(scheme, given) == "check-characters-missing"


@pytest.mark.parametrize(
    ("scheme", "given"),
    [
        (ISAN, "0000-0000-D07A-009"),
        (ISAN, "0000-0000-D07A-0090-Q-0000"),
        (ISAN, "0000-0000-D07A-009G"),
        (EIDR, "10.5240/7791-8534-2C23-9030"),
    ],
)
def test_what_lacks_more_than_that_is_no_identifier(scheme: IdentifierScheme, given: str):
    assert canonical(Identifier(scheme=scheme, value=given)) is None
    assert code(scheme, given) == "invalid-identifier"


def code(scheme: IdentifierScheme, given: str) -> str:
    wrong = mistake(Identifier(scheme=scheme, value=given))
    assert wrong
    assert wrong.message != wrong.libelle
    return wrong.code


@pytest.mark.parametrize(("given", "kept"), [("128083", "128083"), ("098363", "98363"), (" 5 ", "5"), ("0000001", "1")])
def test_visas_lose_their_leading_zeros(given: str, kept: str):
    assert visa_number(given) == kept


@pytest.mark.parametrize("given", ["", "0", "000000", "1234567", "12 3", "1.5", "١٢٣"])
def test_other_texts_are_no_visas(given: str):
    assert visa_number(given) is None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("FRANCE", "FR"),
        ("Fr", "FR"),
        ("Rép. tch.", "CZ"),
        ("Côte d'Ivoire", "CI"),
        ("R-U", "GB"),
        ("République de Corée du Sud", "KR"),
        ("Taïwan", "TW"),
        ("TurquieE", None),
        ("", None),
    ],
)
def test_countries_are_known_by_the_names_the_cnc_gives_them(name: str, code: str | None):
    assert countries.named(name) == code


def test_every_named_country_has_a_code_that_exists():
    assert all(countries.known(code) for code in countries._CODES.values())
    assert not countries.known("UK")

"""The makers of the territory set: what they read from a package, and how they write history down."""

import lzma
from collections.abc import Mapping
from datetime import date

from territories.generate import codes, encode, rows
from territories.packages import Package, Release

RELEASE = Release(vintage=2025, version="5.3.0", published_on=date(2026, 1, 19))
SAINT_DENIS = {
    "code": "93066",
    "nom": "Saint-Denis",
    "departement": "93",
    "type": "commune-actuelle",
    "population": 149077,
    "siren": "929939411",
    "anciensCodes": ["75059", "93059"],
}


def a_part(code: str, *, parent: str = "93066") -> dict[str, str]:
    return {"code": code, "nom": f"part {code}", "departement": "93", "type": "commune-deleguee", "chefLieu": parent}


def a_package(*municipalities: Mapping[str, object]) -> Package:
    return Package(
        release=RELEASE,
        municipalities=municipalities,
        departments=({"code": "93", "nom": "Seine-Saint-Denis", "zone": "metro", "region": "11"},),
        regions=({"code": "11", "nom": "Île-de-France", "zone": "metro"},),
        intermunicipalities=(
            {"code": "200054781", "nom": "Grand Paris", "type": "METRO", "membres": [{"code": "93066"}]},
        ),
        territorial_bodies=(
            {"code": "200057867", "nom": "Plaine Commune", "type": "EPT", "membres": [{"code": "93066"}]},
        ),
    )


def test_r30_a_part_that_was_a_whole_municipality_before_names_its_successor():
    written = list(rows(a_package(SAINT_DENIS, a_part("93059")), frozenset({"93059"})))
    assert ("delegated", "93059", "part 93059", "93", "93066", "93066", "", "", "", "") in written


def test_r31_a_part_that_was_one_in_every_vintage_is_only_a_part():
    written = list(rows(a_package(SAINT_DENIS, a_part("93059")), frozenset()))
    assert ("delegated", "93059", "part 93059", "93", "93066", "", "", "", "", "") in written


def test_a_part_with_the_code_of_its_municipality_was_never_superseded():
    written = list(rows(a_package(SAINT_DENIS, a_part("93066")), frozenset({"93066"})))
    assert ("delegated", "93066", "part 93066", "93", "93066", "", "", "", "", "") in written


def test_a_former_code_that_names_nothing_any_more_is_kept_with_its_successor():
    written = list(rows(a_package(SAINT_DENIS, a_part("93059")), frozenset()))
    assert ("ceased", "75059", "", "93", "", "93066", "", "", "", "") in written
    assert [row for row in written if row[:2] == ("ceased", "93059")] == []


def test_a_municipality_carries_its_intermunicipality_and_its_territorial_body():
    package = a_package(SAINT_DENIS)
    assert codes(package) == {"93066"}
    whole = ("municipality", "93066", "Saint-Denis", "93", "", "", "200054781", "200057867", "149077", "929939411")
    assert whole in list(rows(package, frozenset()))


def test_the_same_package_gives_the_same_bytes_and_names_its_source_first():
    written = list(rows(a_package(SAINT_DENIS), frozenset()))
    assert encode(RELEASE, written) == encode(RELEASE, written)
    head = lzma.decompress(encode(RELEASE, written)).decode().splitlines()[0]
    assert all(word in head for word in ("Licence Ouverte", "5.3.0", "2026-01-19"))

"""What is counted by facet is what the list then shows: through the door, on films drawn at random."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from catalogue.domain.countries import known
from catalogue.domain.facets import VALUES_MAX
from catalogue.domain.film import COUNTRIES_MAX
from catalogue.domain.lines import Kind
from catalogue.domain.themes import VOCABULARY
from catalogue.jobs import imports
from catalogue.store import coordinations, facets, organisations
from catalogue.store.filters import Filters
from common import migrations
from common.contracts.catalogue import FilmVersion, RightsTerritory, RightsUse
from common.database import Database, uuid7
from common.tokens import SYSTEM
from tests.integration.catalogue.portal import Portal

SEED, FILMS, LISTS, OFFERS = 7, 60, 5, 40
JULY = date(2025, 7, 18)
RIGHTS = {"rights_on": str(JULY), "rights_in": "974", "rights_for": "open_air"}
WORDS = ("ballon", "ballons", "ballet", "rouge", "voyage", "lune", "école")

Params = Mapping[str, Any]

ASKED: tuple[Params, ...] = (
    {},
    {"kind": "short"},
    {"genre": "fiction", "country": "FR"},
    {"version": "vf", "theme": "exile", "duration_min": 61},
    {"classification": "u12", "year_min": 1990},
    {"year": 1995},
    {"list_scheme": "open_air"},
    {"list_scheme": "open_air", "list_year": 2024, "genre": "animation"},
    {"workshop_film": True, "kind": "short"},
    RIGHTS,
    {**RIGHTS, "country": "FR", "list_year": 2024},
    {"q": "ballon"},
    {"q": "balon rouge", "genre": "fiction", "country": "FR"},
    {"q": "ballon", **RIGHTS, "kind": "feature", "list_scheme": "open_air"},
    {"q": "xylophone"},
)


@pytest.fixture(scope="module", autouse=True)
async def films(portal: Portal, db: Database) -> None:
    """Have films of all kinds, some of them merged, on lists and offered."""
    rng = random.Random(SEED)  # noqa: S311 - to be the same again
    films = [(await portal.film(**a_film(rng))).json() for _ in range(FILMS)]
    plain = [film["id"] for film in films if film["workshop"] is None]
    await _list_some(portal, db, rng, plain)
    await _offer_some(portal, db, rng, plain)
    for duplicate, survivor in zip(plain[:3], plain[3:6], strict=True):
        merged = await portal.post(f"/v1/films/{duplicate}/merge", {"into": survivor}, match=1)
        assert merged.status_code == 200, merged.text


def a_film(rng: random.Random) -> dict[str, Any]:
    """Describe a film at random; of each thing, some films say nothing."""
    said: dict[str, Any] = {
        "title": " ".join(rng.sample(WORDS, 3)),
        "year": rng.choice((None, 1888, 1989, 1990, 1995, 1999, 2000, 2024, 2100)),
        "countries": rng.choice(([], ["FR"], ["FR", "BE"], ["JP"], ["FR", "FR"])),
        "genre": rng.choice((None, "fiction", "documentary", "animation")),
        "duration_minutes": rng.choice((None, 1, 15, 16, 60, 61, 90, 91, 121, 1440)),
        "versions": rng.choice(([], ["vf"], ["vo", "vostfr"], ["vf", "ad"])),
        "classification": rng.choice((None, "all", "u12")),
        "themes": rng.sample(("exile", "work", "city"), rng.randrange(4)),
        "visas": [] if rng.random() < 0.8 else [{"number": str(rng.randrange(1, 999_999)), "classification": "u12"}],
    }
    return said if rng.random() < 0.9 else {**said, "workshop": {}, "visas": []}


async def _list_some(portal: Portal, db: Database, rng: random.Random, films: list[str]) -> None:
    region = uuid4()
    async with db.transaction(SYSTEM) as tx:
        await coordinations.keep_coordinations(tx, [(region, 1, 1)])
    kinds = [
        (scheme, year, owner) for scheme in ("open_air", "dclv") for year in (2023, 2024) for owner in (None, region)
    ]
    for scheme, year, owner in rng.sample(kinds, LISTS):
        body = {"scheme": scheme, "year": year, "title": f"{scheme} {year}", "coordination_id": owner and str(owner)}
        listing = await portal.post("/v1/film-lists", body)
        path = listing.headers["location"]
        for film_id in {*films[:6], *rng.sample(films, 12)}:  # those that will be merged, and others
            listing = await portal.post(f"{path}/films", {"film_id": film_id}, match=listing)
            assert listing.status_code == 201, listing.text
        if rng.random() < 0.5:
            await portal.post(f"{path}/close", match=listing)


async def _offer_some(portal: Portal, db: Database, rng: random.Random, films: list[str]) -> None:
    holder = UUID(int=1)
    known = organisations.KnownOrganisation(id=holder, epoch=1, version=1, name="Gebeka", closed_on=None)
    async with db.transaction(SYSTEM) as tx:
        await organisations.keep_organisations(tx, [known])
    for _ in range(OFFERS):
        starts_on = JULY + timedelta(days=rng.randrange(-3, 2))
        body = {
            "film_id": rng.choice(films),
            "holder_id": str(holder),
            "uses": rng.sample(list(RightsUse), rng.randrange(1, 4)),
            "territories": rng.sample(list(RightsTerritory), rng.randrange(1, 4)),
            "versions": ["vf"],
            "starts_on": str(starts_on),
            "ends_on": str(starts_on + timedelta(days=rng.randrange(3))),
        }
        offer = await portal.post("/v1/rights-offers", body)
        assert offer.status_code == 201, offer.text
        if rng.random() < 0.2:
            await portal.post(f"{offer.headers['location']}/withdraw", match=offer)


async def counted(portal: Portal, asked: Params) -> dict[str, Any]:
    answer = await portal.get("/v1/films/facets", **asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def by_facet(portal: Portal, asked: Params) -> dict[str, list[dict[str, Any]]]:
    return {facet["facet"]: facet["values"] for facet in (await counted(portal, asked))["facets"]}


async def listed(portal: Portal, asked: Params) -> list[dict[str, Any]]:
    """Walk a list to the end of its pages."""
    films, after = list[dict[str, Any]](), dict[str, Any]()
    while True:
        answer = await portal.get("/v1/films", **asked, **after, limit=100)
        assert answer.status_code == 200, answer.text
        films += answer.json()["items"]
        if answer.json()["next"] is None:
            return films
        after = {"after": answer.json()["next"]}


def widened(asked: Params, facet: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if name not in facet["own_parameters"]}


@pytest.mark.parametrize("asked", ASKED, ids=str)
async def test_each_count_is_the_number_of_films_that_the_list_then_shows(portal: Portal, asked: Params):
    answer = await counted(portal, asked)
    assert answer["total"] == len(await listed(portal, asked))
    for facet in answer["facets"]:
        for value in facet["values"]:
            chosen = widened(asked, facet) | value["parameters"]
            assert value["count"] == len(await listed(portal, chosen)), (facet["facet"], value)
            assert value["count"] > 0
        assert facet["values"] == sorted(facet["values"], key=lambda one: (-one["count"], one["value"]))


DESCRIBED = ("kind", "genre", "version", "classification", "country", "theme")


@pytest.mark.parametrize("asked", ASKED, ids=str)
async def test_no_value_is_left_out(portal: Portal, asked: Params):
    """Beside a count of our own, by what each film of the list says."""
    for facet in (await counted(portal, asked))["facets"]:
        if facet["facet"] in DESCRIBED:
            films = await listed(portal, widened(asked, facet))
            expected = Counter(value for film in films for value in _said(film, facet["facet"]))
            assert {value["value"]: value["count"] for value in facet["values"]} == expected, facet["facet"]


def _said(film: Mapping[str, Any], facet: str) -> Iterator[str]:
    said = film.get({"version": "versions", "country": "countries", "theme": "themes"}.get(facet, facet))
    yield from set(said if isinstance(said, list) else [said]) - {None}


async def test_what_one_has_chosen_does_not_hide_what_else_one_could_choose(portal: Portal):
    free, chosen = await by_facet(portal, {}), await by_facet(portal, {"genre": "animation"})
    assert chosen["genre"] == free["genre"]
    assert len(free["genre"]) == 3
    assert sum(value["count"] for value in chosen["kind"]) < sum(value["count"] for value in free["kind"])


async def test_lists_are_called_by_their_titles_and_every_scheme_and_year_is_counted(portal: Portal):
    facets = await by_facet(portal, {})
    known = (await portal.get("/v1/film-lists")).json()["items"]
    assert {value["value"]: value["title"] for value in facets["list"]} == {one["id"]: one["title"] for one in known}
    assert {value["value"] for value in facets["list_scheme"]} == {one["scheme"] for one in known}
    assert {value["value"] for value in facets["list_year"]} == {str(one["year"]) for one in known}


async def test_rights_are_counted_by_territory_and_by_use_if_they_are_asked_for(portal: Portal):
    asked, free = await by_facet(portal, RIGHTS), await by_facet(portal, {})
    assert {value["value"] for value in asked["rights_in"]} == set(RightsTerritory)
    assert {value["value"] for value in asked["rights_for"]} == set(RightsUse)
    assert {"rights_in", "rights_for"}.isdisjoint(free)


async def test_only_the_values_that_most_films_have_are_shown(portal: Portal, db: Database, tmp_path: Path):
    codes = (
        "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ"
    )
    codes += " CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY"
    lines = [f"Pays {code},{code},2011" for code in codes.split()]
    await take(db, tmp_path, "title,countries,year", lines)
    [facet] = [one for one in (await counted(portal, {"year": 2011}))["facets"] if one["facet"] == "country"]
    assert (len(lines) > VALUES_MAX, len(facet["values"]), facet["more"]) == (True, VALUES_MAX, True)


async def test_of_many_answers_each_is_counted(portal: Portal, db: Database, tmp_path: Path):
    many, genres = 520, ("fiction", "documentary")
    lines = [f"Cohorte numéro {n},{genres[n % 2]},{1930 + n % 2}" for n in range(many)]
    await take(db, tmp_path, "title,genre,year", lines)
    assert (await counted(portal, {"q": "cohorte"}))["total"] == many
    assert (await counted(portal, {"q": "cohorte", "year": 1930}))["total"] == many // 2


async def take(db: Database, place: Path, header: str, lines: list[str]) -> None:
    """Take in a file of our own format."""
    file = place / "films.csv"
    file.write_text("\n".join([header, *lines]), encoding="utf-8")
    outcomes = await imports.import_films(
        db, file, Kind.OURS, dry_run=False, new_id=uuid7, clock=lambda: datetime.now(UTC)
    )
    assert len(outcomes) == len(lines)


READ = """
SELECT sum(seq_tup_read + idx_tup_fetch) FROM pg_stat_xact_user_tables WHERE relname = 'film'
"""


async def test_films_are_counted_without_reading_their_rows(db: Database, address: str):
    owner = await asyncpg.connect(migrations.dsn(address, "catalogue", "owner"))
    await owner.execute("VACUUM film")
    await owner.close()
    async with db.transaction(SYSTEM) as tx:
        await tx.execute("SET LOCAL enable_seqscan = off")  # which is cheaper for so few
        before = await tx.fetchval(READ)
        counts = await facets.count_films(tx, Filters(genre="fiction", country="FR"))
        assert await tx.fetchval(READ) == before
    assert counts.total > 0


async def test_a_film_that_says_as_much_as_it_may_is_counted(portal: Portal):
    countries = [first + second for first in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for second in "AEILMNORSTUZ"]
    said: dict[str, list[str]] = {
        "countries": [code for code in countries if known(code)][:COUNTRIES_MAX],
        "themes": [theme.code for theme in VOCABULARY],
        "versions": list(FilmVersion),
    }
    assert len(said["countries"]) == COUNTRIES_MAX
    await portal.film("Le film du monde entier", year=1903, **said)
    facets = await by_facet(portal, {"year": 1903})
    assert {value["value"] for value in facets["country"]} == set(said["countries"])
    assert {value["value"] for value in facets["theme"]} == set(said["themes"])


@pytest.mark.parametrize(
    ("params", "parameter"),
    [
        ({"theme": "western"}, "theme"),
        ({"list_year": 1900}, "list_year"),
        ({"list_scheme": "mine"}, "list_scheme"),
        ({"year_min": 1700}, "year_min"),
        ({"rights_on": "2025-07-18", "rights_in": "974"}, "rights_for"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/films", "/v1/films/facets"])
async def test_lists_and_counts_refuse_the_same(portal: Portal, path: str, params: Params, parameter: str):
    refused = await portal.get(path, **params)
    assert refused.status_code == 400
    assert [error.get("parameter") for error in refused.json()["errors"]] == [parameter]

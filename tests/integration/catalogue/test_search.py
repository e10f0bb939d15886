"""Films listed, filtered and searched, through the door and on the database's own indexes."""

from collections.abc import AsyncIterator
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import httpx
import pytest

from catalogue.store import organisations
from common.database import Database
from common.tokens import SYSTEM
from tests.integration.catalogue import naive
from tests.integration.catalogue.portal import Portal, a_visa, problem

# A year that no other film here is of: one drawn among a hundred was drawn twice, one run in some.
YEARS = count(1900)

FILMS = (
    ("Tableau (Le)", ["Jean-François Laguionie"]),
    ("À bout de souffle", ["Jean-Luc Godard"]),
    ("Les Quatre Cents Coups", ["François Truffaut"]),
    ("D'une pierre deux coups", ["Fejria Deliba"]),
    ("E.T. l'extra-terrestre", ["Steven Spielberg"]),
    ("L'Arroseur arrosé", ["Louis Lumière"]),
    ("Le Cœur noir des forêts", ["Serge Mirzabekiantz"]),
    ("Kirikou et la Sorcière", ["Michel Ocelot"]),
    ("Linda veut du poulet !", ["Chiara Malta", "Sébastien Laudenbach"]),
    ("Et après", ["Pierre Menahem"]),
    ("La Tortue rouge", ["Michael Dudok de Wit"]),
    ("2046", ["Wong Kar-Wai"]),
)
OTHER_TITLES = {"La Tortue rouge": ["The Red Turtle"]}


@pytest.fixture(scope="module")
async def films(portal: Portal) -> dict[str, str]:
    """Register some films; give their titles by id."""
    answers = [
        await portal.film(title, directors=directors, genre="fiction", other_titles=OTHER_TITLES.get(title, []))
        for title, directors in FILMS
    ]
    return {answer.json()["id"]: answer.json()["title"] for answer in answers}


ASKED = (
    ("le tableau", "Le Tableau"),
    ("Tableau (Le)", "Le Tableau"),
    ("TABLEAU", "Le Tableau"),
    ("tabelau", "Le Tableau"),
    ("tablau", "Le Tableau"),
    ("laguionie", "Le Tableau"),
    ("a bout de soufle", "À bout de souffle"),
    ("souffle bout", "À bout de souffle"),
    ("J.-L. Godard", "À bout de souffle"),
    ("JL Godard", "À bout de souffle"),
    ("godard jean luc", "À bout de souffle"),
    ("quatre cent coups", "Les Quatre Cents Coups"),
    ("E.T. extra", "E.T. l'extra-terrestre"),
    ("ET l'extraterrestre", "E.T. l'extra-terrestre"),
    ("e t extra terrestre", "E.T. l'extra-terrestre"),
    ("extraterrestre", "E.T. l'extra-terrestre"),
    ("et apres", "Et après"),
    ("l'arroseur", "L'Arroseur arrosé"),
    ("l arroseur arosé", "L'Arroseur arrosé"),
    ("coeur noir", "Le Cœur noir des forêts"),
    ("kiricou", "Kirikou et la Sorcière"),
    ("kiri", "Kirikou et la Sorcière"),
    ("LINDA poulet", "Linda veut du poulet !"),
    ("lynda veut du poulé", "Linda veut du poulet !"),
    ("red turtle", "La Tortue rouge"),
    ("2046", "2046"),
)


@pytest.mark.parametrize(("q", "best"), ASKED)
async def test_the_film_meant_comes_first(portal: Portal, films: dict[str, str], q: str, best: str):
    answer = await portal.get("/v1/films", q=q)
    assert answer.json()["items"][0]["title"] == best
    assert films[answer.json()["items"][0]["id"]] == best


@pytest.mark.parametrize(
    "q", ["xylophone", "2047", "poulets frites cuits", "!!!", "%", "_", "'; DROP TABLE film --", "(", "\\"]
)
async def test_what_nobody_meant_is_not_shown(portal: Portal, films: dict[str, str], q: str):
    answer = await portal.get("/v1/films", q=q)
    assert (answer.status_code, answer.json()) == (200, {"items": [], "next": None}), films


@pytest.mark.parametrize("q", [q for q, _ in ASKED])
async def test_films_come_in_the_order_of_a_reader_who_compares_them_all(portal: Portal, films: dict[str, str], q: str):
    everything, listed = [[item async for item in walked(portal, **asked)] for asked in ({}, {"q": q})]
    ranks = {item["id"]: rank for item in everything if (rank := naive.rank(q, item)) is not None}
    assert [item["id"] for item in listed] == sorted(ranks, key=lambda id_: ranks[id_]), films


async def walked(portal: Portal, **asked: object) -> AsyncIterator[dict[str, Any]]:
    """Read all pages, of few films each."""
    after: dict[str, str] = {}
    while True:
        page = (await portal.get("/v1/films", limit=3, **asked, **after)).json()
        for item in page["items"]:
            yield item
        if page["next"] is None:
            return
        after = {"after": page["next"]}


async def test_a_visa_is_found_as_it_is_printed(portal: Portal):
    visa = a_visa()
    film = await portal.film(visas=[{"number": visa}])
    for asked in ({"visa": visa}, {"visa": f"0{visa}"}, {"q": visa}, {"q": f"0{visa}"}):
        answer = await portal.get("/v1/films", **asked)
        assert [item["id"] for item in answer.json()["items"]] == [film.json()["id"]], asked


async def test_an_identifier_is_found_however_it_is_written(portal: Portal):
    number = f"tt{uuid4().int % 10**8:08}"
    film = await portal.film(identifiers=[{"scheme": "imdb", "value": number}])
    answer = await portal.get("/v1/films", identifier=f"imdb:{number.upper()}")
    assert [item["id"] for item in answer.json()["items"]] == [film.json()["id"]]


@pytest.mark.parametrize(
    ("params", "parameter"),
    [
        ({"visa": "12a"}, "visa"),
        ({"identifier": "imdb"}, "identifier"),
        ({"identifier": "tmdb:5"}, "identifier"),
        ({"identifier": "imdb:tt1"}, "identifier"),
        ({"identifier": "isan:0000-0000-D07A-0090"}, "identifier"),
        ({"genre": "western"}, "genre"),
        ({"year": "soon"}, "year"),
        ({"limit": 101}, "limit"),
        ({"after": "nothing"}, "after"),
        ({"duration_min": 0}, "duration_min"),
        ({"rights_on": "2025-02-29", "rights_in": "974", "rights_for": "open_air"}, "rights_on"),
        ({"rights_on": "2025-07-18", "rights_in": "974"}, "rights_for"),
    ],
)
async def test_a_question_that_cannot_be_understood_is_refused(
    portal: Portal, params: dict[str, object], parameter: str
):
    refused = await portal.get("/v1/films", **params)
    assert refused.status_code == 400
    assert [error.get("parameter") for error in refused.json()["errors"]] == [parameter]


async def test_an_unknown_filter_is_refused(portal: Portal):
    assert problem(await portal.get("/v1/films", titel="x")) == (400, "unknown-filter")


async def test_filters_narrow(portal: Portal):
    mark = next(YEARS)
    short = await portal.film(duration_minutes=9, year=mark, versions=["vf"], countries=["FR"], classification="all")
    long = await portal.film(duration_minutes=90, year=mark, versions=["vo"], countries=["JP"], genre="animation")
    for params, expected in (
        ({"kind": "short"}, short),
        ({"kind": "feature"}, long),
        ({"version": "vf"}, short),
        ({"country": "JP"}, long),
        ({"classification": "all"}, short),
        ({"genre": "animation"}, long),
    ):
        listed = await portal.get("/v1/films", year=mark, **params)
        assert [item["id"] for item in listed.json()["items"]] == [expected.json()["id"]], params
    assert (await portal.get("/v1/films", year=mark, workshop_film=True)).json()["items"] == []


async def offered(portal: Portal, db: Database, film_id: str) -> httpx.Response:
    """Offer a film in the open air on La Réunion, in July and August 2025."""
    holder = uuid4()
    known = organisations.KnownOrganisation(id=holder, epoch=1, version=1, name="Gebeka", closed_on=None)
    async with db.transaction(SYSTEM) as tx:
        await organisations.keep_organisations(tx, [known])
    body = {"film_id": film_id, "holder_id": str(holder), "uses": ["open_air"], "territories": ["974"]}
    window = {"versions": ["vf"], "starts_on": "2025-07-01", "ends_on": "2025-08-31"}
    answer = await portal.post("/v1/rights-offers", body | window)
    assert answer.status_code == 201, answer.text
    return answer


@pytest.mark.parametrize("words", [{}, {"q": "durée"}])
async def test_a_length_narrows_to_the_minute_and_leaves_out_what_nobody_has_measured(portal: Portal, words):
    mark = next(YEARS)
    made = {n: (await portal.film(f"Durée {n}", year=mark, duration_minutes=n)).json()["id"] for n in (59, 60, 61)}
    await portal.film("Durée inconnue", year=mark)
    for params, minutes in (
        ({"duration_min": 60}, {60, 61}),
        ({"duration_max": 60}, {59, 60}),
        ({"duration_min": 60, "duration_max": 60}, {60}),
    ):
        listed = await portal.get("/v1/films", year=mark, **words, **params)
        assert {item["id"] for item in listed.json()["items"]} == {made[n] for n in minutes}, params


@pytest.mark.parametrize("words", [{}, {"q": "droits"}])
async def test_films_are_found_by_rights_offered_on_a_day_in_a_territory_for_a_use(portal: Portal, db: Database, words):
    mark = next(YEARS)
    film = await portal.film(f"Droits {mark}", year=mark)
    await portal.film(f"Droits {mark} sans offre", year=mark)
    offer = await offered(portal, db, film.json()["id"])
    asked = {"rights_on": "2025-07-18", "rights_in": "974", "rights_for": "open_air"}
    for other, found in (
        ({}, True),
        ({"rights_on": "2025-06-30"}, False),
        ({"rights_on": "2025-07-01"}, True),
        ({"rights_on": "2025-08-31"}, True),
        ({"rights_on": "2025-09-01"}, False),
        ({"rights_in": "metropolitan"}, False),
        ({"rights_for": "commercial"}, False),
    ):
        listed = await portal.get("/v1/films", year=mark, **words, **asked | other)
        assert [item["id"] for item in listed.json()["items"]] == [film.json()["id"]] * found, other
    gone = await portal.post(f"/v1/rights-offers/{offer.json()['id']}/withdraw", match=offer)
    assert gone.status_code == 200
    assert (await portal.get("/v1/films", year=mark, **words, **asked)).json()["items"] == []


@pytest.mark.parametrize("params", [{}, {"q": "page"}])
async def test_pages_follow_each_other_without_gap_or_repetition(portal: Portal, params: dict[str, str]):
    country = "TV" if params else "VU"
    made = {
        (await portal.film(f"{'Page' if n % 2 else 'La page'} {uuid4().hex}", countries=[country])).json()["id"]
        for n in range(7)
    }
    asked = {**params, "country": country, "limit": "3"}
    seen: list[str] = []
    while True:
        answer = await portal.get("/v1/films", **asked)
        seen += [item["id"] for item in answer.json()["items"]]
        if answer.json()["next"] is None:
            break
        link = answer.headers["link"]
        assert link.endswith('>; rel="next"')
        asked = dict(parse_qsl(urlsplit(link[1 : link.index(">")]).query))
        assert asked["after"] == answer.json()["next"]
    assert (len(seen), set(seen)) == (7, made)


async def test_lists_are_in_the_order_of_titles_without_articles(portal: Portal):
    for title in ("Zorro", "L'Âge d'or", "Un prophète", "Le Ballon rouge", "10 jours"):
        await portal.film(title, countries=["KI"])
    listed = await portal.get("/v1/films", country="KI")
    assert [item["title"] for item in listed.json()["items"]] == [
        "10 jours",
        "L'Âge d'or",
        "Le Ballon rouge",
        "Un prophète",
        "Zorro",
    ]


async def test_a_cursor_of_another_list_is_refused(portal: Portal):
    for _ in range(2):
        await portal.film(countries=["TO"])
    cursor = (await portal.get("/v1/films", country="TO", limit=1)).json()["next"]
    assert problem(await portal.get("/v1/films", q="film", after=cursor)) == (400, "cursor-refused")

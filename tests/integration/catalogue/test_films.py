"""Films through the service's door."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from tests.integration.catalogue.portal import NATIONAL, READER, Portal, a_visa, bearer, problem


async def test_a_film_is_registered_and_read_as_it_was_published(portal: Portal):
    visa = a_visa()
    answer = await portal.film(
        "Tableau (Le)",
        directors=["Jean-François Laguionie"],
        year=2011,
        duration_minutes=76,
        countries=["FR", "BE"],
        genre="animation",
        versions=["vo", "ad"],
        classification="all",
        visas=[{"number": f"0{visa}", "issued_on": "2011-11-02"}],
        identifiers=[{"scheme": "wikidata", "value": f"q{uuid4().int % 10**9 + 1}"}],
    )
    film = answer.json()
    assert (film["title"], film["kind"], film["version"]) == ("Le Tableau", "feature", 1)
    assert [(known["number"], known["issued_on"]) for known in film["visas"]] == [(visa, "2011-11-02")]
    assert answer.headers["location"] == f"/v1/films/{film['id']}"
    assert answer.headers["etag"] == '"v1"'
    read = await portal.get(answer.headers["location"])
    seen = read.json()
    actions = {action["verb"]: action["code"] for action in seen.pop("allowed_actions")}
    assert (seen, read.headers["etag"]) == (film, '"v1"')
    assert actions == {
        "film.change": "scope-missing",
        "film.record_visa": "scope-missing",
        "film.remove_visa": "scope-missing",
        "film.merge": "scope-missing",
        "film.settle_conflict": "scope-missing",
        "film.count_consents": "not-a-workshop-film",
        "film.clear": "not-a-workshop-film",
        "film.restrict": "not-a-workshop-film",
    }


async def test_a_creation_repeated_is_answered_again_and_makes_nothing(portal: Portal):
    key, body = str(uuid4()), {"title": "Une seule fois", "visas": [{"number": a_visa()}]}
    first = await portal.post("/v1/films", body, key=key)
    again = await portal.post("/v1/films", body, key=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert (first.content, first.headers["location"]) == (again.content, again.headers["location"])
    other = await portal.post("/v1/films", {"title": "Une autre"}, key=key)
    assert problem(other) == (422, "key-reused")


async def test_of_one_creation_made_five_times_at_once_one_film_comes(portal: Portal):
    """Its visa is claimed by the first: the others wait for it, and get its answer, not a conflict with themselves."""
    key, body = str(uuid4()), {"title": "Cinq fois", "visas": [{"number": a_visa()}]}
    answers = await asyncio.gather(*(portal.post("/v1/films", body, key=key) for _ in range(5)))
    assert {(answer.status_code, answer.content) for answer in answers} == {(201, answers[0].content)}


async def test_a_visa_names_one_film(portal: Portal):
    visa = a_visa()
    film = (await portal.film(visas=[{"number": visa}])).json()
    other = await portal.film()
    refused = await portal.post("/v1/films", {"title": "Autre", "visas": [{"number": f"0{visa}"}]})
    assert problem(refused) == (409, "identifier-taken")
    assert film["id"] in refused.json()["detail"]
    refused = await portal.post(f"{other.headers['location']}/visas", {"number": visa}, match=other)
    assert problem(refused) == (409, "identifier-taken")


async def test_of_five_films_at_once_one_gets_the_visa(portal: Portal):
    visa = a_visa()
    answers = await asyncio.gather(
        *(portal.post("/v1/films", {"title": f"Film {n}", "visas": [{"number": visa}]}) for n in range(5))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]


async def test_a_visa_taken_back_is_free_again(portal: Portal):
    visa = a_visa()
    film = await portal.film(visas=[{"number": visa}])
    removed = await portal.post(f"{film.headers['location']}/visas/0{visa}/remove", match=film)
    assert (removed.status_code, removed.json()["visas"], removed.json()["version"]) == (200, [], 2)
    assert (await portal.post("/v1/films", {"title": "Autre", "visas": [{"number": visa}]})).status_code == 201
    refused = await portal.post(f"{film.headers['location']}/visas/{visa}/remove", match=removed)
    assert problem(refused) == (404, "no-such-visa")


async def test_a_visa_is_added_and_dated_later(portal: Portal):
    film, visa = await portal.film(), a_visa()
    added = await portal.post(f"{film.headers['location']}/visas", {"number": visa}, match=film)
    assert (added.status_code, added.headers["etag"]) == (201, '"v2"')
    dated = await portal.post(
        f"{film.headers['location']}/visas", {"number": visa, "issued_on": "2023-10-10"}, match=added
    )
    assert [(known["number"], known["issued_on"]) for known in dated.json()["visas"]] == [(visa, "2023-10-10")]


async def test_a_change_replaces_what_it_names(portal: Portal):
    film = await portal.film(year=2011, genre="fiction")
    changed = await portal.post(
        f"{film.headers['location']}/change", {"duration_minutes": 60, "genre": None}, match=film
    )
    said = changed.json()
    assert (said["year"], said["genre"], said["kind"], said["version"]) == (2011, None, "short", 2)


async def test_a_film_is_described_in_its_screen_versions(portal: Portal):
    long = {"code": "vo", "cut": "Version longue", "language": "en", "subtitles": None, "duration_minutes": 140}
    dubbed = {"code": "vf", "cut": "", "language": "fr", "subtitles": None, "duration_minutes": None}
    said = [{**long, "accessibility": []}, {**dubbed, "accessibility": ["ad"]}]
    film = await portal.film(duration_minutes=112, versions=["vostfr"], screen_versions=said)
    assert (film.json()["screen_versions"], film.json()["versions"]) == (said, ["vostfr", "vo", "vf", "ad"])
    twice = {"screen_versions": [{"code": "vf"}, {"code": "vf", "cut": " "}]}
    refused = await portal.post(f"{film.headers['location']}/change", twice, match=film)
    assert (problem(refused), refused.json()["errors"][0]["pointer"]) == ((422, "invalid-film"), "/screen_versions/1")
    left = await portal.post(f"{film.headers['location']}/change", {"screen_versions": []}, match=film)
    assert (left.json()["screen_versions"], left.json()["versions"]) == ([], ["vostfr", "vo", "vf", "ad"])


async def test_a_change_needs_the_version_that_was_seen(portal: Portal):
    film = await portal.film()
    path = f"{film.headers['location']}/change"
    assert problem(await portal.post(path, {"year": 2011})) == (428, "precondition-required")
    changed = await portal.post(path, {"year": 2011}, match=film)
    assert changed.status_code == 200
    assert problem(await portal.post(path, {"year": 2012}, match=film)) == (412, "precondition-failed")
    assert problem(await portal.post(path, {"year": 2011}, match=changed)) == (409, "nothing-to-change")


async def test_a_change_whose_answer_was_lost_gets_that_answer(portal: Portal):
    film, key = await portal.film(), str(uuid4())
    path = f"{film.headers['location']}/change"
    first = await portal.post(path, {"year": 2011}, match=film, key=key)
    again = await portal.post(path, {"year": 2011}, match=film, key=key)
    assert (again.status_code, again.content, again.headers["etag"]) == (200, first.content, '"v2"')


async def test_of_five_changes_at_once_one_wins(portal: Portal):
    film = await portal.film()
    path = f"{film.headers['location']}/change"
    answers = await asyncio.gather(*(portal.post(path, {"year": 2000 + n}, match=film) for n in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412]


async def test_a_workshop_film_is_cleared_and_restricted(portal: Portal):
    project = str(uuid4())
    film = await portal.film(workshop={"project_id": project})
    assert film.json()["workshop"] == {
        "project_id": project,
        "action_id": None,
        "clearance": "pending",
        "dissemination": None,
        "consents": None,
    }
    path = film.headers["location"]
    early = await portal.post(f"{path}/clear", {"dissemination": "network"}, match=film)
    assert (problem(early), early.json()["rule"]) == ((409, "consents-missing"), "R39")
    counts = {"identifiable": 9, "restitution_only": 9, "network": 9, "festivals": 9, "internet": 8}
    counted = await portal.post(f"{path}/consents", counts, match=film)
    assert counted.json()["workshop"]["consents"] == {**counts, "in_prison": False, "administration_reference": ""}
    far = await portal.post(f"{path}/clear", {"dissemination": "internet"}, match=counted)
    assert (problem(far), far.json()["rule"]) == ((409, "consents-missing"), "R39")
    cleared = await portal.post(f"{path}/clear", {"dissemination": "network"}, match=counted)
    assert cleared.json()["workshop"]["clearance"] == "cleared"
    body = {"dissemination": "restitution_only", "cause": "consent_withdrawn"}
    restricted = await portal.post(f"{path}/restrict", body, match=cleared)
    assert restricted.json()["workshop"] | {"project_id": None, "consents": None} == {
        "project_id": None,
        "consents": None,
        "action_id": None,
        "clearance": "restricted",
        "dissemination": "restitution_only",
    }
    other = await portal.film()
    refused = await portal.post(f"{other.headers['location']}/clear", {"dissemination": "network"}, match=other)
    assert problem(refused) == (409, "not-a-workshop-film")
    listed = await portal.get("/v1/films", project_id=project)
    assert [item["id"] for item in listed.json()["items"]] == [film.json()["id"]]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"title": "X", "colour": "blue"}, "/colour"),
        ({"titel": "X"}, "/title"),
        ({"title": ""}, "/title"),
        ({"title": "X", "year": "2011"}, "/year"),
        ({"title": "X", "year": 1700}, "/year"),
        ({"title": "X", "duration_minutes": 0}, "/duration_minutes"),
        ({"title": "X", "countries": ["UK"]}, "/countries/0"),
        ({"title": "X", "released_on": 5}, "/released_on"),
        ({"title": "X", "released_on": "18/10/2023"}, "/released_on"),
        ({"title": "X", "classification": "u10"}, "/classification"),
        ({"title": "X", "versions": ["vf", "klingon"]}, "/versions/1"),
        ({"title": "X", "visas": [{"number": "12a"}]}, "/visas/0/number"),
        ({"title": "X", "visas": [{"number": "5", "date": "2020-01-01"}]}, "/visas/0/date"),
        ({"title": "X", "identifiers": [{"scheme": "imdb", "value": "tt1"}]}, "/identifiers/0/value"),
        ({"title": "X", "identifiers": [{"scheme": "isan", "value": "0000-0000-D07A-0090"}]}, "/identifiers/0/value"),
        ({"title": "X", "identifiers": [{"scheme": "imdb", "value": "tt0053198", "x": 1}]}, "/identifiers/0/x"),
        ({"title": "X", "workshop": {"name": "A child"}}, "/workshop/name"),
    ],
)
async def test_bad_input_is_pointed_at_and_nothing_is_written(portal: Portal, body: dict[str, object], pointer: str):
    refused = await portal.post("/v1/films", body)
    assert refused.status_code == 422, refused.text
    assert pointer in [error["pointer"] for error in refused.json()["errors"]]
    assert (await portal.get("/v1/films", q="X")).json()["items"] == []


@pytest.mark.parametrize(
    ("language", "said"), [("fr", "Il manque à cet identifiant ISAN"), ("en", "This ISAN lacks check characters")]
)
async def test_an_isan_without_its_check_characters_is_refused_by_that_name(portal: Portal, language: str, said: str):
    """They are not computed: a digit copied wrong would then look verified."""
    bare = {"title": "Un film", "identifiers": [{"scheme": "isan", "value": "0000-0000-D07A-0090-0000-0000"}]}
    headers = {"authorization": bearer(NATIONAL), "idempotency-key": str(uuid4()), "accept-language": language}
    refused = await portal.http.post("/v1/films", json=bare, headers=headers)
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["code"]) == (422, "check-characters-missing")
    assert error["message"].startswith(said)


async def test_a_body_that_is_too_large_is_refused(portal: Portal):
    refused = await portal.post("/v1/films", {"title": "X", "warning": "x" * 300_000})
    assert problem(refused) == (413, "body-too-large")


async def test_a_film_that_is_not_there_is_not_found(portal: Portal):
    nowhere = f"/v1/films/{uuid4()}"
    assert problem(await portal.get(nowhere)) == (404, "no-such-film")
    assert problem(await portal.post(f"{nowhere}/change", {"year": 2011}, match=1)) == (404, "no-such-film")


async def test_a_creation_needs_a_key(portal: Portal):
    refused = await portal.http.post("/v1/films", json={"title": "X"}, headers={"authorization": bearer(NATIONAL)})
    assert problem(refused) == (400, "idempotency-key-required")


async def test_business_time_is_the_sandbox_s(portal: Portal):
    headers = {
        "authorization": bearer(NATIONAL),
        "idempotency-key": str(uuid4()),
        "sandbox-date": "2025-04-28T10:00:00+02:00",
    }
    answer = await portal.http.post("/v1/films", json={"title": "À l'heure dite"}, headers=headers)
    assert datetime.fromisoformat(answer.json()["occurred_at"]) == datetime(2025, 4, 28, 8, tzinfo=UTC)


async def test_a_reader_cannot_write(portal: Portal):
    assert problem(await portal.post("/v1/films", {"title": "X"}, role=READER)) == (403, "scope-missing")

"""Visas in full, through the service's door: recorded, corrected, taken back, and what is published of them."""

from typing import Any

from tests.integration.catalogue.portal import Portal, a_visa, problem

UNSAID: dict[str, Any] = {
    "issued_on": None,
    "ends_on": None,
    "kind": "ordinary",
    "versions": [],
    "classification": None,
    "warning": None,
    "year": None,
}


async def test_a_film_carries_several_visas_with_their_days_class_and_warning(portal: Portal):
    first, dubbed = a_visa(), a_visa()
    film = await portal.film(visas=[{"number": first, "issued_on": "2023-10-10", "classification": "all"}])
    said = {"number": dubbed, "versions": ["vf"], "classification": "u12", "warning": " Peut  heurter "}
    answer = await portal.post(f"{film.headers['location']}/visas", said, match=film)
    assert answer.status_code == 201, answer.text
    assert answer.json()["visas"] == [
        {**UNSAID, "number": first, "issued_on": "2023-10-10", "classification": "all"},
        {**UNSAID, **said, "warning": "Peut heurter"},
    ]
    assert (answer.json()["classification"], answer.json()["warning"]) == ("u12", "Peut heurter")


async def test_a_visa_is_corrected_by_what_is_said_of_it(portal: Portal):
    number = a_visa()
    film = await portal.film(visas=[{"number": number, "issued_on": "2023-10-10", "classification": "u16"}])
    path = f"{film.headers['location']}/visas"
    milder = await portal.post(path, {"number": f"0{number}", "classification": "u12"}, match=film)
    assert milder.json()["visas"] == [{**UNSAID, "number": number, "issued_on": "2023-10-10", "classification": "u12"}]
    undated = await portal.post(path, {"number": number, "issued_on": None}, match=milder)
    assert undated.json()["visas"] == [{**UNSAID, "number": number, "classification": "u12"}]
    assert problem(await portal.post(path, {"number": number}, match=undated)) == (409, "nothing-to-change")


async def test_a_visa_that_contradicts_itself_is_refused(portal: Portal):
    film = await portal.film()
    path = f"{film.headers['location']}/visas"
    endless = await portal.post(path, {"number": "5", "ends_on": "2025-07-01"}, match=film)
    assert (problem(endless), endless.json()["errors"][0]["pointer"]) == ((422, "invalid-visa"), "/ends_on")
    body = {"number": "5", "kind": "temporary", "issued_on": "2025-07-02", "ends_on": "2025-07-01"}
    assert problem(await portal.post("/v1/films", {"title": "X", "visas": [body]})) == (422, "invalid-visa")
    assert problem(await portal.post(path, {"number": "5", "kind": "eternal"}, match=film)) == (422, "invalid")


async def test_films_are_asked_for_by_the_class_that_is_published(portal: Portal):
    visa = a_visa()
    film = await portal.film(classification="all", visas=[{"number": visa, "classification": "u18"}])
    stricter = await portal.get("/v1/films", classification="u18", visa=visa)
    assert [item["id"] for item in stricter.json()["items"]] == [film.json()["id"]]
    assert (await portal.get("/v1/films", classification="all", visa=visa)).json()["items"] == []
    removed = await portal.post(f"{film.headers['location']}/visas/{visa}/remove", match=film)
    assert removed.json()["classification"] == "all"


async def test_a_visa_may_be_known_by_its_year_until_somebody_knows_the_day(portal: Portal):
    number = a_visa()
    film = await portal.film(visas=[{"number": number, "year": 1964}])
    [visa] = film.json()["visas"]
    assert (visa["year"], visa["issued_on"]) == (1964, None)
    path = f"/v1/films/{film.json()['id']}/visas"
    refused = await portal.post(path, {"number": number, "issued_on": "1965-01-02", "year": 1964}, match=film)
    assert refused.status_code == 422
    dated = await portal.post(path, {"number": number, "issued_on": "1964-03-04"}, match=film)
    [visa] = dated.json()["visas"]
    assert (visa["year"], visa["issued_on"]) == (None, "1964-03-04")

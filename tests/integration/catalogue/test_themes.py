"""Themes of films through the service's door."""

from tests.integration.catalogue.portal import Portal, problem


async def test_the_vocabulary_is_listed_in_both_languages(portal: Portal):
    listed = await portal.get("/v1/films/themes")
    assert listed.status_code == 200
    themes = {theme.pop("code"): theme for theme in listed.json()["items"]}
    assert themes["exile"] == {"libelle": "Exil et migrations", "label": "Exile and migration", "since": "2026-11-27"}


async def test_themes_are_said_changed_and_made_unknown(portal: Portal):
    film = await portal.film(themes=["work", "exile"])
    path = film.headers["location"]
    assert film.json()["themes"] == ["exile", "work"]
    same = await portal.post(f"{path}/change", {"themes": ["exile", "work"]}, match=film)
    assert problem(same) == (409, "nothing-to-change")
    changed = await portal.post(f"{path}/change", {"themes": ["city"]}, match=film)
    assert (changed.json()["themes"], (await portal.get(path)).json()["themes"]) == (["city"], ["city"])
    said = (await portal.get(f"{path}/provenance")).json()["fields"]
    assert [one["source"]["kind"] for one in said if one["field"] == "themes"] == ["client"]
    unknown = await portal.post(f"{path}/change", {"themes": []}, match=changed)
    assert (unknown.status_code, unknown.json()["themes"]) == (200, []), unknown.text


async def test_what_is_no_theme_is_pointed_at(portal: Portal):
    refused = await portal.post("/v1/films", {"title": "X", "themes": ["exile", "western"]})
    assert (problem(refused), refused.json()["errors"][0]["pointer"]) == ((422, "invalid-film"), "/themes/1")

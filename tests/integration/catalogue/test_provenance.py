"""Who said what of a film, and how a conflict is settled, through the service's door."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from catalogue.domain.imports import Outcome, Result
from catalogue.domain.lines import Kind
from catalogue.jobs import imports
from common.database import Database, uuid7
from tests.integration.catalogue.portal import NATIONAL, READER, Portal, a_visa, problem

CNC = (
    "visa,titre,realisateurs,producteurs,annee_agrement,genre_source,genre,devis_euros,initiative_francaise,"
    "rang_film,nationalite\n"
)
HOUSE = {"kind": "client", "name": NATIONAL, "organisation_id": "00000000-0000-0000-0000-000000000009"}
VISAS = "titre,realisation,production,format,annee_visa,nationalite,visa,decision,localisation_dossier\n"
MILLION = "annee,rang,titre,nationalite,date_sortie,entrees\n"
FILE = {"kind": "file", "name": "cnc-agrees", "organisation_id": None}
SEEN = {"kind": "file", "name": "cnc-million", "organisation_id": None}

Take = Callable[..., Awaitable[Outcome]]


@pytest.fixture
def take(db: Database, tmp_path: Path) -> Take:
    """Take in one line of the CNC's list: a visa, a title, a year."""

    async def taken(visa: str, title: str, year: int) -> Outcome:
        file = tmp_path / "films.csv"
        file.write_text(f"{CNC}{visa},{title},MOLL Dominik,X,{year},fiction,fiction,1,OUI,1,Fr-100\n")
        [outcome] = await imports.import_films(
            db, file, Kind.CNC_AGREES, dry_run=False, new_id=uuid7, clock=lambda: datetime.now(UTC)
        )
        return outcome

    return taken


@pytest.fixture
def list_visa(db: Database, tmp_path: Path) -> Take:
    """Take in one line of the CNC's list of visas: a visa, what was decided, its year."""

    async def taken(visa: str, decision: str, year: int) -> Outcome:
        file = tmp_path / "visas.csv"
        file.write_text(f"{VISAS}La Nuit du 12,Dominik Moll,X,Long-métrage,{year},France,{visa},{decision},X\n")
        [outcome] = await imports.import_films(
            db, file, Kind.CNC_VISAS, dry_run=False, new_id=uuid7, clock=lambda: datetime.now(UTC)
        )
        return outcome

    return taken


@pytest.fixture
def list_seen(db: Database, tmp_path: Path) -> Take:
    """Take in one line of the CNC's list of films seen by more than a million: from where it says that the film is."""

    async def taken(nationality: str, day: str) -> Outcome:
        file = tmp_path / "million.csv"
        file.write_text(f"{MILLION}2022,18,CHAT POTTE 2 (LE),{nationality},{day},1917621\n")
        [outcome] = await imports.import_films(
            db, file, Kind.CNC_MILLION, dry_run=False, new_id=uuid7, clock=lambda: datetime.now(UTC)
        )
        return outcome

    return taken


async def record(portal: Portal, film: httpx.Response, visa: str, **said: Any) -> None:
    now = await portal.get(f"/v1/films/{film.json()['id']}")
    recorded = await portal.post(f"/v1/films/{film.json()['id']}/visas", {"number": visa, **said}, match=now)
    assert recorded.status_code == 201, recorded.text


async def provenance(portal: Portal, film: httpx.Response) -> dict[str, Any]:
    answer = await portal.get(f"/v1/films/{film.json()['id']}/provenance")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def settle(portal: Portal, film: httpx.Response, conflict: dict[str, Any], decision: str) -> httpx.Response:
    now = await portal.get(f"/v1/films/{film.json()['id']}")
    path = f"/v1/films/{film.json()['id']}/conflicts/{conflict['id']}/settle"
    return await portal.post(path, {"decision": decision}, match=now)


async def test_each_field_has_somebody_who_answers_for_it(portal: Portal, take: Take):
    visa = a_visa()
    film = await portal.film("La Nuit du 12", year=2022, visas=[{"number": visa}])
    assert (await take(visa, "Nuit du 12 (La)", 2022)).result is Result.CHANGED
    said = {one["field"]: one["source"] for one in (await provenance(portal, film))["fields"]}
    assert said == {
        **dict.fromkeys(("title", "year", f"visas/{visa}"), HOUSE),
        **dict.fromkeys(("directors", "countries", "genre"), FILE),
    }


async def test_the_same_file_twice_makes_no_difference_to_who_said_what(portal: Portal, take: Take):
    visa = a_visa()
    film = await portal.film("La Nuit du 12", year=2023, visas=[{"number": visa}])
    await take(visa, "Nuit du 12 (La)", 2022)
    before = await provenance(portal, film)
    assert (await take(visa, "Nuit du 12 (La)", 2022)).result is Result.UNCHANGED
    assert await provenance(portal, film) == before
    assert [one["field"] for one in before["conflicts"]] == ["year"]


async def test_a_conflict_is_settled_for_what_is_kept_and_not_raised_again(portal: Portal, take: Take):
    visa = a_visa()
    film = await portal.film("La Nuit du 12", year=2023, visas=[{"number": visa}])
    await take(visa, "Nuit du 12 (La)", 2022)
    [raised] = (await provenance(portal, film))["conflicts"]
    assert (raised["field"], raised["kept"], raised["said"], raised["decision"]) == ("year", 2023, 2022, None)
    assert raised["source"] == FILE
    settled = await settle(portal, film, raised, "keep")
    assert (settled.status_code, settled.json()["year"]) == (200, 2023), settled.text
    await take(visa, "Nuit du 12 (La)", 2022)
    [kept] = (await provenance(portal, film))["conflicts"]
    assert (kept["id"], kept["decision"], kept["settled_by"]) == (raised["id"], "keep", HOUSE)
    assert problem(await settle(portal, film, kept, "take")) == (409, "conflict-settled")
    await take(visa, "Nuit du 12 (La)", 2021)
    conflicts = (await provenance(portal, film))["conflicts"]
    assert [(one["said"], one["decision"]) for one in conflicts] == [(2021, None), (2022, "keep")]


async def test_a_conflict_is_settled_for_what_was_said_otherwise(portal: Portal, take: Take):
    visa = a_visa()
    film = await portal.film("La Nuit du 12", year=2023, visas=[{"number": visa}])
    await take(visa, "Nuit du 12 (La)", 2022)
    [raised] = (await provenance(portal, film))["conflicts"]
    taken = await settle(portal, film, raised, "take")
    assert (taken.status_code, taken.json()["year"]) == (200, 2022), taken.text
    after = await provenance(portal, film)
    assert [(one["said"], one["decision"]) for one in after["conflicts"]] == [(2022, "take")]
    assert {one["field"]: one["source"] for one in after["fields"]}["year"] == HOUSE


async def test_what_is_kept_by_now_is_no_conflict_any_more(portal: Portal, take: Take):
    visa = a_visa()
    film = await portal.film("La Nuit du 12", year=2023, visas=[{"number": visa}])
    await take(visa, "Nuit du 12 (La)", 2022)
    now = await portal.get(f"/v1/films/{film.json()['id']}")
    await portal.post(f"/v1/films/{film.json()['id']}/change", {"year": 2022}, match=now)
    assert (await provenance(portal, film))["conflicts"] == []


async def test_a_conflict_of_another_film_is_not_found_and_a_reader_settles_nothing(portal: Portal, take: Take):
    visa = a_visa()
    film, other = await portal.film("La Nuit du 12", year=2023, visas=[{"number": visa}]), await portal.film()
    await take(visa, "Nuit du 12 (La)", 2022)
    [raised] = (await provenance(portal, film))["conflicts"]
    assert problem(await settle(portal, other, raised, "keep")) == (404, "no-such-conflict")
    path = f"/v1/films/{film.json()['id']}/conflicts/{raised['id']}/settle"
    refused = await portal.post(path, {"decision": "keep"}, match=film, role=READER)
    assert problem(refused) == (403, "scope-missing")


async def test_a_merged_film_s_provenance_is_the_survivor_s(portal: Portal):
    duplicate, survivor = await portal.film(), await portal.film()
    into = survivor.json()["id"]
    await portal.post(f"/v1/films/{duplicate.json()['id']}/merge", {"into": into}, match=duplicate)
    led = await portal.get(f"/v1/films/{duplicate.json()['id']}/provenance")
    assert (led.status_code, led.headers["location"]) == (308, f"/v1/films/{into}/provenance")


SINCE = {"issued_on": "2004-02-01", "warning": "violence"}
"""What somebody records of a visa, after a list has named another class and another year."""


async def test_taking_a_class_leaves_what_was_recorded_of_the_visa_since(portal: Portal, list_visa: Take):
    visa = a_visa()
    film = await portal.film("La Nuit du 12", visas=[{"number": visa, "classification": "all"}])
    await list_visa(visa, "Interdit -12 ans", 2003)
    await record(portal, film, visa, **SINCE)
    [raised] = (await provenance(portal, film))["conflicts"]
    assert (raised["field"], raised["said"]["classification"]) == (f"visas/{visa}", "u12")
    assert raised["said"] == {**raised["said"], "year": 2003, "issued_on": None, "warning": None}, "what the line says"
    taken = await settle(portal, film, raised, "take")
    assert taken.status_code == 200, taken.text
    [after] = taken.json()["visas"]
    assert after == {**after, **SINCE, "classification": "u12", "year": None}


async def test_a_visa_s_conflict_settled_for_what_is_kept_does_not_come_back(portal: Portal, list_visa: Take):
    visa = a_visa()
    film = await portal.film("La Nuit du 12", visas=[{"number": visa, "classification": "all"}])
    await list_visa(visa, "Interdit -12 ans", 2003)
    [raised] = (await provenance(portal, film))["conflicts"]
    assert (await settle(portal, film, raised, "keep")).status_code == 200
    await record(portal, film, visa, **SINCE)
    await list_visa(visa, "Interdit -12 ans", 2003)
    assert [one["id"] for one in (await provenance(portal, film))["conflicts"]] == [raised["id"]]
    await list_visa(visa, "Interdit -16 ans", 2003)
    conflicts = (await provenance(portal, film))["conflicts"]
    assert [(one["said"]["classification"], one["decision"]) for one in conflicts] == [("u16", None), ("u12", "keep")]


async def test_a_visa_s_conflict_is_over_once_its_class_is_what_was_said(portal: Portal, list_visa: Take):
    visa = a_visa()
    film = await portal.film("La Nuit du 12", visas=[{"number": visa, "classification": "all"}])
    await list_visa(visa, "Interdit -12 ans", 2003)
    [raised] = (await provenance(portal, film))["conflicts"]
    await record(portal, film, visa, classification="u12", **SINCE)
    assert (await provenance(portal, film))["conflicts"] == []
    assert problem(await settle(portal, film, raised, "take")) == (409, "nothing-to-change")


async def test_whoever_settles_sees_what_is_kept_by_now_and_that_is_written_down(portal: Portal, take: Take):
    visa = a_visa()
    film = await portal.film("La Nuit du 12", year=2023, visas=[{"number": visa}])
    await take(visa, "Nuit du 12 (La)", 2022)
    now = await portal.get(f"/v1/films/{film.json()['id']}")
    await portal.post(f"/v1/films/{film.json()['id']}/change", {"year": 2021}, match=now)
    [raised] = (await provenance(portal, film))["conflicts"]
    assert (raised["kept"], raised["said"]) == (2021, 2022)
    assert (await settle(portal, film, raised, "take")).json()["year"] == 2022
    [settled] = (await provenance(portal, film))["conflicts"]
    assert (settled["kept"], settled["said"], settled["decision"]) == (2021, 2022, "take")


async def test_a_visa_that_was_removed_is_recorded_again_with_what_was_said_of_it(portal: Portal, list_visa: Take):
    visa = a_visa()
    film = await portal.film("La Nuit du 12", visas=[{"number": visa, "classification": "all"}])
    await list_visa(visa, "Interdit -12 ans", 2003)
    now = await portal.get(f"/v1/films/{film.json()['id']}")
    await portal.post(f"/v1/films/{film.json()['id']}/visas/{visa}/remove", match=now)
    [raised] = (await provenance(portal, film))["conflicts"]
    assert raised["kept"] is None
    [after] = (await settle(portal, film, raised, "take")).json()["visas"]
    assert (after["number"], after["classification"], after["year"]) == (visa, "u12", 2003)
    [settled] = (await provenance(portal, film))["conflicts"]
    assert (settled["kept"], settled["decision"]) == (None, "take")


async def test_a_title_under_which_the_film_is_found_by_now_is_no_conflict(portal: Portal, take: Take):
    visa = a_visa()
    film = await portal.film("La Nuit du 12", directors=["Dominik Moll"], visas=[{"number": visa}])
    await take(visa, "The night of the 12th", 2022)
    [raised] = (await provenance(portal, film))["conflicts"]
    assert (raised["field"], raised["said"]) == ("title", "The night of the 12th")
    now = await portal.get(f"/v1/films/{film.json()['id']}")
    change = {"other_titles": ["Night of the 12th"]}
    await portal.post(f"/v1/films/{film.json()['id']}/change", change, match=now)
    assert (await provenance(portal, film))["conflicts"] == []


async def test_a_list_without_numbers_answers_for_what_it_completes_and_its_contradictions_are_settled(
    portal: Portal, list_seen: Take
):
    film = await portal.film("Le Chat Potté 2", year=2022)
    assert (await list_seen("FR", "2022-12-07")).result is Result.CHANGED
    found = await provenance(portal, film)
    said = {one["field"]: one["source"] for one in found["fields"]}
    assert said == {
        **dict.fromkeys(("title", "year"), HOUSE),
        **dict.fromkeys(("countries", "released_on"), SEEN),
    }
    assert found["conflicts"] == []
    assert (await list_seen("US", "2022-12-07")).result is Result.UNCHANGED
    assert (await list_seen("FR", "2022-12-09")).result is Result.UNCHANGED
    raised = {one["field"]: one for one in (await provenance(portal, film))["conflicts"]}
    assert {field: (one["kept"], one["said"]) for field, one in raised.items()} == {
        "countries": (["FR"], ["US"]),
        "released_on": ("2022-12-07", "2022-12-09"),
    }
    assert (await settle(portal, film, raised["released_on"], "take")).json()["released_on"] == "2022-12-09"
    assert (await settle(portal, film, raised["countries"], "keep")).json()["countries"] == ["FR"]
    assert (await list_seen("US", "2022-12-09")).result is Result.UNCHANGED
    assert {one["decision"] for one in (await provenance(portal, film))["conflicts"]} == {"take", "keep"}

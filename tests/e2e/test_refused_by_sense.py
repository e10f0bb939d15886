"""What is well-formed and cannot be: codes that do not exist, budgets that do not balance, keys used twice.

Each refusal names its code, its place and its rule; nothing is written, whichever of a request's parts was wrong.
"""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from common.contracts.access import Role
from tests.conftest import House
from tests.e2e.doors import Doors
from tests.e2e.dossier import a_campaign, a_project, an_action, money
from tests.e2e.people import Person
from tests.e2e.refusals import nothing_written, trouble
from tests.e2e.scene import Scene

JANUARY = "2025-01-21T10:00:00+01:00"
LANGUAGES = {"fr": "fr-FR", "en": "en"}


class Desk:
    """The gateway, as `home`'s people use it."""

    def __init__(self, scene: Scene, doors: Doors) -> None:
        self.scene = scene
        self._http = doors.http
        self._url = doors.url("gateway", "actions")

    async def post(self, path: str, body: Any = None, *, who: Person | None = None, **headers: str) -> httpx.Response:
        person = who or self.scene.home[Role.PROJECT_HOLDER]
        known = {"authorization": f"Bearer {await self.scene.token(person)}", "sandbox-date": JANUARY}
        own = {"idempotency-key": str(uuid4()), **{name.replace("_", "-"): value for name, value in headers.items()}}
        return await self._http.post(f"{self._url}{path}", json=body, headers={**known, **own})

    async def get(self, path: str, **query: Any) -> httpx.Response:
        person = self.scene.home[Role.REGIONAL_COORDINATOR]
        known = {"authorization": f"Bearer {await self.scene.token(person)}", "accept-language": "fr"}
        return await self._http.get(f"{self._url}{path}", params=query, headers=known)

    def project(self, **said: Any) -> dict[str, Any]:
        home, campaign = self.scene.home, self.scene.things["open_campaign_id"]
        return {**a_project(home, campaign, an_action(home)), **said}

    async def draft(self, **said: Any) -> httpx.Response:
        answer = await self.post("/v1/projects", self.project(**said))
        assert answer.status_code == 201, answer.text
        return answer


@pytest.fixture(scope="module")
def desk(scene: Scene, doors: Doors) -> Desk:
    return Desk(scene, doors)


@pytest.fixture(scope="module")
async def project(desk: Desk) -> httpx.Response:
    """Give a draft whose budget does not balance: 1 000 € asked, 1 200 € spent."""
    return await desk.draft(forecast={"charges": [{"label": "Intervenant", "amount": money("1200.00")}]})


@pytest.fixture(autouse=True)
async def untouched(house: House, project: httpx.Response) -> AsyncIterator[None]:
    """Hold every test here to leave every row as it was."""
    assert project.is_success
    async with nothing_written(house):
        yield


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", ["99999", "2A999"])
async def test_a_commune_must_exist(desk: Desk, language: str, code: str):
    for said, place in (
        ({"main_municipality": code}, "/main_municipality"),
        ({"actions": [an_action(desk.scene.home), somewhere(code)]}, "/actions/1/places/0/municipality"),
    ):
        answer = await desk.post("/v1/projects", desk.project(**said), accept_language=LANGUAGES[language])
        assert trouble(answer, 422, {"unknown-municipality"}, language=language, place=place) is None, answer.text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_commune_must_exist_in_the_campaigns_year(desk: Desk, language: str):
    """Pierrefitte-sur-Seine (93059) became a part of Saint-Denis (93066) on 1 January 2025: R30."""
    body = desk.project(actions=[somewhere("93059")])
    answer = await desk.post("/v1/projects", body, accept_language=LANGUAGES[language])
    place = "/actions/0/places/0/municipality"
    assert trouble(answer, 422, {"municipality-ceased"}, language=language, place=place) is None, answer.text
    assert answer.json()["errors"][0]["rule"] == "R30"
    assert "93066" in answer.json()["detail"]


async def test_a_project_lies_in_the_perimeter(desk: Desk):
    answer = await desk.post("/v1/projects", desk.project(main_municipality="75056"))
    assert trouble(answer, 409, {"outside-perimeter"}, place="/main_municipality") is None, answer.text
    assert (answer.json()["rule"], answer.json()["errors"][0]["rule"]) == ("R26", "R26")


async def test_what_is_wrong_in_an_action_is_found_there(desk: Desk):
    home, backwards = desk.scene.home, {"first_on": "2025-06-30", "last_on": "2025-04-01"}
    body = desk.project(actions=[an_action(home), an_action(home, period=backwards)])
    answer = await desk.post("/v1/projects", body)
    assert trouble(answer, 422, {"period-reversed"}, place="/actions/1/period") is None, answer.text
    open_air = {"action_type": "open_air_screening", "setting": "outdoors", "price": money("5.00")}
    answer = await desk.post("/v1/projects", desk.project(actions=[an_action(home, **open_air)]))
    assert trouble(answer, 422, {"open-air-not-free"}, place="/actions/0/price") is None, answer.text
    assert answer.json()["errors"][0]["rule"] == "R14"


def somewhere(code: str) -> dict[str, Any]:
    return {
        "action_type": "programming_workshop",
        "title": "Atelier",
        "setting": "indoors",
        "period": {"first_on": "2025-04-01", "last_on": "2025-06-30"},
        "places": [{"label": "Ailleurs", "municipality": code}],
    }


async def test_a_commune_is_a_text(desk: Desk):
    answer = await desk.post("/v1/projects", desk.project(main_municipality=86194))
    assert trouble(answer, 422, {"invalid"}, place="/main_municipality") is None
    assert answer.json()["errors"][0]["message"] == "Doit être un texte."


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_budget_that_does_not_balance_is_not_handed_over(desk: Desk, project: httpx.Response, language: str):
    answer = await desk.post(
        f"/v1/projects/{project.json()['id']}/submit",
        if_match=project.headers["etag"],
        accept_language=LANGUAGES[language],
    )
    assert trouble(answer, 409, {"budget-not-balanced"}, language=language, place="/forecast") is None, answer.text
    said = answer.json()
    assert (said["rule"], said["errors"][0]["rule"]) == ("R23", "R23")
    assert said["inputs"]
    assert said["reason"]
    assert said["version"]


async def test_a_version_that_has_passed_is_told_with_the_one_that_is(desk: Desk, project: httpx.Response):
    path = f"/v1/projects/{project.json()['id']}/submit"
    answer = await desk.post(path, if_match='"v7"')
    assert trouble(answer, 412, {"precondition-failed"}) is None
    assert answer.headers["etag"] == project.headers["etag"] == '"v1"'
    assert trouble(await desk.post(path), 428, {"precondition-required"}) is None


async def test_a_key_stands_for_one_request(desk: Desk, project: httpx.Response):
    """The same bytes are answered as before; others under the same key are refused, wherever they are sent."""
    key = project.request.headers["idempotency-key"]
    body = desk.project(forecast={"charges": [{"label": "Intervenant", "amount": money("1200.00")}]})
    again = await desk.post("/v1/projects", body, idempotency_key=key)
    assert (again.status_code, again.content) == (201, project.content)
    assert again.headers["etag"] == project.headers["etag"]
    for language, wish in LANGUAGES.items():
        other = await desk.post("/v1/projects", body | {"title": "Autre"}, idempotency_key=key, accept_language=wish)
        assert trouble(other, 422, {"key-reused"}, language=language) is None
    path = f"/v1/projects/{project.json()['id']}/submit"
    elsewhere = await desk.post(path, idempotency_key=key, if_match=project.headers["etag"])
    assert trouble(elsewhere, 422, {"key-reused"}) is None


async def test_a_key_is_its_clients_own(desk: Desk, project: httpx.Response):
    """Another client's key is no key of mine: nothing of its answer comes back."""
    key = project.request.headers["idempotency-key"]
    neighbour = desk.scene.neighbour[Role.PROJECT_HOLDER]
    answer = await desk.post("/v1/projects", {"title": "x"}, who=neighbour, idempotency_key=key)
    assert trouble(answer, 422, {"invalid"}) is None


async def test_a_text_with_a_nul_is_refused_for_itself(desk: Desk):
    for said in ({"title": "a\0b"}, {"summary": "a\0b"}, {"actions": [somewhere("86194") | {"title": "\0"}]}):
        answer = await desk.post("/v1/projects", desk.project(**said))
        assert trouble(answer, 422, {"character-refused"}) is None, answer.text


async def test_what_is_not_known_here_may_be_in_a_moment(desk: Desk):
    line = {"funder_id": str(uuid4()), "kind": "passeurs", "asked": money("1000.00")}
    answer = await desk.post("/v1/projects", desk.project(lines=[line]))
    assert trouble(answer, 409, {"not-known-here-yet"}) is None, answer.text
    assert answer.headers["retry-after"] == "1"


async def test_a_campaign_needs_a_french_clock(desk: Desk):
    body = a_campaign("x") | {"zone": "Asia/Tokyo"}
    answer = await desk.post("/v1/campaigns", body, who=desk.scene.home[Role.REGIONAL_COORDINATOR])
    assert trouble(answer, 422, {"invalid"}, place="/zone") is None
    assert answer.json()["errors"][0]["message"] == "Doit être le fuseau d’une région française."


@pytest.mark.parametrize(
    ("query", "code", "place"),
    [
        ({"group_by": "colour"}, "dimension-not-defined", "group_by"),
        ({"indicator": "I05", "group_by": "funder"}, "dimension-not-defined", "funder"),
        ({"indicator": "I99"}, "value-refused", "indicator"),
        ({"department": "999"}, "value-refused", "department"),
        ({"campaign": "x"}, "value-refused", "campaign"),
        ({"including": "project:x@1"}, "value-refused", "including"),
        ({"wait": "2"}, "malformed", "wait"),
        ({"colour": "red"}, "unknown-filter", "colour"),
    ],
)
async def test_a_question_that_has_no_answer_is_refused(desk: Desk, query: dict[str, str], code: str, place: str):
    answer = await desk.get("/v1/figures", **query)
    assert trouble(answer, 400, {code}, place=place) is None, answer.text

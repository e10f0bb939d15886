"""Projects through the HTTP door: the way to the funding, and who is turned back."""

import asyncio
import json
import re
from dataclasses import replace
from uuid import UUID, uuid4

import asyncpg
import pytest

from actions.store import actions, projects
from common.contracts.access import Role
from common.idempotency import Once
from common.tokens import SYSTEM
from tests.integration.actions import journeys
from tests.integration.actions.journeys import (
    JANUARY,
    MARCH,
    a_project,
    actions_of,
    an_action,
    drafted,
    funded,
    go,
    opened,
    validated,
)
from tests.integration.actions.people import Desk, Person, a_cast, euros, problem
from tests.integration.actions.screenings import asked


async def test_a_project_goes_from_draft_to_funded(desk: Desk) -> None:
    cast = a_cast()
    project = await funded(desk, cast)
    seen = await desk.get(f"/v1/projects/{project.json()['id']}", cast.holder)
    assert seen.json()["state"] == "funded"
    assert seen.json()["budgets"]["revised"]["cash_charges"] == euros("1000.00")
    assert seen.headers["etag"] == project.headers["etag"]


async def test_every_version_has_its_fact_and_the_last_one_the_state(desk: Desk, address: str) -> None:
    project = (await funded(desk, a_cast())).json()
    async with desk.db.transaction(SYSTEM) as tx:
        assert await tx.fetchval("SELECT version FROM project WHERE id = $1", project["id"]) == project["version"]
    owner = await _owner(address)
    rows = await owner.fetch("SELECT version, type FROM outbox WHERE key = $1 ORDER BY seq", project["id"])
    await owner.close()
    facts = [row["version"] for row in rows if not row["type"].endswith(".state.v1")]
    states = [row["version"] for row in rows if row["type"].endswith(".state.v1")]
    assert facts == list(range(1, project["version"] + 1))
    assert states[-1] == project["version"]


async def _owner(address: str):
    return await asyncpg.connect(address, server_settings={"search_path": "actions"})


async def test_the_same_key_gets_the_same_answer_and_makes_one_project(desk: Desk) -> None:
    cast = a_cast()
    body, key = a_project(cast, await opened(desk, cast)), str(uuid4())
    first, second = await asyncio.gather(
        *(desk.post("/v1/projects", cast.holder, body, at=JANUARY, key=key) for _ in range(2))
    )
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert len((await desk.get("/v1/projects", cast.holder)).json()["items"]) == 1
    assert len((await desk.get("/v1/actions", cast.holder)).json()["items"]) == 1
    other = await desk.post("/v1/projects", cast.holder, {**body, "title": "Autre"}, at=JANUARY, key=key)
    assert problem(other) == (422, "key-reused")


async def test_an_action_is_added_to_a_draft_once_for_each_key(desk: Desk) -> None:
    """The draft keeps its version: without a key the same If-Match would make the same action again."""
    cast = a_cast()
    draft = await drafted(desk, cast)
    path, body, key = f"/v1/projects/{draft.json()['id']}/actions", an_action(title="Une de plus"), str(uuid4())
    headers = {"authorization": cast.holder.bearer(), "if-match": draft.headers["etag"], "sandbox-date": JANUARY}
    keyless = await desk.http.post(path, json=body, headers=headers)
    assert problem(keyless) == (400, "idempotency-key-required")
    assert problem(await desk.post(path, cast.holder, body, at=JANUARY)) == (428, "precondition-required")
    first, again = [await desk.post(path, cast.holder, body, match=draft, at=JANUARY, key=key) for _ in range(2)]
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    listed = await desk.get("/v1/actions", cast.holder, project_id=draft.json()["id"])
    assert [one["title"] for one in listed.json()["items"]].count("Une de plus") == 1


async def test_a_creation_tells_whether_it_was_this_one_that_was_made(desk: Desk) -> None:
    """Two requests with one key pass the first look together; only the key's row says which of them came first."""
    cast = a_cast()
    project = await drafted(desk, cast)
    async with desk.db.transaction(SYSTEM) as tx:
        before, _ = await projects.published_project(tx, UUID(project.json()["id"]))
    once = Once(client_id="somebody", key=str(uuid4()), fingerprint=b"same", if_match=None)
    made = []
    for _ in range(2):
        async with desk.db.transaction(SYSTEM) as tx:
            fresh = replace(before, id=uuid4())
            made.append(await projects.create_project(tx, fresh, (), once))
    (first, created), (second, created_again) = made
    assert (created, created_again) == (True, False)
    assert second == first


async def test_a_change_says_which_version_it_was_decided_on(desk: Desk) -> None:
    cast = a_cast()
    project = await drafted(desk, cast)
    path = f"/v1/projects/{project.json()['id']}/submit"
    assert problem(await desk.post(path, cast.holder, at=JANUARY)) == (428, "precondition-required")
    assert problem(await desk.post(path, cast.holder, match=7, at=JANUARY)) == (412, "precondition-failed")
    key = str(uuid4())
    first = await desk.post(path, cast.holder, match=project, at=JANUARY, key=key)
    again = await desk.post(path, cast.holder, match=project, at=JANUARY, key=key)
    assert (first.status_code, again.status_code, again.content) == (200, 200, first.content)


@pytest.mark.parametrize(
    ("wrong", "code", "pointer"),
    [
        ({"main_municipality": "93059"}, "municipality-ceased", "/main_municipality"),
        ({"main_municipality": "99999"}, "unknown-municipality", "/main_municipality"),
        ({"colour": "red"}, "validation", "/colour"),
        ({"actions": [an_action(places=[{"label": "x", "municipality": "86041", "priority_district": "QN08605M"}])]},
         "district-not-in-municipality", "/priority_district"),
        ({"forecast": {"charges": [{"label": "x", "amount": {"amount": "1.005"}}]}}, "validation",
         "/forecast/charges/0/amount/amount"),
    ],
)  # fmt: skip
async def test_a_wrong_body_is_refused_where_it_is_wrong(desk: Desk, wrong: dict, code: str, pointer: str) -> None:
    cast = a_cast()
    body = a_project(cast, await opened(desk, cast), **wrong)
    answer = await desk.post("/v1/projects", cast.holder, body, at=JANUARY)
    assert answer.status_code == 422, answer.text
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert answer.json()["code"] == code or code == "validation"
    assert (await desk.get("/v1/projects", cast.holder)).json()["items"] == []


async def test_what_may_be_done_is_read_with_the_document_it_is_said_of(desk: Desk) -> None:
    """Between two statements a verb may commit, and the old permissions would stand beside the new version."""
    cast = a_cast()
    project = (await drafted(desk, cast)).json()
    (action,) = (await desk.get("/v1/actions", cast.holder, project_id=project["id"])).json()["items"]
    asked: list[str] = []
    async with desk.db.transaction(SYSTEM) as tx:
        with tx.query_logger(lambda query: asked.append(query.query)):
            seen_project, project_doc = await projects.published_project(tx, project["id"])
            seen_action, action_doc = await actions.published_action(tx, action["id"])
    tables = [found for query in asked for found in re.findall(r"FROM (project|action)\b", query)]
    assert tables == ["project", "action"]
    versions = [json.loads(doc)["version"] for doc in (project_doc, action_doc)]
    assert versions == [seen_project.version, seen_action.version]


async def test_an_unbalanced_budget_is_refused_by_its_rule(desk: Desk) -> None:
    cast = a_cast()
    project = await drafted(desk, cast, forecast={"charges": [{"label": "Intervenant", "amount": euros("999.99")}]})
    path = f"/v1/projects/{project.json()['id']}/submit"
    answer = await desk.post(path, cast.holder, match=project, at=JANUARY)
    assert problem(answer) == (409, "budget-not-balanced")
    assert answer.json()["rule"] == "R23"


@pytest.mark.parametrize(("at", "status"), [("2025-01-24T23:59:59+01:00", 200), ("2025-01-25T00:00:00+01:00", 409)])
async def test_r22_the_deadline_is_the_day_s_last_second(desk: Desk, at: str, status: int) -> None:
    cast = a_cast()
    project = await drafted(desk, cast)
    path = f"/v1/projects/{project.json()['id']}/submit"
    assert (await desk.post(path, cast.holder, match=project, at=at)).status_code == status


async def test_what_lies_elsewhere_is_not_there(desk: Desk) -> None:
    cast, project = a_cast(), None
    project = await validated(desk, cast)
    neighbours = a_cast()
    strangers = [
        neighbours.coordinator,
        neighbours.holder,
        Person(role=Role.DRAC_ADVISER, codes=("33",)),
        Person(role=Role.COLLECTIVITY_SYSTEM, codes=("86041",)),
        Person(role=Role.DASHBOARD),
        Person(role=Role.FUNDER),
    ]
    path = f"/v1/projects/{project.json()['id']}"
    for stranger in strangers:
        assert problem(await desk.get(path, stranger)) == (404, "no-such-project"), stranger.role
        assert (await desk.get("/v1/projects", stranger)).json()["items"] == []
        answer = await desk.post(f"{path}/withdraw", stranger, {"reason": "x"}, match=project)
        assert answer.status_code == 404, stranger.role
    for insider in (cast.coordinator, cast.secretary, cast.holder, cast.drac, cast.town):
        assert (await desk.get(path, insider)).status_code == 200, insider.role


async def test_a_drac_pays_for_and_asks_of_what_reaches_into_its_region(desk: Desk) -> None:
    """The call is of another region: it is open, so the DRAC reads by what its project is paid and judged."""
    cast = a_cast()
    project = await funded(desk, cast, actions=[an_action(places=[{"label": "Ici", "municipality": "93066"}])])
    (action,) = await actions_of(desk, cast, project)
    elsewhere, line = replace(cast.drac, codes=("93",)), project.json()["lines"][0]
    payment = {"stage": "balance", "amount": euros("600.00"), "paid_on": "2025-03-20"}
    paid = await go(desk, project, f"funding-lines/{line['id']}/pay", elsewhere, payment, at=MARCH)
    assert paid.json()["lines"][0]["paid"] == euros("600.00")
    assert (await desk.get(f"/v1/actions/{action.json()['id']}/obligations", elsewhere)).status_code == 200
    await asked(desk, action, elsewhere)


async def test_what_is_seen_is_not_therefore_one_s_own(desk: Desk) -> None:
    cast = a_cast()
    project = await validated(desk, cast)
    drac_line, town_line = (line["id"] for line in project.json()["lines"])
    body = {"granted": euros("1.00"), "decided_on": "2025-03-20"}
    path = f"/v1/projects/{project.json()['id']}/funding-lines"
    foreign = await desk.post(f"{path}/{drac_line}/decide", cast.town, body, match=project, at=MARCH)
    assert problem(foreign) == (403, "not-yours")
    unscoped = await desk.post(f"{path}/{town_line}/decide", cast.coordinator, body, match=project, at=MARCH)
    assert problem(unscoped) == (403, "scope-missing")


async def test_a_town_reads_its_own_line_and_the_totals_once_funded(desk: Desk) -> None:
    cast = a_cast()
    project = await validated(desk, cast)
    path = f"/v1/projects/{project.json()['id']}"
    early = (await desk.get(path, cast.town)).json()
    assert [line["funder_id"] for line in early["lines"]] == [str(cast.town.org)]
    assert (early["budgets"], early["decisions"][0]["recommended"]) == (
        {"forecast": None, "revised": None, "actual": None},
        None,
    )
    listed = (await desk.get("/v1/projects", cast.town, campaign_id=early["campaign_id"])).json()["items"]
    assert [line["funder_id"] for line in listed[0]["lines"]] == [str(cast.town.org)]
    body = {"granted": euros("400.00"), "decided_on": "2025-03-20"}
    decided = await desk.post(
        f"{path}/funding-lines/{early['lines'][0]['id']}/decide", cast.town, body, match=project, at=MARCH
    )
    assert [line["granted"] for line in decided.json()["lines"]] == [euros("400.00")]
    whole = (await desk.get(path, cast.holder)).json()
    assert len(whole["lines"]) == len(project.json()["lines"])


async def test_of_many_decisions_on_one_line_one_passes(desk: Desk) -> None:
    cast = a_cast()
    project = await validated(desk, cast)
    line = project.json()["lines"][0]["id"]
    path = f"/v1/projects/{project.json()['id']}/funding-lines/{line}/decide"
    body = {"granted": euros("600.00"), "decided_on": "2025-03-20"}
    answers = await asyncio.gather(*(desk.post(path, cast.drac, body, match=project, at=MARCH) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 19


async def test_time_alone_ends_an_incomplete_file(desk: Desk) -> None:
    cast = a_cast()
    project = await journeys.submitted(desk, cast)
    missing = {"pieces": ["RIB"], "due_on": "2025-02-07"}
    await journeys.go(desk, project, "return", cast.coordinator, missing, at=JANUARY)
    operator = Person(role=Role.OPERATOR)
    path = "/v1/sandbox/actions/timers"
    early = await desk.post(path, operator, at="2025-02-07T23:59:59+01:00")
    late = await desk.post(path, operator, at="2025-02-08T00:00:00+01:00")
    assert (early.json()["lapsed_files"], late.json()["lapsed_files"]) == (0, 1)
    seen = await desk.get(f"/v1/projects/{project.json()['id']}", cast.holder)
    assert (seen.json()["state"], seen.json()["reason"]) == ("ineligible", "due_date_passed")


@pytest.mark.parametrize("day", ["1899-12-31", "9999-12-31", "0001-01-01"])
async def test_days_at_the_calendar_s_ends_are_refused(desk: Desk, day: str) -> None:
    cast = a_cast()
    await desk.introduce(cast)
    answer = await desk.post("/v1/campaigns", cast.coordinator, journeys.a_campaign(ends_on=day), at=journeys.OPENED)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/ends_on"]
    beyond = await desk.post("/v1/campaigns", cast.coordinator, journeys.a_campaign(), at="9999-12-31T23:59:59-14:00")
    assert beyond.status_code == 400

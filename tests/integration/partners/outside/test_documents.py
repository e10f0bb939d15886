"""The joined documents, the pages for readers, and what is forgotten in time."""

import asyncpg
import pytest

from common import migrations
from common.database import uuid7
from partners.domain.schedule import Schedule
from partners.main import OWN_DOCUMENT
from partners.store.retention import STATEMENTS, forget
from tests.integration.partners.outside.house import a_fact, problem
from tests.integration.partners.outside.receiver import status
from tests.integration.partners.outside.work import all_done, working
from tests.waiting import until

HAS_FAILED = "SELECT failures > 0 FROM partners.wh_delivery WHERE endpoint_id = $1 AND state = 'pending'"


async def test_the_joined_document_has_the_usual_address_and_our_own_another(house):
    joined = (await house.http.get("/openapi.json")).json()
    own = (await house.http.get(OWN_DOCUMENT)).json()
    assert {"/v1/projects", "/v1/films", "/v1/webhooks/endpoints"} <= joined["paths"].keys()
    assert "/v1/projects" not in own["paths"]
    assert "/oauth/token" in own["paths"]
    assert own["paths"].keys() <= joined["paths"].keys()
    assert (await house.http.get("/asyncapi.json")).json()["asyncapi"].startswith("3.")


@pytest.mark.parametrize("path", ["/docs", "/problems", "/problems/not-found", "/problems/key-reused"])
async def test_pages_are_plain_and_ask_nobody_for_anything(house, path):
    answer = await house.http.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "<script" not in answer.text
    assert "http://" not in answer.text.replace("http://www.w3.org", "")


async def test_a_problem_is_explained_in_both_languages(house):
    page = (await house.http.get("/problems/forbidden-destination")).text
    assert "A webhook goes to an https address" in page
    assert "Un webhook va vers une adresse https" in page
    assert problem(await house.http.get("/problems/no-such-problem")) == (404, "no-such-document")


async def test_what_is_old_is_forgotten_and_what_is_still_tried_is_not(house, around, receiver, address):
    """Behind a closed lane things wait as long as one can fetch them, and no longer: its owner may never come back."""
    async with working(around, schedule=Schedule(delays_s=(86_400,))) as worker:
        endpoint = await worker.subscribed(await house.collectivity(), "/hook")
        await worker.hear(a_fact(uuid7()), a_fact(uuid7()))
        await until(lambda: all_done(endpoint))
        await endpoint.do("pause")
        tried = await worker.subscribed(await house.collectivity(), "/broken")
        receiver.always["/broken"] = status(500)
        await worker.hear(a_fact(uuid7()))
        await until(lambda: house.administrator.fetchval(HAS_FAILED, tried.id))
        await endpoint.do("secret/rotate", {"overlap": "PT0S"})
    await _age(house)
    await house.hear(a_fact(uuid7()))
    connection = await asyncpg.connect(migrations.dsn(address, "partners", "housekeeper"))
    try:
        forgotten = await forget(connection, batch=1)
        assert await forget(connection, batch=5_000) == dict.fromkeys(STATEMENTS, 0)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("SELECT sealed FROM wh_secret")
    finally:
        await connection.close()
    assert forgotten["deliveries"] >= 2
    assert forgotten["events"] >= 2
    assert forgotten["attempts"] >= 2
    assert forgotten["webhook secrets"] >= 1
    assert await endpoint.states() == {4: "pending"}
    assert await tried.states() == {1: "pending", 2: "pending"}
    pulled = (await endpoint.owner.get("/v1/events", endpoint=str(endpoint.id))).json()
    assert ([one["sequence"] for one in pulled["items"]], pulled["oldest"]) == ([4], 4)


async def _age(house) -> None:
    """Make everything forty days older."""
    for table, column in (
        ("wh_delivery", "created_at"),
        ("wh_event", "created_at"),
        ("wh_heard", "heard_at"),
        ("wh_attempt", "at"),
    ):
        await house.administrator.execute(f"UPDATE partners.{table} SET {column} = {column} - interval '40 days'")

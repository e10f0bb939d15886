"""Webhook endpoints over HTTP: whose they are, what they may ask for, and how they prove themselves."""

import asyncio
from uuid import uuid4

import pytest

from common.contracts.access import Role
from tests.integration.partners.outside.house import Endpoint, a_fact, problem
from tests.integration.partners.outside.receiver import silent, status
from tests.integration.partners.outside.work import working
from tests.waiting import until

PATH = "/v1/webhooks/endpoints"


@pytest.fixture
async def worker(around):
    async with working(around) as worker:
        yield worker


async def test_a_subscription_is_pending_until_its_url_has_echoed_a_challenge(house, worker, receiver):
    partner = await house.collectivity()
    endpoint = await partner.endpoint(receiver.url("/hook"), "action.*", description="Ours")
    said = (await endpoint.read()).json()
    assert (said["state"], said["description"], said["event_types"]) == ("pending", "Ours", ["action.*"])
    assert "secret" not in said
    await worker.verified(endpoint)
    [challenge] = [call for call in receiver.calls if "challenge" in call.event["data"]]
    challenge.verify(endpoint.secret)
    assert challenge.event["type"] == "fr.passeursdimages.webhook_endpoint.verification.v1"
    assert problem(await endpoint.do("verify")) == (409, "already-verified")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (status(200, b'{"challenge": "guessed"}'), "challenge"),
        (status(200, b"ok"), "challenge"),
        (status(200, b'["challenge"]'), "challenge"),
        (status(404), "http"),
        (status(307, location="/elsewhere"), "http"),
    ],
    ids=["a guess", "no json", "a list", "not found", "a redirect"],
)
async def test_whoever_does_not_echo_stays_pending(house, worker, receiver, answer, error):
    receiver.always["/mute"] = answer
    endpoint = await (await house.collectivity()).endpoint(receiver.url("/mute"))
    await endpoint.do("verify")

    async def failure():
        return ((await endpoint.read()).json()["verification"] or {}).get("error")

    assert await until(failure) == error
    assert await endpoint.state() == "pending"
    await worker.hear(a_fact())
    assert await endpoint.deliveries() == []


async def test_the_same_key_gives_the_same_endpoint_and_secret(house, receiver):
    partner = await house.collectivity()
    body, key = {"url": receiver.url("/hook"), "event_types": ["*"]}, str(uuid4())
    first, again = [await partner.post(PATH, body, key=key) for _ in range(2)]
    assert first.text == again.text
    assert first.json()["secret"].startswith("whsec_")
    kept = await house.administrator.fetch("SELECT encode(body, 'escape') FROM partners.idempotency")
    assert first.json()["secret"] not in str(kept)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"url": "http://receiver.example.org/"}, (422, "forbidden-destination")),
        ({"url": "https://10.0.0.1:2000/"}, (422, "forbidden-destination")),
        ({"url": "https://api.passeurs.example/"}, (422, "forbidden-destination")),
        ({"event_types": ["action.hold"]}, (422, "unknown-event-type")),
        ({"event_types": []}, (422, "invalid")),
        ({"event_types": ["a"] * 51}, (422, "invalid")),
        ({"event_types": ["'; DROP"]}, (422, "invalid")),
        ({"codes": ["75056"] * 301}, (422, "invalid")),
        ({"codes": ["75056"]}, (403, "outside-your-territory")),
        ({"colour": "red"}, (422, "invalid")),
        ({"url": "https://" + "x" * 3_000 + ".example.org/"}, (422, "invalid")),
    ],
)
async def test_a_subscription_that_cannot_be(house, body, said):
    partner = await house.collectivity()
    whole = {"url": "https://receiver.example.org/hook", "event_types": ["*"], **body}
    assert problem(await partner.post(PATH, whole)) == said


async def test_a_partner_has_twenty_endpoints_at_most(house):
    partner = await house.collectivity()
    for n in range(20):
        await partner.endpoint(f"https://receiver{n}.example.org/")
    body = {"url": "https://receiver.example.org/", "event_types": ["*"]}
    assert problem(await partner.post(PATH, body)) == (409, "too-many-endpoints")
    first = (await partner.get(PATH, limit=15)).json()
    rest = (await partner.get(PATH, limit=15, after=first["next"])).json()
    assert (len(first["items"]), len(rest["items"])) == (15, 5)


async def test_of_those_registered_at_the_same_time_no_more_than_twenty_are_made(house):
    partner = await house.collectivity()
    for n in range(19):
        await partner.endpoint(f"https://receiver{n}.example.org/")
    body = {"url": "https://receiver.example.org/", "event_types": ["*"]}
    async with house.administrator.transaction():
        await house.administrator.execute("LOCK TABLE partners.wh_endpoint IN SHARE MODE")  # read: yes; add: not yet
        asked = [asyncio.create_task(partner.post(PATH, body)) for _ in range(3)]
        await until(lambda: _all_wait(house, len(asked)))
    answers = await asyncio.gather(*asked)
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert {problem(answer) for answer in answers if answer.status_code != 201} == {(409, "too-many-endpoints")}
    assert len((await partner.get(PATH, limit=100)).json()["items"]) == 20


async def _all_wait(house, number):
    waiting = """
        SELECT count(*) FROM pg_locks
         WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """
    return await house.administrator.fetchval(waiting) == number


async def test_who_repeats_the_last_one_is_given_it_again(house):
    partner = await house.collectivity()
    for n in range(19):
        await partner.endpoint(f"https://receiver{n}.example.org/")
    body, key = {"url": "https://receiver.example.org/", "event_types": ["*"]}, str(uuid4())
    answers = await asyncio.gather(*(partner.post(PATH, body, key=key) for _ in range(4)))
    assert {(answer.status_code, answer.text) for answer in answers} == {(201, answers[0].text)}


async def test_it_is_seen_by_its_owner_and_by_nobody_else(house, receiver):
    owner, other = await house.collectivity(), await house.collectivity()
    coordinator = await house.coordinator()
    endpoint = await owner.endpoint(receiver.url("/hook"))
    for stranger in (other, coordinator):
        theirs = Endpoint(stranger, endpoint.id, "")
        assert problem(await theirs.read()) == (404, "no-such-endpoint")
        for verb in ("verify", "pause", "resume", "test"):
            assert problem(await stranger.post(f"{endpoint.path}/{verb}", match=1)) == (404, "no-such-endpoint")
        assert problem(await stranger.delete(endpoint.path, match=1)) == (404, "no-such-endpoint")
        assert problem(await stranger.get(f"{endpoint.path}/deliveries")) == (404, "no-such-endpoint")
        assert problem(await stranger.get("/v1/events", endpoint=str(endpoint.id))) == (404, "no-such-endpoint")
        assert (await stranger.get(PATH)).json()["items"] == []
    holder = await house.partner(Role.PROJECT_HOLDER)
    assert problem(await holder.get(PATH)) == (403, "scope-missing")
    body = {"url": "https://receiver.example.org/", "event_types": ["*"]}
    assert problem(await holder.post(PATH, body)) == (403, "scope-missing")


async def test_a_change_names_the_version_it_was_decided_on(house, receiver):
    endpoint = await (await house.collectivity()).endpoint(receiver.url("/hook"))
    path = f"{endpoint.path}/change"
    assert problem(await endpoint.owner.post(path, {})) == (428, "precondition-required")
    changed = await endpoint.owner.post(path, {"event_types": ["film.*"]}, match=1)
    assert (changed.status_code, changed.json()["event_types"]) == (200, ["film.*"])
    assert problem(await endpoint.owner.post(path, {}, match=1)) == (412, "precondition-failed")


async def test_a_new_url_is_silent_until_it_is_verified(house, worker, receiver):
    endpoint = await worker.subscribed(await house.collectivity(), "/old")
    await endpoint.do("change", {"url": receiver.url("/new")})
    assert await endpoint.state() == "pending"
    await worker.hear(a_fact())
    assert (await endpoint.states()) == {1: "pending"}
    await worker.verified(endpoint)
    await until(lambda: receiver.at("/new"))
    assert receiver.at("/old") == []


async def test_paused_it_loses_nothing(house, worker, receiver):
    endpoint = await worker.subscribed(await house.collectivity(), "/hook")
    await endpoint.do("pause")
    await worker.hear(a_fact(), a_fact())
    assert set((await endpoint.states()).values()) == {"pending"}
    assert problem(await endpoint.do("pause")) == (409, "not-active")
    await endpoint.do("resume")
    await until(lambda: len(receiver.at("/hook")) == 2)
    assert problem(await endpoint.do("resume")) == (409, "not-paused")


async def test_two_secrets_sign_while_one_replaces_the_other(house, worker, receiver):
    endpoint = await worker.subscribed(await house.collectivity(), "/hook")
    new = (await endpoint.do("secret/rotate", {})).json()["secret"]
    await worker.hear(a_fact())
    await until(lambda: receiver.at("/hook"))
    for secret in (endpoint.secret, new):
        receiver.at("/hook")[0].verify(secret)
    newest = (await endpoint.do("secret/rotate", {"overlap": "PT0S"})).json()["secret"]
    await worker.hear(a_fact())
    await until(lambda: len(receiver.at("/hook")) == 2)
    receiver.at("/hook")[1].verify(newest)
    assert len(receiver.at("/hook")[1].headers["webhook-signature"].split(" ")) == 1


async def test_removed_it_leaves_nothing_behind(house, worker, receiver):
    receiver.always["/slow"] = silent
    endpoint = await worker.subscribed(await house.collectivity(), "/slow")
    await worker.hear(a_fact())
    await until(lambda: receiver.at("/slow"))
    removed = await endpoint.owner.delete(endpoint.path, match=await endpoint.read())
    assert removed.status_code == 200
    receiver.released.set()
    for table in ("wh_endpoint", "wh_secret", "wh_lane", "wh_sequence", "wh_delivery", "wh_attempt"):
        column = "id" if table == "wh_endpoint" else "endpoint_id"
        sql = f"SELECT count(*) FROM partners.{table} WHERE {column} = $1"
        assert await house.administrator.fetchval(sql, endpoint.id) == 0
    assert problem(await endpoint.read()) == (404, "no-such-endpoint")


async def test_who_removes_it_again_with_the_same_key_gets_the_answer(house, receiver):
    """Also who does so at the same time: the second waits for the first, and what it was is gone."""
    endpoint, key = await (await house.collectivity()).endpoint(receiver.url("/hook")), str(uuid4())
    answers = await asyncio.gather(*(endpoint.owner.delete(endpoint.path, match=1, key=key) for _ in range(3)))
    again = await endpoint.owner.delete(endpoint.path, match=1, key=key)
    assert {(answer.status_code, answer.text) for answer in (*answers, again)} == {(200, again.text)}
    assert problem(await endpoint.owner.delete(endpoint.path, match=1)) == (404, "no-such-endpoint")


async def test_a_test_event_goes_the_way_of_all_others(house, worker, receiver):
    endpoint = await worker.subscribed(await house.collectivity(), "/hook", "film.*")
    answer = await endpoint.owner.post(f"{endpoint.path}/test")
    assert answer.status_code == 202
    await until(lambda: receiver.at("/hook"))
    [call] = receiver.at("/hook")
    call.verify(endpoint.secret)
    assert (call.event["id"], call.sequence) == (answer.json()["event_id"], 1)


async def test_the_endpoints_of_a_revoked_client_are_disabled_within_seconds(house, worker):
    partner = await house.collectivity()
    endpoint = await worker.subscribed(partner, "/hook")
    await house.operator.post(f"/v1/api-clients/{partner.client_id}/revoke", match=1)
    await worker.hear(a_fact())
    assert await endpoint.deliveries() == []

    async def because():
        return (await endpoint.read()).json()["disabled_because"]

    assert await until(because) == "client_revoked"


async def test_event_types_are_those_of_the_contracts(house):
    partner = await house.collectivity()
    items = {one["name"]: one for one in (await partner.get("/v1/event-types")).json()["items"]}
    assert items["action.held"]["type"] == "fr.passeursdimages.action.held.v1"
    assert items["webhook_delivery.dead"]["always"]
    assert not items["action.held"]["always"]

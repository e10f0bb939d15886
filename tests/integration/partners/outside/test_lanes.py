"""Deliveries: in order for each subject, again after a failure, and never at the expense of somebody else."""

import time
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from prometheus_client import REGISTRY

from partners.domain.schedule import Breaker, Patience, Schedule
from tests.integration.partners.outside.house import a_fact, an_about, problem
from tests.integration.partners.outside.receiver import elsewhere, gone, reset, silent, status
from tests.integration.partners.outside.work import SOON, all_done, working
from tests.waiting import until

ONE, OTHER = UUID(int=101), UUID(int=102)
HOURS = Schedule(delays_s=(3600, 3600))


@pytest.fixture
async def worker(around):
    async with working(around) as worker:
        yield worker


async def test_an_event_is_signed_numbered_and_delivered_once(house, worker, receiver):
    endpoint = await worker.subscribed(await house.collectivity(), "/hook")
    fact = a_fact(ONE, version=7)
    await worker.hear(fact, fact)
    await worker.hear(fact)
    await worker.hear(a_fact(ONE, version=8))
    await until(lambda: len(receiver.at("/hook")) == 2)
    first, second = receiver.at("/hook")
    for call in (first, second):
        call.verify(endpoint.secret)
    assert (first.sequence, second.sequence) == (1, 2)
    assert first.headers["webhook-id"] == first.event["id"] == fact.id
    assert (first.event["subject"], first.event["aggversion"]) == (str(ONE), 7)
    await until(lambda: all_done(endpoint))


async def test_each_endpoint_has_its_own_gapless_numbers(house, worker, receiver):
    poitiers, niort = await house.collectivity("86194"), await house.collectivity("79191")
    here = await worker.subscribed(poitiers, "/here")
    there = await worker.subscribed(niort, "/there")
    films = await worker.subscribed(niort, "/films", "film.*")
    for n in range(6):
        await worker.hear(a_fact(uuid4(), about=None if n % 2 else _niort()))
    await worker.hear(a_fact(uuid4(), fact="film.registered"))
    await until(lambda: len(receiver.at("/here")) == 4)
    await until(lambda: len(receiver.at("/there")) == 4)
    await until(lambda: len(receiver.at("/films")) == 1)
    await until(lambda: all_done(here, there, films))
    for path in ("/here", "/there", "/films"):
        assert sorted(receiver.sequences(path)) == list(range(1, len(receiver.at(path)) + 1))
    places = {call.event["data"]["territory"]["municipalities"][0] for call in receiver.at("/here")[:3]}
    assert places == {"86194"}


async def test_of_one_subject_the_earlier_event_arrives_first(house, worker, receiver):
    """A failing head holds back its own subject, and nothing else."""
    endpoint = await worker.subscribed(await house.collectivity(), "/hook")
    receiver.scripts["/hook"].append(status(500))
    await worker.hear(a_fact(ONE))
    await until(lambda: receiver.at("/hook"))
    await worker.hear(a_fact(ONE), a_fact(OTHER), a_fact(ONE))
    await until(lambda: all_done(endpoint))
    subjects = [(call.event["subject"], call.sequence) for call in receiver.at("/hook")]
    assert [number for subject, number in subjects if subject == str(ONE)] == [1, 1, 2, 4]
    assert [number for subject, number in subjects if subject == str(OTHER)] == [3]


async def test_while_a_head_waits_its_subject_waits_and_others_flow(house, around, receiver):
    async with working(around, schedule=HOURS) as worker:
        endpoint = await worker.subscribed(await house.collectivity(), "/hook")
        receiver.scripts["/hook"].append(status(500))
        await worker.hear(a_fact(ONE))
        await until(lambda: receiver.at("/hook"))
        await worker.hear(a_fact(ONE), a_fact(OTHER))
        await until(lambda: len(receiver.at("/hook")) == 2)
        await until(lambda: _is(endpoint, {1: "pending", 2: "pending", 3: "done"}))
        due = {one["sequence"]: one["next_at"] for one in await endpoint.deliveries()}
        assert due[1] is not None
        assert due[2] is not None


async def test_after_its_last_try_a_delivery_is_dead_and_announced_and_frees_its_subject(house, worker, receiver):
    partner = await house.collectivity()
    endpoint = await worker.subscribed(partner, "/hook")
    sibling = await worker.subscribed(partner, "/sibling", "film.*")
    receiver.scripts["/hook"].extend([status(500)] * (len(SOON.delays_s) + 1))
    await worker.hear(a_fact(ONE), a_fact(ONE))
    await until(lambda: _is(endpoint, {1: "dead", 2: "done", 3: "done"}))
    assert [call.sequence for call in receiver.at("/hook") if call.event["subject"] == str(ONE)] == [1, 1, 1, 1, 2]
    await until(lambda: receiver.at("/sibling"))
    [notice] = receiver.at("/sibling")
    assert notice.event["type"] == "fr.passeursdimages.webhook_delivery.dead.v1"
    assert notice.event["data"]["sequence"] == 1
    notice.verify(sibling.secret)


async def test_the_hole_of_a_dead_delivery_is_filled_by_pull(house, worker, receiver):
    endpoint = await worker.subscribed(await house.collectivity(), "/hook")
    receiver.scripts["/hook"].extend([status(500)] * (len(SOON.delays_s) + 1))
    await worker.hear(a_fact(ONE), a_fact(ONE))
    await until(lambda: _is(endpoint, {1: "dead", 2: "done", 3: "done"}))
    pulled = (await endpoint.owner.get("/v1/events", endpoint=str(endpoint.id), after=0)).json()
    assert [one["sequence"] for one in pulled["items"]] == [1, 2, 3]
    assert (pulled["next_after"], pulled["oldest"], pulled["last"]) == (3, 1, 3)
    by_number = {call.sequence: call.event for call in receiver.at("/hook")}
    assert pulled["items"] == [by_number[number] for number in (1, 2, 3)]
    rest = await endpoint.owner.get("/v1/events", endpoint=str(endpoint.id), after=1, limit=1)
    assert [one["sequence"] for one in rest.json()["items"]] == [2]
    assert 'rel="next"' in rest.headers["link"]


async def test_where_nothing_is_kept_any_more_no_page_comes_next(house, worker):
    """Else who follows the links would ask for the same page again and again."""
    endpoint = await worker.subscribed(await house.collectivity(), "/hook")
    await worker.hear(a_fact(ONE))
    await until(lambda: all_done(endpoint))
    await house.administrator.execute("DELETE FROM partners.wh_delivery WHERE endpoint_id = $1", endpoint.id)
    pulled = await endpoint.owner.get("/v1/events", endpoint=str(endpoint.id), after=0)
    assert (pulled.json()["items"], pulled.json()["last"]) == ([], 1)
    assert "link" not in pulled.headers


async def test_r41_of_a_closed_circuit_a_town_is_sent_and_pulls_no_day(house, worker, receiver):
    """What comes on the day is not sent before it was held, and what is sent says a commune and no day."""
    endpoint = await worker.subscribed(await house.collectivity(), "/hook")
    about = an_about(day_withheld=True)
    planned = a_fact(ONE, about=about, fact="action.scheduled")
    begun = [a_fact(ONE, about=about, fact=fact) for fact in ("action.started", "action.attendance_recorded")]
    held = a_fact(ONE, about=an_about(), fact="action.held")
    await worker.hear(planned, *begun, held)
    await until(lambda: _is(endpoint, {1: "done", 2: "done"}))
    pulled = (await endpoint.owner.get("/v1/events", endpoint=str(endpoint.id), after=0)).json()["items"]
    assert [call.event for call in receiver.at("/hook")] == pulled
    assert [one["id"] for one in pulled] == [planned.id, held.id]
    assert [one["data"].get("effective_on") for one in pulled] == [None, "2025-07-25"]
    assert pulled[0]["data"]["territory"]["municipalities"] == ["86194"]


async def test_each_attempt_is_logged_with_what_went_wrong(house, worker, receiver):
    endpoint = await worker.subscribed(await house.collectivity(), "/hook")
    receiver.scripts["/hook"].extend([status(500, b"oops"), elsewhere("https://localhost/"), reset])
    await worker.hear(a_fact(ONE))
    await until(lambda: all_done(endpoint))
    said = (await endpoint.owner.get(f"{endpoint.path}/deliveries/1")).json()
    assert (said["attempts"], said["failures"], said["state"]) == (4, 3, "done")
    assert [(one["status"], one["trouble"]) for one in said["log"]][:2] == [(500, "http"), (307, "http")]
    assert said["log"][2]["trouble"] in ("connect", "http")
    assert (said["log"][3]["status"], said["log"][3]["trouble"]) == (204, None)
    assert said["log"][0]["answer"] == "oops"
    assert said["body"] == receiver.at("/hook")[0].event
    assert problem(await endpoint.owner.get(f"{endpoint.path}/deliveries/99")) == (404, "no-such-delivery")


async def test_deliveries_are_found_by_state_kind_and_time(house, worker):
    endpoint = await worker.subscribed(await house.collectivity(), "/hook")
    await worker.hear(a_fact(ONE), a_fact(OTHER, fact="film.changed"))
    await until(lambda: all_done(endpoint))
    assert len(await endpoint.deliveries(state="done")) == 2
    assert await endpoint.deliveries(state="dead") == []
    assert [one["sequence"] for one in await endpoint.deliveries(type="film.changed")] == [2]
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert await endpoint.deliveries(since=later) == []
    assert len(await endpoint.deliveries(since="1900-01-01T00:00:00+14:00")) == 2
    assert await endpoint.deliveries(since="2200-12-31T23:59:59-14:00") == []
    refused = [{"state": "lost"}, {"since": "0001-01-01T00:00:00+14:00"}, {"since": "9999-12-31T23:59:59-14:00"}]
    for query in refused:
        assert problem(await endpoint.owner.get(f"{endpoint.path}/deliveries", **query))[0] == 400


@pytest.mark.parametrize("number", [429, 503])
async def test_whoever_says_when_to_come_back_is_left_in_peace_until_then(house, worker, receiver, number):
    endpoint = await worker.subscribed(await house.collectivity(), "/hook")
    receiver.scripts["/hook"].append(status(number, retry_after="1"))
    began = time.monotonic()
    await worker.hear(a_fact(ONE))
    await until(lambda: receiver.at("/hook"))
    await worker.hear(a_fact(OTHER))
    await until(lambda: all_done(endpoint))
    assert time.monotonic() - began > 0.9
    [first, *_] = receiver.at("/hook")
    assert all(call.at - first.at > 0.9 for call in receiver.at("/hook")[1:])
    assert (await endpoint.owner.get(f"{endpoint.path}/deliveries/1")).json()["failures"] == 0


async def test_410_disables_and_tells_the_others(house, worker, receiver):
    partner = await house.collectivity()
    endpoint = await worker.subscribed(partner, "/hook")
    await worker.subscribed(partner, "/sibling", "film.*")
    receiver.always["/hook"] = gone
    await worker.hear(a_fact(ONE), a_fact(ONE), a_fact(OTHER))
    await until(lambda: _has_state(endpoint, "disabled"))
    assert (await endpoint.read()).json()["disabled_because"] == "gone"
    await until(lambda: receiver.at("/sibling"))
    assert receiver.at("/sibling")[0].event["type"] == "fr.passeursdimages.webhook_endpoint.disabled.v1"
    calls = len(receiver.at("/hook"))
    await worker.hear(a_fact(ONE))
    states = await endpoint.states()
    assert set(states.values()) == {"cancelled"}
    assert list(states) == list(range(1, len(states) + 1))
    assert len(receiver.at("/hook")) == calls
    assert problem(await endpoint.owner.post(f"{endpoint.path}/deliveries/1/redeliver")) == (409, "not-active")


async def test_back_again_it_recovers_what_it_missed(house, worker, receiver):
    since = datetime.now(UTC)
    endpoint = await worker.subscribed(await house.collectivity(), "/hook")
    receiver.always["/hook"] = gone
    await worker.hear(a_fact(ONE))
    await until(lambda: _has_state(endpoint, "disabled"))
    await worker.hear(a_fact(ONE), a_fact(OTHER))
    del receiver.always["/hook"]
    receiver.calls.clear()
    await worker.verified(endpoint)
    period = {"since": since.isoformat(), "until": (since + timedelta(hours=1)).isoformat()}
    first_attempts = _late("count")
    recovered = await endpoint.owner.post(f"{endpoint.path}/recover", period)
    assert recovered.status_code == 202
    assert recovered.json()["recovered"] == len(await endpoint.states())
    await until(lambda: all_done(endpoint))
    assert sorted(receiver.sequences("/hook")) == list(await endpoint.states())
    assert _late("count") == first_attempts, "what was asked for again is as late as whoever asked"
    too_long = period | {"until": (since + timedelta(days=20)).isoformat()}
    assert problem(await endpoint.owner.post(f"{endpoint.path}/recover", too_long)) == (422, "recover-too-much")


async def test_one_event_can_be_sent_again_under_its_own_number(house, worker, receiver):
    endpoint = await worker.subscribed(await house.collectivity(), "/hook")
    await worker.hear(a_fact(ONE), a_fact(ONE))
    await until(lambda: all_done(endpoint))
    path, key = f"{endpoint.path}/deliveries/1/redeliver", str(uuid4())
    answers = [await endpoint.owner.post(path, key=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    await until(lambda: len(receiver.at("/hook")) == 3)
    assert receiver.sequences("/hook") == [1, 2, 1]
    first, _, again = receiver.at("/hook")
    assert (again.body, again.headers["webhook-id"]) == (first.body, first.headers["webhook-id"])
    assert problem(await endpoint.owner.post(f"{endpoint.path}/deliveries/9/redeliver")) == (404, "no-such-delivery")


async def test_a_first_attempt_is_as_late_as_its_fact_is_old(house, worker):
    """What it had waited in the outbox, on its topic and for its reader was in no figure."""
    endpoint = await worker.subscribed(await house.collectivity(), "/hook")
    before = _late("sum")
    await worker.hear(a_fact(ONE, time=datetime.now(UTC) - timedelta(seconds=7)))
    await until(lambda: all_done(endpoint))
    assert _late("sum") - before >= 7


async def test_what_is_under_way_is_not_sent_again(house, worker, receiver):
    receiver.always["/slow"] = silent
    endpoint = await worker.subscribed(await house.collectivity(), "/slow")
    await worker.hear(a_fact(ONE))
    await until(lambda: receiver.at("/slow"))
    answer = await endpoint.owner.post(f"{endpoint.path}/deliveries/1/redeliver")
    assert problem(answer) == (409, "still-under-way")


async def test_the_breaker_spares_a_receiver_that_is_down_and_lets_one_through_to_see(house, around, receiver):
    breaker = Breaker(failures_in_a_row=3, pause=timedelta(milliseconds=300), window_tries=10_000)
    receiver.always["/hook"] = status(500)
    async with working(around, schedule=Schedule(delays_s=(0.01,) * 50), breaker=breaker) as worker:
        endpoint = await worker.subscribed(await house.collectivity(), "/hook")
        await worker.hear(*(a_fact(uuid4()) for _ in range(20)))
        await until(lambda: _blocked(endpoint))
        del receiver.always["/hook"]
        await until(lambda: all_done(endpoint))
        statistics = (await endpoint.owner.get(f"{endpoint.path}/statistics")).json()
    assert (statistics["failures_in_a_row"], statistics["blocked_until"], statistics["waiting"]) == (0, None, 0)
    assert statistics["last_24_h"]["delivered"] == 20
    assert len(receiver.at("/hook")) < 20 + 3 + 4 + 4


async def test_an_endpoint_that_fails_for_days_is_warned_and_disabled(house, around, receiver):
    patience = Patience(
        warnings=(timedelta(seconds=0.2), timedelta(seconds=0.5)), disabled_after=timedelta(seconds=1), tries=4
    )
    receiver.always["/hook"] = status(500)
    async with working(around, schedule=Schedule(delays_s=(0.02,) * 200), patience=patience) as worker:
        partner = await house.collectivity()
        endpoint = await worker.subscribed(partner, "/hook")
        await worker.subscribed(partner, "/sibling", "film.*")
        await worker.hear(a_fact(ONE))
        await until(lambda: _has_state(endpoint, "disabled"))
        await until(lambda: "disabled" in _notices(receiver))
    kinds = _notices(receiver)
    assert 1 <= kinds.count("failing") <= 2
    assert (await endpoint.read()).json()["disabled_because"] == "failing"


def _late(of: str) -> float:
    return REGISTRY.get_sample_value(f"webhook_lag_seconds_{of}") or 0


async def _blocked(endpoint):
    return (await endpoint.owner.get(f"{endpoint.path}/statistics")).json()["blocked_until"] is not None


def _notices(receiver):
    return [call.event["type"].split(".")[-2] for call in receiver.at("/sibling")]


async def _is(endpoint, states):
    return await endpoint.states() == states


async def _has_state(endpoint, state):
    return await endpoint.state() == state


def _niort():
    return an_about("79191")

"""What writes down what became of deliveries: it may be held up, may not end unseen, and leaves nothing unsaid."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
from structlog.testing import capture_logs

from partners.domain.schedule import Breaker
from partners.jobs.dispatch import FLUSH_MAX, Lanes, Pace
from tests.integration.partners.outside.house import a_fact
from tests.integration.partners.outside.receiver import gone, silent, status
from tests.integration.partners.outside.work import NEVER, Around, all_done, post, receivers, working
from tests.waiting import until

ONE = UUID(int=101)


@pytest.fixture
async def other(address: str) -> AsyncIterator[asyncpg.Connection]:
    """Somebody else's connection, that may hold what we want."""
    connection = await asyncpg.connect(address)
    yield connection
    await connection.close()


async def test_an_endpoint_that_is_held_while_it_says_goodbye_is_disabled_later(house, around, receiver, other):
    async with working(around) as worker:
        endpoint = await worker.subscribed(await house.collectivity(), "/hook")
        healthy = await worker.subscribed(await house.collectivity(), "/healthy")
        receiver.always["/hook"] = gone
        with capture_logs() as said:
            async with other.transaction():
                await other.execute("SELECT FROM partners.wh_endpoint WHERE id = $1 FOR NO KEY UPDATE", endpoint.id)
                await worker.hear(a_fact(ONE))
                await until(lambda: _troubled(said))
            await until(lambda: _has_state(endpoint, "disabled"))
        await worker.hear(a_fact(ONE))
        await until(lambda: all_done(healthy))


async def test_whoever_cannot_write_down_what_became_of_deliveries_makes_no_more(house, around, receiver):
    """A fault of ours in the flusher ends the worker, whose supervisor starts it anew; nothing goes on in silence."""
    async with working(around) as worker:
        endpoint = await worker.subscribed(await house.collectivity(), "/hook")
    receiver.always["/hook"] = status(500)
    beyond_time = Breaker(failures_in_a_row=1, pause=timedelta.max, pause_max=timedelta.max)
    await house.hear(a_fact(ONE))
    assert isinstance(await _what_ends_it(around, beyond_time), OverflowError)
    assert await endpoint.states() == {1: "leased"}


async def test_what_the_database_will_never_take_is_no_trouble_that_passes(house, around, receiver):
    async with working(around) as worker:
        await worker.subscribed(await house.collectivity(), "/hook")
    receiver.always["/hook"] = status(418)
    refusing = "ALTER TABLE partners.wh_attempt ADD CONSTRAINT no_teapot CHECK (status <> 418)"
    await house.administrator.execute(refusing)
    try:
        await house.hear(a_fact(ONE))
        assert isinstance(await _what_ends_it(around, NEVER), asyncpg.CheckViolationError)
    finally:
        await house.administrator.execute("ALTER TABLE partners.wh_attempt DROP CONSTRAINT no_teapot")


async def _what_ends_it(around: Around, breaker: Breaker) -> object:
    async with receivers(around) as pool:
        means = post(pool, around.settings, breaker=breaker)
        lanes = Lanes(around.house.db, means, owner="1", poke=asyncio.Event(), pace=Pace(grace_s=1))
        task = asyncio.create_task(lanes.run())
        try:
            await until(task.done, within_s=5)
        finally:
            task.cancel()
            [ended] = await asyncio.gather(task, return_exceptions=True)
    return ended


async def test_told_to_stop_it_writes_down_more_than_a_batch(house, around, receiver, other):
    number = FLUSH_MAX + 36
    pace = Pace(slots=number, each=number, grace_s=5)
    async with working(around, deadline_s=15, pace=pace) as worker:
        endpoint = await worker.subscribed(await house.collectivity(), "/slow")
        receiver.always["/slow"] = silent
        await other.execute("UPDATE partners.wh_lane SET max_inflight = $2 WHERE endpoint_id = $1", endpoint.id, number)
        await worker.hear(*(a_fact(uuid4()) for _ in range(number)))
        await until(lambda: len(receiver.at("/slow")) == number)
        with capture_logs() as said:
            async with other.transaction():
                await other.execute("SELECT FROM partners.wh_lane WHERE endpoint_id = $1 FOR UPDATE", endpoint.id)
                receiver.released.set()
                await until(lambda: _troubled(said))
    states = await house.administrator.fetch(
        "SELECT state, count(*) FROM partners.wh_delivery WHERE endpoint_id = $1 GROUP BY state", endpoint.id
    )
    assert [tuple(row) for row in states] == [("done", number)]


async def test_a_challenge_that_no_key_of_ours_opens_is_our_own_trouble(house, around, receiver):
    """It is told as such, and the challenges of others go on."""
    partner = await house.collectivity()
    endpoint = await partner.endpoint(receiver.url("/hook"))
    sealed_by_a_lost_key = "UPDATE partners.wh_secret SET sealed = 'x' WHERE endpoint_id = $1"
    await house.administrator.execute(sealed_by_a_lost_key, endpoint.id)
    assert (await endpoint.do("verify")).status_code == 202
    async with working(around) as worker:
        await worker.subscribed(partner, "/sibling")

        async def trouble():
            return ((await endpoint.read()).json()["verification"] or {}).get("error")

        assert await until(trouble) == "ours"
    assert receiver.at("/hook") == []
    assert await endpoint.state() == "pending"


def _troubled(said):
    return any(entry["event"] == "webhook.conclude" for entry in said)


async def _has_state(endpoint, state):
    return await endpoint.state() == state

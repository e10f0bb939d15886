"""Reading a topic again: what was heard stays heard for as long as a topic could say it, and numbers have no gap."""

from uuid import UUID, uuid4

import asyncpg
import pytest

from common import kafka, migrations
from common.kafka import DAY_MS
from partners.store.retention import forget
from tests.integration.partners.outside.house import a_fact
from tests.integration.partners.outside.work import all_done, working
from tests.waiting import until

ONE = UUID(int=101)


@pytest.fixture
async def worker(around):
    async with working(around) as worker:
        yield worker


async def test_what_a_topic_still_has_is_not_sent_again_when_it_is_read_again(house, worker, address):
    endpoint = await worker.subscribed(await house.collectivity(), "/hook")
    facts = [a_fact(ONE), a_fact(uuid4())]
    await worker.hear(*facts)
    await until(lambda: all_done(endpoint))
    await _age(house, days=kafka.EVENTS_KEPT_MS // DAY_MS + 7)  # and a segment more
    forgotten = await _forget(address)
    assert forgotten["deliveries"] >= len(facts)
    assert await worker.hear(*facts) == 0
    await worker.hear(a_fact(ONE))
    await until(lambda: all_done(endpoint))
    assert await endpoint.states() == {3: "done"}


async def test_a_run_that_a_relay_sent_twice_is_numbered_in_its_first_order(house, worker, receiver):
    """Its second time was cut off where a batch ended; what was set down at a repeat's place would stand too late."""
    endpoint = await worker.subscribed(await house.collectivity(), "/hook")
    one, two, three = (a_fact(ONE) for _ in range(3))
    await worker.hear(one, two, three, one, two)
    await until(lambda: all_done(endpoint))
    assert [call.event["id"] for call in receiver.at("/hook")] == [one.id, two.id, three.id]


async def test_what_no_topic_has_any_more_is_forgotten(house, worker, address):
    await worker.hear(a_fact(ONE))
    await _age(house, days=200)
    assert (await _forget(address))["heard"] >= 1


async def test_an_event_that_an_endpoint_has_is_given_no_second_number_and_wastes_none(house, worker, receiver):
    """Whoever emptied the inbox by hand neither parks a record nor leaves a gap."""
    endpoint = await worker.subscribed(await house.collectivity(), "/hook")
    old, new = a_fact(ONE), a_fact(ONE)
    await worker.hear(old)
    await until(lambda: all_done(endpoint))
    await house.administrator.execute("DELETE FROM partners.wh_heard")
    await worker.hear(old, new)
    await until(lambda: all_done(endpoint))
    assert await endpoint.states() == {1: "done", 2: "done"}
    assert [call.event["id"] for call in receiver.at("/hook")] == [old.id, new.id]


async def _forget(address):
    connection = await asyncpg.connect(migrations.dsn(address, "partners", "housekeeper"))
    try:
        return await forget(connection, batch=5_000)
    finally:
        await connection.close()


async def _age(house, *, days: int) -> None:
    for table, column in (("wh_delivery", "created_at"), ("wh_event", "created_at"), ("wh_heard", "heard_at")):
        await house.administrator.execute(
            f"UPDATE partners.{table} SET {column} = {column} - make_interval(days => $1)", days
        )

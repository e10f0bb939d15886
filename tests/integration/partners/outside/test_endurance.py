"""Deliveries when things go badly: a receiver that never answers, a worker that is killed, two workers at once."""

import asyncio
import time
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from common.tokens import SYSTEM
from partners.jobs.dispatch import Lanes, Pace
from partners.store import lanes
from tests.integration.partners.outside.house import a_fact, an_about
from tests.integration.partners.outside.receiver import bomb, drip, huge, ok, reset, silent, status
from tests.integration.partners.outside.work import Around, all_done, post, receivers, working
from tests.waiting import until

ONE = UUID(int=101)


@pytest.mark.parametrize("behaviour", [silent, drip, reset, huge, bomb, status(500)], ids=lambda one: one.__name__)
async def test_one_bad_receiver_delays_nobody(house, around, receiver, behaviour):
    """Healthy endpoints get everything while one has hundreds of deliveries that go nowhere."""
    hangs = behaviour in (silent, drip)
    receiver.always["/bad"] = behaviour
    async with working(around, deadline_s=1) as worker:
        bad = await worker.subscribed(await house.collectivity("79191"), "/bad")
        for n in range(8):
            await worker.subscribed(await house.collectivity(), f"/good/{n}", "action.*")
        await worker.hear(*(a_fact(uuid4(), about=an_about("79191")) for _ in range(400 if hangs else 40)))
        await worker.hear(*(a_fact(uuid4()) for _ in range(5)))
        await until(lambda: all(len(receiver.at(f"/good/{n}")) >= 5 for n in range(8)))
        states = await bad.states()
        receiver.always["/bad"] = ok
    assert not hangs or "pending" in states.values(), "they arrived while the others were still waiting"


async def test_a_worker_killed_in_the_middle_loses_nothing(house, around, receiver):
    """Its leases run out; another worker's sweeper takes them back, and the event is delivered."""
    endpoint = await _leased_and_abandoned(house, around, receiver, owner="killed", lease_s=0.3)
    async with working(around, owner="another"):
        await until(lambda: all_done(endpoint))
    assert receiver.sequences("/hook") == [1]


async def test_started_again_it_takes_back_its_own_leases_at_once(house, around, receiver):
    endpoint = await _leased_and_abandoned(house, around, receiver, owner="same", lease_s=3600)
    async with working(around, owner="same"):
        await until(lambda: all_done(endpoint), within_s=5)
    assert receiver.sequences("/hook") == [1]


async def test_who_finishes_after_its_lease_ran_out_changes_nothing(house, around, receiver):
    receiver.always["/slow"] = silent
    async with working(around) as worker:
        endpoint = await worker.subscribed(await house.collectivity(), "/slow")
    async with receivers(around, deadline_s=10) as pool:
        late = Lanes(house.db, post(pool, around.settings), owner="late", poke=asyncio.Event(), pace=Pace(lease_s=0.1))
        task = asyncio.create_task(late.run())
        await house.hear(a_fact(ONE))
        await until(lambda: receiver.at("/slow"))
        receiver.scripts["/slow"].append(status(204))
        async with working(around, owner="other"):
            await until(lambda: all_done(endpoint))
        receiver.always["/slow"] = status(500)
        receiver.released.set()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert (await endpoint.states()) == {1: "done"}
    assert await _inflight(house, endpoint) == 0


async def test_two_workers_share_the_work_and_deliver_nothing_twice(house, around, receiver):
    async with working(around, owner="a", deadline_s=15) as one, working(around, owner="b", deadline_s=15) as two:
        endpoints = [await one.subscribed(await house.collectivity(), f"/{n}") for n in range(4)]
        subjects = [uuid4() for _ in range(6)]
        for n in range(6):
            await (one if n % 2 else two).hear(*(a_fact(subject) for subject in subjects))
        await until(lambda: all_done(*endpoints), within_s=60)
    for n in range(4):
        calls = receiver.at(f"/{n}")
        assert sorted(call.sequence for call in calls) == list(range(1, 37))
        for subject in subjects:
            own = [call.sequence for call in calls if call.event["subject"] == str(subject)]
            assert own == sorted(own)


async def test_facts_heard_at_the_same_time_leave_no_gap(house, around, receiver):
    async with working(around) as worker:
        endpoint = await worker.subscribed(await house.collectivity(), "/hook")
        heard = await asyncio.gather(*(worker.hear(*(a_fact(uuid4()) for _ in range(5))) for _ in range(8)))
        assert heard == [5] * 8
        await until(lambda: all_done(endpoint))
    assert sorted(receiver.sequences("/hook")) == list(range(1, 41))


async def test_told_to_stop_it_finishes_what_is_under_way(house, around, receiver):
    async with working(around, deadline_s=5) as worker:
        endpoint = await worker.subscribed(await house.collectivity(), "/slow")
        receiver.always["/slow"] = silent
        await worker.hear(a_fact(ONE))
        await until(lambda: receiver.at("/slow"))
        asyncio.get_running_loop().call_later(0.2, receiver.released.set)
    assert await endpoint.states() == {1: "done"}
    assert await _inflight(house, endpoint) == 0


async def test_late_retries_leave_room_for_what_is_new(house, around):
    await _owed(house, around, late=20, fresh=20)
    first = await _claimed(house, room=16, late_room=4)
    second = await _claimed(house, room=12, late_room=0)
    assert [one.failures > 2 for one in first] == [True] * 4
    assert [one.failures > 2 for one in second] == [False] * 12


async def _claimed(house, *, room, late_room):
    async with house.db.transaction(SYSTEM) as tx:
        return await lanes.claim(tx, owner="x", room=room, each=50, late_room=late_room, lease=timedelta(minutes=1))


async def _owed(house, around: Around, *, late: int, fresh: int) -> None:
    async with working(around) as worker:
        endpoint = await worker.subscribed(await house.collectivity(), "/hook")
    await house.hear(*(a_fact(uuid4()) for _ in range(late + fresh)))
    await house.administrator.execute(
        "UPDATE partners.wh_delivery SET failures = 5 WHERE endpoint_id = $1 AND sequence <= $2", endpoint.id, late
    )
    await house.administrator.execute(
        "UPDATE partners.wh_lane SET max_inflight = 100 WHERE endpoint_id = $1", endpoint.id
    )


async def _leased_and_abandoned(house, around, receiver, *, owner, lease_s):
    async with working(around) as worker:
        endpoint = await worker.subscribed(await house.collectivity(), "/hook")
    await house.hear(a_fact(ONE))
    async with house.db.transaction(SYSTEM) as tx:
        lease = timedelta(seconds=lease_s)
        [claimed] = await lanes.claim(tx, owner=owner, room=1, each=1, late_room=1, lease=lease)
    assert claimed.attempts == 1
    assert receiver.at("/hook") == []
    assert await _inflight(house, endpoint) == 1
    return endpoint


async def _inflight(house, endpoint) -> int:
    number: int = await house.administrator.fetchval(
        "SELECT inflight FROM partners.wh_lane WHERE endpoint_id = $1", endpoint.id
    )
    return number


async def test_one_partner_s_urls_that_hang_keep_nobody_else_from_being_verified(house, around, receiver):
    """Eight checks are made at once, two of them for one partner; each may take ten seconds."""
    receiver.always["/mute"] = silent
    async with working(around) as worker:
        hanging = await house.collectivity()
        for _ in range(8):
            endpoint = await hanging.endpoint(receiver.url("/mute"))
            assert (await endpoint.do("verify")).status_code == 202
        await until(lambda: len(receiver.calls) == 2)
        began = time.monotonic()
        await worker.subscribed(await house.collectivity(), "/hook")
        assert time.monotonic() - began < 5
        assert [call.path for call in receiver.calls].count("/mute") == 2
        receiver.released.set()


async def test_a_sweep_looks_at_no_more_of_a_lane_than_it_says(house, around, monkeypatch):
    monkeypatch.setattr(lanes, "LOOKED_AT_MAX", 5)
    async with working(around) as worker:
        closed = await worker.subscribed(await house.collectivity(), "/closed")
        await worker.subscribed(await house.collectivity(), "/open")
    await closed.do("pause")
    await house.hear(*(a_fact(uuid4()) for _ in range(20)))
    async with house.db.transaction(SYSTEM) as tx:
        queue = await lanes.queue(tx)
    assert (queue.due, dict(queue.lanes)) == (5, {"open": 1, "blocked": 0, "closed": 1})

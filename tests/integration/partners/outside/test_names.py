"""Names asked for without waiting in a thread, and whose trouble it is when nobody answers."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest

from partners.clients.guard import NotResolved, ResolverAway
from partners.clients.names import Names
from partners.domain.schedule import Breaker, Schedule
from tests.integration.partners.outside.house import a_fact, an_about
from tests.integration.partners.outside.nameserver import NameServer, name_server
from tests.integration.partners.outside.work import OWN_NAME, working
from tests.waiting import until

TOWN = "receiver.town.example"
PATIENCE_S = 0.5
SILENT = 200
PATIENT_S = 3.0
"""Where two hundred wait at once: longer than a busy machine takes to hear all of them out."""
NO_WAIT_S = PATIENT_S / 2
ELSEWHERE = "79191"
TROUBLES = "SELECT array_agg(DISTINCT trouble) FROM partners.wh_attempt WHERE endpoint_id = $1"
IS_OPEN = "SELECT open_count > 0 FROM partners.wh_lane WHERE endpoint_id = $1"


@pytest.fixture
async def server() -> AsyncIterator[NameServer]:
    async with name_server() as server:
        server.addresses[TOWN] = "93.184.216.34"
        yield server


@pytest.fixture
async def names(server: NameServer) -> AsyncIterator[Names]:
    async with Names(OWN_NAME, servers=[server.address], timeout_s=PATIENCE_S) as names:
        yield names


async def test_a_name_is_answered_with_its_addresses(names):
    assert await names.resolve(TOWN, 443) == ["93.184.216.34"]


async def test_this_machine_knows_itself_without_asking(server, names):
    assert await names.resolve("localhost", 443) == ["127.0.0.1"]
    assert not server.asked


@pytest.mark.parametrize("name", ["nobody.example", "x" * 64 + ".example"])
async def test_a_name_that_nobody_has_is_the_receivers_trouble(server, names, name):
    with pytest.raises(NotResolved):
        await names.resolve(name, 443)
    assert not any(asked.endswith(OWN_NAME) for asked in server.asked), "there was an answer: nobody doubts ourselves"


@pytest.mark.parametrize("how", ["silent", "failing"])
async def test_name_servers_that_are_away_are_the_receivers_trouble_while_ours_answer(server, names, how):
    getattr(server, how).add("town.example")
    for _ in range(2):
        with pytest.raises(NotResolved):
            await names.resolve(TOWN, 443)
    doubts = {asked for asked in server.asked if asked.endswith(f".{OWN_NAME}")}
    assert len(doubts) == 2, "never twice for the same name, which a cache could answer"


@pytest.mark.parametrize("how", ["silent", "failing"])
async def test_where_not_even_ours_are_answered_the_trouble_is_ours(server, names, how):
    getattr(server, how).add("example")
    with pytest.raises(ResolverAway):
        await names.resolve(TOWN, 443)


async def test_a_name_server_that_is_down_is_our_trouble():
    async with name_server() as server:
        address = server.address
    async with Names(OWN_NAME, servers=[address], timeout_s=PATIENCE_S) as names:
        with pytest.raises(ResolverAway):
            await names.resolve(TOWN, 443)


async def test_silent_names_take_nothing_from_the_others(server):
    """Threads would all be waiting: an event loop has six of them for it, or libuv's pool of four."""
    server.silent.add("silent.example")
    async with Names(OWN_NAME, servers=[server.address], timeout_s=PATIENT_S) as names:
        waiting = [asyncio.create_task(names.resolve(f"{n}.silent.example", 443)) for n in range(SILENT)]
        await until(lambda: len(server.asked) >= SILENT)
        began = time.monotonic()
        assert await names.resolve(TOWN, 443) == ["93.184.216.34"]
        assert time.monotonic() - began < NO_WAIT_S
        ended = await asyncio.gather(*waiting, return_exceptions=True)
    assert {type(one) for one in ended} == {NotResolved}


async def test_an_endpoint_whose_name_servers_are_silent_is_left_in_peace_and_the_others_are_served(
    house, around, receiver, server
):
    """It has failed as one that hangs has: tries are used up, its breaker opens, its subjects do not wait for ever."""
    hour = timedelta(hours=1)
    breaker, later = Breaker(failures_in_a_row=4, pause=hour, pause_max=hour), Schedule(delays_s=(3600,))
    server.silent.add("town.example")
    async with working(around, schedule=later, breaker=breaker, deadline_s=10, name_servers=[server.address]) as worker:
        good = await worker.subscribed(await house.collectivity(), "/good")
        silent = await worker.subscribed(await house.collectivity(ELSEWHERE), "/silent")
        await house.administrator.execute(
            "UPDATE partners.wh_endpoint SET url = $2 WHERE id = $1",
            silent.id,
            f"https://{TOWN}:{receiver.port}/silent",
        )
        await worker.hear(*(a_fact(uuid4(), about=an_about(ELSEWHERE)) for _ in range(20)))
        await until(lambda: server.asked[TOWN])
        await worker.hear(a_fact(uuid4()))
        await until(lambda: receiver.at("/good"), within_s=1)
        await until(lambda: house.administrator.fetchval(IS_OPEN, silent.id))
    assert await house.administrator.fetchval(TROUBLES, silent.id) == ["dns"]
    assert (await good.states()) == {1: "done"}

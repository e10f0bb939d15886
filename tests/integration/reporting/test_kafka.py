"""Through Kafka: from a state on its topic to the figure, to the figures' own topic, through kills and poison."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from statistics import median
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from common import consumer, contracts, kafka, migrations, relay
from common.contracts.actions import ActionStatus
from common.contracts.reporting import FigureState
from common.database import Database
from reporting import jobs
from reporting.consumers import LISTENERS
from tests.integration.reporting.reader import rows
from tests.integration.reporting.sending import begin_here, included, send
from tests.positions import offsets
from tests.states import action, campaign, project
from tests.waiting import until

GROUP = consumer.Group(name=f"test.reporting.{uuid4()}", listeners=LISTENERS)
"""A group of this run's own: suites that share a broker must not share its partitions."""


@asynccontextmanager
async def running(coroutine: Any) -> AsyncIterator[None]:
    task = asyncio.create_task(coroutine)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


@pytest.fixture(scope="module")
async def producer(db: Database, kafka_servers: str) -> AsyncIterator[AIOKafkaProducer]:
    await begin_here(db, GROUP.name, kafka_servers)
    made = kafka.aio.unstarted_producer(kafka_servers, "tests")
    await made.start()
    yield made
    await made.stop()


def hearing(db: Any, servers: str) -> Any:
    return running(consumer.run(GROUP, database=db, settings=consumer.Settings(servers=servers)))


async def test_a_state_on_its_topic_is_in_the_figures(db, reader, producer, kafka_servers):
    held = action(uuid4(), campaign_id=uuid4())
    where = {"indicator": "I05", "campaign": str(held.campaign_id)}
    async with hearing(db, kafka_servers):
        before = (await reader.ask(**where)).json()
        await send(producer, campaign(held.campaign_id))
        await send(producer, held)
        answer = await included(reader, held, **where)
    assert rows(answer, "value")[0]["value"] == 214
    heard = offsets(answer.json()["position"])
    topic, partition = contracts.topic("action", "state"), kafka.partition(str(held.id))
    assert heard[f"{topic}/{partition}"] > offsets(before["position"]).get(f"{topic}/{partition}", 0)
    assert answer.json()["as_of"] is not None


async def test_a_consumer_stopped_and_started_counts_nothing_twice(db, reader, producer, kafka_servers):
    campaign_id = uuid4()
    where = {"indicator": "I05", "campaign": str(campaign_id)}
    held = [action(uuid4(), campaign_id=campaign_id) for _ in range(20)]
    for round_ in range(3):
        async with hearing(db, kafka_servers):
            for one in held:
                await send(producer, one)
            last = action(uuid4(), campaign_id=campaign_id, state=ActionStatus.SCHEDULED)
            await send(producer, last)
            answer = await included(reader, last, *held, **where)
        assert rows(answer, "value")[0]["value"] == 20 * 214, round_


async def test_poison_is_set_aside_and_shown_and_its_neighbours_count(db, reader, producer, kafka_servers):
    bad, good = action(uuid4(), campaign_id=uuid4()), action(uuid4(), campaign_id=uuid4())
    async with hearing(db, kafka_servers):
        before = (await reader.ask(indicator="I05")).json()["not_counted"]
        await send(producer, bad, value=b'{"id": 3}')
        await send(producer, good)
        await included(reader, good, indicator="I05")

        async def shown() -> bool:
            return bool((await reader.ask(indicator="I05")).json()["not_counted"] > before)

        await until(shown)


async def test_changed_figures_reach_their_topic_and_the_last_one_is_the_newest(address, db, producer, kafka_servers):
    campaign_id = uuid4()
    heard: dict[str, list[FigureState]] = {}
    client = AIOKafkaConsumer(
        contracts.FIGURES, bootstrap_servers=kafka_servers, auto_offset_reset="latest", enable_auto_commit=False
    )
    await client.start()
    await until(client.assignment)
    for where in client.assignment():
        await client.position(where)
    relaying = relay.Settings(
        service="reporting",
        dsn=migrations.dsn(address, "reporting", "relay"),
        servers=kafka_servers,
        takeover_wait_s=0.1,
    )

    async def newest() -> bool:
        for records in (await client.getmany(timeout_ms=10)).values():
            for one in records:
                figure = msgspec.json.decode(one.value or b"", type=FigureState)
                assert one.key == str(figure.id).encode()
                if figure.campaign_id == campaign_id and figure.quantity == "spectators":
                    heard.setdefault(str(figure.id), []).append(figure)
        return bool(heard) and next(iter(heard.values()))[-1].amount == 5 * 214

    try:
        async with (
            hearing(db, kafka_servers),
            running(jobs.announce(db, every_ms=200, cells_max=500)),
            running(relay.run(relaying)),
        ):
            for _ in range(5):
                await send(producer, action(uuid4(), campaign_id=campaign_id))
            await until(newest, within_s=60)
    finally:
        await client.stop()
    [announced] = heard.values()
    assert [one.version for one in announced] == list(range(1, len(announced) + 1))
    assert announced[-1].position
    assert len(announced) <= 5


async def test_from_the_topic_to_the_answer_takes_less_than_a_second(db, reader, producer, kafka_servers):
    """Not a benchmark, which `make bench` is: a budget that holds on a machine with other things to do."""
    warm = project(uuid4())
    took: list[float] = []
    async with hearing(db, kafka_servers):
        await send(producer, warm)
        await included(reader, warm, indicator="I17")
        for _ in range(20):
            state = project(uuid4(), campaign_id=uuid4())
            await send(producer, state)
            began = time.monotonic()
            await included(reader, state, indicator="I17")
            took.append(time.monotonic() - began)
    assert median(took) < 1

"""From Kafka to the receiver: one trace, and a worker process that is killed in the middle of it."""

import asyncio
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import UUID, uuid4

import httpx
import pytest

from common import consumer, kafka, migrations
from common.consumer import Message
from common.database import uuid7
from partners import consumers
from stack.ports import Ports
from tests.integration.partners.outside.house import ISSUER, House, a_fact, an_about
from tests.integration.partners.outside.receiver import status
from tests.integration.partners.outside.work import all_done, working
from tests.waiting import until

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
async def town(house: House) -> str:
    """A commune that no other test on this broker has heard of."""
    code = f"86{secrets.randbelow(800) + 200}"
    await house.administrator.execute(
        """
        INSERT INTO partners.municipality (vintage, code, territory_id, findable, kind, successors, districts)
        SELECT 2025, $1, id, 'x', 'municipality', '{}', '{}' FROM partners.territory WHERE department = '86'
            ON CONFLICT DO NOTHING
        """,
        code,
    )
    return code


@asynccontextmanager
async def announcing(servers: str) -> AsyncIterator[Callable[[Message], Awaitable[object]]]:
    """Announce facts as `actions` does."""
    producer = kafka.aio.unstarted_producer(servers, "tests")
    await producer.start()

    async def announce(fact: Message) -> object:
        headers = kafka.headers(
            service="actions",
            event_id=UUID(fact.id),
            ce_type=fact.type,
            key=fact.key,
            at=fact.time,
            version=fact.version,
            epoch=1,
            traceparent=fact.traceparent,
        )
        return await producer.send(fact.topic, fact.value, key=fact.key.encode(), headers=headers)

    try:
        yield announce
    finally:
        await producer.stop()


async def test_a_fact_on_kafka_becomes_a_webhook_in_the_same_trace(house, around, receiver, kafka_servers, town):
    async with working(around) as worker, announcing(kafka_servers) as announce:
        endpoint = await worker.subscribed(await house.collectivity(town), "/hook", "action.*")
        group = replace(consumers.webhook_fanout(worker.poke), name=f"test.{uuid4()}")
        settings = consumer.Settings(servers=kafka_servers, member="1")
        hearing = asyncio.create_task(consumer.run(group, database=house.db, settings=settings))
        fact = a_fact(uuid4(), about=an_about(town), traceparent=f"00-{TRACE}-00f067aa0ba902b7-01")
        await announce(a_fact(uuid4(), about=an_about("99999")))
        await announce(fact)
        await until(lambda: receiver.at("/hook"))
        hearing.cancel()
        await asyncio.wait([hearing])
    [call] = receiver.at("/hook")
    call.verify(endpoint.secret)
    assert (call.event["id"], call.sequence) == (fact.id, 1)
    assert call.headers["traceparent"].split("-")[1] == TRACE


@pytest.fixture
def environment(around, address, kafka_servers, tmp_path) -> dict[str, str]:
    ports, settings = Ports(tmp_path / "ports.json"), around.settings
    return {
        **os.environ,
        "ENVIRONMENT": "development",
        "DATABASE_URL": migrations.dsn(address, "partners", "app"),
        "RELAY_DATABASE_URL": migrations.dsn(address, "partners", "relay"),
        "HOUSEKEEPER_DATABASE_URL": migrations.dsn(address, "partners", "housekeeper"),
        "KAFKA_BOOTSTRAP_SERVERS": kafka_servers,
        "TOKEN_ISSUER": ISSUER,
        "JWKS_URL": "http://127.0.0.1:9/nobody",
        "WORKER_PORT": str(ports.named("worker")),
        "SIGNING_KEYS_FILE": str(settings.signing_keys_file),
        "WEBHOOK_SEALING_KEYS_FILE": str(settings.webhook_sealing_keys_file),
        "WEBHOOK_ALLOWED_NETWORKS": "127.0.0.0/8",
        "WEBHOOK_ALLOWED_PORTS": str(around.receiver.port),
        "WEBHOOK_CA_FILE": str(around.authority.authority),
        "CONSUMER_MEMBER": uuid7().hex,
    }


async def test_a_worker_killed_in_the_middle_delivers_everything_after_its_restart(
    house, around, receiver, environment, kafka_servers, town
):
    """Nothing is lost, nothing is out of order, and what arrives twice has the same id and number."""
    async with working(around) as worker:
        endpoint = await worker.subscribed(await house.collectivity(town), "/hook", "action.*")
    receiver.scripts["/hook"].extend(status(500) if n % 7 == 3 else status(204) for n in range(40))
    subjects = [uuid4() for _ in range(6)]
    facts = [a_fact(subject, about=an_about(town), version=n) for n in range(1, 21) for subject in subjects]
    environment["WEBHOOK_RETRY_DELAYS_S"] = "0.05,0.05,0.05,0.05,0.05,0.05"
    async with announcing(kafka_servers) as announce:
        with _worker(environment) as first:
            for fact in facts:
                await announce(fact)
            await until(lambda: len(receiver.at("/hook")) > len(facts) // 3)
            first.send_signal(signal.SIGKILL)
            await until(lambda: first.poll() is not None)
        with _worker(environment) as second:
            await until(lambda: _has(endpoint, len(facts)), within_s=60)
            await until(lambda: all_done(endpoint), within_s=60)
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{environment['WORKER_PORT']}") as client:
                assert (await client.get("/health/ready")).json() == {"status": "ok"}
                assert "webhook_deliveries_total" in (await client.get("/metrics")).text
            second.send_signal(signal.SIGTERM)
            await until(lambda: second.poll() is not None)
    assert second.returncode == 0
    calls = receiver.at("/hook")
    assert {call.event["id"] for call in calls} == {fact.id for fact in facts}
    assert len({(call.event["id"], call.sequence) for call in calls}) == len(facts)
    assert sorted({call.sequence for call in calls}) == list(range(1, len(facts) + 1))
    for subject in subjects:
        versions = [call.event["aggversion"] for call in calls if call.event["subject"] == str(subject)]
        assert versions == sorted(versions)
    assert await house.administrator.fetchval("SELECT sum(inflight) FROM partners.wh_lane") == 0


def _worker(environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "partners.main", "worker"], env=environment)


async def _has(endpoint, number):
    pulled = await endpoint.owner.get("/v1/events", endpoint=str(endpoint.id))
    return pulled.json()["last"] == number

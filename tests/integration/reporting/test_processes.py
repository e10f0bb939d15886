"""Reporting as its two processes: killed in the middle, they lose nothing and count nothing twice."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from aiokafka import AIOKafkaProducer

from common import kafka, migrations
from common.database import Database
from stack.ports import Ports
from tests.integration.reporting.reader import ISSUER, KEY, Reader, bearer, rows
from tests.integration.reporting.sending import begin_here, included, send
from tests.states import action
from tests.waiting import until


class House:
    """Starts processes of reporting on a database and a consumer group of their own."""

    def __init__(self, address: str, servers: str, place: Path) -> None:
        jwks = place / "jwks.json"
        jwks.write_text(json.dumps({"keys": [{**KEY.as_dict(private=False), "kid": "k1"}]}))
        self.ports = Ports(place / "ports.json")
        self.environment = {
            **os.environ,
            "ENVIRONMENT": "development",
            "SANDBOX": "1",
            "DATABASE_URL": migrations.dsn(address, "reporting", "app"),
            "RELAY_DATABASE_URL": migrations.dsn(address, "reporting", "relay"),
            "HOUSEKEEPER_DATABASE_URL": migrations.dsn(address, "reporting", "housekeeper"),
            "KAFKA_BOOTSTRAP_SERVERS": servers,
            "CONSUMER_GROUP": f"test.reporting.{uuid4()}",
            "TOKEN_ISSUER": ISSUER,
            "JWKS_URL": "http://127.0.0.1:9/nobody",
            "JWKS_FILE": str(jwks),
            "DRAIN_S": "0",
            "API_PORT": str(self.ports.named("api")),
            "WORKER_PORT": str(self.ports.named("worker")),
        }

    @contextmanager
    def running(self, kind: str) -> Iterator["subprocess.Popen[bytes]"]:
        """Run a process, and take it down at the end if nothing else did."""
        with subprocess.Popen([sys.executable, "-m", "reporting.main", kind], env=self.environment) as process:
            try:
                yield process
            finally:
                process.kill()

    @asynccontextmanager
    async def reader(self) -> AsyncIterator[Reader]:
        address = f"http://127.0.0.1:{self.environment['API_PORT']}"
        async with httpx.AsyncClient(base_url=address, trust_env=False, timeout=10) as client:
            yield Reader(client)

    async def ready(self, kind: str) -> None:
        address = f"http://127.0.0.1:{self.environment[f'{kind.upper()}_PORT']}/health/ready"

        async def answers() -> bool:
            try:
                async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
                    return (await client.get(address)).status_code == 200
            except httpx.TransportError:
                return False

        await until(answers, within_s=60)


@pytest.fixture
async def house(address: str, db: Database, kafka_servers: str, tmp_path: Path) -> House:
    made = House(address, kafka_servers, tmp_path)
    await begin_here(db, made.environment["CONSUMER_GROUP"], kafka_servers)
    return made


@pytest.fixture
async def producer(kafka_servers: str) -> AsyncIterator[AIOKafkaProducer]:
    made = kafka.aio.unstarted_producer(kafka_servers, "tests")
    await made.start()
    yield made
    await made.stop()


async def test_a_worker_killed_while_it_counts_counts_each_record_once(house: House, producer: AIOKafkaProducer):
    campaign_id, held = uuid4(), []
    where: dict[str, Any] = {"indicator": "I05", "campaign": str(campaign_id)}
    with house.running("api"):
        await house.ready("api")
        async with house.reader() as reader:
            for _ in range(2):
                with house.running("worker") as worker:
                    await house.ready("worker")
                    states = [action(uuid4(), campaign_id=campaign_id) for _ in range(10)]
                    held += states
                    for one in states:
                        await send(producer, one)
                    worker.send_signal(signal.SIGKILL)
            with house.running("worker") as worker:
                answer = await included(reader, *held, **where)
                worker.terminate()
                assert worker.wait(30) == 0
    assert rows(answer, "value")[0]["value"] == 20 * 214


async def test_figures_answer_while_the_worker_is_away(house: House):
    with house.running("api") as api:
        await house.ready("api")
        async with house.reader() as reader:
            assert (await reader.ask(indicator="I05")).status_code == 200
        api.terminate()
        assert api.wait(30) == 0


async def test_nothing_is_answered_that_is_not_documented(house: House):
    """A stranger's programme tries everything the document allows, and much that it does not; streams are cut short."""
    left_out = "positive_data_acceptance"  # a made-up code is a well-formed text, and still no campaign's
    house.environment["STREAM_PUBLIC_S"] = "0.2"
    with house.running("api"):
        await house.ready("api")
        words = [
            *(sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"),
            *("run", f"http://127.0.0.1:{house.environment['API_PORT']}/openapi.json"),
            *("--header", f"Authorization: {bearer()['authorization']}"),
            *("--exclude-checks", left_out, "--exclude-path", "/v1/stream"),
            *("--max-examples", "15", "--seed", "1", "--phases", "coverage,fuzzing"),
        ]
        tried = await asyncio.create_subprocess_exec(*words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said, _ = await asyncio.wait_for(tried.communicate(), 110)
    assert tried.returncode == 0, said.decode()

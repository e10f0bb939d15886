"""No input makes an error of ours: whatever is asked at a door, and whatever stands on a topic."""

import asyncio
import math
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

import asyncpg
import httpx
import pytest
import requests
from aiokafka import TopicPartition
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation

import actions.consumers
import catalogue.consumers
import partners.consumers
import reporting.consumers
from common import consumer, kafka, migrations
from common.consumer import Group
from common.contracts.access import Role
from common.database import connect
from demo.gateway import Gateway
from demo.letters import receiving
from demo.settings import Settings
from stack.services import SERVICES
from tests.conftest import Database, House
from tests.e2e.doors import Doors
from tests.e2e.people import Office, operator_of
from tests.e2e.scene import Scene, set_up
from tests.e2e.stranger import Stranger, document
from tests.faults import garbage
from tests.faults.experiment import Experiment
from tests.faults.servers import Broker
from tests.faults.town import TOKEN_GOOD_FOR_S
from tests.waiting import until

PATIENCE_S = 20
TWICE = 2
"""Each case is asked twice: as it was made up, and aimed at what exists."""
READ_WITHIN_S = 240
TOLD = 3
CASES = 5
"""Of each operation, allowed ones and others, in one round."""


@pytest.mark.on_demand
@pytest.mark.experiment("P9")
async def test_no_input_makes_an_error_of_ours(
    experiment: Experiment, house: House, database: Database, broker: Broker, tmp_path: Path
) -> None:
    """Made-up requests for every operation at both doors; spoiled records for every listener of every service."""
    asked, wrong = Counter[str](), list[str]()
    for service in SERVICES:
        while asked[service] < experiment.number("requests"):
            async with trial(house, tmp_path, service) as one:
                await one.go_on(experiment, experiment.number("requests") - asked[service])
            asked[service] += one.asked
            wrong += one.wrong
    experiment.judge("no 5xx, nothing undocumented", holds=not wrong, requests=asked.total(), wrong=str(wrong[:TOLD]))
    await kafka.create_topics(broker.servers)
    for service, group in GROUPS:
        address, records = await database(service), experiment.number("records")
        spoiled, parked = await swallowed(service, group, address, broker.servers, experiment.rng, records)
        experiment.judge("listeners go on, and park", holds=0 < parked <= records)
        experiment.tell(**{f"{group.name}.spoiled": spoiled, f"{group.name}.parked": parked})


# ---------------------------------------------------------------------------------------------------- at the doors


@asynccontextmanager
async def trial(house: House, folder: Path, service: str) -> AsyncIterator["Trial"]:
    """Make things to aim at, for as long as a token lasts; what happens to them matters to nobody."""
    told = Settings.read({**house.environment, "RECEIVER_FOLDER": str(folder)})
    url = house.environment["GATEWAY_URL"]
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE_S, trust_env=False) as http:
        async with receiving(told) as letterbox:
            scene = await set_up(Office(Gateway(http), operator_of(house.environment)), letterbox, told.receiver_port)
        tokens = {role: await scene.token(person) for role, person in scene.insiders().items()}
        yield Trial(scene, Doors(http, house), service, tokens)


@dataclass(slots=True)
class Trial:
    """What is asked of one service, and what was wrong with its answers."""

    scene: Scene
    doors: Doors
    service: str
    tokens: Mapping[Role, str]
    wrong: list[str] = field(default_factory=list)
    asked: int = 0

    async def go_on(self, experiment: Experiment, enough: int) -> None:
        """Go through all operations, again and again, until enough has been asked or the tokens are too old."""
        operations = [one.ok() for one in document(self.service).get_all_operations() if isinstance(one, Ok)]
        cases = min(CASES, math.ceil(enough / (TWICE * len(GenerationMode) * len(operations))))
        over = time.monotonic() + TOKEN_GOOD_FOR_S / 2
        while self.asked < enough and time.monotonic() < over:
            first = experiment.rng.getrandbits(32)
            for operation in operations:
                await asyncio.to_thread(self._try, operation, cases, first)

    def _try(self, operation: APIOperation, cases: int, first: int) -> None:
        with requests.Session() as session:
            stranger = Stranger(session, self.doors, self.scene, self.tokens)

            def tried(case: Case) -> None:
                self._one(stranger, case)

            for mode in GenerationMode:
                with suppress(Unsatisfiable):  # what takes nothing cannot be asked wrongly
                    seed(first)(repeatable(cases)(given(case=operation.as_strategy(mode))(tried)))()

    def _one(self, stranger: Stranger, case: Case) -> None:
        self.asked += TWICE
        try:
            stranger.tries(case, self.service)
        except FailureGroup as failures:
            self.wrong += [f"{case.method} {case.path}: {one}" for one in failures.exceptions]


def repeatable(cases: int) -> settings:
    return settings(
        max_examples=cases,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


# --------------------------------------------------------------------------------------------------- on the topics

GROUPS: Sequence[tuple[str, Group]] = (
    ("actions", actions.consumers.GROUP),
    ("partners", partners.consumers.webhook_fanout(asyncio.Event())),
    ("catalogue", catalogue.consumers.GROUP),
    ("reporting", reporting.consumers.GROUP),
    ("reporting", reporting.consumers.TRACING),
)


async def swallowed(
    service: str, group: Group, address: str, servers: str, rng: Random, records: int
) -> tuple[int, int]:
    """Throw garbage at a group until it has read all of it; say how much was spoiled, and how much it has parked."""
    await garbage.begin_at_the_ends(address, service, group, servers)
    spoiled = await garbage.thrown(rng, group, servers, records=records)
    ends = await garbage.ends(group, servers)
    db = await connect(migrations.dsn(address, service, "app"))
    reading = asyncio.create_task(
        consumer.run(group, database=db, settings=consumer.Settings(servers=servers, backoff_s_max=1))
    )
    administrator = await asyncpg.connect(address)
    try:
        await until(partial(_has_read, administrator, service, group, ends, reading), within_s=READ_WITHIN_S)
        parked = await administrator.fetchval(f"SELECT count(*) FROM {service}.parked_event WHERE grp = $1", group.name)
    finally:
        await administrator.close()
        reading.cancel()
        await asyncio.wait([reading])
        await db.close()
    return spoiled, parked


async def _has_read(
    administrator: "asyncpg.Connection[asyncpg.Record]",
    service: str,
    group: Group,
    ends: Mapping[TopicPartition, int],
    reading: "asyncio.Task[None]",
) -> bool:
    if reading.done():
        reading.result()
    statement = f"SELECT topic, part, next_offset FROM {service}.consumer_offset WHERE grp = $1"
    rows = await administrator.fetch(statement, group.name)
    reached = {(row["topic"], row["part"]): row["next_offset"] for row in rows}
    return all(reached.get((at.topic, at.partition), 0) >= end for at, end in ends.items())

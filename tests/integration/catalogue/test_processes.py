"""The catalogue and Kafka: what it announces arrives, what others announce is heard; and its worker runs."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest

from catalogue import consumers
from catalogue.store import coordinations, organisations
from common import consumer, contracts, kafka, migrations, relay
from common.consumer import Message
from common.contracts import catalogue as published
from common.contracts.partners import CoordinationState, OrganisationState
from common.database import Database
from common.tokens import SYSTEM
from docs import examples
from stack.ports import Ports
from tests.integration.catalogue.portal import ISSUER, Portal, a_visa
from tests.waiting import until


@asynccontextmanager
async def running(coroutine) -> AsyncIterator[None]:
    task = asyncio.create_task(coroutine)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


def hearing(group: consumer.Group, db: Database, servers: str):
    return running(consumer.run(group, database=db, settings=consumer.Settings(servers=servers, member=uuid4().hex)))


def relaying(address: str, servers: str):
    dsn = migrations.dsn(address, "catalogue", "relay")
    return running(
        relay.run(relay.Settings(service="catalogue", dsn=dsn, servers=servers, takeover_wait_s=0.1, lease_s=1))
    )


class Heard:
    """What crossed Kafka, by key."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def take(self, _: object, messages: Sequence[Message]) -> None:
        self.messages += messages

    def of(self, key: str, topic: str) -> list[Message]:
        return [message for message in self.messages if (message.key, message.topic) == (key, topic)]


async def test_what_the_catalogue_says_arrives_in_order_and_whole(
    portal: Portal, db: Database, address: str, kafka_servers: str
):
    heard, visa = Heard(), a_visa()
    topics = [contracts.topic(name, kind) for name in ("film", "rights_offer") for kind in ("events", "state")]
    group = consumer.Group(name=f"test.{uuid4()}", listeners=dict.fromkeys(topics, heard.take))
    film = await portal.film("Crosses", workshop={"project_id": str(uuid4())}, duration_minutes=76)
    path = film.headers["location"]
    dated = await portal.post(f"{path}/visas", {"number": visa, "issued_on": "2023-10-10"}, match=film)
    counted = await portal.post(f"{path}/consents", {"identifiable": 0}, match=dated)
    cleared = await portal.post(f"{path}/clear", {"dissemination": "network"}, match=counted)
    key = film.json()["id"]
    async with relaying(address, kafka_servers), hearing(group, db, kafka_servers):
        await until(lambda: len(heard.of(key, topics[0])) == len(heard.of(key, topics[1])) == 4)
    facts, states = heard.of(key, topics[0]), heard.of(key, topics[1])
    assert [(fact.type, fact.version) for fact in facts] == [
        ("fr.passeursdimages.film.registered.v1", 1),
        ("fr.passeursdimages.film.visa_changed.v1", 2),
        ("fr.passeursdimages.film.consents_changed.v1", 3),
        ("fr.passeursdimages.film.cleared.v1", 4),
    ]
    assert facts[0].source == "/services/catalogue"
    assert facts[1].decode(published.FilmVisaChanged).visas == (
        published.Visa(number=visa, issued_on=date(2023, 10, 10)),
    )
    assert [state.version for state in states] == [1, 2, 3, 4]
    assert states[-1].value == cleared.content, "the answer and the published state are the same bytes"
    assert states[-1].decode(published.FilmState).workshop == published.WorkshopFilm(
        project_id=UUID(film.json()["workshop"]["project_id"]),
        action_id=None,
        clearance=published.Clearance.CLEARED,
        dissemination=published.Dissemination.NETWORK,
        consents=published.Consents(identifiable=0),
    )


async def test_what_happens_to_a_list_arrives_in_order_and_whole(
    portal: Portal, db: Database, address: str, kafka_servers: str
):
    heard, facts, states = Heard(), contracts.topic("film_list", "events"), contracts.topic("film_list", "state")
    group = consumer.Group(name=f"test.{uuid4()}", listeners=dict.fromkeys((facts, states), heard.take))
    film, listing = await portal.film(), {"scheme": "ecole_et_cinema", "year": 2025, "title": "École et cinéma"}
    made = await portal.post("/v1/film-lists", listing)
    path = made.headers["location"]
    added = await portal.post(f"{path}/films", {"film_id": film.json()["id"]}, match=made)
    closed = await portal.post(f"{path}/close", match=added)
    key = made.json()["id"]
    async with relaying(address, kafka_servers), hearing(group, db, kafka_servers):
        await until(lambda: len(heard.of(key, facts)) == len(heard.of(key, states)) == 3)
    assert [(fact.type, fact.version) for fact in heard.of(key, facts)] == [
        ("fr.passeursdimages.film_list.published.v1", 1),
        ("fr.passeursdimages.film_list.film_added.v1", 2),
        ("fr.passeursdimages.film_list.closed.v1", 3),
    ]
    last = heard.of(key, states)[-1]
    assert last.value == closed.content, "the answer and the published state are the same bytes"
    assert last.decode(published.FilmListState).films == (
        published.ListedFilm(film_id=UUID(film.json()["id"]), negotiated=False),
    )


@asynccontextmanager
async def producing(servers: str) -> AsyncIterator[Callable[..., Awaitable[None]]]:
    """Announce organisations and coordinations as partners does."""
    producer = kafka.aio.unstarted_producer(servers, "tests")
    await producer.start()

    async def announce(state: OrganisationState | CoordinationState, *, retracted: bool = False) -> None:
        await producer.send_and_wait(
            contracts.topic(state.AGGREGATE, "state"),
            key=str(state.id).encode(),
            value=None if retracted else msgspec.json.encode(state),
            headers=[
                ("ce_id", str(uuid4()).encode()),
                ("ce_type", contracts.ce_type(f"{state.AGGREGATE}.state").encode()),
                ("ce_source", b"/services/partners"),
                ("ce_subject", str(state.id).encode()),
                ("ce_time", datetime.now(UTC).isoformat().encode()),
                ("ce_aggversion", str(state.version).encode()),
                ("ce_aggepoch", b"1"),
            ],
        )

    try:
        yield announce
    finally:
        await producer.stop()


async def known(db: Database, organisation_id: UUID) -> organisations.KnownOrganisation | None:
    async with db.transaction(SYSTEM) as tx:
        return await organisations.known_organisation(tx, organisation_id)


async def test_organisations_are_heard_of_and_older_news_is_left_aside(db: Database, kafka_servers: str):
    first = replace(examples.least(OrganisationState), id=uuid4(), version=1, name="Gebeka", closed_on=None)
    closed = replace(first, version=3, name="Gebeka Films", closed_on=date(2025, 6, 30))
    other = replace(first, id=uuid4(), name="Sophie Dulac")
    group = consumer.Group(name=f"test.{uuid4()}", listeners=consumers.GROUP.listeners)
    async with producing(kafka_servers) as announce, hearing(group, db, kafka_servers):
        for state in (closed, first, other):
            await announce(state)
        await until(lambda: known(db, other.id))
        await until(lambda: known(db, first.id))
        heard = await known(db, first.id)
    assert heard is not None
    assert (heard.version, heard.name, heard.closed_on) == (3, "Gebeka Films", date(2025, 6, 30))


async def test_a_retracted_organisation_is_forgotten_unless_it_is_there_again(db: Database, kafka_servers: str):
    ghost = replace(examples.least(OrganisationState), id=uuid4(), version=2, closed_on=None)
    spared = replace(ghost, id=uuid4(), version=5)
    group = consumer.Group(name=f"test.{uuid4()}", listeners=consumers.GROUP.listeners)
    async with producing(kafka_servers) as announce, hearing(group, db, kafka_servers):
        for state in (ghost, spared):
            await announce(state)
            await until(partial(known, db, state.id))
        await announce(replace(spared, version=3), retracted=True)
        await announce(replace(ghost, version=3), retracted=True)
        await until(partial(_is_forgotten, db, ghost.id))
        assert await known(db, spared.id) is not None


async def test_coordinations_are_heard_of_and_forgotten_when_they_never_were(db: Database, kafka_servers: str):
    first = replace(examples.least(CoordinationState), id=uuid4(), version=2)
    last = replace(first, id=uuid4())
    group = consumer.Group(name=f"test.{uuid4()}", listeners=consumers.GROUP.listeners)
    async with producing(kafka_servers) as announce, hearing(group, db, kafka_servers):
        for state in (first, last):
            await announce(state)
            await until(partial(_is_coordination, db, state.id))
        await announce(replace(last, version=1), retracted=True)
        await announce(replace(first, version=3), retracted=True)
        await until(partial(_is_no_coordination, db, first.id))
        assert await _is_coordination(db, last.id)


async def _is_coordination(db: Database, coordination_id: UUID) -> bool:
    async with db.transaction(SYSTEM) as tx:
        return await coordinations.is_known_coordination(tx, coordination_id)


async def _is_no_coordination(db: Database, coordination_id: UUID) -> bool:
    return not await _is_coordination(db, coordination_id)


async def _is_forgotten(db: Database, organisation_id: UUID) -> bool:
    return await known(db, organisation_id) is None


@pytest.fixture
def environment(address: str, kafka_servers: str, tmp_path: Path) -> dict[str, str]:
    ports = Ports(tmp_path / "ports.json")
    return {
        **os.environ,
        "ENVIRONMENT": "development",
        "DATABASE_URL": migrations.dsn(address, "catalogue", "app"),
        "RELAY_DATABASE_URL": migrations.dsn(address, "catalogue", "relay"),
        "HOUSEKEEPER_DATABASE_URL": migrations.dsn(address, "catalogue", "housekeeper"),
        "KAFKA_BOOTSTRAP_SERVERS": kafka_servers,
        "TOKEN_ISSUER": ISSUER,
        "JWKS_URL": "http://127.0.0.1:9/nobody",
        "WORKER_PORT": str(ports.named("worker")),
    }


async def test_the_worker_publishes_hears_keeps_house_and_stops_when_told(
    portal: Portal, db: Database, environment: dict[str, str], kafka_servers: str
):
    heard, organisation = Heard(), replace(examples.least(OrganisationState), id=uuid4())
    topic = contracts.topic("film", "state")
    listening = consumer.Group(name=f"test.{uuid4()}", listeners={topic: heard.take})
    command = [sys.executable, "-m", "catalogue.main", "worker"]
    with subprocess.Popen(command, env=environment) as worker:
        async with producing(kafka_servers) as announce, hearing(listening, db, kafka_servers):
            await announce(organisation)
            film = (await portal.film()).json()["id"]
            await until(lambda: heard.of(film, topic))
            await until(lambda: known(db, organisation.id))
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{environment['WORKER_PORT']}") as client:
            assert (await client.get("/health/ready")).json() == {"status": "ok"}
        worker.send_signal(signal.SIGTERM)
        await until(lambda: worker.poll() is not None)
    assert worker.returncode == 0

"""What tests of all kinds may ask for: the parts, and databases of their own on them.

`DATABASE_URL` and `KAFKA_BOOTSTRAP_SERVERS` point to servers one already has; without them the suite starts its own,
in a folder of its own, and takes them down at the end.  No test assumes that a port or a database is its own.
"""

import asyncio
import os
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import hypothesis
import pytest

from common import kafka, migrations
from stack.folder import Folder
from stack.house import read_environment
from stack.parts import Parts
from tests.collector import Collector
from tests.waiting import wait_until

UP_WITHIN_S = 300  # a cold start resolves Kafka's artefacts
PREPARING = 0x7465737473  # roles belong to the whole server: suites on the same one prepare them one at a time

hypothesis.settings.register_profile("beside others", deadline=None)
hypothesis.settings.load_profile("beside others")
"""How long one example takes is the machine's affair, which others may share; tests end in time."""

WHOLE_HOUSE = ("run", "--no-demo", "--api-processes", "2")

Database = Callable[..., Awaitable[str]]


@dataclass(frozen=True, slots=True)
class House:
    """The whole house, up: where it is, and which processes it consists of."""

    folder: Folder

    @property
    def environment(self) -> dict[str, str]:
        return read_environment(self.folder)

    def processes(self) -> dict[str, int]:
        """Name what runs; the launcher starts again what dies."""
        return self.folder.left_behind()


@pytest.fixture(scope="session")
def parts() -> Iterator[Parts]:
    """PostgreSQL and Kafka: those of the environment, or a pair that lives as long as the suite."""
    database_url, kafka_servers = os.environ.get("DATABASE_URL"), os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
    if database_url and kafka_servers:
        yield Parts(database_url=database_url, kafka_servers=kafka_servers)
        return
    with launched("parts") as folder:
        yield Parts.read(folder)


@pytest.fixture(scope="session")
def collector() -> Iterator[Collector]:
    """Whatever spans the processes of the house send away."""
    with Collector.listening(port=urlsplit(os.environ.get("OTLP_ENDPOINT", "")).port or 0) as there:
        yield there


@pytest.fixture(scope="session")
def house(collector: Collector) -> Iterator[House]:
    """Every service, two API processes each, behind the gateway: one that lives as long as the suite.

    Under `python -m stack with` it is the one that runs there.  Spans are kept of requests that ask for it.
    """
    if os.environ.get("GATEWAY_URL"):
        yield House(Folder.find(os.environ))
        return
    asked = {"OTLP_ENDPOINT": collector.url, "TRACE_SAMPLE_RATIO": "0", "CHECKPOINT_EVERY_S": "5"}
    with launched(*WHOLE_HOUSE, environment=asked) as folder:
        yield House(folder)


@pytest.fixture
def new_house() -> Iterator[House]:
    """A house of the test's own, for what adds up: one public funder's grants to one holder in a year (R25)."""
    with launched(*WHOLE_HOUSE) as folder:
        yield House(folder)


@pytest.fixture(scope="session")
def kafka_servers(parts: Parts) -> str:
    """Kafka with every declared topic."""
    asyncio.run(kafka.create_topics(parts.kafka_servers))
    return parts.kafka_servers


@pytest.fixture(scope="module")
async def database(parts: Parts) -> AsyncIterator[Database]:
    """Make databases that last as long as the module: `await database("actions")` is one, migrated for that service.

    It returns the administrator's address; `migrations.dsn(address, "actions", "app")` is the service's own.
    """
    made: list[str] = []

    async def make(*services: str) -> str:
        made.append(f"test_{'_'.join(services)}_{secrets.token_hex(4)}")
        async with _administrator(parts) as administrator:
            await administrator.execute(f'CREATE DATABASE "{made[-1]}"')
            address = urlunsplit(urlsplit(parts.database_url)._replace(path=f"/{made[-1]}"))
            await administrator.execute("SELECT pg_advisory_lock($1)", PREPARING)
            for service in services:
                await migrations.prepare(address, service)
        for service in services:
            await migrations.migrate(address, service)
        return address

    yield make
    async with _administrator(parts) as administrator:
        for name in made:
            await administrator.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@asynccontextmanager
async def _administrator(parts: Parts) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(parts.database_url)
    try:
        yield connection
    finally:
        await connection.close()


@contextmanager
def launched(*words: str, environment: Mapping[str, str] | None = None) -> Iterator[Folder]:
    """Run the launcher on a folder and on parts of its own, while the block lasts."""
    ours = {name: value for name, value in os.environ.items() if name not in Parts.NAMES}
    with TemporaryDirectory(prefix="passeurs-") as place:  # pytest's own are closed to the user who runs PostgreSQL
        folder = Folder(Path(place))
        command = [sys.executable, "-m", "stack", *words, "--no-durable", "--follow-parent"]
        with subprocess.Popen(command, env={**ours, **(environment or {}), "PASSEURS_STATE": place}) as launcher:
            try:
                wait_until(lambda: folder.is_up() or launcher.poll() is not None, within_s=UP_WITHIN_S)
                if launcher.poll() is not None:
                    pytest.exit("The stack did not start; `make doctor` says what is missing.", returncode=3)
                yield folder
            finally:
                launcher.terminate()

"""The parts everything stands on: PostgreSQL and Kafka, ours or those one already has."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar, Self

from stack import kafka, postgres
from stack.folder import Folder, as_exports, read_exports, write_whole
from stack.ports import Ports
from stack.processes import Program, Supervisor

Step = Callable[[str], AbstractContextManager[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Where the parts are."""

    NAMES: ClassVar[tuple[str, str]] = ("DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS")

    database_url: str
    kafka_servers: str

    @classmethod
    def read(cls, folder: Folder) -> Self:
        """Find the parts that run on a state folder."""
        found = read_exports(environment_file(folder))
        return cls(database_url=found["DATABASE_URL"], kafka_servers=found["KAFKA_BOOTSTRAP_SERVERS"])

    def as_environment(self) -> dict[str, str]:
        return dict(zip(self.NAMES, (self.database_url, self.kafka_servers), strict=True))

    def as_exports(self) -> str:
        return as_exports(self.as_environment())


def environment_file(folder: Folder) -> Path:
    return folder.path / "parts.env"


async def start(
    supervisor: Supervisor,
    ports: Ports,
    environ: Mapping[str, str],
    *,
    step: Step,
    durable: bool = True,
    archived: bool = False,
    logical: bool = False,
) -> Parts:
    """Start what is not already there, side by side, and write down where it is."""
    if not environ.get("KAFKA_BOOTSTRAP_SERVERS") and not kafka.is_fetched(environ):
        with step("Kafka's artefacts, by Maven (the first time only)"):
            await kafka.fetch(supervisor.folder, environ)
    with step("PostgreSQL and Kafka"):
        async with asyncio.TaskGroup() as group:
            wanted = partial(postgres.program, durable=durable, archived=archived, logical=logical)
            database = group.create_task(_database(supervisor, ports, environ, wanted))
            broker = group.create_task(_broker(supervisor, ports, environ))
    parts = Parts(database_url=database.result(), kafka_servers=broker.result())
    write_whole(environment_file(supervisor.folder), parts.as_exports())
    return parts


async def _database(
    supervisor: Supervisor, ports: Ports, environ: Mapping[str, str], wanted: Callable[[postgres.Cluster], Program]
) -> str:
    if given := environ.get("DATABASE_URL"):
        return given
    cluster = await postgres.prepare(supervisor.folder, ports, environ)
    await supervisor.start(wanted(cluster))
    return cluster.url


async def _broker(supervisor: Supervisor, ports: Ports, environ: Mapping[str, str]) -> str:
    if given := environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        return given
    broker = await kafka.prepare(supervisor.folder, ports, environ)
    await supervisor.start(kafka.program(broker))
    return broker.servers

"""The whole house on one machine: parts, schemas, topics, reference data, services, gateway, in that order."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from common import kafka, migrations
from stack import certificates, gateway, parts, services
from stack.certificates import Certificates
from stack.folder import Folder, as_exports, read_exports, write_whole
from stack.gateway import Gateway, Limits
from stack.parts import Parts, Step
from stack.ports import Ports
from stack.processes import Supervisor
from stack.services import SERVICES, Surroundings

# Nobody measures a laptop's patience: benches and tests ask faster than any client may in production.
UNHURRIED = Limits(per_s=20_000, burst=20_000)
WISHED_PORT = 8080


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How the house is started."""

    durable: bool = True
    archived: bool = False
    api_processes: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Where everything is, once it is up."""

    parts: Parts
    gateway_url: str
    operator_secret: Path
    receiver_port: int
    receiver_folder: Path
    certificates: Certificates

    def as_environment(self) -> dict[str, str]:
        """Say it to whoever uses the house: the demonstration, the benches, the tests."""
        return {
            **self.parts.as_environment(),
            "GATEWAY_URL": self.gateway_url,
            "OPERATOR_SECRET_FILE": str(self.operator_secret),
            "RECEIVER_URL": f"https://localhost:{self.receiver_port}",
            "RECEIVER_PORT": str(self.receiver_port),
            "RECEIVER_FOLDER": str(self.receiver_folder),
            "RECEIVER_CERTIFICATE": str(self.certificates.receiver),
            "RECEIVER_KEY": str(self.certificates.receiver_key),
            "RECEIVER_AUTHORITY": str(self.certificates.authority),
        }


async def start(
    supervisor: Supervisor, ports: Ports, environ: Mapping[str, str], wishes: Wishes, *, step: Step
) -> House:
    """Start everything, and come back when all of it is ready."""
    folder = supervisor.folder
    found = await parts.start(supervisor, ports, environ, step=step, durable=wishes.durable, archived=wishes.archived)
    with step("schemas and roles"):
        await migrate(found)
    with step("topics"):
        await kafka.create_topics(found.kafka_servers)
    edge = _gateway(ports, environ, wishes)
    around = _surroundings(folder, ports, found, edge, environ)
    with step("reference data"):
        await services.import_reference_data(around)
    programs = list(services.programs(around, api_processes=wishes.api_processes))
    with step(f"{len(SERVICES)} services, {len(programs)} processes"):
        await supervisor.start(*programs)
    with step("the gateway"):
        await supervisor.start(gateway.program(edge, gateway.write(edge, folder.run / "gateway.json")))
    house = House(
        parts=found,
        gateway_url=edge.url,
        operator_secret=folder.secrets / "operator",
        receiver_port=around.receiver_port,
        receiver_folder=folder.path / "receiver",
        certificates=around.certificates,
    )
    write_whole(environment_file(folder), as_exports(house.as_environment()))
    return house


async def migrate(found: Parts) -> None:
    """Bring every service's schema to what this code needs: roles one after the other, tables side by side."""
    for service in SERVICES:
        await migrations.prepare(found.database_url, service)
    async with asyncio.TaskGroup() as group:
        for service in SERVICES:
            group.create_task(migrations.migrate(found.database_url, service))


def environment_file(folder: Folder) -> Path:
    return folder.path / "stack.env"


def read_environment(folder: Folder) -> dict[str, str]:
    """Say where the house is that runs on a state folder."""
    return read_exports(environment_file(folder))


def _surroundings(
    folder: Folder, ports: Ports, found: Parts, edge: Gateway, environ: Mapping[str, str]
) -> Surroundings:
    return Surroundings(
        folder=folder,
        ports=ports,
        parts=found,
        issuer=edge.issuer,
        certificates=certificates.prepare(folder, now=datetime.now(UTC)),
        receiver_port=ports.named("receiver"),
        environ=environ,
    )


def _gateway(ports: Ports, environ: Mapping[str, str], wishes: Wishes) -> Gateway:
    port = ports.named("gateway", wished=WISHED_PORT)
    numbers = range(1, wishes.api_processes + 1)
    return Gateway(
        port=port,
        admin_port=ports.named("gateway-admin"),
        services={
            service: [("127.0.0.1", services.api_port(ports, service, number)) for number in numbers]
            for service in SERVICES
        },
        issuer=f"http://127.0.0.1:{port}",
        sandbox=True,
        client=UNHURRIED,
        token_endpoint=UNHURRIED,
        all_per_s=UNHURRIED.per_s,
        otlp_endpoint=environ.get("OTLP_ENDPOINT") or None,
        sample_ratio=float(environ.get("TRACE_SAMPLE_RATIO") or 1),
    )

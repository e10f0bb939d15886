"""The four services as programs: an API (one process or more) and a worker each, with the environment they read."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from common import migrations
from stack.certificates import Certificates
from stack.folder import Folder
from stack.parts import Parts
from stack.ports import Ports
from stack.processes import Program, answers_ok, run_to_end

SERVICES = ("partners", "catalogue", "actions", "reporting")
READY_WITHIN_S = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What all services are told."""

    folder: Folder
    ports: Ports
    parts: Parts
    issuer: str
    certificates: Certificates
    receiver_port: int
    environ: Mapping[str, str]

    def secret_file(self, name: str) -> str:
        """Give a secret's file; make it on first use."""
        self.folder.secret(name)
        return str(self.folder.secrets / name)


def programs(around: Surroundings, *, api_processes: int) -> Iterator[Program]:
    """Describe every process of every service."""
    for service in SERVICES:
        for number in range(1, api_processes + 1):
            yield _program(around, service, "api", number)
        yield _program(around, service, "worker", 1)


def api_port(ports: Ports, service: str, number: int = 1) -> int:
    return ports.named(f"{service}-api-{number}")


async def import_reference_data(around: Surroundings) -> None:
    """Let services take in what ships with them, unless they have: territories, and the school calendar."""
    for service, *arguments in (
        ("partners", "territories", "import", "--missing"),
        ("actions", "school-calendar", "import"),
    ):
        command = [sys.executable, "-m", f"{service}.main", *arguments]
        environment = {**around.environ, **_environment(around, service)}
        await run_to_end(command, environment, log=around.folder.logs / f"reference-data-{service}.log")


def _program(around: Surroundings, service: str, kind: str, number: int) -> Program:
    port = api_port(around.ports, service, number) if kind == "api" else around.ports.named(f"{service}-worker")
    return Program(
        name=f"{service}-{kind}" if number == 1 else f"{service}-{kind}-{number}",
        command=[sys.executable, "-m", f"{service}.main", kind],
        environment={**around.environ, **_environment(around, service), f"{kind.upper()}_PORT": str(port)},
        ready=lambda: answers_ok(port, "/health/ready"),
        ready_within_s=READY_WITHIN_S,
    )


def _environment(around: Surroundings, service: str) -> dict[str, str]:
    """Say to a service where it is.  What the launcher's own environment says besides reaches it too."""
    issuer = api_port(around.ports, "partners")
    return {
        "ENVIRONMENT": "development",
        "SANDBOX": "1",
        "SERVICE_HOST": "127.0.0.1",
        "DATABASE_URL": migrations.dsn(around.parts.database_url, service, "app"),
        "RELAY_DATABASE_URL": migrations.dsn(around.parts.database_url, service, "relay"),
        "HOUSEKEEPER_DATABASE_URL": migrations.dsn(around.parts.database_url, service, "housekeeper"),
        "KAFKA_BOOTSTRAP_SERVERS": around.parts.kafka_servers,
        "TOKEN_ISSUER": around.issuer,
        "JWKS_URL": f"http://127.0.0.1:{issuer}/.well-known/jwks.json",
        "JWKS_FILE": str(around.folder.run / f"{service}.jwks.json"),
        "LOG_FORMAT": around.environ.get("LOG_FORMAT", "console"),
        "PYTHONUNBUFFERED": "1",
        **(_partners(around) if service == "partners" else {}),
    }


def _partners(around: Surroundings) -> dict[str, str]:
    """Say what only `partners` needs: its keys, and that webhooks may go to the sandbox's receiver on loopback."""
    return {
        "SIGNING_KEYS_FILE": str(around.folder.secrets / "signing-keys.json"),
        "WEBHOOK_SEALING_KEYS_FILE": str(around.folder.secrets / "webhook-sealing-keys.json"),
        "OPERATOR_SECRET_FILE": around.secret_file("operator"),
        "WEBHOOK_ALLOWED_NETWORKS": "127.0.0.0/8,::1/128",
        "WEBHOOK_ALLOWED_PORTS": str(around.receiver_port),
        "WEBHOOK_CA_FILE": str(around.certificates.authority),
    }

"""The tiny service as processes of its own, and callers it believes."""

import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from common import migrations
from common.contracts.access import LEVEL_OF, SCOPES_OF, Role
from common.database import Database, connect
from stack.ports import Ports
from tests.integration.common.tiny import SERVICE
from tests.waiting import until

ISSUER = "https://issuer.example.org"
KEY = ECKey.generate_key("P-256", {"kid": "k1"})


def bearer(role: Role = Role.PROJECT_HOLDER, client_id: str = "portal", **changed: object) -> dict[str, str]:
    """Make the header of a caller whom the tiny service believes."""
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": ["api"],
        "sub": client_id,
        "client_id": client_id,
        "iat": now,
        "exp": now + 600,
        "jti": str(uuid4()),
        "scope": " ".join(SCOPES_OF[role]),
        "role": role,
        "org": str(uuid4()),
        "ter": {"level": LEVEL_OF[role], "codes": []},
    }
    token = jwt.encode({"alg": "ES256", "kid": "k1", "typ": "at+jwt"}, {**claims, **changed}, KEY, algorithms=["ES256"])
    return {"authorization": f"Bearer {token}"}


@dataclass
class Process:
    """One process of the tiny service."""

    port: int
    popen: "subprocess.Popen[bytes]"
    client: httpx.AsyncClient
    output: Path

    async def ready(self) -> httpx.Response | None:
        try:
            return await self.client.get("/health/ready")
        except httpx.TransportError:
            return None

    async def exited(self) -> int:
        await until(lambda: self.popen.poll() is not None)
        return self.popen.returncode

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.output.read_text().splitlines() if line.startswith("{")]


Start = Callable[..., Any]


@pytest.fixture
async def db(address: str) -> AsyncIterator[Database]:
    """The service's own way into a module's database."""
    opened = await connect(migrations.dsn(address, SERVICE, "app"), size_max=5)
    yield opened
    await opened.close()


@pytest.fixture
async def owner(address: str) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    """Somebody else at work on the same tables, who may do everything."""
    connection = await asyncpg.connect(migrations.dsn(address, SERVICE, "owner"))
    yield connection
    await connection.close()


@pytest.fixture(scope="module")
def start(database: Callable[[str], Awaitable[str]], tmp_path_factory: pytest.TempPathFactory) -> Start:
    """Start a process of the tiny service: `async with start("api", DRAIN_S="0") as process`."""
    place = tmp_path_factory.mktemp("tiny")
    (place / "jwks.json").write_text(json.dumps({"keys": [{**KEY.as_dict(private=False), "kid": "k1"}]}))
    ports = Ports(place / "ports.json")
    address: list[str] = []

    @asynccontextmanager
    async def started(kind: str, *, ready: bool = True, **environ: str) -> AsyncIterator[Process]:
        if not address:
            address.append(await database(SERVICE))
        name = uuid4().hex
        port = ports.named(name)
        output = place / name
        given = {
            "ENVIRONMENT": "development",
            "DATABASE_URL": migrations.dsn(address[0], SERVICE, "app"),
            "API_PORT": str(port),
            "WORKER_PORT": str(port),
            "TOKEN_ISSUER": ISSUER,
            "JWKS_URL": "http://127.0.0.1:9/nobody",
            "JWKS_FILE": str(place / "jwks.json"),
            "TRACE_SAMPLE_RATIO": "0",
            **environ,
        }
        if kind == "worker":
            given["RELAY_DATABASE_URL"] = migrations.dsn(address[0], SERVICE, "relay")
            given["HOUSEKEEPER_DATABASE_URL"] = migrations.dsn(address[0], SERVICE, "housekeeper")
        words = [sys.executable, "-m", "tests.integration.common.tiny", kind]
        with (
            output.open("wb") as log,
            subprocess.Popen(words, env={**os.environ, **given}, stdout=log, stderr=log) as popen,
        ):
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
                process = Process(port, popen, client, output)
                try:
                    await until(lambda: _is_up(process, ready=ready))
                    yield process
                finally:
                    popen.kill()

    return started


async def _is_up(process: Process, *, ready: bool) -> bool:
    if process.popen.poll() is not None:
        raise RuntimeError(process.output.read_text())
    answer = await process.ready()
    return answer is not None and (answer.status_code == 200 or not ready)


@pytest.fixture(scope="module")
async def tiny(start: Start) -> AsyncIterator[Process]:
    async with start("api", DEADLINE_S="1.5", DRAIN_S="0") as process:
        yield process

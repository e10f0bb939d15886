"""What is measured apart from the house: a service on a database of its own, so that nobody else works on it."""

import asyncio
import os
import secrets
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import httpx

from common import migrations
from common.tokens import SYSTEM
from stack.processes import listens

SERVICE = "partners"
ROWS = 20_000
READY_WITHIN_S = 180
LOOK_EVERY_S = 0.05
SECRET = secrets.token_urlsafe(32)

_FILL = """
INSERT INTO organisation (
  id, version, name, findable, formerly, kind, siren, siret, roles, history, doc)
SELECT gen_random_uuid(), version, name, findable || n, formerly || n, kind, siren, (siret::bigint + n)::text, roles,
       history, doc
  FROM organisation
 CROSS JOIN generate_series(1, $1) AS n
 LIMIT $1
"""


@dataclass(frozen=True, slots=True)
class Ground:
    """An empty database, and a folder for the keys of whoever serves it."""

    address: str
    folder: Path
    service: str = SERVICE

    def url(self, name: str) -> str:
        """Address the database as the service does; its sessions are known by this name."""
        return f"{migrations.dsn(self.address, self.service, 'app')}?application_name={name}"

    def environment(self, name: str, port: int) -> dict[str, str]:
        """Say to a process of the service where it is; whatever is not said is as in production."""
        return {
            "ENVIRONMENT": "development",
            "DATABASE_URL": self.url(name),
            "API_PORT": str(port),
            "TOKEN_ISSUER": "http://bench",
            "JWKS_URL": f"http://127.0.0.1:{port}/.well-known/jwks.json",
            "SIGNING_KEYS_FILE": str(self.folder / "keys.json"),
            "WEBHOOK_SEALING_KEYS_FILE": str(self.folder / "sealing-keys.json"),
            "OPERATOR_SECRET_FILE": str(self.folder / "operator"),
        }

    async def fill(self) -> None:
        """Have as many organisations as a list needs to be one."""
        connection = await asyncpg.connect(migrations.dsn(self.address, SERVICE, "owner"))
        await connection.execute("SELECT set_config('app.principal', $1, false)", SYSTEM.as_setting())
        await connection.execute(_FILL, ROWS)
        await connection.execute("VACUUM ANALYZE organisation")
        await connection.close()


@asynccontextmanager
async def prepared(admin_url: str, folder: Path, service: str = SERVICE) -> AsyncIterator[Ground]:
    """Make a database of the service's own kind, and drop it in the end."""
    name = f"bench_{secrets.token_hex(4)}"
    address = urlunsplit(urlsplit(admin_url)._replace(path=f"/{name}"))
    administrator = await asyncpg.connect(admin_url)
    await administrator.execute(f"CREATE DATABASE {name}")
    try:
        await migrations.prepare(address, service)
        await migrations.migrate(address, service)
        (folder / "operator").write_text(SECRET, encoding="ascii")
        yield Ground(address, folder, service)
    finally:
        await administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await administrator.close()


@asynccontextmanager
async def served(ground: Ground, name: str, port: int, **settings: str) -> AsyncIterator[int]:
    """Run the API as shipped, its lines in a file; give its process."""
    environment = {**os.environ, **ground.environment(name, port), **settings}
    with (ground.folder / f"{name}.log").open("wb") as lines:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", f"{SERVICE}.main", "api", env=environment, stdout=lines, stderr=lines
        )
    try:
        await until(partial(listens, port))
        yield process.pid
    finally:
        process.send_signal(signal.SIGKILL)
        await process.wait()


async def until(so: Callable[[], Awaitable[bool]]) -> None:
    """Wait for another process."""
    async with asyncio.timeout(READY_WITHIN_S):
        while not await so():  # noqa: ASYNC110 - it cannot tell us
            await asyncio.sleep(LOOK_EVERY_S)


async def bearer(url: str, secret: str) -> Mapping[str, str]:
    """Give the header of the operator, whom the service has issued a token."""
    form = {"grant_type": "client_credentials"}
    async with httpx.AsyncClient(base_url=url, timeout=READY_WITHIN_S) as client:
        answer = await client.post("/oauth/token", data=form, auth=("operator", secret))
    return {"authorization": f"Bearer {answer.raise_for_status().json()['access_token']}"}

"""Reporting on real parts: its database, its HTTP door, records as they come from Kafka."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
import uvicorn

from common import migrations
from common.database import Database, connect
from reporting.main import api
from reporting.settings import Settings
from tests.integration.reporting.reader import ISSUER, KEY, Reader
from tests.waiting import until


@pytest.fixture(scope="module")
async def address(database: Callable[[str], Awaitable[str]]) -> str:
    """The administrator's address of a migrated database."""
    return await database("reporting")


@pytest.fixture(scope="module")
async def db(address: str) -> AsyncIterator[Database]:
    opened = await connect(migrations.dsn(address, "reporting", "app"), size_max=4)
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
async def reader(address: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Reader]:
    """Whoever asks, over real HTTP: a stream must not be buffered on its way."""
    jwks = tmp_path_factory.mktemp("keys") / "jwks.json"
    jwks.write_text(json.dumps({"keys": [{**KEY.as_dict(private=False), "kid": "k1"}]}))
    settings = Settings.read(
        {
            "ENVIRONMENT": "development",
            "SANDBOX": "1",
            "DATABASE_URL": migrations.dsn(address, "reporting", "app"),
            "TOKEN_ISSUER": ISSUER,
            "JWKS_URL": "http://127.0.0.1:9/nobody",
            "JWKS_FILE": str(jwks),
            "STREAMS_MAX": "4",
            "PUBLIC_STREAMS_MAX": "8",
            "WAITING_MAX": "4",
            "POOL_MAX": "4",
            "STREAM_HEARTBEAT_S": "0.2",
        }
    )
    server = uvicorn.Server(uvicorn.Config(api(settings), port=0, log_config=None, lifespan="on", ws="none"))
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        yield Reader(client)
    server.should_exit = True
    await serving

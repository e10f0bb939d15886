"""Partners on real parts: its database with a few départements of three vintages, its HTTP door, its own keys."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import asyncpg
import httpx
import pytest

from common import migrations
from common.database import Database, connect
from partners.clients.keyfile import KeyFile
from partners.domain.editions import Edition
from partners.jobs import imports
from partners.main import api
from partners.settings import Settings
from tests.integration.partners.reference.door import ISSUER, Door

DEPARTMENTS = ("01", "12", "15", "16", "17", "2A", "38", "57", "67", "75", "79", "86", "93", "973", "974", "987")


@cache
def editions() -> Sequence[Edition]:
    """Read the editions that ship, once; keep a few départements of each."""
    return [
        replace(edition, departments=[one for one in edition.departments if one.area.code in DEPARTMENTS])
        for edition in map(imports.open_shipped, imports.shipped())
    ]


@pytest.fixture(scope="module")
async def address(database: Callable[[str], Awaitable[str]]) -> str:
    """The administrator's address of a migrated database."""
    return await database("partners")


@pytest.fixture(scope="module")
async def db(address: str) -> AsyncIterator[Database]:
    opened = await connect(migrations.dsn(address, "partners", "app"), size_max=4)
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
async def administrator(address: str) -> AsyncIterator[asyncpg.Connection]:
    """Whoever may look behind every policy."""
    connection = await asyncpg.connect(address, server_settings={"search_path": "partners,public"})
    yield connection
    await connection.close()


@pytest.fixture(scope="module")
async def peopled(address: str, db: Database) -> str:
    """The address again, once a few départements of the three vintages that ship are known."""
    for edition in editions():
        await imports.import_edition(db, edition, clock=lambda: datetime.now(UTC), say=lambda _: None)
    return address


@pytest.fixture(scope="module")
async def door(peopled: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    secrets = tmp_path_factory.mktemp("keys")
    settings = Settings.read(
        {
            "ENVIRONMENT": "development",
            "SANDBOX": "1",
            "DATABASE_URL": migrations.dsn(peopled, "partners", "app"),
            "TOKEN_ISSUER": ISSUER,
            "JWKS_URL": "http://127.0.0.1:9/nobody",
            "SIGNING_KEYS_FILE": str(secrets / "signing.json"),
            "WEBHOOK_SEALING_KEYS_FILE": str(secrets / "sealing.keys"),
        }
    )
    app = api(settings)
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://partners") as client,
    ):
        current = KeyFile(settings.signing_keys_file).ring().current
        yield Door(client, current.private, current.kid)

"""The catalogue on real parts: its database, its HTTP door, its own key to believe tokens by."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from catalogue.main import api
from catalogue.settings import Settings
from common import migrations
from common.database import Database, connect
from tests.integration.catalogue.portal import ISSUER, KEY, Portal


@pytest.fixture(scope="module")
async def address(database: Callable[[str], Awaitable[str]]) -> str:
    """The administrator's address of a migrated database."""
    return await database("catalogue")


@pytest.fixture(scope="module")
async def db(address: str) -> AsyncIterator[Database]:
    opened = await connect(migrations.dsn(address, "catalogue", "app"), size_max=4)
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
async def portal(address: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Portal]:
    jwks = tmp_path_factory.mktemp("keys") / "jwks.json"
    jwks.write_text(json.dumps({"keys": [{**KEY.as_dict(private=False), "kid": "k1"}]}))
    settings = Settings.read(
        {
            "ENVIRONMENT": "development",
            "SANDBOX": "1",
            "DATABASE_URL": migrations.dsn(address, "catalogue", "app"),
            "TOKEN_ISSUER": ISSUER,
            "JWKS_URL": "http://127.0.0.1:9/nobody",
            "JWKS_FILE": str(jwks),
        }
    )
    app = api(settings)
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://catalogue") as client,
    ):
        yield Portal(client)

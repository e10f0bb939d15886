"""The service on real parts: its database, its HTTP door, its own key to believe tokens by, a few known communes."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from actions.main import api
from actions.settings import Settings
from common import migrations
from common.contracts.partners import MunicipalityKind
from common.database import Database, connect
from tests.integration.actions.people import ISSUER, KEY, Desk, a_department, a_town


@pytest.fixture(scope="module")
async def address(database: Callable[[str], Awaitable[str]]) -> str:
    """The administrator's address of a migrated database."""
    return await database("actions")


@pytest.fixture(scope="module")
async def db(address: str) -> AsyncIterator[Database]:
    opened = await connect(migrations.dsn(address, "actions", "app"), size_max=4)
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
async def desk(address: str, db: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    jwks = tmp_path_factory.mktemp("keys") / "jwks.json"
    jwks.write_text(json.dumps({"keys": [{**KEY.as_dict(private=False), "kid": "k1"}]}))
    settings = Settings.read(
        {
            "ENVIRONMENT": "development",
            "SANDBOX": "1",
            "DATABASE_URL": migrations.dsn(address, "actions", "app"),
            "TOKEN_ISSUER": ISSUER,
            "JWKS_URL": "http://127.0.0.1:9/nobody",
            "JWKS_FILE": str(jwks),
        }
    )
    app = api(settings)
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://actions") as client,
    ):
        opened = Desk(client, db)
        await opened.hear("territory", a_department("86", a_town("86194", districts=("QN08605M",)), a_town("86041")))
        merged = a_town("93059", kind=MunicipalityKind.CEASED, successors=("93066",))
        await opened.hear("territory", a_department("93", a_town("93066"), merged, region="11"))
        yield opened

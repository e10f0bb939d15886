"""What stands outside, and the service that they come to."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import pytest

from common import migrations
from common.database import Database, connect
from partners.main import api
from partners.settings import Settings
from stack import certificates
from stack.certificates import Certificates
from stack.folder import Folder
from tests.integration.partners.outside.house import ISSUER, OPERATOR_SECRET, House, Partner, geography, written
from tests.integration.partners.outside.receiver import Receiver, listening
from tests.integration.partners.outside.work import Around


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    place: Path = tmp_path_factory.mktemp("authority")
    (place / "secrets").mkdir()
    return certificates.prepare(Folder(place), now=datetime.now(UTC))


@pytest.fixture
async def receiver(authority: Certificates) -> AsyncIterator[Receiver]:
    async with listening(authority) as receiver:
        yield receiver


@pytest.fixture
async def around(
    house: House, receiver: Receiver, authority: Certificates, settings: Settings
) -> AsyncIterator[Around]:
    """All that a worker needs; no endpoint of one test is there in the next."""
    yield Around(house, receiver, authority, settings)
    await house.administrator.execute("DELETE FROM partners.wh_endpoint")


@pytest.fixture(scope="module")
async def address(database: Callable[[str], Awaitable[str]]) -> str:
    """The administrator's address of a migrated database."""
    return await database("partners")


@pytest.fixture(scope="module")
async def db(address: str) -> AsyncIterator[Database]:
    opened = await connect(migrations.dsn(address, "partners", "app"), size_max=10)
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
def settings(address: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    place = tmp_path_factory.mktemp("secrets")
    return Settings.read(
        {
            "ENVIRONMENT": "development",
            "SANDBOX": "1",
            "DATABASE_URL": migrations.dsn(address, "partners", "app"),
            "RELAY_DATABASE_URL": migrations.dsn(address, "partners", "relay"),
            "HOUSEKEEPER_DATABASE_URL": migrations.dsn(address, "partners", "housekeeper"),
            "TOKEN_ISSUER": ISSUER,
            "JWKS_URL": "http://127.0.0.1:9/nobody",
            "SIGNING_KEYS_FILE": str(place / "signing-keys.json"),
            "WEBHOOK_SEALING_KEYS_FILE": str(place / "sealing-keys"),
            "OPERATOR_SECRET_FILE": written(place / "operator", OPERATOR_SECRET + "\n"),
            "WEBHOOK_ALLOWED_NETWORKS": "127.0.0.0/8",
            "WEBHOOK_ALLOWED_PORTS": ",".join(map(str, range(1024, 65_536))),
        }
    )


@pytest.fixture(scope="module")
async def house(address: str, db: Database, settings: Settings) -> AsyncIterator[House]:
    app = api(settings)
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    administrator = await asyncpg.connect(address)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="https://partners") as http,
        geography(administrator) as coordination_id,
    ):
        operator = Partner(http, "operator", OPERATOR_SECRET, UUID(int=0))
        yield House(http, db, administrator, operator, coordination_id)
    await administrator.close()

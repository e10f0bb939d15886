"""The house as its users have it, with things to aim at in it; all tests of this folder share it."""

from collections.abc import AsyncIterator

import httpx
import pytest

from demo.gateway import Gateway
from demo.letters import receiving
from demo.settings import Settings
from tests.conftest import House
from tests.e2e.doors import AT_ONCE, Doors
from tests.e2e.people import Office, operator_of
from tests.e2e.scene import Scene, set_up

PATIENCE_S = 20


@pytest.fixture(scope="session")
async def http() -> AsyncIterator[httpx.AsyncClient]:
    limits = httpx.Limits(max_connections=2 * AT_ONCE)
    async with httpx.AsyncClient(timeout=PATIENCE_S, limits=limits, trust_env=False) as client:
        yield client


@pytest.fixture(scope="session")
async def office(house: House) -> AsyncIterator[Office]:
    async with httpx.AsyncClient(
        base_url=house.environment["GATEWAY_URL"], timeout=PATIENCE_S, trust_env=False
    ) as client:
        yield Office(Gateway(client), operator_of(house.environment))


@pytest.fixture(scope="session")
async def scene(house: House, office: Office, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    """Two coordinations of one region, one of another, and a whole dossier in the first."""
    folder = str(tmp_path_factory.mktemp("receiver"))
    settings = Settings.read({**house.environment, "RECEIVER_FOLDER": folder})
    async with receiving(settings) as letterbox:
        made = await set_up(office, letterbox, settings.receiver_port)
    yield made
    await made.subscription.remove()


@pytest.fixture(scope="session")
def doors(house: House, http: httpx.AsyncClient) -> Doors:
    return Doors(http, house)

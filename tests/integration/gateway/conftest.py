"""A gateway of its own for these tests, with services behind it that say what they were asked."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest

from stack import gateway
from stack.folder import Folder
from stack.gateway import Gateway, Limits
from stack.ports import Ports
from stack.processes import Supervisor
from tests.integration.gateway.upstream import ISSUER, Issuer, Upstream

SERVICES = ("actions", "partners", "catalogue", "reporting")
GENEROUS = Limits(per_s=1000, burst=1000)

Start = Callable[..., Any]


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture(scope="module")
def ports() -> Iterator[Ports]:
    with TemporaryDirectory() as place:
        yield Ports(Path(place) / "ports.json")


@pytest.fixture(scope="module")
async def upstreams(issuer: Issuer, ports: Ports) -> AsyncIterator[dict[str, Upstream]]:
    servers = {name: Upstream(name, ports.named(name), issuer.jwks()) for name in SERVICES}
    await asyncio.gather(*(server.start() for server in servers.values()))
    yield servers
    await asyncio.gather(*(server.stop() for server in servers.values()))


@pytest.fixture(scope="module")
def plain(upstreams: dict[str, Upstream], ports: Ports) -> Gateway:
    """The gateway as it is in production, but for generous limits."""
    return Gateway(
        port=ports.named("gateway"),
        admin_port=ports.named("gateway-admin"),
        services={name: [("127.0.0.1", server.port)] for name, server in upstreams.items()},
        issuer=ISSUER,
        client=GENEROUS,
        token_endpoint=GENEROUS,
    )


@pytest.fixture(scope="module")
async def edge(plain: Gateway) -> AsyncIterator[httpx.AsyncClient]:
    async with running(plain) as client:
        yield client


@pytest.fixture
def another(plain: Gateway, ports: Ports) -> Start:
    """Start another gateway beside the first, with something different."""

    def start(**different: Any) -> Any:
        port, admin = ports.named("another"), ports.named("another-admin")
        return running(replace(plain, port=port, admin_port=admin, **different))

    return start


@asynccontextmanager
async def running(wanted: Gateway) -> AsyncIterator[httpx.AsyncClient]:
    with TemporaryDirectory() as place:
        folder = Folder(Path(place))
        folder.prepare()
        supervisor = Supervisor(folder, print)
        configuration = gateway.write(wanted, folder.run / "gateway.json")
        try:
            await supervisor.start(gateway.program(wanted, configuration))
            async with httpx.AsyncClient(base_url=wanted.url, timeout=20, verify=False) as client:  # noqa: S501
                yield client
        finally:
            await supervisor.stop()

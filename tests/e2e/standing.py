"""Whether the gateway sees everybody, and how one process is replaced under its eyes."""

import os
import re
import signal

import httpx

from stack.ports import Ports
from stack.processes import answers_ok
from stack.services import SERVICES
from tests.conftest import House
from tests.waiting import until

BACK_WITHIN_S = 60


async def seen_ready(house: House, service: str) -> bool:
    """Whether both processes of a service are ready, and the gateway sees it.

    Both are asked: the gateway needs two looks to notice who was killed, and until then it calls the dead healthy.
    """
    ports = Ports(house.folder.run / "ports.json").known()
    if not all([await answers_ok(ports[f"{service}-api-{number}"], "/health/ready") for number in (1, 2)]):
        return False
    async with httpx.AsyncClient() as client:
        said = (await client.get(f"http://127.0.0.1:{ports['gateway-admin']}/clusters")).text
    return len(re.findall(rf"^{service}::.*::health_flags::healthy$", said, re.MULTILINE)) == 2


async def all_seen_ready(house: House) -> bool:
    return all([await seen_ready(house, service) for service in SERVICES])


async def restarted(house: House, name: str) -> None:
    """Tell one process to stop, and wait until the gateway sees its successor ready."""
    service, before = name.partition("-")[0], house.processes()[name]
    await until(lambda: seen_ready(house, service), within_s=BACK_WITHIN_S)
    os.kill(before, signal.SIGTERM)
    await until(lambda: house.processes().get(name) not in (None, before), within_s=BACK_WITHIN_S)
    await until(lambda: seen_ready(house, service), within_s=BACK_WITHIN_S)

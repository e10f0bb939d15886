"""The house stands: everything is up behind the gateway, and what is killed comes back without anybody's help."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from stack.services import SERVICES
from tests.conftest import House
from tests.e2e.standing import BACK_WITHIN_S, all_seen_ready, restarted
from tests.waiting import until

APIS = [f"{service}-api{number}" for service in SERVICES for number in ("", "-2")]
WORKERS = [f"{service}-worker" for service in SERVICES]
EVERYTHING = {"postgres", "kafka", "gateway", *APIS, *WORKERS}
READ = ("/v1/projects", "/v1/organisations", "/v1/films", "/v1/figures")


@pytest.fixture
async def edge(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=house.environment["GATEWAY_URL"], timeout=10) as client:
        yield client


async def token(house: House, edge: httpx.AsyncClient) -> str:
    secret = Path(house.environment["OPERATOR_SECRET_FILE"]).read_text(encoding="ascii").strip()
    answer = await edge.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=("operator", secret))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


async def unanswered(edge: httpx.AsyncClient, bearer: str) -> list[str]:
    """Name what the services did not answer through the gateway with what they have, or a refusal of their own."""
    known = {"authorization": f"Bearer {bearer}"}
    answers = [await edge.get(path, headers=known) for path in READ]
    return [
        f"{answer.url.path}: {answer.status_code} {answer.text}"
        for answer in answers
        if answer.status_code >= 500 or answer.status_code == 401
    ]


def test_everything_runs(house: House) -> None:
    assert house.processes().keys() == EVERYTHING


async def test_every_service_answers_through_the_gateway(house: House, edge: httpx.AsyncClient) -> None:
    assert await unanswered(edge, await token(house, edge)) == []


@pytest.mark.parametrize("place", ["", "-2"], ids=["first", "second"])
async def test_of_two_api_processes_one_may_be_killed_and_nobody_notices(
    house: House, edge: httpx.AsyncClient, place: str
) -> None:
    bearer = await token(house, edge)
    await until(lambda: all_seen_ready(house), within_s=BACK_WITHIN_S)
    before = {name: pid for name, pid in house.processes().items() if name in {f"{one}-api{place}" for one in SERVICES}}
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)

    async def back() -> bool:
        assert await unanswered(edge, bearer) == []
        return all(house.processes().get(name) not in (None, pid) for name, pid in before.items())

    await until(back, within_s=BACK_WITHIN_S)
    await until(lambda: all_seen_ready(house), within_s=BACK_WITHIN_S)


async def test_a_rolling_restart_loses_no_request(house: House, edge: httpx.AsyncClient) -> None:
    """Reads and writes go on while each API process is told to stop, drains, and is started anew."""
    bearer, over = await token(house, edge), asyncio.Event()
    lost: list[httpx.Response] = []

    async def ask(path: str, method: str) -> int:
        asked = 0
        while not over.is_set():
            answer = await edge.request(method, path, headers={"authorization": f"Bearer {bearer}"})
            asked += 1
            if answer.status_code >= 500:
                lost.append(answer)
        return asked

    asking = [asyncio.create_task(ask(path, method)) for path in READ for method in ("GET", "POST")]
    try:
        for place in ("", "-2"):
            await asyncio.gather(*(restarted(house, f"{service}-api{place}") for service in SERVICES))
    finally:
        over.set()
    assert min(await asyncio.gather(*asking)) > 0
    assert [(answer.request.method, answer.request.url.path, answer.text) for answer in lost] == []


@pytest.mark.parametrize("name", ["postgres", "kafka", "gateway", *WORKERS])
async def test_what_is_killed_comes_back(house: House, edge: httpx.AsyncClient, name: str) -> None:
    bearer = await token(house, edge)
    before = house.processes()
    os.kill(before[name], signal.SIGKILL)

    async def back() -> bool:
        with suppress(httpx.TransportError):  # the gateway may be the one that is away
            return house.processes().get(name) not in (None, before[name]) and not await unanswered(edge, bearer)
        return False

    await until(back, within_s=BACK_WITHIN_S)
    unmoved = before.keys() - {name, *WORKERS}  # a worker may end with its database: it has nothing to lose
    fallen = [other for other in unmoved if house.processes().get(other) != before[other]]
    assert fallen == []

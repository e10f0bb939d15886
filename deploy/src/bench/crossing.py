"""From a write's 201 to the figure that includes it, and to the webhook that tells of it, under a steady load.

Open loop: writes leave at their hour whatever became of the earlier ones, and are timed from that hour: neither a slow
answer nor a late generator hides anything.
"""

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from bench.figures import Measured, percentile
from bench.region import NotSetUp, Region
from bench.wire import Wire
from demo.gateway import Credentials, Gateway, Write, problem
from demo.letters import Letterbox, receiving
from demo.settings import Settings

WRITES_PER_S = 50
WARM_UP_S = 30
MEASURED_S = 30
ALONE = 50
"""Writes one by one, each followed to its figure: what the house does with nothing else to do."""

ASK_EVERY_S = 0.010
WITHIN_S = 20.0
OK, CREATED = 200, 201
BUSY = frozenset({503, 504})
ENDPOINTS = "/v1/webhooks/endpoints"


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossed:
    """One write: when it was answered (monotonic clock), how long after it was due, how long its figure took then.

    A figure that never included it is None.
    """

    project_id: str
    answered_at: float
    write_s: float
    figure_s: float | None


async def measure(gateway: Gateway, region: Region, letterbox: Letterbox) -> list[Measured]:
    """Warm up, write one by one, then at a steady rate, and say how long everything took."""
    await _known(gateway, region)
    wire = Wire(str(gateway.http.base_url))
    load = _Load(wire, region, await _bearer(gateway, region.holder), await _bearer(gateway, region.coordinator))
    await _steadily(load, WARM_UP_S)
    alone = [await _cross(load, n, time.monotonic()) for n in range(ALONE)]
    crossed = await _steadily(load, MEASURED_S)
    await wire.close()
    arrivals = await _arrivals(letterbox, {one.project_id for one in (*alone, *crossed)})
    unhurried = _told("e2e.alone", alone, arrivals)
    writes = Measured(name="e2e.writes", value=len(crossed), unit="count")
    return [*unhurried, *_against(unhurried, _told("e2e", crossed, arrivals)), writes]


@asynccontextmanager
async def subscribed(gateway: Gateway, region: Region, settings: Settings) -> AsyncIterator[Letterbox]:
    """Let the coordination's system listen, in a process of its own, for as long as this lasts."""
    async with receiving(settings) as letterbox:
        path = f"/{secrets.token_hex(8)}"
        url = f"https://127.0.0.1:{settings.receiver_port}{path}"
        body = {"url": url, "event_types": ["project.drafted"]}
        made = await _must(gateway, region, Write(path=ENDPOINTS, body=body, key=secrets.token_hex(16)))
        letterbox.tell(path, made["secret"])
        await _verified(gateway, region, f"{ENDPOINTS}/{made['id']}")
        yield letterbox


async def _verified(gateway: Gateway, region: Region, here: str) -> None:
    await _must(gateway, region, Write(path=f"{here}/verify", key=secrets.token_hex(16), seen=here))
    deadline = time.monotonic() + WITHIN_S
    while (await gateway.read(here, region.coordinator)).body["state"] != "active":
        if time.monotonic() > deadline:
            raise NotSetUp("The endpoint was not verified.")
        await asyncio.sleep(0.1)


async def _known(gateway: Gateway, region: Region) -> None:
    """Wait until the house knows what the first project needs: a new one is still taking in its territories."""
    first = Write(path="/v1/projects", body=_project(region, 0), key=secrets.token_hex(16))
    answer = await gateway.write(region.holder, first)
    if not answer.good:
        raise NotSetUp(problem(answer))


async def _must(gateway: Gateway, region: Region, write: Write) -> dict[str, Any]:
    answer = await gateway.write(region.coordinator, write)
    if not answer.good:
        raise NotSetUp(problem(answer))
    said: dict[str, Any] = answer.body
    return said


@dataclass(frozen=True, slots=True)
class _Load:
    """What every write needs: the way in, and who asks with which token."""

    wire: Wire
    region: Region
    holder: Mapping[str, str]
    coordinator: Mapping[str, str]


async def _steadily(load: _Load, seconds: int) -> list[Crossed]:
    began, every_s = time.monotonic(), 1 / WRITES_PER_S
    tasks = []
    for n in range(seconds * WRITES_PER_S):
        due = began + n * every_s
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        tasks.append(asyncio.create_task(_cross(load, n, due)))
    return await asyncio.gather(*tasks)


async def _cross(load: _Load, n: int, due: float) -> Crossed:
    headers = {**load.holder, "content-type": "application/json", "idempotency-key": secrets.token_hex(16)}
    body = json.dumps(_project(load.region, n)).encode()
    status, answer = await load.wire.ask("POST", "/v1/projects", headers, body)
    while status in BUSY:
        await asyncio.sleep(ASK_EVERY_S)
        status, answer = await load.wire.ask("POST", "/v1/projects", headers, body)
    answered_at = time.monotonic()
    if status != CREATED:
        raise NotSetUp(answer.decode())
    made = json.loads(answer)
    figure_s = await _included(load, f"project:{made['id']}@{made['version']}", answered_at)
    return Crossed(project_id=made["id"], answered_at=answered_at, write_s=answered_at - due, figure_s=figure_s)


async def _included(load: _Load, including: str, since: float) -> float | None:
    """Ask every ten milliseconds until the figures include the write."""
    query = urlencode({"indicator": "I17", "campaign": load.region.campaign_id, "including": including, "wait": "0"})
    asked = since
    while time.monotonic() - since < WITHIN_S:
        status, _ = await load.wire.ask("GET", f"/v1/figures?{query}", load.coordinator)
        if status == OK:
            return time.monotonic() - since
        asked += ASK_EVERY_S
        await asyncio.sleep(max(0.0, asked - time.monotonic()))
    return None


async def _bearer(gateway: Gateway, who: Credentials) -> dict[str, str]:
    form = {"grant_type": "client_credentials"}
    answer = await gateway.http.post("/oauth/token", data=form, auth=(who.client_id, who.secret))
    return {"authorization": f"Bearer {answer.raise_for_status().json()['access_token']}"}


def _project(region: Region, n: int) -> dict[str, Any]:
    return {
        "campaign_id": region.campaign_id,
        "title": f"Projet {n}",
        "main_municipality": region.commune,
        "lines": [
            {"funder_id": region.funder_id, "kind": "passeurs", "asked": {"amount": "1000.00", "currency": "EUR"}}
        ],
        "forecast": {"charges": [{"label": "Intervenant", "amount": {"amount": "1000.00", "currency": "EUR"}}]},
    }


async def _arrivals(letterbox: Letterbox, wanted: set[str]) -> dict[str, float]:
    """Wait until every write has been told of; when each first was, on the same clock."""
    deadline = time.monotonic() + WITHIN_S
    while True:
        letterbox.look()
        arrived = {letter.subject: letter.received_at for letter in reversed(letterbox.letters)}
        if wanted <= set(arrived) or time.monotonic() > deadline:
            return arrived
        await asyncio.sleep(0.1)


def _told(name: str, crossed: Sequence[Crossed], arrivals: Mapping[str, float]) -> list[Measured]:
    """Tell of writes that were all counted and told of."""
    uncounted = sum(one.figure_s is None for one in crossed)
    untold = sum(one.project_id not in arrivals for one in crossed)
    if uncounted or untold:
        raise NotSetUp(
            f"Of {len(crossed)} writes {uncounted} were not counted and {untold} not told of in {WITHIN_S} s."
        )
    return [
        *_shares(f"{name}.write", [one.write_s * 1000 for one in crossed]),
        *_shares(f"{name}.figure", [one.figure_s * 1000 for one in crossed if one.figure_s is not None]),
        *_shares(f"{name}.webhook", [(arrivals[one.project_id] - one.answered_at) * 1000 for one in crossed]),
    ]


def _against(references: Sequence[Measured], figures: Sequence[Measured]) -> list[Measured]:
    """Relate each figure to that of the same house, at the same moment, with nothing else to do."""
    return [
        replace(figure, reference=reference.name, ratio=round(figure.value / reference.value, 2))
        for reference, figure in zip(references, figures, strict=True)
    ]


def _shares(name: str, values: Sequence[float]) -> list[Measured]:
    return [
        Measured(name=f"{name}.p50_ms", value=round(percentile(values, 0.50), 2), unit="ms"),
        Measured(name=f"{name}.p99_ms", value=round(percentile(values, 0.99), 2), unit="ms"),
    ]

"""The webhook endpoints of a run: registered, verified, and taken away in the end."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from demo.cast import Cast, Impossible
from demo.dossier import Hears, Receiver
from demo.gateway import Answer, Write
from demo.letters import Letterbox
from demo.numbered import Part

DESCRIPTION = "demonstration"
PATH = "/v1/webhooks/endpoints"
VERIFIED_WITHIN_S = 90
LOOK_EVERY_S = 0.05
VERIFY_AGAIN_EVERY_S = 12
"""A challenge is answered in ten seconds or not at all."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint that the receiver plays; `path` is where the receiver has it."""

    id: str
    name: str
    client: str
    path: str
    receiver: Receiver


async def open_all(cast: Cast, letterbox: Letterbox, port: int) -> dict[str, Endpoint]:
    """Subscribe for each receiver of the dossier, first those that hear everything; remove what a run has left."""
    for client in {receiver.client: None for receiver in cast.dossier.receivers.values()}:
        await _remove_left_over(cast, client)
    receivers = sorted(cast.dossier.receivers.items(), key=lambda one: one[1].hears is not Hears.EVERYTHING)
    return {name: await _open(cast, name, receiver, letterbox, port) for name, receiver in receivers}


async def close_all(cast: Cast, endpoints: Mapping[str, Endpoint]) -> None:
    for endpoint in endpoints.values():
        await _remove(cast, endpoint.client, endpoint.id)


async def sent(cast: Cast, endpoint: Endpoint, *, after: int = 0) -> list[Mapping[str, Any]]:
    """List by pull what was addressed to an endpoint, behind a number of its own."""
    events: list[Mapping[str, Any]] = []
    while True:
        query = {"endpoint": endpoint.id, "after": events[-1]["sequence"] if events else after}
        answer = await cast.gateway.read("/v1/events", cast.clients[endpoint.client], **query)
        cast.require(("receivers", endpoint.name), answer)
        if not answer.body["items"]:
            return events
        events.extend(answer.body["items"])


async def _open(cast: Cast, name: str, receiver: Receiver, letterbox: Letterbox, port: int) -> Endpoint:
    part: Part = ("receivers", name)
    path = f"/{cast.run}/{name}"
    body = {
        "url": f"https://127.0.0.1:{port}{path}",
        "event_types": list(receiver.event_types),
        "description": DESCRIPTION,
    }
    write = Write(path=PATH, body=body, key=cast.key("endpoint", name))
    made = await cast.make(part, cast.clients[receiver.client], write)
    letterbox.tell(path, made["secret"])
    endpoint = Endpoint(made["id"], name, receiver.client, path, receiver)
    await _verify(cast, endpoint)
    return endpoint


async def _verify(cast: Cast, endpoint: Endpoint) -> None:
    """Have the endpoint verified; a challenge that went wrong (a process was being restarted) is sent again."""
    part: Part = ("receivers", endpoint.name)
    here = f"{PATH}/{endpoint.id}"
    who = cast.clients[endpoint.client]
    deadline, asked, asked_at = time.monotonic() + VERIFIED_WITHIN_S, 0, 0.0
    seen: Answer | None = None
    while seen is None or seen.body["state"] != "active":
        failed = seen is not None and seen.body["verification"] and seen.body["verification"]["failed_at"]
        if failed or asked == 0 or time.monotonic() > asked_at + VERIFY_AGAIN_EVERY_S:
            asked, asked_at = asked + 1, time.monotonic()
            key = cast.key("endpoint", endpoint.name, "verify", str(asked))
            answer = await cast.gateway.write(who, Write(path=f"{here}/verify", key=key, seen=here))
            if answer.code != "already-verified":
                cast.require(part, answer)
        if time.monotonic() > deadline:
            raise Impossible(part, f"The endpoint was not verified: {seen and seen.body['verification']}")
        await asyncio.sleep(LOOK_EVERY_S)
        seen = await cast.gateway.read(here, who)
        cast.require(part, seen)


async def _remove_left_over(cast: Cast, client: str) -> None:
    for known in await cast.found(("clients", client), PATH, cast.clients[client], limit="100"):
        if known["description"] == DESCRIPTION:
            await _remove(cast, client, known["id"])


async def _remove(cast: Cast, client: str, endpoint_id: str) -> None:
    here = f"{PATH}/{endpoint_id}"
    write = Write(method="DELETE", path=here, key=cast.key("remove", endpoint_id), seen=here)
    await cast.gateway.write(cast.clients[client], write)

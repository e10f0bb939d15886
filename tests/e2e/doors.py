"""What can be asked of the house and where: every operation of the services' own documents, at both of its doors.

Each operation can be asked through the gateway, and of the service behind it: whoever gets past the first door must
find the second one closed.
"""

import asyncio
from collections.abc import Awaitable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeVar

import httpx

from docs import house
from stack.ports import Ports
from stack.services import SERVICES
from tests.conftest import House
from tests.e2e.bodies import smallest

T = TypeVar("T")

DOORS = ("gateway", "service")
AT_ONCE = 12
"""Requests in hand together: more would only wait for each other on a small machine."""

Json = Mapping[str, Any]
Things = Mapping[str, str]
"""What the places of a path stand for, by name; `municipalities.code` where a bare name means several things."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that can be asked."""

    service: str
    name: str
    method: str
    path: str
    document: Json

    @property
    def scopes(self) -> frozenset[str]:
        """Give the scopes of which one is needed; none: it is public."""
        return frozenset(scope for way in self.document["security"] for scopes in way.values() for scope in scopes)

    @property
    def public(self) -> bool:
        return not self.document["security"]

    @property
    def by_id(self) -> bool:
        """Tell whether it leads to one thing: named in the path, or as `?endpoint=`."""
        asked = (one for one in self._parameters("query") if one.get("required"))
        return "{" in self.path or any(one["schema"].get("format") == "uuid" for one in asked)

    @property
    def reads(self) -> bool:
        return self.method == "get"

    def parameters(self, place: str) -> list[str]:
        """Name the parameters that must be given in a place: `path`, `query`, `header`."""
        return [one["name"] for one in self._parameters(place) if one.get("required")]

    def body_schema(self) -> Json | None:
        """Give the schema of the JSON that it takes, if it takes any."""
        content = self.document.get("requestBody", {}).get("content", {})
        schema: Json | None = content.get("application/json", {}).get("schema")
        return schema

    def smallest_body(self) -> Any:
        """Make the smallest body that the document allows."""
        schema = self.body_schema()
        return None if schema is None else smallest(schema, components(self.service))

    def placed(self, things: Things) -> dict[str, str]:
        """Say what each place of the path stands for."""
        named = {step.strip("{}"): f"{before}.{step.strip('{}')}" for before, step in pairwise(self.path.split("/"))}
        names = self.parameters("path")
        return {name: things.get(named.get(name, name)) or things[name] for name in names}

    def filled(self, things: Things) -> str:
        """Write the path for certain things."""
        return self.path.format(**self.placed(things))

    def query(self, things: Things) -> dict[str, Any]:
        """Give what must be asked by."""
        needed = [one for one in self._parameters("query") if one.get("required")]
        return {one["name"]: things.get(one["name"]) or smallest(one["schema"], {}) for one in needed}

    def _parameters(self, place: str) -> list[Json]:
        return [one for one in self.document.get("parameters", ()) if one["in"] == place]


def operations() -> Iterator[Operation]:
    """List everything that any service answers, the sandbox's routes included."""
    for service in SERVICES:
        for path, methods in house.openapi(service, sandbox=True)["paths"].items():
            for method, one in methods.items():
                yield Operation(service=service, name=one["operationId"], method=method, path=path, document=one)


def components(service: str) -> Json:
    schemas: Json = house.openapi(service, sandbox=True)["components"]["schemas"]
    return schemas


EVERYTHING = tuple(operations())
SECURED = tuple(one for one in EVERYTHING if not one.public)


@dataclass(frozen=True, slots=True)
class Doors:
    """Where to knock."""

    http: httpx.AsyncClient
    house: House

    def url(self, door: str, service: str) -> str:
        if door == "gateway":
            return self.house.environment["GATEWAY_URL"]
        port = Ports(self.house.folder.run / "ports.json").known()[f"{service}-api-1"]
        return f"http://127.0.0.1:{port}"

    async def ask(
        self,
        door: str,
        operation: Operation,
        things: Things,
        token: str | None,
        *,
        headers: Mapping[str, str] | None = None,
        without: Collection[str] = (),
        query: Mapping[str, Any] | None = None,
        **said: Any,
    ) -> httpx.Response:
        """Ask one thing about certain things: a whole request, right in everything but who asks, or what is `said`."""
        sent = {**written(operation, token), **(headers or {})}
        request = self.http.build_request(
            operation.method.upper(),
            f"{self.url(door, operation.service)}{operation.filled(things)}",
            params={**operation.query(things), **(query or {})},
            headers={name: value for name, value in sent.items() if name not in without},
            **(said or {"json": operation.smallest_body()}),
        )
        answer = await self.http.send(request, stream=True)
        if not answer.headers.get("content-type", "").startswith("text/event-stream"):
            await answer.aread()
        await answer.aclose()
        return answer


def written(operation: Operation, token: str | None) -> dict[str, str]:
    """Give the headers that a request must have to be looked at."""
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    if "Idempotency-Key" in operation.parameters("header"):
        headers["idempotency-key"] = f"walk-{operation.name}"
    if "If-Match" in operation.parameters("header"):
        headers["if-match"] = '"v1"'
    return headers


def said(answer: httpx.Response) -> tuple[int, str]:
    """Give the status and the code of a refusal."""
    kind = answer.headers.get("content-type", "")
    return answer.status_code, answer.json().get("code", "") if kind == "application/problem+json" else ""


async def all_of(work: Iterable[Awaitable[T]]) -> Sequence[T]:
    """Do everything, a few at once."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(asked: Awaitable[T]) -> T:
        async with places:
            return await asked

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(task)) for task in work]
    return [task.result() for task in tasks]


async def all_right(work: Iterable[Awaitable[str | None]]) -> None:
    """Ask everything, which is something; each answer says what is wrong with it, or nothing."""
    answers = await all_of(work)
    assert answers, "nothing was asked"
    wrong = sorted(line for line in answers if line)
    assert not wrong, "\n".join((f"{len(wrong)} of these:", *wrong))

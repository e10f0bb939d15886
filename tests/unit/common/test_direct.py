"""The direct way gives the very answers of the framework's way, whatever is asked, and is taken where it can be."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Header, Query, Request, Response

from common import problems
from common.direct import Direct
from common.errors import Conflict, Malformed
from common.http import Count, Model, from_query, moment

ID = "018f0000-0000-7000-8000-000000000001"


class Broken(Conflict):
    """It is."""

    title = "It is broken."
    titre = "C’est cassé."


class Part(Model):
    name: str
    count: Count = 1


class Whole(Model):
    name: str
    parts: tuple[Part, ...] = ()
    share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a list is asked by."""

    kind: Annotated[list[str] | None, Query(max_length=3)] = None
    year: int | None = None


async def _asker(request: Request, who: Annotated[str | None, Header(alias="X-Who", max_length=5)] = None) -> str:
    if who == "nobody":
        raise Malformed
    return f"{who} {len(await request.body())}"


async def _at(at: Annotated[str | None, Header(alias="X-At")] = None) -> str:
    return "" if at is None else moment(at, parameter="X-At").isoformat()


Asker = Annotated[str, Depends(_asker)]
At = Annotated[str, Depends(_at)]
router = APIRouter()


def said(**what: Any) -> Response:
    return Response(json.dumps(what, default=str), media_type="application/json")


@router.get("/v1/things/latest")
async def latest(asker: Asker) -> dict[str, str]:
    """Answer with something that the framework has to write."""
    return {"latest": asker}


@router.get("/v1/things/{thing_id}")
async def read(thing_id: UUID, asker: Asker, again: Asker) -> Response:
    if asker == "wrong 0":
        raise Broken
    return said(thing_id=thing_id, asker=asker, again=again)


@router.get("/v1/things")
async def several(
    asked: Annotated[Question, from_query(Question)], limit: Annotated[int, Query(ge=1, le=9)] = 5
) -> Response:
    return said(kind=asked.kind, year=asked.year, limit=limit)


@router.post("/v1/things", status_code=201)
async def create(body: Whole, asker: Asker, at: At) -> Response:
    return said(body=body.model_dump(), asker=asker, at=at, given=sorted(body.model_fields_set))


async def _nothing(_: Request) -> None:
    """Let everything pass."""


def application(*, direct: bool) -> FastAPI:
    app = FastAPI(redirect_slashes=False)
    app.include_router(router)
    problems.install(app)
    if direct:
        app.add_middleware(Direct, routers=[router], check=_nothing, handlers=app.exception_handlers)
    return app


ASKED: Sequence[tuple[str, str, dict[str, str], bytes | None]] = [
    ("GET", f"/v1/things/{ID}", {}, None),
    ("GET", f"/v1/things/{ID}", {"x-who": "me"}, None),
    ("GET", f"/v1/things/{ID}", {"x-who": "far too long"}, None),
    ("GET", f"/v1/things/{ID}", {"x-who": "nobody"}, None),
    ("GET", f"/v1/things/{ID}", {"x-who": "wrong"}, None),
    ("GET", "/v1/things/none", {}, None),
    ("GET", "/v1/things/latest", {}, None),
    ("GET", f"/v1/things/{ID}/", {}, None),
    ("DELETE", f"/v1/things/{ID}", {}, None),
    ("HEAD", f"/v1/things/{ID}", {}, None),
    ("GET", "/v2", {}, None),
    ("GET", "/v1/things", {}, None),
    ("GET", "/v1/things?kind=a&kind=b&year=2025&limit=9", {}, None),
    ("GET", "/v1/things?kind=&year=", {}, None),
    ("GET", "/v1/things?kind=a&kind=b&kind=c&kind=d", {}, None),
    ("GET", "/v1/things?limit=10", {}, None),
    ("GET", "/v1/things?limit=3&limit=4", {}, None),
    *(
        ("POST", "/v1/things", {"content-type": kind, **more}, body)
        for kind, more, body in [
            ("application/json", {}, b'{"name":"a"}'),
            ("application/json; charset=utf-8", {"x-who": "me"}, b'{"name":"a","parts":[{"name":"b","count":2}]}'),
            ("Application/JSON", {}, b'{"name":"a","share":0.1}'),
            ("application/merge-patch+json", {}, b'{"name":"a"}'),
            ("text/plain", {}, b'{"name":"a"}'),
            ("application/json", {}, b""),
            ("application/json", {}, b"{"),
            ("application/json", {"x-who": "nobody"}, b"{"),
            ("application/json", {"x-who": "nobody"}, b'{"name":1}'),
            ("application/json", {"x-at": "yesterday"}, b'{"name":"a"}'),
            ("application/json", {"x-at": "2025-01-01T00:00:00Z"}, b'{"name":"a"}'),
            ("application/json", {}, b'{"name":"a","name":"b"}'),
            ("application/json", {}, b'{"name":"a","unknown":1}'),
            ("application/json", {}, b'{"name":"a","share":NaN}'),
            ("application/json", {}, b'{"name":"a","share":1e999}'),
            ("application/json", {}, b'{"name":"a","share":12345678901234567890123}'),
            ("application/json", {}, b'{"name":"a","parts":[{"name":"b","count":2.0}]}'),
            ("application/json", {}, b'{"name":"a","parts":[{"name":"b","count":99999999999999999999}]}'),
            ("application/json", {}, b'\xef\xbb\xbf{"name":"a"}'),
            ("application/json", {}, b'{"name":"\\ud800"}'),
            ("application/json", {}, b'{"name":"\xff"}'),
            ("application/json", {}, '{"name":"é"}'.encode("utf-16")),
            ("application/json", {}, b'{"name":"\\u0000"}'),
            ("application/json", {}, b"[" * 5000),
        ]
    ),
]


async def ask(app: FastAPI, method: str, target: str, headers: dict[str, str], body: bytes | None) -> tuple[Any, ...]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.request(method, target, headers=headers, content=body)
    return answer.status_code, dict(answer.headers), answer.content


@pytest.mark.parametrize(("method", "target", "headers", "body"), ASKED)
async def test_both_ways_answer_the_same(method: str, target: str, headers: dict[str, str], body: bytes | None):
    asked = method, target, headers, body
    assert await ask(application(direct=True), *asked) == await ask(application(direct=False), *asked)


async def test_the_direct_way_is_direct():
    """Behind it is an application that would answer everything with 404: it is not asked."""
    empty = FastAPI()
    problems.install(empty)
    empty.add_middleware(Direct, routers=[router], check=_nothing, handlers=empty.exception_handlers)
    status, _, _ = await ask(empty, "GET", f"/v1/things/{ID}", {}, None)
    assert status == 200
    status, _, _ = await ask(empty, "GET", "/v1/things/latest", {}, None)
    assert status == 404, "the framework writes its answer, and keeps its place before the route with an id"

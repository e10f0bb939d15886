"""A service as small as one can be, on the real schema of another: what `common` does must show through it alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, FastAPI, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime, Field

from common import pages, service
from common.database import connect
from common.errors import Conflict
from common.http import Caller, ChangeOnce, Count, CreateOnce, Db, Model, NewId, Now, present, respond
from common.idempotency import Answer, Once
from common.pages import Listed, Page
from common.problems import problems
from common.settings import Settings
from common.tokens import SYSTEM

SERVICE = "catalogue"
PUBLIC: dict[str, Any] = {"security": []}


@dataclass(frozen=True)
class Verb:
    scopes: frozenset[str]


VERBS = {
    "thing.create": Verb(frozenset({"projects:write", "operations"})),
    "thing.rename": Verb(frozenset({"projects:write"})),
    "thing.list": Verb(frozenset({"read"})),
    "thing.read": Verb(frozenset({"read"})),
}


class ThingBroken(Conflict):
    """A thing that is broken stays so."""

    title = "The thing is broken."
    titre = "La chose est cassée."


class Thing(Model):
    name: Annotated[str, Field(min_length=1, max_length=100)]
    count: Count = 0


class Seen(Model):
    name: str


router = APIRouter()


@router.post(
    "/v1/things", operation_id="thing.create", status_code=201, response_model=Seen, responses=problems(ThingBroken)
)
async def create(thing: Thing, db: Db, caller: Caller, once: CreateOnce, new_id: NewId) -> Response:
    async with db.transaction(caller) as tx:
        answer = await once.stored(tx)
        if answer is None:
            name = thing.model_dump_json(include={"name"}).encode()
            answer = Answer(201, 1, name, f"/v1/things/{new_id()}")
            await _keep(tx, once, answer)
    return respond(answer)


@router.post("/v1/things/{thing_id}/rename", operation_id="thing.rename", response_model=Seen)
async def rename(thing_id: UUID, thing: Thing, db: Db, caller: Caller, once: ChangeOnce) -> Response:
    async with db.transaction(caller) as tx:
        if answer := await once.answered(tx, 3):
            return respond(answer)
        answer = Answer(200, 4, thing.model_dump_json(include={"name"}).encode(), f"/v1/things/{thing_id}")
        await _keep(tx, once, answer)
    return respond(answer)


@router.get("/v1/things", operation_id="thing.list", response_model=Listed[Seen])
async def several(page: Page, _: Caller, name: Annotated[str | None, Query(max_length=50)] = None) -> Response:
    first = (page.position(int) or (0,))[0]
    rows = range(first + 1, min(first + page.limit + 1, 120) + 1)
    return pages.listed(page, rows, key=lambda n: (n,), doc=lambda n: f'{{"name":"{name and "named "}{n}"}}')


@router.get("/v1/things/{thing_id}", operation_id="thing.read", response_model=Seen)
async def one(thing_id: UUID, db: Db, caller: Caller) -> Response:
    async with db.transaction(caller) as tx:
        name = await tx.fetchval("""SELECT jsonb_build_object('name', $1::text)::text""", str(thing_id))
    return present(name, version=3)


class Large(Model):
    text: Annotated[str, Field(max_length=1_000_000)]


@router.post("/v1/large", operation_id="large", openapi_extra=PUBLIC, include_in_schema=False)
async def large(body: Large) -> int:
    return len(body.text)


@router.get("/v1/now", operation_id="clock.read", openapi_extra=PUBLIC)
async def clock(now: Now) -> AwareDatetime:
    return now


@router.get("/v1/sleep", operation_id="sleep", openapi_extra=PUBLIC, include_in_schema=False)
async def sleep(db: Db, seconds: float, statement_ms: int = 30_000) -> str:
    async with db.transaction(SYSTEM) as tx:
        await tx.execute("SELECT set_config('statement_timeout', $1, true)", str(statement_ms))
        await tx.fetchval("SELECT pg_sleep($1)", seconds)
    return "rested"


@router.get("/v1/stream", operation_id="stream", openapi_extra=PUBLIC, include_in_schema=False)
async def stream(seconds: float) -> StreamingResponse:
    async def drops() -> AsyncIterator[bytes]:
        for _ in range(10):
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.Event().wait(), seconds / 10)
            yield b"drop\n"

    return StreamingResponse(drops(), media_type="text/plain")


@router.get("/v1/bug", operation_id="bug", openapi_extra=PUBLIC, include_in_schema=False)
async def bug() -> None:
    raise RuntimeError("the secret of the house")


@router.get("/v1/nul", operation_id="nul", openapi_extra=PUBLIC, include_in_schema=False)
async def nul(db: Db) -> None:
    async with db.transaction(SYSTEM) as tx:
        await tx.fetchval("SELECT $1::text", "a\0b")


@router.get("/v1/too-large", operation_id="too_large", openapi_extra=PUBLIC, include_in_schema=False)
async def too_large(db: Db) -> None:
    async with db.transaction(SYSTEM) as tx:
        await tx.fetchval("SELECT $1::integer", 2**40)


async def _keep(tx: object, once: Once, answer: Answer) -> None:
    if once.key is not None:
        await tx.execute(  # type: ignore[attr-defined]
            "INSERT INTO idempotency (client_id, key, fingerprint, status, version, location, body)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7)",
            *(once.client_id, once.key, once.fingerprint),
            *(answer.status, answer.version, answer.location, answer.body),
        )


def api(settings: Settings) -> FastAPI:
    return service.application(settings, service=SERVICE, routers=[router], verbs=VERBS)


@asynccontextmanager
async def worker(settings: Settings) -> AsyncIterator[service.Worker]:
    database = await connect(settings.database_url.get_secret_value())
    mortal = asyncio.Event()

    def one(name: str) -> service.Run:
        async def lives() -> None:
            try:
                await mortal.wait()
            finally:
                print(f"{name} stopped", flush=True)  # noqa: T201 - read by the test

        return lives

    async def dies() -> None:
        async with asyncio.timeout(settings.drain_s):
            await mortal.wait()

    tasks = {"first": one("first"), "second": one("second")}
    if settings.sandbox:
        tasks["mortal"] = dies
    yield service.Worker(tasks=tasks, checks=service.checks(SERVICE, lambda: database))
    await database.close()


if __name__ == "__main__":
    service.main(SERVICE, Settings.read, api=api, worker=worker)

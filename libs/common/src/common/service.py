"""What every service's `main` does: put an application together, and run it, or the worker, until told to stop.

(1) Told to stop, a process is unready at once, finishes what it has in hand, and goes; nothing depends on that.
(2) A worker's task that ends, for whatever reason, ends the process with 1: the supervisor starts it anew.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from socket import socket
from time import monotonic
from types import FrameType
from typing import TypeVar, cast

import asyncpg
import structlog
import uvicorn
import uvloop
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from prometheus_client import Histogram
from pydantic import ValidationError
from starlette.applications import Starlette

from common import collector, http, migrations, openapi, problems, telemetry
from common.database import Database, connect
from common.direct import Direct
from common.door import BUCKETS_S, Door
from common.health import Check, Health
from common.settings import Settings
from common.tokens import SYSTEM, Keys, NoKeysYet, Verifier, fetched

S = TypeVar("S", bound=Settings)
Piece = Callable[[FastAPI], AbstractAsyncContextManager[object]]
Run = Callable[[], Coroutine[object, object, object]]

OF_A_WORKER = ("RELAY_DATABASE_URL", "HOUSEKEEPER_DATABASE_URL")
TICK_S = 0.1  # the server's own
LATE = Histogram("event_loop_lag_seconds", "How late a turn came that is due ten times a second", buckets=BUCKETS_S)
HEARD_LATELY_S = 0.5
"""A database that has just answered a request is there: a question of ours would wait behind all others for nothing."""

_log = structlog.get_logger(__name__)


def application(
    settings: Settings,
    *,
    service: str,
    routers: Sequence[APIRouter],
    verbs: Mapping[str, openapi.Verb],
    pieces: Sequence[Piece] = (),
    keys: Keys | None = None,
) -> FastAPI:
    """Put a service's HTTP door together: its routes, and what every service has.

    `pieces` are opened after the database and closed before it; `keys` replaces the set fetched from the issuer.
    """
    keys = keys or Keys(partial(fetched, settings.jwks_url), file=settings.jwks_file)
    app = FastAPI(
        title=service,
        version="1",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
        dependencies=[Depends(http.only_known_filters)],
        lifespan=partial(_open, settings, keys, pieces),
    )
    for router in routers:
        app.include_router(router)
    document = app.openapi()
    app.openapi = lambda: document  # type: ignore[method-assign]
    app.state.settings = settings
    app.state.operations = openapi.complete(document, verbs)
    app.state.verifier = Verifier(keys, issuer=settings.token_issuer, audience=settings.token_audience)
    app.state.health = Health(checks(service, lambda: cast("Database", app.state.database)))
    app.router.routes.extend(app.state.health.routes())
    app.add_route("/.well-known/jwks.json", _key_set, include_in_schema=False)
    app.add_middleware(Direct, routers=routers, check=http.only_known_filters, handlers=app.exception_handlers)
    app.add_middleware(Door, settings=settings)
    problems.install(app)
    return app


def checks(service: str, database: Callable[[], Database]) -> dict[str, Check]:
    """Say what a process of this service must have to be ready: its database, at the revision of this code."""
    migrated = False

    async def answers() -> None:
        if database().silent_s() < HEARD_LATELY_S:
            return
        async with database().transaction(SYSTEM) as tx:
            await tx.fetchval("SELECT 1")

    async def up_to_date() -> None:
        nonlocal migrated
        if migrated:
            return
        async with database().transaction(SYSTEM) as tx:
            if await migrations.pending(cast("asyncpg.Connection[asyncpg.Record]", tx), service):
                raise LookupError("Migrations are pending.")
        migrated = True

    return {"database": answers, "migrations": up_to_date}


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A service's other process: what it runs for ever, in the order in which it is stopped, and what it must have."""

    tasks: Mapping[str, Run]
    checks: Mapping[str, Check] = field(default_factory=dict)


def main(
    service: str,
    read: Callable[[Mapping[str, str]], S],
    *,
    api: Callable[[S], FastAPI],
    worker: Callable[[S], AbstractAsyncContextManager[Worker]],
) -> None:
    """Run `python -m <service>.main api` or `… worker`, with settings from the environment.

    A worker without its roles' addresses is refused too: the library would take the nearest server, and say nothing.
    """
    if sys.argv[1:] not in (["api"], ["worker"]):
        sys.exit(f"usage: python -m {service}.main api|worker")
    lacking = [name for name in OF_A_WORKER if sys.argv[1] == "worker" and not os.environ.get(name)]
    wrong, settings = [f"{name}: A worker needs it" for name in lacking], None
    try:
        settings = read(os.environ)
    except ValidationError as error:
        wrong += [f"{'.'.join(map(str, fault['loc'])).upper() or service}: {fault['msg']}" for fault in error.errors()]
    if settings is None or wrong:
        sys.exit("\n".join(wrong))
    telemetry.start(
        f"{service}-{sys.argv[1]}",
        log_format=settings.log_format,
        otlp_endpoint=settings.otlp_endpoint,
        sample_ratio=settings.trace_sample_ratio,
    )
    if sys.argv[1] == "api":
        serve(api(settings), settings)
    else:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(work(worker(settings), settings))


def serve(app: FastAPI, settings: Settings) -> None:
    """Answer requests until told to stop."""
    server = _Server(_config(app, settings, settings.api_port), app.state.health, settings.drain_s)
    server.run()
    if not server.started:
        sys.exit(1)


async def work(opened: AbstractAsyncContextManager[Worker], settings: Settings) -> None:
    """Run a worker's tasks until told to stop; exit with 1 if one of them ends before."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with opened as worker:
        health = Health(worker.checks)
        server = _Server(_config(Starlette(routes=health.routes()), settings, settings.worker_port), health, None)
        door = asyncio.create_task(server.serve(), name="health")
        tasks = {name: asyncio.create_task(run(), name=name) for name, run in worker.tasks.items()}
        told = asyncio.create_task(stop.wait())
        health.started = True
        collector.settle()
        done, _ = await asyncio.wait([*tasks.values(), door, told], return_when=asyncio.FIRST_COMPLETED)
        health.draining = True
        await end_in_turn(tasks.values(), within_s=settings.stop_s)
        server.should_exit = True
        told.cancel()
        await door
    if dead := done - {told}:
        for task in dead:
            error = None if task.cancelled() else task.exception()
            _log.critical("task_ended", task=task.get_name(), exc_info=error)
        sys.exit(1)


async def end_in_turn(tasks: Iterable[asyncio.Task[object]], *, within_s: float) -> None:
    """End tasks one after the other, all within one time: who hangs has half of what is left of it.

    The relay comes last: it publishes what the others still wrote, and signs off.
    """
    deadline = monotonic() + within_s
    for task in tasks:
        task.cancel()
        await asyncio.wait([task], timeout=(deadline - monotonic()) / 2)


class _Server(uvicorn.Server):
    """The server, told more: to be unready before it closes, to settle once started, to say how late its turns are."""

    def __init__(self, config: uvicorn.Config, health: Health, drain_s: float | None) -> None:
        super().__init__(config)
        self._health = health
        self._drain_s = drain_s
        self._exit_at = float("inf")
        self._due_at = float("inf")

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        if self._drain_s is not None:
            collector.settle()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Listen to signals only where the server is the whole process."""
        if self._drain_s is None:
            yield
        else:
            with super().capture_signals():
                yield

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """Drain at the first signal, close at once at the second; a clean stop ends with 0."""
        self._exit_at = 0.0 if self._health.draining else monotonic() + (self._drain_s or 0.0)
        self._health.draining = True

    async def on_tick(self, counter: int) -> bool:
        LATE.observe(max(0.0, monotonic() - self._due_at))
        self.should_exit = self.should_exit or monotonic() >= self._exit_at
        self._due_at = monotonic() + TICK_S
        return await super().on_tick(counter)


def _config(app: Starlette, settings: Settings, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=settings.service_host,
        port=port,
        loop="uvloop",
        http="httptools",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=settings.connections_max,
        timeout_keep_alive=int(settings.keep_alive_s),
        timeout_graceful_shutdown=settings.stop_s,
        lifespan="on",
    )


@asynccontextmanager
async def _open(settings: Settings, keys: Keys, pieces: Sequence[Piece], app: FastAPI) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        dsn = settings.database_url.get_secret_value()
        app.state.database = await connect(dsn, size_min=settings.pool_min, size_max=settings.pool_max)
        stack.push_async_callback(app.state.database.close)
        refreshing = asyncio.create_task(keys.keep_fresh())
        stack.callback(refreshing.cancel)
        for piece in pieces:
            await stack.enter_async_context(piece(app))
        app.state.health.started = True
        yield


async def _key_set(request: Request) -> Response:
    """Pass on the last good key set, so that the gateway finds one as long as anybody is up."""
    document = request.app.state.verifier.keys.document
    if document is None:
        return problems.answer(NoKeysYet(), request)
    return Response(document, headers={"Cache-Control": "public, max-age=60"}, media_type="application/json")

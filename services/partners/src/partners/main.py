"""The wiring of partners: the only module that knows every other.

python -m partners.main api
python -m partners.main worker
python -m partners.main keys rotate [--emergency]
python -m partners.main territories|districts|organisations import …
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from secrets import token_urlsafe
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
import typer
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Route

from common import backbone, checkpoints, service
from common.database import connect
from common.tokens import SYSTEM, Keys
from partners import consumers
from partners.api import routers
from partners.clients.guard import trusting
from partners.clients.keyfile import KeyFile, Seal, create_if_absent, create_sealing_key_if_absent
from partners.clients.names import Names
from partners.clients.receiver import Receivers
from partners.commands import clients
from partners.domain.access import VERBS
from partners.domain.client import operator_secret
from partners.domain.destination import Destinations
from partners.domain.schedule import Patience, Schedule
from partners.jobs import challenges, commandline, retention, sweeper
from partners.jobs.dispatch import Lanes, Pace, Post
from partners.settings import Settings

SERVICE = "partners"
OWN_DOCUMENT = "/openapi.own.json"
"""Where this service's own document is; the joined one has the usual address."""
GRANTS_AT_ONCE = 500
"""Clients told of in one transaction."""

keys = typer.Typer(help="The keys that sign access tokens.", no_args_is_help=True)


def api(settings: Settings) -> FastAPI:
    """Open the HTTP door, with the real key set where other services have a copy."""
    key_file = KeyFile(settings.signing_keys_file)
    app = service.application(
        settings,
        service=SERVICE,
        routers=routers,
        verbs=VERBS,
        pieces=[_secrets, _operator, _grants],
        keys=Keys(partial(_published, key_file)),
    )
    app.state.key_file = key_file
    app.state.destinations = _destinations(settings)
    _move_own_document(app)
    return app


@asynccontextmanager
async def worker(settings: Settings) -> AsyncIterator[service.Worker]:
    """Hear all facts, send webhooks, publish what was written, keep house."""
    _make_missing_keys(settings)
    database = await connect(
        settings.database_url.get_secret_value(), size_min=settings.pool_min, size_max=settings.pool_max
    )
    poke = asyncio.Event()
    trusted = trusting(settings.webhook_ca_file)
    async with (
        Names(_issuer(settings), servers=settings.webhook_name_servers) as names,
        Receivers(
            _destinations(settings), trusted=trusted, deadline_s=settings.webhook_deadline_s, resolver=names.resolve
        ) as receivers,
    ):
        post = Post(
            receivers=receivers,
            seal=Seal(settings.webhook_sealing_keys_file),
            schedule=Schedule(delays_s=settings.webhook_retry_delays_s),
        )
        lanes = Lanes(
            database,
            post,
            owner=settings.consumer_member,
            poke=poke,
            pace=Pace(
                slots=settings.webhook_slots, lease_s=settings.webhook_lease_s, grace_s=settings.webhook_deadline_s + 1
            ),
        )
        housekeeper = settings.housekeeper_database_url.get_secret_value()
        groups, digest = {"fanout": consumers.webhook_fanout(poke)}, partial(checkpoints.digests, database, SERVICE)
        tasks: dict[str, service.Run] = {
            "challenges": partial(challenges.run, database, post, poll_s=settings.webhook_challenge_poll_s),
            "lanes": lanes.run,
            "sweeper": partial(sweeper.run, database, every_s=settings.webhook_sweep_every_s, patience=Patience()),
            "retention": partial(retention.run, housekeeper, every_s=settings.housekeeping_every_s),
            **backbone.tasks(settings, SERVICE, database, groups, digest=digest),
        }
        try:
            yield service.Worker(tasks=tasks, checks=service.checks(SERVICE, lambda: database))
        finally:
            await database.close()


@keys.callback()
def partners_keys() -> None:
    """Keep the keys that sign access tokens."""


@keys.command("rotate")
def rotate(
    file: Annotated[Path, typer.Option(envvar="SIGNING_KEYS_FILE", help="The key file.")],
    emergency: Annotated[bool, typer.Option("--emergency", help="Drop the current key now; its tokens die.")] = False,
) -> None:
    """Let the next key sign, keep the current one published until its tokens have ended, publish a new next one."""
    for key in KeyFile(file).rotate(emergency=emergency).keys:
        typer.echo(f"{key.place:<9}{key.kid}")


@asynccontextmanager
async def _secrets(app: FastAPI) -> AsyncIterator[None]:
    """Read the keys that seal, and make sure that there are keys that sign."""
    _make_missing_keys(app.state.settings)
    app.state.seal = Seal(app.state.settings.webhook_sealing_keys_file)
    app.state.key_file.ring()
    yield


@asynccontextmanager
async def _operator(app: FastAPI) -> AsyncIterator[None]:
    """Make sure, before anybody is answered, that the operator is what the settings say."""
    file = app.state.settings.operator_secret_file
    plain = None if file is None else operator_secret(file.read_text("utf-8"))
    async with app.state.database.transaction(SYSTEM) as tx:
        await clients.follow_settings(tx, plain, at=datetime.now(UTC))
    yield


@asynccontextmanager
async def _grants(app: FastAPI) -> AsyncIterator[None]:
    """Make sure that others have been told of every client: those of an earlier release were let in without a word."""
    told = GRANTS_AT_ONCE
    while told == GRANTS_AT_ONCE:
        async with app.state.database.transaction(SYSTEM) as tx:
            told = await clients.tell_untold(tx, limit=GRANTS_AT_ONCE, at=datetime.now(UTC))
    yield


def _make_missing_keys(settings: Settings) -> None:
    """Make in development what is mounted in production."""
    if settings.environment != "development":
        return
    KeyFile(settings.signing_keys_file).create_if_absent()
    create_sealing_key_if_absent(settings.webhook_sealing_keys_file)
    if settings.operator_secret_file is not None:
        create_if_absent(settings.operator_secret_file, partial(token_urlsafe, 32))


def _destinations(settings: Settings) -> Destinations:
    return Destinations(
        networks=settings.webhook_allowed_networks,
        ports=frozenset({443, *settings.webhook_allowed_ports}),
        own_names=frozenset({*settings.webhook_own_names, _issuer(settings)}),
    )


def _issuer(settings: Settings) -> str:
    """Name the host that issues tokens, which is one of ours."""
    return urlsplit(settings.token_issuer).hostname or "localhost"


async def _published(key_file: KeyFile) -> bytes:
    return msgspec.json.encode(key_file.ring().public())


def _move_own_document(app: FastAPI) -> None:
    """Leave the usual address to the joined document."""

    async def own(_: Request) -> Response:
        return JSONResponse(app.openapi())

    app.router.routes[:] = [route for route in app.router.routes if not _is_frameworks_document(route)]
    app.add_route(OWN_DOCUMENT, own, include_in_schema=False)


def _is_frameworks_document(route: BaseRoute) -> bool:
    return isinstance(route, Route) and not isinstance(route, APIRoute) and route.path == "/openapi.json"


if __name__ == "__main__":
    if sys.argv[1:2] == ["keys"]:
        keys(sys.argv[2:])
    elif sys.argv[1:2] and sys.argv[1] in commandline.NAMES:
        commandline.app(sys.argv[1:])
    else:
        service.main(SERVICE, Settings.read, api=api, worker=worker)

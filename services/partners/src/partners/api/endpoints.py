"""Webhook endpoints, over HTTP: a partner's own subscriptions."""

import secrets
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from common import telemetry
from common.http import Caller, ChangeOnce, CreateOnce, Db, Model, Moment, present, respond
from common.pages import Listed, Page, listed
from common.problems import problems
from partners.api.means import OVERLAP_DEFAULT, Allowed, FreshOne, Overlap, RealTime, Sealing, revealed
from partners.commands import deliveries as delivery_commands
from partners.commands import endpoints as commands
from partners.commands.endpoints import Subscription
from partners.domain import access
from partners.domain.client import CODES_MAX
from partners.domain.destination import URL_LENGTH_MAX, ForbiddenDestination
from partners.domain.eventtypes import PATTERNS_MAX, UnknownEventType
from partners.domain.webhook import (
    AlreadyVerified,
    Disabled,
    NoSuchEndpoint,
    NotActive,
    NotPaused,
    OutsideYourTerritory,
    RecoverTooMuch,
    State,
    TooManyEndpoints,
)
from partners.store import deliveries, endpoints

CHALLENGE_BYTES = 24

router = APIRouter(prefix="/v1/webhooks/endpoints", tags=["webhooks"])

Url = Annotated[str, Field(max_length=URL_LENGTH_MAX, json_schema_extra={"format": "uri"})]
Description = Annotated[str, Field(max_length=500)]
Kinds = Annotated[
    list[Annotated[str, Field(max_length=100, pattern=r"^[a-z0-9_.]*\*?$")]],
    Field(min_length=1, max_length=PATTERNS_MAX, description="Names (`action.held`), `prefix.*`, or `*` for all."),
]
Codes = Annotated[
    list[Annotated[str, Field(max_length=5)]],
    Field(max_length=CODES_MAX, description="Municipalities or départements of yours; none: all of them."),
]


class EndpointBody(Model):
    """A new subscription."""

    url: Url
    event_types: Kinds
    description: Description = ""
    codes: Codes = Field(default=[])


class EndpointChange(Model):
    """What is to be changed of a subscription; what is left out stays."""

    url: Url | None = None
    event_types: Kinds | None = None
    description: Description | None = None
    codes: Codes | None = None


class SecretRotation(Model):
    """How long deliveries are signed with the old secret too."""

    overlap: Overlap = OVERLAP_DEFAULT


class RecoveryBody(Model):
    """From when to when what never arrived is sent again; two weeks at most, of the last thirty days."""

    since: Moment
    until: Moment


class VerificationOut(BaseModel):
    """The last check of the URL: under way, or failed and why."""

    asked_at: datetime
    failed_at: datetime | None
    error: str | None


class EndpointOut(BaseModel):
    """An endpoint as its owner sees it; a new secret is shown once, in the answer that made it."""

    id: UUID
    version: int
    url: str
    description: str
    event_types: list[str]
    codes: list[str]
    state: State
    disabled_because: Disabled | None
    verification: VerificationOut | None
    verified_at: datetime | None
    created_at: datetime
    updated_at: datetime
    secret: str | None = None


class TestOut(BaseModel):
    """The test event that was put into the lane."""

    event_id: UUID


class RecoveryOut(BaseModel):
    """How many deliveries were put into the lane again."""

    recovered: int


class RecentOut(BaseModel):
    """What happened in the last 24 hours."""

    delivered: int
    dead: int
    cancelled: int
    attempts: int
    attempts_failed: int
    attempt_ms_p50: int | None
    attempt_ms_p99: int | None


class StatisticsOut(BaseModel):
    """How an endpoint fares."""

    last_sequence: int
    waiting: int
    waiting_since: datetime | None
    in_flight: int
    failures_in_a_row: int
    failing_since: datetime | None
    blocked_until: datetime | None
    last_24_h: RecentOut


@router.post(
    "",
    operation_id="endpoint.register",
    status_code=201,
    response_model=EndpointOut,
    responses=problems(ForbiddenDestination, UnknownEventType, OutsideYourTerritory, TooManyEndpoints),
)
async def register(
    body: EndpointBody,
    db: Db,
    caller: Caller,
    allowed: Allowed,
    once: CreateOnce,
    fresh: FreshOne,
    seal: Sealing,
) -> Response:
    """Subscribe; the endpoint is `pending` until it has been verified."""
    asked = Subscription(
        url=body.url,
        description=body.description,
        event_types=tuple(body.event_types),
        codes=tuple(dict.fromkeys(body.codes)),
    )
    async with db.transaction(caller) as tx:
        answer = await commands.register(tx, caller, asked, allowed, once, fresh, seal)
    return respond(revealed(answer, "secret", seal))


@router.get("", operation_id="endpoint.list", response_model=Listed[EndpointOut])
async def list_endpoints(db: Db, caller: Caller, page: Page) -> Response:
    """List your subscriptions."""
    access.require(caller, "endpoint.list")
    after = page.position(UUID)
    async with db.transaction(caller) as tx:
        rows = await endpoints.page(tx, after[0] if after else None, page.limit + 1)
    return listed(page, rows, key=lambda row: (row[0],), doc=lambda row: row[1])


@router.get(
    "/{endpoint_id}", operation_id="endpoint.read", response_model=EndpointOut, responses=problems(NoSuchEndpoint)
)
async def read(endpoint_id: UUID, db: Db, caller: Caller) -> Response:
    """Read one of your subscriptions."""
    async with db.transaction(caller) as tx:
        doc, version = await endpoints.document(tx, endpoint_id)
        access.require(caller, "endpoint.read")
    return present(doc, version=version)


@router.post(
    "/{endpoint_id}/change",
    operation_id="endpoint.change",
    response_model=EndpointOut,
    responses=problems(NoSuchEndpoint, ForbiddenDestination, UnknownEventType, OutsideYourTerritory),
)
async def change(
    endpoint_id: UUID,
    body: EndpointChange,
    db: Db,
    caller: Caller,
    allowed: Allowed,
    once: ChangeOnce,
    at: RealTime,
) -> Response:
    """Change a subscription; a new URL has to be verified."""
    asked = Subscription(
        url=body.url,
        description=body.description,
        event_types=None if body.event_types is None else tuple(body.event_types),
        codes=None if body.codes is None else tuple(dict.fromkeys(body.codes)),
    )
    async with db.transaction(caller) as tx:
        answer = await commands.change(tx, endpoint_id, caller, asked, allowed, once, at)
    return respond(answer)


@router.delete(
    "/{endpoint_id}", operation_id="endpoint.remove", response_model=EndpointOut, responses=problems(NoSuchEndpoint)
)
async def remove(endpoint_id: UUID, db: Db, caller: Caller, once: ChangeOnce) -> Response:
    """End a subscription; its log and its numbers go with it.  Answers what it was."""
    async with db.transaction(caller) as tx:
        answer = await commands.remove(tx, endpoint_id, caller, once)
    return respond(answer)


@router.post(
    "/{endpoint_id}/verify",
    operation_id="endpoint.verify",
    status_code=202,
    response_model=EndpointOut,
    responses=problems(NoSuchEndpoint, AlreadyVerified),
)
async def verify(endpoint_id: UUID, db: Db, caller: Caller, once: ChangeOnce, at: RealTime) -> Response:
    """Have a signed challenge sent, which the endpoint echoes as `{"challenge": …}` within ten seconds.

    Read the endpoint to see how it went: `active`, or `verification.error`.
    """
    challenge = secrets.token_urlsafe(CHALLENGE_BYTES)
    async with db.transaction(caller) as tx:
        answer = await commands.verify(tx, endpoint_id, caller, challenge, once, at=at)
    return respond(answer)


@router.post(
    "/{endpoint_id}/pause",
    operation_id="endpoint.pause",
    response_model=EndpointOut,
    responses=problems(NoSuchEndpoint, NotActive),
)
async def pause(endpoint_id: UUID, db: Db, caller: Caller, once: ChangeOnce, at: RealTime) -> Response:
    """Hold everything back; what happens meanwhile waits."""
    async with db.transaction(caller) as tx:
        answer = await commands.pause(tx, endpoint_id, caller, once, at=at)
    return respond(answer)


@router.post(
    "/{endpoint_id}/resume",
    operation_id="endpoint.resume",
    response_model=EndpointOut,
    responses=problems(NoSuchEndpoint, NotPaused),
)
async def resume(endpoint_id: UUID, db: Db, caller: Caller, once: ChangeOnce, at: RealTime) -> Response:
    """Deliver again, from where it stopped."""
    async with db.transaction(caller) as tx:
        answer = await commands.resume(tx, endpoint_id, caller, once, at=at)
    return respond(answer)


@router.post(
    "/{endpoint_id}/secret/rotate",
    operation_id="endpoint.rotate_secret",
    response_model=EndpointOut,
    responses=problems(NoSuchEndpoint),
)
async def rotate_secret(
    endpoint_id: UUID,
    body: SecretRotation,
    db: Db,
    caller: Caller,
    once: ChangeOnce,
    fresh: FreshOne,
    seal: Sealing,
) -> Response:
    """Sign with a new secret, and with the old one too until the overlap ends."""
    async with db.transaction(caller) as tx:
        answer = await commands.rotate_secret(tx, endpoint_id, caller, body.overlap, once, fresh, seal)
    return respond(revealed(answer, "secret", seal))


@router.post(
    "/{endpoint_id}/test",
    operation_id="endpoint.test",
    status_code=202,
    response_model=TestOut,
    responses=problems(NoSuchEndpoint, NotActive),
)
async def test(endpoint_id: UUID, db: Db, caller: Caller, once: CreateOnce, fresh: FreshOne) -> Response:
    """Send an event that says nothing, the way all others go."""
    async with db.transaction(caller) as tx:
        answer = await commands.test(tx, endpoint_id, caller, once, fresh, telemetry.traceparent())
    return respond(answer)


@router.post(
    "/{endpoint_id}/recover",
    operation_id="endpoint.recover",
    status_code=202,
    response_model=RecoveryOut,
    responses=problems(NoSuchEndpoint, NotActive, RecoverTooMuch),
)
async def recover(
    endpoint_id: UUID, body: RecoveryBody, db: Db, caller: Caller, once: CreateOnce, at: RealTime
) -> Response:
    """Send again what was given up or not sent in a period, the oldest first, ten thousand at most."""
    async with db.transaction(caller) as tx:
        answer = await delivery_commands.recover(tx, endpoint_id, caller, (body.since, body.until), once, at=at)
    return respond(answer)


@router.get(
    "/{endpoint_id}/statistics",
    operation_id="endpoint.statistics",
    response_model=StatisticsOut,
    responses=problems(NoSuchEndpoint),
)
async def statistics(endpoint_id: UUID, db: Db, caller: Caller) -> Response:
    """Say what waits, what arrived and how fast."""
    async with db.transaction(caller) as tx:
        _, version = await endpoints.document(tx, endpoint_id)
        access.require(caller, "endpoint.statistics")
        doc = await deliveries.statistics(tx, endpoint_id)
    return present(doc, version=version)

"""Whether the figures are true, over HTTP: what comparing them with themselves and with their owners came to."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Request, Response

from common.database import uuid7
from common.http import Caller, Db
from common.pages import Listed, Page, listed
from common.tokens import SYSTEM, Principal
from reporting.api.public import PUBLIC
from reporting.domain import access
from reporting.domain.reconciliation import INTERNAL, CheckAsked, Outcome, Reconciled
from reporting.store import outcomes

router = APIRouter(tags=["reconciliation"])

OUTCOMES = f"/v1/reconciliation/outcomes?scope={INTERNAL}"

Scope = Annotated[str | None, Query(max_length=50, description="`internal`, or the service compared with.")]


@router.get("/v1/reconciliation", operation_id="reconciliation.read", response_model=Reconciled)
async def read(request: Request, db: Db, caller: Caller) -> Response:
    """Say how fresh the figures are, what is not counted yet, and what the last comparisons came to."""
    access.require(caller, "reconciliation.read")
    return await _reconciled(request, db, caller, cache="private, no-cache")


@router.get(
    "/v1/public/reconciliation",
    operation_id="public_reconciliation.read",
    response_model=Reconciled,
    openapi_extra={"security": []},
)
async def read_public(request: Request, db: Db) -> Response:
    """Say the same to everybody."""
    return await _reconciled(request, db, PUBLIC, cache="public, no-cache")


@router.get("/v1/reconciliation/outcomes", operation_id="reconciliation.list", response_model=Listed[Outcome])
async def list_outcomes(db: Db, caller: Caller, page: Page, scope: Scope = None) -> Response:
    """List what comparisons came to, the newest first."""
    access.require(caller, "reconciliation.list")
    [id_] = page.position(UUID) or (None,)
    async with db.transaction(caller) as tx:
        rows = await outcomes.before(tx, scope=scope, id_=id_, limit=page.limit + 1)
    return listed(page, rows, key=lambda row: (row[0],), doc=lambda row: row[1])


@router.post(
    "/v1/reconciliation/check", operation_id="reconciliation.check", response_model=CheckAsked, status_code=202
)
async def check(db: Db, caller: Caller) -> Response:
    """Ask for the figures to be compared with themselves at once, and mended; `Location` is where to look for it.

    It takes no Idempotency-Key: one comparison answers all who have asked, and one too many changes nothing.
    """
    access.require(caller, "reconciliation.check")
    asked = CheckAsked(id=uuid7(), at=datetime.now(UTC))
    async with db.transaction(SYSTEM) as tx:
        await outcomes.ask(tx, asked)
    return Response(
        msgspec.json.encode(asked), status_code=202, headers={"Location": OUTCOMES}, media_type="application/json"
    )


async def _reconciled(request: Request, db: Db, principal: Principal, *, cache: str) -> Response:
    async with db.transaction(principal) as tx:
        said = await outcomes.reconciled(tx, request.app.state.settings.consumer_group)
    return Response(msgspec.json.encode(said), headers={"Cache-Control": cache}, media_type="application/json")

"""Whether the figures are true, over HTTP: what comparing them with themselves and with their owners came to."""

from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Request, Response

from common.database import uuid7
from common.http import Caller, Db, Now
from common.pages import Listed, Page, listed
from common.tokens import SYSTEM, Principal
from reporting import commands
from reporting.api.public import PUBLIC
from reporting.commands import Comparing
from reporting.domain import access
from reporting.domain.reconciliation import Outcome, Reconciled
from reporting.store import outcomes

router = APIRouter(tags=["reconciliation"])

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


@router.post("/v1/reconciliation/check", operation_id="reconciliation.check", response_model=Outcome | None)
async def check(request: Request, db: Db, caller: Caller, now: Now) -> Response:
    """Compare the figures with themselves now, and mend what is wrong; nothing, while somebody is at it."""
    access.require(caller, "reconciliation.check")
    kept_days: int = request.app.state.settings.reconciliation_kept_days
    async with db.transaction(SYSTEM) as tx:
        outcome = await commands.check(tx, Comparing(at=now, id=uuid7(), passed_over_max=0, kept_days=kept_days))
    return Response(msgspec.json.encode(outcome), media_type="application/json")


async def _reconciled(request: Request, db: Db, principal: Principal, *, cache: str) -> Response:
    async with db.transaction(principal) as tx:
        said = await outcomes.reconciled(tx, request.app.state.settings.consumer_group)
    return Response(msgspec.json.encode(said), headers={"Cache-Control": cache}, media_type="application/json")

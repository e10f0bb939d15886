"""Figures, over HTTP, and what is behind each of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Response

from common.http import Caller, Db, Now
from common.pages import Listed, Page, listed
from common.problems import problems
from reporting import commands
from reporting.api.questions import Bounds, Cutting, Patience, Waiting
from reporting.domain import access
from reporting.domain.figures import Figures
from reporting.domain.indicators import Indicator
from reporting.domain.questions import DimensionNotDefined, NoSuchIndicator, NotYetIncluded, Question, ValueRefused

router = APIRouter(tags=["figures"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """One part of one record that counts in a figure, and the record on Kafka that said so.

    `amount` counts actions or persons; of money, it is in cents.
    """

    aggregate: str
    id: UUID
    version: int
    part: str
    quantity: str
    audience: str
    category: str
    project_id: UUID
    action_id: UUID | None
    campaign_id: UUID
    campaign_year: int
    coordination_id: UUID
    month: str
    region: str
    department: str
    action_type: str
    amount: int
    topic: str
    partition: int
    offset: int
    event_id: str
    recorded_at: datetime


def encoded(figures: Figures, *, cache: str) -> Response:
    return Response(msgspec.json.encode(figures), headers={"Cache-Control": cache}, media_type="application/json")


@router.get(
    "/v1/figures",
    operation_id="figure.list",
    response_model=Figures,
    responses=problems(DimensionNotDefined, ValueRefused, NotYetIncluded),
)
async def list_figures(
    db: Db,
    caller: Caller,
    now: Now,
    cut: Cutting,
    bounds: Bounds,
    wait: Patience,
) -> Response:
    """Read figures: totals as they stand, breakdowns of people exactly or as published, by who asks."""
    access.require(caller, "figure.list")
    asked = wait.ask(cut.question(bounds, now), caller, caller, now)
    return encoded(await commands.answer(db, asked), cache="private, no-cache")


@router.get(
    "/v1/figures/{code}/actions",
    operation_id="figure.trace",
    response_model=Listed[Behind],
    responses=problems(NoSuchIndicator, DimensionNotDefined, ValueRefused),
)
async def list_actions(code: str, db: Db, caller: Caller, now: Now, bounds: Bounds, page: Page) -> Response:
    """List the parts of actions, projects and reports behind a figure, as far as the caller may read them."""
    access.require(caller, "figure.trace")
    if code not in list(Indicator):
        raise NoSuchIndicator
    question = Question(indicators=(Indicator(code),), filters=bounds.given())
    asked = Waiting(wait=0).ask(question, caller, caller, now)
    after = [str(value) for value in page.position(str, UUID, str) or ()]
    async with db.transaction(caller) as tx:
        rows = await commands.trace(tx, asked, after=after, limit=page.limit + 1)
    return listed(page, rows, key=_key, doc=lambda row: msgspec.json.encode(row).decode())


def _key(row: Any) -> tuple[object, ...]:
    return row["aggregate"], row["id"], row["part"]

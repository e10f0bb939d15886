"""Figures, over HTTP, and what is behind each of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from fastapi import APIRouter, Response

from common.http import Caller, Db, Now
from common.pages import Listed, Page, listed
from common.problems import problems
from reporting.api.questions import Bounds, Cutting, Patience, Waiting
from reporting.api.waiting import Room, answer
from reporting.commands import answering
from reporting.domain import access
from reporting.domain.figures import Figures
from reporting.domain.indicators import Indicator
from reporting.domain.questions import DimensionNotDefined, NoSuchIndicator, NotYetIncluded, Question, ValueRefused
from reporting.store import facts

router = APIRouter(tags=["figures"])

Aggregate = Literal["project", "action", "report"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """One part of one record that counts in a figure, and the record on Kafka that said so.

    `session_id` names the session that was counted, where it is one; `events` leads to all that happened to the record.

    `amount` counts actions or persons; of money, it is in cents.
    """

    aggregate: str
    id: UUID
    version: int
    part: str
    session_id: UUID | None
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
    events: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One fact of an aggregate: what happened, when it was recorded, and where it stands on Kafka."""

    type: str
    epoch: int
    version: int
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
    room: Room,
) -> Response:
    """Read figures: totals as they stand, breakdowns of people exactly or as published, by who asks."""
    access.require(caller, "figure.list")
    asked = wait.ask(cut.question(bounds, now), caller, caller, now)
    return encoded(await answer(db, room, asked), cache="private, no-cache")


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
        rows = await answering.trace(tx, asked, after=after, limit=page.limit + 1)
    return listed(page, [{**row, **_links(row)} for row in rows], key=_key, doc=_doc)


@router.get(
    "/v1/figures/records/{aggregate}/{record_id}/events",
    operation_id="figure.list_events",
    response_model=Listed[Happened],
)
async def list_events(aggregate: Aggregate, record_id: UUID, db: Db, caller: Caller, page: Page) -> Response:
    """List what happened to an aggregate that counts in figures, as far as the caller may read what it counts for."""
    access.require(caller, "figure.list_events")
    after = page.position(int, int)
    async with db.transaction(caller) as tx:
        rows = await facts.of(tx, aggregate, record_id, after=after, limit=page.limit + 1)
    return listed(page, rows, key=lambda row: (row["epoch"], row["version"]), doc=_doc)


def _doc(row: Mapping[str, object]) -> str:
    return msgspec.json.encode(row).decode()


def _links(row: Mapping[str, object]) -> dict[str, object]:
    """Say which session a part is, if it is one, and where the events of its record are listed."""
    kind, _, id_ = str(row["part"]).partition("/")
    events = f"/v1/figures/records/{row['aggregate']}/{row['id']}/events"
    return {"session_id": id_ if kind == "session" else None, "events": events}


def _key(row: Any) -> tuple[object, ...]:
    return row["aggregate"], row["id"], row["part"]

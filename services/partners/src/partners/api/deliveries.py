"""Deliveries and events, over HTTP: the log of what was sent, and the same stream by pull."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel

from common.contracts import ce_type
from common.http import Caller, CreateOnce, Db, from_query, moment, respond
from common.pages import LIMIT_DEFAULT, LIMIT_MAX, Listed, Page, listed
from common.problems import problems
from partners.commands import deliveries as commands
from partners.domain import access
from partners.domain.eventtypes import EVENT_TYPES, NOTICES, short
from partners.domain.webhook import NoSuchDelivery, NoSuchEndpoint, NotActive, StillUnderWay
from partners.store import deliveries, endpoints
from partners.store.deliveries import Wanted

SEQUENCE_MAX = 2**53
EPOCH, FAR = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)  # beyond, databases disagree

router = APIRouter(tags=["webhooks"])

DeliveryState = Literal["pending", "leased", "done", "dead", "cancelled"]
Sequence_ = Annotated[int, Path(ge=1, le=SEQUENCE_MAX, description="The event's number at this endpoint.")]


class DeliveryOut(BaseModel):
    """An event on its way to an endpoint."""

    sequence: int
    event_id: UUID
    type: str
    subject: str
    state: DeliveryState
    cause: Literal["fact", "notice", "redelivery"]
    attempts: int
    failures: int
    next_at: datetime | None
    created_at: datetime
    done_at: datetime | None


class AttemptOut(BaseModel):
    """One try; `trouble` is coarse on purpose: dns, connect, tls, timeout, blocked, http."""

    at: datetime
    ms: int
    status: int | None
    trouble: str | None
    answer: str


class DeliveryWhole(DeliveryOut):
    """A delivery with its attempts, and the body that was signed and sent."""

    body: dict[str, Any]
    log: list[AttemptOut]


class RedeliveryOut(BaseModel):
    """The delivery that is in its lane again."""

    sequence: int
    state: DeliveryState


class EventsOut(BaseModel):
    """Bodies by their numbers; `oldest` is the first number that is still kept, `last` the last one given."""

    items: list[dict[str, Any]]
    next_after: int
    oldest: int | None
    last: int


class EventTypeOut(BaseModel):
    """A kind of event; `always` ones come without being asked for."""

    type: str
    name: str
    description: str
    always: bool


class EventTypesOut(BaseModel):
    """All kinds of events."""

    items: list[EventTypeOut]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryQuery:
    """What deliveries may be asked for by."""

    state: DeliveryState | None = None
    type: Annotated[str | None, Query(max_length=100, description="In full or in short (`action.held`).")] = None
    since: Annotated[str | None, Query(max_length=40, json_schema_extra={"format": "date-time"})] = None

    def wanted(self) -> Wanted:
        return Wanted(
            state=self.state,
            type=None if self.type is None else ce_type(short(self.type)),
            since=None if self.since is None else max(EPOCH, min(moment(self.since, parameter="since"), FAR)),
        )


DeliverySearch = Annotated[DeliveryQuery, from_query(DeliveryQuery)]


@router.get(
    "/v1/webhooks/endpoints/{endpoint_id}/deliveries",
    operation_id="delivery.list",
    response_model=Listed[DeliveryOut],
    responses=problems(NoSuchEndpoint),
)
async def list_deliveries(endpoint_id: UUID, db: Db, caller: Caller, page: Page, query: DeliverySearch) -> Response:
    """List what was, is and will be sent to an endpoint, the latest first."""
    before = page.position(int)
    wanted = query.wanted()
    async with db.transaction(caller) as tx:
        await endpoints.document(tx, endpoint_id)
        access.require(caller, "delivery.list")
        rows = await deliveries.page(tx, endpoint_id, wanted, before[0] if before else None, page.limit + 1)
    return listed(page, rows, key=lambda row: (row[0],), doc=lambda row: row[1])


@router.get(
    "/v1/webhooks/endpoints/{endpoint_id}/deliveries/{sequence}",
    operation_id="delivery.read",
    response_model=DeliveryWhole,
    responses=problems(NoSuchEndpoint, NoSuchDelivery),
)
async def read(endpoint_id: UUID, sequence: Sequence_, db: Db, caller: Caller) -> Response:
    """Read one delivery, with every attempt and the body."""
    async with db.transaction(caller) as tx:
        await endpoints.document(tx, endpoint_id)
        access.require(caller, "delivery.read")
        doc = await deliveries.document(tx, endpoint_id, sequence)
    return _unkept(doc)


@router.post(
    "/v1/webhooks/endpoints/{endpoint_id}/deliveries/{sequence}/redeliver",
    operation_id="delivery.redeliver",
    status_code=202,
    response_model=RedeliveryOut,
    responses=problems(NoSuchEndpoint, NoSuchDelivery, NotActive, StillUnderWay),
)
async def redeliver(endpoint_id: UUID, sequence: Sequence_, db: Db, caller: Caller, once: CreateOnce) -> Response:
    """Send one event again, under its own number and id."""
    async with db.transaction(caller) as tx:
        answer = await commands.redeliver(tx, endpoint_id, sequence, caller, once)
    return respond(answer)


@router.get("/v1/events", operation_id="event.list", response_model=EventsOut, responses=problems(NoSuchEndpoint))
async def list_events(
    db: Db,
    caller: Caller,
    endpoint: Annotated[UUID, Query(description="Whose numbers these are.")],
    after: Annotated[int, Query(ge=0, le=SEQUENCE_MAX, description="The last number that you have.")] = 0,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = LIMIT_DEFAULT,
) -> Response:
    """Fetch what an endpoint was sent, or missed: the same numbers, the same bodies, for thirty days."""
    async with db.transaction(caller) as tx:
        await endpoints.document(tx, endpoint)
        access.require(caller, "event.list")
        rows = await deliveries.bodies(tx, endpoint, after, limit)
        oldest, last = await deliveries.bounds(tx, endpoint)
    following = rows[-1][0] if rows else after
    items = ",".join(body for _, body in rows)
    first = "null" if oldest is None else oldest
    answer = _unkept(f'{{"items":[{items}],"next_after":{following},"oldest":{first},"last":{last}}}')
    if rows and following < last:
        answer.headers["Link"] = f'</v1/events?endpoint={endpoint}&after={following}&limit={limit}>; rel="next"'
    return answer


@router.get("/v1/event-types", operation_id="event_type.list")
async def list_event_types(caller: Caller) -> EventTypesOut:
    """List the kinds of events there are, and what each one says."""
    access.require(caller, "event_type.list")
    return _TYPES


def _unkept(body: str | bytes) -> Response:
    return Response(body, headers={"Cache-Control": "private, no-cache"}, media_type="application/json")


def _types() -> Sequence[EventTypeOut]:
    facts = [
        EventTypeOut(type=one.type, name=one.name, description=one.description, always=False) for one in EVENT_TYPES
    ]
    notices = [EventTypeOut(type=one.type, name=one.name, description=one.description, always=True) for one in NOTICES]
    return [*facts, *notices]


_TYPES = EventTypesOut(items=list(_types()))

"""Figures as they change: server-sent events, the same announcements that go to the topic.

A stream lasts as long as its token; `Last-Event-ID`, which browsers send by themselves, resumes it behind that event.
"""

import base64
import time
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from time import monotonic
from typing import Annotated, Any, cast

import msgspec
from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from common.http import Caller
from common.problems import problems
from reporting.api.live import Live, TooManyStreams, events
from reporting.domain import access

router = APIRouter(tags=["stream"])

REVISION_MAX = 2**63 - 1
After = Annotated[
    int | None,
    Query(ge=0, le=REVISION_MAX, description="Begin behind this event; 0 begins with every cell as it stands."),
]
_RESUMED = (
    "Resume behind this event; behind one that there is not (since a restore) begins with every cell as it stands."
)
LastEventId = Annotated[int | None, Header(alias="Last-Event-ID", ge=0, le=REVISION_MAX, description=_RESUMED)]
EVENTS: dict[int | str, dict[str, Any]] = {
    200: {"description": "Events `figure.changed`, each a cell.", "content": {"text/event-stream": {}}}
}


@router.get(
    "/v1/stream",
    operation_id="figure.stream",
    response_class=StreamingResponse,
    responses={**EVENTS, **problems(TooManyStreams)},
)
async def stream(
    request: Request, caller: Caller, after: After = None, last_event_id: LastEventId = None
) -> StreamingResponse:
    """Follow the figures until the token ends."""
    access.require(caller, "figure.stream")
    left_s = _expires_at(request) - time.time()
    return _opened(request, after if last_event_id is None else last_event_id, left_s, public=False)


@router.get(
    "/v1/public/stream",
    operation_id="public_figure.stream",
    response_class=StreamingResponse,
    responses={**EVENTS, **problems(TooManyStreams)},
    openapi_extra={"security": []},
)
async def public_stream(request: Request, after: After = None, last_event_id: LastEventId = None) -> StreamingResponse:
    """Follow the figures without a token, for some minutes; what is announced is everybody's to know."""
    left_s = cast("Live", request.app.state.live).limits.public_s
    return _opened(request, after if last_event_id is None else last_event_id, left_s, public=True)


def _opened(request: Request, after: int | None, left_s: float, *, public: bool) -> StreamingResponse:
    live = cast("Live", request.app.state.live)
    found = events(request, after=after, until=monotonic() + left_s, public=public)
    return _Seated(found, seat=live.listening(public=public))


class _Seated(StreamingResponse):
    """A stream that takes its seat before its first byte, so that it can still be refused, and gives it back."""

    def __init__(self, content: AsyncIterator[bytes], *, seat: AbstractContextManager[None]) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(content, media_type="text/event-stream", headers=headers)
        self._seat = seat

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._seat:
            await super().__call__(scope, receive, send)


class _Expiry(msgspec.Struct):
    exp: float


def _expires_at(request: Request) -> float:
    """Read when a token ends that has already been verified."""
    payload = request.headers["authorization"].split(".")[1]
    return msgspec.json.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)), type=_Expiry).exp

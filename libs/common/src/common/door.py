"""The one middleware: every request comes in here and every answer leaves here.

It continues the caller's trace, counts and times, writes one line, holds the limits (size, number in hand, deadline),
and turns what nobody expected into a problem without detail.  Pure ASGI: a wrapping middleware costs three times more.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from time import perf_counter
from typing import Any

import structlog
from opentelemetry.trace import Span, SpanKind
from prometheus_client import Counter, Gauge, Histogram
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common import problems, telemetry
from common.database import NoConnectionFree
from common.errors import DomainError
from common.http import operation
from common.settings import Settings

BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
ANSWERED = Histogram(
    "http_server_request_duration_seconds",
    "From first byte to answer",
    ["route", "method", "status"],
    buckets=BUCKETS_S,
)
IN_HAND = Gauge("http_server_requests_in_hand", "Requests whose answer has not begun")
REFUSED = Counter("http_server_refusals_total", "Problem documents given", ["code"])

LATE_S = 1.5
"""An answer that began later than this waited behind too many others; what waits on purpose waits one second."""
IN_HAND_MIN = 8
LESS, MORE = 0.9, 0.5

_QUIET = frozenset({"/health/live", "/health/ready", "/health/startup", "/metrics"})

_log = structlog.get_logger(__name__)


class Door:
    """Wraps an application.

    It takes `requests_max` in hand, and fewer while answers come late: on a machine that is starved a full queue would
    outlast the deadline, and all would wait for nothing.  Who is refused is refused at once.
    """

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._in_hand: set[_Passage] = set()
        self._room = float(settings.requests_max)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _QUIET:
            await self._app(scope, receive, send)
            return
        began = perf_counter()
        request = Request(scope)
        passage = _Passage(receive, send, self._settings.body_bytes_max, self._let_go)
        parent = request.headers.get("traceparent")
        with telemetry.span(scope["method"], parent=parent, kind=SpanKind.SERVER) as span:
            self._in_hand.add(passage)
            IN_HAND.set(len(self._in_hand))
            try:
                await self._pass(request, passage)
            finally:
                self._let_go(passage)
                self._tell(request, passage.status, perf_counter() - began, span)

    async def _pass(self, request: Request, passage: "_Passage") -> None:
        """Let the application answer, or answer in its place."""
        if refusal := self._barred(request):
            await problems.answer(refusal, request)(request.scope, passage.receive, passage.send)
            return
        began = perf_counter()
        try:
            async with asyncio.timeout(self._settings.deadline_s) as passage.deadline:
                await self._app(request.scope, passage.receive, passage.send)
        except Exception as error:  # noqa: BLE001 - the last one who can answer
            late = isinstance(error, TimeoutError) and passage.deadline.expired()
            if not late:
                _log.exception("unhandled", broken_off=passage.status != 0)
            if passage.status == 0:
                refusal = problems.DeadlineExceeded() if late else problems.InternalError()
                await problems.answer(refusal, request)(request.scope, passage.receive, passage.send)
        took_s = (passage.begun_at or perf_counter()) - began
        self._learn(late=took_s > LATE_S or request.scope.get("problem") == NoConnectionFree.code)

    def _learn(self, *, late: bool) -> None:
        """Take fewer in hand after an answer that came late, or had no connection, and slowly more after the others."""
        if late:
            self._room = max(min(IN_HAND_MIN, self._settings.requests_max), self._room * LESS)
        else:
            self._room = min(self._settings.requests_max, self._room + MORE)

    def _barred(self, request: Request) -> DomainError | None:
        announced = request.headers.get("content-length", "0")
        if announced.isdigit() and int(announced) > self._settings.body_bytes_max:
            return problems.BodyTooLarge()
        if len(self._in_hand) > self._room:
            return problems.Overloaded()
        return None

    def _let_go(self, passage: "_Passage") -> None:
        """Count out a request whose answer has begun, or that will have none: a live stream is in nobody's way."""
        self._in_hand.discard(passage)
        IN_HAND.set(len(self._in_hand))

    def _tell(self, request: Request, status: int, took_s: float, span: Span) -> None:
        scope = request.scope
        route = getattr(scope.get("route"), "operation_id", None) or "none"
        method = scope["method"] if route != "none" else "any"
        ANSWERED.labels(route, method, str(status)).observe(took_s)
        if (code := scope.get("problem")) is not None:
            REFUSED.labels(code).inc()
        if span.is_recording():
            known = operation(request)
            path = "/*" if known is None else known.path
            span.update_name(f"{method} {path}")
            span.set_attributes(
                {"http.request.method": method, "http.route": path, "http.response.status_code": status}
            )
        _log.info("request", **_line(request, route, status, took_s))


class _Passage:
    """One request's way in and out: counts what is read, sees when the answer begins, and says so."""

    __slots__ = ("_begun", "_limit", "_read", "_receive", "_send", "begun_at", "deadline", "status")

    def __init__(self, receive: Receive, send: Send, limit: int, begun: Callable[["_Passage"], None]) -> None:
        self.status = 0
        self.begun_at = 0.0
        self._begun = begun
        self.deadline = asyncio.timeout(None)
        self._receive = receive
        self._send = send
        self._limit = limit
        self._read = 0

    async def receive(self) -> Message:
        message = await self._receive()
        self._read += len(message.get("body", b""))
        if self._read > self._limit:
            raise HTTPException(413)  # the one exception that the framework lets through while it reads a body
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.begun_at = perf_counter()
            self._begun(self)
            with suppress(RuntimeError):  # a deadline that is over cannot be moved
                self.deadline.reschedule(None)  # what has begun may stream for as long as it is wanted
        await self._send(message)


def _line(request: Request, route: str, status: int, took_s: float) -> dict[str, Any]:
    said = {
        "method": request.method,
        "route": route,
        "status": status,
        "duration_ms": round(took_s * 1000, 1),
        "client_id": request.scope.get("client_id"),
        "problem": request.scope.get("problem"),
        "request_id": request.headers.get("x-request-id", "")[:64],
    }
    return {name: value for name, value in said.items() if value not in (None, "")}

"""The API as its users have it: through the gateway, with tokens, and with patience.

A write carries the same Idempotency-Key however often it is sent, so whatever breaks on the way (a process that ends, a
connection, an answer that is lost) is met in one way: send it again, until a deadline.
"""

import asyncio
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

PATIENCE_S = 120
"""How long one thing may take in all, a killed process and its restart included."""
PAUSE_S = 0.05
PAUSE_MAX_S = 1.0
TOKEN_RENEWED_BEFORE_S = 60
BUSY = frozenset({429, 502, 503, 504})
"""Answers that say nothing about the request itself.  500 does: it is a mistake of ours, and is shown at once."""


class Unanswered(Exception):
    """Nobody has answered within our patience."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client proves itself with."""

    client_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that says something, good or bad, and how long it took from the last time of asking."""

    status: int
    body: Any
    etag: str | None
    at: float

    @property
    def good(self) -> bool:
        return self.status < 300

    @property
    def version(self) -> int | None:
        return int(self.etag.strip('"').removeprefix("v")) if self.etag else None

    @property
    def code(self) -> str:
        return str(self.body.get("code", "")) if isinstance(self.body, dict) else ""

    @property
    def rule(self) -> str | None:
        """Name the rule that says no."""
        if not isinstance(self.body, dict):
            return None
        named = [self.body.get("rule"), *(one.get("rule") for one in self.body.get("errors", ()))]
        return next((rule for rule in named if rule), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One write, as often as it is sent."""

    path: str
    body: Mapping[str, Any] | None = None
    key: str
    at: datetime | None = None
    seen: str | None = None
    """Where the version that the write is decided on is read; None for creations."""
    method: str = "POST"
    trace: str | None = None


@dataclass(slots=True)
class _Token:
    value: str = ""
    until: float = 0


@dataclass(slots=True)
class Gateway:
    """The way in; one for everybody, each with its own token."""

    http: httpx.AsyncClient
    _tokens: dict[str, _Token] = field(default_factory=dict)

    async def read(self, path: str, who: Credentials | None, **query: Any) -> Answer:
        """Ask until somebody answers."""
        deadline, pause = time.monotonic() + PATIENCE_S, PAUSE_S
        while True:
            answer = await self._asked("GET", path, who, params=query)
            if answer is not None and not _later(answer):
                return answer
            pause = await _patience(f"GET {path}", answer, deadline, pause)

    async def glance(self, path: str, who: Credentials | None, **query: Any) -> Answer | None:
        """Ask once; None if nobody was there."""
        return await self._asked("GET", path, who, params=query)

    async def write(self, who: Credentials, write: Write) -> Answer:
        """Send a write until somebody has judged it; a version that has moved meanwhile is read again."""
        deadline, pause = time.monotonic() + PATIENCE_S, PAUSE_S
        while True:
            answer = await self._sent(who, write)
            if answer is not None and not _later(answer) and answer.status != httpx.codes.PRECONDITION_FAILED:
                return answer
            pause = await _patience(f"{write.method} {write.path}", answer, deadline, pause)

    async def _sent(self, who: Credentials, write: Write) -> Answer | None:
        headers = {"Idempotency-Key": write.key}
        if write.at is not None:
            headers["Sandbox-Date"] = write.at.isoformat()
        if write.trace is not None:
            headers["traceparent"] = f"00-{write.trace}-{secrets.token_hex(8)}-01"
        if write.seen is not None:
            seen = await self.read(write.seen, who)
            if not seen.good:
                return seen
            headers["If-Match"] = seen.etag or ""
        return await self._asked(write.method, write.path, who, headers=headers, json=write.body)

    async def _asked(self, method: str, path: str, who: Credentials | None, **what: Any) -> Answer | None:
        """Ask once; None if nobody was there.  A token that is refused is fetched anew, once."""
        headers = {"Accept-Language": "en", **what.pop("headers", {})}
        try:
            answer = _read(await self.http.request(method, path, headers=headers | await self._proof(who), **what))
            if answer.status == httpx.codes.UNAUTHORIZED and who is not None:
                self._tokens.pop(who.client_id, None)
                answer = _read(await self.http.request(method, path, headers=headers | await self._proof(who), **what))
        except httpx.TransportError:
            return None
        except _NoToken as refused:
            return refused.answer
        return answer

    async def _proof(self, who: Credentials | None) -> dict[str, str]:
        if who is None:
            return {}
        known = self._tokens.setdefault(who.client_id, _Token())
        if time.monotonic() > known.until:
            form = {"grant_type": "client_credentials"}
            answer = _read(await self.http.post("/oauth/token", data=form, auth=(who.client_id, who.secret)))
            if not answer.good:
                raise _NoToken(answer)
            known.value = answer.body["access_token"]
            known.until = time.monotonic() + answer.body["expires_in"] - TOKEN_RENEWED_BEFORE_S
        return {"Authorization": f"Bearer {known.value}"}


class _NoToken(Exception):
    """There was no token to be had."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.code)
        self.answer = answer


def problem(answer: Answer) -> str:
    """Say a refusal in one line."""
    if not isinstance(answer.body, dict) or "title" not in answer.body:
        return f"{answer.status} {str(answer.body)[:300]}"
    body = answer.body
    said = [f"{answer.status} {answer.code}", body["title"], body.get("detail", ""), body.get("reason", "")]
    named = (f"{one.get('pointer') or one.get('parameter') or ''} {one['message']}" for one in body.get("errors", ()))
    return " · ".join(part.strip() for part in (*said, *named) if part)


def _read(answer: httpx.Response) -> Answer:
    try:
        body = answer.json()
    except ValueError:
        body = answer.text
    return Answer(answer.status_code, body, answer.headers.get("etag"), time.monotonic())


def _later(answer: Answer) -> bool:
    """Tell whether the same question may have another answer in a moment."""
    return answer.status in BUSY or answer.code == "not-known-here-yet"


async def _patience(what: str, answer: Answer | None, deadline: float, pause: float) -> float:
    if time.monotonic() > deadline:
        said = "nobody was there" if answer is None else problem(answer)
        raise Unanswered(f"{what}: not within {PATIENCE_S} s ({said})")
    await asyncio.sleep(pause)
    return min(pause * 2, PAUSE_MAX_S)

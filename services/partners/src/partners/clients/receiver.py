"""One POST to a webhook's receiver, and what became of it.

One deadline lies over everything: name, connection, request, headers and body.  The answer is read raw (no
decompression) and cut; it belongs to a stranger.
"""

import asyncio
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import ip_address
from typing import Self

import httpcore
import httpx

from partners.clients.guard import Blocked, GuardedTransport, NotResolved, Resolver, ResolverAway
from partners.domain.destination import Destinations
from partners.domain.schedule import RETRY_AFTER_MAX, Attempt, Trouble

USER_AGENT = "passeurs-webhooks/1"
CONNECT_TIMEOUT_S = 3.0
ANSWER_BYTES_MAX = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is sent: exactly these bytes, under these headers."""

    url: str
    body: str
    headers: Mapping[str, str]


class Receivers:
    """All the receivers there are, behind one guarded pool of connections."""

    def __init__(
        self,
        destinations: Destinations,
        *,
        trusted: ssl.SSLContext,
        deadline_s: float,
        resolver: Resolver,
    ) -> None:
        self._deadline_s = deadline_s
        self._client = httpx.AsyncClient(
            transport=GuardedTransport(destinations, trusted=trusted, resolve=resolver),
            timeout=httpx.Timeout(deadline_s, connect=CONNECT_TIMEOUT_S),
            trust_env=False,
            follow_redirects=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),  # one receiver's would be sent to others
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def post(self, letter: Letter, *, deadline_s: float | None = None) -> Attempt:
        """Send one letter; whatever goes wrong is told by the attempt, not raised."""
        begun, clock = datetime.now(UTC), time.monotonic()
        attempt = Attempt(at=begun, ms=0)
        try:
            async with asyncio.timeout(deadline_s or self._deadline_s):
                attempt = await self._answered(letter, attempt)
        except _EXPECTED as error:
            attempt = replace(attempt, trouble=_trouble(error))
        return replace(attempt, ms=int((time.monotonic() - clock) * 1000))

    async def _answered(self, letter: Letter, attempt: Attempt) -> Attempt:
        headers = {
            **letter.headers,
            "content-type": "application/json",
            "accept-encoding": "identity",
            "user-agent": USER_AGENT,
        }
        async with self._client.stream("POST", letter.url, content=letter.body.encode(), headers=headers) as answer:
            body = await _beginning(answer)
            succeeded = answer.is_success
            return replace(
                attempt,
                status=answer.status_code,
                trouble=None if succeeded else Trouble.HTTP,
                answer=body.decode("utf-8", "replace").replace("\x00", "\N{REPLACEMENT CHARACTER}"),
                address=_address(answer),
                retry_after=retry_after(answer.headers.get("retry-after"), attempt.at),
            )


_EXPECTED = (
    Blocked,
    NotResolved,
    ResolverAway,
    TimeoutError,
    OSError,
    httpx.HTTPError,
    httpx.InvalidURL,
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
)


def retry_after(header: str | None, at: datetime) -> timedelta | None:
    """Read Retry-After: seconds, or a date; what is neither, or lies in the past, is no wish at all."""
    if header is None:
        return None
    wish = _seconds(header) if header.isascii() and header.isdigit() else _until(header, at)
    return min(wish, RETRY_AFTER_MAX) if wish else None


def _seconds(header: str) -> timedelta:
    return timedelta(seconds=min(int(header[:10]), int(RETRY_AFTER_MAX.total_seconds())))


def _until(header: str, at: datetime) -> timedelta | None:
    try:
        moment = parsedate_to_datetime(header)
    except (TypeError, ValueError, OverflowError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(aware - at, timedelta())


async def _beginning(answer: httpx.Response) -> bytes:
    """Read an answer up to our limit; what is longer is left where it is, and its connection closed."""
    begun = bytearray()
    async for chunk in answer.aiter_raw():
        begun += chunk
        if len(begun) > ANSWER_BYTES_MAX:
            break
    return bytes(begun[:ANSWER_BYTES_MAX])


def _address(answer: httpx.Response) -> str | None:
    stream = answer.extensions.get("network_stream")
    peer = stream.get_extra_info("server_addr") if stream is not None else None
    try:
        return str(ip_address(peer[0])) if peer else None
    except ValueError:
        return None


def _trouble(error: Exception) -> Trouble:
    """Tell the subscriber what it may know."""
    if isinstance(error.__cause__ or error.__context__ or error, ssl.SSLError):
        return Trouble.TLS
    return next((trouble for kind, trouble in _TROUBLES if isinstance(error, kind)), Trouble.CONNECT)


_TROUBLES: tuple[tuple[type[Exception], Trouble], ...] = (
    (ResolverAway, Trouble.OURS),
    (NotResolved, Trouble.DNS),
    (Blocked, Trouble.BLOCKED),
    (httpx.InvalidURL, Trouble.BLOCKED),
    (TimeoutError, Trouble.TIMEOUT),
    (httpcore.TimeoutException, Trouble.TIMEOUT),
    (httpcore.ProtocolError, Trouble.HTTP),
)

"""The connection to a stranger's server: dialled only when every address of its name may be dialled.

The check is made where the socket is opened, on the very addresses that are dialled, so that a name which answers
otherwise the second time gains nothing.  TLS, `Host` and the pool's keys stay with the name: rewriting the URL to an
address would let a kept-alive connection of one name serve another.  Redirects, proxies of the environment and Unix
sockets do not exist here.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpcore
import httpx

from partners.domain.destination import Destinations

ADDRESSES_TRIED_MAX = 4
CONNECTIONS_MAX = 200
KEPT_ALIVE_MAX = 50
KEPT_ALIVE_S = 30.0

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]


class Blocked(Exception):
    """This destination may not be called."""


class NotResolved(Exception):
    """The name has no address."""


class ResolverAway(Exception):
    """We cannot ask for addresses at all: our own trouble, not the receiver's."""


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens sockets to allowed addresses only."""

    def __init__(self, destinations: Destinations, resolve: Resolver) -> None:
        self._destinations = destinations
        self._resolve = resolve
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        if port not in self._destinations.ports:
            raise Blocked
        failure: Exception = NotResolved()
        for address in (await self._allowed(host, port))[:ADDRESSES_TRIED_MAX]:
            try:
                return _Line(await self._inner.connect_tcp(address, port, timeout, local_address, socket_options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _allowed(self, host: str, port: int) -> Sequence[str]:
        addresses = [literal] if (literal := _literal(host)) else await self._resolve(host, port)
        if not addresses:
            raise NotResolved
        if not self._destinations.admits_all(addresses):
            raise Blocked
        return addresses


class _Line(httpcore.AsyncNetworkStream):
    """A fresh connection, closed also when its TLS handshake is cancelled.

    httpcore closes it after errors only: a receiver that never ends the handshake would keep a socket of ours for ever.
    """

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
    ) -> httpcore.AsyncNetworkStream:
        try:
            return await self._inner.start_tls(ssl_context, server_hostname, timeout)
        except BaseException:
            await self._inner.aclose()
            raise

    async def aclose(self) -> None:
        await self._inner.aclose()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class GuardedTransport(httpx.AsyncBaseTransport):
    """httpx on a pool of httpcore whose sockets the guard opens; httpx's own transport does not let one be given."""

    def __init__(self, destinations: Destinations, *, trusted: ssl.SSLContext, resolve: Resolver) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trusted,
            max_connections=CONNECTIONS_MAX,
            max_keepalive_connections=KEPT_ALIVE_MAX,
            keepalive_expiry=KEPT_ALIVE_S,
            http1=True,
            http2=False,
            network_backend=GuardedBackend(destinations, resolve),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        if url.scheme != "https" or url.userinfo:
            raise Blocked
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        asked = httpcore.Request(
            method=request.method,
            url=target,
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        answer = await self._pool.handle_async_request(asked)
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Stream(answer), extensions=answer.extensions
        )

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Stream(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._answer.aiter_stream():
            yield chunk

    async def aclose(self) -> None:
        await self._answer.aclose()


def trusting(ca_file: Path | None = None) -> ssl.SSLContext:
    """Trust the public authorities, and a sandbox's own; TLS 1.2 at least, and no switch that turns the check off."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
    return context


def _literal(host: str) -> str | None:
    """Read an address in any form that a system's resolver reads as one: `127.1` and `0x7f000001` are addresses."""
    with suppress(ValueError):
        return str(ip_address(host.strip("[]")))
    try:
        return str(ip_address(socket.inet_aton(host)))
    except OSError:
        return None

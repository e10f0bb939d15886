"""The addresses of strangers' names, asked of name servers without waiting for any of them in a thread.

(1) A question that nobody answers takes up a place in a table and no thread: however many receivers have name servers
    that are silent, the names of all others are answered as fast as ever.
(2) Whose trouble it is when nobody answers, a name of our own decides: where that is answered, it is the receiver's
    (it counts, and opens its breaker); where not even that is, it is ours.
(3) A name is asked for as it is written: no search list of this machine makes one of our own names of it.
"""

import asyncio
from collections.abc import Sequence
from secrets import token_hex
from typing import Self

import pycares
from aiodns import DNSResolver
from aiodns.error import DNSError

from partners.clients.guard import NotResolved, ResolverAway

RESOLVE_TIMEOUT_S = 3.0
QUERY_TIMEOUT_S = 1.0
"""Until a name server is asked again, which had perhaps not heard."""

LOOPBACK = "127.0.0.1"
"""c-ares would add `::1`, also where a machine has no such address."""


class Unanswered(Exception):
    """No name server gives an answer, not even that the name does not exist."""


class Names:
    """Asks this machine's name servers, or those that are given; `own` is a name of ours."""

    def __init__(self, own: str, *, servers: Sequence[str] = (), timeout_s: float = RESOLVE_TIMEOUT_S) -> None:
        self._own = own
        self._timeout_s = timeout_s
        self._doubt: asyncio.Task[bool] | None = None
        self._resolver = DNSResolver(servers or None, flags=_FLAGS, timeout=min(QUERY_TIMEOUT_S, timeout_s))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._resolver.close()

    async def resolve(self, host: str, _: int) -> Sequence[str]:
        """Give every address of a name.

        Raises:
            NotResolved: it has none, or its own name servers are away.
            ResolverAway: nobody answers us at all.
        """
        if host == "localhost":
            return [LOOPBACK]
        try:
            return await self._ask(host)
        except Unanswered as error:
            raise (NotResolved if await self._is_answered() else ResolverAway) from error

    async def _is_answered(self) -> bool:
        """Doubt ourselves, once for all who do so at the same time."""
        if self._doubt is None or self._doubt.done():
            self._doubt = asyncio.create_task(self._doubted())
        return await asyncio.shield(self._doubt)

    async def _doubted(self) -> bool:
        """Ask below our own name for what no cache knows; that there is no such name is as good an answer as any."""
        try:
            await self._ask(f"{token_hex(8)}.{self._own}")
        except NotResolved:
            return True
        except Unanswered:
            return False
        return True

    async def _ask(self, host: str) -> Sequence[str]:
        try:
            async with asyncio.timeout(self._timeout_s):
                found = await self._resolver.getaddrinfo(host)
        except TimeoutError as error:
            raise Unanswered from error
        except DNSError as error:
            raise (NotResolved if error.args[0] in _ANSWERS else Unanswered) from error
        except UnicodeError as error:
            raise NotResolved from error
        return list(dict.fromkeys(node.addr[0].decode() for node in found.nodes))


_FLAGS = pycares.ARES_FLAG_NOSEARCH | pycares.ARES_FLAG_EDNS

_ANSWERS = frozenset({pycares.errno.ARES_ENOTFOUND, pycares.errno.ARES_ENODATA, pycares.errno.ARES_EBADNAME})

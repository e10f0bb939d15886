"""The same statements without the service: in a bare loop, and behind an application that does nothing else.

What they leave out is what the service adds: tokens, validation, rules, problems, limits, traces, lines.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from ctypes import c_longlong
from typing import Any

import asyncpg
import msgspec
import uvicorn
import uvloop

from bench.closed import CONNECTIONS
from bench.heard import Talk, drawn, fresh

POOL = 8


def loop(url: str, talk: Talk, done: c_longlong) -> None:
    """Say the statements over and over on sixteen connections' worth of tasks; count them in `done`."""
    uvloop.run(_loop(url, talk, done))


def serve(url: str, talks: Mapping[str, Talk], port: int) -> None:
    """Answer `/post`, `/get` and `/list`, under the server that the service has."""
    config = uvicorn.Config(
        _Bare(url, talks),
        port=port,
        loop="uvloop",
        http="httptools",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="on",
    )
    uvicorn.Server(config).run()


async def _loop(url: str, talk: Talk, done: c_longlong) -> None:
    pool = await _pool(url)

    async def again() -> None:
        while True:
            await _say(pool, talk)
            done.value += 1

    await asyncio.gather(*(again() for _ in range(CONNECTIONS)))


async def _pool(url: str) -> "asyncpg.Pool[asyncpg.Record]":
    return await asyncpg.create_pool(url, min_size=POOL, max_size=POOL, reset=_as_is)


async def _as_is(_: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Take the place of asyncpg's reset."""


async def _say(pool: "asyncpg.Pool[asyncpg.Record]", talk: Talk) -> list[asyncpg.Record]:
    new = drawn() if talk.new else {}
    rows: list[asyncpg.Record] = []
    async with pool.acquire() as connection:
        for one in talk.statements:
            if one.values:
                rows = await connection.fetch(one.sql, *fresh(talk, one, new))
            else:
                await connection.execute(one.sql)
    return rows


class _Bare:
    """An ASGI application of one function."""

    def __init__(self, url: str, talks: Mapping[str, Talk]) -> None:
        self._url = url
        self._talks = talks

    async def __call__(
        self,
        scope: Mapping[str, Any],
        receive: Callable[[], Awaitable[Mapping[str, Any]]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        kind = scope["path"][1:]
        if kind == "post":
            msgspec.json.decode((await receive())["body"])
        rows = await _say(self._pool, self._talks[kind])
        body = _page(rows) if kind == "list" else rows[0]["doc"].encode() if kind == "get" else b"{}"
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        self._pool = await _pool(self._url)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._pool.close()
        await send({"type": "lifespan.shutdown.complete"})


def _page(rows: list[asyncpg.Record]) -> bytes:
    return f'{{"items":[{",".join(row["doc"] for row in rows[:50])}],"next":null}}'.encode()

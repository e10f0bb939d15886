"""The issuer's key set over real HTTP: nothing it answers is trusted, and to ask every five minutes costs nothing."""

import asyncio
import gc
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from common.tokens import JWKS_BYTES_MAX, fetched

GOOD = b'{"keys": []}'


@asynccontextmanager
async def issuer(status: str, body: bytes) -> AsyncIterator[str]:
    """Answer whoever asks with that, and hang up."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/.well-known/jwks.json"


async def test_a_set_is_what_was_answered():
    async with issuer("200 OK", GOOD) as url:
        assert await fetched(url) == GOOD


@pytest.mark.parametrize("status", ["206 Partial Content", "302 Found", "404 Not Found", "503 Away"])
async def test_any_other_answer_is_no_set(status: str):
    async with issuer(status, GOOD) as url:
        with pytest.raises(ValueError, match=f"The issuer answered {status[:3]}"):
            await fetched(url)


async def test_a_set_has_a_size():
    async with issuer("200 OK", b" " * JWKS_BYTES_MAX) as url:
        assert len(await fetched(url)) == JWKS_BYTES_MAX
    async with issuer("200 OK", b" " * (JWKS_BYTES_MAX + 1)) as url:
        with pytest.raises(ValueError, match="too large"):
            await fetched(url)


async def test_to_fetch_again_leaves_nothing_behind():
    """Services fetch every five minutes, and the collector hardly ever looks at what is old (`common.collector`)."""
    async with issuer("200 OK", GOOD) as url:
        await fetched(url)
        gc.collect()
        gc.disable()
        try:
            before = contexts()
            for _ in range(3):
                await fetched(url)
            assert contexts() == before
        finally:
            gc.enable()


def contexts() -> int:
    return sum(isinstance(one, ssl.SSLContext) for one in gc.get_objects())

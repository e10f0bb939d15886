"""HTTP as lean as it can be asked for: kept-alive connections, one request at a time on each, nothing looked at twice.

A load generator that shares two cores with what it measures must not be what is measured: a request costs it a tenth of
what a general client's costs.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

HEAD_BYTES_MAX = 65_536


@dataclass(slots=True)
class Wire:
    """Connections to one address, taken and given back."""

    url: str
    _free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)

    async def ask(self, method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> tuple[int, bytes]:
        """Ask once; give the status and the body."""
        reader, writer = self._free.pop() if self._free else await self._open()
        lines = [f"{method} {target} HTTP/1.1", f"host: {urlsplit(self.url).netloc}", f"content-length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        status, answer = await _answer(reader)
        self._free.append((reader, writer))
        return status, answer

    async def close(self) -> None:
        for _, writer in self._free:
            writer.close()
            await writer.wait_closed()

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        parts = urlsplit(self.url)
        return await asyncio.open_connection(parts.hostname, parts.port, limit=HEAD_BYTES_MAX)


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head[9:12])
    if b"transfer-encoding: chunked" in head:
        return status, await _chunks(reader)
    _, found, rest = head.partition(b"\r\ncontent-length:")
    return status, await reader.readexactly(int(rest.split(b"\r\n", 1)[0])) if found else b""


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readexactly(2)
    return body

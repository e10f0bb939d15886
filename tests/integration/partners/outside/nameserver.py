"""A name server on loopback that answers, refuses or says nothing, zone by zone."""

import asyncio
import struct
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address

A, NO_ERROR, SERVER_FAILURE, NO_SUCH_NAME = 1, 0, 2, 3
HEADER = struct.Struct("!6H")
RECORD = struct.Struct("!HHHIH")
QUESTION_AT = 0xC00C  # a name that is written where the question stands


class NameServer(asyncio.DatagramProtocol):
    """Knows `addresses`; says nothing of the zones in `silent`, and that it cannot of those in `failing`."""

    def __init__(self) -> None:
        self.addresses: dict[str, str] = {}
        self.silent: set[str] = set()
        self.failing: set[str] = set()
        self.asked = Counter[str]()
        self.port = 0
        self.transport: asyncio.DatagramTransport | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        assert self.transport is not None
        name, end = _name(data)
        kind = int.from_bytes(data[end : end + 2])
        self.asked[name] += 1
        if not _is_in(name, self.silent):
            self.transport.sendto(self._answer(data, name, kind, end + 4), addr)

    def _answer(self, data: bytes, name: str, kind: int, end: int) -> bytes:
        known = self.addresses.get(name)
        code = SERVER_FAILURE if _is_in(name, self.failing) else NO_ERROR if known else NO_SUCH_NAME
        found = ip_address(known).packed if known and kind == A and code == NO_ERROR else b""
        head = HEADER.pack(int.from_bytes(data[:2]), 0x8180 | code, 1, int(bool(found)), 0, 0)
        record = RECORD.pack(QUESTION_AT, A, 1, 0, len(found)) + found if found else b""
        return head + data[HEADER.size : end] + record


@asynccontextmanager
async def name_server() -> AsyncIterator[NameServer]:
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(NameServer, local_addr=("127.0.0.1", 0))
    server.transport, server.port = transport, transport.get_extra_info("sockname")[1]
    try:
        yield server
    finally:
        transport.close()


def _name(data: bytes) -> tuple[str, int]:
    """Read the name that is asked for, and say where it ends."""
    labels, at = [], HEADER.size
    while length := data[at]:
        labels.append(data[at + 1 : at + 1 + length].decode().lower())
        at += 1 + length
    return ".".join(labels), at + 1


def _is_in(name: str, zones: set[str]) -> bool:
    return any(name == zone or name.endswith(f".{zone}") for zone in zones)

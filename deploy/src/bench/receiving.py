"""A process that reads what a relay sends: `python -m bench.receiving <servers> <topic> …`.

It says `ready` once it reads from the ends, and then, told to stop, reads as far as the topics go and says one JSON
line: how many records it has seen, of what size, how old they were when they came, by the time that their rows were
written (`ce_time`), and how many came again or before an earlier one of their key (`ce_aggversion`).
"""

import asyncio
import json
import signal
import sys
import time
from array import array
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import uvloop

from bench.figures import percentile
from bench.order import Order
from common import contracts
from common.kafka import aio
from common.kafka.port import Consumer, Place, Record

RECORDS_MAX = 5_000
WAIT_MS = 5
LAST_WITHIN_S = 20
SHARES = {"p50_ms": 0.50, "p99_ms": 0.99}


class Received:
    """What has come so far."""

    def __init__(self) -> None:
        self._ages = array("d")
        self._bytes = 0
        self._order = Order()

    def take(self, records: Sequence[Record], now: float) -> None:
        for record in records:
            self._ages.append(now - datetime.fromisoformat(_header(record, "ce_time")).timestamp())
            self._bytes += _size(record)
            self._order.take((record.topic, record.key), int(_header(record, "ce_aggversion")))

    def told(self) -> dict[str, Any]:
        ages = self._ages
        shares = {name: round(percentile(ages, share) * 1000, 2) for name, share in SHARES.items()} if ages else {}
        return {"records": len(ages), "bytes": self._bytes / max(1, len(ages)), **self._order.told(), **shares}


async def main(servers: str, topics: list[str]) -> None:
    places = [Place(topic, n) for topic in topics for n in range(contracts.PARTITIONS)]
    reader = await aio.reader(servers, places)
    reached = dict(await reader.ends(places))
    for place, offset in reached.items():
        reader.seek(place, offset)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    received = Received()
    while not stop.is_set():
        await _read(reader, received, reached)
    deadline, ends = time.monotonic() + LAST_WITHIN_S, await reader.ends(places)
    while time.monotonic() < deadline and any(reached[place] < end for place, end in ends.items()):
        await _read(reader, received, reached)
    await reader.close()
    sys.stdout.write(json.dumps(received.told()) + "\n")


async def _read(reader: Consumer, received: Received, reached: dict[Place, int]) -> None:
    for place, records in (await reader.poll(records_max=RECORDS_MAX, wait_ms=WAIT_MS)).items():
        received.take(records, time.time())
        reached[place] = records[-1].offset + 1


def _header(record: Record, wanted: str) -> str:
    (said,) = (value for name, value in record.headers if name == wanted and value is not None)
    return said.decode()


def _size(record: Record) -> int:
    """Count the bytes that a producer is given for a record."""
    headers = sum(len(name) + len(value or b"") for name, value in record.headers)
    return len(record.key or b"") + len(record.value or b"") + headers


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2:]))

"""A process that reads what the relay sends: `python -m bench.receiving <servers> <topic> …`.

It says `ready` once it reads from the ends, and then, told to stop, one JSON line: how many records it has seen, of
what size, and how old they were when they came, by the time that their rows were written (`ce_time`).
"""

import asyncio
import json
import signal
import sys
import time
from array import array
from datetime import datetime

import uvloop

from bench.figures import percentile
from common import contracts
from common.kafka import aio
from common.kafka.port import Place, Record

RECORDS_MAX = 5_000
WAIT_MS = 5
SHARES = {"p50_ms": 0.50, "p99_ms": 0.99}


async def main(servers: str, topics: list[str]) -> None:
    places = [Place(topic, n) for topic in topics for n in range(contracts.PARTITIONS)]
    reader = await aio.reader(servers, places)
    for place, end in (await reader.ends(places)).items():
        reader.seek(place, end)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    ages, size = array("d"), 0
    while not stop.is_set():
        for records in (await reader.poll(records_max=RECORDS_MAX, wait_ms=WAIT_MS)).values():
            now = time.time()
            ages.extend(now - _written_at(record) for record in records)
            size += sum(_size(record) for record in records)
    await reader.close()
    told = {name: round(percentile(ages, share) * 1000, 2) for name, share in SHARES.items()} if ages else {}
    sys.stdout.write(json.dumps({"records": len(ages), "bytes": size / max(1, len(ages)), **told}) + "\n")


def _written_at(record: Record) -> float:
    (said,) = (value for name, value in record.headers if name == "ce_time" and value is not None)
    return datetime.fromisoformat(said.decode()).timestamp()


def _size(record: Record) -> int:
    """Count the bytes that a producer is given for a record."""
    headers = sum(len(name) + len(value or b"") for name, value in record.headers)
    return len(record.key or b"") + len(record.value or b"") + headers


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2:]))

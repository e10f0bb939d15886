"""A process that writes facts at a rate: `python -m bench.offering <dsn> <facts a second> <seconds>`.

One statement a change, as every service writes: the aggregate's row, four facts and the state.  Open loop: a change
leaves at its hour whatever became of the earlier ones.  A rate of 0 writes the given number of changes flat out.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

import asyncpg
import uvloop

from common import outbox
from common.database import uuid7
from common.outbox import Announcement

AGGREGATE = "film"
AGGREGATES = 500
FACTS_A_CHANGE = 4
ROWS_A_CHANGE = FACTS_A_CHANGE + 1
WRITERS = 8
BODY = "x" * 380

TABLE = "CREATE TABLE bench_row (id uuid PRIMARY KEY, version integer NOT NULL)"
QUEUE = """
CREATE TABLE bench_queue (
  seq     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key     text NOT NULL,
  version integer NOT NULL,
  at      timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""
"""An outbox as one often sees it: rows that whoever publishes them deletes (`bench.naive`)."""

_CHANGE = outbox.changing("UPDATE bench_row SET version = $2 WHERE id = $1 RETURNING id")


@dataclass(frozen=True, slots=True)
class Said:
    """A fact of about 400 bytes."""

    TYPE: ClassVar[str] = "film.changed"

    body: str


@dataclass(slots=True)
class _Row:
    id: UUID
    version: int = 0


async def main(dsn: str, rate: int, seconds: int) -> None:
    rows = [_Row(uuid7()) for _ in range(AGGREGATES)]
    connections = [await asyncpg.connect(dsn) for _ in range(WRITERS)]
    await connections[0].executemany("INSERT INTO bench_row (id, version) VALUES ($1, 0)", [(row.id,) for row in rows])
    began = time.monotonic()
    every_s = ROWS_A_CHANGE / rate if rate else 0.0
    changes = round(seconds / every_s) if rate else seconds
    hours = iter(range(changes))

    async def write(connection: "asyncpg.Connection[asyncpg.Record]", mine: list[_Row]) -> None:
        for n in hours:
            await asyncio.sleep(max(0.0, began + n * every_s - time.monotonic()))
            await _change(connection, mine[n % len(mine)])

    await asyncio.gather(*(write(one, rows[n::WRITERS]) for n, one in enumerate(connections)))
    took_s = time.monotonic() - began
    sys.stdout.write(json.dumps({"rows": changes * ROWS_A_CHANGE, "seconds": took_s}) + "\n")


async def _change(connection: "asyncpg.Connection[asyncpg.Record]", row: _Row) -> None:
    row.version += ROWS_A_CHANGE - 1
    facts = [Said(BODY)] * FACTS_A_CHANGE
    said = Announcement(aggregate=AGGREGATE, id=row.id, version=row.version, state=Said(BODY), facts=facts)
    await outbox.write(connection, _CHANGE, (row.id, row.version), said, None)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))

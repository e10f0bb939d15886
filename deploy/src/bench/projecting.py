"""A process that keeps the newest record of each aggregate in a table.

`python -m bench.projecting <dsn> <servers> <group> <topic>`.  It is a consumer as every service has one, whose handler
is one statement; it runs until it is told to stop.
"""

import asyncio
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress

import uvloop

from common import collector, consumer, database
from common.consumer import Message
from common.database import Transaction

TABLE = """
CREATE TABLE bench_projection
       (id text PRIMARY KEY, epoch integer NOT NULL, version integer NOT NULL, value bytea NOT NULL)
"""


async def keep(tx: Transaction, messages: Sequence[Message]) -> None:
    """Keep what is newer than what is there; of one aggregate only the newest of the batch is looked at."""
    newest: dict[str, Message] = {}
    for one in messages:
        other = newest.get(one.key)
        if other is None or (other.epoch, other.version) < (one.epoch, one.version):
            newest[one.key] = one
    await tx.execute(
        _KEEP,
        list(newest),
        [one.epoch for one in newest.values()],
        [one.version for one in newest.values()],
        [one.value for one in newest.values()],
    )


_KEEP = """
INSERT INTO bench_projection AS known (id, epoch, version, value)
SELECT id, epoch, version, value
  FROM unnest($1::text[], $2::integer[], $3::integer[], $4::bytea[]) AS said (id, epoch, version, value)
 ORDER BY id
    ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, version = excluded.version, value = excluded.value
 WHERE (known.epoch, known.version) < (excluded.epoch, excluded.version)
"""


async def main(dsn: str, servers: str, group: str, topic: str) -> None:
    opened = await database.connect(dsn, size_max=2)
    listening = consumer.run(
        consumer.Group(name=group, listeners={topic: keep}),
        database=opened,
        settings=consumer.Settings(servers=servers),
    )
    running = asyncio.ensure_future(listening)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    collector.settle()
    with suppress(asyncio.CancelledError):
        await running
    await opened.close()


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))

"""A process that is one service's relay and nothing else: `python -m bench.relaying <dsn> <servers>`.

It says `ready` when it listens to signals.  At each SIGUSR1 it says one JSON line: how many batches were acknowledged
within which time so far, as the relay counts them itself (`outbox_row_to_ack_seconds`: from the writing of a batch's
oldest row).
"""

import asyncio
import json
import signal
import sys
from contextlib import suppress

import uvloop

from common import collector, relay
from common.relay.metrics import ROW_TO_ACK

SERVICE = "catalogue"
BUCKETS = "outbox_row_to_ack_seconds_bucket"


async def main(dsn: str, servers: str) -> None:
    running = asyncio.ensure_future(
        relay.run(relay.Settings(service=SERVICE, dsn=dsn, servers=servers, takeover_wait_s=0))
    )
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, _say_acknowledged)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    collector.settle()
    with suppress(asyncio.CancelledError):
        await running


def _say_acknowledged() -> None:
    samples = [one for metric in ROW_TO_ACK.collect() for one in metric.samples if one.name == BUCKETS]
    within = {one.labels["le"]: one.value for one in samples if one.labels["service"] == SERVICE}
    sys.stdout.write(json.dumps(within) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2]))

"""A process that is one service's relay and nothing else: `python -m bench.relaying <dsn> <servers>`."""

import asyncio
import signal
import sys
from contextlib import suppress

import uvloop

from common import collector, relay

SERVICE = "catalogue"


async def main(dsn: str, servers: str) -> None:
    running = asyncio.ensure_future(
        relay.run(relay.Settings(service=SERVICE, dsn=dsn, servers=servers, takeover_wait_s=0))
    )
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    collector.settle()
    with suppress(asyncio.CancelledError):
        await running


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2]))

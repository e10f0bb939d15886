"""A process that is one service's relay and nothing else: `python -m bench.relaying <dsn> <servers>`."""

import sys

import uvloop

from common import relay

SERVICE = "catalogue"


if __name__ == "__main__":
    uvloop.run(relay.run(relay.Settings(service=SERVICE, dsn=sys.argv[1], servers=sys.argv[2], takeover_wait_s=0)))

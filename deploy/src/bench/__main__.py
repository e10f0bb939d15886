"""`make bench`: measure the warm stack; the launcher says in the environment where it is."""

import asyncio
import os
import sys
import tempfile
from pathlib import Path

import httpx
import uvloop

from bench import crossing, region
from bench.figures import tell
from demo.gateway import Credentials, Gateway
from demo.settings import Settings

CONNECTIONS_MAX = 64
TIMEOUT_S = 10.0


async def measure(where: dict[str, str], secret: str) -> None:
    limits = httpx.Limits(max_connections=CONNECTIONS_MAX, max_keepalive_connections=CONNECTIONS_MAX)
    operator = Credentials("operator", secret)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.read({**where, "RECEIVER_FOLDER": folder})
        async with httpx.AsyncClient(base_url=settings.gateway_url, limits=limits, timeout=TIMEOUT_S) as client:
            gateway = Gateway(client)
            _say("setting a region up")
            made = await region.found(gateway, operator)
            async with crossing.subscribed(gateway, made, settings) as letterbox:
                _say(f"{crossing.WRITES_PER_S} writes a second for {crossing.WARM_UP_S} + {crossing.MEASURED_S} s")
                tell(await crossing.measure(gateway, made, letterbox))


def _say(text: str) -> None:
    sys.stderr.write(f"→ {text}\n")


if __name__ == "__main__":
    operator_secret = Path(os.environ["OPERATOR_SECRET_FILE"]).read_text(encoding="ascii").strip()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(measure(dict(os.environ), operator_secret))

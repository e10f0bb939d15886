"""The whole house, warm, through its gateway: see `bench.crossing`."""

import asyncio
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import httpx

from bench import crossing, region
from bench.figures import tell
from demo.gateway import Credentials, Gateway
from demo.settings import Settings

CONNECTIONS_MAX = 64
TIMEOUT_S = 10.0


async def measure(environ: Mapping[str, str]) -> None:
    """Set a region up, and measure in it."""
    secret = (await asyncio.to_thread(Path(environ["OPERATOR_SECRET_FILE"]).read_text, "ascii")).strip()
    limits = httpx.Limits(max_connections=CONNECTIONS_MAX, max_keepalive_connections=CONNECTIONS_MAX)
    operator = Credentials("operator", secret)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.read({**environ, "RECEIVER_FOLDER": folder})
        async with httpx.AsyncClient(base_url=settings.gateway_url, limits=limits, timeout=TIMEOUT_S) as client:
            gateway = Gateway(client)
            _say("setting a region up")
            made = await region.found(gateway, operator)
            async with crossing.subscribed(gateway, made, settings) as letterbox:
                _say(f"{crossing.WRITES_PER_S} writes a second for {crossing.WARM_UP_S} + {crossing.MEASURED_S} s")
                tell(await crossing.measure(gateway, made, letterbox))


def _say(text: str) -> None:
    sys.stderr.write(f"→ {text}\n")

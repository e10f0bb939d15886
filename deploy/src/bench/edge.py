"""The way through the gateway against the way past it, and what every process of the house holds in memory."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median

from bench import ground
from bench.closed import Load, request
from bench.cpu import resident_mb, spent_ns
from bench.figures import Measured, percentile, tell
from bench.heard import ORGANISATIONS
from stack.folder import Folder
from stack.ports import Ports

ROUNDS = 5
WARM_UP_S = 0.5
MEASURED_S = 2.0
ONE = f"{ORGANISATIONS}?limit=1"


@dataclass(frozen=True, slots=True)
class Way:
    """What one way has cost the gateway, and how long it took."""

    gateway_us: float
    p50_ms: float
    p99_ms: float


async def measure(environ: Mapping[str, str]) -> None:
    """Ask the same both ways, in turns."""
    folder, url = Folder.find(environ), environ["GATEWAY_URL"]
    bearer = await ground.bearer(url, folder.secret("operator"))
    direct = f"http://127.0.0.1:{Ports(folder.run / 'ports.json').known()['partners-api-1']}"
    ways = {"gateway": url, "direct": direct}
    pid = folder.left_behind()["gateway"]
    taken: dict[str, list[Way]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, url in random.sample(list(ways.items()), len(ways)):
            taken[name].append(await _take(url, pid, bearer))
    tell([*_told(taken), *_memory(folder)])


async def _take(url: str, pid: int, bearer: Mapping[str, str]) -> Way:
    async with Load(url, partial(request, "GET", ONE, bearer)) as load:
        await asyncio.sleep(WARM_UP_S)
        begun, spent = load.answered(), spent_ns([pid])
        await asyncio.sleep(MEASURED_S)
        ended, spent = load.answered(), spent_ns([pid]) - spent
    waited_ms = [1000 * one for one in load.waited_s[begun:ended]]
    return Way(spent / (ended - begun) / 1000, percentile(waited_ms, 0.50), percentile(waited_ms, 0.99))


def _told(taken: Mapping[str, Sequence[Way]]) -> list[Measured]:
    through, past = taken["gateway"], taken["direct"]
    cost = round(median(one.gateway_us for one in through), 1)
    told = [Measured(name="gateway.get.cpu_us", value=cost, unit="µs")]
    for share in ("p50_ms", "p99_ms"):
        theirs = median(getattr(one, share) for one in past)
        ours = median(getattr(one, share) for one in through)
        reference = f"gateway.get.direct_{share}"
        told.append(Measured(name=reference, value=round(theirs, 2), unit="ms"))
        told.append(
            Measured(
                name=f"gateway.get.{share}",
                value=round(ours, 2),
                unit="ms",
                reference=reference,
                ratio=round(ours / theirs, 2),
            )
        )
    return told


def _memory(folder: Folder) -> list[Measured]:
    return [
        Measured(name=f"memory.{name}.rss_mb", value=resident_mb(pid), unit="MB")
        for name, pid in sorted(folder.left_behind().items())
    ]

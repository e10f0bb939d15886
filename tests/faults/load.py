"""Load on the house.  Open loop: a slow answer never slows what is asked next, and is timed from when it was due."""

import asyncio
import gc
import json
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Self

from tests.faults.asking import Client, Reply
from tests.faults.experiment import Experiment
from tests.faults.town import Town

CAPACITY_CLIENTS = 16
CAPACITY_S = 3
PAUSE_S = 0.01
"""Between an answer and the next question of a client: nobody asks a refused thing again at once."""
ASKED_BEFORE_FROZEN = 500
TRIED_PER_S = 40.0
TRIES = 4

Ask = Callable[[int, float], Awaitable[Reply]]


async def steadily(ask: Ask, *, per_s: float, seconds: float) -> list[Reply]:
    """Ask `per_s` times a second, whatever becomes of what was asked before."""
    over = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, over.set)
    return await until_over(ask, over, per_s=per_s)


async def until_over(ask: Ask, over: asyncio.Event, *, per_s: float) -> list[Reply]:
    """Ask steadily until told that it is over; then wait for the answers still due.

    What was answered is never looked through for cycles: of ten minutes' answers that takes half a second, in which
    nobody is asked anything, and then all at once are.
    """
    began, tasks = time.monotonic(), list[asyncio.Task[Reply]]()
    try:
        while not over.is_set():
            due = began + len(tasks) / per_s
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            tasks.append(asyncio.create_task(_one(ask, len(tasks), due)))
            if len(tasks) % ASKED_BEFORE_FROZEN == 0:
                gc.freeze()
        return list(await asyncio.gather(*tasks))
    finally:
        gc.unfreeze()


@asynccontextmanager
async def meanwhile(ask: Ask, *, per_s: float) -> AsyncIterator[list[Reply]]:
    """Ask steadily while the block lasts; the list is whole when it has ended."""
    replies, over = list[Reply](), asyncio.Event()
    asking = asyncio.create_task(until_over(ask, over, per_s=per_s))
    try:
        yield replies
    finally:
        over.set()
        replies.extend(await asking)


async def _one(ask: Ask, n: int, due: float) -> Reply:
    """Ask, and keep of a good answer that it was one, and when."""
    reply = await ask(n, due)
    return replace(reply, headers={}, body=b"") if reply.good else reply


@dataclass(slots=True)
class Mix:
    """What portals ask all day: one write, then reads of each service."""

    town: Town
    client: Client
    made: list[str] = field(default_factory=list)

    async def ask(self, n: int, due: float) -> Reply:
        """Ask the n-th thing of the mix."""
        readings = ("/v1/projects?limit=5", "/v1/organisations?limit=5", "/v1/films?limit=5", self._figures())
        if n % 2 == 0:
            return await self.write(n, due)
        return await self.client.ask("GET", readings[n // 2 % len(readings)], due=due)

    async def ask_actions(self, n: int, due: float) -> Reply:
        """Ask one service only: one write, then one read."""
        return await (self.write(n, due) if n % 2 == 0 else self.client.ask("GET", "/v1/projects?limit=5", due=due))

    async def write(self, n: int, due: float) -> Reply:
        """Begin a project, under a key of its own."""
        key = {"idempotency-key": secrets.token_hex(16)}
        project = self.town.project(f"Projet {n}")
        reply = await self.client.ask("POST", "/v1/projects", project, headers=key, due=due)
        if reply.good:
            self.made.append(json.loads(reply.body)["id"])
        return reply

    def _figures(self) -> str:
        return f"/v1/figures?indicator=I17&campaign={self.town.campaign_id}"


async def closed_loop(ask: Ask, *, clients: int, seconds: float, pause_s: float = PAUSE_S) -> list[Reply]:
    """Let so many clients ask, each the next thing of all as soon as it has been answered.

    A client who asked for quick things only would ask more of them, and make the house look quicker than it is.
    """
    until, replies, things = time.monotonic() + seconds, list[Reply](), count()

    async def one() -> None:
        while time.monotonic() < until:
            replies.append(await ask(next(things), time.monotonic()))
            await asyncio.sleep(pause_s)

    await asyncio.gather(*(one() for _ in range(clients)))
    return replies


def failed(replies: Sequence[Reply], experiment: Experiment) -> list[Reply]:
    """List what went wrong.

    The short form runs where others work too: to be told there to come later, as promised, is their load's doing.
    """
    polite = experiment.form == "short"
    return [one for one in replies if not (one.good or (polite and one.says_later))]


async def capacity(ask: Ask, *, seconds: float = CAPACITY_S) -> float:
    """Measure what the house answers to a few clients who never wait: requests a second."""
    replies = await closed_loop(ask, clients=CAPACITY_CLIENTS, seconds=seconds, pause_s=0)
    return sum(one.good for one in replies) / seconds


async def rate_at(ask: Ask, load: float, *, try_s: float) -> float:
    """Find how many requests a second keep the whole machine busy for that part of its time.

    What the house does for a request later (facts, figures, webhooks) is work too: clients who never wait get more
    answers than it can go on with.
    """
    per_s = TRIED_PER_S
    for _ in range(TRIES):
        before = Spent.by_now()
        await steadily(ask, per_s=per_s, seconds=try_s)
        per_s *= load / before.busy_since()
    return per_s


@dataclass(frozen=True, slots=True)
class Spent:
    """What the machine's cores have spent since it started, in the kernel's ticks."""

    all: int
    idle: int

    @classmethod
    def by_now(cls) -> Self:
        ticks = [int(one) for one in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
        return cls(all=sum(ticks), idle=ticks[3] + ticks[4])

    def busy_since(self) -> float:
        """Say which part of the time since then they were busy, from 0 to 1."""
        now = self.by_now()
        return 1 - (now.idle - self.idle) / (now.all - self.all)

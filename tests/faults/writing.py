"""Writers who retry with their key until they are answered, and the ledger of what they were told."""

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random

import asyncpg

from tests.faults.asking import Client, Reply
from tests.faults.town import Town
from tests.waiting import until

RETRY_S = 0.05
REPEATED = 0.1
CREATED = 201
GOES_ON_WITHIN_S = 60
ANSWERED_WITHIN_S = 120


@dataclass(slots=True)
class Writers:
    """Many writers with one ledger: which key was answered with which id, and whatever was answered otherwise."""

    town: Town
    client: Client
    rng: Random
    told: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    tried: int = 0
    run: str = field(default_factory=lambda: secrets.token_hex(4))

    async def write(self, over: asyncio.Event) -> None:
        """Write one thing after the other, each until it is answered; repeat some that were answered already."""
        while not over.is_set():
            key = f"{self.run}-{len(self.told)}-{secrets.token_hex(8)}"
            first = await self.insist(key)
            self.told[key] = json.loads(first.body)["id"]
            if self.rng.random() < REPEATED:
                again = await self.insist(key)
                if again.body != first.body:
                    self.broken.append(f"{key} was answered otherwise the second time")

    async def insist(self, key: str) -> Reply:
        """Send one write with its key until it is answered with what it made."""
        async with asyncio.timeout(ANSWERED_WITHIN_S):
            while True:
                self.tried += 1
                headers = {**await self.town.headers(), "idempotency-key": key}
                reply = await self.client.ask("POST", "/v1/projects", self.town.project(key), headers=headers)
                if reply.status == CREATED:
                    return reply
                if reply.status and not reply.says_later:
                    self.broken.append(f"{key}: {reply.status} {reply.body.decode(errors='replace')[:200]}")
                await asyncio.sleep(RETRY_S)

    async def go_on(self, more: int) -> float:
        """Wait until so many more have been answered: how long that took."""
        count, began = len(self.told) + more, time.monotonic()
        await until(lambda: len(self.told) >= count, within_s=GOES_ON_WITHIN_S)
        return time.monotonic() - began

    async def wrong(self) -> dict[str, int]:
        """Compare what was told with what is stored: nothing lost, nothing double, each with its fact."""
        url = self.town.house.environment["DATABASE_URL"]
        connection = await asyncpg.connect(url)
        try:
            rows = await connection.fetch(_STORED, f"{self.run}-%")
        finally:
            await connection.close()
        stored = {row["title"]: row for row in rows}
        return {
            "lost": sum(key not in stored for key in self.told),
            "double": sum(len(row["ids"]) > 1 for row in rows),
            "two_ids": sum(str(stored[key]["ids"][0]) != told for key, told in self.told.items() if key in stored),
            "without_fact": sum(row["facts"] != 1 for row in rows),
        }


@asynccontextmanager
async def writing(town: Town, rng: Random, *, writers: int) -> AsyncIterator[Writers]:
    """Let writers write while the block lasts; when it has ended each has been answered."""
    made = Writers(town, await town.client(), rng)
    over = asyncio.Event()
    tasks = [asyncio.create_task(made.write(over)) for _ in range(writers)]
    try:
        yield made
        over.set()
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await made.client.close()


_STORED = """
SELECT project.title, array_agg(DISTINCT project.id) AS ids, count(outbox.event_id) AS facts
  FROM actions.project
  LEFT JOIN actions.outbox
    ON outbox.key = project.id::text AND outbox.topic = 'passeurs.actions.project.events.v1'
 WHERE project.title LIKE $1
 GROUP BY project.title
"""

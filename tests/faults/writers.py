"""Sixteen writers on a few hundred things, and a ledger of what they were told.

(1) A change counts as acknowledged once its COMMIT was answered; one whose answer was lost is in doubt, and may be
    there or not.
(2) One in twenty rolls back after it has written its outbox rows: those must never be seen.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from common import outbox
from common.database import TROUBLE, Database
from common.tokens import SYSTEM
from tests.faults import projection

WRITERS = 16
ROLLED_BACK = 0.05
ROWS_A_CHANGE = 2  # a fact and a state
BATCH = 50


class Aborted(Exception):
    """The writer thought better of it."""


@dataclass(slots=True)
class Load:
    """What was written, and what it was like to write."""

    db: Database
    things: Sequence[UUID]
    rng: random.Random
    acknowledged: dict[UUID, int] = field(default_factory=dict)
    doubtful: int = 0
    rolled_back: int = 0
    changes: int = 0
    took_s: list[tuple[float, float]] = field(default_factory=list)
    running: bool = False

    def p99_ms(self, since: float = 0, until: float = float("inf")) -> float:
        """Say how long a change took in a stretch of time, as 99 of 100 did or faster."""
        took = sorted(took for at, took in self.took_s if since <= at < until)
        return took[min(len(took) - 1, int(len(took) * 0.99))] * 1000 if took else 0.0

    async def create(self) -> None:
        """Make every thing, with version 1."""
        for first in range(0, len(self.things), BATCH):
            some = self.things[first : first + BATCH]
            zero = Decimal("0.00")
            async with self.db.transaction(SYSTEM) as tx:
                await outbox.write_all(
                    tx,
                    projection.CREATE,
                    [((thing, 1, zero), projection.said(thing, 1, zero, zero)) for thing in some],
                )
            self.acknowledged |= dict.fromkeys(some, 1)

    @asynccontextmanager
    async def flowing(self, events_per_s: float) -> AsyncIterator[None]:
        """Write while the block lasts."""
        self.running = True
        pause_s = WRITERS * ROWS_A_CHANGE / events_per_s
        writers = [asyncio.create_task(self._write(pause_s)) for _ in range(WRITERS)]
        try:
            yield
        finally:
            self.running = False
            await asyncio.gather(*writers)

    async def _write(self, pause_s: float) -> None:
        """Keep a pace: a writer that was held up does not hurry afterwards."""
        due = time.monotonic() + self.rng.random() * pause_s
        while self.running:
            if (now := time.monotonic()) < due:
                await asyncio.sleep(min(due - now, 0.1))
                continue
            due = max(due + pause_s, now - pause_s)
            await self._try(self.rng.choice(self.things))

    async def _try(self, thing: UUID) -> None:
        began = time.monotonic()
        try:
            await self._change(thing)
        except Aborted:
            self.rolled_back += 1
            return
        except TROUBLE:
            self.doubtful += 1
            return
        self.changes += 1
        self.took_s.append((began, time.monotonic() - began))

    async def _change(self, thing: UUID) -> None:
        by = Decimal(self.rng.randrange(-10_000, 10_000)) / 100
        async with self.db.transaction(SYSTEM) as tx:
            if self.rng.random() < 0.5:  # another write first: the transaction is older than its turn
                await tx.fetchval("SELECT pg_current_xact_id()")
            row = await tx.fetchrow("SELECT version, amount FROM thing WHERE id = $1 FOR UPDATE", thing)
            assert row is not None
            version = row["version"] + 1
            said = projection.said(thing, version, by, row["amount"] + by)
            await outbox.write(tx, projection.CHANGE, [thing, version, by], said, None)
            if self.rng.random() < ROLLED_BACK:
                raise Aborted
        self.acknowledged[thing] = max(version, self.acknowledged[thing])

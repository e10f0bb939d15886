"""The race of ADR 0003: writers contend, a transaction stays open beside them, and outboxes are read in six ways.

Ours is the relay, a process of its own, and what a reader of its topic received; the others (`bench.naive`) read the
same rows at the same time.  Every change locks its row before it writes; half of them touch another row first, one in
twenty is rolled back.
"""

import asyncio
import json
import random
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg

from bench import offering
from bench import rig as rigs
from bench.figures import Measured
from bench.naive import FACTS
from bench.offering import BODY, Said
from bench.rig import Rig
from common import outbox
from common.database import uuid7
from common.outbox import Announcement

WRITERS, THINGS = 24, 30
SECONDS, OPEN_S = 20.0, 14.0
SEED = 7
ROLLED_BACK, ELSEWHERE_FIRST = 0.05, 0.5
ROWS_A_CHANGE = 2
_CHANGE = outbox.changing("UPDATE bench_row SET version = $2 WHERE id = $1 RETURNING id")
_QUEUE = "INSERT INTO bench_queue (key, version) VALUES ($1, $2)"


@dataclass(slots=True)
class Outcome:
    """What was committed, how much of it while the long transaction was open, and what each way made of it."""

    committed: int = 0
    beside: int = 0
    open_s: float = 0.0
    relay: Mapping[str, Any] = field(default_factory=dict)
    naive: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def lost(self, told: Mapping[str, float]) -> int:
        return self.committed - int(told["distinct"])


async def run(rig: Rig, *, seconds: float = SECONDS, open_s: float = OPEN_S) -> Outcome:
    """Run it once, the naive ways looking on: seven readers more on the same cores, which makes ours late too."""
    async with rigs.running("bench.naive", rig.dsn("relay"), rig.dsn("app"), rig.servers) as others:
        await rigs.line(others)
        outcome = await run_alone(rig, seconds=seconds, open_s=open_s)
        others.send_signal(signal.SIGTERM)
        outcome.naive = json.loads(await rigs.line(others))
    return outcome


async def run_alone(rig: Rig, *, seconds: float = SECONDS, open_s: float = OPEN_S) -> Outcome:
    """Run it once with nobody looking on."""
    outcome, before = Outcome(), await rigs.last(rig)
    async with rigs.reading(rig, [FACTS]) as reader, rigs.relay(rig):
        async with asyncio.TaskGroup() as group:
            group.create_task(_stay_open(rig.address, open_s, outcome))
            group.create_task(_write_all(rig, seconds, outcome))
        await rigs.reached(rig, before + outcome.committed * ROWS_A_CHANGE)
        outcome.relay = await reader.told()
    return outcome


def measured(outcome: Outcome) -> list[Measured]:
    """Say it in figures, each naive way beside ours."""
    ours = {what: outcome.relay[what] for what in ("out_of_order", "p50_ms", "p99_ms")}
    ours["lost"] = outcome.lost(outcome.relay)
    figures = [
        Measured(name="race.facts", value=outcome.committed, unit="facts"),
        Measured(name="race.facts_beside_open_transaction", value=outcome.beside, unit="facts"),
        *(Measured(name=f"race.relay.{what}", value=ours[what], unit=unit) for what, unit in _UNITS.items()),
    ]
    for name, told in outcome.naive.items():
        theirs = {**told, "lost": outcome.lost(told)}
        figures += [_against(name, what, theirs[what], ours[what]) for what in _UNITS]
    return figures


_UNITS = {"lost": "facts", "out_of_order": "facts", "p50_ms": "ms", "p99_ms": "ms"}


def _against(name: str, what: str, theirs: float, ours: float) -> Measured:
    ratio = round(theirs / ours, 2) if ours else None
    reference = f"race.relay.{what}"
    return Measured(
        name=f"naive.{name}.{what}", value=round(theirs, 2), unit=_UNITS[what], reference=reference, ratio=ratio
    )


async def _stay_open(address: str, seconds: float, outcome: Outcome) -> None:
    """Write, and commit much later, as a role without limits."""
    connection = await asyncpg.connect(address)
    async with connection.transaction():
        await connection.execute("SELECT pg_current_xact_id()")
        began, before = time.monotonic(), outcome.committed
        await connection.execute("SELECT pg_sleep($1)", seconds)
        outcome.open_s, outcome.beside = time.monotonic() - began, outcome.committed - before
    await connection.close()


async def _write_all(rig: Rig, seconds: float, outcome: Outcome) -> None:
    things, luck = {uuid7(): 0 for _ in range(THINGS)}, random.Random(SEED)  # noqa: S311 - a schedule, not a secret
    connections = [await asyncpg.connect(rig.dsn("app")) for _ in range(WRITERS)]
    rows = [(thing,) for thing in things]
    await connections[0].executemany("INSERT INTO bench_row (id, version) VALUES ($1, 0)", rows)
    until = time.monotonic() + seconds
    await asyncio.gather(*(_write(one, list(things), luck, until, outcome) for one in connections))
    for one in connections:
        await one.close()


async def _write(
    connection: "asyncpg.Connection[asyncpg.Record]",
    things: Sequence[UUID],
    luck: random.Random,
    until: float,
    outcome: Outcome,
) -> None:
    """Change one thing after the other."""
    while time.monotonic() < until:
        change = connection.transaction()
        await change.start()
        try:
            await _change(connection, luck.choice(things), luck)
        except asyncpg.LockNotAvailableError:  # the limit of a wait
            await change.rollback()
            continue
        if luck.random() < ROLLED_BACK:
            await change.rollback()
            continue
        await change.commit()
        outcome.committed += 1


async def _change(connection: "asyncpg.Connection[asyncpg.Record]", thing: UUID, luck: random.Random) -> None:
    if luck.random() < ELSEWHERE_FIRST:
        await connection.execute("SELECT pg_current_xact_id()")
    await asyncio.sleep(luck.uniform(0, 0.01))
    version = 1 + await connection.fetchval("SELECT version FROM bench_row WHERE id = $1 FOR UPDATE", thing)
    said = Announcement(aggregate=offering.AGGREGATE, id=thing, version=version, state=Said(BODY), facts=[Said(BODY)])
    await outbox.write(connection, _CHANGE, (thing, version), said, None)
    await connection.execute(_QUEUE, str(thing), version)

"""How fast records become figures: as the worker counts them from a backlog, and as they are all made anew.

`BENCH_AGGREGATES` (100 000) lives of ten records each.  The worker is the one that is shipped, on one core of its own.
"""

import asyncio
import io
import os
import secrets
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import msgspec

from bench import lives, statements, telling
from bench.figures import Measured, percentile, tell
from common import collector, contracts, kafka, migrations
from common.database import Database, connect
from common.kafka import aio
from common.kafka.port import Place
from common.tokens import SYSTEM
from reporting.consumers import GROUP, rebuilding
from reporting.domain.heard import STATES

AGGREGATES = 100_000
LIVE_PER_S = 500
HELD_BACK_TO = 40_000
WITHIN_S = 1_800
STATEMENTS = {
    "records": "INSERT INTO record AS known",
    "parts_and_cells": "WITH taken AS",
    "projects": "INSERT INTO known_project",
    "offsets": "UPDATE consumer_offset",
    "announcing": "INSERT INTO figure",
    "publishing": "FROM outbox",
}
"""What PostgreSQL does for a roll-up, each by words that are in no other statement."""
CORE = 0
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stage:
    """A schema of its own, the broker with its records, and how to rebuild."""

    address: str
    servers: str
    database: Database
    how: rebuilding.Settings
    records: int


async def measure(environ: Mapping[str, str]) -> None:
    collector.settle()
    async with _set(environ) as stage:
        with _worker(stage, environ) as worker:
            tell(await _rollup(stage, worker))
            tell(await _rebuilds(stage))


@asynccontextmanager
async def _set(environ: Mapping[str, str]) -> AsyncIterator[_Stage]:
    servers, name = environ["KAFKA_BOOTSTRAP_SERVERS"], f"bench_{secrets.token_hex(4)}"
    admin = await asyncpg.connect(environ["DATABASE_URL"])
    await admin.execute(f'CREATE DATABASE "{name}"')
    address = urlunsplit(urlsplit(environ["DATABASE_URL"])._replace(path=f"/{name}"))
    await migrations.prepare(address, "reporting")
    await migrations.migrate(address, "reporting")
    await kafka.create_topics(servers)
    _say("telling lives")
    aggregates = int(environ.get("BENCH_AGGREGATES", AGGREGATES))
    records = await telling.tell_all(servers, lives.records(aggregates, seed=1))
    database = await connect(migrations.dsn(address, "reporting", "app"), size_max=2)
    how = rebuilding.Settings(servers=servers, owner_dsn=migrations.dsn(address, "reporting", "owner"), who="bench")
    try:
        yield _Stage(address=address, servers=servers, database=database, how=how, records=records)
    finally:
        await database.close()
        await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        await admin.close()


@contextmanager
def _worker(stage: _Stage, environ: Mapping[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the worker as it is shipped, on one core, while the block lasts."""
    own = {
        "ENVIRONMENT": "development",
        "DATABASE_URL": migrations.dsn(stage.address, "reporting", "app"),
        "RELAY_DATABASE_URL": migrations.dsn(stage.address, "reporting", "relay"),
        "HOUSEKEEPER_DATABASE_URL": migrations.dsn(stage.address, "reporting", "housekeeper"),
        "KAFKA_BOOTSTRAP_SERVERS": stage.servers,
        "WORKER_PORT": "0",
        "TOKEN_ISSUER": "https://issuer.example.org",
        "JWKS_URL": "http://127.0.0.1:9/nobody",
    }
    command = [sys.executable, "-m", "reporting.main", "worker"]
    with subprocess.Popen(command, env={**environ, **own}, stdout=subprocess.DEVNULL) as started:
        os.sched_setaffinity(started.pid, {CORE})
        try:
            yield started
        finally:
            started.terminate()


async def _rollup(stage: _Stage, worker: "subprocess.Popen[bytes]") -> list[Measured]:
    """Let the worker count the backlog; the clock runs from its first batch to its last."""
    _say(f"counting {stage.records} records")
    await statements.reset(stage.address)
    began = await telling.first_heard(stage.database, GROUP.name, within_s=WITHIN_S)
    cpu = _cpu_s(worker.pid)
    await telling.heard_all(stage.database, GROUP.name, stage.servers, rebuilding.REBUILT, within_s=WITHIN_S)
    took, used = time.monotonic() - began, _cpu_s(worker.pid) - cpu
    spent = await statements.spent_s(stage.address, STATEMENTS)
    raw = await _read_raw(stage)
    read = Measured(name="consumer.read_and_decode.events_per_s", value=round(raw), unit="1/s")
    return [
        read,
        _against(read, "consumer.rollup.events_per_s", stage.records / took, "1/s"),
        _against(read, "consumer.rollup.events_per_cpu_s", stage.records / used, "1/s"),
        *(
            Measured(name=f"consumer.rollup.sql.{name}.us_per_event", value=_us(seconds, stage.records), unit="µs")
            for name, seconds in spent.items()
        ),
    ]


async def _read_raw(stage: _Stage) -> float:
    """Read the same records and decode each, and do nothing with them."""
    decoders = {contracts.topic(kind, "state"): msgspec.json.Decoder(cls) for kind, cls in STATES.items()}
    places = [Place(topic, part) for topic in decoders for part in range(contracts.PARTITIONS)]
    reader, done, began = await aio.reader(stage.servers, places), 0, time.monotonic()
    try:
        for place in places:
            reader.seek(place, 0)
        while done < stage.records:
            for place, records in (await reader.poll(records_max=5_000, wait_ms=200)).items():
                decode = decoders[place.topic].decode
                done += len([decode(record.value) for record in records if record.value is not None])
    finally:
        await reader.close()
    return done / (time.monotonic() - began)


async def _rebuilds(stage: _Stage) -> list[Measured]:
    bare = await _bare_copy(stage)
    _say("making the figures anew, alone")
    alone, _ = await _rebuild(stage, stage.how)
    _say(f"making them anew beside {LIVE_PER_S} records a second")
    trickle = telling.Trickle(stage.database, GROUP.name)
    more = lives.records(AGGREGATES, seed=2)
    telling_more = asyncio.create_task(trickle.run(stage.servers, more, per_s=LIVE_PER_S))
    try:
        beside, _ = await _rebuild(stage, replace(stage.how, records_per_s=HELD_BACK_TO))
    finally:
        telling_more.cancel()
        await asyncio.wait([telling_more])
    copied = Measured(name="reporting.rebuild_1m.bare_copy_s", value=round(bare, 2), unit="s")
    return [
        copied,
        _against(copied, "reporting.rebuild_1m.seconds", alone, "s"),
        _against(copied, "reporting.rebuild_1m_beside_500.seconds", beside, "s"),
        Measured(
            name="reporting.rebuild_1m_beside_500.live_age_p99_s",
            value=round(percentile(trickle.ages_s or [WITHIN_S], 0.99), 3),
            unit="s",
        ),
    ]


async def _rebuild(stage: _Stage, how: rebuilding.Settings) -> tuple[float, rebuilding.Outcome]:
    """Rebuild; figures that differ fail the bench."""
    began = time.monotonic()
    outcome = await rebuilding.rebuild(GROUP, how, lambda _done, _of: None)
    took = time.monotonic() - began
    if outcome.differences:
        raise RuntimeError(f"{len(outcome.differences)} cells differ")
    await rebuilding.drop_replaced(stage.how)
    return took, outcome


async def _bare_copy(stage: _Stage) -> float:
    """Copy the same contributions into a bare table, from memory."""
    connection = await asyncpg.connect(stage.how.owner_dsn, server_settings={"app.principal": SYSTEM.as_setting()})
    try:
        rows = io.BytesIO()
        await connection.copy_from_table("contribution", output=rows, format="binary")
        rows.seek(0)
        await connection.execute("CREATE TABLE bare (LIKE contribution)")
        began = time.monotonic()
        await connection.copy_to_table("bare", source=rows, format="binary")
        took = time.monotonic() - began
        await connection.execute("DROP TABLE bare")
    finally:
        await connection.close()
    return took


def _us(seconds: float, records: int) -> float:
    return round(seconds / records * 1e6, 2)


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND


def _against(reference: Measured, name: str, value: float, unit: str) -> Measured:
    return Measured(
        name=name, value=round(value, 2), unit=unit, reference=reference.name, ratio=round(value / reference.value, 2)
    )


def _say(text: str) -> None:
    sys.stderr.write(f"→ {text}\n")

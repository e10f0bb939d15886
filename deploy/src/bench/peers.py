"""Our relay beside Debezium: same machine, same rows, same reader, in turns.

A turn warms up, measures three rates, rest and memory, stops, and drains a backlog written meanwhile.  Nobody else's
relay runs in it.  Each Debezium has a database and a slot of its own, for as long as its turn.  Whatever happens, it is
over within `BUDGET_S`: a turn begins only if there is time for as long as its like took before.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from statistics import median

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from bench import debezium, javas
from bench import rig as rigs
from bench.cpu import resident_mb, spent_ns
from bench.debezium import Tuning
from bench.figures import Measured, tell
from bench.relaying import SERVICE
from bench.rig import TOPICS, NotMeasured, Rig
from common import contracts, kafka

BUDGET_S = 570
TURN_WITHIN_S = 130
ARRIVES_WITHIN_S = 20
DRAINS_WITHIN_S = 60
WARM_UP_RECORDS = 200_000

OURS = "relay"
TUNINGS = (Tuning(poll_ms=10), Tuning(poll_ms=1), Tuning())

Figures = dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How much is measured."""

    rates: Sequence[int] = (1_000, 5_000, 10_000)
    rounds: int = 2
    warm_up_s: int = 8
    measured_s: int = 5
    idle_s: int = 4
    backlog_changes: int = 20_000


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is: how it is started (the number of its process), and where its records come out."""

    rig: Rig
    started: Callable[[], AbstractAsyncContextManager[int]]
    reads: Callable[[], Awaitable[None]]
    topics: Sequence[str]


@dataclass(frozen=True, slots=True)
class Spent:
    """Time on a processor so far, by the relay and by its sessions in PostgreSQL."""

    relay_ns: int
    backends_ns: int


async def measure(environ: Mapping[str, str], load: Load | None = None) -> None:
    """Let everybody have turns, and tell."""
    for recipe in (javas.RECIPE, debezium.RECIPE):
        await javas.fetch(environ, recipe)
    async with rigs.prepared(environ) as rig:
        await _topics(rig.servers)
        await javas.produce(environ, TOPICS[0], records=WARM_UP_RECORDS, bytes_each=900)
        turns = {OURS: partial(_ours, rig)} | {one.name: partial(_theirs, environ, one) for one in TUNINGS}
        tell(beside(await _alternated(turns, load or Load())))


Opened = Callable[[], AbstractAsyncContextManager[Turn]]


async def _alternated(turns: Mapping[str, Opened], load: Load) -> dict[str, list[Figures]]:
    measured: dict[str, list[Figures]] = {name: [] for name in turns}
    took_s = dict.fromkeys(turns, 0.0)
    deadline = time.monotonic() + BUDGET_S
    for _ in range(load.rounds):
        for name, opened in turns.items():
            began = time.monotonic()
            if deadline - began > took_s[name]:
                measured[name] += await _turn(name, opened, load, min(TURN_WITHIN_S, deadline - began))
                took_s[name] = time.monotonic() - began
    return measured


async def _turn(name: str, opened: Opened, load: Load, within_s: float) -> list[Figures]:
    """Have one turn; one that fails is told of, and the others are measured all the same."""
    began = time.monotonic()
    try:
        async with asyncio.timeout(within_s), opened() as turn:
            figures = await _figures(turn, load)
    except (NotMeasured, TimeoutError) as error:
        sys.stderr.write(f"✗ {name}: {type(error).__name__} {error}\n")
        return []
    sys.stderr.write(f"✓ {name} {time.monotonic() - began:.0f} s\n")
    return [figures]


@asynccontextmanager
async def _ours(rig: Rig) -> AsyncIterator[Turn]:
    yield Turn(rig, partial(rigs.relay, rig), _reads, TOPICS)


@asynccontextmanager
async def _theirs(environ: Mapping[str, str], tuning: Tuning) -> AsyncIterator[Turn]:
    async with rigs.prepared(environ) as rig, debezium.prepared(rig, tuning) as connect:
        yield Turn(rig, connect.running, connect.reads, [debezium.topic(name) for name in TOPICS])


async def _reads() -> None:
    """Ours reads what was written before it was there, too: there is nothing to wait for."""


async def _topics(servers: str) -> None:
    """Create Debezium's topics, set as ours are."""
    client = AIOKafkaAdminClient(bootstrap_servers=servers)
    await client.start()
    try:
        await client.create_topics(
            [
                NewTopic(debezium.topic(name), contracts.PARTITIONS, 1, topic_configs=dict(kafka.configuration(name)))
                for name in TOPICS
            ]
        )
    finally:
        await client.close()


async def _figures(turn: Turn, load: Load) -> Figures:
    figures: Figures = {"lost": 0, "doubled": 0, "out_of_order": 0}
    async with turn.started() as pid:
        await turn.reads()
        await _warmed_up(turn, load)
        for rate in load.rates:
            _add(figures, await _crossed(turn, pid, rate, load.measured_s))
        figures |= await _idle(turn, pid, load.idle_s)
        figures["rss_mb"] = resident_mb(pid)
    _add(figures, await _drained(turn, load.backlog_changes))
    return figures


def _add(figures: Figures, more: Figures) -> None:
    for name, value in more.items():
        figures[name] = figures.get(name, 0) + value


async def _warmed_up(turn: Turn, load: Load) -> None:
    """Wait until it publishes, then let it become warm."""
    before = await rigs.last(turn.rig, turn.topics)
    rows = await rigs.offered(turn.rig, min(load.rates), 1)
    await rigs.reached(turn.rig, before + rows, turn.topics, within_s=DRAINS_WITHIN_S)
    rows += await rigs.offered(turn.rig, max(load.rates), load.warm_up_s)
    await rigs.reached(turn.rig, before + rows, turn.topics, within_s=DRAINS_WITHIN_S)


async def _crossed(turn: Turn, pid: int, rate: int, seconds: int) -> Figures:
    """Write at a rate and read what arrives; what has not arrived in time is lost."""
    before = await rigs.last(turn.rig, turn.topics)
    async with rigs.reading(turn.rig, turn.topics) as reader:
        spent = await _spent(turn, pid)
        rows = await rigs.offered(turn.rig, rate, seconds)
        with suppress(NotMeasured):
            await rigs.reached(turn.rig, before + rows, turn.topics, within_s=ARRIVES_WITHIN_S)
        more = await _spent(turn, pid)
        told = await reader.told()
    if not told["records"]:
        raise NotMeasured(f"{rows} rows written at {rate} a second, none read")
    return {
        **{f"row_to_consumer_{rate}.{share}": told[share] for share in ("p50_ms", "p99_ms")},
        f"cpu_{rate}.relay_us_per_event": (more.relay_ns - spent.relay_ns) / rows / 1e3,
        f"cpu_{rate}.backends_us_per_event": (more.backends_ns - spent.backends_ns) / rows / 1e3,
        "lost": rows - told["distinct"],
        "doubled": told["doubled"],
        "out_of_order": told["out_of_order"],
    }


async def _idle(turn: Turn, pid: int, seconds: int) -> Figures:
    """Say what it costs to have nothing to send."""
    spent, began = await _spent(turn, pid), time.monotonic()
    await asyncio.sleep(seconds)
    more, share = await _spent(turn, pid), (time.monotonic() - began) * 1e7
    return {
        "idle.share_of_a_core": (more.relay_ns - spent.relay_ns) / share,
        "idle.backends_share_of_a_core": (more.backends_ns - spent.backends_ns) / share,
    }


async def _drained(turn: Turn, changes: int) -> Figures:
    """Start it on a backlog: the rate from its first record to its last, and the time from its start to its last."""
    before = await rigs.last(turn.rig, turn.topics)
    rows = await rigs.offered(turn.rig, 0, changes)
    began = time.monotonic()
    async with turn.started():
        await rigs.reached(turn.rig, before + 1, turn.topics, within_s=DRAINS_WITHIN_S)
        first = time.monotonic()
        await rigs.reached(turn.rig, before + rows, turn.topics, within_s=DRAINS_WITHIN_S)
        ended = time.monotonic()
    more = await rigs.last(turn.rig, turn.topics) - before - rows
    return {"drain.events_per_s": rows / (ended - first), "drain.until_last_s": ended - began, "doubled": more}


async def _spent(turn: Turn, pid: int) -> Spent:
    administrator = await asyncpg.connect(turn.rig.address)
    try:
        backends = [row["pid"] for row in await administrator.fetch(_BACKENDS, f"{SERVICE}_relay")]
    finally:
        await administrator.close()
    return Spent(spent_ns([pid]), spent_ns(backends))


COUNTS = ("lost", "doubled", "out_of_order")
UNITS: Mapping[str, str] = {
    "_ms": "ms",
    "_us_per_event": "us",
    "share_of_a_core": "%",
    "rss_mb": "MB",
    "events_per_s": "1/s",
    "_s": "s",
}
"""By the end of a figure's name, the first that fits; the others are counts of records."""


def beside(measured: Mapping[str, Sequence[Figures]]) -> list[Measured]:
    """Set each figure of a peer beside ours; the last line counts on how many we are ahead or level."""
    if not measured[OURS]:
        raise NotMeasured("our own relay was not measured")
    all_of_them = {name: _together(turns) for name, turns in measured.items() if turns}
    ours = all_of_them.pop(OURS)
    lines = [Measured(name=f"{OURS}.{name}", value=value, unit=_unit(name)) for name, value in ours.items()]
    ahead = compared = 0
    for peer, theirs in all_of_them.items():
        lines += [_line(peer, name, value, ours[name]) for name, value in theirs.items()]
        compared += len(theirs)
        ahead += sum(_is_ahead(name, ours[name], value) for name, value in theirs.items())
    return [*lines, Measured(name=f"{OURS}.ahead_or_level", value=ahead, unit=f"of {compared} lines")]


def _together(turns: Sequence[Figures]) -> Figures:
    """Take the median of what is measured, and the sum of what is counted."""
    return {
        name: sum(turn[name] for turn in turns) if name in COUNTS else round(median(turn[name] for turn in turns), 2)
        for name in turns[0]
    }


def _line(peer: str, name: str, theirs: float, ours: float) -> Measured:
    ratio = round(theirs / ours, 2) if ours and name not in COUNTS else None
    return Measured(name=f"{peer}.{name}", value=theirs, unit=_unit(name), reference=f"{OURS}.{name}", ratio=ratio)


def _is_ahead(name: str, ours: float, theirs: float) -> bool:
    return ours >= theirs if name.endswith("events_per_s") else ours <= theirs


def _unit(name: str) -> str:
    return next((unit for end, unit in UNITS.items() if name.endswith(end)), "records")


_BACKENDS = """
SELECT pid FROM pg_stat_activity
 WHERE datname = current_database() AND (usename = $1 OR application_name LIKE 'Debezium%')
"""

"""The API as shipped against its bound: pgbench saying the same to PostgreSQL under the same row security.

What counts is processor time, from the kernel's counters, on the dearer side: of the application (or pgbench) and of
PostgreSQL's sessions that serve it, whichever takes more.  Who else uses the machine does not come into it.  Variants
take turns in a new order each round; figures are medians of the rounds.
"""

import asyncio
import json
import os
import random
import secrets
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from ctypes import c_longlong
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median

import asyncpg

from bench import bare, collector, ground, heard, pgbench
from bench.closed import Load, request
from bench.cpu import spent_ns
from bench.figures import Measured, percentile, tell
from bench.ground import Ground
from bench.heard import Talk
from stack.ports import Ports
from stack.postgres import find_binaries
from stack.processes import listens

ROUNDS = 7
WARM_UP_S = 1.0
MEASURED_S = 2.0
KINDS = ("post", "get", "list")
TRACED = 0.05
"""Of the requests, as the gateway decides it."""

_spawn = get_context("spawn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one request or transaction has cost, and how long it took (only requests are timed)."""

    own_us: float
    database_us: float
    p50_ms: float = 0.0
    p99_ms: float = 0.0

    @property
    def dearer_us(self) -> float:
        return max(self.own_us, self.database_us)


@dataclass(frozen=True, slots=True)
class Going:
    """A variant at work: its process, how many it has answered, and how long each took."""

    pid: int
    answered: Callable[[], Awaitable[int]]
    waited_s: Sequence[float] = ()


Start = Callable[[], AbstractAsyncContextManager[Going]]
Costs = Mapping[tuple[str, str], Sequence[Cost]]
"""By kind of request and variant, in the order of the rounds."""


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything that is up while this is measured."""

    ground: Ground
    talks: Mapping[str, Talk]
    bearer: Mapping[str, str]
    organisation_id: str
    ports: Mapping[str, int]
    pids: Mapping[str, int]
    binaries: Path

    def variants(self, kind: str) -> Mapping[str, Start]:
        talk, url = self.talks[kind], self.ground.url
        speaking = pgbench.asking_as(url("alone"), talk)
        return {
            "pgbench": partial(self._bound, url("pgbench"), pgbench.whole(talk)),
            "alone": partial(self._bound, speaking, pgbench.alone(talk)),
            "loop": partial(self._looped, talk),
            "bare": partial(self._asked, "bare", partial(_bare, kind)),
            "untraced": partial(self._asked, "untraced", partial(self._ask, kind, sampled=0)),
            "shipped": partial(self._asked, "shipped", partial(self._ask, kind, sampled=TRACED)),
        }

    @asynccontextmanager
    async def _bound(self, url: str, script: pgbench.Script) -> AsyncIterator[Going]:
        async with pgbench.running(self.binaries, url, script, self.ground.folder) as running:
            yield Going(running.pid, running.answered)

    @asynccontextmanager
    async def _looped(self, talk: Talk) -> AsyncIterator[Going]:
        done = _spawn.RawValue(c_longlong, 0)
        process = _spawn.Process(target=bare.loop, args=(self.ground.url("loop"), talk, done), daemon=True)
        process.start()
        assert process.pid is not None  # noqa: S101 - it was started
        answered = _at_once(lambda: int(done.value))
        try:
            await ground.until(lambda: _begun(answered))
            yield Going(process.pid, answered)
        finally:
            process.kill()
            process.join()

    @asynccontextmanager
    async def _asked(self, name: str, request: Callable[[], bytes]) -> AsyncIterator[Going]:
        async with Load(f"http://127.0.0.1:{self.ports[name]}", request) as load:
            yield Going(self.pids[name], _at_once(load.answered), load.waited_s)

    def _ask(self, kind: str, *, sampled: float) -> bytes:
        target = {"get": f"{heard.ORGANISATIONS}/{self.organisation_id}", "list": heard.PAGE}
        if kind != "post":
            return request("GET", target[kind], self.bearer, sampled=sampled)
        headers = {**self.bearer, "content-type": "application/json", "idempotency-key": secrets.token_hex(16)}
        return request("POST", heard.ORGANISATIONS, headers, _creation(), sampled=sampled)


async def measure(environ: Mapping[str, str]) -> None:
    """Measure every variant of every kind of request, in rounds."""
    async with _up(environ["DATABASE_URL"]) as bench:
        connection = await asyncpg.connect(bench.ground.address)
        costs: dict[tuple[str, str], list[Cost]] = {}
        for _ in range(ROUNDS):
            bearer = await ground.bearer(f"http://127.0.0.1:{bench.ports['shipped']}", ground.SECRET)
            for kind in KINDS:
                for name, start in _shuffled(replace(bench, bearer=bearer).variants(kind)):
                    costs.setdefault((kind, name), []).append(await _cost(connection, name, start))
        await connection.close()
    tell(list(_told(costs)))


@asynccontextmanager
async def _up(admin_url: str) -> AsyncIterator[Bench]:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        there = await stack.enter_async_context(ground.prepared(admin_url, folder))
        ports = Ports(folder / "ports.json")
        given = {name: ports.named(name) for name in ("bare", "untraced", "shipped")}
        spans = await stack.enter_async_context(collector.listening())
        traced = {"OTLP_ENDPOINT": spans, "TRACE_SAMPLE_RATIO": str(TRACED)}
        serve = partial(ground.served, there)
        pids = {
            "untraced": await stack.enter_async_context(serve("untraced", given["untraced"], TRACE_SAMPLE_RATIO="0")),
            "shipped": await stack.enter_async_context(serve("shipped", given["shipped"], **traced)),
        }
        bearer = await ground.bearer(f"http://127.0.0.1:{given['shipped']}", ground.SECRET)
        async with heard.listening(there.environment("heard", given["shipped"])) as ear:
            creation, made = await ear.creation(bearer)
            await there.fill()
            one = f"{heard.ORGANISATIONS}/{made}"
            talks = {
                "post": creation,
                "get": await ear.reading(bearer, one),
                "list": await ear.reading(bearer, heard.PAGE),
            }
        process = _spawn.Process(target=bare.serve, args=(there.url("bare"), talks, given["bare"]), daemon=True)
        process.start()
        stack.callback(process.kill)
        await ground.until(partial(listens, given["bare"]))
        pids["bare"] = process.pid or 0
        yield Bench(there, talks, bearer, made, given, pids, find_binaries(os.environ))


async def _cost(connection: "asyncpg.Connection[asyncpg.Record]", name: str, start: Start) -> Cost:
    """Let a variant run, look at it twice, and say what it has cost in between."""
    async with start() as going:
        await asyncio.sleep(WARM_UP_S)
        begun = await going.answered()
        sessions = await _sessions(connection, name)
        own, database = spent_ns([going.pid]), spent_ns(sessions)
        await asyncio.sleep(MEASURED_S)
        ended = await going.answered()
        own, database = spent_ns([going.pid]) - own, spent_ns(sessions) - database
        waited_ms = [1000 * one for one in going.waited_s[begun:ended]]
    count = ended - begun
    return Cost(
        own_us=own / count / 1000,
        database_us=database / count / 1000,
        p50_ms=percentile(waited_ms, 0.50) if waited_ms else 0.0,
        p99_ms=percentile(waited_ms, 0.99) if waited_ms else 0.0,
    )


async def _sessions(connection: "asyncpg.Connection[asyncpg.Record]", name: str) -> list[int]:
    rows = await connection.fetch("SELECT pid FROM pg_stat_activity WHERE application_name = $1", name)
    return [row["pid"] for row in rows]


def _told(costs: Costs) -> Iterator[Measured]:
    for kind in KINDS:
        shipped = costs[kind, "shipped"]
        for name in ("pgbench", "alone", "loop", "bare"):
            reference = f"api.{kind}.{name}_cpu_us"
            yield _figure(reference, median(one.dearer_us for one in costs[kind, name]), "µs")
        yield _figure(f"api.{kind}.cpu_us", median(one.own_us for one in shipped), "µs")
        yield _figure(f"api.{kind}.database_cpu_us", median(one.database_us for one in shipped), "µs")
        yield _against(costs, kind, "shipped", "pgbench", f"api.{kind}.cpu_ratio")
        yield _against(costs, kind, "shipped", "alone", f"api.{kind}.cpu_ratio_to_statement")
        yield _against(costs, kind, "shipped", "bare", f"api.{kind}.cpu_ratio_to_bare")
        yield _against(costs, kind, "bare", "pgbench", f"api.{kind}.bare_cpu_ratio")
        p50, p99 = median(one.p50_ms for one in shipped), median(one.p99_ms for one in shipped)
        yield _figure(f"api.{kind}.p50_ms", p50, "ms")
        yield Measured(
            name=f"api.{kind}.p99_ms",
            value=round(p99, 2),
            unit="ms",
            reference=f"api.{kind}.p50_ms",
            ratio=round(p99 / p50, 2),
        )
    yield from _tracing(costs)


def _tracing(costs: Costs) -> Iterator[Measured]:
    """Relate the application's own time with a twentieth of the requests traced to that with none."""
    for kind in KINDS:
        rounds = zip(costs[kind, "untraced"], costs[kind, "shipped"], strict=True)
        ratio = round(median(traced.own_us / without.own_us for without, traced in rounds), 3)
        name = "api.tracing_5.cpu_ratio" if kind == "get" else f"api.{kind}.tracing_5.cpu_ratio"
        yield Measured(name=name, value=ratio, unit="ratio", reference=f"api.{kind}.cpu_us", ratio=ratio)


def _against(costs: Costs, kind: str, ours: str, bound: str, name: str) -> Measured:
    """Relate a bound to a variant, round by round: 1 is as cheap as the bound, 0.5 twice as dear."""
    rounds = zip(costs[kind, bound], costs[kind, ours], strict=True)
    ratio = median(reference.dearer_us / one.dearer_us for reference, one in rounds)
    reference = f"api.{kind}.{bound}_cpu_us"
    return Measured(name=name, value=round(ratio, 3), unit="ratio", reference=reference, ratio=round(ratio, 3))


def _figure(name: str, value: float, unit: str) -> Measured:
    return Measured(name=name, value=round(value, 2), unit=unit)


def _shuffled(variants: Mapping[str, Start]) -> Sequence[tuple[str, Start]]:
    return random.sample(list(variants.items()), len(variants))


def _at_once(answered: Callable[[], int]) -> Callable[[], Awaitable[int]]:
    async def told() -> int:
        return answered()

    return told


async def _begun(answered: Callable[[], Awaitable[int]]) -> bool:
    return await answered() > 0


def _bare(kind: str) -> bytes:
    return request("POST", "/post", {}, _creation()) if kind == "post" else request("GET", f"/{kind}", {})


def _creation() -> bytes:
    return json.dumps(heard.body(heard.Numbers.drawn())).encode()

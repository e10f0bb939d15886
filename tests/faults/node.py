"""The processes under test: the relay and a reader, as production runs them, where a signal can reach them.

They are forked from a process that has loaded everything, so that five hundred deaths cost five hundred forks; one that
needs an environment of its own is started from nothing.  Each dies with the process that forked it.
"""

import asyncio
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn
import uvloop
from starlette.applications import Starlette

from common import consumer, database, relay, service, telemetry
from common.health import Health
from reporting.consumers import GROUP as FIGURES
from stack.processes import bound_to
from tests.faults import projection
from tests.waiting import until

_fork = multiprocessing.get_context("forkserver")
_fork.set_forkserver_preload([__name__])


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a reader is told: its group, its database, where its door for supervisors is, and what goes wrong in it."""

    group: str
    dsn: str
    settings: consumer.Settings
    since: Mapping[str, int]
    metrics_port: int = 0
    slow_s: float = 0
    fails_on: str = ""
    pool: int = 4
    watched: bool = False


def lead(settings: relay.Settings) -> None:
    """Be a relay, until killed or told to stop."""
    _run(relay.run(settings))


def read(reading: Reading) -> None:
    """Be a reader, until killed or told to stop."""
    _run(_read(reading))


async def _read(reading: Reading) -> None:
    opened = await database.connect(reading.dsn, size_max=reading.pool)
    group = consumer.Group(
        name=reading.group,
        listeners=projection.listeners(since=reading.since, slow_s=reading.slow_s, fails_on=reading.fails_on),
        watched=frozenset({projection.FACTS} if reading.watched else ()),
        hands=FIGURES.hands,
    )
    async with _door(reading.metrics_port, opened):
        await consumer.run(group, database=opened, settings=reading.settings)


@asynccontextmanager
async def _door(port: int, opened: database.Database) -> AsyncIterator[None]:
    """Say at a worker's own addresses whether this one is ready, and its metrics; without a port, nothing."""
    health = Health(service.checks(projection.SERVICE, lambda: opened))
    health.started = True
    app = Starlette(routes=health.routes())
    quiet: dict[str, Any] = {"log_config": None, "access_log": False, "ws": "none", "lifespan": "off"}
    server = _Door(uvicorn.Config(app, port=port, timeout_graceful_shutdown=1, **quiet))
    serving = asyncio.create_task(server.serve()) if port else None
    try:
        yield
    finally:
        if serving is not None:
            server.should_exit = True
            await serving


class _Door(uvicorn.Server):
    """A server that leaves signals to the process it is in."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _run(what: Any) -> None:
    telemetry.start("faults", log_format="json", otlp_endpoint="", sample_ratio=0)

    async def until_told() -> None:
        task = asyncio.ensure_future(what)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        await asyncio.wait([task])

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(until_told())


@dataclass(slots=True)
class Node:
    """One such process."""

    process: Any
    log: Path
    metrics_port: int = 0

    @property
    def pid(self) -> int:
        found: int = self.process.pid
        return found

    @property
    def ended(self) -> bool:
        code = self.process.poll() if isinstance(self.process, subprocess.Popen) else self.process.exitcode
        return code is not None

    async def kill(self) -> None:
        self._signal(signal.SIGKILL)
        await until(lambda: self.ended)

    async def stop(self) -> None:
        self._signal(signal.SIGTERM)
        await until(lambda: self.ended)

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def end(self) -> None:
        self._signal(signal.SIGKILL)
        self.process.wait(10) if isinstance(self.process, subprocess.Popen) else self.process.join(10)

    def lines(self) -> list[dict[str, Any]]:
        """Read what it has said."""
        said = self.log.read_text(encoding="utf-8", errors="replace").splitlines() if self.log.exists() else []
        return [json.loads(line) for line in said if line.startswith("{") and line.endswith("}")]

    def said(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.lines() if line.get("event") == event]

    def _signal(self, what: signal.Signals) -> None:
        if not self.ended:
            os.kill(self.pid, what)


def forked(run: Callable[[Any], None], given: object, log: Path) -> Node:
    """Fork a node."""
    process = _fork.Process(target=_in_log, args=(run, given, str(log)), daemon=True)
    process.start()
    return Node(process, log)


def _in_log(run: Callable[[Any], None], given: object, log: str) -> None:
    bound_to(os.getppid(), signal.SIGKILL)()
    words = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(words, 1)
    os.dup2(words, 2)
    run(given)


def started(run: Callable[[Any], None], given: Any, log: Path, environ: Mapping[str, str]) -> Node:
    """Start a node in an environment of its own."""
    words: Sequence[str] = [sys.executable, "-m", __name__, run.__name__, json.dumps(asdict(given))]
    with log.open("ab") as file:
        process = subprocess.Popen(
            words,
            env={**os.environ, **environ},
            stdout=file,
            stderr=file,
            preexec_fn=bound_to(os.getpid(), signal.SIGKILL),  # noqa: PLW1509 - it only asks for a signal
        )
    return Node(process, log)


def main(kind: str, given: dict[str, Any]) -> None:
    if late := os.environ.get("FAULTS_CLOCK"):
        vars(time)["time"] = partial(_late, time.time, float(late))
    if kind == lead.__name__:
        lead(relay.Settings(**given))
    else:
        read(Reading(**{**given, "settings": consumer.Settings(**given["settings"])}))


def _late(right: Callable[[], float], seconds: float) -> float:
    return right() + seconds


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))

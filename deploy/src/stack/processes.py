"""Processes kept alive together: started in order, started again when they die, taken down with their launcher.

Three things hold even when the launcher is killed without warning: the kernel sends each child its death signal, each
child leads a process group of its own, and the next start finds in the state folder what might be left.
"""

import asyncio
import ctypes
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from signal import Signals

from stack.folder import Folder, identity

PAUSE_BEFORE_RESTART_S = 1.0
PROBE_EVERY_S = 0.05
DEATHS_BEFORE_READY = 3
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class NotReady(Exception):
    """A program did not become ready in time; the text carries the end of its log."""


async def _at_once() -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Whose rights a program runs with, when the launcher is root."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What to run, how to know that it is ready, and how it wants to be stopped."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    ready: Callable[[], Awaitable[bool]] = _at_once
    ready_within_s: float = 60
    stop: Signals = signal.SIGTERM
    grace_s: float = 24  # an API is unready for 2.5 s, and has 20 s for what is in hand
    on_launcher_death: Signals = signal.SIGKILL
    user: User | None = None


@dataclass(slots=True)
class Supervisor:
    """Runs the programs of one state folder."""

    folder: Folder
    said: Callable[[str], None]
    _running: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)
    _keepers: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _programs: dict[str, Program] = field(default_factory=dict)
    _order: list[list[str]] = field(default_factory=list)
    _deaths: Counter[str] = field(default_factory=Counter)

    async def start(self, *programs: Program) -> None:
        """Start these side by side, and come back when all are ready.

        Cut short at any of them, those before it are stopped by `stop` as they want to be.
        """
        together: list[str] = []
        self._order.append(together)
        for program in programs:
            _turn_over(self.log(program.name))
            await self._spawn(program)
            self._programs[program.name] = program
            self._keepers[program.name] = asyncio.create_task(self._keep(program), name=f"keep {program.name}")
            together.append(program.name)
            self._remember()
        await asyncio.gather(*(self._until_ready(program) for program in programs))

    async def stop(self) -> None:
        """Take everything down, the last started first; what does not go by itself is killed."""
        for names in reversed(self._order):
            await asyncio.gather(*(self._end(name) for name in names))
        self._order.clear()
        self.folder.remember({})

    def kill(self) -> None:
        """Take everything down at once, without asking."""
        for process in self._running.values():
            _signal_group(process.pid, signal.SIGKILL)

    def log(self, name: str) -> Path:
        return self.folder.logs / f"{name}.log"

    async def _spawn(self, program: Program) -> None:
        self._running[program.name] = await _spawn(program, log=self.log(program.name))

    def _remember(self) -> None:
        self.folder.remember({name: process.pid for name, process in self._running.items()})

    async def _keep(self, program: Program) -> None:
        """Start the program again whenever it dies, until its keeper is cancelled."""
        while True:
            process = self._running[program.name]
            code = await process.wait()
            self._deaths[program.name] += 1
            self.said(f"{program.name} ended ({_exit(code)}); again in {PAUSE_BEFORE_RESTART_S:.0f} s")
            _signal_group(process.pid, signal.SIGKILL)
            del self._running[program.name]
            await self._restart(program)

    async def _restart(self, program: Program) -> None:
        """Start it again, however often that takes: a full disk is no reason to leave it down once there is room."""
        while program.name not in self._running:
            await asyncio.sleep(PAUSE_BEFORE_RESTART_S)
            try:
                await self._spawn(program)
                self._remember()
            except OSError as error:
                self.said(f"{program.name}: {error}")

    async def _until_ready(self, program: Program) -> None:
        deadline = time.monotonic() + program.ready_within_s
        while not await program.ready():
            if time.monotonic() > deadline or self._deaths[program.name] >= DEATHS_BEFORE_READY:
                end = last_lines(self.log(program.name))
                raise NotReady(f"{program.name} did not become ready:\n{end}")
            await asyncio.sleep(PROBE_EVERY_S)

    async def _end(self, name: str) -> None:
        keeper = self._keepers.pop(name)
        keeper.cancel()
        with suppress(asyncio.CancelledError):
            await keeper
        process, program = self._running.pop(name, None), self._programs.pop(name)
        if process is None:  # it had died, and was not started again yet
            return
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.send_signal(program.stop)
            try:
                await asyncio.wait_for(process.wait(), program.grace_s)
            except TimeoutError:
                self.said(f"{name} did not stop within {program.grace_s:.0f} s: killed")
        _signal_group(process.pid, signal.SIGKILL)
        await process.wait()


async def end_left_behind(folder: Folder, *, within_s: float = 10) -> None:
    """Wait for what a killed launcher left to follow it; help it along at the deadline."""
    deadline = time.monotonic() + within_s
    while left := folder.left_behind():
        if time.monotonic() > deadline:
            for pid in left.values():
                _signal_group(pid, signal.SIGKILL)
        await asyncio.sleep(PROBE_EVERY_S)


async def ended(pid: int, *, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while identity(pid) is not None:
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(PROBE_EVERY_S)
    return True


async def listens(port: int) -> bool:
    """Whether somebody accepts connections on this loopback port."""
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), 1)
    except (OSError, TimeoutError):
        return False
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return True


async def answers_ok(port: int, path: str) -> bool:
    """Whether an HTTP server on this loopback port answers 200."""
    try:
        reader, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), 1)
        writer.write(f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n".encode())
        status = await asyncio.wait_for(reader.readline(), 1)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return b" 200 " in status


async def run_to_end(
    command: Sequence[str], environment: Mapping[str, str], *, log: Path, user: User | None = None
) -> None:
    """Run a command that ends by itself, its words in a log."""
    process = await _spawn(Program(name=command[0], command=command, environment=environment, user=user), log=log)
    try:
        code = await process.wait()
    except asyncio.CancelledError:
        _signal_group(process.pid, signal.SIGKILL)
        raise
    if code:
        raise NotReady(f"{' '.join(command[:3])} … failed ({_exit(code)}):\n{last_lines(log)}")


@asynccontextmanager
async def running(program: Program, *, log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a program while the block lasts, and let it stop as it wants to; nobody starts it again."""
    process = await _spawn(program, log=log)
    try:
        yield process
        process.send_signal(program.stop)
        await asyncio.wait_for(process.wait(), program.grace_s)
    finally:
        _signal_group(process.pid, signal.SIGKILL)
        await process.wait()


async def run_in_sight(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command that ends by itself where one can see and interrupt it; return its code."""
    process = await asyncio.create_subprocess_exec(
        *command, env=dict(environment), preexec_fn=bound_to(os.getpid(), signal.SIGKILL)
    )
    try:
        return await process.wait()
    except asyncio.CancelledError:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        raise


async def _spawn(program: Program, *, log: Path) -> asyncio.subprocess.Process:
    user = program.user
    with log.open("ab") as words:
        return await asyncio.create_subprocess_exec(
            *program.command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=words,
            stderr=words,
            cwd="/",
            env=dict(program.environment),
            start_new_session=True,
            preexec_fn=bound_to(os.getpid(), program.on_launcher_death),
            user=None if user is None else user.uid,
            group=None if user is None else user.gid,
            extra_groups=None if user is None else [],
        )


def bound_to(parent: int, death_signal: Signals) -> Callable[[], None]:
    """Make what a child does first: ask the kernel for a signal when its parent dies."""

    def bind() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != parent:  # it died between the fork and here
            os._exit(1)

    return bind


def _signal_group(pid: int, what: Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, what)


def _turn_over(log: Path) -> None:
    """Begin a new log; the previous one stays beside it."""
    with suppress(FileNotFoundError):
        log.replace(log.with_suffix(".previous.log"))


def last_lines(log: Path, count: int = 15) -> str:
    try:
        lines: Iterable[str] = log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:]
    except FileNotFoundError:
        lines = ["(no log)"]
    return "\n".join(f"  {line}" for line in lines)


def _exit(code: int) -> str:
    return f"signal {Signals(-code).name}" if code < 0 else f"exit {code}"

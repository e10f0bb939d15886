"""What experiments do to the processes of a house, and what they read of them."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.conftest import House

PAGE = os.sysconf("SC_PAGE_SIZE")


def family(pid: int) -> list[int]:
    """List a process and all that it has started."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return [pid]
    return [pid, *(one for child in children for one in family(int(child)))]


@contextmanager
def apart(house: House) -> Iterator[None]:
    """Give this process one core, and the house all the others: what it costs to ask is not what the house can do.

    Where there is one core only, both share it.
    """
    every, launcher = os.sched_getaffinity(0), house.folder.launcher()
    assert launcher is not None
    parts = {launcher}.union(*(family(pid) for pid in house.processes().values()))
    mine = {max(every)}
    _keep_to(mine, {os.getpid()})
    _keep_to(every - mine or every, parts)
    try:
        yield
    finally:
        _keep_to(every, {os.getpid(), *parts})


def _keep_to(cores: set[int], pids: set[int]) -> None:
    """Let each thread of these processes run there only; what they start later stays there with them."""
    for thread in (int(one.name) for pid in pids for one in Path(f"/proc/{pid}/task").glob("*")):
        with suppress(ProcessLookupError):
            os.sched_setaffinity(thread, cores)


def send(pids: list[int], what: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, what)


@contextmanager
def frozen(house: House, name: str) -> Iterator[None]:
    """Stop a process and its children where they stand: connections stay open, and nobody answers."""
    stopped = family(house.processes()[name])
    send(stopped, signal.SIGSTOP)
    try:
        yield
    finally:
        send(stopped, signal.SIGCONT)


@contextmanager
def gone(house: House, name: str) -> Iterator[None]:
    """Kill a process and its children: who connects is refused, until the launcher may start it again."""
    launcher = house.folder.launcher()
    assert launcher is not None
    send([launcher], signal.SIGSTOP)
    try:
        send(family(house.processes()[name]), signal.SIGKILL)
        yield
    finally:
        send([launcher], signal.SIGCONT)


def kill(house: House, name: str) -> int | None:
    """Kill -9 one process, if it is there; the launcher starts it again."""
    pid = house.processes().get(name)
    if pid is not None:
        send([pid], signal.SIGKILL)
    return pid


def apis(house: House) -> dict[str, int]:
    return {name: pid for name, pid in house.processes().items() if "-api" in name}


def services(house: House) -> dict[str, int]:
    """Name every process of ours."""
    return apis(house) | {name: pid for name, pid in house.processes().items() if name.endswith("-worker")}


def megabytes(pids: dict[str, int]) -> dict[str, float]:
    """Say how much memory each process holds."""
    return {name: int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 1e6 for name, pid in pids.items()}


def open_files(pids: dict[str, int]) -> dict[str, int]:
    return {name: len(list(Path(f"/proc/{pid}/fd").iterdir())) for name, pid in pids.items()}

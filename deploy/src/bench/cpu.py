"""What processes have cost, by the kernel's own counters: neighbours cannot add to them."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

GONE = FileNotFoundError, ProcessLookupError
KIB_IN_MB = 1_048_576 / 1024


def spent_ns(pids: Iterable[int]) -> int:
    """Add up the time on a processor of every thread of these processes."""
    return sum(_thread(status) for pid in pids for status in Path(f"/proc/{pid}/task").glob("*/schedstat"))


def resident_mb(pid: int) -> float:
    """Say what a process holds in memory, with what its children hold besides what they share with it."""
    kib = _status(pid, "VmRSS") + sum(_status(child, "RssAnon") for child in _below(pid))
    return round(kib / KIB_IN_MB, 1)


def _thread(status: Path) -> int:
    with suppress(*GONE):
        return int(status.read_text(encoding="ascii").split()[0])
    return 0


def _status(pid: int, name: str) -> int:
    with suppress(*GONE):
        for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1])
    return 0


def _below(pid: int) -> list[int]:
    children: list[int] = []
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(*GONE):
            children += map(int, listed.read_text(encoding="ascii").split())
    return children + [below for child in children for below in _below(child)]

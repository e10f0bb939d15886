"""What is measured on, told before anything is: figures of two runs compare as far as their machines do."""

import os
import platform
from contextlib import suppress
from pathlib import Path

from bench.figures import Measured


def machine() -> list[Measured]:
    """Describe it: what we may use of it, and how many processes wanted to run in the minute before."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return [
        Measured(name="machine.processors", value=len(os.sched_getaffinity(0)), unit=_model()),
        Measured(name="machine.memory_gb", value=round(memory / 2**30, 1), unit="GB"),
        Measured(name="machine.load_before", value=round(os.getloadavg()[0], 1), unit="processes"),
    ]


def _model() -> str:
    """Name the processor as the kernel does; where it does not, by its kind."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()

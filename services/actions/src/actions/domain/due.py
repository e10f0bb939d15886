"""What one run of the timers has done."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TimersRun:
    """How many files and actions time has moved."""

    lapsed_files: int
    started_actions: int
    lapsed_actions: int

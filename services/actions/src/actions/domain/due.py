"""What one look at the clock has moved."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """How many files and actions time has moved."""

    lapsed_files: int
    started_actions: int
    lapsed_actions: int

"""A measured figure, and how it is told: one JSON line for machines, one row for people."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import ceil, isinf


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A figure with its unit; `ratio` is to `reference`, a figure of the same run, where there is one."""

    name: str
    value: float
    unit: str
    reference: str | None = None
    ratio: float | None = None


def percentile(values: Sequence[float], share: float) -> float:
    """Take the nearest-rank percentile; `share` is between 0 and 1."""
    ranked = sorted(values)
    return ranked[max(0, ceil(share * len(ranked)) - 1)]


def quantile(within: Mapping[float, float], share: float) -> float:
    """Estimate a quantile as Prometheus does, of how many were within each limit: straight between two limits."""
    limits = sorted(within)
    wanted = share * within[limits[-1]]
    below, counted = 0.0, 0.0
    for limit in limits:
        if within[limit] >= wanted:
            inside = within[limit] - counted
            return below if isinf(limit) or not inside else below + (limit - below) * (wanted - counted) / inside
        below, counted = limit, within[limit]
    return below


def tell(figures: Sequence[Measured]) -> None:
    for figure in figures:
        sys.stdout.write(json.dumps(asdict(figure)) + "\n")
    sys.stdout.flush()

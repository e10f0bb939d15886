"""How seldom the garbage collector looks: what a process makes is mostly gone before it could be looked at."""

import gc

THRESHOLDS = (50_000, 20, 20)
"""Rarely, and never at what the start made: that halves the slow answers, and takes a third off a backlog's cost."""


def settle() -> None:
    """Take what the start has made out of the collector's sight, and let it look seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)

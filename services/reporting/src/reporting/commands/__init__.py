"""The verbs of reporting: count what is heard, learn what codes are called, announce, close days, answer, compare."""

from reporting.commands.announcing import announce_changes
from reporting.commands.answering import Asked, answer, trace
from reporting.commands.closing import close_day
from reporting.commands.counting import count, know
from reporting.commands.learning import learn_coordinations, learn_organisations, learn_territories
from reporting.commands.reconciling import Comparing, check, compare, hear_checkpoints

__all__ = [
    "Asked",
    "Comparing",
    "announce_changes",
    "answer",
    "check",
    "close_day",
    "compare",
    "count",
    "hear_checkpoints",
    "know",
    "learn_coordinations",
    "learn_organisations",
    "learn_territories",
    "trace",
]

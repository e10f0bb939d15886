"""The verbs of reporting: count what is heard, learn what codes are called, announce, close the day, answer."""

from reporting.commands.announcing import announce_changes
from reporting.commands.answering import Asked, answer, trace
from reporting.commands.closing import close_day
from reporting.commands.counting import count
from reporting.commands.learning import learn_coordinations, learn_organisations, learn_territories

__all__ = [
    "Asked",
    "announce_changes",
    "answer",
    "close_day",
    "count",
    "learn_coordinations",
    "learn_organisations",
    "learn_territories",
    "trace",
]

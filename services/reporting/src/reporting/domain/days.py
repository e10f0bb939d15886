"""The national day: definitions change with it, and breakdowns are published at its end."""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

PARIS: Final = ZoneInfo("Europe/Paris")
"""A national day begins at midnight in Paris, whatever hour it is overseas."""


def national_day(at: datetime) -> date:
    """Say which day it is for the nation; `at` has its offset."""
    return at.astimezone(PARIS).date()

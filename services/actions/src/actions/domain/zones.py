"""Which clock is read where (L02): the time zone of a place by its département, and that of a region's own campaigns.

The record in force on a day says which clock is read on it, and the zone's data how it went.  A day before the first
record has the clock of the first: clocks were read then too.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from actions.domain.rules import RULES
from common.contracts.rules import SINCE, Rule, versions

_PARIS = "75"
"""The département whose clock is read wherever the record names none."""

_ONLY_DEPARTMENT: Mapping[str, str] = {"01": "971", "02": "972", "03": "973", "04": "974", "06": "976"}
"""The regions overseas, each of one département (Code officiel géographique)."""


def of_department(department: str, day: date, records: Sequence[Rule] = RULES) -> str:
    clocks = _law(day, records).sets.items()
    return next(zone for one in (department, _PARIS) for zone, named in clocks if one in named)


def of_region(region: str, day: date, records: Sequence[Rule] = RULES) -> str:
    return of_department(_ONLY_DEPARTMENT.get(region, _PARIS), day, records)


def of_the_nation(day: date) -> str:
    """Name the clock by which days are counted where no place is named."""
    return of_department(_PARIS, day)


def of_regions(records: Sequence[Rule] = RULES) -> frozenset[str]:
    """List every clock that a region has had or will have, as far as it is known."""
    first_days = [one.valid_from for one in versions(records, "L02") if not one.corrected]
    return frozenset(
        of_department(one, day, records) for one in (_PARIS, *_ONLY_DEPARTMENT.values()) for day in first_days
    )


def _law(day: date, records: Sequence[Rule]) -> Rule:
    """Find the newest record that has begun by then; versions follow one another without a gap."""
    *_, newest = (one for one in versions(records, "L02") if not one.corrected and one.valid_from <= max(day, SINCE))
    return newest

"""Which clock is read where (L02): the time zone of a place by its département, and that of a region's own campaigns.

A clock is asked for on no day of its own: the newest record says which one it is, and the zone's data how it went.
"""

from collections.abc import Mapping

from actions.domain.rules import RULES
from common.contracts.rules import versions

PARIS = "Europe/Paris"

OF_DEPARTMENTS: Mapping[str, str] = {
    department: zone for zone, departments in versions(RULES, "L02")[-1].sets.items() for department in departments
}
"""What is not named here keeps the time of Paris."""

_ONLY_DEPARTMENT: Mapping[str, str] = {"01": "971", "02": "972", "03": "973", "04": "974", "06": "976"}
"""The regions overseas, each of one département (Code officiel géographique)."""

OF_REGIONS: Mapping[str, str] = {region: OF_DEPARTMENTS[only] for region, only in _ONLY_DEPARTMENT.items()}


def of_department(department: str) -> str:
    return OF_DEPARTMENTS.get(department, PARIS)


def of_region(region: str) -> str:
    return OF_REGIONS.get(region, PARIS)

"""A country for the bench: regions with départements, a coordination each, its funders, a call a year."""

import random
from uuid import UUID

YEARS = range(2021, 2026)
REGIONS = {
    "11": ("75", "77", "92", "93", "94"),
    "24": ("18", "28", "37", "45"),
    "27": ("21", "25", "58", "71"),
    "28": ("14", "27", "50", "76"),
    "32": ("02", "59", "60", "62"),
    "44": ("51", "54", "57", "67"),
    "52": ("44", "49", "72", "85"),
    "53": ("22", "29", "35", "56"),
    "75": ("16", "33", "86", "87"),
    "76": ("31", "34", "66", "81"),
    "84": ("26", "38", "63", "69"),
    "93": ("06", "13", "83", "84"),
}
"""Regions with some of their départements; each has a coordination, a call a year and twelve funders."""

FUNDERS = 12


def new_id(luck: random.Random) -> UUID:
    return UUID(int=luck.getrandbits(128), version=4)


_NAMED = random.Random(0)  # noqa: S311 - names, not secrets
COORDINATIONS = {region: new_id(_NAMED) for region in REGIONS}
CALLS = [(new_id(_NAMED), region, year) for region in REGIONS for year in YEARS]
FUNDING = {region: [new_id(_NAMED) for _ in range(FUNDERS)] for region in REGIONS}

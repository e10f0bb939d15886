"""Which clock is read where: the time zone of a place by its département, and that of a region's own campaigns."""

from collections.abc import Mapping

PARIS = "Europe/Paris"

OF_DEPARTMENTS: Mapping[str, str] = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy",
    "978": "America/Marigot",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
}
OF_REGIONS: Mapping[str, str] = {
    "01": "America/Guadeloupe",
    "02": "America/Martinique",
    "03": "America/Cayenne",
    "04": "Indian/Reunion",
    "06": "Indian/Mayotte",
}
"""What is not named here keeps the time of Paris."""


def of_department(department: str) -> str:
    return OF_DEPARTMENTS.get(department, PARIS)


def of_region(region: str) -> str:
    return OF_REGIONS.get(region, PARIS)

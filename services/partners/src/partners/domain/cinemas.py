"""A cinema as a line of the CNC's list of active establishments describes it, and whether it can be where that says.

The list writes coordinates that others looked up by name: some lie in another part of the country.  They are taken only
near the centre of the municipality.  Pure.
"""

from collections.abc import Mapping
from math import asin, cos, radians, sin, sqrt
from types import MappingProxyType
from typing import TypeVar

from common.contracts.partners import ArtHouseLabel, Cinema, CinemaOperation, Coordinates
from common.errors import Invalid

W = TypeVar("W")

EARTH_KM = 6_371.0
PLAUSIBLE_KM = 50.0
"""From the centre of its municipality.  Of the list of 2025 the farthest that is right lies 15 km off, in Arles; the
nearest that is wrong, 207 km."""

OPERATIONS: Mapping[str, CinemaOperation] = MappingProxyType(
    {"FIXE": CinemaOperation.FIXED, "ITINERANT": CinemaOperation.ITINERANT}
)
CLASSIFIED: Mapping[str, bool] = MappingProxyType({"OUI": True, "NON": False})
LABELS: Mapping[str, ArtHouseLabel] = MappingProxyType(
    {
        "RD": ArtHouseLabel.RESEARCH_AND_DISCOVERY,
        "JP": ArtHouseLabel.YOUNG_AUDIENCE,
        "PR": ArtHouseLabel.HERITAGE_AND_REPERTORY,
    }
)
LETTERS = 2
"""Of a label; the list writes several one behind another: `RDJPPR`."""

COUNTED_MAX = 100_000
"""Seats, and more of them than anywhere."""


class CinemaUnreadable(Invalid):
    """Screens and seats are counted from one, and every word is one of the list's own; the detail names the cell."""

    title = "A cell of the list of cinemas cannot be read."
    titre = "Une cellule de la liste des cinémas est illisible."


def cinema(row: Mapping[str, str]) -> Cinema:
    """Read what a line says of a cinema; labels are those of one that is classified."""
    if not row["numero_auto"]:
        raise CinemaUnreadable("numero_auto: empty")
    classified = _meant(row, "art_et_essai", CLASSIFIED)
    labels = _labels(row["labels_art_et_essai_2022"])
    return Cinema(
        operation=_meant(row, "genre", OPERATIONS),
        screens=_counted(row, "ecrans"),
        seats=_counted(row, "fauteuils") if row["fauteuils"] else None,
        art_house=classified,
        labels=labels if classified else (),
        coordinates=_coordinates(row),
    )


def far_off(one: Coordinates, centre: Coordinates) -> bool:
    return distance_km(one, centre) > PLAUSIBLE_KM


def distance_km(one: Coordinates, other: Coordinates) -> float:
    """Measure along the great circle (haversine)."""
    north, south = radians(one.latitude), radians(other.latitude)
    apart = sin((south - north) / 2) ** 2
    aside = sin(radians(other.longitude - one.longitude) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(apart + cos(north) * cos(south) * aside))


def coordinates(latitude: str, longitude: str) -> Coordinates | None:
    """Read a point; one that is written in part, or that lies nowhere on earth, is none."""
    try:
        point = Coordinates(latitude=float(latitude), longitude=float(longitude))
    except ValueError:
        return None
    return point if abs(point.latitude) <= 90 and abs(point.longitude) <= 180 else None


def _coordinates(row: Mapping[str, str]) -> Coordinates | None:
    if not row["latitude"] and not row["longitude"]:
        return None
    point = coordinates(row["latitude"], row["longitude"])
    if point is None:
        raise CinemaUnreadable(f"latitude, longitude: {row['latitude']}, {row['longitude']}")
    return point


def _labels(written: str) -> tuple[ArtHouseLabel, ...]:
    parts = [written[at : at + LETTERS] for at in range(0, len(written), LETTERS)]
    if unknown := [part for part in parts if part not in LABELS]:
        raise CinemaUnreadable(f"labels_art_et_essai_2022: {unknown[0]}")
    return tuple(sorted({LABELS[part] for part in parts}))


def _counted(row: Mapping[str, str], column: str) -> int:
    written = row[column]
    if not (written.isascii() and written.isdigit() and 0 < int(written) < COUNTED_MAX):
        raise CinemaUnreadable(f"{column}: {written or 'empty'}")
    return int(written)


def _meant(row: Mapping[str, str], column: str, words: Mapping[str, W]) -> W:
    if row[column] not in words:
        raise CinemaUnreadable(f"{column}: {row[column] or 'empty'}")
    return words[row[column]]

"""Positions on the map (WGS 84): where a place of a territory can lie, and where it cannot.

A position is what somebody typed, or pointed at: it is held against the territory of its place's commune, so that one
that lies abroad, overseas by mistake, or has its two numbers swapped is refused before a map shows it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from actions.domain.refusals import CoordinatesElsewhere, CoordinatesSwapped
from common.contracts.partners import Coordinates

DECIMALS = 6
"""Some ten centimetres: nearer than anybody measures a square by."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the map in the order of RFC 7946 (§5), its sides included; it does not cross the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, position: Coordinates) -> bool:
        return self.west <= position.longitude <= self.east and self.south <= position.latitude <= self.north


METROPOLITAN = Box(-5.3, 41.2, 9.7, 51.2)
OVERSEAS: Mapping[str, Box] = MappingProxyType(
    {
        "971": Box(-61.9, 15.7, -60.9, 16.6),
        "972": Box(-61.3, 14.3, -60.7, 15.0),
        "973": Box(-54.7, 2.0, -51.5, 5.9),
        "974": Box(55.1, -21.5, 55.9, -20.8),
        "975": Box(-56.5, 46.6, -56.0, 47.2),
        "976": Box(44.9, -13.1, 45.4, -12.5),
        "977": Box(-63.0, 17.8, -62.7, 18.0),
        "978": Box(-63.2, 18.0, -62.9, 18.2),
        "986": Box(-178.3, -14.5, -176.0, -13.1),
        "987": Box(-154.9, -28.1, -134.3, -7.7),
        "988": Box(158.1, -23.0, 168.3, -17.9),
    }
)
"""Each territory overseas by its code, some ten kilometres of sea around it; all of the rest is metropolitan."""


def rounded(longitude: float, latitude: float) -> Coordinates:
    """Take a position down as it is kept; a zero has no sign."""
    return Coordinates(longitude=round(longitude, DECIMALS) + 0.0, latitude=round(latitude, DECIMALS) + 0.0)


def require_near(position: Coordinates, department: str, *, pointer: str) -> None:
    """Refuse a position that lies nowhere near its département's territory, and say so if it was swapped."""
    box = OVERSEAS.get(department, METROPOLITAN)
    if box.holds(position):
        return
    here = f"{position.longitude}, {position.latitude}"
    if box.holds(Coordinates(longitude=position.latitude, latitude=position.longitude)):
        raise CoordinatesSwapped(
            f"{here} is written latitude first: the longitude is {position.latitude}.",
            precision=f"{here} est écrit latitude d’abord : la longitude est {position.latitude}.",
            pointer=pointer,
        )
    bounds = f"{box.west} ≤ longitude ≤ {box.east}, {box.south} ≤ latitude ≤ {box.north}"
    raise CoordinatesElsewhere(
        f"{here} is not within {bounds}, where {department} lies.",
        precision=f"{here} n’est pas dans {bounds}, où se trouve {department}.",
        pointer=pointer,
    )

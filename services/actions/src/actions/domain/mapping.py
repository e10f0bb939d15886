"""Sessions as a map takes them (GeoJSON, RFC 7946).

Where nobody has said a place's position, the geometry is null, and the commune's code says where, by the year's
geography.  Of a closed circuit nobody outside gets a position, a label, a title, or a day before it was held (R41).
"""

from dataclasses import dataclass
from datetime import date, time
from typing import Literal
from uuid import UUID

from common.contracts.actions import ActionType, ClosedCircuit, SessionStatus
from common.contracts.partners import Coordinates


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A session and its action, as rows say them; `withheld`: the caller is outside its closed circuit (R41)."""

    id: UUID
    action_id: UUID
    action_type: ActionType
    title: str
    state: SessionStatus
    held_on: date
    starts_at: time
    zone: str
    municipality: str
    vintage: int
    label: str
    coordinates: Coordinates | None
    closed_circuit: ClosedCircuit | None
    withheld: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Properties:
    """What a map shows of a session, at the place's own hour."""

    action_id: UUID
    action_type: ActionType
    title: str
    state: SessionStatus
    held_on: date
    starts_at: time
    zone: str
    municipality: str
    vintage: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A position as §3.1.1 writes it: longitude first, in degrees."""

    type: Literal["Point"] = "Point"
    coordinates: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One session; its geometry is null where only its commune is known."""

    type: Literal["Feature"] = "Feature"
    id: UUID
    geometry: Point | None
    properties: Properties


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureCollection:
    """A page of sessions, by day; `next` is a foreign member (RFC 7946 §6.1), null on the last page."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: tuple[Feature, ...]
    next: str | None


def feature(pin: Pin) -> Feature:
    """Write a session as a feature, as far as the caller may know of it."""
    title, label, position = pin.title, pin.label, pin.coordinates
    if pin.withheld:
        title, label, position = pin.action_type, pin.closed_circuit or "closed_site", None
    said = Properties(
        action_id=pin.action_id,
        action_type=pin.action_type,
        title=title,
        state=pin.state,
        held_on=pin.held_on,
        starts_at=pin.starts_at,
        zone=pin.zone,
        municipality=pin.municipality,
        vintage=pin.vintage,
        label=label,
    )
    point = None if position is None else Point(coordinates=(position.longitude, position.latitude))
    return Feature(id=pin.id, geometry=point, properties=said)

"""Coordinations: which départements a DRAC appointed each for, and from which day to which."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The départements that a coordination covers, from a day to a day; there may be no last day yet."""

    departments: tuple[str, ...]
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoordinationAppointed:
    """A DRAC entrusted the scheme in some départements to an organisation."""

    TYPE: ClassVar[str] = "coordination.appointed"

    occurred_at: datetime
    coordination_id: UUID
    organisation_id: UUID
    drac_id: UUID
    region: str
    coverage: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class CoordinationChanged:
    """A coordination covers other départements, or until another day, from a day on."""

    TYPE: ClassVar[str] = "coordination.changed"

    occurred_at: datetime
    coordination_id: UUID
    organisation_id: UUID
    drac_id: UUID
    region: str
    coverage: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class CoordinationEnded:
    """A coordination covers nothing after a day."""

    TYPE: ClassVar[str] = "coordination.ended"

    occurred_at: datetime
    coordination_id: UUID
    organisation_id: UUID
    drac_id: UUID
    region: str
    ended_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CoordinationState:
    """A coordination, whole: who holds it, appointed by which DRAC, and which départements when, oldest first."""

    AGGREGATE: ClassVar[str] = "coordination"

    id: UUID
    version: int
    occurred_at: datetime
    organisation_id: UUID
    drac_id: UUID
    region: str
    coverages: tuple[Coverage, ...]
    ended_on: date | None
    deleted: bool = False

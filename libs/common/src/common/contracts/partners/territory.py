"""Territories, by vintage: areas and how they are referred to, municipalities, districts."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from common.contracts.partners.vocabulary import AreaLevel, Density, MunicipalityKind, TerritorySubject, Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A département or a region, by its code and name; the field's name says which."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaRef:
    """A code with what it is a code of and the year of the geographic code it is taken from."""

    level: AreaLevel
    code: str
    vintage: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MunicipalityRef:
    """A municipality code with the year of the geographic code it is taken from."""

    code: str
    vintage: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Intermunicipality:
    """Its form is written as the State's list does (CC, CA, CU, METRO, MET69); an EPT has no taxes of its own."""

    siren: str
    name: str
    form: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Municipality:
    """What a municipality code names in one vintage.

    `successors` not empty: the code is refused, use these (R30).  Otherwise `parent` given: a part, taken as a place
    and rolled up to its parent (R31, R32).  Otherwise a municipality of its own.  `districts` are codes of priority
    districts that lie on it, in whole or in part.
    """

    code: str
    name: str | None
    kind: MunicipalityKind
    parent: str | None = None
    successors: tuple[str, ...] = ()
    intermunicipality: str | None = None
    territorial_body: str | None = None
    population: int | None = None
    siren: str | None = None
    density: Density | None = None
    districts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class District:
    """A priority neighbourhood of the politique de la ville (QPV); `municipalities` are all that it lies on (R35)."""

    code: str
    name: str
    municipalities: tuple[str, ...]
    valid_from: date
    valid_until: date | None
    source: str
    source_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TerritorySource:
    """Where a part of a territory's description comes from, and of when it is."""

    subject: TerritorySubject
    source: str
    source_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TerritoryVintagePublished:
    """A département of one vintage is described for the first time, or anew: `subjects` say in what."""

    TYPE: ClassVar[str] = "territory.vintage_published"

    occurred_at: datetime
    territory_id: UUID
    vintage: int
    department: str
    region: str
    municipalities: int
    districts: int
    subjects: tuple[TerritorySubject, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TerritoryState:
    """A département in one vintage, whole: its municipalities, their parts and former codes, and what lies on them.

    `municipalities` holds each code once.  A part that bears the code of its own municipality is not listed: the code
    means the municipality.
    """

    AGGREGATE: ClassVar[str] = "territory"

    id: UUID
    version: int
    occurred_at: datetime
    vintage: int
    department: Area
    region: Area
    zone: Zone
    municipalities: tuple[Municipality, ...]
    intermunicipalities: tuple[Intermunicipality, ...]
    districts: tuple[District, ...]
    sources: tuple[TerritorySource, ...]
    deleted: bool = False

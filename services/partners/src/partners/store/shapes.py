"""Territories in the shapes that readers ask for."""

from dataclasses import dataclass

from common.contracts.partners import Area, Density, Intermunicipality, MunicipalityKind, Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class VintageShown:
    """A vintage that is known here, and how much of it."""

    vintage: int
    departments: int
    municipalities: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionShown:
    code: str
    name: str
    zone: Zone
    departments: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentShown:
    code: str
    name: str
    zone: Zone
    region: Area
    municipalities: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IntermunicipalityShown:
    """An intermunicipality and the départements it has members in."""

    siren: str
    name: str
    form: str
    departments: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MunicipalityShown:
    """What a code names in a vintage; `counts_under` is the municipality it is rolled up to."""

    code: str
    vintage: int
    name: str | None
    kind: MunicipalityKind
    counts_under: str | None
    parent: str | None
    successors: tuple[str, ...]
    department: Area
    region: Area
    intermunicipality: Intermunicipality | None
    territorial_body: Intermunicipality | None
    population: int | None
    siren: str | None
    density: Density | None
    districts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a code named in one vintage."""

    vintage: int
    name: str | None
    kind: MunicipalityKind
    parent: str | None
    successors: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MunicipalityFilters:
    """What a list of municipalities may be narrowed by; None: any."""

    name: str | None = None
    department: str | None = None
    region: str | None = None
    intermunicipality: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictFilters:
    """What a list of priority districts may be narrowed by; None: any."""

    name: str | None = None
    municipality: str | None = None
    department: str | None = None

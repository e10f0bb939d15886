"""Editions of the geographic code as their publishers write them, read line by line into sheets of départements.  Pure.

Two formats: the compact set that ships with the service (one text a vintage), and the national tables as CSV (one file
a kind).  Every line is accounted for: taken, or set aside for a reason; what is strange about a line that was taken is
remarked.  Both formats of the same edition give the same sheets.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from common.contracts.partners import Area, Density, Intermunicipality, Municipality, MunicipalityKind, Zone
from partners.domain import codes
from partners.domain.territory import Sheet

Row = Mapping[str, str]

ZONES: Mapping[str, Zone] = MappingProxyType(
    {"metro": Zone.METROPOLITAN, "drom": Zone.OVERSEAS, "com": Zone.COLLECTIVITY}
)


class Anomaly(StrEnum):
    """What is strange about a line."""

    SAME_CODE_AS_ITS_MUNICIPALITY = (
        "a part that bears the code of its own municipality: the code means the municipality"
    )
    LIVES_ON_AS_A_PART = "a former code that names a part today: taken as that part"
    MALFORMED_CODE = "no municipality code"
    UNKNOWN_PARENT = "its municipality is not in this edition"
    UNKNOWN_DEPARTMENT = "its département is not in this edition"
    UNKNOWN_LEVEL = "no level of the density grid"
    WITHOUT_INTERMUNICIPALITY = "in no intermunicipality"
    UNKNOWN_INTERMUNICIPALITY = "its intermunicipality is not in this edition"
    WITHOUT_POPULATION = "population unknown"
    UNINHABITED = "population zero"
    WITHOUT_SIREN = "SIREN unknown"
    NOTHING_TO_KEEP = "not kept here"


SET_ASIDE = frozenset(
    {
        Anomaly.SAME_CODE_AS_ITS_MUNICIPALITY,
        Anomaly.LIVES_ON_AS_A_PART,
        Anomaly.MALFORMED_CODE,
        Anomaly.UNKNOWN_PARENT,
        Anomaly.UNKNOWN_DEPARTMENT,
        Anomaly.NOTHING_TO_KEEP,
    }
)
"""The line is not taken; with the others it is, and the anomaly is only remarked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What is strange about one line of one file."""

    file: str
    line: int
    code: str
    anomaly: Anomaly


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    area: Area
    zone: Zone
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A municipality, a part or a former code, before it is put into its département; `line` says where it stands."""

    file: str
    line: int
    department: str
    municipality: Municipality


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One vintage of the geographic code, as read."""

    vintage: int
    source: str
    source_date: date
    regions: Mapping[str, Area]
    departments: Sequence[Department]
    intermunicipalities: Mapping[str, Intermunicipality]
    entries: Sequence[Entry]
    lines: Mapping[str, int]
    remarks: Sequence[Remark] = ()
    densities: Mapping[str, Density] = field(default_factory=dict)

    def sheets(self) -> Iterator[Sheet]:
        """Put what was taken into one sheet a département."""
        by_department = defaultdict[str, list[Municipality]](list)
        for entry in self.entries:
            by_department[entry.department].append(entry.municipality)
        for department in sorted(self.departments, key=lambda one: one.area.code):
            yield self._sheet(department, sorted(by_department[department.area.code], key=lambda one: one.code))

    def set_aside(self) -> Mapping[str, int]:
        """Count the lines of each file that were not taken."""
        aside = {(remark.file, remark.line) for remark in self.remarks if remark.anomaly in SET_ASIDE}
        return {file: sum(one == file for one, _ in aside) for file in self.lines}

    def _sheet(self, department: Department, municipalities: Sequence[Municipality]) -> Sheet:
        named = {one.intermunicipality for one in municipalities} | {one.territorial_body for one in municipalities}
        return Sheet(
            vintage=self.vintage,
            department=department.area,
            region=self.regions[department.region],
            zone=department.zone,
            municipalities=tuple(municipalities),
            intermunicipalities=tuple(
                self.intermunicipalities[siren]
                for siren in sorted(filter(None, named))
                if siren in self.intermunicipalities
            ),
            source=self.source,
            source_date=self.source_date,
        )


def judged(
    entries: Iterable[Entry], departments: Iterable[str], intermunicipalities: Iterable[str]
) -> tuple[list[Entry], list[Remark]]:
    """Part the entries that are taken from those set aside, and remark what is strange about either."""
    every = list(entries)
    whole = {one.municipality.code for one in every if one.municipality.kind is MunicipalityKind.MUNICIPALITY}
    known_departments, known_bodies = set(departments), set(intermunicipalities)
    taken, remarks = [], []
    for entry in every:
        found = list(_anomalies(entry, whole, known_departments, known_bodies))
        remarks += [
            Remark(file=entry.file, line=entry.line, code=entry.municipality.code, anomaly=one) for one in found
        ]
        if SET_ASIDE.isdisjoint(found):
            taken.append(entry)
    return taken, remarks


def _anomalies(entry: Entry, whole: set[str], departments: set[str], bodies: set[str]) -> Iterator[Anomaly]:
    municipality = entry.municipality
    if codes.malformed(municipality.code):
        yield Anomaly.MALFORMED_CODE
    if entry.department not in departments:
        yield Anomaly.UNKNOWN_DEPARTMENT
    if municipality.kind is MunicipalityKind.MUNICIPALITY:
        yield from _blanks(municipality, bodies)
        return
    if municipality.code in whole:
        yield Anomaly.SAME_CODE_AS_ITS_MUNICIPALITY
    elif any(code not in whole for code in filter(None, (municipality.parent, *municipality.successors))):
        yield Anomaly.UNKNOWN_PARENT


def _blanks(municipality: Municipality, bodies: set[str]) -> Iterator[Anomaly]:
    if municipality.intermunicipality is None:
        yield Anomaly.WITHOUT_INTERMUNICIPALITY
    elif municipality.intermunicipality not in bodies:
        yield Anomaly.UNKNOWN_INTERMUNICIPALITY
    if municipality.population is None:
        yield Anomaly.WITHOUT_POPULATION
    elif municipality.population == 0:
        yield Anomaly.UNINHABITED
    if municipality.siren is None:
        yield Anomaly.WITHOUT_SIREN

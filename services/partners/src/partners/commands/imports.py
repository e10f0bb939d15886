"""What importers do in the house's own name: districts and organisations from lists that others publish.

An import completes and never overrules: an organisation that is known keeps its name.  The same list twice changes
nothing the second time.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from common.contracts.partners import (
    AreaLevel,
    AreaRef,
    Density,
    District,
    LegalForm,
    MunicipalityRef,
    OrganisationKind,
)
from common.database import Transaction
from common.errors import DomainError
from partners.commands.territories import DistrictAsked, Result, describe_district, known_places
from partners.domain import district, territory
from partners.domain.municipality import Known
from partners.domain.naming import line
from partners.domain.organisation import Description, Organisation
from partners.domain.rosters import Line, Remark
from partners.domain.territory import NoSuchDepartment, Sheet, VintageNotKnown
from partners.store import organisations, places, territories

VINTAGES_MAX = 1_000


class Fate(StrEnum):
    """What became of a line."""

    REGISTERED = "registered"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REPEATED = "repeated"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one line of a list, and why."""

    line: int
    code: str
    fate: Fate
    reason: str = ""


async def known_vintages(tx: Transaction) -> frozenset[int]:
    return frozenset(one.vintage for one in await places.vintages(tx, after=None, limit=VINTAGES_MAX))


async def take_districts(
    tx: Transaction, vintage: int, lines: Sequence[tuple[int, DistrictAsked]], *, at: datetime
) -> list[Outcome]:
    """Describe the priority districts of one département; one that cannot be is refused by itself."""
    department = district.department_of(lines[0][1].code)
    before = await territories.lock_territory(tx, territory.territory_id(vintage, department))
    known = {one.code: one for one in before.districts} if before else {}
    places_named = await known_places(tx, vintage, {code for _, asked in lines for code in asked.municipalities})
    described, outcomes = list[District](), list[Outcome]()
    for number, asked in lines:
        try:
            one = describe_district(vintage, asked, places_named)
        except DomainError as error:
            outcomes.append(refused(number, asked.code, error))
        else:
            described.append(one)
            outcomes.append(Outcome(line=number, code=one.code, fate=_fate(known.get(one.code), one)))
    if before is not None and (published := territory.with_districts(before, described, at=at)):
        await territories.save_territory(tx, *published, None)
    return outcomes


async def take_densities(tx: Transaction, sheet: Sheet, densities: Mapping[str, Density], *, at: datetime) -> Result:
    """Say how dense the municipalities of one département are, by the edition that its sheet comes from."""
    before = await territories.lock_territory(tx, territory.territory_id(sheet.vintage, sheet.department.code))
    if before is None:
        raise NoSuchDepartment
    levels = {one.code: densities[one.code] for one in sheet.municipalities if one.code in densities}
    published = territory.with_densities(before, levels, source=sheet.source, source_date=sheet.source_date, at=at)
    if not levels or published is None:
        return Result.UNCHANGED
    await territories.save_territory(tx, *published, None)
    return Result.RENEWED


@dataclass(frozen=True, slots=True, kw_only=True)
class Gazetteer:
    """What one vintage knows, to look the codes of a list up in."""

    vintage: int
    region_of: Mapping[str, str]
    intermunicipalities: frozenset[str]

    def area(self, named: tuple[AreaLevel, str] | None) -> AreaRef | None:
        if named is None or named[1] not in self._codes(named[0]):
            return None
        return AreaRef(level=named[0], code=named[1], vintage=self.vintage)

    def _codes(self, level: AreaLevel) -> Collection[str]:
        if level is AreaLevel.INTERMUNICIPALITY:
            return self.intermunicipalities
        return self.region_of.values() if level is AreaLevel.REGION else self.region_of.keys()


async def gazetteer(tx: Transaction) -> Gazetteer:
    """Read the latest vintage."""
    vintage = await places.nearest_vintage(tx, date.max.year)
    if vintage is None:
        raise VintageNotKnown
    return Gazetteer(
        vintage=vintage,
        region_of=await places.regions_of(tx, vintage),
        intermunicipalities=await places.intermunicipality_codes(tx, vintage),
    )


async def take_organisations(
    tx: Transaction, known: Gazetteer, lines: Sequence[tuple[int, Line]], *, new_id: Callable[[], UUID], at: datetime
) -> list[Outcome]:
    """Register the organisations that are not known yet; what is known is left as it is."""
    numbers = [_number(one) for _, one in lines]
    carried = {_called(one.described): one.described for one in await organisations.lock_identified(tx, numbers)}
    communes = await places.municipalities_by_siren(tx, known.vintage, [one.numbers.siren or "" for _, one in lines])
    outcomes, met = list[Outcome](), set[str]()
    for number, one in lines:
        code = _number(one)
        if code in carried:
            differs = (Remark.NAME_DIFFERS,) if carried[code].name != line(one.name) else ()
            fate = Fate.REPEATED if code in met else Fate.UNCHANGED
            outcomes.append(Outcome(line=number, code=code, fate=fate, reason="; ".join((*one.remarks, *differs))))
            continue
        description, remarks = _described(one, known, communes.get(one.numbers.siren or ""))
        carried[code] = await _register(tx, description, one.since or date(known.vintage, 1, 1), new_id(), at)
        met.add(code)
        outcomes.append(Outcome(line=number, code=code, fate=Fate.REGISTERED, reason="; ".join(remarks)))
    return outcomes


async def _register(tx: Transaction, description: Description, since: date, new_id: UUID, at: datetime) -> Description:
    organisation, fact = Organisation.register(id=new_id, description=description, valid_from=since, at=at)
    await organisations.create_organisation(tx, organisation, fact, None)
    return organisation.described


def _described(one: Line, known: Gazetteer, commune: Known | None) -> tuple[Description, tuple[Remark, ...]]:
    """Look a line's codes up; an employer that carries a municipality's SIREN is that municipality."""
    remarks = list(one.remarks)
    department = commune.department if commune else one.department
    if department is not None and department not in known.region_of:
        department = None
        remarks.append(Remark.UNKNOWN_DEPARTMENT)
    area = known.area(one.area) if one.area else _own_area(known, commune)
    if one.area is not None and area is None:
        remarks.append(Remark.UNKNOWN_AREA)
    description = Description(
        name=one.name,
        kind=OrganisationKind.COMMUNE if commune and one.area is None else one.kind,
        legal_form=LegalForm.LOCAL_AUTHORITY if commune else one.legal_form,
        identifiers=one.numbers,
        municipality=MunicipalityRef(code=commune.entry.code, vintage=known.vintage) if commune else None,
        department=department,
        area=area,
    )
    return description, tuple(remarks)


def _own_area(known: Gazetteer, commune: Known | None) -> AreaRef | None:
    if commune is None:
        return None
    return AreaRef(level=AreaLevel.MUNICIPALITY, code=commune.entry.code, vintage=known.vintage)


def _fate(before: District | None, now: District) -> Fate:
    if before is None:
        return Fate.REGISTERED
    return Fate.UNCHANGED if before == now else Fate.CHANGED


def _number(one: Line) -> str:
    return one.numbers.siret or one.numbers.siren or ""


def _called(described: Description) -> str:
    return described.identifiers.siret or described.identifiers.siren or ""


def refused(number: int, code: str, error: DomainError) -> Outcome:
    rules = sorted({one.rule for one in error.errors if one.rule})
    said = "; ".join(one.message for one in error.errors) or str(error)
    return Outcome(line=number, code=code, fate=Fate.REFUSED, reason=": ".join([*rules, said]))

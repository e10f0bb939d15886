"""What one can do to territories: publish an edition, describe priority districts and densities, judge places."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import msgspec

from common.contracts.partners import Density, District, TerritoryState
from common.database import Transaction
from common.errors import FieldError, Invalid
from common.idempotency import Answer, Once
from common.tokens import Principal
from partners.domain import access, codes, district, municipality, territory
from partners.domain.district import DistrictRefused
from partners.domain.municipality import Known, MunicipalityRefused, Place
from partners.domain.naming import line
from partners.domain.territory import NoSuchDepartment, Sheet, VintageNotKnown
from partners.store import places, territories


class Result(StrEnum):
    PUBLISHED = "published"
    RENEWED = "renewed"
    UNCHANGED = "unchanged"


class PlacesRefused(Invalid):
    """Which places, and why, is in `errors`."""

    title = "Some of these places cannot be used on that day."
    titre = "Certains de ces lieux ne peuvent pas servir ce jour-là."


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictAsked:
    """A priority district as somebody describes it."""

    code: str
    name: str
    municipalities: tuple[str, ...]
    source: str
    source_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DensitiesAsked:
    """Levels of the density grid, by municipality code in the order of the request."""

    levels: Sequence[tuple[str, Density]]
    source: str
    source_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Places that may be used together on a day, by the vintage of that day."""

    vintage: int
    places: tuple[Place, ...]
    districts: tuple[District, ...]


async def publish_sheet(tx: Transaction, sheet: Sheet, *, at: datetime) -> Result:
    """Publish what an edition says of one département, if it is news."""
    before = await territories.lock_territory(tx, territory.territory_id(sheet.vintage, sheet.department.code))
    published = territory.publish(sheet, before, at=at)
    if published is None:
        return Result.UNCHANGED
    await territories.save_territory(tx, *published, None)
    return Result.PUBLISHED if before is None else Result.RENEWED


async def register_district(
    tx: Transaction, vintage: int, asked: DistrictAsked, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    """Describe a priority district; the same description again is answered and changes nothing."""
    access.require(caller, "district.register")
    if answer := await once.stored(tx):
        return answer
    described = describe_district(vintage, asked, await known_places(tx, vintage, asked.municipalities))
    before = await _locked(tx, vintage, district.department_of(described.code))
    published = territory.with_districts(before, [described], at=at)
    if published is None:
        return _unchanged(before)
    return await territories.save_territory(tx, *published, once)


def describe_district(vintage: int, asked: DistrictAsked, known: Mapping[str, Known]) -> District:
    """Judge a district's code, day and municipalities (R30, R33, R34); roll its municipalities up."""
    code = district.district_code(asked.code)
    if refused := district.not_in_force(code, date(vintage, 1, 1)):
        raise DistrictRefused(refused.reason, pointer="/code", verdict=refused, precision=refused.raison)
    _require_places(asked.municipalities, vintage, known, pointer="/municipalities/{n}")
    taken = [municipality.place(known[one.upper()]) for one in asked.municipalities]
    departments = {one.department for one in taken} | {district.department_of(code)}
    territory.one_department(departments, pointer="/municipalities")
    of = district.generation(code)
    return District(
        code=code,
        name=line(asked.name),
        municipalities=tuple(sorted({one.counts_under for one in taken})),
        valid_from=of.valid_from,
        valid_until=of.valid_until,
        source=asked.source,
        source_date=asked.source_date,
    )


async def record_densities(
    tx: Transaction, vintage: int, asked: DensitiesAsked, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    """Say how dense municipalities of one département are; what is known already is answered and changes nothing."""
    access.require(caller, "density.record")
    if answer := await once.stored(tx):
        return answer
    written = [code for code, _ in asked.levels]
    known = await known_places(tx, vintage, written)
    _require_places(written, vintage, known, pointer="/items/{n}/municipality")
    department = territory.one_department({one.department for one in known.values()}, pointer="/items")
    before = await _locked(tx, vintage, department)
    levels = {code.upper(): level for code, level in asked.levels}
    published = territory.with_densities(before, levels, source=asked.source, source_date=asked.source_date, at=at)
    if published is None:
        return _unchanged(before)
    return await territories.save_territory(tx, *published, once)


async def known_places(tx: Transaction, vintage: int, written: Iterable[str]) -> Mapping[str, Known]:
    """Look municipalities up in a vintage that must be known here."""
    await places.require_vintage(tx, vintage)
    return await places.known_places(tx, vintage, [code.upper() for code in written])


def _require_places(written: Sequence[str], vintage: int, known: Mapping[str, Known], *, pointer: str) -> None:
    """Refuse municipalities that are no places (R30, R33), each by its place in the request."""
    if mistakes := tuple(municipality.mistakes(written, vintage, known, pointer=pointer)):
        raise MunicipalityRefused(errors=mistakes)


async def judge(tx: Transaction, on: date, written: Sequence[str], districts: Sequence[str]) -> Judged:
    """Judge whether municipalities and districts may be used together on a day (R30 to R35); write nothing."""
    vintage = codes.vintage_of(on)
    if not await places.is_known(tx, vintage):
        said = FieldError("/on", VintageNotKnown.code, VintageNotKnown.title, None, VintageNotKnown.titre)
        not_in_force = [one for one in district.mistakes(districts, on, {}, ()) if one.rule]
        raise PlacesRefused(errors=[*not_in_force, said])
    known = await places.known_places(tx, vintage, [code.upper() for code in written])
    found = await places.known_districts(tx, vintage, [code.upper() for code in districts])
    taken = tuple(municipality.place(one) for one in known.values() if municipality.is_place(one))
    mistakes = (
        *municipality.mistakes(written, vintage, known, pointer="/municipalities/{n}"),
        *district.mistakes(districts, on, found, [one.counts_under for one in taken]),
    )
    if mistakes:
        raise PlacesRefused(errors=mistakes)
    return Judged(vintage=vintage, places=taken, districts=tuple(found.values()))


async def _locked(tx: Transaction, vintage: int, department: str) -> TerritoryState:
    state = await territories.lock_territory(tx, territory.territory_id(vintage, department))
    if state is None:
        raise NoSuchDepartment
    return state


def _unchanged(state: TerritoryState) -> Answer:
    """Answer what was known already as what it is: no version, no fact, no kept answer."""
    return Answer(status=200, version=state.version, body=msgspec.json.encode(state))

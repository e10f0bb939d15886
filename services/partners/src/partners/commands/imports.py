"""What importers do in the house's own name with what others publish of territories: districts and densities.

Every line of a list has an outcome.  The same list twice changes nothing the second time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from common.contracts.partners import Density, District
from common.database import Transaction
from common.errors import DomainError
from partners.commands.territories import DistrictAsked, Result, describe_district, known_places
from partners.domain import district, territory
from partners.domain.territory import NoSuchDepartment, Sheet
from partners.store import places, territories

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


def _fate(before: District | None, now: District) -> Fate:
    if before is None:
        return Fate.REGISTERED
    return Fate.UNCHANGED if before == now else Fate.CHANGED


def refused(number: int, code: str, error: DomainError) -> Outcome:
    rules = sorted({one.rule for one in error.errors if one.rule})
    said = "; ".join(one.message for one in error.errors) or str(error)
    return Outcome(line=number, code=code, fate=Fate.REFUSED, reason=": ".join([*rules, said]))

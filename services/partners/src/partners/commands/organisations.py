"""What one can do to organisations: register, change, close.

A coordination keeps those of its own départements, and those that lie nowhere in France; an operator keeps all.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from common.contracts.partners import AreaLevel, AreaRef, MunicipalityRef, OrganisationKind
from common.database import Transaction
from common.errors import Invalid
from common.idempotency import Answer, Once
from common.tokens import Principal
from partners.domain import access, codes, municipality
from partners.domain.access import Concern
from partners.domain.identifiers import Identifiers, identifiers
from partners.domain.organisation import Description, NumberTaken, Organisation
from partners.domain.territory import VintageNotKnown
from partners.store import organisations, places

NUMBERS = frozenset({"siren", "siret", "rna", "cnc_establishment"})


class AreaUnknown(Invalid):
    """Its level says what the code is a code of: 75 is a département and a region."""

    title = "The area that the organisation is the authority of does not exist in that vintage."
    titre = "Le territoire dont l’organisme est l’autorité n’existe pas dans ce millésime."


async def register_organisation(
    tx: Transaction,
    organisation_id: UUID,
    said: Mapping[str, Any],
    valid_from: date,
    *,
    caller: Principal,
    once: Once,
    at: datetime,
) -> Answer:
    access.require(caller, "organisation.register")
    if answer := await once.stored(tx):
        return answer
    description = await _described(tx, Description(name="", kind=OrganisationKind.UNCLASSIFIED), said)
    access.require(caller, "organisation.register", _concern(description))
    organisation, fact = Organisation.register(
        id=organisation_id, description=description, valid_from=valid_from, at=at
    )
    if taken := await _taken(tx, organisation):
        if answer := await once.stored(tx):  # by the same request, made twice at once
            return answer
        raise taken
    return await organisations.create_organisation(tx, organisation, fact, once)


async def change_organisation(
    tx: Transaction,
    organisation_id: UUID,
    said: Mapping[str, Any],
    valid_from: date,
    *,
    caller: Principal,
    once: Once,
    at: datetime,
) -> Answer:
    """Describe an organisation otherwise from a day on: what `said` names is replaced, the rest stays."""
    organisation = await organisations.lock_organisation(tx, organisation_id)
    access.require(caller, "organisation.change", _concern(organisation.described))
    if answer := await once.answered(tx, organisation.version):
        return answer
    description = await _described(tx, organisation.described, said)
    access.require(caller, "organisation.change", _concern(description))
    changed, fact = organisation.change(description, valid_from=valid_from, at=at)
    if taken := await _taken(tx, changed):
        raise taken
    return await organisations.save_organisation(tx, changed, fact, once)


async def close_organisation(
    tx: Transaction, organisation_id: UUID, closed_on: date, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    organisation = await organisations.lock_organisation(tx, organisation_id)
    access.require(caller, "organisation.close", _concern(organisation.described))
    if answer := await once.answered(tx, organisation.version):
        return answer
    closed, fact = organisation.close(closed_on=closed_on, at=at)
    return await organisations.save_organisation(tx, closed, fact, once)


async def _described(tx: Transaction, before: Description, said: Mapping[str, Any]) -> Description:
    """Put what was said in the place of what was known, and look its codes up.

    Where no municipality says in which département it lies, the area that it is the authority of does.
    """
    known: dict[str, Any] = {name: value for name, value in said.items() if name not in NUMBERS}
    if NUMBERS & said.keys():
        known["identifiers"] = _numbers(said, before.identifiers)
    if "municipality" in said:
        known["municipality"], known["department"] = await _placed(tx, said["municipality"])
    if said.get("area"):
        known["area"] = await _area(tx, said["area"])
    described = replace(before, **known)
    if described.municipality is None and {"municipality", "area"} & said.keys():
        return replace(described, department=described.department_by_area)
    return described


def _numbers(said: Mapping[str, Any], before: Identifiers) -> Identifiers:
    """Merge the registers' numbers; another SIRET brings its own SIREN."""
    siret = said.get("siret", before.siret)
    siren = said.get("siren", None if siret else before.siren)
    return identifiers(
        siren=siren,
        siret=siret,
        rna=said.get("rna", before.rna),
        cnc_establishment=said.get("cnc_establishment", before.cnc_establishment),
    )


async def _placed(tx: Transaction, place: MunicipalityRef | None) -> tuple[MunicipalityRef | None, str | None]:
    """Look a municipality up in the vintage that it is written in (R30, R33); its département comes with it."""
    if place is None:
        return None, None
    code = codes.municipality_code(place.code, pointer="/municipality/code")
    if not await places.is_known(tx, place.vintage):
        raise VintageNotKnown(pointer="/municipality/vintage")
    found = await places.known_places(tx, place.vintage, [code])
    known = municipality.only(code, place.vintage, found.get(code), pointer="/municipality/code")
    return replace(place, code=code), known.department


async def _area(tx: Transaction, area: AreaRef) -> AreaRef:
    if area.level is AreaLevel.MUNICIPALITY:
        exists = area.code in await places.known_places(tx, area.vintage, [area.code])
    elif area.level is AreaLevel.INTERMUNICIPALITY:
        exists = bool(await places.intermunicipalities(tx, area.vintage, siren=area.code, limit=1))
    else:
        region_of = await places.regions_of(tx, area.vintage)
        exists = area.code in (region_of if area.level is AreaLevel.DEPARTMENT else region_of.values())
    if not exists:
        raise AreaUnknown(pointer="/area")
    return area


def _concern(description: Description) -> Concern:
    return Concern(departments=frozenset({description.department} if description.department else ()))


async def _taken(tx: Transaction, organisation: Organisation) -> NumberTaken | None:
    """Say who carries one of these numbers already; the indexes hold it when two come at once."""
    taken = await organisations.carrier(tx, organisation.described.identifiers, other_than=organisation.id)
    if taken is None:
        return None
    said = f"{taken[0]}: /v1/organisations/{taken[1]}"
    return NumberTaken(said, precision=said)

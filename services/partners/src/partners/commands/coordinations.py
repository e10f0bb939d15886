"""What a DRAC can do to coordinations: appoint, change what they cover, end."""

from datetime import date, datetime
from uuid import UUID

from common.contracts.partners import Coverage
from common.database import Transaction
from common.idempotency import Answer, Once
from common.tokens import Principal
from partners.domain import access
from partners.domain.access import Concern
from partners.domain.coordination import (
    Appointment,
    Coordination,
    DepartmentAlreadyCovered,
    OrganisationUnknown,
    require_in_region,
)
from partners.domain.territory import VintageNotKnown
from partners.store import coordinations, organisations, places


async def appoint(
    tx: Transaction,
    coordination_id: UUID,
    appointment: Appointment,
    *,
    caller: Principal,
    once: Once,
    at: datetime,
) -> Answer:
    """Appoint a coordination in the name of the caller's own DRAC."""
    access.require(caller, "coordination.appoint", Concern(departments=frozenset(appointment.coverage.departments)))
    if answer := await once.stored(tx):
        return answer
    await _require_in_region(tx, appointment.coverage, appointment.region)
    for one, pointer in ((appointment.organisation_id, "/organisation_id"), (caller.org, "")):
        if not await organisations.is_open(tx, one):
            raise OrganisationUnknown(pointer=pointer)
    coordination, fact = Coordination.appoint(id=coordination_id, appointment=appointment, drac_id=caller.org, at=at)
    if held := await coordinations.cover(tx, coordination):
        if answer := await once.stored(tx):
            return answer
        raise DepartmentAlreadyCovered(held)
    return await coordinations.create_coordination(tx, coordination, fact, once)


async def change(
    tx: Transaction, coordination_id: UUID, coverage: Coverage, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    """Let a coordination cover other départements, or until another day, from a day on."""
    coordination = await coordinations.lock_coordination(tx, coordination_id)
    concern = Concern(departments=frozenset(coverage.departments), organisation=coordination.drac_id)
    access.require(caller, "coordination.change", concern)
    if answer := await once.answered(tx, coordination.version):
        return answer
    await _require_in_region(tx, coverage, coordination.region)
    changed, fact = coordination.change(coverage, at=at)
    if held := await coordinations.cover(tx, changed):
        raise DepartmentAlreadyCovered(held)
    return await coordinations.save_coordination(tx, changed, fact, once)


async def end(
    tx: Transaction, coordination_id: UUID, ended_on: date, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    """Let a coordination cover nothing after a day."""
    coordination = await coordinations.lock_coordination(tx, coordination_id)
    access.require(caller, "coordination.end", Concern(organisation=coordination.drac_id))
    if answer := await once.answered(tx, coordination.version):
        return answer
    ended, fact = coordination.end(ended_on=ended_on, at=at)
    await coordinations.cover(tx, ended)
    return await coordinations.save_coordination(tx, ended, fact, once)


async def _require_in_region(tx: Transaction, coverage: Coverage, region: str) -> None:
    """Judge départements by the vintage of the first day or, if it is not known here, the nearest one."""
    vintage = await places.nearest_vintage(tx, coverage.valid_from.year)
    if vintage is None:
        raise VintageNotKnown(pointer="/valid_from")
    require_in_region(coverage.departments, region, await places.regions_of(tx, vintage))

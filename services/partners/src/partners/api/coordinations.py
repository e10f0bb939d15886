"""Coordinations, over HTTP: appointed, changed and ended by the DRAC of their region."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from common.contracts.partners import CoordinationState, Coverage
from common.errors import AllowedAction
from common.http import (
    Caller,
    ChangeOnce,
    CreateOnce,
    Db,
    Model,
    NewId,
    Now,
    from_query,
    present,
    respond,
    with_actions,
)
from common.pages import Listed, Page, listed
from common.problems import problems
from partners.api import fields
from partners.commands import coordinations as commands
from partners.domain import access
from partners.domain.access import Concern
from partners.domain.coordination import (
    Appointment,
    CoordinationAlreadyEnded,
    DepartmentAlreadyCovered,
    DepartmentRefused,
    NoSuchCoordination,
    OrganisationUnknown,
    against,
)
from partners.domain.periods import DatesGoBackwards, EndsBeforeItBegins, NothingToChange
from partners.domain.territory import VintageNotKnown
from partners.store import coordinations
from partners.store.coordinations import CoordinationFilters

router = APIRouter(prefix="/v1/coordinations", tags=["coordinations"])


@dataclass(frozen=True, slots=True, kw_only=True)
class CoordinationSeen(CoordinationState):
    """A coordination, and what the caller may do to it now."""

    allowed_actions: list[AllowedAction]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoordinationQuery:
    """What coordinations may be asked for by."""

    region: fields.RegionQuery = None
    department: fields.DepartmentQuery = None
    on: Annotated[fields.DayQuery, Query(description="A day on which something (there) is covered.")] = None
    organisation_id: UUID | None = None

    def filters(self) -> CoordinationFilters:
        return CoordinationFilters(
            region=self.region, department=self.department, on=self.on, organisation_id=self.organisation_id
        )


CoordinationSearch = Annotated[CoordinationQuery, from_query(CoordinationQuery)]


class CoverageBody(Model):
    """Which départements are covered, and when."""

    departments: list[fields.DepartmentCode] = Field(min_length=1, max_length=fields.LISTED_MAX)
    valid_from: fields.Day
    valid_until: fields.Day | None = Field(None, description="The last day; null: until further notice.")

    def coverage(self) -> Coverage:
        return Coverage(departments=tuple(self.departments), valid_from=self.valid_from, valid_until=self.valid_until)


class AppointmentBody(CoverageBody):
    """Who is to hold the scheme, and where."""

    organisation_id: UUID
    region: fields.RegionCode

    def appointment(self) -> Appointment:
        return Appointment(organisation_id=self.organisation_id, region=self.region, coverage=self.coverage())


class CoordinationEndBody(Model):
    """A coordination's last day."""

    ended_on: fields.Day


@router.post(
    "",
    operation_id="coordination.appoint",
    status_code=201,
    response_model=CoordinationState,
    responses=problems(
        DepartmentRefused, OrganisationUnknown, EndsBeforeItBegins, VintageNotKnown, DepartmentAlreadyCovered
    ),
)
async def appoint(body: AppointmentBody, db: Db, caller: Caller, once: CreateOnce, new_id: NewId, now: Now) -> Response:
    """Entrust the scheme in some départements to an organisation, in the name of the caller's DRAC."""
    async with db.transaction(caller) as tx:
        answer = await commands.appoint(tx, new_id(), body.appointment(), caller=caller, once=once, at=now)
    return respond(answer)


@router.get("", operation_id="coordination.list", response_model=Listed[CoordinationState])
async def search(asked: CoordinationSearch, db: Db, caller: Caller, page: Page) -> Response:
    """List coordinations in the order in which they were appointed."""
    access.require(caller, "coordination.list")
    (last,) = page.position(UUID) or (None,)
    async with db.transaction(caller) as tx:
        found = await coordinations.coordinations(tx, asked.filters(), after=last, limit=page.limit + 1)
    return listed(page, found, key=lambda row: (row[0],), doc=lambda row: row[1])


@router.get(
    "/{coordination_id}",
    operation_id="coordination.read",
    response_model=CoordinationSeen,
    responses=problems(NoSuchCoordination),
)
async def read(coordination_id: UUID, db: Db, caller: Caller) -> Response:
    """Read one coordination, with all it has covered."""
    access.require(caller, "coordination.read")
    async with db.transaction(caller) as tx:
        found = await coordinations.coordination_doc(tx, coordination_id)
    actions = access.allowed_actions(caller, against(found.ended_on), Concern(organisation=found.drac_id))
    return present(with_actions(found.doc, actions), version=found.version)


@router.post(
    "/{coordination_id}/change",
    operation_id="coordination.change",
    response_model=CoordinationState,
    responses=problems(
        NoSuchCoordination,
        DepartmentRefused,
        EndsBeforeItBegins,
        VintageNotKnown,
        CoordinationAlreadyEnded,
        DepartmentAlreadyCovered,
        NothingToChange,
        DatesGoBackwards,
    ),
)
async def change(
    coordination_id: UUID, body: CoverageBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Let a coordination cover other départements, or until another day, from a day on."""
    async with db.transaction(caller) as tx:
        answer = await commands.change(tx, coordination_id, body.coverage(), caller=caller, once=once, at=now)
    return respond(answer)


@router.post(
    "/{coordination_id}/end",
    operation_id="coordination.end",
    response_model=CoordinationState,
    responses=problems(NoSuchCoordination, CoordinationAlreadyEnded, EndsBeforeItBegins),
)
async def end(
    coordination_id: UUID, body: CoordinationEndBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Let a coordination cover nothing after a day."""
    async with db.transaction(caller) as tx:
        answer = await commands.end(tx, coordination_id, body.ended_on, caller=caller, once=once, at=now)
    return respond(answer)

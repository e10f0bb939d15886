"""Projects, over HTTP: the file, from its first draft to the committee's decision."""

from dataclasses import dataclass, replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from actions.api.bodies import ActionBody, Amount, Code, FileBody, Line, Some, Text
from actions.api.seen import ProjectSeen, project_for
from actions.commands import projects as commands
from actions.domain import access, refusals, unlawful
from actions.domain.project import CommitteeDecision
from actions.store import projects as store
from common.contracts.actions import (
    ActionState,
    CommitteeOutcome,
    MissingPieces,
    PriorContact,
    ProjectState,
    ProjectStatus,
)
from common.errors import NotKnownHere
from common.fields import Day
from common.http import (
    Caller,
    ChangeOnce,
    CreateOnce,
    Db,
    IfMatch,
    Model,
    NewId,
    Now,
    from_query,
    present,
    respond,
    seen_version,
    with_actions,
)
from common.idempotency import Once
from common.pages import Listed, Page, listed
from common.problems import problems

router = APIRouter(tags=["projects"])

FILE_REFUSALS = (
    refusals.UnknownMunicipality,
    refusals.MunicipalityCeased,
    refusals.AmountNotPossible,
    refusals.OutsidePerimeter,
    NotKnownHere,
)
INELIGIBLE = (
    refusals.OutsidePerimeter,
    refusals.OnSchoolTime,
    refusals.TriadIncomplete,
    refusals.OpenAirAlone,
)


class ProjectBody(FileBody):
    """A project with its actions; more can be added while it is a draft."""

    campaign_id: UUID
    actions: Annotated[tuple[ActionBody, ...], Field(max_length=50)] = ()


class PriorContactBody(Model):
    """When the coordination talked with the holder, and about what."""

    contacted_on: Day
    note: Text = ""


class MissingBody(Model):
    """What is missing, and until the end of which day it may come."""

    pieces: Annotated[tuple[Line, ...], Some]
    due_on: Day


class ReasonBody(Model):
    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class DecisionBody(Model):
    """What one sitting of the regional committee decided."""

    outcome: CommitteeOutcome
    committee_on: Day
    quorum: Annotated[str, Field(max_length=500)]
    recommended: Amount | None = None
    reserves: Text = ""
    reason: Text = ""
    next_committee_on: Day | None = None


class SittingBody(Model):
    """The later sitting that a deferred project goes to."""

    committee_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectQuery:
    """What projects may be asked for by."""

    campaign_id: UUID | None = None
    state: ProjectStatus | None = None
    holder_id: UUID | None = None
    municipality: Annotated[Code | None, Query()] = None

    def filters(self) -> store.ProjectFilters:
        return store.ProjectFilters(
            campaign_id=self.campaign_id,
            state=self.state,
            holder_id=self.holder_id,
            municipality=self.municipality,
        )


async def _add_once(once: CreateOnce, if_match: IfMatch = None) -> Once:
    """Ask for both: a project that is given an action keeps its version, so that If-Match alone would let it repeat."""
    return replace(once, if_match=seen_version(if_match))


AddOnce = Annotated[Once, Depends(_add_once)]
ProjectSearch = Annotated[ProjectQuery, from_query(ProjectQuery)]


@router.post(
    "/v1/projects",
    operation_id="project.draft",
    status_code=201,
    response_model=ProjectState,
    responses=problems(
        refusals.NoSuchCampaign,
        refusals.CampaignNotOpen,
        refusals.HolderClosed,
        refusals.DistrictNotInMunicipality,
        refusals.CoordinatesElsewhere,
        refusals.CoordinatesSwapped,
        unlawful.OpenAirNotFree,
        unlawful.RegimeContradicts,
        unlawful.OpenAirIndoors,
        refusals.PeriodReversed,
        *FILE_REFUSALS,
    ),
)
async def draft(body: ProjectBody, db: Db, caller: Caller, once: CreateOnce, new_id: NewId, now: Now) -> Response:
    """Begin a file in an open campaign (T1), with its actions."""
    wished = [action.wish() for action in body.actions]
    async with db.transaction(caller) as tx:
        answer = await commands.draft(
            tx, body.campaign_id, body.wish(), wished, caller=caller, new_id=new_id, once=once, at=now
        )
    return respond(answer)


@router.get("/v1/projects", operation_id="project.list", response_model=Listed[ProjectState])
async def search(asked: ProjectSearch, db: Db, caller: Caller, page: Page) -> Response:
    """List projects in the order in which they were made."""
    access.require(caller, "project.list", None)
    (last,) = page.position(UUID) or (None,)
    async with db.transaction(caller) as tx:
        found = await store.list_projects(tx, asked.filters(), after=last, limit=page.limit + 1)
    return listed(page, found, key=lambda row: (row[0],), doc=lambda row: project_for(caller, row[1]))


@router.get(
    "/v1/projects/{project_id}",
    operation_id="project.read",
    response_model=ProjectSeen,
    responses=problems(refusals.NoSuchProject),
)
async def read(project_id: UUID, db: Db, caller: Caller) -> Response:
    """Read one project."""
    access.require(caller, "project.read", None)
    async with db.transaction(caller) as tx:
        project, doc = await store.published_project(tx, project_id)
    shown = with_actions(project_for(caller, doc), access.allowed_actions(caller, project))
    return present(shown, version=project.version)


@router.post(
    "/v1/projects/{project_id}/actions",
    operation_id="project.add_action",
    status_code=201,
    response_model=ActionState,
    responses=problems(
        refusals.NoSuchProject,
        refusals.NotPossibleInThisState,
        refusals.DistrictNotInMunicipality,
        refusals.CoordinatesElsewhere,
        refusals.CoordinatesSwapped,
        unlawful.OpenAirNotFree,
        unlawful.RegimeContradicts,
        unlawful.OpenAirIndoors,
        refusals.PeriodReversed,
        *FILE_REFUSALS,
    ),
)
async def add_action(
    project_id: UUID, body: ActionBody, db: Db, caller: Caller, once: AddOnce, new_id: NewId, now: Now
) -> Response:
    """Add an action to a draft; the draft keeps its version, so that the key alone tells a repeat from another."""
    async with db.transaction(caller) as tx:
        answer = await commands.add_action(tx, project_id, body.wish(), caller=caller, new_id=new_id, once=once, at=now)
    return respond(answer)


@router.post(
    "/v1/projects/{project_id}/change",
    operation_id="project.change",
    response_model=ProjectState,
    responses=problems(refusals.NoSuchProject, refusals.NotPossibleInThisState, *FILE_REFUSALS),
)
async def change(
    project_id: UUID, body: FileBody, db: Db, caller: Caller, once: ChangeOnce, new_id: NewId, now: Now
) -> Response:
    """Write the file anew while it is the holder's."""
    async with db.transaction(caller) as tx:
        answer = await commands.change(tx, project_id, body.wish(), caller=caller, new_id=new_id, once=once, at=now)
    return respond(answer)


@router.post(
    "/v1/projects/{project_id}/prior-contact",
    operation_id="project.prior_contact",
    response_model=ProjectState,
    responses=problems(refusals.NoSuchProject, refusals.NotPossibleInThisState, refusals.InTheFuture),
)
async def prior_contact(
    project_id: UUID, body: PriorContactBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Record that the coordination talked with the holder (R21)."""
    contact = PriorContact(contacted_on=body.contacted_on, note=body.note)
    async with db.transaction(caller) as tx:
        answer = await commands.record_prior_contact(tx, project_id, contact, caller=caller, once=once, at=now)
    return respond(answer)


@router.post(
    "/v1/projects/{project_id}/submit",
    operation_id="project.submit",
    response_model=ProjectState,
    responses=problems(
        refusals.NoSuchProject,
        refusals.NotPossibleInThisState,
        refusals.CampaignNotOpen,
        refusals.DeadlinePassed,
        refusals.PriorContactMissing,
        refusals.FileNotComplete,
        refusals.BudgetNotBalanced,
    ),
)
async def submit(project_id: UUID, db: Db, caller: Caller, once: ChangeOnce, now: Now) -> Response:
    """Hand the file over for review (T2)."""
    async with db.transaction(caller) as tx:
        answer = await commands.submit(tx, project_id, caller=caller, once=once, at=now)
    return respond(answer)


@router.post(
    "/v1/projects/{project_id}/return",
    operation_id="project.return",
    response_model=ProjectState,
    responses=problems(refusals.NoSuchProject, refusals.NotPossibleInThisState, refusals.NothingAsked),
)
async def return_incomplete(
    project_id: UUID, body: MissingBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Ask for missing pieces (T3)."""
    missing = MissingPieces(pieces=body.pieces, due_on=body.due_on)
    async with db.transaction(caller) as tx:
        answer = await commands.return_incomplete(tx, project_id, missing, caller=caller, once=once, at=now)
    return respond(answer)


@router.post(
    "/v1/projects/{project_id}/resubmit",
    operation_id="project.resubmit",
    response_model=ProjectState,
    responses=problems(
        refusals.NoSuchProject,
        refusals.NotPossibleInThisState,
        refusals.DueDatePassed,
        refusals.FileNotComplete,
        refusals.BudgetNotBalanced,
    ),
)
async def resubmit(project_id: UUID, db: Db, caller: Caller, once: ChangeOnce, now: Now) -> Response:
    """Hand in the missing pieces (T4)."""
    async with db.transaction(caller) as tx:
        answer = await commands.resubmit(tx, project_id, caller=caller, once=once, at=now)
    return respond(answer)


@router.post(
    "/v1/projects/{project_id}/declare-eligible",
    operation_id="project.declare_eligible",
    response_model=ProjectState,
    responses=problems(refusals.NoSuchProject, refusals.NotPossibleInThisState, *INELIGIBLE),
)
async def declare_eligible(project_id: UUID, db: Db, caller: Caller, once: ChangeOnce, now: Now) -> Response:
    """Find the file eligible (T5)."""
    async with db.transaction(caller) as tx:
        answer = await commands.declare_eligible(tx, project_id, caller=caller, once=once, at=now)
    return respond(answer)


@router.post(
    "/v1/projects/{project_id}/declare-ineligible",
    operation_id="project.declare_ineligible",
    response_model=ProjectState,
    responses=problems(refusals.NoSuchProject, refusals.NotPossibleInThisState),
)
async def declare_ineligible(
    project_id: UUID, body: ReasonBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Find that the file cannot be eligible (T6)."""
    async with db.transaction(caller) as tx:
        answer = await commands.declare_ineligible(tx, project_id, body.reason, caller=caller, once=once, at=now)
    return respond(answer)


@router.post(
    "/v1/projects/{project_id}/decide",
    operation_id="project.decide",
    response_model=ProjectState,
    responses=problems(
        refusals.NoSuchProject,
        refusals.NotPossibleInThisState,
        refusals.InTheFuture,
        refusals.NotUnderstoodAsDecision,
    ),
)
async def decide(project_id: UUID, body: DecisionBody, db: Db, caller: Caller, once: ChangeOnce, now: Now) -> Response:
    """Record what the regional committee decided (T7, T8, T10)."""
    decision = CommitteeDecision(
        outcome=body.outcome,
        committee_on=body.committee_on,
        quorum=body.quorum,
        recommended_cents=None if body.recommended is None else body.recommended.cents(),
        reserves=body.reserves,
        reason=body.reason,
        next_committee_on=body.next_committee_on,
    )
    async with db.transaction(caller) as tx:
        answer = await commands.decide(tx, project_id, decision, caller=caller, once=once, at=now)
    return respond(answer)


@router.post(
    "/v1/projects/{project_id}/reinstate",
    operation_id="project.reinstate",
    response_model=ProjectState,
    responses=problems(
        refusals.NoSuchProject,
        refusals.NotPossibleInThisState,
        refusals.NotUnderstoodAsDecision,
        refusals.FileNotComplete,
        refusals.BudgetNotBalanced,
        *INELIGIBLE,
    ),
)
async def reinstate(
    project_id: UUID, body: SittingBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Bring a deferred project, its file as revised, before a later sitting (T9)."""
    async with db.transaction(caller) as tx:
        answer = await commands.reinstate(tx, project_id, body.committee_on, caller=caller, once=once, at=now)
    return respond(answer)


@router.post(
    "/v1/projects/{project_id}/withdraw",
    operation_id="project.withdraw",
    response_model=ProjectState,
    responses=problems(refusals.NoSuchProject, refusals.NotPossibleInThisState),
)
async def withdraw(project_id: UUID, body: ReasonBody, db: Db, caller: Caller, once: ChangeOnce, now: Now) -> Response:
    """Take the file back (T24)."""
    async with db.transaction(caller) as tx:
        answer = await commands.withdraw(tx, project_id, body.reason, caller=caller, once=once, at=now)
    return respond(answer)

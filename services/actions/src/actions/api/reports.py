"""Reports, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from actions.api.bodies import Amount, BudgetBody, Few, Line, Some, Text
from actions.api.seen import ReportSeen, report_for
from actions.commands import reports as commands
from actions.domain import access, refusals
from actions.domain.report import ActionReport, Content, Kept, SessionTotal
from actions.store import reports as store
from common.contracts.actions import (
    Breakdown,
    Cell,
    Count,
    CountMethod,
    Dimension,
    ReportState,
    ReportStatus,
)
from common.http import Caller, ChangeOnce, Db, Model, NewId, Now, present, respond, with_actions
from common.http import Count as People
from common.pages import Listed, Page, listed
from common.problems import problems

router = APIRouter(tags=["reports"])

CONTENT_REFUSALS = (
    refusals.ReportDoesNotMatch,
    refusals.DistinctNotPossible,
    refusals.BreakdownMalformed,
    refusals.ActualBudgetNotBalanced,
    refusals.AmountNotPossible,
    refusals.NoSuchLine,
)


class CountBody(Model):
    """How many people are in one cell."""

    cell: Cell
    people: People


class BreakdownBody(Model):
    """How the people of an action divide along one dimension."""

    dimension: Dimension
    method: CountMethod
    counts: Annotated[tuple[CountBody, ...], Few]

    def breakdown(self) -> Breakdown:
        counts = tuple(Count(cell=count.cell, people=count.people) for count in self.counts)
        return Breakdown(dimension=self.dimension, method=self.method, counts=counts)


class SessionTotalBody(Model):
    session_id: UUID
    total: People


class ActionReportBody(Model):
    """What is reported of one held action; what is not repeated stays as it was recorded."""

    action_id: UUID
    sessions: Annotated[tuple[SessionTotalBody, ...], Few] = ()
    participants_distinct: People | None = None
    breakdowns: Annotated[tuple[BreakdownBody, ...], Few] = ()

    def report(self) -> ActionReport:
        return ActionReport(
            action_id=self.action_id,
            sessions=tuple(SessionTotal(session_id=one.session_id, total=one.total) for one in self.sessions),
            participants_distinct=self.participants_distinct,
            breakdowns=tuple(breakdown.breakdown() for breakdown in self.breakdowns),
        )


class KeptBody(Model):
    """What a funding line really brought."""

    line_id: UUID
    amount: Amount


class ReportBody(Model):
    """What happened, in words and in numbers, and what it cost."""

    narrative: Text = ""
    actions: Annotated[tuple[ActionReportBody, ...], Few]
    actual: BudgetBody
    kept: Annotated[tuple[KeptBody, ...], Few] = Field((), description="Lines that brought less than they granted.")

    def content(self) -> Content:
        return Content(
            narrative=self.narrative,
            actions=tuple(action.report() for action in self.actions),
            actual=self.actual.budget(),
            kept=tuple(Kept(line_id=one.line_id, cents=one.amount.cents()) for one in self.kept),
        )


class AmendmentBody(ReportBody):
    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class AnomaliesBody(Model):
    anomalies: Annotated[tuple[Line, ...], Some]


@router.post(
    "/v1/projects/{project_id}/reports",
    operation_id="project.report",
    status_code=201,
    response_model=ReportState,
    responses=problems(
        refusals.NoSuchProject,
        refusals.NotPossibleInThisState,
        refusals.ActionsStillOpen,
        refusals.NothingHeld,
        refusals.ReportExists,
        *CONTENT_REFUSALS,
    ),
)
async def submit(
    project_id: UUID, body: ReportBody, db: Db, caller: Caller, once: ChangeOnce, new_id: NewId, now: Now
) -> Response:
    """Hand in the report of a project (T18), or a new edition of a returned one (T20); If-Match is the project's."""
    async with db.transaction(caller) as tx:
        answer = await commands.submit(
            tx, project_id, body.content(), report_id=new_id(), caller=caller, once=once, at=now
        )
    return respond(answer)


@router.get("/v1/reports", operation_id="report.list", response_model=Listed[ReportState])
async def search(
    db: Db, caller: Caller, page: Page, project_id: UUID | None = None, state: ReportStatus | None = None
) -> Response:
    """List reports in the order in which they were made."""
    access.require(caller, "report.list", None)
    (last,) = page.position(UUID) or (None,)
    async with db.transaction(caller) as tx:
        found = await store.list_reports(tx, project_id=project_id, state=state, after=last, limit=page.limit + 1)
    return listed(page, found, key=lambda row: (row[0],), doc=lambda row: report_for(caller, row[1]))


@router.get(
    "/v1/reports/{report_id}",
    operation_id="report.read",
    response_model=ReportSeen,
    responses=problems(refusals.NoSuchReport),
)
async def read(report_id: UUID, db: Db, caller: Caller) -> Response:
    """Read one report."""
    access.require(caller, "report.read", None)
    async with db.transaction(caller) as tx:
        report, doc = await store.published_report(tx, report_id)
    shown = with_actions(report_for(caller, doc), access.allowed_actions(caller, report))
    return present(shown, version=report.version)


@router.post(
    "/v1/reports/{report_id}/return",
    operation_id="report.return",
    response_model=ReportState,
    responses=problems(refusals.NoSuchReport, refusals.NotPossibleInThisState),
)
async def send_back(
    report_id: UUID, body: AnomaliesBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Return the report with what is wrong in it (T19)."""
    async with db.transaction(caller) as tx:
        answer = await commands.send_back(tx, report_id, body.anomalies, caller=caller, once=once, at=now)
    return respond(answer)


@router.post(
    "/v1/reports/{report_id}/validate",
    operation_id="report.validate",
    response_model=ReportState,
    responses=problems(refusals.NoSuchReport, refusals.NotPossibleInThisState, refusals.BreakdownDoesNotAddUp),
)
async def validate(report_id: UUID, db: Db, caller: Caller, once: ChangeOnce, now: Now) -> Response:
    """Find the report consistent (T21, R36): from here on it counts."""
    async with db.transaction(caller) as tx:
        answer = await commands.validate(tx, report_id, caller=caller, once=once, at=now)
    return respond(answer)


@router.post(
    "/v1/reports/{report_id}/amend",
    operation_id="report.amend",
    response_model=ReportState,
    responses=problems(
        refusals.NoSuchReport,
        refusals.NotPossibleInThisState,
        refusals.BreakdownDoesNotAddUp,
        refusals.NothingAsked,
        *CONTENT_REFUSALS,
    ),
)
async def amend(report_id: UUID, body: AmendmentBody, db: Db, caller: Caller, once: ChangeOnce, now: Now) -> Response:
    """Correct the report of a closed project (T25); what was published stays published."""
    async with db.transaction(caller) as tx:
        answer = await commands.amend(tx, report_id, body.content(), body.reason, caller=caller, once=once, at=now)
    return respond(answer)

"""Projects, over HTTP: their money, from the funders' decisions to the closing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from actions.api.bodies import Amount, BudgetBody, Reference, Some, Text
from actions.api.seen import respond_project
from actions.commands import funding as commands
from actions.domain import refusals
from actions.domain.funding import LineDecision, Payment
from common.contracts.actions import Account, Convention, PaymentStage, ProjectState
from common.fields import Day
from common.http import Caller, ChangeOnce, Db, Model, NewId, Now, respond
from common.problems import problems

router = APIRouter(tags=["funding"])


class LineDecisionBody(Model):
    """What a funder decided of its own line; nothing granted is a refusal."""

    granted: Amount
    decided_on: Day
    reference: Reference = ""
    conditions: Text = ""


class PaymentBody(Model):
    """One payment, or one sum taken back."""

    stage: PaymentStage
    amount: Amount
    paid_on: Day
    reference: Reference = ""


class AcceptanceBody(Model):
    accepted_on: Day


class ConventionBody(Model):
    """An agreement on some lines, sent for signature."""

    line_ids: Annotated[tuple[UUID, ...], Some]
    reference: Reference = ""
    sent_on: Day
    balance_after_report: bool = Field(default=False, description="The balance is paid after the report, not before.")


class SignatureBody(Model):
    """Everybody has signed."""

    convention_id: UUID
    signed_on: Day


class AccountBody(Model):
    """The financial account, one for all funders."""

    submitted_on: Day
    reference: Reference = ""


class ClosingBody(Model):
    short_report: Text = Field(
        "",
        description="What happened, in a few words: needed for a cancelled project, and where a line was paid "
        "otherwise than the report counts.",
    )


@router.post(
    "/v1/projects/{project_id}/funding-lines/{line_id}/decide",
    operation_id="project.decide_line",
    response_model=ProjectState,
    responses=problems(
        refusals.NoSuchProject,
        refusals.NoSuchLine,
        refusals.NotPossibleInThisState,
        refusals.InTheFuture,
        refusals.AmountNotPossible,
        refusals.GrantOverAsked,
    ),
)
async def decide_line(
    project_id: UUID, line_id: UUID, body: LineDecisionBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Record what one's organisation decided of its own line (R24)."""
    decision = LineDecision(
        granted_cents=body.granted.cents(),
        decided_on=body.decided_on,
        reference=body.reference,
        conditions=body.conditions,
    )
    async with db.transaction(caller) as tx:
        answer = await commands.decide_line(tx, project_id, line_id, decision, caller=caller, once=once, at=now)
    return respond_project(caller, answer)


@router.post(
    "/v1/projects/{project_id}/funding-lines/{line_id}/pay",
    operation_id="project.pay_line",
    response_model=ProjectState,
    responses=problems(
        refusals.NoSuchProject,
        refusals.NoSuchLine,
        refusals.NotPossibleInThisState,
        refusals.InTheFuture,
        refusals.AmountNotPossible,
        refusals.OverGranted,
        refusals.ConventionNotSigned,
        refusals.BalanceAfterReport,
    ),
)
async def pay_line(
    project_id: UUID, line_id: UUID, body: PaymentBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Record a payment of one's organisation, or what it took back."""
    payment = Payment(stage=body.stage, cents=body.amount.cents(), paid_on=body.paid_on, reference=body.reference)
    async with db.transaction(caller) as tx:
        answer = await commands.pay_line(tx, project_id, line_id, payment, caller=caller, once=once, at=now)
    return respond_project(caller, answer)


@router.post(
    "/v1/projects/{project_id}/funding-lines/{line_id}/accept-account",
    operation_id="project.accept_account",
    response_model=ProjectState,
    responses=problems(
        refusals.NoSuchProject,
        refusals.NoSuchLine,
        refusals.NotPossibleInThisState,
        refusals.InTheFuture,
        refusals.AccountMissing,
        refusals.AcceptedBeforeSubmitted,
    ),
)
async def accept_account(
    project_id: UUID, line_id: UUID, body: AcceptanceBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Accept the financial account that was handed in last, for one's own line."""
    async with db.transaction(caller) as tx:
        answer = await commands.accept_account(
            tx, project_id, line_id, body.accepted_on, caller=caller, once=once, at=now
        )
    return respond_project(caller, answer)


@router.post(
    "/v1/projects/{project_id}/convention/send",
    operation_id="project.send_convention",
    response_model=ProjectState,
    responses=problems(
        refusals.NoSuchProject, refusals.NoSuchLine, refusals.NotPossibleInThisState, refusals.InTheFuture
    ),
)
async def send_convention(
    project_id: UUID, body: ConventionBody, db: Db, caller: Caller, once: ChangeOnce, new_id: NewId, now: Now
) -> Response:
    """Send an agreement on granted lines for signature."""
    convention = Convention(
        id=new_id(),
        line_ids=body.line_ids,
        reference=body.reference,
        sent_on=body.sent_on,
        signed_on=None,
        balance_after_report=body.balance_after_report,
    )
    async with db.transaction(caller) as tx:
        answer = await commands.send_convention(tx, project_id, convention, caller=caller, once=once, at=now)
    return respond(answer)


@router.post(
    "/v1/projects/{project_id}/convention/sign",
    operation_id="project.sign_convention",
    response_model=ProjectState,
    responses=problems(
        refusals.NoSuchProject,
        refusals.NoSuchConvention,
        refusals.NotPossibleInThisState,
        refusals.InTheFuture,
        refusals.SignedBeforeSent,
    ),
)
async def sign_convention(
    project_id: UUID, body: SignatureBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Record that everybody has signed."""
    async with db.transaction(caller) as tx:
        answer = await commands.sign_convention(
            tx, project_id, body.convention_id, body.signed_on, caller=caller, once=once, at=now
        )
    return respond(answer)


@router.post(
    "/v1/projects/{project_id}/budgets/revised",
    operation_id="project.revise_budget",
    response_model=ProjectState,
    responses=problems(refusals.NoSuchProject, refusals.NotPossibleInThisState, refusals.BudgetNotBalanced),
)
async def revise_budget(
    project_id: UUID, body: BudgetBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Bring the budget in line with what was granted."""
    async with db.transaction(caller) as tx:
        answer = await commands.revise_budget(tx, project_id, body.budget(), caller=caller, once=once, at=now)
    return respond(answer)


@router.post(
    "/v1/projects/{project_id}/fund",
    operation_id="project.fund",
    response_model=ProjectState,
    responses=problems(
        refusals.NoSuchProject,
        refusals.NotPossibleInThisState,
        refusals.FundingUndecided,
        refusals.BudgetNotBalanced,
        refusals.ConventionNotSigned,
    ),
)
async def fund(project_id: UUID, db: Db, caller: Caller, once: ChangeOnce, now: Now) -> Response:
    """Settle the funding plan (T11)."""
    async with db.transaction(caller) as tx:
        answer = await commands.fund(tx, project_id, caller=caller, once=once, at=now)
    return respond(answer)


@router.post(
    "/v1/projects/{project_id}/accounts",
    operation_id="project.submit_account",
    response_model=ProjectState,
    responses=problems(refusals.NoSuchProject, refusals.NotPossibleInThisState, refusals.InTheFuture),
)
async def submit_account(
    project_id: UUID, body: AccountBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Hand in the financial account, or a corrected one: every funder that granted is to accept it, again."""
    account = Account(submitted_on=body.submitted_on, reference=body.reference)
    async with db.transaction(caller) as tx:
        answer = await commands.submit_account(tx, project_id, account, caller=caller, once=once, at=now)
    return respond(answer)


@router.post(
    "/v1/projects/{project_id}/close",
    operation_id="project.close",
    response_model=ProjectState,
    responses=problems(
        refusals.NoSuchProject,
        refusals.NotPossibleInThisState,
        refusals.ReportNotValidated,
        refusals.AccountsNotAccepted,
        refusals.BalancesNotPaid,
        refusals.WorkshopFilmNotSettled,
        refusals.RefundNotSettled,
        refusals.ShortReportMissing,
    ),
)
async def close(project_id: UUID, body: ClosingBody, db: Db, caller: Caller, once: ChangeOnce, now: Now) -> Response:
    """Close a project of which everything is settled (T22, T23)."""
    async with db.transaction(caller) as tx:
        answer = await commands.close(tx, project_id, body.short_report, caller=caller, once=once, at=now)
    return respond(answer)

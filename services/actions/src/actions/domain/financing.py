"""The verbs of a project's money: decided, agreed, revised, paid, accounted for, and funded at last (T11).

A funder touches its own lines and no other: that is judged in `access`, before these verbs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from actions.domain import labels, states
from actions.domain.budget import Budget
from actions.domain.campaign import Campaign
from actions.domain.days import local_day, require_past
from actions.domain.funding import FundingLine, LineDecision, Payment
from actions.domain.project import Moved, Project, granted_shares, moved
from actions.domain.refusals import (
    AcceptedBeforeSubmitted,
    AccountMissing,
    AmountNotPossible,
    BalanceAfterReport,
    BudgetNotBalanced,
    ConventionNotSigned,
    FundingUndecided,
    NoSuchConvention,
    NothingAsked,
    NotPossibleInThisState,
    SignedBeforeSent,
    refuse,
)
from actions.domain.rules import money as rules
from common.contracts.actions import (
    Account,
    BudgetStage,
    Convention,
    PaymentStage,
    ProjectAccountAccepted,
    ProjectAccountSubmitted,
    ProjectBudgetRevised,
    ProjectConventionSent,
    ProjectConventionSigned,
    ProjectFunded,
    ProjectFundingDecided,
    ProjectPaymentRecorded,
    ProjectStatus,
    ReportStatus,
)
from common.contracts.money import money
from common.errors import Verdict

REPORTED = frozenset({ReportStatus.SUBMITTED, ReportStatus.VALIDATED, ReportStatus.AMENDED})


def decide_line(project: Project, line_id: UUID, decision: LineDecision, *, at: datetime) -> Moved:
    """Record what a funder decided of its own line (R24); once."""
    states.require("project.decide_line", project.state)
    require_past(decision.decided_on, at, project.zone, pointer="/decided_on")
    if decision.granted_cents < 0:
        raise AmountNotPossible(pointer="/granted")
    line = project.line(line_id).decide(decision)
    decided = project.with_lines(line)
    fact = ProjectFundingDecided(
        occurred_at=at,
        about=decided.about(line.funder_id),
        line_id=line.id,
        funder_id=line.funder_id,
        kind=line.kind,
        outcome=line.state,
        asked=money(line.asked_cents),
        granted=money(decision.granted_cents),
        decided_on=decision.decided_on,
        reference=line.reference,
    )
    return moved(decided, fact)


def send_convention(project: Project, convention: Convention, *, at: datetime) -> Moved:
    """Send an agreement on granted lines for signature."""
    states.require("project.send_convention", project.state)
    require_past(convention.sent_on, at, project.zone, pointer="/sent_on")
    if not convention.line_ids:
        raise NothingAsked(pointer="/line_ids")
    for line_id in convention.line_ids:
        if not project.line(line_id).granted:
            raise NotPossibleInThisState(
                f"Line {line_id} has no grant to agree on.",
                precision=f"La ligne {line_id} n’a pas de subvention sur laquelle s’accorder.",
            )
    sent = replace(project, conventions=(*project.conventions, replace(convention, signed_on=None)))
    fact = ProjectConventionSent(
        occurred_at=at,
        about=sent.about(*_funders(sent, convention.line_ids)),
        convention_id=convention.id,
        line_ids=convention.line_ids,
        sent_on=convention.sent_on,
    )
    return moved(sent, fact)


def sign_convention(project: Project, convention_id: UUID, signed_on: date, *, at: datetime) -> Moved:
    """Record that everybody signed: the lines become `agreement_signed`, those paid already stay paid."""
    states.require("project.sign_convention", project.state)
    require_past(signed_on, at, project.zone, pointer="/signed_on")
    convention = _convention(project, convention_id)
    if convention.signed_on is not None:
        raise NotPossibleInThisState("The convention is signed.", precision="La convention est signée.")
    if signed_on < convention.sent_on:
        raise SignedBeforeSent(
            f"It was sent on {convention.sent_on}.",
            precision=f"Elle a été envoyée le {convention.sent_on}.",
            pointer="/signed_on",
        )
    signed = replace(convention, signed_on=signed_on)
    conventions = tuple(signed if one.id == convention_id else one for one in project.conventions)
    lines = (project.line(line_id).signed() for line_id in signed.line_ids)
    agreed = replace(project, conventions=conventions).with_lines(*lines)
    fact = ProjectConventionSigned(
        occurred_at=at,
        about=agreed.about(*_funders(agreed, signed.line_ids)),
        convention_id=convention_id,
        line_ids=signed.line_ids,
        signed_on=signed_on,
    )
    return moved(agreed, fact)


def revise_budget(project: Project, budget: Budget, *, at: datetime) -> Moved:
    """Bring the budget in line with what was granted; once funded, it must balance at once (R23)."""
    states.require("project.revise_budget", project.state)
    revised = budget.sharing(granted_shares(project.lines))
    if project.state is ProjectStatus.FUNDED:
        _require_balance(project, revised, at)
    changed = replace(project, revised=revised)
    fact = ProjectBudgetRevised(
        occurred_at=at,
        about=changed.about(),
        stage=BudgetStage.REVISED,
        cash_total=money(revised.cash_charges),
        in_kind_total=money(revised.in_kind_total),
    )
    return moved(changed, fact)


def fund(project: Project, campaign: Campaign, *, granted_elsewhere: Mapping[UUID, int], at: datetime) -> Moved:
    """Settle the funding plan (T11): every line decided (R24), balanced (R23), conventions signed where due (R25).

    `granted_elsewhere` says, by funder, the cents that it granted this holder this year in other projects.
    """
    states.require("project.fund", project.state)
    undecided = sum(not line.decided for line in project.lines)
    if verdict := rules.all_decided(undecided, local_day(at, project.zone)):
        refuse(FundingUndecided, verdict, pointer="/lines")
    revised = (project.revised or project.forecast).sharing(granted_shares(project.lines))
    _require_balance(project, revised, at)
    for line in project.lines:
        _require_signed(project, line, campaign, granted_elsewhere.get(line.funder_id, 0), at)
    funded = replace(project, state=ProjectStatus.FUNDED, revised=revised, funded_at=at)
    fact = ProjectFunded(
        occurred_at=at,
        about=funded.about(),
        cash_total=money(revised.cash_charges),
        granted=money(funded.granted_cents),
        in_kind_total=money(revised.in_kind_total),
    )
    return moved(funded, fact)


def pay_line(
    project: Project,
    line_id: UUID,
    payment: Payment,
    *,
    campaign: Campaign,
    report_state: ReportStatus | None,
    granted_elsewhere: int,
    at: datetime,
) -> Moved:
    """Record a payment of a funder, or what it took back; `granted_elsewhere` is as in `fund`, for this funder."""
    states.require("project.pay_line", project.state)
    require_past(payment.paid_on, at, project.zone, pointer="/paid_on")
    line = project.line(line_id)
    if payment.stage is not PaymentStage.CLAWBACK:
        _require_payable(project, line, payment, report_state)
        _require_signed(project, line, campaign, granted_elsewhere, at)
    paid = line.pay(payment)
    after = project.with_lines(paid)
    fact = ProjectPaymentRecorded(
        occurred_at=at,
        about=after.about(line.funder_id),
        line_id=line.id,
        funder_id=line.funder_id,
        kind=line.kind,
        stage=payment.stage,
        amount=money(payment.cents),
        paid=money(paid.paid_cents),
        paid_on=payment.paid_on,
    )
    return moved(after, fact)


def submit_account(project: Project, account: Account, *, at: datetime) -> Moved:
    """Hand in the financial account, one for all funders; handed in again, each of them is to accept that one (R46)."""
    states.require("project.submit_account", project.state)
    require_past(account.submitted_on, at, project.zone, pointer="/submitted_on")
    unread = (replace(line, account_accepted_on=None) for line in project.lines)
    submitted = replace(project, account=account).with_lines(*unread)
    fact = ProjectAccountSubmitted(
        occurred_at=at,
        about=submitted.about(),
        submitted_on=account.submitted_on,
        again=project.account is not None,
    )
    return moved(submitted, fact)


def accept_account(project: Project, line_id: UUID, accepted_on: date, *, at: datetime) -> Moved:
    """Accept the account that was handed in last, for one's own line."""
    states.require("project.accept_account", project.state)
    require_past(accepted_on, at, project.zone, pointer="/accepted_on")
    if project.account is None:
        raise AccountMissing
    line = project.line(line_id)
    if not line.granted or line.account_accepted_on is not None:
        raise NotPossibleInThisState(
            "The line has no grant, or its account is accepted.",
            precision="La ligne n’a pas de subvention, ou son compte rendu est accepté.",
        )
    if accepted_on < project.account.submitted_on:
        raise AcceptedBeforeSubmitted(
            f"It was handed in on {project.account.submitted_on}.",
            precision=f"Il a été remis le {project.account.submitted_on}.",
            pointer="/accepted_on",
        )
    accepted = project.with_lines(replace(line, account_accepted_on=accepted_on))
    fact = ProjectAccountAccepted(
        occurred_at=at,
        about=accepted.about(line.funder_id),
        line_id=line.id,
        funder_id=line.funder_id,
        accepted_on=accepted_on,
    )
    return moved(accepted, fact)


def convention_due(
    project: Project, line: FundingLine, campaign: Campaign, granted_elsewhere: int, on: date
) -> Verdict | None:
    """Judge whether the law (R25) or the campaign wants a convention for this line."""
    here = sum(one.granted_cents or 0 for one in project.lines if one.funder_id == line.funder_id)
    return rules.convention(
        here + granted_elsewhere,
        on,
        public_to_association=line.public_funder and project.holder_is_association,
        kind=line.kind,
        required_for=campaign.rules.convention_required_for,
    )


def _require_signed(
    project: Project, line: FundingLine, campaign: Campaign, granted_elsewhere: int, at: datetime
) -> None:
    if not line.granted or project.has_signed_for(line.id):
        return
    if verdict := convention_due(project, line, campaign, granted_elsewhere, local_day(at, project.zone)):
        refuse(ConventionNotSigned, verdict)


def _require_payable(project: Project, line: FundingLine, payment: Payment, report_state: ReportStatus | None) -> None:
    """Refuse to pay a cancelled project, and a balance that its convention puts after the report."""
    if project.state is ProjectStatus.CANCELLED:
        raise NotPossibleInThisState("The project is cancelled.", precision="Le projet est annulé.")
    forbidden = any(one.balance_after_report and line.id in one.line_ids for one in project.conventions)
    if payment.stage is PaymentStage.BALANCE and forbidden and report_state not in REPORTED:
        raise BalanceAfterReport(
            f"The report is {report_state or 'missing'}.", precision=f"Le bilan est « {labels.REPORTS[report_state]} »."
        )


def _require_balance(project: Project, budget: Budget, at: datetime) -> None:
    if verdict := rules.balance(budget, BudgetStage.REVISED, local_day(at, project.zone)):
        refuse(BudgetNotBalanced, verdict, pointer="/revised")


def _convention(project: Project, convention_id: UUID) -> Convention:
    found = next((one for one in project.conventions if one.id == convention_id), None)
    if found is None:
        raise NoSuchConvention(f"There is no {convention_id}.", precision=f"Il n’y a pas de {convention_id}.")
    return found


def _funders(project: Project, line_ids: Sequence[UUID]) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(project.line(line_id).funder_id for line_id in line_ids))

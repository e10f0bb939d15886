"""The last verbs of a project: cancelled with all its actions, closed once all is settled (T22, T23)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from actions.domain import labels, states
from actions.domain.action import Action
from actions.domain.days import local_day
from actions.domain.funding import SETTLED
from actions.domain.known import Film
from actions.domain.project import Moved, Project, granted_shares, moved
from actions.domain.refusals import (
    AccountsNotAccepted,
    BalancesNotPaid,
    RefundNotSettled,
    ReportNotValidated,
    ShortReportMissing,
    WorkshopFilmNotSettled,
    refuse,
)
from actions.domain.rules.money import accounts_accepted
from common.contracts.actions import (
    ActionStatus,
    LineStatus,
    ProjectCancelled,
    ProjectClosed,
    ProjectStatus,
    ReportStatus,
)
from common.contracts.catalogue import Clearance


def cancelled_with(project: Project, actions: Sequence[Action], *, at: datetime) -> Moved | None:
    """Cancel the project of which every action is now cancelled; nothing while one is not."""
    if not actions or any(action.state is not ActionStatus.CANCELLED for action in actions):
        return None
    cancelled = replace(project, state=ProjectStatus.CANCELLED)
    return moved(cancelled, ProjectCancelled(occurred_at=at, about=cancelled.about()))


def close(
    project: Project,
    report_state: ReportStatus | None,
    workshop_films: Iterable[Film],
    short_report: str = "",
    *,
    at: datetime,
) -> Moved:
    """Close a project that took place (T22): reported, accounted for, paid, its workshop films settled.

    `short_report` says why a funder's balance is not what the validated report counts on, where it is not.
    """
    states.require("project.close", project.state)
    if project.state is ProjectStatus.CANCELLED or report_state is not ReportStatus.VALIDATED:
        raise ReportNotValidated(
            f"The report is {report_state or 'missing'}.", precision=f"Le bilan est « {labels.REPORTS[report_state]} »."
        )
    _require_settled(project, short_report, at)
    pending = [film.title for film in workshop_films if film.workshop and film.workshop.clearance is Clearance.PENDING]
    if pending:
        raise WorkshopFilmNotSettled(", ".join(pending), precision=", ".join(pending))
    return _closed(project, short_report or project.reason, at)


def close_cancelled(project: Project, actions: Iterable[Action], short_report: str, *, at: datetime) -> Moved:
    """Close a cancelled project (T23): what had to be given back is, and a few words say what happened."""
    states.require("project.close", project.state)
    if project.state is not ProjectStatus.CANCELLED or not short_report:
        raise ShortReportMissing(pointer="/short_report")
    back = sum(line.clawed_back_cents for line in project.lines)
    promised = sum(action.cancellation.to_give_back_cents for action in actions if action.cancellation)
    owed = min(promised, project.paid_cents + back)  # nobody gives back what was never paid
    if back < owed:
        raise RefundNotSettled(
            f"{back} of {owed} cents are back.", precision=f"{back} centimes sur {owed} sont rendus."
        )
    return _closed(project, short_report, at)


def _require_settled(project: Project, short_report: str, at: datetime) -> None:
    """Refuse while an account (R46) or a balance is awaited; one that differs from the report's share needs a word.

    A funder that pays less than the report counts on may do so, and what it takes back is its own last word.
    """
    granted = [line for line in project.lines if line.granted]
    waiting = sum(line.account_accepted_on is None for line in granted)
    if verdict := accounts_accepted(waiting, local_day(at, project.zone)):
        refuse(AccountsNotAccepted, verdict)
    unpaid = sum(line.state not in SETTLED for line in granted)
    if unpaid:
        raise BalancesNotPaid(f"{unpaid} line(s) are not settled.", precision=f"{unpaid} ligne(s) ne sont pas soldées.")
    if not short_report:
        _require_as_reported(project)


def _require_as_reported(project: Project) -> None:
    """Refuse a balance after which a line has not brought what the actual budget counts: by a slip, or a reason."""
    shares = granted_shares(project.lines) if project.actual is None else project.actual.shares
    counted = {share.line_id: share.cents for share in shares}
    paid = [line for line in project.lines if line.granted and line.state is LineStatus.BALANCE_PAID]
    for line in paid:
        if line.paid_cents != counted[line.id]:
            raise BalancesNotPaid(
                f"{line.paid_cents} cents are paid, the report counts on {counted[line.id]}; a short report says why.",
                precision=f"{line.paid_cents} centimes sont payés, le bilan en compte {counted[line.id]} ; "
                "un court bilan dit pourquoi.",
                pointer="/short_report",
            )


def _closed(project: Project, reason: str, at: datetime) -> Moved:
    closed = replace(project, state=ProjectStatus.CLOSED, reason=reason, closed_at=at)
    return moved(closed, ProjectClosed(occurred_at=at, about=closed.about()))

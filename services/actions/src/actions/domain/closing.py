"""The last verbs of a project: cancelled with all its actions, closed once all is settled (T22, T23)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from actions.domain import states
from actions.domain.action import Action
from actions.domain.days import local_day
from actions.domain.funding import SETTLED
from actions.domain.known import Film
from actions.domain.project import Moved, Project, moved
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
    project: Project, report_state: ReportStatus | None, workshop_films: Iterable[Film], *, at: datetime
) -> Moved:
    """Close a project that took place (T22): reported, accounted for, paid, its workshop films settled."""
    states.require("project.close", project.state)
    if project.state is ProjectStatus.CANCELLED or report_state is not ReportStatus.VALIDATED:
        raise ReportNotValidated(
            f"The report is {report_state or 'missing'}.", precision=f"Le bilan est « {report_state or 'absent'} »."
        )
    _require_settled(project, at)
    pending = [film.title for film in workshop_films if film.workshop and film.workshop.clearance is Clearance.PENDING]
    if pending:
        raise WorkshopFilmNotSettled(", ".join(pending), precision=", ".join(pending))
    return _closed(project, project.reason, at)


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


def _require_settled(project: Project, at: datetime) -> None:
    granted = [line for line in project.lines if line.granted]
    waiting = sum(line.account_accepted_on is None for line in granted)
    if verdict := accounts_accepted(waiting, local_day(at, project.zone)):
        refuse(AccountsNotAccepted, verdict)
    unpaid = sum(line.state not in SETTLED for line in granted)
    if unpaid:
        raise BalancesNotPaid(f"{unpaid} line(s) are not settled.", precision=f"{unpaid} ligne(s) ne sont pas soldées.")


def _closed(project: Project, reason: str, at: datetime) -> Moved:
    closed = replace(project, state=ProjectStatus.CLOSED, reason=reason, closed_at=at)
    return moved(closed, ProjectClosed(occurred_at=at, about=closed.about()))

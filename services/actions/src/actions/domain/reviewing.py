"""The verbs of a report: submitted (T18), returned (T19), resubmitted (T20), validated (T21), amended (T25).

Validation is where a report's numbers become the scheme's: breakdowns must add up (R36), the totals that it corrects
replace the actions', and its budget becomes the project's actual one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from actions.domain import states
from actions.domain.action import Action
from actions.domain.action import Moved as ActionMoved
from actions.domain.budget import Budget, Share
from actions.domain.days import local_day
from actions.domain.project import Moved as ProjectMoved
from actions.domain.project import Project, granted_shares
from actions.domain.project import moved as project_moved
from actions.domain.refusals import (
    ActionsStillOpen,
    ActualBudgetNotBalanced,
    AmountNotPossible,
    NothingAsked,
    NothingHeld,
    refuse,
)
from actions.domain.report import Content, Edition, Moved, Report, moved
from actions.domain.rules.counting import reasoned
from actions.domain.rules.money import balance
from actions.domain.tally import corrected, require_adding_up, told
from common.contracts.actions import (
    ActionStatus,
    BudgetStage,
    ProjectBudgetRevised,
    ReportAmended,
    ReportReturned,
    ReportStatus,
    ReportSubmitted,
    ReportValidated,
)
from common.contracts.money import money


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What counts from now on: the report, the project with its actual budget, and the actions that it corrected."""

    report: Moved
    project: ProjectMoved
    actions: tuple[ActionMoved, ...]


def submit(content: Content, project: Project, actions: Sequence[Action], *, report_id: UUID, at: datetime) -> Moved:
    """Hand the report in (T18), once every action is held or cancelled and one at least is held."""
    states.require("project.report", project.state)
    _require_finished(actions)
    report = Report(
        id=report_id,
        changed_at=at,
        project_id=project.id,
        project_state=project.state,
        campaign_id=project.campaign_id,
        campaign_year=project.campaign_year,
        campaign_on=project.campaign_on,
        zone=project.zone,
        coordination_id=project.coordination_id,
        holder_id=project.holder_id,
        region=project.main.region,
        department=project.main.department,
        municipalities=project.municipalities,
        departments=project.departments,
        regions=project.regions,
        parties=project.parties,
        editions=(_edition(1, content, project, actions, at=at),),
    )
    return moved(report, _submitted(report, at))


def resubmit(report: Report, content: Content, project: Project, actions: Sequence[Action], *, at: datetime) -> Moved:
    """Hand in another edition of a returned report (T20)."""
    report.require("report.resubmit")
    edition = _edition(report.edition.number + 1, content, project, actions, at=at)
    resubmitted = replace(report, state=ReportStatus.SUBMITTED, editions=(*report.editions, edition))
    return moved(resubmitted, _submitted(resubmitted, at))


def send_back(report: Report, anomalies: Sequence[str], *, at: datetime) -> Moved:
    """Return the report with what is wrong in it (T19)."""
    report.require("report.return")
    if not anomalies:
        raise NothingAsked(
            "A returned report names its anomalies.",
            precision="Un bilan retourné nomme ses anomalies.",
            pointer="/anomalies",
        )
    noted = replace(report.edition, returned_at=at, anomalies=tuple(anomalies))
    returned = replace(report.with_edition(noted), state=ReportStatus.RETURNED)
    fact = ReportReturned(
        occurred_at=at,
        about=returned.about(),
        report_id=returned.id,
        edition=noted.number,
        anomalies=noted.anomalies,
    )
    return moved(returned, fact)


def validate(report: Report, project: Project, actions: Sequence[Action], *, at: datetime) -> Counted:
    """Find the report consistent (T21): from here on it counts."""
    report.require("report.validate")
    require_adding_up(report.edition.actions, local_day(at, report.zone))
    validated = replace(report, state=ReportStatus.VALIDATED, validated_at=at)
    fact = ReportValidated(
        occurred_at=at, about=validated.about(), report_id=validated.id, edition=validated.edition.number
    )
    return _counted(moved(validated, fact), project, actions, at=at)


def amend(
    report: Report, content: Content, reason: str, project: Project, actions: Sequence[Action], *, at: datetime
) -> Counted:
    """Correct the report of a closed project (T25): a new edition counts at once, the project stays closed."""
    report.require("report.amend")
    if verdict := reasoned(reason, local_day(at, report.zone)):
        refuse(NothingAsked, verdict, pointer="/reason")
    edition = replace(_edition(report.edition.number + 1, content, project, actions, at=at), reason=reason)
    require_adding_up(edition.actions, local_day(at, report.zone))
    amended = replace(report, state=ReportStatus.AMENDED, editions=(*report.editions, edition), validated_at=at)
    fact = ReportAmended(
        occurred_at=at, about=amended.about(), report_id=amended.id, edition=edition.number, reason=reason
    )
    return _counted(moved(amended, fact), project, actions, at=at)


def _require_finished(actions: Sequence[Action]) -> None:
    going = [action for action in actions if action.state not in {ActionStatus.HELD, ActionStatus.CANCELLED}]
    if going:
        raise ActionsStillOpen(
            f"{len(going)} action(s) are neither held nor cancelled.",
            precision=f"{len(going)} action(s) ne sont ni réalisées ni annulées.",
        )
    if not any(action.state is ActionStatus.HELD for action in actions):
        raise NothingHeld("No action was held.", precision="Aucune action n’a été réalisée.")


def _edition(number: int, content: Content, project: Project, actions: Sequence[Action], *, at: datetime) -> Edition:
    return Edition(
        number=number,
        submitted_at=at,
        narrative=content.narrative,
        actions=told(content.actions, actions),
        actual=_balanced(content, project, at),
    )


def _balanced(content: Content, project: Project, at: datetime) -> Budget:
    budget = content.actual.sharing(_brought(content, project))
    if verdict := balance(budget, BudgetStage.ACTUAL, local_day(at, project.zone)):
        refuse(ActualBudgetNotBalanced, verdict, pointer="/actual")
    return budget


def _brought(content: Content, project: Project) -> Iterator[Share]:
    kept = {project.line(one.line_id).id: one.cents for one in content.kept}
    for share in granted_shares(project.lines):
        brought = kept.get(share.line_id, share.cents)
        if not 0 <= brought <= share.cents:
            raise AmountNotPossible(
                f"{brought} cents kept of {share.cents} granted.",
                precision=f"{brought} centimes gardés sur {share.cents} accordés.",
                pointer="/kept",
            )
        yield replace(share, cents=brought)


def _counted(report: Moved, project: Project, actions: Sequence[Action], *, at: datetime) -> Counted:
    edition = report[0].edition
    by_id = {action.id: action for action in actions}
    changes = (corrected(by_id[reported.action_id], reported, at=at) for reported in edition.actions)
    settled = replace(project, actual=edition.actual)
    fact = ProjectBudgetRevised(
        occurred_at=at,
        about=settled.about(),
        stage=BudgetStage.ACTUAL,
        cash_total=money(edition.actual.cash_charges),
        in_kind_total=money(edition.actual.in_kind_total),
    )
    return Counted(
        report=report,
        project=project_moved(settled, fact),
        actions=tuple(change for change in changes if change is not None),
    )


def _submitted(report: Report, at: datetime) -> ReportSubmitted:
    return ReportSubmitted(occurred_at=at, about=report.about(), report_id=report.id, edition=report.edition.number)

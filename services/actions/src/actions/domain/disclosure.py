"""What a local authority may read of the money: its own lines, and the totals once the project is funded.

It sees the rest of a project that lies in its territory as everybody does; all others see all of what they see at all.
"""

from dataclasses import replace
from uuid import UUID

from actions.domain.access import Caller
from common.contracts.actions import (
    Budget,
    Budgets,
    CommitteeDecision,
    Convention,
    ProjectState,
    ProjectStatus,
    ReportState,
)

WITH_TOTALS = frozenset({ProjectStatus.FUNDED, ProjectStatus.CLOSED})


def reads_all(caller: Caller) -> bool:
    """Tell whether the caller reads the money whole."""
    return caller.territory.level != "municipalities"


def project_for(caller: Caller, project: ProjectState) -> ProjectState:
    """Leave of a project what the caller may read."""
    if reads_all(caller):
        return project
    lines = tuple(line for line in project.lines if line.funder_id == caller.org)
    own = frozenset(line.id for line in lines)
    return replace(
        project,
        lines=lines,
        conventions=tuple(_own_part(one, own) for one in project.conventions if not own.isdisjoint(one.line_ids)),
        budgets=_budgets(project, caller.org),
        decisions=tuple(_without_amount(decision) for decision in project.decisions),
    )


def report_for(caller: Caller, report: ReportState) -> ReportState:
    """Leave of a report what the caller may read: its budget in totals."""
    if reads_all(caller):
        return report
    return replace(report, actual=_totals(report.actual, caller.org))


def _budgets(project: ProjectState, org: UUID) -> Budgets:
    if project.state not in WITH_TOTALS:
        return Budgets()
    revised, actual = project.budgets.revised, project.budgets.actual
    return Budgets(
        revised=None if revised is None else _totals(revised, org),
        actual=None if actual is None else _totals(actual, org),
    )


def _totals(budget: Budget, org: UUID) -> Budget:
    own = tuple(share for share in budget.lines if share.funder_id == org)
    return replace(budget, charges=(), resources=(), lines=own, in_kind_charges=(), in_kind_resources=())


def _own_part(convention: Convention, own: frozenset[UUID]) -> Convention:
    return replace(convention, line_ids=tuple(line_id for line_id in convention.line_ids if line_id in own))


def _without_amount(decision: CommitteeDecision) -> CommitteeDecision:
    return replace(decision, recommended=None)

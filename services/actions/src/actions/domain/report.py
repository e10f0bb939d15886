"""Reports: one a project, in numbered editions.  What may happen to one stands in `reviewing`."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from actions.domain import budget as budgets
from actions.domain import states
from actions.domain.budget import Budget
from common.contracts import actions as wire
from common.contracts.actions import (
    About,
    Breakdown,
    ProjectStatus,
    ReportedAction,
    ReportFact,
    ReportState,
    ReportStatus,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTotal:
    """The total of one session, as the holder reports it."""

    session_id: UUID
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionReport:
    """What a holder reports of one held action; what it does not repeat stays as it was recorded."""

    action_id: UUID
    sessions: tuple[SessionTotal, ...] = ()
    participants_distinct: int | None = None
    breakdowns: tuple[Breakdown, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a funding line really brought, where that is not all that it granted."""

    line_id: UUID
    cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What happened, in numbers and in words, and what it cost; a line not in `kept` brought what it granted."""

    narrative: str
    actions: tuple[ActionReport, ...]
    actual: Budget
    kept: tuple[Kept, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One edition, placed and complete, and what became of it."""

    number: int
    submitted_at: datetime
    narrative: str
    actions: tuple[ReportedAction, ...]
    actual: Budget
    returned_at: datetime | None = None
    anomalies: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report; the last of its editions is the one in force.  `project_state` is read from the project's row."""

    id: UUID
    version: int = 0
    changed_at: datetime
    state: ReportStatus = ReportStatus.SUBMITTED
    project_id: UUID
    project_state: ProjectStatus
    campaign_id: UUID
    campaign_year: int
    campaign_on: date
    zone: str
    coordination_id: UUID
    holder_id: UUID
    region: str
    department: str
    municipalities: tuple[str, ...]
    departments: tuple[str, ...]
    regions: tuple[str, ...]
    parties: tuple[UUID, ...]
    editions: tuple[Edition, ...]
    validated_at: datetime | None = None

    @property
    def edition(self) -> Edition:
        """The edition in force."""
        return self.editions[-1]

    def with_edition(self, edition: Edition) -> "Report":
        """Put this edition in the place of the last one."""
        return replace(self, editions=(*self.editions[:-1], edition))

    def require(self, verb: str) -> None:
        """Refuse a verb that its state, or its project's, does not allow."""
        states.require(verb, self.state, self.project_state)

    def about(self) -> About:
        """Say whom a fact of this report concerns."""
        return About(
            campaign_id=self.campaign_id,
            project_id=self.project_id,
            coordination_id=self.coordination_id,
            project_state=self.project_state,
            effective_on=self.campaign_on,
            vintage=self.campaign_year,
            municipalities=self.municipalities,
            departments=self.departments,
            regions=self.regions,
            holder_id=self.holder_id,
            parties=self.parties,
        )

    def published(self) -> ReportState:
        """Write the report as others read it."""
        return ReportState(
            id=self.id,
            version=self.version,
            occurred_at=self.changed_at,
            state=self.state,
            project_id=self.project_id,
            campaign_id=self.campaign_id,
            campaign_year=self.campaign_year,
            coordination_id=self.coordination_id,
            holder_id=self.holder_id,
            vintage=self.campaign_year,
            effective_on=self.campaign_on,
            region=self.region,
            department=self.department,
            municipalities=self.municipalities,
            departments=self.departments,
            regions=self.regions,
            parties=self.parties,
            edition=self.edition.number,
            narrative=self.edition.narrative,
            actions=self.edition.actions,
            actual=budgets.published(self.edition.actual),
            editions=tuple(_summary(edition) for edition in self.editions),
            validated_at=self.validated_at,
        )


Moved = tuple[Report, tuple[ReportFact, ...]]


def moved(report: Report, *facts: ReportFact) -> Moved:
    """Announce: each fact takes its own version."""
    return replace(report, version=report.version + len(facts), changed_at=facts[-1].occurred_at), facts


def _summary(edition: Edition) -> wire.Edition:
    return wire.Edition(
        number=edition.number,
        submitted_at=edition.submitted_at,
        returned_at=edition.returned_at,
        anomalies=edition.anomalies,
        reason=edition.reason,
    )

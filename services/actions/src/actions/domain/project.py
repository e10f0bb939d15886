"""Projects: the application of a holder to a campaign, its partners and its money.

What may happen to one stands in `filing` (draft to committee), `financing` (decisions, payments) and `closing`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from actions.domain import budget as budgets
from actions.domain.budget import Budget, Share
from actions.domain.funding import FundingLine, LineWish
from actions.domain.refusals import NoSuchLine
from common.contracts import actions as wire
from common.contracts.actions import (
    About,
    Account,
    CommitteeOutcome,
    Convention,
    Locality,
    MissingPieces,
    Partner,
    PriorContact,
    ProjectFact,
    ProjectState,
    ProjectStatus,
)
from common.contracts.money import money

COUNTS_NOWHERE = frozenset({ProjectStatus.REJECTED, ProjectStatus.INELIGIBLE, ProjectStatus.WITHDRAWN})
"""What was planned in such a project takes nobody's place: no quota, no copy, no hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFile:
    """What a holder writes in its file; the lines' shares of the forecast follow from the wishes."""

    title: str
    summary: str
    main: Locality
    partners: tuple[Partner, ...]
    lines: tuple[LineWish, ...]
    forecast: Budget


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitteeDecision:
    """What one sitting of the regional committee decided."""

    outcome: CommitteeOutcome
    committee_on: date
    quorum: str
    recommended_cents: int | None = None
    reserves: str = ""
    reason: str = ""
    next_committee_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project.

    `municipalities`, `departments` and `regions` are those of the file as last handed over and, once it is validated,
    of its actions as they are described now.
    """

    id: UUID
    version: int = 0
    changed_at: datetime
    state: ProjectStatus = ProjectStatus.DRAFT
    campaign_id: UUID
    campaign_year: int
    campaign_on: date
    zone: str
    coordination_id: UUID
    holder_id: UUID
    holder_is_association: bool
    title: str
    summary: str
    main: Locality
    municipalities: tuple[str, ...]
    departments: tuple[str, ...]
    regions: tuple[str, ...]
    partners: tuple[Partner, ...]
    lines: tuple[FundingLine, ...]
    conventions: tuple[Convention, ...] = ()
    forecast: Budget
    revised: Budget | None = None
    actual: Budget | None = None
    prior_contact: PriorContact | None = None
    missing: MissingPieces | None = None
    decisions: tuple[CommitteeDecision, ...] = ()
    account: Account | None = None
    reason: str = ""
    submitted_at: datetime | None = None
    funded_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def project_state(self) -> ProjectStatus:
        """Its own state, under the name that its actions and its report have for it."""
        return self.state

    @property
    def funders(self) -> tuple[UUID, ...]:
        return tuple(dict.fromkeys(line.funder_id for line in self.lines))

    @property
    def parties(self) -> tuple[UUID, ...]:
        """The organisations that may see it: the holder, the partners, the funders."""
        partners = (partner.organisation_id for partner in self.partners)
        return tuple(dict.fromkeys((self.holder_id, *partners, *self.funders)))

    @property
    def asked_cents(self) -> int:
        return sum(line.asked_cents for line in self.lines)

    @property
    def granted_cents(self) -> int:
        return sum(line.granted_cents or 0 for line in self.lines)

    @property
    def paid_cents(self) -> int:
        return sum(line.paid_cents for line in self.lines)

    def line(self, line_id: UUID) -> FundingLine:
        found = next((line for line in self.lines if line.id == line_id), None)
        if found is None:
            raise NoSuchLine(f"There is no line {line_id}.", precision=f"Il n’y a pas de ligne {line_id}.")
        return found

    def has_signed_for(self, line_id: UUID) -> bool:
        """Tell whether a convention signed by all names the line."""
        return any(one.signed_on is not None and line_id in one.line_ids for one in self.conventions)

    def with_lines(self, *changed: FundingLine) -> "Project":
        """Put these lines in the place of those of the same ids."""
        by_id = {line.id: line for line in changed}
        return replace(self, lines=tuple(by_id.get(line.id, line) for line in self.lines))

    def about(self, *funders: UUID) -> About:
        """Say whom a fact of this project concerns."""
        return About(
            campaign_id=self.campaign_id,
            project_id=self.id,
            coordination_id=self.coordination_id,
            project_state=self.state,
            effective_on=self.campaign_on,
            vintage=self.campaign_year,
            municipalities=self.municipalities,
            departments=self.departments,
            regions=self.regions,
            holder_id=self.holder_id,
            parties=self.parties,
            funders=funders,
        )

    def published(self) -> ProjectState:
        """Write the project as others read it."""
        return ProjectState(
            id=self.id,
            version=self.version,
            occurred_at=self.changed_at,
            state=self.state,
            campaign_id=self.campaign_id,
            coordination_id=self.coordination_id,
            campaign_year=self.campaign_year,
            effective_on=self.campaign_on,
            vintage=self.campaign_year,
            holder_id=self.holder_id,
            title=self.title,
            summary=self.summary,
            main=self.main,
            municipalities=self.municipalities,
            departments=self.departments,
            regions=self.regions,
            partners=self.partners,
            parties=self.parties,
            lines=tuple(line.published() for line in self.lines),
            conventions=self.conventions,
            budgets=_budgets(self),
            prior_contact=self.prior_contact,
            missing=self.missing,
            decisions=tuple(_decision(decision) for decision in self.decisions),
            account=self.account,
            reason=self.reason,
            submitted_at=self.submitted_at,
            funded_at=self.funded_at,
            closed_at=self.closed_at,
        )


Moved = tuple[Project, tuple[ProjectFact, ...]]


def moved(project: Project, *facts: ProjectFact) -> Moved:
    """Announce: each fact takes its own version."""
    return replace(project, version=project.version + len(facts), changed_at=facts[-1].occurred_at), facts


def asked_shares(lines: Iterable[FundingLine]) -> tuple[Share, ...]:
    """List what the lines bring to the forecast: what is asked."""
    return tuple(
        Share(line_id=line.id, funder_id=line.funder_id, kind=line.kind, cents=line.asked_cents) for line in lines
    )


def granted_shares(lines: Iterable[FundingLine]) -> tuple[Share, ...]:
    """List what the lines bring once decided; until then, what was asked."""
    return tuple(
        Share(
            line_id=line.id,
            funder_id=line.funder_id,
            kind=line.kind,
            cents=line.asked_cents if line.granted_cents is None else line.granted_cents,
        )
        for line in lines
    )


def _budgets(project: Project) -> wire.Budgets:
    return wire.Budgets(
        forecast=budgets.published(project.forecast),
        revised=None if project.revised is None else budgets.published(project.revised),
        actual=None if project.actual is None else budgets.published(project.actual),
    )


def _decision(decision: CommitteeDecision) -> wire.CommitteeDecision:
    recommended = decision.recommended_cents
    return wire.CommitteeDecision(
        outcome=decision.outcome,
        committee_on=decision.committee_on,
        quorum=decision.quorum,
        recommended=None if recommended is None else money(recommended),
        reserves=decision.reserves,
        reason=decision.reason,
        next_committee_on=decision.next_committee_on,
    )

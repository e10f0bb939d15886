"""A project whole, its money included, as its state topic carries it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from common.contracts.actions.parts import Budgets, Locality, Partner
from common.contracts.actions.vocabulary import (
    CommitteeOutcome,
    LineKind,
    LineStatus,
    PaymentStage,
    ProjectStatus,
)
from common.contracts.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One payment of a funder, or one sum that it took back."""

    stage: PaymentStage
    amount: Money
    paid_on: date
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingLine:
    """What one funder was asked, decided and paid; `paid` is net of what it took back."""

    id: UUID
    funder_id: UUID
    kind: LineKind
    public_funder: bool
    state: LineStatus
    asked: Money
    granted: Money | None
    paid: Money
    decided_on: date | None
    reference: str
    conditions: str
    payments: tuple[Payment, ...]
    account_accepted_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Convention:
    """An agreement on some lines of a project; signed by all, or not yet."""

    id: UUID
    line_ids: tuple[UUID, ...]
    reference: str
    sent_on: date
    signed_on: date | None
    balance_after_report: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitteeDecision:
    """What one sitting of the regional committee decided, and with which quorum."""

    outcome: CommitteeOutcome
    committee_on: date
    quorum: str
    recommended: Money | None
    reserves: str
    reason: str
    next_committee_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorContact:
    """When the coordination talked with the holder, and about what."""

    contacted_on: date
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingPieces:
    """What the coordination asked for, and until the end of which day."""

    pieces: tuple[str, ...]
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The holder's financial account, one for all funders."""

    submitted_on: date
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectState:
    """A project, whole.

    Money is counted in the region and the département of `main`.  `municipalities`, `departments` and `regions` cover
    `main` and the places of its actions as they stood when the file was last handed over.
    """

    AGGREGATE: ClassVar[str] = "project"

    id: UUID
    version: int
    occurred_at: datetime
    state: ProjectStatus
    campaign_id: UUID
    coordination_id: UUID
    campaign_year: int
    effective_on: date
    vintage: int
    holder_id: UUID
    title: str
    summary: str
    main: Locality
    municipalities: tuple[str, ...]
    departments: tuple[str, ...]
    regions: tuple[str, ...]
    partners: tuple[Partner, ...]
    parties: tuple[UUID, ...]
    lines: tuple[FundingLine, ...]
    conventions: tuple[Convention, ...]
    budgets: Budgets
    prior_contact: PriorContact | None
    missing: MissingPieces | None
    decisions: tuple[CommitteeDecision, ...]
    account: Account | None
    reason: str
    submitted_at: datetime | None
    funded_at: datetime | None
    closed_at: datetime | None
    deleted: bool = False

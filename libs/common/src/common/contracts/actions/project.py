"""A project, the application and its money: its facts."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from common.contracts.actions.parts import About
from common.contracts.actions.vocabulary import (
    BudgetStage,
    LineKind,
    LineStatus,
    PaymentStage,
)
from common.contracts.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAsked:
    """What is asked of one funder."""

    line_id: UUID
    funder_id: UUID
    kind: LineKind
    asked: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectDrafted:
    """A holder began a project, with its actions."""

    TYPE: ClassVar[str] = "project.drafted"

    occurred_at: datetime
    about: About
    title: str
    action_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectChanged:
    """A holder changed a project; `changed` names what."""

    TYPE: ClassVar[str] = "project.changed"

    occurred_at: datetime
    about: About
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectPriorContactRecorded:
    """The coordination has talked with the holder before the file was handed over."""

    TYPE: ClassVar[str] = "project.prior_contact_recorded"

    occurred_at: datetime
    about: About
    contacted_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSubmitted:
    """A holder handed the file over; from here on its lines are requests to their funders."""

    TYPE: ClassVar[str] = "project.submitted"

    occurred_at: datetime
    about: About
    asked: Money
    lines: tuple[LineAsked, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectReturnedIncomplete:
    """The coordination asked for missing pieces, due at the end of `due_on`."""

    TYPE: ClassVar[str] = "project.returned_incomplete"

    occurred_at: datetime
    about: About
    missing: tuple[str, ...]
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectResubmitted:
    """A holder handed in the missing pieces."""

    TYPE: ClassVar[str] = "project.resubmitted"

    occurred_at: datetime
    about: About
    asked: Money
    lines: tuple[LineAsked, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectDeclaredEligible:
    """The coordination found the file eligible."""

    TYPE: ClassVar[str] = "project.declared_eligible"

    occurred_at: datetime
    about: About


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectDeclaredIneligible:
    """The file cannot be eligible; this is final."""

    TYPE: ClassVar[str] = "project.declared_ineligible"

    occurred_at: datetime
    about: About
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectValidated:
    """The regional committee accepted the project."""

    TYPE: ClassVar[str] = "project.validated"

    occurred_at: datetime
    about: About
    committee_on: date
    recommended: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectDeferred:
    """The regional committee put the project off to a later sitting."""

    TYPE: ClassVar[str] = "project.deferred"

    occurred_at: datetime
    about: About
    committee_on: date
    next_committee_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectReinstated:
    """A deferred project is before the committee again."""

    TYPE: ClassVar[str] = "project.reinstated"

    occurred_at: datetime
    about: About
    committee_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectRejected:
    """The regional committee refused the project; this is final."""

    TYPE: ClassVar[str] = "project.rejected"

    occurred_at: datetime
    about: About
    committee_on: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFundingDecided:
    """A funder decided its own line: granted, granted in part, or refused."""

    TYPE: ClassVar[str] = "project.funding_decided"

    occurred_at: datetime
    about: About
    line_id: UUID
    funder_id: UUID
    kind: LineKind
    outcome: LineStatus
    asked: Money
    granted: Money
    decided_on: date
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectConventionSent:
    """A convention on some funding lines was sent for signature."""

    TYPE: ClassVar[str] = "project.convention_sent"

    occurred_at: datetime
    about: About
    convention_id: UUID
    line_ids: tuple[UUID, ...]
    sent_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectConventionSigned:
    """A convention is signed by all; its lines may be paid."""

    TYPE: ClassVar[str] = "project.convention_signed"

    occurred_at: datetime
    about: About
    convention_id: UUID
    line_ids: tuple[UUID, ...]
    signed_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectBudgetRevised:
    """A budget replaced the one before: revised by the holder, or actual by a validated report."""

    TYPE: ClassVar[str] = "project.budget_revised"

    occurred_at: datetime
    about: About
    stage: BudgetStage
    cash_total: Money
    in_kind_total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectPaymentRecorded:
    """A funder paid, or took back; `paid` is what its line has brought in all."""

    TYPE: ClassVar[str] = "project.payment_recorded"

    occurred_at: datetime
    about: About
    line_id: UUID
    funder_id: UUID
    kind: LineKind
    stage: PaymentStage
    amount: Money
    paid: Money
    paid_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectAccountSubmitted:
    """The holder handed in its financial account; handed in `again`, no funder has accepted it any more."""

    TYPE: ClassVar[str] = "project.account_submitted"

    occurred_at: datetime
    about: About
    submitted_on: date
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectAccountAccepted:
    """A funder accepted the financial account for its own line."""

    TYPE: ClassVar[str] = "project.account_accepted"

    occurred_at: datetime
    about: About
    line_id: UUID
    funder_id: UUID
    accepted_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFunded:
    """Every funder has answered and the budget balances: the project may take place."""

    TYPE: ClassVar[str] = "project.funded"

    occurred_at: datetime
    about: About
    cash_total: Money
    granted: Money
    in_kind_total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectClosed:
    """Everything is reported, accounted for and settled."""

    TYPE: ClassVar[str] = "project.closed"

    occurred_at: datetime
    about: About


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectWithdrawn:
    """The holder took its project back; this is final."""

    TYPE: ClassVar[str] = "project.withdrawn"

    occurred_at: datetime
    about: About
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectCancelled:
    """All actions of the project are cancelled."""

    TYPE: ClassVar[str] = "project.cancelled"

    occurred_at: datetime
    about: About


ProjectFact = (
    ProjectDrafted
    | ProjectChanged
    | ProjectPriorContactRecorded
    | ProjectSubmitted
    | ProjectReturnedIncomplete
    | ProjectResubmitted
    | ProjectDeclaredEligible
    | ProjectDeclaredIneligible
    | ProjectValidated
    | ProjectDeferred
    | ProjectReinstated
    | ProjectRejected
    | ProjectFundingDecided
    | ProjectConventionSent
    | ProjectConventionSigned
    | ProjectBudgetRevised
    | ProjectPaymentRecorded
    | ProjectAccountSubmitted
    | ProjectAccountAccepted
    | ProjectFunded
    | ProjectClosed
    | ProjectWithdrawn
    | ProjectCancelled
)

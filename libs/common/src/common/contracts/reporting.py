"""What `reporting` announces: the cells of the figures, and where it differs from what their owner holds.

A cell is announced whenever it changes, at most five times a second.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from common.contracts.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureState:
    """One cell of the figures as it now is: a quantity at one place of all its dimensions.

    Cells that agree in `quantity`, `audience` and `category` may be added up; "" is a dimension that the quantity does
    not have.  `amount` counts actions or people, `money` is for what is money.  How people divide is announced as it is
    published, at the day's close: `closed_at` says when, `hidden` that the cell must not be known, and then it has no
    amount.  `as_of` is the time of the newest record included, `position` up to where all records are.
    """

    AGGREGATE: ClassVar[str] = "figure"

    id: UUID
    version: int
    occurred_at: datetime
    quantity: str
    audience: str
    category: str
    campaign_id: UUID | None
    campaign_year: int
    coordination_id: UUID | None
    month: str
    region: str
    department: str
    action_type: str
    amount: int | None
    money: Money | None
    hidden: bool
    as_of: datetime | None
    position: str
    closed_at: datetime | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An aggregate that is held, and in which version."""

    id: UUID
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationDiffered:
    """A bucket of an aggregate differs from what its owner held at a checkpoint: the owner announces it again.

    `members` are those that are held here, before the repair: the owner retracts what it does not know.
    """

    TYPE: ClassVar[str] = "reconciliation.differed"

    occurred_at: datetime
    service: str
    aggregate: str
    bucket: int
    checkpoint_at: datetime
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationRepaired:
    """A bucket that differed is again what its owner held, at a later checkpoint."""

    TYPE: ClassVar[str] = "reconciliation.repaired"

    occurred_at: datetime
    service: str
    aggregate: str
    bucket: int
    checkpoint_at: datetime
    differed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationState:
    """One bucket of an aggregate that differed at least once: since when it differs, or when it was repaired."""

    AGGREGATE: ClassVar[str] = "reconciliation"

    id: UUID
    version: int
    occurred_at: datetime
    service: str
    aggregate: str
    bucket: int
    differs: bool
    differed_at: datetime
    repaired_at: datetime | None
    deleted: bool = False

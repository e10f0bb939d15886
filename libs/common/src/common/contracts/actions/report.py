"""A report, one a project, in numbered editions: its facts and its state."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from common.contracts.actions.parts import About, Budget, Place
from common.contracts.actions.vocabulary import (
    ActionType,
    Cell,
    ClosedCircuit,
    CountMethod,
    Dimension,
    Measure,
    ReportStatus,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSubmitted:
    """A holder handed in an edition of its report."""

    TYPE: ClassVar[str] = "report.submitted"

    occurred_at: datetime
    about: About
    report_id: UUID
    edition: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportReturned:
    """The coordination found something wrong and asks for another edition."""

    TYPE: ClassVar[str] = "report.returned"

    occurred_at: datetime
    about: About
    report_id: UUID
    edition: int
    anomalies: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportValidated:
    """The report is consistent: its breakdowns and its actual budget count from here on."""

    TYPE: ClassVar[str] = "report.validated"

    occurred_at: datetime
    about: About
    report_id: UUID
    edition: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAmended:
    """A closed project's report was corrected: a new edition counts, what was published stays published."""

    TYPE: ClassVar[str] = "report.amended"

    occurred_at: datetime
    about: About
    report_id: UUID
    edition: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many people are in one cell of a breakdown."""

    cell: Cell
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """How the people of one action divide along one dimension, and how that is known (I11)."""

    dimension: Dimension
    method: CountMethod
    counts: tuple[Count, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedSession:
    """The total of one held session, as reported."""

    session_id: UUID
    held_on: date
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedAction:
    """What a report says of one held action, with what a figure needs to be placed.

    `total` is what every breakdown must add up to (R36): the distinct persons of a workshop, the people in front of a
    screen otherwise.  `closed_site`: its place is for those inside only, as with a closed circuit (R41).
    """

    action_id: UUID
    action_type: ActionType
    measure: Measure
    closed_circuit: ClosedCircuit | None
    places: tuple[Place, ...]
    held_on: date
    sessions: tuple[ReportedSession, ...]
    participants_distinct: int | None
    total: int
    breakdowns: tuple[Breakdown, ...]
    closed_site: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One edition among others: when it came, and why it was returned or amended."""

    number: int
    submitted_at: datetime
    returned_at: datetime | None
    anomalies: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportState:
    """A report, whole: its newest edition, and what became of the earlier ones.

    Its breakdowns and its actual budget count in the states `validated` and `amended`, and in no other.
    """

    AGGREGATE: ClassVar[str] = "report"

    id: UUID
    version: int
    occurred_at: datetime
    state: ReportStatus
    project_id: UUID
    campaign_id: UUID
    campaign_year: int
    coordination_id: UUID
    holder_id: UUID
    vintage: int
    effective_on: date
    region: str
    department: str
    municipalities: tuple[str, ...]
    departments: tuple[str, ...]
    regions: tuple[str, ...]
    parties: tuple[UUID, ...]
    edition: int
    narrative: str
    actions: tuple[ReportedAction, ...]
    actual: Budget
    editions: tuple[Edition, ...]
    validated_at: datetime | None
    deleted: bool = False


ReportFact = ReportSubmitted | ReportReturned | ReportValidated | ReportAmended

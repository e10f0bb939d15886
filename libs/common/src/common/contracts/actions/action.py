"""An action, what happens for a public: its facts."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import ClassVar
from uuid import UUID

from common.contracts.actions.action_state import DueDay, Notice
from common.contracts.actions.parts import About
from common.contracts.actions.vocabulary import (
    ActionType,
    AuthorisationStatus,
    Cause,
    ClearanceStatus,
    CountMethod,
    Measure,
    Opinion,
)
from common.contracts.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionPlanned:
    """A holder added an action to its project."""

    TYPE: ClassVar[str] = "action.planned"

    occurred_at: datetime
    about: About
    action_id: UUID
    action_type: ActionType
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionChanged:
    """A holder changed an action; `changed` names what, and which of its papers fell away with that."""

    TYPE: ClassVar[str] = "action.changed"

    occurred_at: datetime
    about: About
    action_id: UUID
    action_type: ActionType
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionSessionPlanned:
    """A session has a date, an hour and a place."""

    TYPE: ClassVar[str] = "action.session_planned"

    occurred_at: datetime
    about: About
    action_id: UUID
    action_type: ActionType
    session_id: UUID
    held_on: date
    starts_at: time
    zone: str
    place_id: UUID
    fallback_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionCopyChosen:
    """A film of a session is to be shown from this copy; none: the copy is given back."""

    TYPE: ClassVar[str] = "action.copy_chosen"

    occurred_at: datetime
    about: About
    action_id: UUID
    action_type: ActionType
    session_id: UUID
    film_id: UUID
    copy_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionSessionCancelled:
    """One session will not take place."""

    TYPE: ClassVar[str] = "action.session_cancelled"

    occurred_at: datetime
    about: About
    action_id: UUID
    action_type: ActionType
    session_id: UUID
    cause: Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionAuthorisationRequested:
    """A holder asked the CNC for leave to show a feature in the open air, on these days."""

    TYPE: ClassVar[str] = "action.authorisation_requested"

    occurred_at: datetime
    about: About
    action_id: UUID
    action_type: ActionType
    organiser_id: UUID
    film_ids: tuple[UUID, ...]
    dates: tuple[date, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionAuthorisationAmendmentRequested:
    """A granted authorisation is to cover other days, or other films and places, besides."""

    TYPE: ClassVar[str] = "action.authorisation_amendment_requested"

    occurred_at: datetime
    about: About
    action_id: UUID
    action_type: ActionType
    dates: tuple[date, ...]
    film_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionOpinionRecorded:
    """The DRAC gave its opinion on the request."""

    TYPE: ClassVar[str] = "action.opinion_recorded"

    occurred_at: datetime
    about: About
    action_id: UUID
    action_type: ActionType
    opinion: Opinion
    given_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionAuthorisationDecided:
    """The president of the CNC granted or refused; `dates` are the days now authorised."""

    TYPE: ClassVar[str] = "action.authorisation_decided"

    occurred_at: datetime
    about: About
    action_id: UUID
    action_type: ActionType
    outcome: AuthorisationStatus
    dates: tuple[date, ...]
    reference: str
    decided_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionClearanceChanged:
    """The rights of one film for one session moved on."""

    TYPE: ClassVar[str] = "action.clearance_changed"

    occurred_at: datetime
    about: About
    action_id: UUID
    action_type: ActionType
    clearance_id: UUID
    session_id: UUID
    film_id: UUID
    clearance: ClearanceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionNeighboursInformed:
    """The cinemas around were told of the screening."""

    TYPE: ClassVar[str] = "action.neighbours_informed"

    occurred_at: datetime
    about: About
    action_id: UUID
    action_type: ActionType
    informed_on: date
    cinemas: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionPermitRecorded:
    """An authority allowed the use of a public place, on these days."""

    TYPE: ClassVar[str] = "action.permit_recorded"

    occurred_at: datetime
    about: About
    action_id: UUID
    action_type: ActionType
    permit_id: UUID
    authority_id: UUID
    place_id: UUID
    dates: tuple[date, ...]
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionSiteApproved:
    """The authority of a closed site said yes, or no."""

    TYPE: ClassVar[str] = "action.site_approved"

    occurred_at: datetime
    about: About
    action_id: UUID
    action_type: ActionType
    authority_id: UUID
    approved: bool
    decided_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionScheduled:
    """Everything that the law and the campaign ask for is there; these are the days."""

    TYPE: ClassVar[str] = "action.scheduled"

    occurred_at: datetime
    about: About
    action_id: UUID
    action_type: ActionType
    dates: tuple[date, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionStarted:
    """An action of several sessions began."""

    TYPE: ClassVar[str] = "action.started"

    occurred_at: datetime
    about: About
    action_id: UUID
    action_type: ActionType
    started_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionPostponed:
    """Sessions are put off; their new days are not known yet."""

    TYPE: ClassVar[str] = "action.postponed"

    occurred_at: datetime
    about: About
    action_id: UUID
    action_type: ActionType
    cause: Cause
    session_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRescheduled:
    """Every session that was put off has its new day (`dates`), or was given up: the action goes on."""

    TYPE: ClassVar[str] = "action.rescheduled"

    occurred_at: datetime
    about: About
    action_id: UUID
    action_type: ActionType
    dates: tuple[date, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionObligationsMoved:
    """Days by which something must be settled have moved: with a session, or with its campaign's deadlines.

    A session has moved that has another day, or none any more.
    """

    TYPE: ClassVar[str] = "action.obligations_moved"

    occurred_at: datetime
    about: About
    action_id: UUID
    action_type: ActionType
    days: tuple[DueDay, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionAtRisk:
    """What stands against planned sessions is no longer what it was: a right withdrawn, a visa corrected, a closing.

    `risks` is all that stands against them now, each by its rule; none: nothing does any more.
    """

    TYPE: ClassVar[str] = "action.at_risk"

    occurred_at: datetime
    about: About
    action_id: UUID
    action_type: ActionType
    session_ids: tuple[UUID, ...]
    risks: tuple[Notice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionAttendanceRecorded:
    """People were counted: at one session, or, without one, the distinct persons of the action."""

    TYPE: ClassVar[str] = "action.attendance_recorded"

    occurred_at: datetime
    about: About
    action_id: UUID
    action_type: ActionType
    session_id: UUID | None
    measure: Measure
    total: int
    method: CountMethod
    by_report: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionHeld:
    """The action took place; its sessions count from here on."""

    TYPE: ClassVar[str] = "action.held"

    occurred_at: datetime
    about: About
    action_id: UUID
    action_type: ActionType
    held_on: date
    measure: Measure
    total: int
    participants_distinct: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionCancelled:
    """The action will not take place, or not to its end."""

    TYPE: ClassVar[str] = "action.cancelled"

    occurred_at: datetime
    about: About
    action_id: UUID
    action_type: ActionType
    cause: Cause
    spent: Money
    to_give_back: Money


ActionFact = (
    ActionPlanned
    | ActionChanged
    | ActionSessionPlanned
    | ActionSessionCancelled
    | ActionCopyChosen
    | ActionAuthorisationRequested
    | ActionAuthorisationAmendmentRequested
    | ActionOpinionRecorded
    | ActionAuthorisationDecided
    | ActionClearanceChanged
    | ActionNeighboursInformed
    | ActionPermitRecorded
    | ActionSiteApproved
    | ActionScheduled
    | ActionStarted
    | ActionPostponed
    | ActionRescheduled
    | ActionAtRisk
    | ActionObligationsMoved
    | ActionAttendanceRecorded
    | ActionHeld
    | ActionCancelled
)

"""An action whole, with its sessions and all that they need, as its state topic carries it."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import ClassVar
from uuid import UUID

from common.contracts.actions.parts import Period, Place
from common.contracts.actions.vocabulary import (
    ActionStatus,
    ActionType,
    AuthorisationStatus,
    Cause,
    ClearanceStatus,
    ClosedCircuit,
    CountMethod,
    Fallback,
    Measure,
    ObligationKind,
    Opinion,
    ProjectStatus,
    Regime,
    SessionStatus,
    Setting,
    Support,
)
from common.contracts.catalogue import FilmVersion, RightsTerritory, RightsUse
from common.contracts.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeItem:
    """One film of a session, in the version and from the support that will be shown; which copy, once it is chosen."""

    film_id: UUID
    title: str
    duration_minutes: int | None
    workshop_film: bool
    version: FilmVersion | None
    support: Support
    copy_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One date of an action, at the place's own hour; `attendance` counts the people who were there.

    `fallback_place_id` is the room that it may be moved into; once it is there, `setting` says so.  `school_group`: a
    class comes with its school.  `expected_audience` is how many people are expected, as far as anybody has said.
    """

    id: UUID
    state: SessionStatus
    held_on: date
    starts_at: time
    zone: str
    place_id: UUID
    responsible: str
    programme: tuple[ProgrammeItem, ...]
    fallback_on: date | None
    attendance: int | None
    method: CountMethod | None
    cause: Cause | None
    fallback_place_id: UUID | None = None
    setting: Setting | None = None
    school_group: bool = False
    expected_audience: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedScreening:
    """One film at one place on one day, as the CNC is told of it: leave for one is leave for no other.

    `told_on`: the day on which it was; null: that was not written down.
    """

    held_on: date
    place_id: UUID
    film_id: UUID
    told_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorisation:
    """Leave of the CNC for features in the open air: which screenings it was asked for last, and which are granted.

    `late`: it, or what was added to it, was requested after the last day that the DRAC had published.  The lists of
    days, places and films say what these screenings have among them; `asked_place_ids` and `asked_film_ids` are what an
    amendment asks for besides what is granted, until it is answered.  Null screenings: they were not written down one
    by one yet, and each film of the list is meant at each of the places on each of the days.
    """

    state: AuthorisationStatus
    organiser_id: UUID | None = None
    municipalities: tuple[str, ...] = ()
    place_ids: tuple[UUID, ...] = ()
    film_ids: tuple[UUID, ...] = ()
    asked_dates: tuple[date, ...] = ()
    granted_dates: tuple[date, ...] = ()
    requested_on: date | None = None
    opinion: Opinion | None = None
    opinion_on: date | None = None
    decided_on: date | None = None
    reference: str = ""
    late: bool = False
    asked_place_ids: tuple[UUID, ...] = ()
    asked_film_ids: tuple[UUID, ...] = ()
    asked_screenings: tuple[NamedScreening, ...] | None = None
    granted_screenings: tuple[NamedScreening, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsTerms:
    """What a rights-holder agreed to; no versions named means all of them.

    `audience_max` is how many may watch; null: no ceiling was named.
    """

    starts_on: date
    ends_on: date
    uses: tuple[RightsUse, ...]
    territories: tuple[RightsTerritory, ...]
    versions: tuple[FilmVersion, ...] = ()
    audience_max: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearance:
    """The rights of one film for one session."""

    id: UUID
    session_id: UUID
    film_id: UUID
    state: ClearanceStatus
    offer_id: UUID | None
    price: Money | None
    terms: RightsTerms | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """Leave to use a public place on some days."""

    id: UUID
    authority_id: UUID
    place_id: UUID
    dates: tuple[date, ...]
    reference: str
    granted_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighboursInformed:
    """When the cinemas around were told, and how many."""

    informed_on: date
    cinemas: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """When a cinema told the CNC last that screenings move, and for which of its screens: the licence names one.

    `screenings`: those that it was told of, each on its own day.  Null: they were not written down one by one yet, and
    all are meant.
    """

    screen_licence: str
    declared_on: date
    receipt: str = ""
    screenings: tuple[NamedScreening, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteApproval:
    """What the authority of a closed site answered, for which days, and under which restrictions.

    Null days: it answered before they were written down, for all that there would be.
    """

    authority_id: UUID
    approved: bool
    decided_on: date
    restrictions: str
    dates: tuple[date, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """Why an action was cancelled, what it had cost, and what goes back to the funders."""

    cause: Cause
    reason: str
    cancelled_on: date
    spent: Money
    to_give_back: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What shows that an obligation is settled that nothing else in the action tells of: a reference, never a name."""

    kind: ObligationKind
    session_id: UUID
    reference: str
    settled_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDay:
    """By which day something was to be settled for a session, and by which day it is now; none: it is no more."""

    kind: ObligationKind
    session_id: UUID
    film_id: UUID | None
    before: date | None
    after: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A rule that refuses nothing here, but asks the coordination to look at a session, and at a film in it.

    `fallback`: it is said of the day or the room that the session may fall back to; null: of the session itself.
    """

    rule: str
    version: str
    reason: str
    raison: str
    session_id: UUID | None = None
    film_id: UUID | None = None
    fallback: Fallback | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionState:
    """An action, whole.

    Every figure is a function of this one record: sessions count on their own day once the action is `held`, at the
    place they name; the action and its participants count in the month of `held_on`, the last held session, at the
    first of `places`.  `attendance` is the sum over held sessions; `participants_distinct` counts persons, for
    workshops.  `project_state` is the project's state when this record was written.  `risks` is what stands against
    planned sessions since they were planned.
    """

    AGGREGATE: ClassVar[str] = "action"

    id: UUID
    version: int
    occurred_at: datetime
    state: ActionStatus
    postponed_from: ActionStatus | None
    project_id: UUID
    project_state: ProjectStatus
    campaign_id: UUID
    campaign_year: int
    coordination_id: UUID
    holder_id: UUID
    vintage: int
    effective_on: date
    action_type: ActionType
    measure: Measure
    title: str
    description: str
    setting: Setting
    closed_circuit: ClosedCircuit | None
    site_authority_id: UUID | None
    regime: Regime | None
    organiser_id: UUID
    price: Money
    out_of_school: bool
    intergenerational: bool
    access_note: str
    period: Period
    places: tuple[Place, ...]
    municipalities: tuple[str, ...]
    departments: tuple[str, ...]
    regions: tuple[str, ...]
    parties: tuple[UUID, ...]
    sessions: tuple[Session, ...]
    authorisation: Authorisation
    clearances: tuple[Clearance, ...]
    permits: tuple[Permit, ...]
    neighbours: NeighboursInformed | None
    site_approval: SiteApproval | None
    attendance: int | None
    participants_distinct: int | None
    held_on: date | None
    cancellation: Cancellation | None
    notices: tuple[Notice, ...]
    promotes_a_sale: bool = False
    commercial_poster: bool = False
    declaration: Declaration | None = None
    risks: tuple[Notice, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    deleted: bool = False

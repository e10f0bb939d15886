"""Actions: what happens for a public, session by session.

What may happen to one stands in `agenda` (planning, sessions, attendance), `authorising` (the CNC's leave),
`formalities` (rights, permits, approvals) and `lifecycle` (from scheduled to held).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from actions.domain import kinds, states
from actions.domain.clearance import Clearance
from actions.domain.refusals import NoSuchClearance, NoSuchPlace, NoSuchSession, TooManySessions
from common.contracts import actions as wire
from common.contracts.actions import (
    About,
    ActionFact,
    ActionState,
    ActionStatus,
    ActionType,
    Authorisation,
    AuthorisationStatus,
    Cause,
    ClosedCircuit,
    Declaration,
    Evidence,
    Measure,
    NeighboursInformed,
    Notice,
    Period,
    Permit,
    Place,
    ProjectStatus,
    Regime,
    Session,
    SessionStatus,
    Setting,
    SiteApproval,
)
from common.contracts.money import money

NO_AUTHORISATION = Authorisation(state=AuthorisationStatus.NOT_REQUIRED)

SHOWN_MAX = 100
"""Sessions of one action, cancelled ones too, each counted once for each film that it shows.

Its rights, its notices and all that may turn against it make some 6 kB of each, of the 900 that a record may have.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """Why an action was cancelled, what it had cost, and what goes back to the funders."""

    cause: Cause
    reason: str
    cancelled_on: date
    spent_cents: int = 0
    to_give_back_cents: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionPlan:
    """What a holder says of an action; the regime follows from it where it does not say it."""

    action_type: ActionType
    title: str
    setting: Setting
    period: Period
    places: tuple[Place, ...]
    description: str = ""
    closed_circuit: ClosedCircuit | None = None
    site_authority_id: UUID | None = None
    regime: Regime | None = None
    price_cents: int = 0
    out_of_school: bool = True
    intergenerational: bool = False
    access_note: str = ""
    promotes_a_sale: bool = False
    commercial_poster: bool = False

    def said(self) -> dict[str, Any]:
        """List what is said, field by field: what an action takes over of its plan."""
        return {field.name: getattr(self, field.name) for field in fields(ActionPlan)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Action(ActionPlan):
    """An action: its plan, and what became of it.

    `project_state` and `project_parties` are the project's, read from its row together with this.
    """

    id: UUID
    version: int = 0
    changed_at: datetime
    state: ActionStatus = ActionStatus.PLANNED
    postponed_from: ActionStatus | None = None
    project_id: UUID
    project_state: ProjectStatus
    project_parties: tuple[UUID, ...]
    campaign_id: UUID
    campaign_year: int
    campaign_on: date
    zone: str
    coordination_id: UUID
    holder_id: UUID
    organiser_id: UUID
    sessions: tuple[Session, ...] = ()
    authorisation: Authorisation = NO_AUTHORISATION
    clearances: tuple[Clearance, ...] = ()
    permits: tuple[Permit, ...] = ()
    neighbours: NeighboursInformed | None = None
    declaration: Declaration | None = None
    site_approval: SiteApproval | None = None
    participants_distinct: int | None = None
    cancellation: Cancellation | None = None
    notices: tuple[Notice, ...] = ()
    risks: tuple[Notice, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    @property
    def measure(self) -> Measure:
        return kinds.MEASURES[self.action_type]

    def setting_of(self, session: Session) -> Setting:
        """Tell where a session is held: in its room, once it was moved into one (R13)."""
        return session.setting or self.setting

    def outdoors_at(self, session: Session) -> bool:
        return kinds.outdoors(self.action_type, self.setting_of(session))

    def regime_of(self, session: Session) -> Regime | None:
        """Name the legal regime of a session; moved into a room it is another one (R13)."""
        if session.setting is not Setting.INDOORS or self.regime is None:
            return self.regime
        return kinds.INDOORS.get(self.regime, self.regime)

    @property
    def is_screening(self) -> bool:
        return self.action_type in kinds.SCREENINGS

    @property
    def live_sessions(self) -> tuple[Session, ...]:
        """The sessions that are not cancelled."""
        return tuple(session for session in self.sessions if session.state is not SessionStatus.CANCELLED)

    @property
    def held_sessions(self) -> tuple[Session, ...]:
        return tuple(session for session in self.sessions if session.state is SessionStatus.HELD)

    @property
    def first_on(self) -> date:
        """The day it begins: of its first session, else of the period it is meant for."""
        return min((session.held_on for session in self.live_sessions), default=self.period.first_on)

    @property
    def effective_on(self) -> date:
        """The day by which territories are judged: of its first session, else of the campaign's opening."""
        return min((session.held_on for session in self.live_sessions), default=self.campaign_on)

    @property
    def held_on(self) -> date | None:
        """The day in whose month the action and its participants count."""
        if self.state is not ActionStatus.HELD:
            return None
        return max(session.held_on for session in self.held_sessions)

    @property
    def attendance(self) -> int | None:
        """The presences of all held sessions; none if nothing was counted."""
        if not self.held_sessions:
            return None
        return sum(session.attendance or 0 for session in self.held_sessions)

    @property
    def municipalities(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(place.municipality for place in self.places))

    @property
    def departments(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(place.department for place in self.places))

    @property
    def regions(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(place.region for place in self.places))

    @property
    def parties(self) -> tuple[UUID, ...]:
        """The organisations that may see it: the project's, its organiser, the authority of its closed site."""
        authority = () if self.site_authority_id is None else (self.site_authority_id,)
        return tuple(dict.fromkeys((*self.project_parties, self.organiser_id, *authority)))

    @property
    def day_withheld(self) -> bool:
        """Tell whether the day is for those inside a closed circuit only: until the action was held (R41)."""
        return self.closed and self.state is not ActionStatus.HELD

    @property
    def closed(self) -> bool:
        """Tell whether it takes place in a closed circuit, whose authority must approve."""
        return kinds.is_closed(self.setting, self.closed_circuit)

    def approved_on(self, day: date) -> bool:
        """Tell whether the authority of its closed site, the one it has now, has said yes to that day."""
        said = self.site_approval
        if said is None or not said.approved or said.authority_id != self.site_authority_id:
            return False
        return said.dates is None or day in said.dates

    def session(self, session_id: UUID) -> Session:
        found = next((session for session in self.sessions if session.id == session_id), None)
        if found is None:
            raise NoSuchSession(f"There is no session {session_id}.", precision=f"Il n’y a pas de séance {session_id}.")
        return found

    def clearance(self, clearance_id: UUID) -> Clearance:
        found = next((clearance for clearance in self.clearances if clearance.id == clearance_id), None)
        if found is None:
            raise NoSuchClearance(
                f"There is no clearance {clearance_id}.", precision=f"Il n’y a pas de demande de droits {clearance_id}."
            )
        return found

    def place(self, place_id: UUID) -> Place:
        found = next((place for place in self.places if place.id == place_id), None)
        if found is None:
            raise NoSuchPlace(
                f"There is no place {place_id}.", precision=f"Il n’y a pas de lieu {place_id}.", pointer="/place_id"
            )
        return found

    def with_sessions(self, *changed: Session) -> "Action":
        """Put these sessions in the place of those of the same ids."""
        by_id = {session.id: session for session in changed}
        return replace(self, sessions=tuple(by_id.get(session.id, session) for session in self.sessions))

    def resumed(self) -> "Action":
        """Take a postponed action back to where it was once nothing is put off any more and something is left of it."""
        put_off = any(session.state is SessionStatus.POSTPONED for session in self.sessions)
        if self.state is not ActionStatus.POSTPONED or put_off or not self.live_sessions:
            return self
        return replace(self, state=self.postponed_from or ActionStatus.SCHEDULED, postponed_from=None)

    def with_notices(self, judged: Collection[UUID], notices: Iterable[Notice]) -> "Action":
        """Put these notices in the place of those that the judged sessions had, and of those that name no session."""
        kept = (one for one in self.notices if one.session_id is not None and one.session_id not in judged)
        return replace(self, notices=(*kept, *notices))

    def require_room(self) -> None:
        """Refuse more sessions than its record can carry with all that may be said of them later."""
        shown = sum(max(1, len(session.programme)) for session in self.sessions)
        if shown > SHOWN_MAX:
            raise TooManySessions(
                f"{shown} with this one, each counted once for each film that it shows: at most {SHOWN_MAX}.",
                precision=f"{shown} avec celle-ci, chacune comptée une fois par film montré : {SHOWN_MAX} au plus.",
            )

    def require(self, verb: str) -> None:
        """Refuse a verb that its state, or its project's, does not allow."""
        states.require(verb, self.state, self.project_state)

    def about(self) -> About:
        """Say whom a fact of this action concerns."""
        return About(
            campaign_id=self.campaign_id,
            project_id=self.project_id,
            coordination_id=self.coordination_id,
            project_state=self.project_state,
            effective_on=self.effective_on,
            vintage=self.campaign_year,
            municipalities=self.municipalities,
            departments=self.departments,
            regions=self.regions,
            holder_id=self.holder_id,
            parties=self.parties,
            day_withheld=self.day_withheld,
        )

    def published(self) -> ActionState:
        """Write the action as others read it."""
        return ActionState(
            id=self.id,
            version=self.version,
            occurred_at=self.changed_at,
            state=self.state,
            postponed_from=self.postponed_from,
            project_id=self.project_id,
            project_state=self.project_state,
            campaign_id=self.campaign_id,
            campaign_year=self.campaign_year,
            coordination_id=self.coordination_id,
            holder_id=self.holder_id,
            vintage=self.campaign_year,
            effective_on=self.effective_on,
            action_type=self.action_type,
            measure=self.measure,
            title=self.title,
            description=self.description,
            setting=self.setting,
            closed_circuit=self.closed_circuit,
            site_authority_id=self.site_authority_id,
            regime=self.regime,
            organiser_id=self.organiser_id,
            price=money(self.price_cents),
            out_of_school=self.out_of_school,
            intergenerational=self.intergenerational,
            access_note=self.access_note,
            promotes_a_sale=self.promotes_a_sale,
            commercial_poster=self.commercial_poster,
            period=self.period,
            places=self.places,
            municipalities=self.municipalities,
            departments=self.departments,
            regions=self.regions,
            parties=self.parties,
            sessions=self.sessions,
            authorisation=self.authorisation,
            clearances=tuple(clearance.published() for clearance in self.clearances),
            permits=self.permits,
            neighbours=self.neighbours,
            declaration=self.declaration,
            site_approval=self.site_approval,
            attendance=self.attendance,
            participants_distinct=self.participants_distinct,
            held_on=self.held_on,
            cancellation=None if self.cancellation is None else _cancellation(self.cancellation),
            notices=self.notices,
            risks=self.risks,
            evidence=self.evidence,
        )


Moved = tuple[Action, tuple[ActionFact, ...]]


def moved(action: Action, *facts: ActionFact) -> Moved:
    """Announce: each fact takes its own version."""
    return replace(action, version=action.version + len(facts), changed_at=facts[-1].occurred_at), facts


def _cancellation(cancellation: Cancellation) -> wire.Cancellation:
    return wire.Cancellation(
        cause=cancellation.cause,
        reason=cancellation.reason,
        cancelled_on=cancellation.cancelled_on,
        spent=money(cancellation.spent_cents),
        to_give_back=money(cancellation.to_give_back_cents),
    )

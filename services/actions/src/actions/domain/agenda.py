"""The verbs that plan an action: added to its project, changed, its sessions planned, cancelled and counted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from uuid import UUID

from actions.domain import kinds, labels, states, storm, zones
from actions.domain.action import Action, ActionPlan, Moved, moved
from actions.domain.authorisation import authorisation_reviewed
from actions.domain.campaign import require_within
from actions.domain.circumstances import Circumstances, Films
from actions.domain.clearance import Clearance
from actions.domain.days import instant
from actions.domain.known import Organisation
from actions.domain.obligations import announced, consents_moved
from actions.domain.place import keeping_ids
from actions.domain.project import Project
from actions.domain.refusals import (
    AmountNotPossible,
    NothingAsked,
    NotPossibleInThisState,
    NotYet,
    PeriodReversed,
    refuse,
)
from actions.domain.regimes import regime
from actions.domain.rules import said
from actions.domain.screening import Finding, Judgement, judge_bookings, judge_overlaps, judge_plan, require
from actions.domain.unlawful import FallbackIsThePlace, FallbackNotLater, OpenAirIndoors, OpenAirNotFree
from common.contracts.actions import (
    ActionAttendanceRecorded,
    ActionChanged,
    ActionPlanned,
    ActionRescheduled,
    ActionSessionCancelled,
    ActionSessionPlanned,
    ActionType,
    Cause,
    CountMethod,
    ProgrammeItem,
    Regime,
    Session,
    SessionStatus,
    Setting,
    Support,
)
from common.contracts.catalogue import FilmVersion
from common.errors import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammePlan:
    """A film to show, in which version, from which support, and from which copy, where that is known."""

    film_id: UUID
    version: FilmVersion | None = None
    support: Support = Support.DCP
    copy_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPlan:
    """A date to plan, by the clock of its place; without a place it is the action's only one."""

    held_on: date
    starts_at: time
    place_id: UUID | None = None
    responsible: str = ""
    programme: tuple[ProgrammePlan, ...] = ()
    fallback_on: date | None = None
    fallback_place_id: UUID | None = None
    school_group: bool = False
    expected_audience: int | None = None

    @property
    def film_ids(self) -> tuple[UUID, ...]:
        return tuple(film.film_id for film in self.programme)

    @property
    def copy_ids(self) -> tuple[UUID, ...]:
        """The copies that it is to be shown from, where they are chosen already."""
        return tuple(film.copy_id for film in self.programme if film.copy_id is not None)

    @property
    def days(self) -> tuple[date, ...]:
        """The days on which it is judged: its own, and the one that it may fall back to."""
        return tuple(day for day in (self.held_on, self.fallback_on) if day is not None)


def plan(wish: ActionPlan, project: Project, organiser: Organisation, *, action_id: UUID, at: datetime) -> Moved:
    """Add an action to a project that is still a draft."""
    states.require("project.add_action", project.state)
    _require_possible(wish, project)
    action = Action(
        id=action_id,
        changed_at=at,
        project_id=project.id,
        project_state=project.state,
        project_parties=project.parties,
        campaign_id=project.campaign_id,
        campaign_year=project.campaign_year,
        campaign_on=project.campaign_on,
        zone=project.zone,
        coordination_id=project.coordination_id,
        holder_id=project.holder_id,
        organiser_id=organiser.id,
        **wish.said() | {"regime": regime(wish, organiser, project.campaign_on)},
    )
    fact = ActionPlanned(
        occurred_at=at,
        about=action.about(),
        action_id=action.id,
        action_type=action.action_type,
        title=action.title,
    )
    return moved(action, fact)


def described(action: Action, wish: ActionPlan, organiser: Organisation) -> Action:
    """Describe a planned action otherwise; once it has sessions, its type and their places stay.

    What one authority said of its closed site is not said by another, nor what one cinema declared of its screen.
    """
    action.require("action.change")
    wish = replace(wish, places=keeping_ids(wish.places, action.places))
    _require_possible(wish, action)
    used = {session.place_id for session in action.sessions} | {
        session.fallback_place_id for session in action.live_sessions if session.fallback_place_id is not None
    }
    if action.sessions and (wish.action_type is not action.action_type or not used <= {p.id for p in wish.places}):
        raise NotPossibleInThisState(
            "The action has sessions: its type and their places stay.",
            precision="L’action a des séances : son type et leurs lieux restent.",
        )
    same_site = wish.site_authority_id == action.site_authority_id
    return replace(
        action,
        organiser_id=organiser.id,
        declaration=action.declaration if organiser.id == action.organiser_id else None,
        site_approval=action.site_approval if same_site else None,
        **wish.said() | {"regime": regime(wish, organiser, action.campaign_on)},
    )


def days_booked(before: Action, after: Action) -> tuple[date, ...]:
    """List the days on which a new description makes sessions paid screenings of an organiser whose they were not."""
    was, is_now = ((one.regime, one.organiser_id) for one in (before, after))
    if after.regime is not Regime.NC_ASSOCIATION_PAID or was == is_now:
        return ()
    return tuple(session.held_on for session in after.live_sessions)


def judge_change(before: Action, after: Action, given: Circumstances) -> Judgement:
    """Find what the rule on paid screenings says of sessions that become such (R07), as if they were booked now.

    Raises:
        FilmNotKnownYet: a film of these sessions has not been heard of.
    """
    booked = after.live_sessions if days_booked(before, after) else ()
    findings = tuple(judge_bookings(after, booked, given))
    changed = authorisation_reviewed(after, given.films)
    return Judgement(verb="action.change", action=changed, sessions=booked, findings=findings)


def change(before: Action, judged: Judgement, *, at: datetime) -> Moved:
    """Describe an action as was judged."""
    require(judged.findings)
    changed = judged.action
    fact = ActionChanged(
        occurred_at=at,
        about=changed.about(),
        action_id=changed.id,
        action_type=changed.action_type,
        changed=_differing(before, changed),
    )
    return moved(changed, fact)


def judge_session(action: Action, wish: SessionPlan, given: Circumstances, *, session_id: UUID) -> Judgement:
    """Find what rules say of a session that is to be planned, and of where it may fall back to.

    Its days must lie inside the campaign, and its action have room for it.

    Raises:
        FilmNotKnownYet: a film of its programme has not been heard of.
    """
    action.require("action.plan_session")
    for day in wish.days:
        require_within(given.campaign, day)
    session = _session(action, wish, given, session_id)
    planned = authorisation_reviewed(replace(action, sessions=(*action.sessions, session)), given.films)
    planned.require_room()
    return Judgement(
        verb="action.plan_session",
        action=planned,
        sessions=(session,),
        findings=_of_plan(planned, [session], given),
        fallbacks=storm.judge_fallbacks(planned, [session], given, _of_plan),
    )


def plan_session(judged: Judgement, *, new_id: Callable[[], UUID], at: datetime) -> Moved:
    """Plan a session that was judged: its films must be lawful on that day, and their rights are to be asked."""
    (session,), notices, action = judged.sessions, storm.decide(judged), judged.action
    to_ask = (
        Clearance(id=new_id(), session_id=session.id, film_id=item.film_id)
        for item in session.programme
        if action.is_screening and not item.workshop_film
    )
    planned = replace(action, clearances=(*action.clearances, *to_ask)).with_notices({session.id}, notices)
    fact = ActionSessionPlanned(
        occurred_at=at,
        about=planned.about(),
        action_id=planned.id,
        action_type=planned.action_type,
        session_id=session.id,
        held_on=session.held_on,
        starts_at=session.starts_at,
        zone=session.zone,
        place_id=session.place_id,
        fallback_on=session.fallback_on,
    )
    without = replace(action, sessions=tuple(one for one in action.sessions if one.id != session.id))
    return moved(planned, fact, *announced(planned, consents_moved(without, planned), at=at))


def cancel_session(action: Action, session_id: UUID, cause: Cause, films: Films, *, at: datetime) -> Moved:
    """Give up one session that was not held, saying why (R44); once nothing is put off any more, the action goes on."""
    action.require("action.cancel_session")
    session = action.session(session_id)
    _require_state(session, "action.cancel_session", SessionStatus.PLANNED, SessionStatus.POSTPONED)
    without = action.with_sessions(replace(session, state=SessionStatus.CANCELLED, cause=cause))
    cancelled = authorisation_reviewed(without.with_notices({session_id}, ()), films)
    fact = ActionSessionCancelled(
        occurred_at=at,
        about=cancelled.about(),
        action_id=cancelled.id,
        action_type=cancelled.action_type,
        session_id=session_id,
        cause=cause,
    )
    due = announced(cancelled, consents_moved(action, cancelled), at=at)
    resumed = cancelled.resumed()
    if resumed is cancelled:
        return moved(cancelled, fact, *due)
    return moved(resumed, fact, *due, goes_on(resumed, at=at))


def goes_on(resumed: Action, *, at: datetime) -> ActionRescheduled:
    """Tell that an action goes on without a new day: nothing of it is put off any more."""
    return ActionRescheduled(
        occurred_at=at, about=resumed.about(), action_id=resumed.id, action_type=resumed.action_type, dates=()
    )


def expect_audience(action: Action, session_id: UUID, people: int | None, *, at: datetime) -> Moved:
    """Say how many people a session expects, or that nobody knows any more; no rule refuses to hear it (R52)."""
    action.require("action.expect_audience")
    session = action.session(session_id)
    _require_state(session, "action.expect_audience", SessionStatus.PLANNED, SessionStatus.POSTPONED)
    expecting = action.with_sessions(replace(session, expected_audience=people))
    fact = ActionChanged(
        occurred_at=at,
        about=expecting.about(),
        action_id=expecting.id,
        action_type=expecting.action_type,
        changed=("expected_audience",),
    )
    return moved(expecting, fact)


def record_attendance(action: Action, session_id: UUID, total: int, method: CountMethod, *, at: datetime) -> Moved:
    """Count the people of one session once it has begun, whatever was put off beside it; zero is a count."""
    action.require("action.record_attendance")
    session = action.session(session_id)
    _require_state(session, "action.record_attendance", SessionStatus.PLANNED, SessionStatus.HELD)
    if total < 0:
        raise AmountNotPossible(pointer="/total")
    if at < instant(session.held_on, session.starts_at, session.zone):
        raise NotYet(
            f"It begins on {session.held_on} at {session.starts_at}.",
            precision=f"Elle commence le {session.held_on} à {session.starts_at}.",
        )
    counted = action.with_sessions(replace(session, state=SessionStatus.HELD, attendance=total, method=method))
    fact = ActionAttendanceRecorded(
        occurred_at=at,
        about=counted.about(),
        action_id=counted.id,
        action_type=counted.action_type,
        session_id=session_id,
        measure=counted.measure,
        total=total,
        method=method,
        by_report=False,
    )
    return moved(counted, fact)


def _of_plan(action: Action, sessions: Sequence[Session], given: Circumstances) -> tuple[Finding, ...]:
    return (*judge_plan(action, sessions, given), *judge_overlaps(action, sessions, given))


def _session(action: Action, wish: SessionPlan, given: Circumstances, session_id: UUID) -> Session:
    place = action.place(wish.place_id or _only_place(action))
    if wish.fallback_place_id == place.id:
        raise FallbackIsThePlace(pointer="/fallback_place_id")
    if wish.fallback_on is not None and wish.fallback_on <= wish.held_on:
        raise FallbackNotLater(pointer="/fallback_on")
    return Session(
        id=session_id,
        state=SessionStatus.PLANNED,
        held_on=wish.held_on,
        starts_at=wish.starts_at,
        zone=zones.of_department(place.department, wish.held_on),
        place_id=place.id,
        responsible=wish.responsible,
        programme=tuple(_item(film, given) for film in wish.programme),
        fallback_on=wish.fallback_on,
        fallback_place_id=wish.fallback_place_id and action.place(wish.fallback_place_id).id,
        attendance=None,
        method=None,
        cause=None,
        school_group=wish.school_group,
        expected_audience=wish.expected_audience,
    )


def _item(wish: ProgrammePlan, given: Circumstances) -> ProgrammeItem:
    film = given.film(wish.film_id)
    return ProgrammeItem(
        film_id=film.id,
        title=film.title,
        duration_minutes=film.minutes_in(wish.version),
        workshop_film=film.workshop is not None,
        version=wish.version,
        support=wish.support,
        copy_id=wish.copy_id,
    )


def _only_place(action: Action) -> UUID:
    if len(action.places) != 1:
        raise NothingAsked("Which place?", precision="Quel lieu ?", pointer="/place_id")
    return action.places[0].id


def _require_possible(wish: ActionPlan, within: Project | Action) -> None:
    """Refuse a plan that is wrong by itself: reversed, indoors in the open air, not free (R14)."""
    if wish.period.last_on < wish.period.first_on:
        raise PeriodReversed(pointer="/period")
    open_air = wish.action_type is ActionType.OPEN_AIR_SCREENING
    if open_air and wish.setting is Setting.INDOORS:
        raise OpenAirIndoors(pointer="/setting")
    if wish.price_cents < 0:
        raise AmountNotPossible(pointer="/price")
    outdoors = wish.action_type in kinds.SCREENINGS and kinds.outdoors(wish.action_type, wish.setting)
    if outdoors:
        _require_free(wish.price_cents, within.campaign_on)


def _require_free(price_cents: int, on: date) -> None:
    verdict = said("R14", on, {"price_cents": price_cents})
    if verdict and verdict.outcome is Outcome.REFUSED:
        refuse(OpenAirNotFree, verdict, pointer="/price")


def _require_state(session: Session, verb: str, *states: SessionStatus) -> None:
    if session.state not in states:
        raise NotPossibleInThisState(
            f"The session is {session.state}; {verb} is not possible.",
            precision=f"La séance est « {labels.SESSIONS[session.state]} » ; {labels.VERBS[verb]} n’est pas possible.",
        )


def _differing(before: Action, after: Action) -> tuple[str, ...]:
    """Name what is described otherwise: who organises it, what is said of it, and what fell away with either."""
    named = ("organiser_id", *before.said(), "declaration", "site_approval")
    return tuple(name for name in named if getattr(before, name) != getattr(after, name))

"""The course of an action: scheduled (T12), started (T13), postponed, rescheduled (T15), held (T16), cancelled."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from uuid import UUID

from actions.domain import storm
from actions.domain.action import Action, Cancellation, Moved, moved
from actions.domain.agenda import cancel_session, goes_on
from actions.domain.authorisation import authorisation_reviewed
from actions.domain.campaign import Campaign, require_within
from actions.domain.circumstances import Circumstances, Films
from actions.domain.days import local_day
from actions.domain.obligations import announced, consents, consents_moved, moved_days, obligations
from actions.domain.refusals import (
    AmountNotPossible,
    AttendanceMissing,
    CampaignStillRuns,
    NoFallbackPlace,
    NothingHeld,
    NotPossibleInThisState,
    NotYet,
    OneSessionOnly,
    SessionsStillPostponed,
    refuse,
)
from actions.domain.rules.counting import attendance
from actions.domain.screening import Finding, Judgement, judge, judge_days_authorised, judge_placed
from actions.domain.tally import distinct
from common.contracts.actions import (
    ActionCancelled,
    ActionFact,
    ActionHeld,
    ActionPostponed,
    ActionRescheduled,
    ActionScheduled,
    ActionStarted,
    ActionStatus,
    Cause,
    Session,
    SessionStatus,
)
from common.contracts.money import money


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDay:
    """The new day of a session that was put off; without an hour it keeps its own.

    `indoors`: it moves into the room that was foreseen for it (R13), and stays there whatever other day it gets.
    """

    session_id: UUID
    held_on: date
    starts_at: time | None = None
    indoors: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationPlan:
    """Why an action is given up, what it has cost, and what goes back to the funders."""

    cause: Cause
    reason: str
    spent_cents: int = 0
    to_give_back_cents: int = 0


def judge_schedule(action: Action, given: Circumstances) -> Judgement:
    """Find what rules say of an action that is to be announced.

    Raises:
        FilmNotKnownYet: a film of its sessions has not been heard of.
    """
    action.require("action.schedule")
    action = authorisation_reviewed(action, given.films)
    return Judgement(
        verb="action.schedule",
        action=action,
        sessions=action.live_sessions,
        findings=judge(action, action.live_sessions, given),
        fallbacks=storm.judge_fallbacks(action, action.live_sessions, given, _of_move),
    )


def schedule(judged: Judgement, *, at: datetime) -> Moved:
    """Announce an action that was judged, and for which everything is there (T12)."""
    scheduled = replace(judged.action, state=ActionStatus.SCHEDULED, notices=storm.decide(judged))
    fact = ActionScheduled(
        occurred_at=at,
        about=scheduled.about(),
        action_id=scheduled.id,
        action_type=scheduled.action_type,
        dates=_days(scheduled.live_sessions),
    )
    return moved(scheduled, fact)


def start(action: Action, *, at: datetime) -> Moved:
    """Begin an action of several sessions on its first day (T13)."""
    action.require("action.start")
    if len(action.live_sessions) == 1:
        raise OneSessionOnly
    if local_day(at, action.zone) < action.first_on:
        raise NotYet(f"It begins on {action.first_on}.", precision=f"Elle commence le {action.first_on}.")
    started = replace(action, state=ActionStatus.IN_PROGRESS)
    fact = ActionStarted(
        occurred_at=at,
        about=started.about(),
        action_id=started.id,
        action_type=started.action_type,
        started_on=action.first_on,
    )
    return moved(started, fact)


def postpone(action: Action, cause: Cause, session_ids: Sequence[UUID], *, at: datetime) -> Moved:
    """Put sessions off (T14), beside those that are put off already; none named means all that are still to come."""
    action.require("action.postpone")
    to_come = {session.id: session for session in action.sessions if session.state is SessionStatus.PLANNED}
    named = [action.session(session_id).id for session_id in session_ids] or list(to_come)
    if not named or not set(named) <= set(to_come):
        raise NotPossibleInThisState(
            "Only sessions still to come can be put off.",
            precision="Seules des séances encore à venir peuvent être reportées.",
        )
    put_off = (replace(to_come[one], state=SessionStatus.POSTPONED) for one in named)
    came_from = action.postponed_from if action.state is ActionStatus.POSTPONED else action.state
    postponed = replace(action.with_sessions(*put_off), state=ActionStatus.POSTPONED, postponed_from=came_from)
    fact = ActionPostponed(
        occurred_at=at,
        about=postponed.about(),
        action_id=postponed.id,
        action_type=postponed.action_type,
        cause=cause,
        session_ids=tuple(named),
    )
    return moved(postponed, fact, *announced(postponed, consents_moved(action, postponed), at=at))


def judge_reschedule(action: Action, days: Sequence[NewDay], given: Circumstances) -> Judgement:
    """Find what rules say of the new days of all sessions that were put off (T15, R12, R52).

    A day after the campaign's end is possible as long as its rules extend it.  Where all sessions were given up there
    is nothing left to go on with.

    Raises:
        FilmNotKnownYet: a film of these sessions has not been heard of.
    """
    action.require("action.reschedule")
    put_off = {session.id: session for session in action.sessions if session.state is SessionStatus.POSTPONED}
    if not action.live_sessions:
        raise NotPossibleInThisState(
            "All its sessions were given up: it can only be cancelled.",
            precision="Toutes ses séances sont annulées : elle ne peut plus qu’être annulée.",
        )
    if {day.session_id for day in days} != set(put_off) or len(days) != len(put_off):
        raise SessionsStillPostponed(pointer="/days")
    for day in days:
        require_within(given.campaign, day.held_on, last=given.campaign.last_on)
    renewed = tuple(_moved_to(action, put_off[day.session_id], day) for day in days)
    placed = action.with_sessions(*renewed)
    return Judgement(
        verb="action.reschedule",
        action=placed,
        sessions=renewed,
        findings=judge_new_days(placed, renewed, given),
        fallbacks=storm.judge_fallbacks(placed, renewed, given, _of_move),
    )


def days_of_move(action: Action, days: Sequence[NewDay]) -> tuple[date, ...]:
    """Name the days on which sessions that get new ones are judged: those, and the ones to which they may fall back."""
    moved_ids = {day.session_id for day in days}
    fallbacks = (session.fallback_on for session in action.sessions if session.id in moved_ids)
    return (*(day.held_on for day in days), *(day for day in fallbacks if day is not None))


def judge_new_days(action: Action, sessions: Sequence[Session], given: Circumstances) -> tuple[Finding, ...]:
    """Find what rules say of sessions on their new days, which an authorisation that was granted must list (R12)."""
    listed = judge_days_authorised(action, sessions, given)
    return (*listed, *(judge(action, sessions, given) if sessions else ()))


def reschedule(action: Action, judged: Judgement, given: Circumstances, *, at: datetime) -> Moved:
    """Give every session that was put off its new day, which was judged: rights, permits, authorisation cover it.

    The days by which something must be settled move along, and are announced.
    """
    placed, ids = judged.action, {session.id for session in judged.sessions}
    put_off = [session for session in action.sessions if session.id in ids]
    standing = action.with_sessions(*(replace(session, state=SessionStatus.PLANNED) for session in put_off))
    before = (*obligations(action, given, put_off), *(consents(action) or consents(standing)))
    after = (*obligations(placed, given, judged.sessions), *consents(placed))
    rescheduled = placed.with_notices({session.id for session in judged.sessions}, storm.decide(judged)).resumed()
    fact = ActionRescheduled(
        occurred_at=at,
        about=rescheduled.about(),
        action_id=rescheduled.id,
        action_type=rescheduled.action_type,
        dates=_days(judged.sessions),
    )
    return moved(rescheduled, fact, *announced(rescheduled, moved_days(before, after), at=at))


def hold(action: Action, participants_distinct: int | None, *, at: datetime) -> Moved:
    """Say that the action took place (T16): one session held at least, every other with its cause (R44)."""
    action.require("action.hold")
    today = local_day(at, action.zone)
    if verdict := attendance(action.sessions, today):
        refuse(AttendanceMissing, verdict)
    if not action.held_sessions:
        raise NothingHeld("No session was held.", precision="Aucune séance n’a eu lieu.")
    totals = [session.attendance or 0 for session in action.held_sessions]
    persons = distinct(action, totals, participants_distinct, "/participants_distinct")
    held = replace(action, state=ActionStatus.HELD, participants_distinct=persons, risks=())
    fact = ActionHeld(
        occurred_at=at,
        about=held.about(),
        action_id=held.id,
        action_type=held.action_type,
        held_on=held.held_on or today,
        measure=held.measure,
        total=sum(totals),
        participants_distinct=persons,
    )
    return moved(held, fact)


def cancel(action: Action, plan: CancellationPlan, *, at: datetime) -> Moved:
    """Give the action up (T17) on this day of its own zone."""
    action.require("action.cancel")
    if plan.spent_cents < 0 or plan.to_give_back_cents < 0:
        raise AmountNotPossible(pointer="/to_give_back")
    cancellation = Cancellation(
        cause=plan.cause,
        reason=plan.reason,
        cancelled_on=local_day(at, action.zone),
        spent_cents=plan.spent_cents,
        to_give_back_cents=plan.to_give_back_cents,
    )
    given_up = (
        replace(session, state=SessionStatus.CANCELLED, cause=cancellation.cause)
        for session in action.sessions
        if session.state in {SessionStatus.PLANNED, SessionStatus.POSTPONED}
    )
    cancelled = replace(
        action.with_sessions(*given_up),
        state=ActionStatus.CANCELLED,
        postponed_from=None,
        risks=(),
        cancellation=cancellation,
    )
    fact = ActionCancelled(
        occurred_at=at,
        about=cancelled.about(),
        action_id=cancelled.id,
        action_type=cancelled.action_type,
        cause=cancellation.cause,
        spent=money(cancellation.spent_cents),
        to_give_back=money(cancellation.to_give_back_cents),
    )
    return moved(cancelled, fact)


def lapse(action: Action, campaign: Campaign, films: Films, *, at: datetime) -> Moved:
    """Give up by the timer what is still put off after the campaign's end and its extension (T17).

    An action of which nothing else is left is cancelled.  One of which sessions were held, or have had their day and
    wait to be counted, goes on where it came from (T15): they are counted, and it is held.
    """
    action.require("action.lapse")
    today = local_day(at, campaign.zone)
    last = campaign.last_on
    if today <= last:
        raise CampaignStillRuns(f"The campaign ends on {last}.", precision=f"La campagne finit le {last}.")
    put_off = [session.id for session in action.live_sessions if session.state is SessionStatus.POSTPONED]
    if len(put_off) == len(action.live_sessions):
        return cancel(action, CancellationPlan(cause=Cause.CAMPAIGN_ENDED, reason=Cause.CAMPAIGN_ENDED), at=at)
    told: list[ActionFact] = []
    for session_id in put_off:
        action, facts = cancel_session(action, session_id, Cause.CAMPAIGN_ENDED, films, at=at)
        told += facts
    resumed = action.resumed()
    return (action, tuple(told)) if resumed is action else moved(resumed, goes_on(resumed, at=at))


def _moved_to(action: Action, session: Session, day: NewDay) -> Session:
    if day.indoors and session.fallback_place_id is None:
        raise NoFallbackPlace(pointer="/days")
    there = storm.placed(action, session, day.held_on, indoors=day.indoors)
    return replace(there, starts_at=day.starts_at or session.starts_at)


def _of_move(action: Action, sessions: Sequence[Session], given: Circumstances) -> tuple[Finding, ...]:
    return (*judge_days_authorised(action, sessions, given), *judge_placed(action, sessions, given))


def _days(sessions: Sequence[Session]) -> tuple[date, ...]:
    return tuple(sorted({session.held_on for session in sessions}))

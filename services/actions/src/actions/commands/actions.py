"""What one can do with an action, from its first session to its last."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from actions.commands import cancelling, lent, lookups, projects
from actions.commands.wishes import ActionWish
from actions.domain import access, agenda, choosing, lifecycle
from actions.domain.action import Action, Moved
from actions.domain.agenda import SessionPlan
from actions.domain.authorisation import own_days
from actions.domain.choosing import CopyChoice
from actions.domain.lifecycle import CancellationPlan, NewDay
from actions.domain.screening import Judgement
from actions.store import actions, judging, known, verdicts
from actions.store import projects as project_store
from common.contracts.actions import (
    Cause,
    CountMethod,
)
from common.database import Transaction
from common.idempotency import Answer, Once
from common.tokens import Principal

Decide: TypeAlias = Callable[[Action], Moved]


async def change(
    tx: Transaction,
    action_id: UUID,
    wish: ActionWish,
    *,
    caller: Principal,
    new_id: Callable[[], UUID],
    once: Once,
    at: datetime,
) -> Answer:
    """Describe an action otherwise.  Its project is held before it: both are judged, and may change, together."""
    seen = await actions.action(tx, action_id)
    access.require(caller, "action.change", seen)
    project = await project_store.lock_project(tx, seen.project_id)
    action = await actions.lock_action(tx, action_id)
    if answer := await once.answered(tx, action.version):
        return answer
    plan = await lookups.action_plan(tx, wish, action.campaign_year, new_id=new_id, pointer="")
    organiser = await known.organisation(tx, wish.organiser_id or action.holder_id)
    described = agenda.described(action, plan, organiser)
    days = agenda.days_booked(action, described)
    given = await lookups.circumstances(tx, described, days, booking=True, hold=bool(days))
    judged = agenda.judge_change(action, described, given)
    await projects.follow_action(tx, project, action, described, given.campaign, at=at)
    if described.closed_circuit is not action.closed_circuit:
        await judging.ask_by_workshop(tx, action.id)
    return await _save_judged(tx, judged, agenda.change(action, judged, at=at), once, at=at)


async def plan_session(
    tx: Transaction,
    action_id: UUID,
    wish: SessionPlan,
    *,
    caller: Principal,
    new_id: Callable[[], UUID],
    once: Once,
    at: datetime,
) -> Answer:
    action = await lock(tx, action_id, "action.plan_session", caller)
    if answer := await once.answered(tx, action.version):
        return answer
    given = await lookups.circumstances(
        tx,
        action,
        wish.days,
        wish.film_ids,
        copies=wish.copy_ids,
        booking=True,
        asked_at=at,
        hold=True,
    )
    judged = agenda.judge_session(action, wish, given, session_id=new_id())
    planned = agenda.plan_session(judged, new_id=new_id, at=at)
    return await _save_judged(tx, judged, planned, once, at=at, status=201)


async def cancel_session(
    tx: Transaction, action_id: UUID, session_id: UUID, cause: Cause, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    action = await lock(tx, action_id, "action.cancel_session", caller)
    if answer := await once.answered(tx, action.version):
        return answer
    films = await lookups.films(tx, action)
    return await save(tx, agenda.cancel_session(action, session_id, cause, films, at=at), once)


async def expect_audience(
    tx: Transaction,
    action_id: UUID,
    session_id: UUID,
    people: int | None,
    *,
    caller: Principal,
    once: Once,
    at: datetime,
) -> Answer:
    return await alone(
        tx,
        action_id,
        "action.expect_audience",
        lambda action: agenda.expect_audience(action, session_id, people, at=at),
        caller,
        once,
    )


async def record_attendance(
    tx: Transaction,
    action_id: UUID,
    session_id: UUID,
    total: int,
    method: CountMethod,
    *,
    caller: Principal,
    once: Once,
    at: datetime,
) -> Answer:
    action = await actions.lock_action(tx, action_id)
    access.require(caller, "action.record_attendance", action, place_id=action.session(session_id).place_id)
    if answer := await once.answered(tx, action.version):
        return answer
    return await save(tx, agenda.record_attendance(action, session_id, total, method, at=at), once)


async def choose_copy(
    tx: Transaction, action_id: UUID, choice: CopyChoice, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    """Book a copy for a film of a session, or give it back; who counts on either is judged again."""
    action = await lock(tx, action_id, "action.choose_copy", caller)
    if answer := await once.answered(tx, action.version):
        return answer
    chosen = () if choice.copy_id is None else (choice.copy_id,)
    days = own_days(action.session(choice.session_id))
    given = await lookups.circumstances(tx, action, days, copies=chosen, asked_at=at, hold=True)
    judged = choosing.judge_choice(action, choice, given)
    await lent.judge_others(tx, action)
    return await _save_judged(tx, judged, choosing.choose_copy(judged, choice, at=at), once, at=at)


async def schedule(tx: Transaction, action_id: UUID, *, caller: Principal, once: Once, at: datetime) -> Answer:
    action = await lock(tx, action_id, "action.schedule", caller)
    if answer := await once.answered(tx, action.version):
        return answer
    days = {day for session in action.live_sessions for day in own_days(session)}
    judged = lifecycle.judge_schedule(action, await lookups.circumstances(tx, action, days))
    return await _save_judged(tx, judged, lifecycle.schedule(judged, at=at), once, at=at)


async def start(tx: Transaction, action_id: UUID, *, caller: Principal, once: Once, at: datetime) -> Answer:
    return await alone(tx, action_id, "action.start", lambda action: lifecycle.start(action, at=at), caller, once)


async def postpone(
    tx: Transaction,
    action_id: UUID,
    cause: Cause,
    session_ids: Sequence[UUID],
    *,
    caller: Principal,
    once: Once,
    at: datetime,
) -> Answer:
    return await alone(
        tx,
        action_id,
        "action.postpone",
        lambda action: lifecycle.postpone(action, cause, session_ids, at=at),
        caller,
        once,
    )


async def reschedule(
    tx: Transaction, action_id: UUID, days: Sequence[NewDay], *, caller: Principal, once: Once, at: datetime
) -> Answer:
    action = await lock(tx, action_id, "action.reschedule", caller)
    if answer := await once.answered(tx, action.version):
        return answer
    judged_on = lifecycle.days_of_move(action, days)
    given = await lookups.circumstances(tx, action, judged_on, booking=True, asked_at=at, hold=True)
    judged = lifecycle.judge_reschedule(action, days, given)
    return await _save_judged(tx, judged, lifecycle.reschedule(action, judged, given, at=at), once, at=at)


async def hold(
    tx: Transaction,
    action_id: UUID,
    participants_distinct: int | None,
    *,
    caller: Principal,
    once: Once,
    at: datetime,
) -> Answer:
    return await alone(
        tx,
        action_id,
        "action.hold",
        lambda action: lifecycle.hold(action, participants_distinct, at=at),
        caller,
        once,
    )


async def cancel(
    tx: Transaction, action_id: UUID, plan: CancellationPlan, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    """Cancel an action (T17); the project whose last action it was is cancelled with it."""
    project, siblings = await cancelling.lock(tx, action_id)
    access.require(caller, "action.cancel", siblings[action_id])
    if answer := await once.answered(tx, siblings[action_id].version):
        return answer
    cancelled = lifecycle.cancel(siblings[action_id], plan, at=at)
    return await cancelling.save(tx, project, siblings, cancelled, once, at=at)


async def lock(tx: Transaction, action_id: UUID, verb: str, caller: Principal) -> Action:
    action = await actions.lock_action(tx, action_id)
    access.require(caller, verb, action)
    return action


async def alone(tx: Transaction, action_id: UUID, verb: str, decide: Decide, caller: Principal, once: Once) -> Answer:
    """Do what needs the action alone: lock, judge who asks, replay or go on, decide, write."""
    action = await lock(tx, action_id, verb, caller)
    if answer := await once.answered(tx, action.version):
        return answer
    return await save(tx, decide(action), once)


async def save(tx: Transaction, moved: Moved, once: Once | None, *, status: int = 200) -> Answer:
    """Write what a verb decided, and have the action judged by what is known once that is there.

    So are those whose copies it has booked, or given back.
    """
    action, facts = moved
    if action.live_sessions:
        await judging.ask(tx, action.id)
    await lent.judge_others(tx, action)
    return await actions.save_action(tx, action, facts, once, status=status)


async def _save_judged(
    tx: Transaction, judged: Judgement, moved: Moved, once: Once, *, at: datetime, status: int = 200
) -> Answer:
    """Write what a verb decided by a judgement, and the verdicts that it decided by."""
    action, _ = moved
    await verdicts.keep(tx, action, judged, at=at)
    return await save(tx, moved, once, status=status)

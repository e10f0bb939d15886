"""What one can do with an action, from its first session to its last."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

from actions.commands import cancelling, lent, lookups
from actions.commands.wishes import ActionWish, ClearanceWish
from actions.domain import access, agenda, authorising, choosing, formalities, lifecycle
from actions.domain.action import Action, Moved
from actions.domain.agenda import SessionPlan
from actions.domain.authorisation import own_days
from actions.domain.authorising import Amendment, AuthorisationDecision
from actions.domain.choosing import CopyChoice
from actions.domain.clearance import ClearanceStep
from actions.domain.formalities import MoveDeclared
from actions.domain.lifecycle import CancellationPlan, NewDay
from actions.domain.screening import Judgement
from actions.store import actions, catalogue, judging, known, verdicts
from common.contracts.actions import (
    Cause,
    CountMethod,
    Evidence,
    NeighboursInformed,
    Opinion,
    Permit,
    SiteApproval,
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
    action = await _lock(tx, action_id, "action.change", caller)
    if answer := await once.answered(tx, action.version):
        return answer
    plan = await lookups.action_plan(tx, wish, action.campaign_year, new_id=new_id, pointer="")
    organiser = await known.organisation(tx, wish.organiser_id or action.holder_id)
    described = agenda.described(action, plan, organiser)
    days = agenda.days_booked(action, described)
    given = await lookups.circumstances(tx, described, days, booking=True, hold=bool(days))
    judged = agenda.judge_change(action, described, given)
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
    action = await _lock(tx, action_id, "action.plan_session", caller)
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
    action = await _lock(tx, action_id, "action.cancel_session", caller)
    if answer := await once.answered(tx, action.version):
        return answer
    films = await lookups.films(tx, action)
    return await _save(tx, agenda.cancel_session(action, session_id, cause, films, at=at), once)


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
    return await _alone(
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
    return await _save(tx, agenda.record_attendance(action, session_id, total, method, at=at), once)


async def change_clearance(
    tx: Transaction,
    action_id: UUID,
    clearance_id: UUID,
    wish: ClearanceWish,
    *,
    caller: Principal,
    once: Once,
    at: datetime,
) -> Answer:
    action = await _lock(tx, action_id, "action.change_clearance", caller)
    if answer := await once.answered(tx, action.version):
        return answer
    clearance = action.clearance(clearance_id)
    offer, stands_on = [
        None if one is None else await catalogue.rights_offer(tx, one, on=clearance.film_id)
        for one in (wish.offer_id, clearance.offer_id)
    ]
    step = ClearanceStep(to=wish.to, price_cents=wish.price_cents, terms=wish.terms, offer=offer, stands_on=stands_on)
    return await _save(tx, formalities.change_clearance(action, clearance_id, step, at=at), once)


async def choose_copy(
    tx: Transaction, action_id: UUID, choice: CopyChoice, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    """Book a copy for a film of a session, or give it back; who counts on either is judged again."""
    action = await _lock(tx, action_id, "action.choose_copy", caller)
    if answer := await once.answered(tx, action.version):
        return answer
    chosen = () if choice.copy_id is None else (choice.copy_id,)
    days = own_days(action.session(choice.session_id))
    given = await lookups.circumstances(tx, action, days, copies=chosen, asked_at=at, hold=True)
    judged = choosing.judge_choice(action, choice, given)
    await lent.judge_others(tx, action)
    return await _save_judged(tx, judged, choosing.choose_copy(judged, choice, at=at), once, at=at)


async def request_authorisation(
    tx: Transaction,
    action_id: UUID,
    organiser_id: UUID | None,
    fallbacks: Sequence[date],
    *,
    caller: Principal,
    once: Once,
    at: datetime,
) -> Answer:
    action = await _lock(tx, action_id, "action.request_authorisation", caller)
    if answer := await once.answered(tx, action.version):
        return answer
    given, organiser_id = await lookups.circumstances(tx, action), organiser_id or action.organiser_id
    return await _save(tx, authorising.request_authorisation(action, organiser_id, fallbacks, given, at=at), once)


async def amend_authorisation(
    tx: Transaction, action_id: UUID, wish: Amendment, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    action = await _lock(tx, action_id, "action.amend_authorisation", caller)
    if answer := await once.answered(tx, action.version):
        return answer
    given = await lookups.circumstances(tx, action)
    return await _save(tx, authorising.amend_authorisation(action, wish, given, at=at), once)


async def record_opinion(
    tx: Transaction, action_id: UUID, opinion: Opinion, given_on: date, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    return await _alone(
        tx,
        action_id,
        "action.record_opinion",
        lambda action: authorising.record_opinion(action, opinion, given_on, at=at),
        caller,
        once,
    )


async def decide_authorisation(
    tx: Transaction,
    action_id: UUID,
    decision: AuthorisationDecision,
    *,
    caller: Principal,
    once: Once,
    at: datetime,
) -> Answer:
    action = await _lock(tx, action_id, "action.decide_authorisation", caller)
    if answer := await once.answered(tx, action.version):
        return answer
    return await _save(tx, authorising.decide_authorisation(action, decision, at=at), once)


async def inform_neighbours(
    tx: Transaction, action_id: UUID, told: NeighboursInformed, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    return await _alone(
        tx,
        action_id,
        "action.inform_neighbours",
        lambda action: formalities.inform_neighbours(action, told, at=at),
        caller,
        once,
    )


async def declare_move(
    tx: Transaction, action_id: UUID, told: MoveDeclared, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    return await _alone(
        tx,
        action_id,
        "action.declare_move",
        lambda action: formalities.declare_move(action, told, at=at),
        caller,
        once,
    )


async def settle_obligation(
    tx: Transaction, action_id: UUID, evidence: Evidence, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    return await _alone(
        tx,
        action_id,
        "action.settle_obligation",
        lambda action: formalities.settle_obligation(action, evidence, at=at),
        caller,
        once,
    )


async def record_permit(
    tx: Transaction, action_id: UUID, permit: Permit, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    action = await actions.lock_action(tx, action_id)
    access.require(caller, "action.record_permit", action, place_id=permit.place_id)
    if answer := await once.answered(tx, action.version):
        return answer
    return await _save(tx, formalities.record_permit(action, permit, at=at), once, status=201)


async def approve_site(
    tx: Transaction, action_id: UUID, approval: SiteApproval, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    return await _alone(
        tx,
        action_id,
        "action.approve_site",
        lambda action: formalities.approve_site(action, approval, at=at),
        caller,
        once,
    )


async def schedule(tx: Transaction, action_id: UUID, *, caller: Principal, once: Once, at: datetime) -> Answer:
    action = await _lock(tx, action_id, "action.schedule", caller)
    if answer := await once.answered(tx, action.version):
        return answer
    days = {day for session in action.live_sessions for day in own_days(session)}
    judged = lifecycle.judge_schedule(action, await lookups.circumstances(tx, action, days))
    return await _save_judged(tx, judged, lifecycle.schedule(judged, at=at), once, at=at)


async def start(tx: Transaction, action_id: UUID, *, caller: Principal, once: Once, at: datetime) -> Answer:
    return await _alone(tx, action_id, "action.start", lambda action: lifecycle.start(action, at=at), caller, once)


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
    return await _alone(
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
    action = await _lock(tx, action_id, "action.reschedule", caller)
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
    return await _alone(
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


async def _lock(tx: Transaction, action_id: UUID, verb: str, caller: Principal) -> Action:
    action = await actions.lock_action(tx, action_id)
    access.require(caller, verb, action)
    return action


async def _alone(tx: Transaction, action_id: UUID, verb: str, decide: Decide, caller: Principal, once: Once) -> Answer:
    """Do what needs the action alone: lock, judge who asks, replay or go on, decide, write."""
    action = await _lock(tx, action_id, verb, caller)
    if answer := await once.answered(tx, action.version):
        return answer
    return await _save(tx, decide(action), once)


async def _save(tx: Transaction, moved: Moved, once: Once | None, *, status: int = 200) -> Answer:
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
    return await _save(tx, moved, once, status=status)

"""What one can do with an action's papers: rights, the CNC's leave, a cinema's declaration, permits, approvals."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from actions.commands import lookups
from actions.commands.actions import alone, lock, save
from actions.commands.wishes import ClearanceWish
from actions.domain import access, authorising, formalities
from actions.domain.authorising import Amendment, AuthorisationDecision
from actions.domain.clearance import ClearanceStep
from actions.domain.formalities import MoveDeclared
from actions.store import actions, catalogue, known
from common.contracts.actions import Evidence, NeighboursInformed, Opinion, Permit, SiteApproval
from common.database import Transaction
from common.idempotency import Answer, Once
from common.tokens import Principal


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
    action = await lock(tx, action_id, "action.change_clearance", caller)
    if answer := await once.answered(tx, action.version):
        return answer
    clearance = action.clearance(clearance_id)
    offer, stands_on = [
        None if one is None else await catalogue.rights_offer(tx, one, on=clearance.film_id)
        for one in (wish.offer_id, clearance.offer_id)
    ]
    step = ClearanceStep(to=wish.to, price_cents=wish.price_cents, terms=wish.terms, offer=offer, stands_on=stands_on)
    return await save(tx, formalities.change_clearance(action, clearance_id, step, at=at), once)


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
    action = await lock(tx, action_id, "action.request_authorisation", caller)
    if answer := await once.answered(tx, action.version):
        return answer
    given, organiser_id = await lookups.circumstances(tx, action), organiser_id or action.organiser_id
    return await save(tx, authorising.request_authorisation(action, organiser_id, fallbacks, given, at=at), once)


async def amend_authorisation(
    tx: Transaction, action_id: UUID, wish: Amendment, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    action = await lock(tx, action_id, "action.amend_authorisation", caller)
    if answer := await once.answered(tx, action.version):
        return answer
    given = await lookups.circumstances(tx, action)
    return await save(tx, authorising.amend_authorisation(action, wish, given, at=at), once)


async def record_opinion(
    tx: Transaction, action_id: UUID, opinion: Opinion, given_on: date, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    return await alone(
        tx,
        action_id,
        "action.record_opinion",
        lambda action: authorising.record_opinion(action, opinion, given_on, at=at),
        caller,
        once,
    )


async def decide_authorisation(
    tx: Transaction, action_id: UUID, decision: AuthorisationDecision, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    return await alone(
        tx,
        action_id,
        "action.decide_authorisation",
        lambda action: authorising.decide_authorisation(action, decision, at=at),
        caller,
        once,
    )


async def inform_neighbours(
    tx: Transaction, action_id: UUID, told: NeighboursInformed, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    return await alone(
        tx,
        action_id,
        "action.inform_neighbours",
        lambda action: formalities.inform_neighbours(action, told, at=at),
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
    access.require_lender(caller, permit.authority_id)
    if permit.authority_id != caller.org:
        await known.organisation(tx, permit.authority_id)
    return await save(tx, formalities.record_permit(action, permit, at=at), once, status=201)


async def approve_site(
    tx: Transaction, action_id: UUID, approval: SiteApproval, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    return await alone(
        tx,
        action_id,
        "action.approve_site",
        lambda action: formalities.approve_site(action, approval, at=at),
        caller,
        once,
    )


async def declare_move(
    tx: Transaction, action_id: UUID, told: MoveDeclared, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    return await alone(
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
    return await alone(
        tx,
        action_id,
        "action.settle_obligation",
        lambda action: formalities.settle_obligation(action, evidence, at=at),
        caller,
        once,
    )

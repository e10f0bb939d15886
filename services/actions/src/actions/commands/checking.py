"""Asking what a verb would be told, with nothing written and nothing held."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from uuid import UUID

from actions.commands import lookups
from actions.commands.wishes import CheckWish
from actions.domain import access, checking, disclosure, states
from actions.domain.action import Action
from actions.domain.checking import Check, Standing
from actions.domain.obligations import Obligation, obligations
from actions.store import actions, campaigns, catalogue
from common.database import Transaction
from common.tokens import Principal


async def check(
    tx: Transaction, action_id: UUID, wish: CheckWish, *, caller: Principal, new_id: Callable[[], UUID], at: datetime
) -> Check:
    """Judge what is asked: a session to plan, new days for those put off, or else the announcement of the action."""
    access.require(caller, "action.check", None)
    action = await actions.action(tx, action_id)
    disclosure.require_inside(caller, action)
    if wish.session is not None:
        shown = wish.session.film_ids
        days = await _until_the_end(tx, action, [wish.session.held_on])
        given = await lookups.circumstances(
            tx, action, days, shown, copies=wish.session.copy_ids, booking=True, asked_at=at
        )
        offers = await catalogue.offers_on(tx, shown)
        return checking.check_session(action, wish.session, given, offers, session_id=new_id())
    offers = await catalogue.offers_on(tx, lookups.shown_in([action]))
    if wish.days:
        days = await _until_the_end(tx, action, [day.held_on for day in wish.days])
        given = await lookups.circumstances(tx, action, days, booking=True, asked_at=at)
        return checking.check_reschedule(action, wish.days, given, offers)
    days = await _until_the_end(tx, action, [one.held_on for one in action.live_sessions])
    given = await lookups.circumstances(tx, action, days)
    return checking.check_schedule(action, given, offers)


async def _until_the_end(tx: Transaction, action: Action, days: Sequence[date]) -> Sequence[date]:
    """Name the campaign's last day besides: the first lawful one may be any before it."""
    campaign = await campaigns.campaign(tx, action.campaign_id)
    return (*days, campaign.last_on)


async def standings(tx: Transaction, campaign_id: UUID, *, after: UUID | None, limit: int) -> tuple[Standing, ...]:
    """Judge the actions of a campaign that the caller sees and that have sessions still to come, a page of them."""
    campaign = await campaigns.campaign(tx, campaign_id)
    found = await actions.going(tx, campaign_id, states.POSSIBLE["action.flag"], after=after, limit=limit)
    given = await lookups.of_campaign(tx, campaign, found)
    return tuple(checking.standing(action, given.get(action.id)) for action in found)


async def open_obligations(tx: Transaction, action_id: UUID, *, caller: Principal) -> tuple[Obligation, ...]:
    """List what an action that the caller sees still asks for."""
    action = await actions.action(tx, action_id)
    disclosure.require_inside(caller, action)
    return obligations(action, await lookups.circumstances(tx, action))

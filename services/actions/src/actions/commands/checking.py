"""Asking what a verb would be told, with nothing written and nothing held."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from uuid import UUID

from actions.commands import lookups
from actions.commands.wishes import CheckWish
from actions.domain import access, checking, disclosure, lifecycle, states, storm
from actions.domain.action import Action
from actions.domain.authorisation import own_days
from actions.domain.checking import Check, Standing
from actions.domain.obligations import Obligation, obligations
from actions.store import actions, campaigns, catalogue
from common.contracts.actions import SessionStatus
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
        days = await _until_the_end(tx, action, wish.session.days)
        given = await lookups.circumstances(
            tx, action, days, shown, copies=wish.session.copy_ids, booking=True, asked_at=at
        )
        offers = await catalogue.offers_on(tx, shown)
        return checking.check_session(action, wish.session, given, offers, session_id=new_id())
    offers = await catalogue.offers_on(tx, lookups.shown_in([action]))
    if wish.days:
        days = await _until_the_end(tx, action, lifecycle.days_of_move(action, wish.days))
        given = await lookups.circumstances(tx, action, days, booking=True, asked_at=at)
        return checking.check_reschedule(action, wish.days, given, offers)
    days = await _until_the_end(tx, action, [day for one in action.live_sessions for day in own_days(one)])
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


async def open_obligations(
    tx: Transaction, action_id: UUID, *, caller: Principal
) -> tuple[tuple[Obligation, ...], tuple[Obligation, ...]]:
    """List what the sessions still to come of an action that the caller sees ask for, and what their fallbacks do."""
    action = await actions.action(tx, action_id)
    disclosure.require_inside(caller, action)
    coming = [session for session in action.sessions if session.state is SessionStatus.PLANNED]
    given = await lookups.circumstances(tx, action)
    return obligations(action, given, coming), storm.fallback_obligations(action, given, coming)

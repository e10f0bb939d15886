"""Asking what a verb would be told, with nothing written and nothing held."""

from collections.abc import Callable
from uuid import UUID

from actions.commands import lookups
from actions.commands.wishes import CheckWish
from actions.domain import access, checking
from actions.domain.checking import Check
from actions.domain.obligations import Obligation, obligations
from actions.store import actions
from common.database import Transaction
from common.tokens import Principal


async def check(
    tx: Transaction, action_id: UUID, wish: CheckWish, *, caller: Principal, new_id: Callable[[], UUID]
) -> Check:
    """Judge what is asked: a session to plan, new days for those put off, or else the announcement of the action."""
    access.require(caller, "action.check", None)
    action = await actions.action(tx, action_id)
    if wish.session is not None:
        shown = (film.film_id for film in wish.session.programme)
        given = await lookups.circumstances(tx, action, [wish.session.held_on], shown, booking=True)
        return checking.check_session(action, wish.session, given, session_id=new_id())
    if wish.days:
        given = await lookups.circumstances(tx, action, [day.held_on for day in wish.days], booking=True)
        return checking.check_reschedule(action, wish.days, given)
    return checking.check_schedule(
        action, await lookups.circumstances(tx, action, [one.held_on for one in action.live_sessions])
    )


async def open_obligations(tx: Transaction, action_id: UUID) -> tuple[Obligation, ...]:
    """List what an action that the caller sees still asks for."""
    action = await actions.action(tx, action_id)
    return obligations(action, await lookups.circumstances(tx, action))

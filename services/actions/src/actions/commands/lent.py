"""What a verb looks up of the copies that sessions are shown from: themselves, and what else they are lent for."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from actions.domain.action import Action
from actions.domain.copies import Booking, copies_of
from actions.domain.known import Copy
from actions.domain.rules import in_force
from actions.store import copies as store
from actions.store.copies import Around
from common.database import Transaction

A_NIGHT = timedelta(days=2)
"""How far a calendar may be ahead of another, and a session run into the next day."""


async def copies(
    tx: Transaction, action: Action, also: Iterable[UUID], days: Sequence[date], *, hold: bool = False
) -> tuple[Mapping[UUID, Copy], Mapping[UUID, tuple[Booking, ...]]]:
    """Find an action's copies and these, and what they are lent for in other actions around these days (C01).

    With `hold` nobody else books them until the transaction ends.
    """
    named = _named(action) | set(also)
    if not named:
        return {}, {}
    if hold:
        await store.hold_copies(tx, named)
    found = await store.copies(tx, named)
    if not days:
        return found, {}
    bookings = await store.bookings(tx, [_around(action, named, days, found)])
    return found, bookings.get(action.id, {})


async def bookings(
    tx: Transaction, days: Iterable[tuple[Action, Sequence[date]]], found: Mapping[UUID, Copy]
) -> Mapping[UUID, Mapping[UUID, tuple[Booking, ...]]]:
    """List by action what the copies of many are lent for in other actions around the days of each (C01).

    `found` are their copies, as far as these have been heard of.
    """
    around = [_around(action, named, on, found) for action, on in days if on and (named := _named(action))]
    return await store.bookings(tx, around)


async def known(tx: Transaction, found: Iterable[Action]) -> Mapping[UUID, Copy]:
    """Find the copies of these actions, whatever else they are lent for."""
    return await store.copies(tx, {copy_id for action in found for copy_id in _named(action)})


async def judge_others(tx: Transaction, action: Action) -> None:
    """Have whoever counts on an action's copies judged again: they were booked, or given back."""
    await store.judge_with(tx, _named(action))


def _named(action: Action) -> set[UUID]:
    return {copy_id for session in action.sessions for copy_id in copies_of(session)}


def _around(action: Action, named: set[UUID], days: Sequence[date], known: Mapping[UUID, Copy]) -> Around:
    """Tell between which days a session may stand in the way of one on these, or on a later day that is looked for."""
    longest = max((known[copy_id].transit_days for copy_id in named if copy_id in known), default=0)
    journey = timedelta(days=longest) + A_NIGHT
    rule = in_force("C01", days[-1])
    ahead = timedelta(days=0 if rule is None else rule.parameters["days_ahead"])
    return Around(action_id=action.id, copies=named, first_on=days[0] - journey, last_on=days[-1] + ahead + journey)

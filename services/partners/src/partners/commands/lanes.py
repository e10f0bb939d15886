"""What follows from attempts: for deliveries, for their lanes, for endpoints that failed too long or said goodbye."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

import structlog

from common.database import Transaction
from partners.commands import fanout
from partners.commands.fanout import Notice
from partners.domain.eventtypes import DEAD, DISABLED, FAILING
from partners.domain.schedule import Breaker, Lane, Next, Outcome, Patience
from partners.domain.webhook import Disabled, NoSuchEndpoint, State
from partners.store import audit, clients, deliveries, endpoints, lanes
from partners.store.lanes import Finished

log = structlog.get_logger(__name__)

NewId = Callable[[], UUID]


async def conclude(
    tx: Transaction, finished: Sequence[Finished], *, breaker: Breaker, new_id: NewId, at: datetime
) -> set[UUID]:
    """Write down a batch of attempts and what follows; return the endpoints that said they want no more.

    Attempts whose lease was lost are logged and change nothing else; those of a removed endpoint are forgotten.  What
    was delivered at the first attempt has held nothing back.
    """
    held = await lanes.lock(tx, sorted({one.claimed.endpoint_id for one in finished}))
    known = [one for one in finished if one.claimed.endpoint_id in held]
    ours = await lanes.finish(tx, known)
    counted = [one for one in known if (one.claimed.endpoint_id, one.claimed.sequence) in ours]
    await lanes.save(tx, _after(held, counted, breaker), Counter(one.claimed.endpoint_id for one in counted))
    await lanes.hold_back(tx, [one for one in counted if one.consequence.state is Next.PENDING])
    await lanes.let_go(
        tx, [one for one in counted if one.consequence.state is not Next.PENDING and one.claimed.attempts > 1]
    )
    dead = [one for one in counted if one.consequence.state is Next.DEAD and one.claimed.cause != "notice"]
    await fanout.notify(tx, [_dead(one, event_id=new_id(), at=at) for one in dead])
    return {one.claimed.endpoint_id for one in counted if one.attempt.outcome is Outcome.GONE}


async def disable(tx: Transaction, endpoint_id: UUID, because: Disabled, *, event_id: UUID, at: datetime) -> bool:
    """Stop sending to an endpoint, and tell its owner by the others; False: it is gone, or disabled already."""
    try:
        endpoint = await endpoints.lock(tx, endpoint_id)
    except NoSuchEndpoint:
        return False
    if endpoint.state is State.DISABLED:
        return False
    await endpoints.save_ours(tx, endpoint.disable(because, at=at))
    await lanes.set_active(tx, endpoint_id, active=False)
    await deliveries.cancel(tx, endpoint_id)
    data = {"because": because}
    notice = Notice(endpoint_id=endpoint_id, kind=DISABLED, data=data, event_id=event_id, at=at)
    await fanout.notify(tx, [notice])
    owner = await clients.of_partner(tx, endpoint.role, endpoint.org)
    detail = {"endpoint": endpoint_id, "because": because}
    await audit.note(tx, "endpoint.disabled", owner, by=audit.OURSELVES, detail=detail)
    log.warning("webhook.endpoint_disabled", endpoint_id=str(endpoint_id), because=because)
    return True


async def warn(
    tx: Transaction, endpoint_id: UUID, lane: Lane, patience: Patience, *, event_id: UUID, at: datetime
) -> None:
    """Tell the owner of a failing endpoint, once for each warning that is due."""
    due = patience.warnings_due(lane, at)
    if due and await lanes.warned(tx, endpoint_id, due):
        data = {"failing_since": lane.first_fail_at, "warning": due, "of": len(patience.warnings)}
        notice = Notice(endpoint_id=endpoint_id, kind=FAILING, data=data, event_id=event_id, at=at)
        await fanout.notify(tx, [notice])
        log.warning("webhook.endpoint_failing", endpoint_id=str(endpoint_id), warning=due)


def _dead(one: Finished, *, event_id: UUID, at: datetime) -> Notice:
    claimed = one.claimed
    log.warning("webhook.dead", endpoint_id=str(claimed.endpoint_id), sequence=claimed.sequence)
    event = {"id": claimed.event_id, "type": claimed.type, "subject": claimed.subject}
    data = {"sequence": claimed.sequence, "event": event}
    return Notice(endpoint_id=claimed.endpoint_id, kind=DEAD, data=data, event_id=event_id, at=at)


def _after(held: dict[UUID, Lane], counted: Sequence[Finished], breaker: Breaker) -> dict[UUID, Lane]:
    after = dict(held)
    for one in counted:
        endpoint_id = one.claimed.endpoint_id
        after[endpoint_id] = after[endpoint_id].after(one.attempt, breaker)
    return after

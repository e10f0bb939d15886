"""What the lanes cannot see from one attempt: leases that ran out, endpoints that have failed for days, orphans."""

import asyncio
from datetime import UTC, datetime
from typing import Never
from uuid import UUID

import structlog
from prometheus_client import Gauge

from common.database import TROUBLE, Database, uuid7
from common.tokens import SYSTEM
from partners.commands import lanes as commands
from partners.domain.schedule import Lane, Patience
from partners.domain.webhook import Disabled
from partners.store import endpoints, lanes

log = structlog.get_logger(__name__)

DUE = Gauge("webhook_queue_due", "Deliveries that are due and not under way")
OLDEST_DUE_S = Gauge("webhook_oldest_due_seconds", "How long the oldest of them has been due")
LANES = Gauge("webhook_lanes", "Lanes by state", ["state"])


async def run(database: Database, *, every_s: float, patience: Patience) -> Never:
    """Sweep now and then, for ever; a failure is told and tried again the next time."""
    while True:
        try:
            await sweep(database, patience)
        except TROUBLE as error:
            log.warning("webhook.sweep", error=f"{type(error).__name__}: {error}")
        await asyncio.sleep(every_s)


async def sweep(database: Database, patience: Patience) -> None:
    """Take back what ran out, warn and disable, measure."""
    async with database.transaction(SYSTEM) as tx:
        if released := await lanes.release(tx):
            log.warning("webhook.leases_ran_out", count=released)
        await lanes.wake(tx)
        ailing = await lanes.ailing(tx)
        orphans = await endpoints.orphans(tx)
        queue = await lanes.queue(tx)
    DUE.set(queue.due)
    OLDEST_DUE_S.set(queue.oldest_s)
    for state, number in queue.lanes.items():
        LANES.labels(state).set(number)
    for endpoint_id in orphans:
        await _disable(database, endpoint_id, Disabled.CLIENT_REVOKED)
    for endpoint_id, (lane, warned) in ailing.items():
        await _tend(database, endpoint_id, lane, warned, patience)


async def _tend(database: Database, endpoint_id: UUID, lane: Lane, warned: int, patience: Patience) -> None:
    now = datetime.now(UTC)
    if patience.exhausted(lane, now):
        await _disable(database, endpoint_id, Disabled.FAILING)
    elif patience.warnings_due(lane, now) > warned:
        async with database.transaction(SYSTEM) as tx:
            await commands.warn(tx, endpoint_id, lane, patience, event_id=uuid7(), at=now)


async def _disable(database: Database, endpoint_id: UUID, because: Disabled) -> None:
    async with database.transaction(SYSTEM) as tx:
        await commands.disable(tx, endpoint_id, because, event_id=uuid7(), at=datetime.now(UTC))

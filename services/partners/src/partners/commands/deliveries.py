"""What a partner may do about deliveries: have one sent again, or all that never arrived in a period."""

from datetime import datetime
from uuid import UUID

import msgspec

from common.database import Transaction
from common.idempotency import Answer, Once
from common.tokens import Principal
from partners.domain import access
from partners.domain.webhook import RECOVER_DELIVERIES_MAX, require_recoverable
from partners.store import audit, deliveries, endpoints, kept


async def redeliver(tx: Transaction, endpoint_id: UUID, sequence: int, caller: Principal, once: Once) -> Answer:
    """Put a closed delivery into its lane again, under its own number."""
    endpoint = await endpoints.lock(tx, endpoint_id)
    access.require(caller, "delivery.redeliver")
    if answer := await once.stored(tx):
        return answer
    endpoint.require_active()
    await deliveries.redeliver(tx, endpoint_id, sequence)
    await _noted(tx, "delivery.redelivered", caller, {"endpoint": endpoint_id, "n": sequence})
    body = msgspec.json.encode({"sequence": sequence, "state": "pending"})
    return await kept.keep(tx, once, Answer(status=202, version=endpoint.version, body=body))


async def recover(
    tx: Transaction,
    endpoint_id: UUID,
    caller: Principal,
    period: tuple[datetime, datetime],
    once: Once,
    *,
    at: datetime,
) -> Answer:
    """Put everything into its lane again that was given up, or not sent, in a period."""
    endpoint = await endpoints.lock(tx, endpoint_id)
    access.require(caller, "endpoint.recover")
    if answer := await once.stored(tx):
        return answer
    endpoint.require_active()
    since, until = period
    require_recoverable(since, until, at=at)
    number = await deliveries.recover(tx, endpoint_id, since, until, RECOVER_DELIVERIES_MAX)
    await _noted(tx, "endpoint.recovered", caller, {"endpoint": endpoint_id, "n": number})
    body = msgspec.json.encode({"recovered": number})
    return await kept.keep(tx, once, Answer(status=202, version=endpoint.version, body=body))


async def _noted(tx: Transaction, what: str, caller: Principal, detail: dict[str, object]) -> None:
    """Note what a partner did to what is its own."""
    await audit.note(tx, what, caller.client_id, by=caller.client_id, detail=detail)

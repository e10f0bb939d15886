"""Whether an endpoint's URL belongs to somebody who wants our events: it echoes a signed challenge."""

from datetime import datetime
from uuid import UUID

import msgspec

from common.contracts import ce_type
from common.database import Transaction
from partners.domain.cloudevent import document
from partners.domain.destination import host
from partners.domain.eventtypes import VERIFICATION
from partners.domain.schedule import Attempt
from partners.domain.webhook import NoSuchEndpoint, State
from partners.store import audit, clients, endpoints, lanes
from partners.store.endpoints import Challenge

MISMATCH = "challenge"


def asked(challenge: Challenge, *, event_id: UUID, at: datetime) -> str:
    """Write the body that carries a challenge."""
    data = {"challenge": challenge.challenge}
    subject = str(challenge.endpoint_id)
    return document(event_id=event_id, ce_type=ce_type(VERIFICATION), subject=subject, time=at, data=data)


async def conclude(tx: Transaction, challenge: Challenge, attempt: Attempt, *, at: datetime) -> None:
    """Start to deliver, or write down what was wrong with the answer; a challenge that was replaced is forgotten."""
    try:
        endpoint = await endpoints.lock(tx, challenge.endpoint_id)
    except NoSuchEndpoint:
        return
    if not await endpoints.drop_challenge(tx, challenge) or endpoint.state not in (State.PENDING, State.DISABLED):
        return
    if endpoint.url != challenge.url:
        return
    error = wrong(attempt, challenge.challenge)
    if error is not None:
        await endpoints.save_ours(tx, endpoint.not_verified(error, at=at))
        return
    await endpoints.save_ours(tx, endpoint.verified(at=at))
    await lanes.set_active(tx, challenge.endpoint_id, active=True)
    owner = await clients.of_partner(tx, endpoint.role, endpoint.org)
    detail = {"endpoint": endpoint.id, "host": host(endpoint.url)}
    await audit.note(tx, "endpoint.verified", owner, by=audit.OURSELVES, detail=detail)


def wrong(attempt: Attempt, challenge: str) -> str | None:
    """Say, coarsely, why an answer proves nothing; None: it echoes the challenge."""
    if attempt.trouble is not None:
        return attempt.trouble
    try:
        echoed = msgspec.json.decode(attempt.answer, type=_Echo).challenge
    except (msgspec.DecodeError, ValueError):
        return MISMATCH
    return None if echoed == challenge else MISMATCH


class _Echo(msgspec.Struct):
    challenge: str

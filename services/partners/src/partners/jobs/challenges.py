"""Sends the challenges that endpoints have to echo, signed like everything else they will get."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Never

import structlog

from common.database import TROUBLE, Database, uuid7
from common.tokens import SYSTEM
from partners.clients.receiver import Letter
from partners.commands import verification
from partners.domain import signature
from partners.domain.schedule import Attempt
from partners.jobs.dispatch import Post, sent
from partners.store import endpoints
from partners.store.endpoints import Challenge

log = structlog.get_logger(__name__)

AT_ONCE = 8
EACH = 2
"""Of one partner: whoever has URLs that hang waits for them, and nobody else does."""

DEADLINE_S = 10.0
LEASE = timedelta(seconds=20)


async def run(database: Database, post: Post, *, poll_s: float) -> Never:
    """Look for challenges, for ever, while others are under way; a failure is told and tried again the next time."""
    under_way: set[asyncio.Task[None]] = set()
    async with asyncio.TaskGroup() as tasks:
        while True:
            for challenge in await _claimed(database, AT_ONCE - len(under_way)):
                task = tasks.create_task(_challenge(database, post, challenge))
                under_way.add(task)
                task.add_done_callback(under_way.discard)
            await asyncio.sleep(poll_s)


async def _claimed(database: Database, room: int) -> Sequence[Challenge]:
    if not room:
        return ()
    try:
        async with database.transaction(SYSTEM) as tx:
            return await endpoints.claim_challenges(tx, room, EACH, LEASE)
    except TROUBLE as error:
        log.warning("webhook.challenge", error=f"{type(error).__name__}: {error}")
        return ()


async def _challenge(database: Database, post: Post, challenge: Challenge) -> None:
    """Send one, and write down what came of it; if that cannot be done, its lease runs out and it is sent again."""
    attempt = await sent(_send(post, challenge))
    try:
        async with database.transaction(SYSTEM) as tx:
            await verification.conclude(tx, challenge, attempt, at=datetime.now(UTC))
    except TROUBLE as error:
        log.warning(
            "webhook.challenge", endpoint_id=str(challenge.endpoint_id), error=f"{type(error).__name__}: {error}"
        )


async def _send(post: Post, challenge: Challenge) -> Attempt:
    event_id, now = uuid7(), datetime.now(UTC)
    body = verification.asked(challenge, event_id=event_id, at=now)
    secrets = [post.seal.open(sealed) for sealed in challenge.sealed]
    headers = signature.headers(str(event_id), body, secrets=secrets, at=now)
    return await post.receivers.post(Letter(url=challenge.url, body=body, headers=headers), deadline_s=DEADLINE_S)

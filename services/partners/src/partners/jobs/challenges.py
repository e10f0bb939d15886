"""Sends the challenges that endpoints have to echo, signed like everything else they will get."""

import asyncio
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
DEADLINE_S = 10.0
LEASE = timedelta(seconds=20)


async def run(database: Database, post: Post, *, poll_s: float) -> Never:
    """Look for challenges, for ever; a failure is told and tried again the next time."""
    while True:
        try:
            async with database.transaction(SYSTEM) as tx:
                claimed = await endpoints.claim_challenges(tx, AT_ONCE, LEASE)
            await asyncio.gather(*(_challenge(database, post, one) for one in claimed))
        except TROUBLE as error:
            log.warning("webhook.challenge", error=f"{type(error).__name__}: {error}")
        await asyncio.sleep(poll_s)


async def _challenge(database: Database, post: Post, challenge: Challenge) -> None:
    attempt = await sent(_send(post, challenge))
    async with database.transaction(SYSTEM) as tx:
        await verification.conclude(tx, challenge, attempt, at=datetime.now(UTC))


async def _send(post: Post, challenge: Challenge) -> Attempt:
    event_id, now = uuid7(), datetime.now(UTC)
    body = verification.asked(challenge, event_id=event_id, at=now)
    secrets = [post.seal.open(sealed) for sealed in challenge.sealed]
    headers = signature.headers(str(event_id), body, secrets=secrets, at=now)
    return await post.receivers.post(Letter(url=challenge.url, body=body, headers=headers), deadline_s=DEADLINE_S)

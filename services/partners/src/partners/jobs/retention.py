"""Forgets what is old: events and deliveries after 30 days, attempts after 14, secrets that have expired.

What was heard is remembered longer than a topic could say it again.
"""

import asyncio
from typing import Never

import asyncpg
import structlog

from common.database import TROUBLE
from common.housekeeping import COMMAND_TIMEOUT_S
from partners.store.retention import forget

log = structlog.get_logger(__name__)

BATCH_ROWS = 5_000


async def run(dsn: str, *, every_s: float) -> Never:
    """Forget now and then, for ever, as the housekeeper's role; a failure is told and tried again the next time."""
    while True:
        try:
            connection = await asyncpg.connect(dsn, command_timeout=COMMAND_TIMEOUT_S)
            try:
                forgotten = await forget(connection, batch=BATCH_ROWS)
                log.info("webhook.forgotten", **{kind.replace(" ", "_"): n for kind, n in forgotten.items()})
            finally:
                connection.terminate()
        except TROUBLE as error:
            log.warning("webhook.not_forgotten", error=f"{type(error).__name__}: {error}")
        await asyncio.sleep(every_s)

"""Facts and states arrive at least once and take effect once.

`core` is the loop, without a library; `ledger` applies in PostgreSQL, with `store` and `parking` for its statements;
`listening` is what services see.  Here they are put together with Kafka and the clock.
"""

import asyncio
import random
from collections.abc import Coroutine
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from time import monotonic

import structlog

from common import kafka
from common.consumer import freshness
from common.consumer.core import Member
from common.consumer.ledger import PostgresLedger
from common.consumer.listening import Group, Handler, Message, Poison
from common.consumer.ports import Settings
from common.consumer.watch import Stuck, Watch
from common.database import Database
from common.kafka.port import Trouble

log = structlog.get_logger(__name__)


async def run(group: Group, *, database: Database, settings: Settings) -> None:
    """Consume for ever; cancellation stops between two transactions or rolls the one under way back.

    Raises:
        Stuck: nothing moves, and only a new process helps.
    """
    group = freshness.listening(group)
    ledger = PostgresLedger(group, database, partial(datetime.now, UTC))
    while True:
        try:
            await _consume(group, ledger, settings)
        except Trouble as error:
            log.warning("consumer.interrupted", group=group.name, error=repr(error))
            await asyncio.sleep(settings.retry_s)


async def _consume(group: Group, ledger: PostgresLedger, settings: Settings) -> None:
    library = kafka.client(settings.client)
    client = await library.consumer(settings.servers, list(group.listeners), group.name, settings.member)
    try:
        clock = _Clock()
        member = Member(group.name, client, ledger, clock, settings, hands=group.hands)
        watch = Watch(member, client, ledger, clock, settings)
        await _side_by_side(member.read(), *map(member.apply, range(group.hands)), watch.run())
    finally:
        await client.close()


async def _side_by_side(*endless: Coroutine[None, None, None]) -> None:
    """Run until the first of them fails, and end the others before that is told."""
    tasks = [asyncio.ensure_future(one) for one in endless]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    for task in done:
        task.result()


class _Bell:
    """A bell of asyncio."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def heard(self, within_s: float) -> bool:
        rung = self._rung  # its own ring: another one who heard it has put up a new one meanwhile
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await rung.wait()
        if rung.is_set() and rung is self._rung:
            self._rung = asyncio.Event()
        return rung.is_set()


class _Clock:
    """The clock of this machine."""

    def now(self) -> float:
        return monotonic()

    async def rest(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def jitter(self) -> float:
        return random.uniform(0.5, 1)  # noqa: S311 - jitter, not a secret

    def bell(self) -> _Bell:
        return _Bell()


__all__ = ["Group", "Handler", "Message", "Poison", "Settings", "Stuck", "run"]

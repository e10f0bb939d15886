"""Takes facts from the outbox to Kafka: `core` says how and what it promises; here it is given the real parts."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial

import structlog

from common import contracts, kafka
from common.contracts.platform import Digest
from common.database import TROUBLE, uuid7
from common.kafka.port import Place
from common.relay import core, metrics
from common.relay.broker import Kafka
from common.relay.ports import NOTHING_SEEN, Ahead, Ports, Stopped
from common.relay.store import Store

log = structlog.get_logger(__name__)

Count = Callable[[str], Awaitable[Sequence[Digest]]]

PLACES_KEPT = 100_000
"""Keys whose partition is kept in mind: to compute one takes as long as all else that is done for its record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(core.Pace):
    """How a relay works, and where its database and its broker are."""

    dsn: str
    servers: str
    client: kafka.ClientName = "aiokafka"


async def run(settings: Settings, digest: Count | None = None) -> None:
    """Publish for ever.  Cancel to stop: between two batches, the relay signs off.

    `digest` counts what the service holds in the exported snapshot of that name; without it there are no checkpoints.
    """
    metrics.watch(settings.service)
    try:
        await core.run(_ports(settings, digest), settings)
    except Stopped as stopped:
        raise asyncio.CancelledError from stopped


class Clock:
    """The loop's time and the system's; to be cancelled while pausing is to be told to stop."""

    def monotonic(self) -> float:
        return time.monotonic()

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def pause(self, seconds: float) -> None:
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError as error:
            raise Stopped from error


def _ports(settings: Settings, digest: Count | None) -> Ports:
    mine = [name for name, publisher in contracts.PUBLISHERS.items() if publisher == settings.service]
    states = {contracts.topic(name, "state") for name in mine}
    topics = states | {contracts.topic(name, "events") for name in mine}
    places = [Place(topic, n) for topic in sorted(topics) for n in range(contracts.PARTITIONS)]
    client = kafka.client(settings.client)
    return Ports(
        outbox=partial(Store.open, settings.dsn, settings.service, settings.ack_timeout_s),
        broker=partial(Kafka.open, client, settings.servers, f"{settings.service}.relay", settings.ack_timeout_s),
        clock=Clock(),
        place=lru_cache(PLACES_KEPT)(lambda topic, key: Place(topic, kafka.partition(key))),
        places=places,
        states=[place for place in places if place.topic in states],
        new_id=uuid7,
        digest=None if digest is None else partial(_count, settings, digest),
    )


def _count(settings: Settings, digest: Count, snapshot: str) -> Ahead[Sequence[Digest] | None]:
    return asyncio.ensure_future(_counted(settings, digest, snapshot))


async def _counted(settings: Settings, digest: Count, snapshot: str) -> Sequence[Digest] | None:
    """Count, within the time that the snapshot is held; a failure is told, and tried again the next time."""
    try:
        async with asyncio.timeout(settings.digest_s_max):
            return await digest(snapshot)
    except TROUBLE as error:
        log.warning("relay.not_counted", service=settings.service, error=f"{type(error).__name__}: {error}")
        return None


__all__ = ["NOTHING_SEEN", "Settings", "run"]

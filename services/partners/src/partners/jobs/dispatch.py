"""The webhook lanes at work: claim what is due, send it, write down what became of it.

(1) Room is taken before the claim: never more under way than there are slots, and only a quarter of them for
    deliveries that failed often, so that a large outage's retries leave room for what is new.
(2) No transaction is open during a call.  What ended is written in batches, by one flusher, while others are under way.
    Without its flusher the worker would call for ever and remember nothing: it ends when the flusher does.
(3) Polling finds everything; a poke (fan-out has committed, a delivery has ended) only makes it look at once.
(4) Told to stop, it claims no more, waits for what is under way, and writes all of it down.  Killed, it leaves leases
    that run out, and that its next life takes back at once.
"""

import asyncio
import random
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Never
from uuid import UUID

import structlog
from opentelemetry.trace import SpanKind
from prometheus_client import Counter, Gauge, Histogram

from common import telemetry
from common.database import TROUBLE, Database, passes, uuid7
from common.tokens import SYSTEM
from partners.clients.keyfile import Seal
from partners.clients.receiver import Letter, Receivers
from partners.commands import lanes as commands
from partners.domain import signature
from partners.domain.cloudevent import numbered
from partners.domain.schedule import Attempt, Breaker, Outcome, Schedule, Trouble, judge
from partners.domain.webhook import Disabled
from partners.store import lanes as store
from partners.store.lanes import Claimed, Finished

log = structlog.get_logger(__name__)

LATE_AFTER_FAILURES = 2  # as the claim has it
FLUSH_MAX = 64

ATTEMPTED = Counter("webhook_deliveries_total", "Attempts, by what became of them", ["outcome"])
for _outcome in Outcome:  # a series that is born with its first failures shows no increase
    ATTEMPTED.labels(_outcome)
ATTEMPT_S = Histogram("webhook_attempt_seconds", "From dialling to the end of the answer")
LAG_S = Histogram(
    "webhook_lag_seconds",
    "From a fact's outbox row, written as its change is committed, to the first attempt for an endpoint",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
INFLIGHT = Gauge("webhook_inflight", "Deliveries under way in this process")
BLOCKED = Counter("webhook_blocked_total", "Attempts that the guard refused")
DEAD = Counter("webhook_dead_total", "Deliveries given up")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How many at once, how often it looks, how long it may hold what it took; times in the unit of their name.

    Told to stop, it waits `grace_s` for what is under way, and then tries for `flush_s` to write it down.
    """

    slots: int = 64
    each: int = 8
    late_share: float = 0.25
    lease_s: float = 20
    grace_s: float = 16
    flush_s: float = 3
    poll_ms_min: float = 10
    poll_ms_max: float = 50
    retry_s: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Who sends: with which connections, which seal, which patience."""

    receivers: Receivers
    seal: Seal
    schedule: Schedule = field(default_factory=Schedule)
    breaker: Breaker = field(default_factory=Breaker)


class Lanes:
    """One worker's part of all the lanes."""

    def __init__(self, database: Database, post: Post, *, owner: str, poke: asyncio.Event, pace: Pace) -> None:
        self._database = database
        self._post = post
        self._owner = owner
        self._poke = poke
        self._pace = pace
        self._under_way: dict[asyncio.Task[None], Claimed] = {}
        self._ended: list[Finished] = []
        self._gone: set[UUID] = set()
        self._has_ended = asyncio.Event()
        self._pause_ms = pace.poll_ms_min

    async def run(self) -> Never:
        """Deliver for ever; cancel to stop.  Whatever ends the flusher is raised."""
        await self._take_back()
        flusher = asyncio.create_task(self._flush_for_ever())
        try:
            while not flusher.done():
                claimed = await self._claim()
                for one in claimed:
                    self._start(one)
                if len(claimed) < self._pace.each or self._room == 0:  # else there may be more at once
                    await self._rest(found=bool(claimed))
            flusher.result()  # raises what ended it
        finally:
            await self._finish_up(flusher)

    @property
    def _room(self) -> int:
        return self._pace.slots - len(self._under_way)

    async def _take_back(self) -> None:
        """Release what an earlier life of ours had leased when it was killed."""
        while True:
            try:
                async with self._database.transaction(SYSTEM) as tx:
                    released = await store.release(tx, owner=self._owner)
            except TROUBLE as error:
                await self._trouble("webhook.take_back", error)
            else:
                log.info("webhook.taken_back", count=released)
                return

    async def _claim(self) -> Sequence[Claimed]:
        if self._room == 0:
            return ()
        late = sum(one.failures > LATE_AFTER_FAILURES for one in self._under_way.values())
        try:
            async with self._database.transaction(SYSTEM) as tx:
                return await store.claim(
                    tx,
                    owner=self._owner,
                    room=self._room,
                    each=self._pace.each,
                    late_room=max(int(self._pace.slots * self._pace.late_share) - late, 0),
                    lease=timedelta(seconds=self._pace.lease_s),
                )
        except TROUBLE as error:
            await self._trouble("webhook.claim", error)
            return ()

    def _start(self, claimed: Claimed) -> None:
        task = asyncio.create_task(self._deliver(claimed))
        self._under_way[task] = claimed
        task.add_done_callback(self._under_way.pop)
        INFLIGHT.set(len(self._under_way))

    async def _deliver(self, claimed: Claimed) -> None:
        if claimed.attempts == 1 and claimed.cause == "fact":  # else it is as late as whoever asked for it
            LAG_S.observe((datetime.now(UTC) - claimed.recorded_at).total_seconds())
        attempt = await sent(self._send(claimed))
        consequence = judge(attempt, claimed.failures, self._post.schedule, random.random())  # noqa: S311 - jitter
        _count(attempt)
        self._ended.append(Finished(claimed=claimed, attempt=attempt, consequence=consequence))
        self._has_ended.set()

    async def _send(self, claimed: Claimed) -> Attempt:
        """Sign and send one delivery, in the trace of the request that caused it."""
        said: dict[str, str | float | bool] = {"webhook.id": str(claimed.event_id), "webhook.attempt": claimed.attempts}
        name, parent = f"deliver {claimed.type}", claimed.traceparent
        with telemetry.span(name, parent=parent, links=(), kind=SpanKind.CLIENT, **said) as span:
            body = numbered(claimed.document, claimed.sequence)
            secrets = [self._post.seal.open(sealed) for sealed in claimed.sealed]
            headers = signature.headers(str(claimed.event_id), body, secrets=secrets, at=datetime.now(UTC))
            if (traceparent := telemetry.traceparent()) is not None:
                headers["traceparent"] = traceparent
            attempt = await self._post.receivers.post(Letter(url=claimed.url, body=body, headers=headers))
            span.set_attribute("webhook.outcome", attempt.outcome)
            return attempt

    async def _rest(self, *, found: bool) -> None:
        """Wait for a poke, or for the time of the next look: soon after something happened, later when nothing does."""
        soon = found or self._poke.is_set()
        self._poke.clear()
        self._pause_ms = self._pace.poll_ms_min if soon else min(self._pause_ms * 2, self._pace.poll_ms_max)
        try:
            async with asyncio.timeout(self._pause_ms / 1000):
                await self._poke.wait()
        except TimeoutError:
            return

    async def _flush_for_ever(self) -> Never:
        while True:
            await self._has_ended.wait()
            self._has_ended.clear()
            await self._flush_all()

    async def _flush_all(self) -> None:
        """Write everything down, and try again until the database takes it: leases run out meanwhile, no more.

        What it will never take is raised, and ends the worker: it must not stand in the way of all others unseen.
        """
        while self._ended or self._gone:
            try:
                await self._flush()
                await self._disable()
            except TROUBLE as error:
                if not passes(error):
                    raise
                await self._trouble("webhook.conclude", error)

    async def _flush(self) -> None:
        """Write a batch down."""
        batch = self._ended[:FLUSH_MAX]
        if not batch:
            return
        async with self._database.transaction(SYSTEM) as tx:
            gone = await commands.conclude(tx, batch, breaker=self._post.breaker, new_id=uuid7, at=datetime.now(UTC))
        self._gone |= gone
        del self._ended[: len(batch)]
        DEAD.inc(sum(one.consequence.state == "dead" for one in batch))
        self._poke.set()

    async def _disable(self) -> None:
        """Disable the endpoints that want no more: after their attempts are written, for endpoints are locked first."""
        for endpoint_id in sorted(self._gone):
            async with self._database.transaction(SYSTEM) as tx:
                await commands.disable(tx, endpoint_id, Disabled.GONE, event_id=uuid7(), at=datetime.now(UTC))
            self._gone.discard(endpoint_id)

    async def _finish_up(self, flusher: "asyncio.Task[Never]") -> None:
        if self._under_way:
            await asyncio.wait(list(self._under_way), timeout=self._pace.grace_s)
        flusher.cancel()
        await asyncio.wait([flusher])
        with suppress(TimeoutError):
            async with asyncio.timeout(self._pace.flush_s):
                await self._flush_all()

    async def _trouble(self, what: str, error: Exception) -> None:
        log.warning(what, error=f"{type(error).__name__}: {error}")
        await asyncio.sleep(self._pace.retry_s)


async def sent(sending: Awaitable[Attempt]) -> Attempt:
    """Wait for an attempt; what we fail at ourselves (a secret that no key opens) is an attempt too, and no crash."""
    try:
        return await sending
    except Exception as error:
        log.exception("webhook.our_own_fault", error=type(error).__name__)
        return Attempt(at=datetime.now(UTC), ms=0, trouble=Trouble.OURS)


def _count(attempt: Attempt) -> None:
    ATTEMPTED.labels(attempt.outcome).inc()
    ATTEMPT_S.observe(attempt.ms / 1000)
    if attempt.trouble is Trouble.BLOCKED:
        BLOCKED.inc()
    if attempt.outcome is Outcome.OURS:
        log.warning("webhook.our_own_trouble")

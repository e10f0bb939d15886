"""The clock's door: announcements five times a second, the close of each day, and whether all of it is true."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import inf
from multiprocessing import get_context
from time import monotonic
from typing import Never
from uuid import UUID

import structlog
from prometheus_client import Counter, Gauge

from common.database import TROUBLE, Database
from common.errors import Unavailable
from common.tokens import SYSTEM
from reporting.commands import announcing, closing, reconciling
from reporting.commands.closing import Compute, Standings
from reporting.commands.reconciling import Comparing
from reporting.domain.days import national_day
from reporting.domain.publication import Publication, Table, publications_of
from reporting.domain.reconciliation import Outcome
from reporting.store import outcomes, publications, reconciliation

MENDED_WITHIN_S = 10.0
"""After a difference is looked again, so that what is mended is known to be."""

FAILED_FOR_S = reconciliation.TIMEOUT_S
"""After a comparison that could not be made, as long as it may take: the database has other things to do."""

log = structlog.get_logger(__name__)

DIFFERENCES = Gauge(
    "reconciliation_differences", "What differed at the last comparison, of the first hundred", ["scope", "kind"]
)
COMPARED_AT = Gauge("reconciliation_compared_at_seconds", "When something was last compared", ["scope"])
REPAIRED = Counter("reconciliation_repaired_total", "Differences that were mended", ["scope"])


async def announce(database: Database, *, every_ms: int, cells_max: int) -> Never:
    """Announce what changed, for ever; what could not be announced now is announced the next time."""
    while True:
        try:
            async with database.transaction(SYSTEM) as tx:
                await announcing.announce(tx, cells_max=cells_max)
        except TROUBLE as error:
            log.warning("announcing.failed", error=f"{type(error).__name__}: {error}")
        await asyncio.sleep(every_ms / 1000)


async def close_days(database: Database, *, every_s: float, clock: Callable[[], datetime]) -> Never:
    """Close each day once it is over, for ever.  Not for a sandbox, whose days pass when it says so."""
    while True:
        try:
            await close_yesterday(database, at=clock(), compute=elsewhere)
        except TROUBLE as error:
            log.warning("day_close.failed", error=f"{type(error).__name__}: {error}")
        await asyncio.sleep(every_s)


async def close_yesterday(database: Database, *, at: datetime, compute: Compute) -> date | None:
    """Close the day before `at`, unless that is done; return the day that was closed."""
    day = national_day(at) - timedelta(days=1)
    async with database.transaction(SYSTEM) as tx:
        last = await publications.last_closed(tx)
    if last is not None and last >= day:
        return None
    async with database.transaction(SYSTEM) as tx:
        said = await closing.read(tx)
    found = await compute(said.standings)
    async with database.transaction(SYSTEM) as tx:
        published = await closing.write(tx, said, found, day=day, at=at)
    log.info("day_closed", day=str(day), published=published)
    return day


async def elsewhere(standings: Standings) -> Mapping[Table, Publication]:
    """Find what is published in a process of its own: it takes seconds, in which this one counts, sends and answers.

    Raises:
        Unavailable: that process was killed, for its memory perhaps; counting and sending go on without it.
    """
    if not standings:
        return {}
    processes = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    try:
        found = await asyncio.get_running_loop().run_in_executor(processes, publications_of, standings)
    except BrokenExecutor as broken:
        said = f"The process of the day's close: {broken}", "Le processus de clôture du jour s’est arrêté."
        raise Unavailable(said[0], precision=said[1]) from broken
    finally:
        processes.shutdown(wait=False, cancel_futures=True)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often is compared; times in the unit of their name."""

    every_s: float
    poll_s: float
    passed_over_max: int
    kept_days: int


async def reconcile(
    database: Database, *, pace: Pace, clock: Callable[[], datetime], new_id: Callable[[], UUID]
) -> Never:
    """Compare with each checkpoint as it is reached, and every hour with ourselves, for ever.

    Where something differed or was repaired, we look at ourselves at once: a cell has moved by what differed from
    contributions that may themselves have been altered.
    """
    check_at = monotonic()
    for scope in reconciliation.KINDS:
        COMPARED_AT.labels(scope)  # 0, until it is read that it ever was
    while True:
        try:
            reached = await compare_reached(database, pace=pace, clock=clock, new_id=new_id)
            is_asked = await show_newest(database)
            if is_asked or monotonic() >= check_at or any(one.differing or one.repaired for one in reached):
                check_at = inf
                found = await check(database, pace=pace, clock=clock, new_id=new_id)
                is_well = found is not None and not found.differing
                check_at = monotonic() + (pace.every_s if is_well else min(pace.every_s, MENDED_WITHIN_S))
        except TROUBLE as error:
            log.warning("reconciling.failed", error=f"{type(error).__name__}: {error}")
            check_at = min(check_at, monotonic() + min(pace.every_s, FAILED_FOR_S))
        await asyncio.sleep(pace.poll_s)


async def show_newest(database: Database) -> bool:
    """Measure what any worker's last comparisons came to; take away the questions for another, if there are any."""
    async with database.transaction(SYSTEM) as tx:
        for outcome in await outcomes.newest(tx):
            _show(outcome)
        return await outcomes.take_asked(tx)


async def compare_reached(
    database: Database, *, pace: Pace, clock: Callable[[], datetime], new_id: Callable[[], UUID]
) -> list[Outcome]:
    """Compare with the newest checkpoint of each service that has not been compared and has been reached."""
    async with database.transaction(SYSTEM) as tx:
        services = await reconciliation.waiting(tx)
    found = []
    for service in services:
        async with database.transaction(SYSTEM) as tx:
            outcome = await reconciling.compare(tx, service, _comparing(pace, clock, new_id))
        if outcome is not None:
            _tell(outcome)
            found.append(outcome)
    return found


async def check(
    database: Database, *, pace: Pace, clock: Callable[[], datetime], new_id: Callable[[], UUID]
) -> Outcome | None:
    """Compare with ourselves, now."""
    async with database.transaction(SYSTEM) as tx:
        outcome = await reconciling.check(tx, _comparing(pace, clock, new_id))
    if outcome is not None:
        _tell(outcome)
    return outcome


def _comparing(pace: Pace, clock: Callable[[], datetime], new_id: Callable[[], UUID]) -> Comparing:
    return Comparing(at=clock(), id=new_id(), passed_over_max=pace.passed_over_max, kept_days=pace.kept_days)


def _show(outcome: Outcome) -> None:
    kinds = [one.kind for one in outcome.differences]
    for kind in reconciliation.KINDS[outcome.scope]:
        DIFFERENCES.labels(outcome.scope, kind).set(kinds.count(kind))
    COMPARED_AT.labels(outcome.scope).set(outcome.at.timestamp())


def _tell(outcome: Outcome) -> None:
    _show(outcome)
    REPAIRED.labels(outcome.scope).inc(outcome.repaired)
    tell = log.warning if outcome.differing else log.debug
    tell("reconciled", scope=outcome.scope, compared=outcome.compared, differing=outcome.differing, told=outcome.told)

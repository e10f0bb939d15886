"""The wiring of reporting: the only module that knows every other.

python -m reporting.main api
python -m reporting.main worker
python -m reporting.main history import FILE [--source TEXT] [--dry-run]
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from fastapi import FastAPI

from common import backbone, service
from common.database import connect, uuid7
from reporting import consumers, jobs
from reporting.api import routers
from reporting.api.live import Limits, streaming
from reporting.api.waiting import waiting
from reporting.domain.access import VERBS
from reporting.jobs import commandline
from reporting.settings import Settings

SERVICE = "reporting"


def api(settings: Settings) -> FastAPI:
    limits = Limits(
        streams_max=settings.streams_max,
        public_streams_max=settings.public_streams_max,
        poll_ms=settings.stream_poll_ms,
        heartbeat_s=settings.stream_heartbeat_s,
        public_s=settings.stream_public_s,
    )
    return service.application(
        settings,
        service=SERVICE,
        routers=routers(sandbox_open=settings.sandbox),
        verbs=VERBS,
        pieces=[streaming(limits), waiting(settings.waiting_max)],
    )


@asynccontextmanager
async def worker(settings: Settings) -> AsyncIterator[service.Worker]:
    """Count what is heard, announce what changed, compare with owners, close the days, publish, keep house."""
    database = await connect(
        settings.database_url.get_secret_value(), size_min=settings.pool_min, size_max=settings.pool_max
    )
    tasks: dict[str, service.Run] = {
        "announcer": partial(
            jobs.announce, database, every_ms=settings.announce_every_ms, cells_max=settings.announced_cells_max
        ),
        "reconciliation": partial(
            jobs.reconcile, database, pace=_comparing(settings), clock=partial(datetime.now, UTC), new_id=uuid7
        ),
    }
    if not settings.sandbox:
        clock = partial(datetime.now, UTC)
        tasks["day_close"] = partial(jobs.close_days, database, every_s=settings.day_close_every_s, clock=clock)
    groups = {"consumer": replace(consumers.GROUP, name=settings.consumer_group), "tracer": consumers.TRACING}
    tasks |= backbone.tasks(settings, SERVICE, database, groups)
    try:
        yield service.Worker(tasks=tasks, checks=service.checks(SERVICE, lambda: database))
    finally:
        await database.close()


def _comparing(settings: Settings) -> jobs.Pace:
    return jobs.Pace(
        every_s=settings.reconciliation_every_s,
        poll_s=settings.reconciliation_poll_s,
        passed_over_max=settings.reconciliation_passed_over_max,
        kept_days=settings.reconciliation_kept_days,
    )


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in commandline.NAMES:
        commandline.app(sys.argv[1:])
    else:
        service.main(SERVICE, Settings.read, api=api, worker=worker)

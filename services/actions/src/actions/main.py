"""The wiring of actions: the only module that knows every other.

python -m actions.main api
python -m actions.main worker
python -m actions.main school-calendar import
python -m actions.main screenings judge FILE [--films FILE]
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial

from fastapi import FastAPI

from actions import consumers
from actions.api import routers
from actions.domain.access import VERBS
from actions.domain.feed import Limits
from actions.jobs import commandline, judging, timers
from actions.settings import Settings
from common import backbone, checkpoints, service
from common.database import connect

SERVICE = "actions"


def api(settings: Settings) -> FastAPI:
    moving = partial(timers.move_due, page_max=settings.timers_page_max) if settings.sandbox else None
    app = service.application(settings, service=SERVICE, routers=routers(moving), verbs=VERBS)
    app.state.feed_limits = Limits(
        feeds_max=settings.calendar_feeds_max,
        events_max=settings.calendar_events_max,
        actions_max=settings.calendar_actions_max,
    )
    return app


@asynccontextmanager
async def worker(settings: Settings) -> AsyncIterator[service.Worker]:
    """Hear what others announce, move what time decides, publish what was written, keep house."""
    database = await connect(
        settings.database_url.get_secret_value(), size_min=settings.pool_min, size_max=settings.pool_max
    )
    groups, digest = {"consumer": consumers.GROUP}, partial(checkpoints.digests, database, SERVICE)
    tasks = backbone.tasks(settings, SERVICE, database, groups, digest=digest)
    again = partial(
        judging.run_judging,
        database,
        every_s=settings.judging_every_s,
        page_max=settings.judging_page_max,
        at_once_max=settings.judging_at_once_max,
        clock=partial(datetime.now, UTC),
    )
    tasks = {"judging": again, **tasks}
    if not settings.sandbox:
        due = partial(timers.run_timers, database, every_s=settings.timers_every_s, page_max=settings.timers_page_max)
        tasks = {"timers": partial(due, clock=partial(datetime.now, UTC)), **tasks}
    try:
        yield service.Worker(tasks=tasks, checks=service.checks(SERVICE, lambda: database))
    finally:
        await database.close()


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in commandline.NAMES:
        commandline.app(sys.argv[1:])
    else:
        service.main(SERVICE, Settings.read, api=api, worker=worker)

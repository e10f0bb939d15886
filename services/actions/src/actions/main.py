"""The wiring of actions: the only module that knows every other.

python -m actions.main api
python -m actions.main worker
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial

from fastapi import FastAPI

from actions import consumers, jobs
from actions.api import routers
from actions.domain.access import VERBS
from actions.settings import Settings
from common import checkpoints, consumer, housekeeping, relay, service
from common.database import connect

SERVICE = "actions"


def api(settings: Settings) -> FastAPI:
    timers = partial(jobs.move_due, page_max=settings.timers_page_max) if settings.sandbox else None
    return service.application(settings, service=SERVICE, routers=routers(timers), verbs=VERBS)


@asynccontextmanager
async def worker(settings: Settings) -> AsyncIterator[service.Worker]:
    """Hear what others announce, move what time decides, publish what was written, keep house."""
    database = await connect(
        settings.database_url.get_secret_value(), size_min=settings.pool_min, size_max=settings.pool_max
    )
    tasks: dict[str, service.Run] = {
        "consumer": partial(consumer.run, consumers.GROUP, database=database, settings=_hearing(settings)),
        "housekeeping": partial(
            housekeeping.run,
            SERVICE,
            settings.housekeeper_database_url.get_secret_value(),
            every_s=settings.housekeeping_every_s,
        ),
        "relay": partial(relay.run, _relaying(settings), partial(checkpoints.digests, database, SERVICE)),
    }
    if not settings.sandbox:
        tasks["timers"] = partial(
            jobs.run_timers,
            database,
            every_s=settings.timers_every_s,
            page_max=settings.timers_page_max,
            clock=partial(datetime.now, UTC),
        )
    try:
        yield service.Worker(tasks=tasks, checks=service.checks(SERVICE, lambda: database))
    finally:
        await database.close()


def _hearing(settings: Settings) -> consumer.Settings:
    return consumer.Settings(
        servers=settings.kafka_bootstrap_servers,
        client=settings.kafka_client,
        member=settings.consumer_member,
        batch_records_max=settings.consumer_batch_records_max,
    )


def _relaying(settings: Settings) -> relay.Settings:
    return relay.Settings(
        service=SERVICE,
        dsn=settings.relay_database_url.get_secret_value(),
        servers=settings.kafka_bootstrap_servers,
        checkpoint_every_s=settings.checkpoint_every_s,
        client=settings.kafka_client,
    )


if __name__ == "__main__":
    service.main(SERVICE, Settings.read, api=api, worker=worker)

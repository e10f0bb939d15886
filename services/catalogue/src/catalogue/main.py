"""The wiring of the catalogue: the only module that knows every other.

python -m catalogue.main api
python -m catalogue.main worker
python -m catalogue.main films import FILE --format ours|cnc-agrees|cnc-visas|cnc-million [--dry-run]
python -m catalogue.main rights import FILE --holder ORGANISATION [--sheet NAME] [--dry-run]
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI

from catalogue import consumers
from catalogue.api import routers
from catalogue.domain.access import VERBS
from catalogue.jobs import changes, commandline
from catalogue.settings import Settings
from common import backbone, checkpoints, service
from common.database import connect

SERVICE = "catalogue"


def api(settings: Settings) -> FastAPI:
    return service.application(settings, service=SERVICE, routers=routers, verbs=VERBS)


@asynccontextmanager
async def worker(settings: Settings) -> AsyncIterator[service.Worker]:
    """Publish what was written, hear what others announce, keep house."""
    database = await connect(
        settings.database_url.get_secret_value(), size_min=settings.pool_min, size_max=settings.pool_max
    )
    groups, digest = {"consumer": consumers.GROUP}, partial(checkpoints.digests, database, SERVICE)
    tasks: dict[str, service.Run] = {
        "changes": partial(changes.run, database, every_s=settings.housekeeping_every_s),
        **backbone.tasks(settings, SERVICE, database, groups, digest=digest),
    }
    try:
        yield service.Worker(tasks=tasks, checks=service.checks(SERVICE, lambda: database))
    finally:
        await database.close()


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in commandline.NAMES:
        commandline.app(sys.argv[1:])
    else:
        service.main(SERVICE, Settings.read, api=api, worker=worker)

"""The HTTP door of the service.  One request is one verb in one transaction."""

from fastapi import APIRouter

from actions.api import (
    actions,
    campaigns,
    feeds,
    formalities,
    funding,
    maps,
    projects,
    reports,
    sandbox,
    sessions,
    verdicts,
)


def routers(timers: sandbox.Timers | None) -> list[APIRouter]:
    """List the routes; those of the sandbox exist only in one, whose timers run when they are told to."""
    plain = [
        campaigns.router,
        projects.router,
        funding.router,
        actions.router,
        maps.router,
        feeds.router,
        sessions.router,
        formalities.router,
        verdicts.router,
        reports.router,
    ]
    return plain if timers is None else [*plain, sandbox.router(timers)]

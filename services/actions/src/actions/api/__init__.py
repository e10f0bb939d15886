"""The HTTP door of the service.  One request is one verb in one transaction."""

from fastapi import APIRouter

from actions.api import actions, campaigns, funding, projects, reports, sandbox, sessions


def routers(*, sandbox_open: bool) -> list[APIRouter]:
    """List the routes; those of the sandbox exist only in one."""
    plain = [
        campaigns.router,
        projects.router,
        funding.router,
        actions.router,
        sessions.router,
        reports.router,
    ]
    return [*plain, sandbox.router] if sandbox_open else plain

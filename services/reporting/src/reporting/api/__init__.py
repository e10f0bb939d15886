"""The HTTP door of reporting: figures for some, for all, and as they change; how true they are; what others told."""

from fastapi import APIRouter

from reporting.api import dashboard, figures, history, public, reconciliation, sandbox, stream


def routers(*, sandbox_open: bool) -> list[APIRouter]:
    """List the routes; those of the sandbox exist only in one."""
    plain = [figures.router, public.router, stream.router, reconciliation.router, history.router, dashboard.router]
    return [*plain, sandbox.router] if sandbox_open else plain

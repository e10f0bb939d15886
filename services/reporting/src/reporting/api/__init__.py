"""The HTTP door of reporting: figures for those who have a token, for all, and as they change; how true they are."""

from fastapi import APIRouter

from reporting.api import dashboard, figures, public, reconciliation, sandbox, stream


def routers(*, sandbox_open: bool) -> list[APIRouter]:
    """List the routes; those of the sandbox exist only in one."""
    plain = [figures.router, public.router, stream.router, reconciliation.router, dashboard.router]
    return [*plain, sandbox.router] if sandbox_open else plain

"""Whether a process lives, may be asked, and has started.

Alive: its event loop turns; nothing else is asked, or one broken database would restart every process there is.
Ready: the database answers within half a second, its schema is the one this code needs, and nobody said stop.  Not
Kafka, not the issuer: a service goes on without them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from prometheus_client import generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

READY_TIMEOUT_S = 0.5

Check = Callable[[], Awaitable[object]]


class Health:
    """What one process knows of its own state."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self.started = False
        self.draining = False
        self._checks = checks

    async def failing(self) -> list[str]:
        """Name what keeps this process from being ready."""
        async with asyncio.TaskGroup() as group:
            probes = {name: group.create_task(_passes(check)) for name, check in self._checks.items()}
        failing = [name for name, probe in probes.items() if not probe.result()]
        return [*failing, *(["draining"] if self.draining else []), *([] if self.started else ["starting"])]

    def routes(self) -> list[Route]:
        """List the addresses that supervisors and Prometheus look at; the gateway does not show them."""

        async def live(_: Request) -> Response:
            return _said([])

        async def ready(_: Request) -> Response:
            return _said(await self.failing())

        async def startup(_: Request) -> Response:
            return _said([] if self.started else ["starting"])

        async def metrics(_: Request) -> Response:
            return Response(generate_latest(), media_type="text/plain; version=0.0.4; charset=utf-8")

        doors = {"/health/live": live, "/health/ready": ready, "/health/startup": startup, "/metrics": metrics}
        return [Route(path, answer, include_in_schema=False) for path, answer in doors.items()]


async def _passes(check: Check) -> bool:
    try:
        async with asyncio.timeout(READY_TIMEOUT_S):
            await check()
    except Exception:  # noqa: BLE001 - whatever it is, the process is not ready
        return False
    return True


def _said(failing: list[str]) -> Response:
    body = {"status": "failing", "failing": failing} if failing else {"status": "ok"}
    return JSONResponse(body, 503 if failing else 200, {"Cache-Control": "no-store"})

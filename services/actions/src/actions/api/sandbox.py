"""What only a sandbox has: timers that run when they are told to, at the time they are told."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Protocol

from fastapi import APIRouter

from actions.domain import access
from actions.domain.due import TimersRun
from common.database import Database
from common.http import Caller, Db, Now


class Timers(Protocol):
    """The clock's door, rung by hand."""

    def __call__(self, database: Database, /, *, at: datetime) -> Awaitable[TimersRun]: ...


def router(timers: Timers) -> APIRouter:
    """Make the sandbox's own routes; what the timers do is handed in by `main`, since no door knows another."""
    sandbox = APIRouter(tags=["sandbox"])

    @sandbox.post("/v1/sandbox/actions/timers", operation_id="sandbox.run_actions_timers")
    async def run_timers(db: Db, caller: Caller, now: Now) -> TimersRun:
        """Move what time alone decides at Sandbox-Date (T6, T13, T17)."""
        access.require(caller, "sandbox.run_actions_timers", None)
        return await timers(db, at=now)

    return sandbox

"""What only a sandbox has: timers that run when they are told to, at the time they are told."""

from fastapi import APIRouter

from actions.commands import timers
from actions.domain import access
from common.http import Caller, Db, Now

router = APIRouter(tags=["sandbox"])

BATCH_MAX = 1000


@router.post("/v1/sandbox/actions/timers", operation_id="sandbox.run_actions_timers")
async def run_timers(db: Db, caller: Caller, now: Now) -> timers.Moved:
    """Move what time alone decides at Sandbox-Date (T6, T13, T17)."""
    access.require(caller, "sandbox.run_actions_timers", None)
    return await timers.run(db, at=now, batch_max=BATCH_MAX)

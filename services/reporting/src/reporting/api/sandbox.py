"""What only a sandbox has: a day that ends when it is told to."""

from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter

from common.http import Caller, Db, Now
from common.tokens import SYSTEM
from reporting.commands import closing
from reporting.domain import access

router = APIRouter(tags=["sandbox"])


@dataclass(frozen=True, slots=True, kw_only=True)
class DayClosed:
    """Which day was closed, and of how many campaigns breakdowns were published anew."""

    day: date
    published: int


@router.post("/v1/sandbox/reporting/timers", operation_id="sandbox.run_reporting_timers")
async def run_timers(db: Db, caller: Caller, now: Now) -> DayClosed:
    """Close the day of Sandbox-Date: breakdowns that at least two actions changed are published anew."""
    access.require(caller, "sandbox.run_reporting_timers")
    async with db.transaction(SYSTEM) as tx:
        published = await closing.close(tx, day=now.date(), at=now)
    return DayClosed(day=now.date(), published=published)

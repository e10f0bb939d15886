"""What only a sandbox has: a day that ends when it is told to."""

from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter

from common.http import Caller, Db, Now
from common.problems import problems
from common.tokens import SYSTEM
from reporting.commands import closing
from reporting.domain import access
from reporting.domain.days import national_day
from reporting.domain.publication import publications_of

router = APIRouter(tags=["sandbox"])


@dataclass(frozen=True, slots=True, kw_only=True)
class DayClosed:
    """Which day was closed, and of how many campaigns breakdowns were published anew."""

    day: date
    published: int


@router.post(
    "/v1/sandbox/reporting/timers",
    operation_id="sandbox.run_reporting_timers",
    responses=problems(closing.ClosedMeanwhile),
)
async def run_timers(db: Db, caller: Caller, now: Now) -> DayClosed:
    """Close the national day of Sandbox-Date: breakdowns that at least two actions changed are published anew.

    They are found here and now: a sandbox has few.
    """
    access.require(caller, "sandbox.run_reporting_timers")
    day = national_day(now)
    async with db.transaction(SYSTEM) as tx:
        said = await closing.read(tx)
    found = publications_of(said.standings)
    async with db.transaction(SYSTEM) as tx:
        published = await closing.write(tx, said, found, day=day, at=now)
    return DayClosed(day=day, published=published)

"""The scheme's past, over HTTP: what others published of it, apart from all that is counted here."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from common.http import Caller, Db
from common.pages import Listed, Page, listed
from reporting.domain import access
from reporting.domain.history import HistoricalFigure, HistoricalTerritory
from reporting.store import history

router = APIRouter(prefix="/v1/history", tags=["history"])

Code = Annotated[
    str | None, Query(pattern=r"^(?:[0-9]{2}|2[AB])[0-9]{3}$", description="Of then or of now: `91182` or `91228`.")
]
Year = Annotated[int | None, Query(ge=1991, le=2100)]


@router.get("/figures", operation_id="history.list_figures", response_model=Listed[HistoricalFigure])
async def figures(db: Db, caller: Caller, page: Page) -> Response:
    """List figures that others published of the scheme, each with its perimeter, period and source."""
    access.require(caller, "history.list_figures")
    [after] = page.position(int) or (None,)
    async with db.transaction(caller) as tx:
        rows = await history.figures(tx, after=after, limit=page.limit + 1)
    return listed(page, rows, key=lambda row: (row[0],), doc=lambda row: row[1])


@router.get("/territories", operation_id="history.list_territories", response_model=Listed[HistoricalTerritory])
async def territories(db: Db, caller: Caller, page: Page, municipality: Code = None, year: Year = None) -> Response:
    """List where the scheme acted, as others published it, with the code of then and of now."""
    access.require(caller, "history.list_territories")
    [after] = page.position(int) or (None,)
    async with db.transaction(caller) as tx:
        rows = await history.territories(tx, municipality=municipality, year=year, after=after, limit=page.limit + 1)
    return listed(page, rows, key=lambda row: (row[0],), doc=lambda row: row[1])

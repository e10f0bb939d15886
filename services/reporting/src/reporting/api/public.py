"""The figures that everybody may read, without a token: totals as they stand, breakdowns as published (R37)."""

from uuid import UUID

from fastapi import APIRouter, Response

from common.contracts.access import Role
from common.http import Db, Now
from common.problems import problems
from common.tokens import Principal, Territory
from reporting.api.figures import encoded
from reporting.api.questions import Bounds, Cutting, Patience
from reporting.commands import answering
from reporting.domain.figures import Figures
from reporting.domain.questions import DimensionNotDefined, NotYetIncluded, ValueRefused

router = APIRouter(tags=["public figures"])

PUBLIC = Principal(
    client_id="public", role=Role.DASHBOARD, scopes=frozenset(), org=UUID(int=0), territory=Territory("none")
)
"""In whose name the public reads: somebody, with no scope and no territory, who sees what the dashboard sees."""


@router.get(
    "/v1/public/figures",
    operation_id="public_figure.list",
    response_model=Figures,
    responses=problems(DimensionNotDefined, ValueRefused, NotYetIncluded),
    openapi_extra={"security": []},
)
async def list_public_figures(db: Db, now: Now, cut: Cutting, bounds: Bounds, wait: Patience) -> Response:
    """Read figures as everybody may: small cells hidden, breakdowns as of the last day's close.

    Whether they include a record is said at once: only those wait who have a token.
    """
    asked = wait.ask(cut.question(bounds, now), PUBLIC, None, now)
    async with db.transaction(PUBLIC) as tx:
        return encoded(await answering.answer(tx, asked), cache="public, no-cache")

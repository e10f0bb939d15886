"""Sessions for maps, over HTTP: GeoJSON by pages."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse

from actions.api.bodies import Code
from actions.domain import access
from actions.domain.mapping import FeatureCollection, feature
from actions.store import pins as store
from common.contracts.actions import SessionStatus
from common.fields import Day
from common.http import Caller, Db, from_query
from common.pages import Page, cursor

router = APIRouter(tags=["sessions"])


class GeoJson(JSONResponse):
    """Names the media type in the document (RFC 7946 §12)."""

    media_type = "application/geo+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class MapQuery:
    """What a map may be narrowed by; both days are included."""

    campaign_id: UUID | None = None
    state: SessionStatus | None = None
    municipality: Annotated[Code | None, Query()] = None
    first_on: Annotated[Day | None, Query()] = None
    last_on: Annotated[Day | None, Query()] = None

    def filters(self) -> store.PinFilters:
        return store.PinFilters(
            campaign_id=self.campaign_id,
            state=self.state,
            municipality=self.municipality,
            first_on=self.first_on,
            last_on=self.last_on,
        )


@router.get(
    "/v1/sessions.geojson", operation_id="action.map_sessions", response_model=FeatureCollection, response_class=GeoJson
)
async def map_sessions(
    asked: Annotated[MapQuery, from_query(MapQuery)], db: Db, caller: Caller, page: Page
) -> Response:
    """Show sessions on a map, by day, as far as the caller may know of them (R41)."""
    access.require(caller, "action.map_sessions", None)
    after = page.position(date, UUID)
    async with db.transaction(caller) as tx:
        found = await store.pins(
            tx, asked.filters(), after=None if after is None else (after[0], after[1]), limit=page.limit + 1
        )
    shown, headers = found[: page.limit], {"Cache-Control": "private, no-cache"}
    following = cursor(shown[-1].held_on, shown[-1].id) if len(found) > page.limit else None
    if following is not None:
        query = urlencode([*page.filters, ("limit", page.limit), ("after", following)])
        headers["Link"] = f'<{page.path}?{query}>; rel="next"'
    drawn = FeatureCollection(features=tuple(feature(pin) for pin in shown), next=following)
    return Response(msgspec.json.encode(drawn), headers=headers, media_type=GeoJson.media_type)

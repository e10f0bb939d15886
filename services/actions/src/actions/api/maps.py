"""Sessions for maps, over HTTP: GeoJSON by pages."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from actions.api.bodies import Code
from actions.domain import access
from actions.domain.coordinates import Box
from actions.domain.mapping import FeatureCollection, feature
from actions.store import pins as store
from common.contracts.actions import SessionStatus
from common.fields import Day
from common.http import Caller, Db, from_query
from common.pages import Page, cursor

router = APIRouter(tags=["sessions"])

_NUMBER = r"-?[0-9]{1,3}(\.[0-9]{1,15})?"


def _sides(written: str) -> tuple[float, ...]:
    return tuple(map(float, written.split(",")))


def _in_order(written: str) -> str:
    """Take a rectangle whose sides are in their order: across the antimeridian its west would be in the east."""
    west, south, east, north = _sides(written)
    if -180 <= west <= east <= 180 and -90 <= south <= north <= 90:
        return written
    raise PydanticCustomError(
        "box_not_possible",
        "Must have west before east and south before north, within 180 and 90 degrees.",
        {"libelle": "L’ouest doit précéder l’est et le sud le nord, dans 180 et 90 degrés."},
    )


BoundingBox = Annotated[
    str,
    Field(
        pattern=f"^{_NUMBER}(,{_NUMBER}){{3}}$",
        description="west,south,east,north in degrees (RFC 7946, §5), sides included; none crosses the antimeridian, "
        "as no territory does. Sessions whose position is not known are left out.",
    ),
    AfterValidator(_in_order),
]


class GeoJson(JSONResponse):
    """Names the media type in the document (RFC 7946 §12)."""

    media_type = "application/geo+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class MapQuery:
    """What a map may be narrowed by; both days are included, and no filter tells where a closed circuit is (R41)."""

    campaign_id: UUID | None = None
    state: SessionStatus | None = None
    municipality: Annotated[Code | None, Query()] = None
    first_on: Annotated[Day | None, Query()] = None
    last_on: Annotated[Day | None, Query()] = None
    bbox: Annotated[BoundingBox | None, Query()] = None

    def filters(self) -> store.PinFilters:
        return store.PinFilters(
            campaign_id=self.campaign_id,
            state=self.state,
            municipality=self.municipality,
            first_on=self.first_on,
            last_on=self.last_on,
            box=None if self.bbox is None else Box(*_sides(self.bbox)),
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

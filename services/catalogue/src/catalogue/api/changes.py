"""The feed of changes, over HTTP."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from catalogue.domain import access
from catalogue.domain.changes import NEVER, Position, PositionTooOld, Snapshot
from catalogue.store import changes as store
from common.http import Caller, Db
from common.pages import LIMIT_DEFAULT, LIMIT_MAX, CursorRefused, PageRequest, cursor
from common.problems import problems

router = APIRouter(tags=["films"])

POSITION_LENGTH_MAX = 8_000
"""A position names the transactions that were open."""


class Changes(BaseModel):
    """What happened to films after a position, in the order of each film's versions, and the position after that.

    `more`: there is more already; otherwise ask again in a while.
    """

    items: list[store.Change]
    next: str
    more: bool


@router.get(
    "/v1/films/changes", operation_id="film.changes", response_model=Changes, responses=problems(PositionTooOld)
)
async def changes(
    request: Request,
    db: Db,
    caller: Caller,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX, description="Changes on a page.")] = LIMIT_DEFAULT,
    after: Annotated[
        str | None,
        Query(
            max_length=POSITION_LENGTH_MAX,
            description="The `next` of the answer before, good for fourteen days; absent: from the oldest kept.",
        ),
    ] = None,
) -> Response:
    """Tell what happened to films, for those who keep a copy of the catalogue."""
    access.require(caller, "film.changes")
    asked = _position(PageRequest(limit, after, request.url.path))
    async with db.transaction(caller) as tx:
        era, now = await store.look(tx)
        position = asked or Position.before_all(era, now)
        position.require_good(era, now)
        reading = position.reading or now
        found = await store.page(tx, position, reading, limit=limit + 1)
    more = len(found) > limit
    following = position.after_page(reading, found[limit - 1][0] if more else None)
    items = msgspec.json.encode([change for _, change in found[:limit]]).decode()
    body = f'{{"items":{items},"next":"{_written(following)}","more":{"true" if more else "false"}}}'
    return Response(body, headers={"Cache-Control": "private, no-cache"}, media_type="application/json")


def _written(position: Position) -> str:
    snapshots = [one for one in (position.seen, position.reading) if one is not None]
    return cursor(position.era, [(one.at, one.below, one.running) for one in snapshots], position.last_seq)


def _position(page: PageRequest) -> Position | None:
    """Read a position as it was given; what no feed can have given is refused."""
    read = page.position(str, list[tuple[int, int, tuple[int, ...]]], int)
    if read is None:
        return None
    era, numbers, last_seq = read
    seen, *reading = [Snapshot(at=at, below=below, running=running) for at, below, running in numbers] or [NEVER]
    position = Position(era=era, seen=seen, reading=next(iter(reading), None), last_seq=last_seq)
    if not position.is_one:
        raise CursorRefused
    return position

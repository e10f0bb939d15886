"""Feeds of calendars, over HTTP: made, listed and revoked with a token; read by calendar programs with a key."""

import asyncio
import secrets
from dataclasses import dataclass, replace
from typing import Annotated, cast
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import Field

from actions.api import ics
from actions.api.bodies import Code
from actions.commands import feeds as commands
from actions.domain import access
from actions.domain.feed import (
    KEY_BYTES,
    Feed,
    FeedOf,
    FeedRevoked,
    FeedState,
    Limits,
    NoSuchFeed,
    OneSubject,
    PartOfCommune,
    Subject,
    TooManyFeeds,
    UnknownCommune,
)
from actions.store import feeds as store
from common.errors import AllowedAction, NotKnownHere, NotYours
from common.http import Caller, ChangeOnce, CreateOnce, Db, Model, NewId, Now, present, respond, with_actions
from common.pages import Listed, Page, listed
from common.problems import problems
from common.tokens import SYSTEM

router = APIRouter(tags=["calendar-feeds"])

KEY_LENGTH_MAX = 100
TAGS_LENGTH_MAX = 1000


class Calendar(Response):
    """Names the media type in the document."""

    media_type = "text/calendar"


class FeedBody(Model):
    """What a feed shows, and of whom: of exactly one coordination, organisation or commune."""

    of: FeedOf
    coordination_id: UUID | None = None
    organisation_id: UUID | None = Field(None, description="Whatever it takes part in, as far as you see it.")
    municipality: Code | None = None

    def subject(self) -> Subject:
        return Subject(
            coordination_id=self.coordination_id, organisation_id=self.organisation_id, municipality=self.municipality
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSeen(FeedState):
    """A feed, and what the caller may do to it now."""

    allowed_actions: list[AllowedAction]


async def _limits(request: Request) -> Limits:
    return cast("Limits", request.app.state.feed_limits)


async def _root(request: Request) -> str:
    """Give the address at which everybody finds the house: its tokens name it."""
    issuer: str = request.app.state.settings.token_issuer
    return issuer.rstrip("/")


async def _fresh(new_id: NewId, now: Now) -> commands.Fresh:
    return commands.Fresh(id=new_id(), luck=secrets.token_bytes(KEY_BYTES), at=now)


Bounds = Annotated[Limits, Depends(_limits)]
Root = Annotated[str, Depends(_root)]
FreshOne = Annotated[commands.Fresh, Depends(_fresh)]


@router.post(
    "/v1/calendar-feeds",
    operation_id="calendar_feed.make",
    status_code=201,
    response_model=FeedState,
    responses=problems(OneSubject, UnknownCommune, PartOfCommune, NotYours, TooManyFeeds, NotKnownHere),
)
async def make(
    body: FeedBody, db: Db, caller: Caller, once: CreateOnce, fresh: FreshOne, limits: Bounds, root: Root
) -> Response:
    """Make a feed for calendar programs, read with your rights by whoever has its address, which is shown once.

    The same key is answered the same feed without its address: if that was lost, revoke the feed and make another.
    """
    async with db.transaction(caller) as tx:
        answer, key = await commands.make(
            tx, body.of, body.subject(), caller=caller, once=once, fresh=fresh, limits=limits
        )
    if key is None:
        return respond(answer)
    shown = msgspec.json.decode(answer.body, type=FeedState)
    address = f"{root}/v1/calendars/{shown.id}.ics?key={key}"
    return respond(replace(answer, body=msgspec.json.encode(replace(shown, address=address))))


@router.get("/v1/calendar-feeds", operation_id="calendar_feed.list", response_model=Listed[FeedSeen])
async def list_feeds(db: Db, caller: Caller, page: Page) -> Response:
    """List the feeds of your organisation and your coordination, revoked ones too, without their addresses."""
    access.require(caller, "calendar_feed.list")
    (last,) = page.position(UUID) or (None,)
    async with db.transaction(caller) as tx:
        found = await store.page(tx, after=last, limit=page.limit + 1)
    return listed(page, found, key=lambda feed: (feed.id,), doc=_seen)


@router.get(
    "/v1/calendar-feeds/{feed_id}",
    operation_id="calendar_feed.read",
    response_model=FeedSeen,
    responses=problems(NoSuchFeed),
)
async def read(feed_id: UUID, db: Db, caller: Caller) -> Response:
    """Read one of these feeds, without its address."""
    access.require(caller, "calendar_feed.read")
    async with db.transaction(caller) as tx:
        feed = await store.feed(tx, feed_id)
    return present(_seen(feed), version=feed.version)


@router.post(
    "/v1/calendar-feeds/{feed_id}/revoke",
    operation_id="calendar_feed.revoke",
    response_model=FeedState,
    responses=problems(NoSuchFeed, FeedRevoked),
)
async def revoke(feed_id: UUID, db: Db, caller: Caller, once: ChangeOnce, now: Now) -> Response:
    """End a feed: its address leads nowhere from then on."""
    async with db.transaction(caller) as tx:
        answer = await commands.revoke(tx, feed_id, caller=caller, once=once, at=now)
    return respond(answer)


@router.get(
    "/v1/calendars/{feed_id}.ics",
    operation_id="calendar.read",
    response_class=Calendar,
    responses={304: {"description": "Nothing has changed since the tag in If-None-Match."}, **problems(NoSuchFeed)},
    openapi_extra={"security": []},
)
async def calendar(
    feed_id: UUID,
    key: Annotated[str, Query(max_length=KEY_LENGTH_MAX, description="The secret of the feed's address.")],
    db: Db,
    limits: Bounds,
    root: Root,
    now: Now,
    seen: Annotated[str | None, Header(alias="If-None-Match", max_length=TAGS_LENGTH_MAX)] = None,
) -> Response:
    """Read a feed as a calendar program does: with nothing but its address."""
    async with db.transaction(SYSTEM) as tx:
        feed, maker = await commands.opened(tx, feed_id, key, at=now)
    async with db.transaction(maker) as tx:
        shown = await commands.shown(tx, feed, limits, at=now)
    tag = ics.etag(shown, root)
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if _is_named(tag, seen):
        return Response(status_code=304, headers=headers)
    # Writing a thousand events takes a good part of a second: everybody else is answered meanwhile.
    body = await asyncio.to_thread(ics.written, shown, root)
    return Response(body, headers=headers, media_type=ics.MEDIA_TYPE)


def _seen(feed: Feed) -> str:
    return with_actions(msgspec.json.encode(feed.seen()).decode(), feed.allowed_actions())


def _is_named(tag: str, seen: str | None) -> bool:
    """Tell whether If-None-Match names this tag; on the way a proxy may have called it weak (RFC 9110 §13.1.2)."""
    named = [] if seen is None else [one.strip().removeprefix("W/") for one in seen.split(",")]
    return "*" in named or tag in named

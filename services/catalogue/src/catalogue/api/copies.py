"""Copies of films and the windows of their keys, over HTTP."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Response
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from catalogue.api.bodies import absent
from catalogue.commands import copies as commands
from catalogue.domain import access
from catalogue.domain.copies import (
    CopyHolderClosed,
    CopyWithdrawn,
    Description,
    InvalidCopy,
    InvalidKey,
    KeyRevoked,
    NewCopy,
    NoKeyNeeded,
    NoSuchCopy,
    NoSuchKey,
    TooManyKeys,
    refusals,
)
from catalogue.domain.film import NothingToChange
from catalogue.domain.rights import UnknownFilm
from catalogue.store import copies as store
from common.contracts.catalogue import CopyFormat, CopyKey, CopyState, CopyStatus, FilmVersion
from common.errors import AllowedAction, NotKnownHere
from common.http import (
    YEARS,
    Caller,
    ChangeOnce,
    CreateOnce,
    Db,
    Model,
    Moment,
    NewId,
    Now,
    from_query,
    present,
    respond,
    with_actions,
)
from common.pages import Listed, Page, listed
from common.problems import problems

TRANSIT_DAYS_MAX = 30
"""A copy that is longer on its way than a month is not lent for a season."""

router = APIRouter(tags=["copies"])


def _in_reach(at: datetime) -> datetime:
    """Take an instant of a year that calendars agree on, as UTC has it."""
    if at.year not in YEARS:
        said = "Must be a moment between 1900 and 2200.", "Doit être un instant entre 1900 et 2200."
        raise PydanticCustomError("datetime_out_of_reach", said[0], {"libelle": said[1]})
    return at.astimezone(UTC)


Instant = Annotated[Moment, AfterValidator(_in_reach)]
Days = Annotated[int, Field(strict=True, ge=0, le=TRANSIT_DAYS_MAX)]
Label = Annotated[str, Field(max_length=200, description="What stands on its case; never a name.")]
Screen = Annotated[str, Field(min_length=1, max_length=200, description="The screen, or the server, that it opens on.")]
Commune = Annotated[str, Field(pattern=r"^([0-9]{5}|2[AB][0-9]{3})$", description="A commune's code, as text.")]


class CopyChangeBody(Model):
    """What is to be said otherwise of a copy; what is absent stays as it is."""

    film_version: FilmVersion | None = Field(None, description="Null: not known.")
    transit_days: Days = Field(
        default_factory=absent, description="Whole days on its way to another commune; 0: sent by network."
    )
    label: Label = Field(default_factory=absent)

    def said(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.model_fields_set}


class CopyBody(Model):
    """A copy of a film that somebody lends."""

    film_id: UUID
    holder_id: UUID
    format: CopyFormat
    encrypted: bool = Field(default=False, description="A DCP that opens by a key (KDM) only.")
    film_version: FilmVersion | None = None
    transit_days: Days = Field(description="Whole days on its way to another commune; 0: sent by network.")
    label: Label = ""

    def new(self) -> NewCopy:
        return NewCopy(
            film_id=self.film_id,
            holder_id=self.holder_id,
            format=self.format,
            encrypted=self.encrypted,
            description=Description(film_version=self.film_version, transit_days=self.transit_days, label=self.label),
        )


class KeyBody(Model):
    """When a key opens, and where: for one session, in one commune, or wherever that screen's server is."""

    screen: Screen
    opens_at: Instant
    closes_at: Instant
    municipality: Commune | None = None
    session_id: UUID | None = None

    def key(self, key_id: UUID) -> CopyKey:
        return CopyKey(id=key_id, **self.model_dump())


@dataclass(frozen=True, slots=True, kw_only=True)
class CopySeen(CopyState):
    """A copy, and what the caller may do to it now."""

    allowed_actions: list[AllowedAction]


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyQuery:
    """What copies may be asked for by."""

    film_id: UUID | None = None
    holder_id: UUID | None = None
    status: CopyStatus | None = None
    format: CopyFormat | None = None

    def filters(self) -> store.CopyFilters:
        return store.CopyFilters(film_id=self.film_id, holder_id=self.holder_id, status=self.status, format=self.format)


CopySearch = Annotated[CopyQuery, from_query(CopyQuery)]


@router.post(
    "/v1/copies",
    operation_id="copy.register",
    status_code=201,
    response_model=CopyState,
    responses=problems(InvalidCopy, UnknownFilm, NotKnownHere, CopyHolderClosed),
)
async def register(body: CopyBody, db: Db, caller: Caller, once: CreateOnce, new_id: NewId, now: Now) -> Response:
    """Register a copy of a film."""
    async with db.transaction(caller) as tx:
        answer = await commands.register(tx, new_id(), body.new(), caller=caller, once=once, at=now)
    return respond(answer)


@router.get("/v1/copies", operation_id="copy.list", response_model=Listed[CopyState])
async def search(asked: CopySearch, db: Db, caller: Caller, page: Page) -> Response:
    """List copies in the order in which they were registered."""
    access.require(caller, "copy.list")
    (last,) = page.position(UUID) or (None,)
    async with db.transaction(caller) as tx:
        copies = await store.list_copies(tx, asked.filters(), after=last, limit=page.limit + 1)
    return listed(page, copies, key=lambda row: (row[0],), doc=lambda row: _shown(row[1], caller))


@router.get("/v1/copies/{copy_id}", operation_id="copy.read", response_model=CopySeen, responses=problems(NoSuchCopy))
async def read(copy_id: UUID, db: Db, caller: Caller) -> Response:
    """Read one copy."""
    access.require(caller, "copy.read")
    async with db.transaction(caller) as tx:
        seen = await store.read_copy(tx, copy_id)
    said = refusals(seen.status, encrypted=seen.encrypted, keys=seen.keys)
    return present(with_actions(_shown(seen.doc, caller), access.allowed_actions(caller, said)), version=seen.version)


@router.post(
    "/v1/copies/{copy_id}/change",
    operation_id="copy.change",
    response_model=CopyState,
    responses=problems(NoSuchCopy, CopyWithdrawn, NothingToChange),
)
async def change(copy_id: UUID, body: CopyChangeBody, db: Db, caller: Caller, once: ChangeOnce, now: Now) -> Response:
    """Describe a copy otherwise: its version, its days on the way, its label."""
    async with db.transaction(caller) as tx:
        answer = await commands.change(tx, copy_id, body.said(), caller=caller, once=once, at=now)
    return respond(answer)


@router.post(
    "/v1/copies/{copy_id}/withdraw",
    operation_id="copy.withdraw",
    response_model=CopyState,
    responses=problems(NoSuchCopy, CopyWithdrawn),
)
async def withdraw(copy_id: UUID, db: Db, caller: Caller, once: ChangeOnce, now: Now) -> Response:
    """Lend a copy no more; the sessions that count on it are flagged."""
    async with db.transaction(caller) as tx:
        answer = await commands.withdraw(tx, copy_id, caller=caller, once=once, at=now)
    return respond(answer)


@router.post(
    "/v1/copies/{copy_id}/keys",
    operation_id="copy.issue_key",
    status_code=201,
    response_model=CopyState,
    responses=problems(NoSuchCopy, CopyWithdrawn, NoKeyNeeded, InvalidKey, TooManyKeys),
)
async def issue_key(
    copy_id: UUID, body: KeyBody, db: Db, caller: Caller, once: ChangeOnce, new_id: NewId, now: Now
) -> Response:
    """Say when a key opens an encrypted DCP, and where; the key itself is never sent here."""
    async with db.transaction(caller) as tx:
        answer = await commands.issue_key(tx, copy_id, body.key(new_id()), caller=caller, once=once, at=now)
    return respond(answer)


@router.post(
    "/v1/copies/{copy_id}/keys/{key_id}/revoke",
    operation_id="copy.revoke_key",
    response_model=CopyState,
    responses=problems(NoSuchCopy, NoSuchKey, KeyRevoked),
)
async def revoke_key(copy_id: UUID, key_id: UUID, db: Db, caller: Caller, once: ChangeOnce, now: Now) -> Response:
    """Say that a key opens nothing any more; the sessions that count on it are flagged."""
    async with db.transaction(caller) as tx:
        answer = await commands.revoke_key(tx, copy_id, key_id, caller=caller, once=once, at=now)
    return respond(answer)


def _shown(doc: str, caller: Caller) -> str:
    """Leave out when keys open, for who neither issues them nor holds the copy: one may be for a closed site (R41)."""
    copy = msgspec.json.decode(doc)
    if access.refusal(caller, "copy.issue_key") is None or copy["holder_id"] == str(caller.org):
        return doc
    return msgspec.json.encode(copy | {"keys": []}).decode()

"""Film lists, over HTTP."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from catalogue.api import bodies
from catalogue.commands import lists as commands
from catalogue.domain import access
from catalogue.domain.film import NothingToChange
from catalogue.domain.lists import (
    FilmListClosed,
    FilmListFull,
    FilmListOpenAlready,
    FilmNotListed,
    NewFilmList,
    NoSuchFilmList,
    NotInTheCatalogue,
    RegionalSchemeOnly,
    refusals,
)
from catalogue.store import lists as store
from common.contracts.catalogue import (
    FilmListLevel,
    FilmListScheme,
    FilmListState,
    FilmListStatus,
    FilmState,
    ListedFilm,
)
from common.errors import AllowedAction, NotKnownHere, NotYours
from common.http import (
    Caller,
    ChangeOnce,
    CreateOnce,
    Db,
    Model,
    NewId,
    Now,
    from_query,
    present,
    respond,
    with_actions,
)
from common.pages import Listed, Page, listed
from common.problems import problems

router = APIRouter(tags=["film lists"])

Year = Annotated[int, Field(strict=True, ge=1989, le=2100, description="The first of these schemes began in 1989.")]


class FilmListBody(Model):
    """A list that is published: the nation's, or a coordination's."""

    scheme: FilmListScheme
    year: Year
    title: bodies.Title
    coordination_id: UUID | None = Field(None, description="Whose list it is; null: the nation's.")


class ListedFilmBody(Model):
    """A film that is put on a list."""

    film_id: UUID
    negotiated: Annotated[bool, Field(description="Whether its tariff was negotiated for those who show it.")] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmListSeen(FilmListState):
    """A list, and what the caller may do to it now."""

    allowed_actions: list[AllowedAction]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmListSummary:
    """A list among others: what it is, and how many films stand on it."""

    id: UUID
    version: int
    status: FilmListStatus
    scheme: FilmListScheme
    level: FilmListLevel
    year: int
    coordination_id: UUID | None
    title: str
    film_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFilmSeen:
    """A film as it stands on a list."""

    negotiated: bool
    film: FilmState


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmListQuery:
    """What lists may be asked for by."""

    scheme: FilmListScheme | None = None
    level: FilmListLevel | None = None
    year: Annotated[int | None, Query(ge=1989, le=2100)] = None
    coordination_id: UUID | None = None
    status: FilmListStatus | None = None
    film_id: Annotated[UUID | None, Query(description="A film that stands on them.")] = None

    def filters(self) -> store.ListFilters:
        return store.ListFilters(
            scheme=self.scheme,
            level=self.level,
            year=self.year,
            coordination_id=self.coordination_id,
            status=self.status,
            film_id=self.film_id,
        )


FilmListSearch = Annotated[FilmListQuery, from_query(FilmListQuery)]


@router.post(
    "/v1/film-lists",
    operation_id="film_list.publish",
    status_code=201,
    response_model=FilmListState,
    responses=problems(NotYours, NotKnownHere, RegionalSchemeOnly, FilmListOpenAlready),
)
async def publish(body: FilmListBody, db: Db, caller: Caller, once: CreateOnce, new_id: NewId, now: Now) -> Response:
    """Publish an empty list; the national coordination publishes any, a regional one its own."""
    new = NewFilmList(scheme=body.scheme, year=body.year, title=body.title, coordination_id=body.coordination_id)
    async with db.transaction(caller) as tx:
        answer = await commands.publish(tx, new_id(), new, caller=caller, once=once, at=now)
    return respond(answer)


@router.get("/v1/film-lists", operation_id="film_list.list", response_model=Listed[FilmListSummary])
async def search(asked: FilmListSearch, db: Db, caller: Caller, page: Page) -> Response:
    """List lists in the order in which they were published."""
    access.require(caller, "film_list.list")
    (last,) = page.position(UUID) or (None,)
    async with db.transaction(caller) as tx:
        lists = await store.list_film_lists(tx, asked.filters(), after=last, limit=page.limit + 1)
    return listed(page, lists, key=lambda row: (row[0],), doc=lambda row: row[1])


@router.get(
    "/v1/film-lists/{list_id}",
    operation_id="film_list.read",
    response_model=FilmListSeen,
    responses=problems(NoSuchFilmList),
)
async def read(list_id: UUID, db: Db, caller: Caller) -> Response:
    """Read one list, whole."""
    access.require(caller, "film_list.read")
    async with db.transaction(caller) as tx:
        version, doc, status, coordination_id = await store.film_list_doc(tx, list_id)
    actions = access.allowed_actions(caller, refusals(status), coordination_id)
    return present(with_actions(doc, actions), version=version)


@router.get(
    "/v1/film-lists/{list_id}/films",
    operation_id="film_list.films",
    response_model=Listed[ListedFilmSeen],
    responses=problems(NoSuchFilmList),
)
async def films(list_id: UUID, db: Db, caller: Caller, page: Page) -> Response:
    """List the films of a list by title."""
    access.require(caller, "film_list.films")
    after = page.position(str, UUID)
    async with db.transaction(caller) as tx:
        await store.film_list_doc(tx, list_id)
        found = await store.list_films_of(tx, list_id, after=after, limit=page.limit + 1)
    return listed(page, found, key=lambda row: row[:2], doc=lambda row: row[2])


@router.post(
    "/v1/film-lists/{list_id}/films",
    operation_id="film_list.add_film",
    status_code=201,
    response_model=FilmListState,
    responses=problems(NoSuchFilmList, NotYours, NotInTheCatalogue, NothingToChange, FilmListClosed, FilmListFull),
)
async def add_film(list_id: UUID, body: ListedFilmBody, db: Db, caller: Caller, once: ChangeOnce, now: Now) -> Response:
    """Put a film on a list, or say otherwise whether its tariff was negotiated."""
    film = ListedFilm(film_id=body.film_id, negotiated=body.negotiated)
    async with db.transaction(caller) as tx:
        answer = await commands.add_film(tx, list_id, film, caller=caller, once=once, at=now)
    return respond(answer)


@router.post(
    "/v1/film-lists/{list_id}/films/{film_id}/remove",
    operation_id="film_list.remove_film",
    response_model=FilmListState,
    responses=problems(NoSuchFilmList, NotYours, FilmNotListed, FilmListClosed),
)
async def remove_film(list_id: UUID, film_id: UUID, db: Db, caller: Caller, once: ChangeOnce, now: Now) -> Response:
    """Take a film off a list."""
    async with db.transaction(caller) as tx:
        answer = await commands.remove_film(tx, list_id, film_id, caller=caller, once=once, at=now)
    return respond(answer)


@router.post(
    "/v1/film-lists/{list_id}/close",
    operation_id="film_list.close",
    response_model=FilmListState,
    responses=problems(NoSuchFilmList, NotYours, FilmListClosed),
)
async def close(list_id: UUID, db: Db, caller: Caller, once: ChangeOnce, now: Now) -> Response:
    """Leave a list as it is; the next may be published."""
    async with db.transaction(caller) as tx:
        answer = await commands.close(tx, list_id, caller=caller, once=once, at=now)
    return respond(answer)

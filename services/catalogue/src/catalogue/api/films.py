"""Films, over HTTP."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from catalogue.api import bodies
from catalogue.api.redirects import ELSEWHERE, elsewhere
from catalogue.commands import films as commands
from catalogue.commands import merging
from catalogue.domain import access, identifiers, themes
from catalogue.domain.consents import ConsentsDoNotAdd, ConsentsMissing
from catalogue.domain.film import (
    Description,
    FilmIsMerged,
    IdentifierTaken,
    InvalidFilm,
    NewFilm,
    NoSuchFilm,
    NotAWorkshopFilm,
    NothingToChange,
    WrongDissemination,
)
from catalogue.domain.merging import (
    MergedIntoItself,
    UnknownSurvivor,
    VisasContradict,
    WorkshopFilmsStayApart,
    refusals,
)
from catalogue.domain.search import Question
from catalogue.domain.visas import InvalidVisa, InvalidVisaNumber, NoSuchVisa
from catalogue.store import search as store
from catalogue.store.filters import Filters
from common.contracts.catalogue import (
    Classification,
    Clearance,
    FilmKind,
    FilmListScheme,
    FilmState,
    FilmVersion,
    Genre,
    Identifier,
    IdentifierScheme,
    RightsTerritory,
    RightsUse,
    Visa,
    WorkshopFilm,
)
from common.errors import AllowedAction, FieldError, Malformed
from common.fields import Day
from common.http import Caller, ChangeOnce, CreateOnce, Db, NewId, Now, from_query, present, respond, with_actions
from common.pages import Listed, Page, listed
from common.problems import problems

router = APIRouter(tags=["films"])


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmSeen(FilmState):
    """A film, and what the caller may do to it now."""

    allowed_actions: list[AllowedAction]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmQuery:
    """What films may be asked for by."""

    q: Annotated[
        str | None,
        Query(
            min_length=1,
            max_length=200,
            description="Words of titles, names of directors, a visa; accents, case, articles and small errors do not "
            "matter.  Answers come the best first.",
        ),
    ] = None
    kind: FilmKind | None = None
    genre: Genre | None = None
    version: FilmVersion | None = None
    classification: Classification | None = None
    country: Annotated[str | None, Query(pattern="^[A-Z]{2}$")] = None
    year: Annotated[int | None, Query(ge=1888, le=2100)] = None
    workshop_film: bool | None = None
    project_id: Annotated[UUID | None, Query(description="Films of this project's workshops.")] = None
    visa: Annotated[str | None, Query(max_length=12, description="With or without leading zeros.")] = None
    identifier: Annotated[str | None, Query(max_length=60, description="Such as `imdb:tt0053198`.")] = None

    duration_min: Annotated[int | None, Query(ge=1, le=1440, description="Minutes, included.")] = None
    duration_max: Annotated[int | None, Query(ge=1, le=1440, description="Minutes, included.")] = None
    rights_on: Annotated[
        Day | None, Query(description="Offered on this day; with `rights_in` and `rights_for`, or not at all.")
    ] = None
    rights_in: Annotated[RightsTerritory | None, Query(description="Where the film is to be shown.")] = None
    rights_for: Annotated[RightsUse | None, Query(description="How the film is to be shown.")] = None
    theme: Annotated[str | None, Query(max_length=40, description="A code of `GET /v1/films/themes`.")] = None
    list_id: Annotated[UUID | None, Query(description="Films that stand on this list.")] = None
    list_scheme: Annotated[FilmListScheme | None, Query(description="On a list of this scheme.")] = None
    list_year: Annotated[
        int | None, Query(ge=1989, le=2100, description="On a list of this year; with `list_scheme`, on the same one.")
    ] = None
    year_min: Annotated[int | None, Query(ge=1888, le=2100, description="Of production, included.")] = None
    year_max: Annotated[int | None, Query(ge=1888, le=2100, description="Of production, included.")] = None

    def filters(self) -> Filters:
        scheme, value = self._name()
        self._require_whole_rights()
        self._require_theme()
        return Filters(
            kind=self.kind,
            genre=self.genre,
            version=self.version,
            classification=self.classification,
            country=self.country,
            year=self.year,
            workshop_film=self.workshop_film,
            project_id=self.project_id,
            scheme=scheme,
            value=value,
            minutes_min=self.duration_min,
            minutes_max=self.duration_max,
            rights_on=self.rights_on,
            rights_in=self.rights_in,
            rights_for=self.rights_for,
            theme=self.theme,
            list_id=self.list_id,
            list_scheme=self.list_scheme,
            list_year=self.list_year,
            year_min=self.year_min,
            year_max=self.year_max,
        )

    def _require_whole_rights(self) -> None:
        """Refuse to guess the day, the territory or the use for which rights are asked."""
        asked = {"rights_on": self.rights_on, "rights_in": self.rights_in, "rights_for": self.rights_for}
        missing = [name for name, value in asked.items() if value is None]
        if missing and len(missing) < len(asked):
            message, libelle = "Rights are asked for by day, territory and use.", "Jour, territoire et usage ensemble."
            raise Malformed(
                errors=[FieldError("", "missing", message, libelle=libelle, parameter=name) for name in missing]
            )

    def _require_theme(self) -> None:
        """Refuse a misspelt theme rather than find nothing."""
        if self.theme is not None and not themes.known(self.theme):
            raise _malformed("theme", "A code of `GET /v1/films/themes`.", "Un code de `GET /v1/films/themes`.")

    def _name(self) -> tuple[str | None, str | None]:
        """Read the visa or the identifier asked for, whichever is given; the visa, if both are."""
        if self.visa is not None:
            number = identifiers.visa_number(self.visa)
            if number is None:
                raise _malformed("visa", InvalidVisaNumber.title, InvalidVisaNumber.titre)
            return "visa", number
        if self.identifier is not None:
            known = _identifier(self.identifier)
            return known.scheme, known.value
        return None, None


FilmSearch = Annotated[FilmQuery, from_query(FilmQuery)]


@router.post(
    "/v1/films",
    operation_id="film.register",
    status_code=201,
    response_model=FilmState,
    responses=problems(InvalidFilm, InvalidVisaNumber, InvalidVisa, IdentifierTaken),
)
async def register(
    body: bodies.FilmBody, db: Db, caller: Caller, once: CreateOnce, new_id: NewId, now: Now
) -> Response:
    """Enter a film into the catalogue."""
    async with db.transaction(caller) as tx:
        answer = await commands.register(tx, new_id(), _new_film(body), caller=caller, once=once, at=now)
    return respond(answer)


@router.get("/v1/films", operation_id="film.list", response_model=Listed[FilmState])
async def search(asked: FilmSearch, db: Db, caller: Caller, page: Page) -> Response:
    """List films by title, or those that answer `q`, the best first."""
    access.require(caller, "film.list")
    filters = asked.filters()
    async with db.transaction(caller) as tx:
        if asked.q is None:
            after = page.position(str, UUID)
            films = await store.list_films(tx, filters, after=after, limit=page.limit + 1)
            return listed(page, films, key=lambda film: film[0][1:], doc=lambda film: film[1])
        best = page.position(int, str, UUID)
        question = Question.read(asked.q)
        films = await store.search_films(tx, question, filters, after=best, limit=page.limit + 1)
        return listed(page, films, key=lambda film: film[0], doc=lambda film: film[1])


@router.get(
    "/v1/films/{film_id}",
    operation_id="film.read",
    response_model=FilmSeen,
    responses={**ELSEWHERE, **problems(NoSuchFilm)},
)
async def read(film_id: UUID, db: Db, caller: Caller) -> Response:
    """Read one film; one that was merged is found where it was merged into."""
    access.require(caller, "film.read")
    async with db.transaction(caller) as tx:
        known = await store.film_doc(tx, film_id)
    if known.merged_into is not None:
        return elsewhere(f"/v1/films/{known.merged_into}")
    actions = access.allowed_actions(caller, refusals(is_workshop_film=known.is_workshop_film))
    return present(with_actions(known.doc, actions), version=known.version)


@router.post(
    "/v1/films/{film_id}/change",
    operation_id="film.change",
    response_model=FilmState,
    responses=problems(NoSuchFilm, InvalidFilm, NothingToChange, FilmIsMerged, IdentifierTaken),
)
async def change(
    film_id: UUID, body: bodies.FilmChangeBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Describe a film otherwise."""
    async with db.transaction(caller) as tx:
        answer = await commands.change(tx, film_id, body.said(), caller=caller, once=once, at=now)
    return respond(answer)


@router.post(
    "/v1/films/{film_id}/visas",
    operation_id="film.record_visa",
    status_code=201,
    response_model=FilmState,
    responses=problems(NoSuchFilm, InvalidVisaNumber, InvalidVisa, NothingToChange, FilmIsMerged, IdentifierTaken),
)
async def record_visa(
    film_id: UUID, body: bodies.VisaBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Add a visa to a film, or correct one that it carries: what is absent stays as it is, null makes it unknown."""
    async with db.transaction(caller) as tx:
        answer = await commands.record_visa(tx, film_id, body.number, body.said(), caller=caller, once=once, at=now)
    return respond(answer)


@router.post(
    "/v1/films/{film_id}/visas/{number}/remove",
    operation_id="film.remove_visa",
    response_model=FilmState,
    responses=problems(NoSuchFilm, NoSuchVisa, FilmIsMerged),
)
async def remove_visa(
    film_id: UUID,
    number: Annotated[str, Path(max_length=12)],
    db: Db,
    caller: Caller,
    once: ChangeOnce,
    now: Now,
) -> Response:
    """Take back a visa that was recorded by mistake."""
    async with db.transaction(caller) as tx:
        answer = await commands.remove_visa(tx, film_id, number, caller=caller, once=once, at=now)
    return respond(answer)


@router.post(
    "/v1/films/{film_id}/merge",
    operation_id="film.merge",
    response_model=FilmState,
    responses=problems(
        NoSuchFilm, UnknownSurvivor, MergedIntoItself, WorkshopFilmsStayApart, VisasContradict, FilmIsMerged
    ),
)
async def merge(
    film_id: UUID, body: bodies.MergeBody, db: Db, caller: Caller, once: ChangeOnce, new_id: NewId, now: Now
) -> Response:
    """Merge a film into another one that is the same: what it has goes there, and so does whoever asks for it."""
    async with db.transaction(caller) as tx:
        answer = await merging.merge(tx, film_id, body.into, caller=caller, once=once, new_id=new_id, at=now)
    return respond(answer)


@router.post(
    "/v1/films/{film_id}/consents",
    operation_id="film.count_consents",
    response_model=FilmState,
    responses=problems(NoSuchFilm, NotAWorkshopFilm, NothingToChange, ConsentsDoNotAdd),
)
async def count_consents(
    film_id: UUID, body: bodies.ConsentsBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Count the written consents of those who can be recognised in a workshop film (R39, R40)."""
    async with db.transaction(caller) as tx:
        answer = await commands.count_consents(tx, film_id, body.consents(), caller=caller, once=once, at=now)
    return respond(answer)


@router.post(
    "/v1/films/{film_id}/clear",
    operation_id="film.clear",
    response_model=FilmState,
    responses=problems(NoSuchFilm, NotAWorkshopFilm, NothingToChange, WrongDissemination, ConsentsMissing),
)
async def clear(film_id: UUID, body: bodies.ClearBody, db: Db, caller: Caller, once: ChangeOnce, now: Now) -> Response:
    """Let a workshop film travel: to the scheme's network, to festivals, to the internet."""
    async with db.transaction(caller) as tx:
        answer = await commands.clear(tx, film_id, body.dissemination, caller=caller, once=once, at=now)
    return respond(answer)


@router.post(
    "/v1/films/{film_id}/restrict",
    operation_id="film.restrict",
    response_model=FilmState,
    responses=problems(NoSuchFilm, NotAWorkshopFilm, NothingToChange, WrongDissemination, ConsentsMissing),
)
async def restrict(
    film_id: UUID, body: bodies.RestrictBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Keep a workshop film with those who made it, or to nobody."""
    async with db.transaction(caller) as tx:
        answer = await commands.restrict(tx, film_id, body.dissemination, body.cause, caller=caller, once=once, at=now)
    return respond(answer)


def _new_film(body: bodies.FilmBody) -> NewFilm:
    return NewFilm(
        description=Description(**body.said()),
        visas=tuple(_visa(visa) for visa in body.visas),
        workshop=None if body.workshop is None else _workshop(body.workshop),
    )


def _visa(body: bodies.VisaBody) -> Visa:
    return Visa(number=body.number, **body.said())


def _workshop(body: bodies.WorkshopBody) -> WorkshopFilm:
    """Begin with nothing settled: who may see the film is cleared or restricted later."""
    return WorkshopFilm(
        project_id=body.project_id, action_id=body.action_id, clearance=Clearance.PENDING, dissemination=None
    )


def _identifier(text: str) -> Identifier:
    name, _, value = text.partition(":")
    scheme = {scheme.value: scheme for scheme in IdentifierScheme}.get(name)
    known = scheme and identifiers.canonical(Identifier(scheme=scheme, value=value))
    if not known:
        message = "A scheme, a colon and its number, check characters included."
        libelle = "Un système, deux-points et son numéro, caractères de contrôle compris."
        raise _malformed("identifier", message, libelle)
    return known


def _malformed(parameter: str, message: str, libelle: str) -> Malformed:
    return Malformed(errors=[FieldError("", "not-a-name", message, libelle=libelle, parameter=parameter)])

"""What an endpoint may ask for: the database, the business time, the caller, and what makes a write happen once.

All of it comes in as an argument; nothing is looked up behind an endpoint's back.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from inspect import signature
from typing import Annotated, Any, Final, TypeVar, cast
from uuid import UUID

import msgspec
from fastapi import Depends, Header, Request, Response
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from common.database import Database, uuid7
from common.errors import AllowedAction, FieldError, Malformed
from common.idempotency import Answer, Once, fingerprint
from common.tokens import Principal, Unauthenticated, Verifier

T = TypeVar("T")

KEY_LENGTH_MAX = 255
TEXT_LENGTH_MAX = 10_000
INTEGER_MAX = 2_147_483_647


class IdempotencyKeyRequired(Malformed):
    """A creation repeated by accident must not create twice."""

    title = "A creation needs the header Idempotency-Key."
    titre = "Une création exige l’en-tête Idempotency-Key."


class SandboxDateRefused(Malformed):
    """Only a sandbox has a time of its own."""

    title = "Sandbox-Date is accepted by a sandbox only."
    titre = "L’en-tête Sandbox-Date n’est accepté que par un bac à sable."


class UnknownFilter(Malformed):
    """A misspelt filter that was ignored would answer another question than the one asked."""

    title = "This list has no such filter."
    titre = "Cette liste n’a pas ce filtre."


class Model(BaseModel):
    """A request's body or part of one: nothing unknown in it, nothing without a limit."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_max_length=TEXT_LENGTH_MAX, allow_inf_nan=False)


Count = Annotated[int, Field(strict=True, ge=0, le=INTEGER_MAX)]
"""A whole number as JSON writes it (not `"3"`, not `true`), of the size that the database keeps."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as the document knows it: its path, what else can be done there, and the parameters it takes."""

    path: str
    allow: str
    query: frozenset[str]


def operation(request: Request) -> Operation | None:
    """Find the operation that a request has come to, if it has come to one."""
    listed: Mapping[str, Operation] = getattr(request.app.state, "operations", {})
    return listed.get(getattr(request.scope.get("route"), "operation_id", None) or "")


async def _database(request: Request) -> Database:
    return cast("Database", request.app.state.database)


async def _new_id() -> Callable[[], UUID]:
    return uuid7


async def _now(
    request: Request,
    sandbox_date: Annotated[
        str | None,
        Header(
            alias="Sandbox-Date",
            description="Business time of this request (RFC 3339, with offset); a sandbox only.",
            json_schema_extra={"format": "date-time"},
        ),
    ] = None,
) -> datetime:
    """Tell the business time: the clock's, or what a sandbox is told it is."""
    if sandbox_date is None:
        return datetime.now(UTC)
    if not request.app.state.settings.sandbox:
        raise SandboxDateRefused
    return moment(sandbox_date, parameter="Sandbox-Date").astimezone(UTC)


_BEARER = re.compile(r"bearer +(\S+)", re.IGNORECASE)


async def _caller(request: Request) -> Principal:
    given = request.headers.getlist("authorization")
    bearer = _BEARER.fullmatch(given[0]) if len(given) == 1 else None
    if bearer is None:
        raise Unauthenticated
    principal = await cast("Verifier", request.app.state.verifier).principal(bearer[1])
    request.scope["client_id"] = principal.client_id
    return principal


async def only_known_filters(request: Request) -> None:
    """Refuse a read with a query parameter that its route does not know; every route depends on this."""
    known = operation(request)
    if request.method != "GET" or known is None:
        return
    unknown = sorted(set(request.query_params) - known.query)
    if unknown:
        said = UnknownFilter.title, UnknownFilter.titre
        raise UnknownFilter(
            errors=[FieldError("", "unknown-filter", said[0], None, said[1], name[:100]) for name in unknown[:10]]
        )


Db = Annotated[Database, Depends(_database)]
NewId = Annotated[Callable[[], UUID], Depends(_new_id)]
Now = Annotated[datetime, Depends(_now)]
Caller = Annotated[Principal, Depends(_caller)]


def from_query(kind: Callable[..., T]) -> Any:
    """Depend on a class of query parameters, made within the request's own task.

    The framework would call the class itself in another thread, there and back for each request.
    """

    async def made(**given: Any) -> T:
        return kind(**given)

    made.__signature__ = signature(kind)  # type: ignore[attr-defined]  # read by inspect; no type knows it
    return Depends(made)


REQUIRED_HEADER: Final = "x-required"
"""Marks a header whose absence we refuse with a problem of its own; the OpenAPI document says `required`."""

_key = partial(
    Header,
    alias="Idempotency-Key",
    description="Any text of your own, new for each write; the same key repeats the same answer for 48 hours.",
    max_length=KEY_LENGTH_MAX,
    pattern=r"^[\x21-\x7e]+$",
)
_MATCH_SAYS = 'The ETag of the version you saw, such as "v3".'

_KeyRequired = Annotated[str | None, _key(json_schema_extra={REQUIRED_HEADER: True})]
_KeyOptional = Annotated[str | None, _key()]
IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", description=_MATCH_SAYS, json_schema_extra={REQUIRED_HEADER: True}),
]


async def _create_once(request: Request, caller: Caller, key: _KeyRequired = None) -> Once:
    if key is None:
        raise IdempotencyKeyRequired
    return Once(caller.client_id, key, await _fingerprint(request, caller), None)


async def _change_once(request: Request, caller: Caller, key: _KeyOptional = None, if_match: IfMatch = None) -> Once:
    return Once(caller.client_id, key, await _fingerprint(request, caller), seen_version(if_match))


async def _fingerprint(request: Request, caller: Principal) -> bytes:
    return fingerprint(caller.client_id, request.method, request.url.path, await request.body())


CreateOnce = Annotated[Once, Depends(_create_once)]
"""For a creation: the key is required (400 without)."""
ChangeOnce = Annotated[Once, Depends(_change_once)]
"""For a change: the key is welcome, If-Match is required (judged by `Once.answered`, after a replay)."""


def etag(version: int) -> str:
    return f'"v{version}"'


def respond(answer: Answer) -> Response:
    """Answer a write with the bytes that were kept for it."""
    headers = {"ETag": etag(answer.version)}
    if answer.location is not None:
        headers["Location"] = answer.location
    return Response(answer.body, answer.status, headers, media_type="application/json")


def present(body: str | bytes, *, version: int) -> Response:
    """Answer a read by id: the document as it is kept, and the version that a change of it must name."""
    headers = {"ETag": etag(version), "Cache-Control": "private, no-cache"}
    return Response(body, headers=headers, media_type="application/json")


_TAG = re.compile(r'"v([1-9]\d{0,8})"')
_NO_VERSION_OF_OURS = 0


def with_actions(doc: str, actions: Sequence[AllowedAction]) -> str:
    """Add `allowed_actions` to a stored JSON object without taking it apart."""
    return f'{doc[:-1]},"allowed_actions":{msgspec.json.encode(actions).decode()}}}'


def seen_version(if_match: str | None) -> int | None:
    """Read If-Match.  `*` names no version, so it counts as absent; a tag that is not ours matches nothing."""
    if if_match is None or if_match.strip() == "*":
        return None
    tag = _TAG.fullmatch(if_match.strip())
    return int(tag[1]) if tag else _NO_VERSION_OF_OURS


_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)")


YEARS: Final = range(1900, 2201)
"""Of the moments and days that a request may name: beyond, the calendar's own ends are near."""


def moment(text: str, *, parameter: str) -> datetime:
    """Read a point in time as RFC 3339 writes it, with its offset."""
    try:
        if _RFC_3339.fullmatch(text) and (said := datetime.fromisoformat(text)).year in YEARS:
            return said
    except ValueError:
        pass
    message, libelle = "An RFC 3339 date-time with an offset.", "Une date-heure RFC 3339 avec son décalage."
    raise Malformed(errors=[FieldError("", "date-time", message, libelle=libelle, parameter=parameter)])


def _written(said: object) -> object:
    if isinstance(said, str) and _RFC_3339.fullmatch(said):
        return said
    raise PydanticCustomError("datetime_type", "Must be an RFC 3339 date-time.")


Moment = Annotated[AwareDatetime, BeforeValidator(_written)]
"""The same in a body: text only, since a number of seconds says neither its unit nor its clock."""

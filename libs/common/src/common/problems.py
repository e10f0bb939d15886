"""Every refusal as an RFC 9457 document, in French or in English, and nothing else of us in it.

The kinds of `common.errors` become statuses here; so do the framework's own refusals and the database's expected
trouble.  What is left is a bug: 500, a trace id, no detail.  Input is never echoed.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, get_args

import asyncpg
import orjson
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic_core.core_schema import ErrorType
from starlette.exceptions import HTTPException

from common import telemetry
from common.contracts.problem import SAID, UNSAID
from common.database import passes
from common.errors import Conflict, DomainError, FieldError, Forbidden, Invalid, Malformed, NotFound, Unavailable
from common.http import operation
from common.idempotency import PreconditionFailed, PreconditionRequired
from common.tokens import Unauthenticated

MEDIA_TYPE = "application/problem+json"
ERRORS_MAX = 50

_log = structlog.get_logger(__name__)


class NoSuchRoute(NotFound):
    """The path leads nowhere."""

    title = "There is nothing at this address."
    titre = "Il n’y a rien à cette adresse."


class MethodNotAllowed(DomainError):
    """The header Allow says what can be done here."""

    title = "This cannot be done at this address."
    titre = "Cette opération n’est pas possible à cette adresse."


class BodyTooLarge(DomainError):
    """The gateway and each service refuse bodies over their limit, whether announced or not."""

    title = "The body is too large."
    titre = "Le corps de la demande est trop volumineux."


class TooManyRequests(DomainError):
    """Said by the gateway, per client; Retry-After says when to go on."""

    title = "Too many requests; slow down."
    titre = "Trop de demandes ; ralentissez."


class CharacterRefused(Invalid):
    """A text holds a character that cannot be kept, such as U+0000."""

    title = "A text holds a character that cannot be kept."
    titre = "Un texte contient un caractère qui ne peut pas être conservé."


class DatabaseBusy(Unavailable):
    """A lock, a statement or a connection took too long, or the database is being restarted."""

    title = "The service is busy; try again in a moment."
    titre = "Le service est occupé ; réessayez dans un instant."


class DeadlineExceeded(Unavailable):
    """The answer would have come later than anybody waits for it; what was begun is rolled back."""

    title = "This took too long; try again in a moment."
    titre = "Cela a pris trop de temps ; réessayez dans un instant."


class Overloaded(Unavailable):
    """So many requests are in hand that one more would only slow them all."""

    title = "The service is overloaded; try again in a moment."
    titre = "Le service est surchargé ; réessayez dans un instant."


class HeadersTooLarge(DomainError):
    """The gateway's limit on what comes before a body, the address with its filters included."""

    title = "The headers are too many or too large."
    titre = "Les en-têtes sont trop nombreux ou trop grands."


class InternalError(DomainError):
    """Our fault.  The trace id leads us to it."""

    title = "Something went wrong on our side."
    titre = "Une erreur est survenue de notre côté."


STATUS: Final[Mapping[type[DomainError], int]] = {
    Malformed: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    MethodNotAllowed: 405,
    Conflict: 409,
    PreconditionFailed: 412,
    BodyTooLarge: 413,
    Invalid: 422,
    PreconditionRequired: 428,
    TooManyRequests: 429,
    HeadersTooLarge: 431,
    InternalError: 500,
    Unavailable: 503,
}


def status(kind: type[DomainError]) -> int:
    return next(STATUS[cls] for cls in kind.__mro__ if cls in STATUS)


def answer(error: DomainError, request: Request, headers: Mapping[str, str] | None = None) -> Response:
    """Refuse a request, in its language."""
    request.scope["problem"] = error.code
    english = _prefers_english(request.headers.get("accept-language", ""))
    return Response(
        orjson.dumps(document(error, english=english)),
        status(type(error)),
        {**_headers(error), **(headers or {}), "Content-Language": "en" if english else "fr"},
        MEDIA_TYPE,
    )


def document(error: DomainError, *, english: bool = False) -> dict[str, Any]:
    """Write a refusal as RFC 9457 wants it; members without content are left out."""
    verdict = error.verdict
    reason = verdict and (verdict.reason if english else verdict.raison)
    members = {
        "type": f"/problems/{error.code}",
        "title": error.title if english else error.titre,
        "status": status(type(error)),
        "code": error.code,
        "detail": (error.detail if english else error.precision) or reason or error.detail,
        "trace_id": telemetry.trace_id(),
        "errors": [_field(one, english=english) for one in error.errors[:ERRORS_MAX]],
    }
    if verdict is not None:
        members |= {
            "rule": verdict.rule,
            "version": verdict.version,
            "inputs": dict(verdict.inputs),
            "reason": reason,
            "first_lawful_on": verdict.first_lawful_on,
        }
    return {name: value for name, value in members.items() if value not in (None, "", [])}


def install(app: FastAPI) -> None:
    """Take over every refusal of an application; what is no refusal is left to `common.door`."""
    app.add_exception_handler(DomainError, _refuse)
    app.add_exception_handler(RequestValidationError, _refuse_input)
    app.add_exception_handler(HTTPException, _refuse_request)
    database = asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError
    for trouble in (*database, ConnectionError, TimeoutError):
        app.add_exception_handler(trouble, _refuse_for_now)


def problems(*kinds: type[DomainError]) -> dict[int | str, dict[str, Any]]:
    """Document what an endpoint may refuse: `responses=problems(NotADraft, DueDatePassed)`."""
    by_status: dict[int | str, list[type[DomainError]]] = {}
    for kind in kinds:
        by_status.setdefault(status(kind), []).append(kind)
    return {number: _response(said) for number, said in by_status.items()}


def problem_catalogue() -> list[type[DomainError]]:
    """List every kind of refusal that this process knows, by code: each has a page at /problems/<code>."""
    return sorted(_below(DomainError), key=lambda kind: (kind.code, kind.__module__))


# --------------------------------------------------------------------------------------------------- handlers


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, DomainError)  # noqa: S101 - registered for this class alone
    return answer(error, request)


async def _refuse_input(request: Request, error: Exception) -> Response:
    """Answer 422 for a body that is wrong by itself, 400 for a request that cannot be understood."""
    assert isinstance(error, RequestValidationError)  # noqa: S101
    faults = error.errors()
    if any(fault["type"] == "json_invalid" for fault in faults):
        said = "The body is not JSON.", "Le corps de la demande n’est pas du JSON."
        return answer(Malformed(said[0], precision=said[1]), request)
    kind = Invalid if all(fault["loc"][0] == "body" for fault in faults) else Malformed
    return answer(kind(errors=[_fault(fault) for fault in faults]), request)


async def _refuse_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    kinds: Mapping[int, type[DomainError]] = {404: NoSuchRoute, 405: MethodNotAllowed, 413: BodyTooLarge}
    headers = dict(error.headers or {})
    if error.status_code == 405 and (neighbour := operation(request)):
        headers["Allow"] = neighbour.allow  # the framework names the methods of one route, not those of its neighbours
    return answer(kinds.get(error.status_code, Malformed)(), request, headers)


async def _refuse_for_now(request: Request, error: Exception) -> Response:
    """Tell the database's expected trouble from bugs, which go on as they came."""
    if isinstance(error, asyncpg.CharacterNotInRepertoireError | asyncpg.UntranslatableCharacterError):
        return answer(CharacterRefused(), request)
    if not passes(error):
        raise error
    _log.warning("database_busy", error=type(error).__name__)
    return answer(DatabaseBusy(), request)


# ----------------------------------------------------------------------------------------------------- pieces


def _headers(error: DomainError) -> dict[str, str]:
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Language"}
    if (seconds := getattr(error, "retry_after_s", None)) is not None:
        headers["Retry-After"] = str(seconds)
    if isinstance(error, PreconditionFailed):
        headers["ETag"] = f'"v{error.current}"'
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = 'Bearer error="invalid_token"' if error.detail else "Bearer"
    return headers


def _field(error: FieldError, *, english: bool) -> dict[str, str]:
    place = {"pointer": error.pointer} if error.parameter is None else {"parameter": error.parameter}
    message = error.message if english else error.libelle or error.message
    rule = {} if error.rule is None else {"rule": error.rule}
    return {**place, "code": error.code, "message": message, **rule}


def _response(kinds: list[type[DomainError]]) -> dict[str, Any]:
    said = "\n".join(f"- `{kind.code}`: {kind.title}" for kind in kinds)
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    if not any(hasattr(kind, "retry_after_s") for kind in kinds):
        return {"description": said, "content": content}
    waits = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
    return {"description": said, "headers": waits, "content": content}


def _below(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for cls in kind.__subclasses__():
        yield cls
        yield from _below(cls)


def _prefers_english(accepted: str) -> bool:
    weights = {"en": 0.0, "fr": 0.0}
    for item in accepted.lower().split(","):
        if said := _LANGUAGE.fullmatch(item.strip()):
            weights[said["tag"]] = max(weights[said["tag"]], float(said["weight"] or 1))
    return weights["en"] > weights["fr"]


_LANGUAGE = re.compile(r"(?P<tag>en|fr)(-[a-z0-9-]+)?\s*(;\s*q=(?P<weight>0(\.[0-9]{0,3})?|1(\.0{0,3})?))?", re.ASCII)
"""One language of ours with its weight, as RFC 9110 (12.4.2) writes it; written otherwise, it counts for nothing."""


# ------------------------------------------------------------------------------------- what pydantic has to say

_PYDANTIC = frozenset(get_args(ErrorType)) - {"value_error", "assertion_error"}


def _fault(fault: Mapping[str, Any]) -> FieldError:
    """Retell one validation error in our words.

    A validator of ours says its own: `PydanticCustomError(code, message, {"libelle": …, "rule": …})`.
    """
    kind, context = fault["type"], fault.get("ctx") or {}
    if kind in _PYDANTIC:
        said = SAID.get(kind) or SAID.get(kind.partition("_")[0], UNSAID)
        message, libelle = (text.format_map(context) for text in said)
    else:
        message = fault["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
        libelle = str(context.get("libelle", ""))
    where, *path = fault["loc"]
    pointer = "".join("/" + str(step).replace("~", "~0").replace("/", "~1")[:100] for step in path)
    parameter = None if where == "body" else str(path[0]) if path else where
    code = kind.replace("_", "-")
    return FieldError(pointer, code, message, context.get("rule"), libelle, parameter)

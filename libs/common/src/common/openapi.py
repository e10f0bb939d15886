"""What an OpenAPI document of ours says beyond the framework's: who may ask, and every way of being refused."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from common.contracts.problem import SCHEMA
from common.errors import Conflict, DomainError, Forbidden, Invalid, Malformed, NotFound, NotKnownHere, Unavailable
from common.http import REQUIRED_HEADER, IdempotencyKeyRequired, Operation, SandboxDateRefused, UnknownFilter
from common.idempotency import KeyReused, PreconditionFailed, PreconditionRequired
from common.problems import BodyTooLarge, HeadersTooLarge, TooManyRequests, problems
from common.tokens import Unauthenticated

HOUR = r"^[0-9]{2}:[0-9]{2}:[0-9]{2}$"


class Verb(Protocol):
    """What a service's table of verbs must say of each: any one of these scopes opens it."""

    @property
    def scopes(self) -> frozenset[str]: ...


class UnknownOperation(LookupError):
    """A route must be named after a verb, or be public: else nobody has decided who may use it."""


def complete(document: dict[str, Any], verbs: Mapping[str, Verb]) -> dict[str, Operation]:
    """Add security, header requirements and refusals to every operation; list the operations by id."""
    listed = {}
    for path, methods in document["paths"].items():
        allow = ", ".join(sorted(methods)).upper()
        for method, operation in methods.items():
            parameters = operation.get("parameters", [])
            _require_headers(parameters)
            _secure(operation, verbs)
            _refuse(operation, _refusals(method, operation))
            _show_version(operation, parameters)
            query = frozenset(one["name"] for one in parameters if one["in"] == "query")
            listed[operation["operationId"]] = Operation(path, allow, query)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = dict(SCHEMA)
    _tell_the_hours(schemas)
    document["components"]["securitySchemes"] = {"token": _scheme(verbs)}
    return listed


def _tell_the_hours(schema: object) -> None:
    """Describe hours as they are, a clock's on the wall: the format `time` promises an offset."""
    if isinstance(schema, dict) and schema.get("format") == "time":
        del schema["format"]
        schema["pattern"] = HOUR
    for part in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        _tell_the_hours(part)


def _scheme(verbs: Mapping[str, Verb]) -> dict[str, Any]:
    scopes = sorted({scope for verb in verbs.values() for scope in verb.scopes})
    flow = {"tokenUrl": "/oauth/token", "scopes": dict.fromkeys(scopes, "")}
    return {"type": "oauth2", "description": "A token of ten minutes.", "flows": {"clientCredentials": flow}}


def _secure(operation: dict[str, Any], verbs: Mapping[str, Verb]) -> None:
    if "security" in operation:
        return
    name = operation["operationId"]
    if name not in verbs:
        raise UnknownOperation(f"{name} is no verb of this service, and does not say that it is public.")
    operation["security"] = [{"token": [scope]} for scope in sorted(verbs[name].scopes)] or [{"token": []}]


def _require_headers(parameters: list[dict[str, Any]]) -> None:
    for parameter in parameters:
        if parameter["schema"].pop(REQUIRED_HEADER, False):
            parameter["required"] = True


def _show_version(operation: Mapping[str, Any], parameters: list[dict[str, Any]]) -> None:
    """Say that a write answers with the version it has made: the next change must name it."""
    if any(one["name"] == "Idempotency-Key" for one in parameters):
        for status in operation["responses"].keys() & {"200", "201"}:
            shown = {"ETag": {"description": "The version now, for If-Match.", "schema": {"type": "string"}}}
            operation["responses"][status].setdefault("headers", shown)


def _refusals(method: str, operation: Mapping[str, Any]) -> Iterator[type[DomainError]]:
    """Tell what can refuse a request before, or whatever, its verb decides."""
    takes = {(one["in"], one["name"]) for one in operation.get("parameters", [])}
    yield from (Malformed, TooManyRequests, HeadersTooLarge, Unavailable)
    if method == "get":
        yield UnknownFilter
    if operation["security"]:
        yield from (Unauthenticated, Forbidden)
    if any(place == "path" for place, _ in takes):
        yield NotFound
    if "requestBody" in operation:
        yield from (BodyTooLarge, Invalid)
    if ("header", "Sandbox-Date") in takes:
        yield SandboxDateRefused
    if ("header", "Idempotency-Key") in takes:
        yield from (KeyReused, Conflict, NotKnownHere)
    if ("header", "If-Match") in takes:
        yield from (PreconditionRequired, PreconditionFailed)
    if any(one["name"] == "Idempotency-Key" and one["required"] for one in operation.get("parameters", [])):
        yield IdempotencyKeyRequired


def _refuse(operation: dict[str, Any], kinds: Iterator[type[DomainError]]) -> None:
    answers = operation["responses"]
    if "application/json" in answers.get("422", {}).get("content", {}):
        del answers["422"]
    for status, response in problems(*kinds).items():
        said = answers.setdefault(str(status), response)
        lines = [*said["description"].splitlines(), *response["description"].splitlines()]
        answers[str(status)] = {**response, **said, "description": "\n".join(dict.fromkeys(lines))}

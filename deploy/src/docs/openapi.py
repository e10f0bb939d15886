"""The OpenAPI 3.1 document of all services joined, as the gateway serves it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docs import house
from docs.definitions import Definitions, pointing

PATH = Path("docs/reference/openapi.json")
SERVED = Path("services/partners/src/partners/data/documents/openapi.json")

INFO = {
    "title": "Passeurs d'images",
    "version": "1",
    "description": (
        "One API for regional portals, the national dashboard and the systems of local authorities. "
        "Refusals are problems (RFC 9457) with a stable `code`, in French or, by `Accept-Language`, in English. "
        "Writes accept `Idempotency-Key` (required on creations); changes need `If-Match`. "
        "What a caller may not see is 404. "
        "The text and the source of a verdict's rule are at `/v1/rules/{rule}/{version}`; "
        "where `version` is empty, none was in force: ask `/v1/rules/{rule}`."
    ),
}


class PathTwice(Exception):
    """Two services answer the same path: the gateway could not know which to ask."""


def document() -> dict[str, Any]:
    """Join the services' own documents."""
    return joined({service: house.openapi(service) for service in house.SERVICES if house.has_door(service)})


def joined(documents: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Join documents: every path once, every shared schema once, the scopes of all."""
    definitions, paths, scopes = Definitions(), dict[str, Any](), dict[str, str]()
    for service, one in documents.items():
        names = definitions.adopt(one.get("components", {}).get("schemas", {}))
        for path, methods in one["paths"].items():
            if path in paths:
                raise PathTwice(f"{path} is answered by {service} and by another service.")
            paths[path] = _tagged(pointing(methods, names), path)
        scopes |= _scopes(one)
    return {
        "openapi": "3.1.0",
        "info": INFO,
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(definitions.schemas.items())),
            "securitySchemes": {"token": _scheme(scopes)},
        },
    }


def _tagged(methods: dict[str, Any], path: str) -> dict[str, Any]:
    """Group operations by resource, the first word of the path after the version."""
    words = [word for word in path.split("/") if word and word != "v1"]
    for operation in methods.values():
        operation["tags"] = [words[0].removesuffix(".json")]
    return methods


def _scopes(document: Mapping[str, Any]) -> dict[str, str]:
    scheme = document["components"]["securitySchemes"]["token"]
    scopes: dict[str, str] = scheme["flows"]["clientCredentials"]["scopes"]
    return scopes


def _scheme(scopes: Mapping[str, str]) -> dict[str, Any]:
    flow = {"tokenUrl": "/oauth/token", "scopes": dict(sorted(scopes.items()))}
    return {"type": "oauth2", "description": "A token of ten minutes.", "flows": {"clientCredentials": flow}}

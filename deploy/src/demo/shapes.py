"""What the API's own document says of bodies: a key that it does not know is shown before anything is played."""

from collections.abc import Iterator, Mapping
from typing import Any

from demo.comparing import Trouble
from demo.dossier import Dossier
from demo.names import AS
from demo.numbered import Part

Document = Mapping[str, Any]


def unknown(document: Document, dossier: Dossier) -> Iterator[Trouble]:
    """List the keys of all bodies of a dossier that the API does not know."""
    schemas = dict(_schemas(document))
    for part, operation, body in _bodies(dossier):
        for where, key in _strange(document, schemas.get(operation, {}), body, part):
            yield where, f"`{operation}` knows no `{key}`."


def _schemas(document: Document) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give the schema of each operation that takes a body."""
    for path in document["paths"].values():
        for one in path.values():
            if isinstance(one, dict) and "requestBody" in one:
                yield one["operationId"], one["requestBody"]["content"].get("application/json", {}).get("schema", {})


def _bodies(dossier: Dossier) -> Iterator[tuple[Part, str, Mapping[str, Any]]]:
    for kind, operation in (
        ("organisations", "organisation.register"),
        ("films", "film.register"),
        ("rights_offers", "rights_offer.offer"),
    ):
        for name, body in getattr(dossier, kind).items():
            yield (kind, name), operation, body
    for n, territory in enumerate(dossier.territories):
        for kind, operation in (("districts", "district.register"), ("densities", "density.record")):
            for m, body in enumerate(getattr(territory, kind)):
                yield ("territories", n, kind, m), operation, body
    for n, step in enumerate(dossier.steps):
        yield ("steps", n, "with"), step.do, step.with_


def _strange(document: Document, schema: Any, body: Any, part: Part) -> Iterator[tuple[Part, str]]:
    """Walk a body along its schema; what may be several things is any of them."""
    if isinstance(body, list):
        for n, item in enumerate(body):
            items = [one.get("items", {}) for one in _meant(document, schema)]
            yield from _strange(document, {"anyOf": items}, item, (*part, n))
    if isinstance(body, dict):
        objects = [one["properties"] for one in _meant(document, schema) if "properties" in one]
        known = {key: value for one in objects for key, value in one.items()}
        for key, value in body.items():
            if key in known:
                yield from _strange(document, known[key], value, (*part, key))
            elif key != AS:
                yield (*part, key), key


def _meant(document: Document, schema: Any) -> Iterator[Mapping[str, Any]]:
    """Follow references and alternatives to plain schemas."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield from _meant(document, document["components"]["schemas"][name])
    alternatives = [one for word in ("anyOf", "allOf", "oneOf") for one in schema.get(word, ())]
    for one in alternatives:
        yield from _meant(document, one)
    if "properties" in schema or "items" in schema:
        yield schema

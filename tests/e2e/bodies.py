"""The smallest value that a JSON schema allows: the same one every time, so that a failure can be repeated."""

from collections.abc import Mapping
from functools import cache
from random import Random
from typing import Any

import hypothesis.strategies as some
from hypothesis import Phase, find, settings

WRITTEN: Mapping[str, str] = {
    "uuid": "0191e3a0-0000-7000-8000-000000000000",
    "date": "2025-06-01",
    "time": "20:00:00",
    "date-time": "2025-06-01T10:00:00Z",
    "duration": "PT1H",
    "uri": "https://hooks.example.org/passeurs",
}

Schema = Mapping[str, Any]


def smallest(schema: Schema, components: Mapping[str, Schema]) -> Any:
    """Make the value with nothing in it that is not required."""
    if "$ref" in schema:
        return smallest(components[schema["$ref"].rpartition("/")[2]], components)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return smallest(next(one for one in schema[several] if one.get("type") != "null"), components)
    return _of_type(schema, components)


def _of_type(schema: Schema, components: Mapping[str, Schema]) -> Any:
    match schema.get("type"):
        case "object":
            required = schema.get("required", ())
            return {name: smallest(schema["properties"][name], components) for name in required}
        case "array":
            return [smallest(schema["items"], components)] * schema.get("minItems", 0)
        case "string":
            return _text(schema)
        case "integer":
            return int(schema.get("minimum", 0))
        case "boolean":
            return False
        case kind:
            raise ValueError(f"A schema of type {kind}: its smallest value is not known here.")


def _text(schema: Schema) -> str:
    if schema.get("format") in WRITTEN:
        return WRITTEN[schema["format"]]
    if "pattern" in schema:
        return _matching(schema["pattern"])
    length: int = max(1, schema.get("minLength", 0))
    return "x" * length


@cache
def _matching(pattern: str) -> str:
    wanted = some.from_regex(pattern, fullmatch=True)
    once = settings(max_examples=1, phases=[Phase.generate], database=None)
    found: str = find(wanted, lambda _: True, settings=once, random=Random(pattern))  # noqa: S311 - no secret: the same again
    return found

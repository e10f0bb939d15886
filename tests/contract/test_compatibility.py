"""The rule of ADR 0007 itself: what may replace what, case by case."""

from copy import deepcopy
from typing import Any

import pytest

from docs.compatibility import breaks

SCREENING: dict[str, Any] = {
    "x-type": "fr.passeursdimages.screening.held.v1",
    "x-topic": "passeurs.actions.screening.events.v1",
    "x-key": "the aggregate's id",
    "x-partitions": 12,
    "type": "object",
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "spectators": {"type": "integer", "minimum": 0, "maximum": 10_000},
        "regime": {"type": "string", "enum": ["open_air", "indoor"]},
        "genre": {"type": "string", "enum": ["fiction"], "x-open-enum": True},
        "place": {"anyOf": [{"$ref": "#/$defs/Place"}, {"type": "null"}]},
        "films": {"type": "array", "items": {"$ref": "#/$defs/Film"}},
        "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
        "note": {"type": "string", "default": ""},
    },
    "required": ["id", "spectators", "regime", "genre", "place", "films", "counts"],
    "$defs": {
        "Place": {"title": "Place", "type": "object", "properties": {"code": {"type": "string"}}, "required": ["code"]},
        "Film": {
            "title": "Film",
            "type": "object",
            "properties": {"visa": {"type": "string"}, "parts": {"type": "array", "items": {"$ref": "#/$defs/Film"}}},
            "required": ["visa"],
        },
    },
}


def after(path: str, value: Any, *, of: dict[str, Any] = SCREENING) -> dict[str, Any]:
    """Give the schema with one place set to `value`, or removed if it is None."""
    changed = deepcopy(of)
    *folders, last = path.split(".")
    place = changed
    for name in folders:
        place = place[name]
    if value is None:
        del place[last]
    else:
        place[last] = deepcopy(value)
    return changed


def without_required(name: str) -> list[str]:
    return [one for one in SCREENING["required"] if one != name]


ALLOWED = {
    "nothing changed": SCREENING,
    "a new optional field": after("properties.warning", {"type": "string", "default": ""}),
    "a new optional field in a part": after("$defs.Film.properties.copy", {"type": "string"}),
    "wider bounds": after("properties.spectators", {"type": "integer", "minimum": -1, "maximum": 20_000}),
    "no bounds any more": after("properties.spectators", {"type": "integer"}),
    "a new value of an open enumeration": after("properties.genre.enum", ["fiction", "animation"]),
    "another description": after("properties.note.description", "What the regional coordination should know."),
    "another example": after("examples", [{"id": "…"}]),
    "properties in another order": after("properties", dict(reversed(SCREENING["properties"].items()))),
}

REFUSED = {
    "a field removed": (after("properties.note", None), "/note: removed"),
    "a field of a part removed": (after("$defs.Film.properties.parts", None), "/films/*/parts: removed"),
    "a field retyped": (after("properties.note.type", "integer"), "/note: type was 'string'"),
    "a new field that is required": (
        after("required", [*SCREENING["required"], "warning"], of=after("properties.warning", {"type": "string"})),
        "/warning: new and required",
    ),
    "optional made required": (after("required", [*SCREENING["required"], "note"]), "/note: was optional"),
    "required made optional": (after("required", without_required("id")), "/id: was required"),
    "a narrower bound": (after("properties.spectators.maximum", 100), "/spectators: maximum was 10000 and is 100"),
    "a bound where there was none": (after("properties.note.maxLength", 10), "/note: maxLength was None"),
    "a wider union": (
        after("properties.place.anyOf", [*SCREENING["properties"]["place"]["anyOf"], {"type": "string"}]),
        "/place: string is now one of its types",
    ),
    "a narrower union": (
        after("properties.place.anyOf", [{"$ref": "#/$defs/Place"}]),
        "/place: null is no longer one of its types",
    ),
    "a part of a union changed": (after("$defs.Place.properties.code", {"type": "integer"}), "/place/code: type was"),
    "another format": (after("properties.id.format", "uri"), "/id: format was 'uuid'"),
    "another unit": (after("properties.spectators.x-unit", "dozens"), "/spectators: x-unit was None"),
    "a pattern where there was none": (after("properties.note.pattern", "^a"), "/note: pattern is now"),
    "a value removed": (after("properties.regime.enum", ["open_air"]), "/regime: value 'indoor' removed"),
    "a value added to a closed enumeration": (
        after("properties.regime.enum", ["open_air", "indoor", "closed_site"]),
        "/regime: value 'closed_site' added to a closed enumeration",
    ),
    "an enumeration where there was none": (after("properties.note.enum", ["a"]), "/note: an enumeration was added"),
    "an enumeration closed": (after("properties.genre.x-open-enum", None), "/genre: the enumeration was open"),
    "another type of the values of a map": (
        after("properties.counts.additionalProperties.type", "string"),
        "/counts/*: type was 'integer'",
    ),
    "a map closed": (after("properties.counts.additionalProperties", None), "/counts: additionalProperties was"),
    "another topic": (after("x-topic", "passeurs.actions.screenings.events.v1"), "topic was"),
    "another key": (after("x-key", "the region"), "key was"),
    "another number of partitions": (after("x-partitions", 24), "partitions was 12 and is 24"),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_allowed(name: str):
    assert breaks(SCREENING, ALLOWED[name]) == []


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_its_reason(name: str):
    changed, reason = REFUSED[name]
    assert [found for found in breaks(SCREENING, changed) if found.startswith(reason)], breaks(SCREENING, changed)


def test_an_enumeration_of_one_is_written_as_a_constant_and_may_not_grow():
    one, two = (
        after("properties.regime", value) for value in ({"type": "string", "const": "indoor"}, {"type": "string"})
    )
    assert breaks(one, one) == []
    assert breaks(one, two) == ["/regime: an enumeration was removed"]
    assert breaks(one, SCREENING) == ["/regime: value 'open_air' added to a closed enumeration"]


def test_a_renamed_definition_is_no_break():
    """Readers see fields, not the names of our classes."""
    renamed = after("$defs.Movie", SCREENING["$defs"]["Film"])
    renamed["$defs"]["Place"]["title"] = "Venue"
    renamed["properties"]["films"]["items"]["$ref"] = "#/$defs/Movie"
    renamed["$defs"]["Movie"]["properties"]["parts"]["items"]["$ref"] = "#/$defs/Movie"
    assert breaks(SCREENING, renamed) == []

"""The joined documents themselves: well-formed, complete, and pointing nowhere that is not there."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31

from common import contracts
from docs import asyncapi, events, house, listeners, openapi, problems
from docs.definitions import Definitions
from docs.openapi import PathTwice, joined

DOORS = openapi.document()
BACKBONE = asyncapi.document(listeners.by_topic())


def references(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from (item for key, item in value.items() if key == "$ref")
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def leads_somewhere(document: Mapping[str, Any], reference: str) -> bool:
    place: Any = document
    for step in reference.removeprefix("#/").split("/"):
        place = place.get(step.replace("~1", "/").replace("~0", "~"))
        if place is None:
            return False
    return True


@pytest.mark.parametrize("document", [DOORS, BACKBONE], ids=["openapi", "asyncapi"])
def test_every_reference_leads_somewhere(document: dict[str, Any]):
    assert [one for one in set(references(document)) if not leads_somewhere(document, one)] == []


def test_the_joined_document_is_openapi_3_1():
    jsonschema_rs.validator_for(OPENAPI_31).validate(json.loads(json.dumps(DOORS)))


def test_it_has_every_path_of_every_service():
    assert set(DOORS["paths"]) == {path for service in house.SERVICES for path in house.openapi(service)["paths"]}


def test_every_operation_has_a_name_of_its_own():
    names = [one["operationId"] for methods in DOORS["paths"].values() for one in methods.values()]
    assert len(names) == len(set(names))


def test_every_topic_is_a_channel_and_every_type_a_message():
    assert set(BACKBONE["channels"]) == set(contracts.topics())
    assert set(BACKBONE["components"]["messages"]) == {f"{one.name}.v{one.version}" for one in events.published()}


def test_every_topic_is_sent_by_its_publisher_and_heard_by_its_listeners():
    operations = BACKBONE["operations"]
    assert {name for name, one in operations.items() if one["action"] == "send"} == {
        f"{service}.sends.{one.topic}" for one in events.published() for service in one.publishers
    }
    assert {name for name, one in operations.items() if one["action"] == "receive"} == {
        f"{group}.receives.{topic}" for topic, groups in listeners.by_topic().items() for group in groups
    }


def test_parts_of_one_name_are_shared_if_equal_and_numbered_if_not():
    definitions = Definitions()
    place = {"type": "object", "properties": {"code": {"type": "string"}}}
    film = {"type": "object", "properties": {"place": {"$ref": "#/$defs/Place"}}}
    assert definitions.adopt({"Place": place, "Film": film}) == {"Place": "Place", "Film": "Film"}
    assert definitions.adopt({"Place": place, "Film": film}) == {"Place": "Place", "Film": "Film"}
    other = {"type": "object", "properties": {"code": {"type": "integer"}}}
    assert definitions.adopt({"Place": other, "Film": film}) == {"Place": "Place2", "Film": "Film2"}
    assert definitions.schemas["Film2"]["properties"]["place"] == {"$ref": "#/components/schemas/Place2"}


def test_a_path_that_two_services_answer_is_refused():
    one = {"paths": {"/v1/films": {}}, "components": {"securitySchemes": DOORS["components"]["securitySchemes"]}}
    with pytest.raises(PathTwice):
        joined({"catalogue": one, "actions": one})


def test_a_code_has_one_meaning():
    """Programmes decide by the code, and people read its page; a special case of a refusal may word it for itself."""
    kinds = problems.every()
    roots = Counter(kind.code for kind in kinds if getattr(kind.__base__, "code", None) != kind.code)
    assert {code for code, found in roots.items() if found > 1} == set()
    assert roots.keys() == {kind.code for kind in kinds}


def test_every_code_is_served_once():
    served = json.loads(problems.pages()[problems.SERVED])
    assert [one["code"] for one in served] == sorted({kind.code for kind in problems.every()})

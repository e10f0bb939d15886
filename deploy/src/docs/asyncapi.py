"""The AsyncAPI 3 document: every topic, what travels on it, who sends and who receives."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from common import contracts, kafka
from docs import events
from docs.definitions import Definitions, pointing
from docs.events import Published

PATH = Path("docs/reference/asyncapi.json")
SERVED = Path("services/partners/src/partners/data/documents/asyncapi.json")

REPLICAS = 3
"""In production; `python -m stack create-topics` makes as many unless told otherwise."""

HEADERS: Mapping[str, str] = {
    "ce_specversion": "1.0",
    "ce_id": "Identifies the record; a repeat has the same.",
    "ce_source": "The service that says it.",
    "ce_type": "The type, with its version.",
    "ce_subject": "The aggregate's id.",
    "ce_time": "When it was recorded, in real time; the business date is `occurred_at` in the data.",
    "ce_dataschema": "The identifier of the type's JSON Schema.",
    "ce_aggversion": "The aggregate's version: 1, 2, 3 … without gaps among its facts.",
    "ce_aggepoch": "The epoch of the database; readers compare (epoch, version).",
    "ce_partitionkey": "The key of the record.",
    "content-type": "application/json",
    "traceparent": "The W3C trace context of the request that caused it, if there was one.",
}


def document(listeners: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """Describe the whole backbone; `listeners` says which groups hear which topic."""
    definitions = Definitions()
    published = events.published()
    return {
        "asyncapi": "3.0.0",
        "id": "urn:fr:passeursdimages",
        "info": {
            "title": "Passeurs d'images: facts and states",
            "version": "1",
            "description": "CloudEvents 1.0 in binary mode on Apache Kafka. A null value is a tombstone.",
        },
        "defaultContentType": "application/json",
        "channels": {topic: _channel(topic, published) for topic in contracts.topics()},
        "operations": _sent(published) | _received(published, listeners),
        "components": {
            "messages": {_name(one): _message(one, definitions) for one in published},
            "messageTraits": {"cloudevents": {"headers": _headers()}},
            "schemas": definitions.schemas,
        },
    }


def _name(one: Published) -> str:
    return f"{one.name}.v{one.version}"


def _channel(topic: str, published: Iterable[Published]) -> dict[str, Any]:
    here = [_name(one) for one in published if one.topic == topic]
    return {
        "address": topic,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in here},
        "bindings": {
            "kafka": {
                "partitions": contracts.PARTITIONS,
                "replicas": REPLICAS,
                "topicConfiguration": _configuration(topic),
                "bindingVersion": "0.5.0",
            }
        },
    }


def _configuration(topic: str) -> dict[str, object]:
    settings = kafka.configuration(topic, replication_factor=REPLICAS)
    return {name: [value] if name == "cleanup.policy" else int(value) for name, value in settings.items()}


def _message(one: Published, definitions: Definitions) -> dict[str, Any]:
    whole = events.schema(one)
    names = definitions.adopt(whole.get("$defs", {}))
    beside = {"$schema", "$defs", "examples", "title", "description"}
    return {
        "name": one.ce_type,
        "title": whole["title"],
        "summary": one.says,
        "contentType": "application/json",
        "traits": [{"$ref": "#/components/messageTraits/cloudevents"}],
        "payload": {name: pointing(value, names) for name, value in whole.items() if name not in beside},
        "examples": [{"payload": example} for example in whole["examples"]],
    }


def _sent(published: Iterable[Published]) -> dict[str, Any]:
    topics = dict.fromkeys((service, one.topic) for one in published for service in one.publishers)
    return {f"{service}.sends.{topic}": _operation("send", topic) for service, topic in topics}


def _received(published: Iterable[Published], listeners: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    topics = dict.fromkeys(one.topic for one in published)
    heard = [(group, topic) for topic in topics for group in listeners.get(topic, ())]
    return {f"{group}.receives.{topic}": _operation("receive", topic) for group, topic in heard}


def _operation(action: str, topic: str) -> dict[str, Any]:
    return {"action": action, "channel": {"$ref": f"#/channels/{topic}"}}


def _headers() -> dict[str, Any]:
    required = [name for name in HEADERS if name != "traceparent"]
    fields = {name: {"type": "string", "description": text} for name, text in HEADERS.items()}
    return {"type": "object", "properties": fields, "required": required}

"""The event pages: one JSON Schema with examples for each published type, and the table of who says and who hears."""

import importlib
import json
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from common import contracts
from docs import examples
from docs.compatibility import Schema
from docs.text import dumped, said

FOLDER = Path("docs/reference/events")
SERVICES = tuple(dict.fromkeys(contracts.PUBLISHERS.values()))
AGGREGATES = (*contracts.PUBLISHERS, *contracts.PLATFORM)
KEYS: Mapping[str, str] = {"figure": "the cell"} | dict.fromkeys(contracts.PLATFORM, "the service")
"""What records are keyed by, where it is not the aggregate's id."""

UNSAID: Mapping[str, str] = {"checkpoint": "reporting"}
"""Who does not say what every other service says: nobody holds a copy of what reporting owns."""

LOCAL_TIME = r"^\d\d:\d\d:\d\d(\.\d{1,6})?$"
INTRODUCTION = f"""# Events

*Written by `make docs` from `common.contracts` and the listeners of every service.*

The type on Kafka (`ce_type`) and in webhooks is `fr.passeursdimages.<name>.v<n>`.  Each name leads to its JSON Schema
with examples.  The key of every record is the aggregate's id, or the service where every service says it; every topic
has {contracts.PARTITIONS} partitions.
What may change in a type: [ADR 0007](../../decisions/0007-event-versions-and-compatibility.md).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One type of record that some service publishes."""

    name: str
    aggregate: str
    kind: contracts.Kind
    version: int
    contract: type

    @property
    def ce_type(self) -> str:
        return contracts.ce_type(self.name, self.version)

    @property
    def publishers(self) -> tuple[str, ...]:
        if self.kind == "platform":
            return tuple(service for service in SERVICES if service != UNSAID.get(self.aggregate))
        return (contracts.PUBLISHERS[self.aggregate],)

    @property
    def publisher(self) -> str:
        return "every service" if self.kind == "platform" else contracts.PUBLISHERS[self.aggregate]

    @property
    def key(self) -> str:
        return KEYS.get(self.aggregate, "the aggregate's id")

    @property
    def topic(self) -> str:
        return contracts.topic(self.aggregate, self.kind)

    @property
    def path(self) -> Path:
        return FOLDER / f"{self.name}.v{self.version}.json"

    @property
    def says(self) -> str:
        return said(self.contract)


@cache
def published() -> tuple[Published, ...]:
    """List every type of `common.contracts`, by publisher and aggregate, facts first; the platform's come last."""
    found = {one.ce_type: one for one in _published()}
    publishers = [*SERVICES, "every service"]
    return tuple(
        sorted(
            found.values(),
            key=lambda one: (publishers.index(one.publisher), AGGREGATES.index(one.aggregate), one.kind == "state"),
        )
    )


def _published() -> Iterator[Published]:
    for module in pkgutil.walk_packages(contracts.__path__, f"{contracts.__name__}."):
        for contract in vars(importlib.import_module(module.name)).values():
            if not (isinstance(contract, type) and is_dataclass(contract) and contract.__module__ == module.name):
                continue
            version = getattr(contract, "VERSION", 1)
            if fact := getattr(contract, "TYPE", None):
                aggregate = fact.split(".")[0]
                yield Published(name=fact, aggregate=aggregate, kind="events", version=version, contract=contract)
            elif aggregate := getattr(contract, "AGGREGATE", None):
                name = f"{aggregate}.state"
                yield Published(name=name, aggregate=aggregate, kind="state", version=version, contract=contract)
            elif said := getattr(contract, "PLATFORM", None):
                name = f"platform.{said}"
                yield Published(name=name, aggregate=said, kind="platform", version=version, contract=contract)


class _Plain(GenerateJsonSchema):
    """JSON Schema without titles that only repeat the fields' names, and with hours as they stand on a local clock."""

    def field_title_should_be_set(self, _: "core_schema.CoreSchema | Any") -> bool:
        return False

    def time_schema(self, _: core_schema.TimeSchema) -> dict[str, Any]:
        """Describe an hour without an offset, which the format `time` (RFC 3339) would refuse."""
        return {"type": "string", "pattern": LOCAL_TIME}


def schema(one: Published) -> Schema:
    """Describe a type as JSON Schema, with what is promised beside its fields, and its examples."""
    described = TypeAdapter(one.contract).json_schema(mode="serialization", schema_generator=_Plain)
    described.pop("description", None)
    definitions = described.pop("$defs", None)
    _open_enumerations(one.contract, described)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{one.ce_type.replace('.', ':')}",
        "title": one.contract.__name__,
        "description": one.says,
        "x-type": one.ce_type,
        "x-publisher": one.publisher,
        "x-aggregate": one.aggregate,
        "x-topic": one.topic,
        "x-key": one.key,
        "x-partitions": contracts.PARTITIONS,
        **{name: value for name, value in described.items() if name != "title"},
        **({"$defs": definitions} if definitions else {}),
        "examples": [_wire(examples.full(one.contract)), _wire(examples.least(one.contract))],
    }


def _open_enumerations(contract: type, described: dict[str, Any]) -> None:
    """Mark text fields whose known values may grow: `field(metadata={"open_enum": Genre})`."""
    for field in fields(contract):
        known: type[Enum] | None = field.metadata.get("open_enum")
        if known:
            described["properties"][field.name] |= {"enum": [one.value for one in known], "x-open-enum": True}


def _wire(message: object) -> Any:
    """Show a message as its readers see it: encoded as the outbox does."""
    return json.loads(msgspec.json.encode(message))


def pages(listeners: Mapping[str, tuple[str, ...]]) -> dict[Path, str]:
    """Write the schema of each type, and the table of all."""
    return {one.path: dumped(schema(one)) for one in published()} | {FOLDER / "README.md": _table(listeners)}


def _table(listeners: Mapping[str, tuple[str, ...]]) -> str:
    lines = INTRODUCTION.splitlines()
    for aggregate in AGGREGATES:
        mine = [one for one in published() if one.aggregate == aggregate]
        if mine:
            lines += ["", f"## {aggregate}", "", f"Announced by {_by(mine[0])}.", ""]
            lines += [_topic_line(topic, listeners) for topic in sorted({one.topic for one in mine})]
            lines += ["", "| type | says |", "|---|---|"]
            lines += [f"| [{one.name}.v{one.version}]({one.path.name}) | {one.says} |" for one in mine]
    return "\n".join(lines) + "\n"


def _by(one: Published) -> str:
    if one.kind != "platform":
        return f"`{one.publisher}`"
    return f"{one.publisher} but `{UNSAID[one.aggregate]}`" if one.aggregate in UNSAID else one.publisher


def _topic_line(topic: str, listeners: Mapping[str, tuple[str, ...]]) -> str:
    heard = ", ".join(f"`{group}`" for group in listeners.get(topic, ())) or "nobody in this repository"
    return f"- `{topic}`, listened to by {heard}"

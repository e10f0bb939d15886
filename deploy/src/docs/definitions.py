"""Schemas from several documents in one: each shared part once, under a name of its own."""

from collections.abc import Mapping
from typing import Any

PREFIX = "#/components/schemas/"


class Definitions:
    """The parts that documents share, each once; two of one name and another content get a number."""

    def __init__(self) -> None:
        self.schemas: dict[str, Any] = {}
        self._contents: dict[str, str] = {}

    def adopt(self, parts: Mapping[str, Any]) -> dict[str, str]:
        """Take a document's definitions over; return their names here."""
        names = {name: self._named(name, _content(part, parts, (name,))) for name, part in parts.items()}
        self.schemas |= {names[name]: pointing(part, names) for name, part in parts.items()}
        return names

    def _named(self, name: str, content: str) -> str:
        candidate, number = name, 1
        while self._contents.setdefault(candidate, content) != content:
            number += 1
            candidate = f"{name}{number}"
        return candidate


def pointing(value: Any, names: Mapping[str, str]) -> Any:
    """Copy part of a document, its references to definitions led to their names here."""
    if isinstance(value, Mapping):
        return {key: _reference(key, item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [pointing(item, names) for item in value]
    return value


def _reference(key: str, item: Any, names: Mapping[str, str]) -> Any:
    if key == "$ref" and isinstance(item, str):
        return f"{PREFIX}{names[item.rpartition('/')[2]]}"
    return pointing(item, names)


def _content(value: Any, parts: Mapping[str, Any], inside: tuple[str, ...]) -> str:
    """Write a definition with all it refers to, so that equal texts mean equal shapes."""
    if isinstance(value, Mapping):
        name = str(value.get("$ref", "")).rpartition("/")[2]
        if name in parts and name not in inside:
            return _content(parts[name], parts, (*inside, name))
        return repr([(key, _content(item, parts, inside)) for key, item in value.items()])
    if isinstance(value, list):
        return repr([_content(item, parts, inside) for item in value])
    return repr(value)

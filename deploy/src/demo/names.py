"""The names that a dossier gives to things, the ids that these have in a run, and how bodies mention them.

    $project, $campaign, $report        the one of that name
    $actions.screening, $lines.drac     what was given this name by `as`, or stands under it at the top of the file
    $clearances.evening.linda           the rights of the film `linda` for the session `evening`

A text `1600.00 €` is an amount; `as` in an object of a body gives it a name and is not sent.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from demo.verbs import ALONE

AS = "as"
SCREENING_PROGRAMME = "programme"
_AMOUNT = re.compile(r"(\d+\.\d\d) €")


class NoSuchName(Exception):
    """Nothing has this name at this point of the dossier."""


def reference(kind: str, name: str) -> str:
    """Write how a thing is mentioned: projects by their bare name, lines as `lines.drac`."""
    return name if kind in ALONE else f"{kind}s.{name}"


def mentioned(body: object, part: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """List what a body mentions, and where."""
    if isinstance(body, dict):
        for key, value in body.items():
            yield from mentioned(value, (*part, key))
    elif isinstance(body, list):
        for n, item in enumerate(body):
            yield from mentioned(item, (*part, n))
    elif isinstance(body, str) and body.startswith("$"):
        yield part, body[1:]


def given(body: Mapping[str, Any]) -> Iterator[str]:
    """List the names that a body gives to its parts."""
    for kind, items in body.items():
        for item in items if isinstance(items, list) else ():
            if isinstance(item, dict):
                if AS in item:
                    yield f"{kind}.{item[AS]}"
                yield from given(item)


@dataclass(frozen=True, slots=True)
class Names:
    """What has a name, and its id."""

    ids: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        try:
            return self.ids[name]
        except KeyError:
            raise NoSuchName(f"Nothing is called `${name}` here.") from None

    def __contains__(self, name: str) -> bool:
        return name in self.ids

    def give(self, name: str, identifier: str) -> None:
        self.ids[name] = identifier

    def of(self, identifier: str) -> str | None:
        """Say how a thing is called, if it has a name."""
        return next((name for name, known in self.ids.items() if known == identifier), None)

    def resolved(self, body: Any) -> Any:
        """Write a body as the API takes it: names become ids, amounts objects, and `as` is left out."""
        match body:
            case dict():
                return {key: self.resolved(value) for key, value in body.items() if key != AS}
            case list() | tuple():
                return [self.resolved(item) for item in body]
            case str() if body.startswith("$"):
                return self[body[1:]]
            case str() if amount := _AMOUNT.fullmatch(body):
                return {"amount": amount[1], "currency": "EUR"}
            case _:
                return body

    def learn(self, body: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        """Take over the ids of the parts that a body has named: they are answered in the same order."""
        for kind, items in body.items():
            answered = answer.get(kind)
            if not isinstance(items, list) or not isinstance(answered, list):
                continue
            for item, made in zip(items, answered, strict=False):
                if isinstance(item, dict) and AS in item:
                    self.give(f"{kind}.{item[AS]}", made["id"])

    def learn_clearances(self, session: str, action: Mapping[str, Any]) -> None:
        """Name the rights that a planned session asks for: by the session and the film."""
        for clearance in action["clearances"]:
            film = self.of(clearance["film_id"])
            if clearance["session_id"] == self[f"sessions.{session}"] and film is not None:
                self.give(f"clearances.{session}.{film.partition('.')[2]}", clearance["id"])

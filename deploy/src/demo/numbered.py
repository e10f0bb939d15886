"""Reads YAML and remembers on which line each part stands, so that whatever is wrong can be shown to its author.

Less than YAML: a plain `true`, `false`, `null` or whole number is what it looks like, everything else is text.  So a
day stays `2025-07-18`, an hour `22:15` and an amount `1600.00 €`; a code that consists of digits is written in quotes.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import yaml

Part: TypeAlias = tuple[str | int, ...]
"""Where something is in a file's content: `("steps", 3, "do")`."""

DEPTH_MAX = 30
_WORDS = {"true": True, "false": False, "null": None, "": None}
_WHOLE = re.compile(r"-?(0|[1-9][0-9]*)")


class NotReadable(Exception):
    """The file is no dossier; each trouble is one line that names the file's line."""

    def __init__(self, troubles: Sequence[str]) -> None:
        super().__init__("\n".join(troubles))
        self.troubles = tuple(troubles)


@dataclass(frozen=True, slots=True)
class Numbered:
    """A file's content, and the line of each of its parts."""

    path: Path
    content: object
    lines: Mapping[Part, int]

    def line(self, part: Sequence[str | int]) -> int:
        """Give the line of a part, or of the nearest one around it."""
        for length in range(len(part), 0, -1):
            if (known := self.lines.get(tuple(part[:length]))) is not None:
                return known
        return 1

    def at(self, part: Sequence[str | int]) -> str:
        return f"{self.path}:{self.line(part)}"


def read(path: Path) -> Numbered:
    """Read a file.

    Raises:
        NotReadable: there is none, or it is not YAML, or a name stands in it twice.
    """
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise NotReadable([f"{path}: {error}"]) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise NotReadable([f"{path}:{mark.line + 1 if mark else 1}: {error.problem}"]) from error
    lines: dict[Part, int] = {}
    content = None if root is None else _Reading(path, lines).value(root, ())
    return Numbered(path, content, lines)


@dataclass(frozen=True, slots=True)
class _Reading:
    path: Path
    lines: dict[Part, int]

    def value(self, node: yaml.Node, part: Part) -> object:
        self.lines.setdefault(part, node.start_mark.line + 1)
        if len(part) > DEPTH_MAX:
            raise NotReadable([f"{self.path}:{node.start_mark.line + 1}: This is nested too deeply, or in itself."])
        if isinstance(node, yaml.MappingNode):
            return dict(self._items(node, part))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*part, n)) for n, item in enumerate(node.value)]
        return _scalar(node)

    def _items(self, node: yaml.MappingNode, part: Part) -> Iterator[tuple[str, object]]:
        seen = set[str]()
        for key, value in node.value:
            name, line = str(key.value), key.start_mark.line + 1
            if name in seen:
                raise NotReadable([f"{self.path}:{line}: `{name}` stands here twice."])
            seen.add(name)
            self.lines[*part, name] = line
            yield name, self.value(value, (*part, name))


def _scalar(node: yaml.Node) -> object:
    text = str(node.value)
    if isinstance(node, yaml.ScalarNode) and node.style is not None:  # in quotes, or a block
        return text
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if _WHOLE.fullmatch(text) else text

"""The table at the end of each service's README: what it owns, announces, listens to and depends on."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from common import contracts, migrations
from docs import events, house, listeners
from docs.text import placed


def pages(root: Path) -> dict[Path, str]:
    """Bring the table of every README up to date; what people wrote stays."""
    return {path: _with_table(root / path, service) for service, path in _readmes(root)}


def _readmes(root: Path) -> Iterator[tuple[str, Path]]:
    for service in house.SERVICES:
        path = Path("services", service, "README.md")
        if (root / path).exists():
            yield service, path


def _with_table(path: Path, service: str) -> str:
    text = path.read_text(encoding="utf-8")
    return placed(text, ["| | |", "|---|---|", *_rows(path.parent, service)])


def _rows(folder: Path, service: str) -> Iterator[str]:
    yield f"| owns | {_ticked(_owned(service))} |"
    yield f"| keeps a copy of | {_ticked(_known(service))} |"
    yield f"| announces | {_ticked(_announced(service))} |"
    for group in listeners.groups(service):
        yield f"| listens to, as `{group.name}` | {_ticked(sorted(group.listeners))} |"
    yield f"| depends on | {_ticked(_dependencies(folder))} |"


def _owned(service: str) -> list[str]:
    return [name for name, publisher in contracts.PUBLISHERS.items() if publisher == service] or ["nothing"]


def _announced(service: str) -> list[str]:
    return list(dict.fromkeys(one.topic for one in events.published() if service in one.publishers))


def _known(service: str) -> list[str]:
    """Name the aggregates of others that its schema keeps, by its tables `known_…`."""
    made = (re.findall(r"\bTABLE (?:IF NOT EXISTS )?known_(\w+)", one.sql) for one in migrations.found(service))
    return sorted({name for names in made for name in names})


def _dependencies(folder: Path) -> list[str]:
    manifest = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    return list(manifest["project"]["dependencies"])


def _ticked(words: list[str]) -> str:
    return ", ".join(f"`{word}`" for word in words) or "nothing"

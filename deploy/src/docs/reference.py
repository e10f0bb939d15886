"""The whole reference: every generated page, how it is compared with the files, and what may not be overwritten."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from docs import (
    access,
    alerts,
    asyncapi,
    environment,
    events,
    experiments,
    lawbook,
    listeners,
    make,
    openapi,
    problems,
    readmes,
    rules,
    schema,
)
from docs.compatibility import breaks
from docs.text import compact, dumped

Pages = Mapping[Path, str]

GENERATED = (events.FOLDER, rules.FOLDER, schema.FOLDER)
"""Folders that hold nothing else: a file in them that no page claims is left over."""


def pages(root: Path) -> dict[Path, str]:
    """Make every page from the code; paths are relative to the repository."""
    heard = listeners.by_topic()
    backbone, doors = asyncapi.document(heard), openapi.document()
    return (
        events.pages(heard)
        | {asyncapi.PATH: dumped(backbone), asyncapi.SERVED: compact(backbone)}
        | {openapi.PATH: dumped(doors), openapi.SERVED: compact(doors)}
        | {access.PATH: access.page()}
        | rules.pages(root)
        | lawbook.pages()
        | {experiments.PATH: experiments.page(root)}
        | {alerts.PATH: alerts.page((root / alerts.SOURCE).read_text(encoding="utf-8"))}
        | {make.PATH: make.page((root / make.MAKEFILE).read_text(encoding="utf-8"))}
        | environment.pages()
        | problems.pages()
        | readmes.pages(root)
        | schema.pages()
    )


def broken_promises(root: Path, pages: Pages, *, on_purpose: frozenset[str] = frozenset()) -> dict[Path, list[str]]:
    """Find the committed event schemas that the new ones may not replace."""
    found = {}
    for path in sorted((root / events.FOLDER).glob("*.json")):
        old, new = path.read_text(encoding="utf-8"), pages.get(events.FOLDER / path.name)
        if path.stem not in on_purpose:
            found[events.FOLDER / path.name] = ["removed"] if new is None else breaks(json.loads(old), json.loads(new))
    return {path: reasons for path, reasons in found.items() if reasons}


def differing(root: Path, pages: Pages) -> Sequence[Path]:
    """List the pages that differ from the files, and files left over."""
    changed = [path for path, text in pages.items() if _read(root / path) != text]
    return sorted([*changed, *_left_over(root, pages)])


def write(root: Path, pages: Pages) -> Sequence[Path]:
    """Bring the files to the pages; return those that changed."""
    changed = differing(root, pages)
    for path in changed:
        if path in pages:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(pages[path], encoding="utf-8")
        else:
            (root / path).unlink()
    return changed


def _left_over(root: Path, pages: Pages) -> list[Path]:
    there = [path.relative_to(root) for folder in GENERATED for path in (root / folder).glob("*") if path.is_file()]
    return [path for path in there if path not in pages]


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None

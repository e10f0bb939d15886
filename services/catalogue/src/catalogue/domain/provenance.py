"""Who said what of a film, and when; and what one source says otherwise than what is kept.

What is kept of a film was said by somebody: a client of the API, a file that was imported, a film that was merged into
it.  Who said a thing last answers for it.  A file that only completes overrules nothing: where it says otherwise, that
is a difference, kept until somebody settles it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from common.errors import Conflict, NotFound


class NoSuchConflict(NotFound):
    """Nobody said otherwise of this film under this id."""

    title = "There is no such conflict about this film."
    titre = "Ce conflit n’existe pas pour ce film."


class ConflictSettled(Conflict):
    """What was settled stays so; a change of the film says otherwise."""

    title = "This conflict has been settled; change the film instead."
    titre = "Ce conflit a été tranché ; modifiez plutôt le film."


class SourceKind(StrEnum):
    """What kind of voice it is that says something of a film."""

    CLIENT = "client"
    FILE = "file"
    FILM = "film"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Who says something: a client by its id, a file by its format, a film by the id that it had before it was merged.

    The same voice is the same source on another day.
    """

    kind: SourceKind
    name: str
    organisation_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one source said of a film at one time, as far as nobody has said otherwise since: names of fields."""

    source: Source
    at: datetime
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a source says of one field, where something else is kept; a visa's field is `visas/` and its number."""

    field: str
    kept: Any
    said: Any


class Decision(StrEnum):
    """How a conflict is settled: what is kept stays, or what was said otherwise is taken."""

    KEEP = "keep"
    TAKE = "take"


def renewed(
    said: Sequence[Said], before: Mapping[str, object], after: Mapping[str, object], source: Source, *, at: datetime
) -> tuple[Said, ...]:
    """Let a source answer for what it has changed, the others for what is left of theirs."""
    news = tuple(name for name in (*after, *before) if before.get(name) != after.get(name))
    kept = tuple(_without(one, news, after) for one in said)
    own = tuple(name for name in dict.fromkeys(news) if name in after)
    mine = (Said(source=source, at=at, fields=own),) if own else ()
    return (*(one for one in kept if one.fields), *mine)


def followed(said: Sequence[Said], others: Sequence[Said], moved: Sequence[str]) -> tuple[Said, ...]:
    """Let those who said something of what has moved here from another film answer for it here, if they are known."""
    names = [name for one in others for name in one.fields if name in moved]
    left = tuple(_without(one, names, dict.fromkeys(one.fields)) for one in said)
    theirs = (replace(one, fields=tuple(name for name in one.fields if name in moved)) for one in others)
    return tuple(sorted((one for one in (*left, *theirs) if one.fields), key=lambda one: one.at))


def each(said: Sequence[Said]) -> Iterator[tuple[str, Said]]:
    """List the fields in the order of their names, each with who answers for it."""
    return iter(sorted(((name, one) for one in said for name in one.fields), key=lambda pair: pair[0]))


def _without(one: Said, news: Sequence[str], after: Mapping[str, object]) -> Said:
    return replace(one, fields=tuple(name for name in one.fields if name not in news and name in after))

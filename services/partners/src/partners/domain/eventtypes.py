"""The kinds of facts that an endpoint may ask for, and how it asks: by name, by `prefix.*`, or `*` for all.  Pure.

Notices are what we say about an endpoint itself.  They are not asked for: every endpoint of a partner gets them.
"""

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType

from common.contracts import actions, catalogue, ce_type, partners
from common.errors import FieldError, Invalid
from partners.domain.visibility import AMONG_US

ALL = "*"
PATTERNS_MAX = 50


class UnknownEventType(Invalid):
    """A subscription to nothing would stay silent for ever."""

    title = "No kind of event has this name."
    titre = "Aucun type d’événement ne porte ce nom."


@dataclass(frozen=True, slots=True, kw_only=True)
class EventType:
    """A kind of event: its full name, its short one, and when it is announced."""

    type: str
    name: str
    description: str


def matches(pattern: str, name: str) -> bool:
    """Tell whether a subscription covers a kind of event; both by their short names."""
    if pattern == ALL:
        return True
    if pattern.endswith(".*"):
        return name.startswith(pattern[:-1])
    return pattern == name


def short(pattern: str) -> str:
    """Let a subscription be written in full (`fr.passeursdimages.action.held.v1`) or in short (`action.held`)."""
    return pattern.removeprefix(_PREFIX).removesuffix(_SUFFIX)


def require_known(patterns: Sequence[str]) -> tuple[str, ...]:
    """Refuse what covers no kind of event, each by its place; return the short forms, without repetitions."""
    shortened = [short(pattern) for pattern in patterns]
    unknown = [n for n, one in enumerate(shortened) if not any(matches(one, known.name) for known in EVENT_TYPES)]
    if unknown or not shortened:
        cls = UnknownEventType
        raise cls(
            errors=[FieldError(f"/event_types/{n}", cls.code, cls.title, libelle=cls.titre) for n in unknown],
            pointer=None if unknown else "/event_types",
        )
    return tuple(dict.fromkeys(shortened))


_PREFIX, _SUFFIX = ce_type("|").split("|")


def _facts(module: ModuleType) -> Iterator[EventType]:
    for _, cls in inspect.getmembers(module, inspect.isclass):
        name = getattr(cls, "TYPE", None)
        if isinstance(name, str) and name.partition(".")[0] not in AMONG_US:
            yield EventType(type=ce_type(name), name=name, description=inspect.getdoc(cls) or "")


EVENT_TYPES: tuple[EventType, ...] = tuple(
    sorted((found for module in (actions, catalogue, partners) for found in _facts(module)), key=lambda one: one.name)
)
"""Every fact that `actions`, `catalogue` and `partners` announce to others; the contracts are the only list."""

DEAD = "webhook_delivery.dead"
FAILING = "webhook_endpoint.failing"
DISABLED = "webhook_endpoint.disabled"
TEST = "webhook_endpoint.test"
VERIFICATION = "webhook_endpoint.verification"

NOTICES: tuple[EventType, ...] = tuple(
    EventType(type=ce_type(name), name=name, description=description)
    for name, description in (
        (DEAD, "A delivery was given up after its last try; fetch it by pull, or have it redelivered."),
        (FAILING, "An endpoint has not answered well for a long time; it will be disabled if that goes on."),
        (DISABLED, "An endpoint gets nothing any more until it is verified again."),
        (TEST, "Somebody asked for a test event."),
        (VERIFICATION, "The challenge that a new URL echoes; it has no sequence and is not kept."),
    )
)
"""What every endpoint gets without asking."""

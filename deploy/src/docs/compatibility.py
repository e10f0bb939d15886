"""May this schema replace that one?  Only if old readers understand new messages, and new readers old ones (ADR 0007).

Writers are closed and readers open: a reader leaves aside what it does not know.  So a new optional field is allowed,
and nearly everything else is not.  `breaks` says each reason in words, with the place.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

Schema: TypeAlias = Mapping[str, Any]

ENVELOPE = ("x-type", "x-aggregate", "x-publisher", "x-topic", "x-key", "x-partitions")
"""What is promised about a type beside its fields: moving any of these moves its records away from their readers."""

LOWER_BOUNDS = ("minimum", "exclusiveMinimum", "minLength", "minItems")
UPPER_BOUNDS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
EXACT = ("type", "format", "contentEncoding", "x-unit", "multipleOf", "uniqueItems")


def breaks(old: Schema, new: Schema) -> list[str]:
    """List the reasons why `new` may not stand where `old` stood; none means it may."""
    moved = [
        f"{name[2:]} was {old.get(name)!r} and is {new.get(name)!r}"
        for name in ENVELOPE
        if old.get(name) != new.get(name)
    ]
    return moved + list(_Pair(old, new).compare(old, new, "", ()))


class _Pair:
    """Two documents, each with its own definitions."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self.old = old
        self.new = new

    def compare(self, old: Schema, new: Schema, at: str, seen: tuple[str, ...]) -> Iterator[str]:
        """Compare two places; `seen` ends the walk through definitions that contain themselves."""
        reference = old.get("$ref", "")
        if reference in seen:
            return
        old, new = _resolved(self.old, old), _resolved(self.new, new)
        seen = (*seen, reference) if reference else seen
        yield from self._scalars(old, new, at)
        yield from self._unions(old, new, at, seen)
        yield from self._properties(old, new, at, seen)
        yield from self._elements(old, new, at, seen)

    def _scalars(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        for name in EXACT:
            if old.get(name) != new.get(name):
                yield f"{at or '/'}: {name} was {old.get(name)!r} and is {new.get(name)!r}"
        if "pattern" in new and new["pattern"] != old.get("pattern"):
            yield f"{at or '/'}: pattern is now {new['pattern']!r}"
        yield from _narrowed(old, new, at)
        yield from _enumerated(old, new, at)

    def _unions(self, old: Schema, new: Schema, at: str, seen: tuple[str, ...]) -> Iterator[str]:
        before, after = self._branches(self.old, old), self._branches(self.new, new)
        for name in sorted(before.keys() ^ after.keys()):
            yield f"{at or '/'}: {name} is {'no longer' if name in before else 'now'} one of its types"
        for name in sorted(before.keys() & after.keys()):
            yield from self.compare(before[name], after[name], at, seen)

    def _branches(self, document: Schema, place: Schema) -> dict[str, Schema]:
        """Tell the branches of a union apart: by type and format, by their class only where that is not enough."""
        named: dict[str, Schema] = {}
        for branch in [*place.get("anyOf", ()), *place.get("oneOf", ())]:
            whole = _resolved(document, branch)
            plain = " ".join(str(whole[name]) for name in ("type", "format") if name in whole) or "anything"
            named[f"{plain} {whole.get('title', '')}" if plain in named else plain] = branch
        return named

    def _properties(self, old: Schema, new: Schema, at: str, seen: tuple[str, ...]) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        demanded, demands = set(old.get("required", ())), set(new.get("required", ()))
        for name in before.keys() - after.keys():
            yield f"{at}/{name}: removed"
        for name in sorted(after.keys() - before.keys()):
            if name in demands:
                yield f"{at}/{name}: new and required; old messages have none: give it a default"
        for name in [name for name in before if name in after]:
            if (name in demanded) != (name in demands):
                yield f"{at}/{name}: was {_duty(name in demanded)} and is {_duty(name in demands)}"
            yield from self.compare(before[name], after[name], f"{at}/{name}", seen)

    def _elements(self, old: Schema, new: Schema, at: str, seen: tuple[str, ...]) -> Iterator[str]:
        for name in ("items", "additionalProperties"):
            before, after = old.get(name), new.get(name)
            if isinstance(before, Mapping) and isinstance(after, Mapping):
                yield from self.compare(before, after, f"{at}/*", seen)
            elif before != after:
                yield f"{at or '/'}: {name} was {before!r} and is {after!r}"
        before, after = old.get("prefixItems", []), new.get("prefixItems", [])
        if len(before) != len(after):
            yield f"{at or '/'}: had {len(before)} places and has {len(after)}"
        for n, (one, other) in enumerate(zip(before, after, strict=False)):
            yield from self.compare(one, other, f"{at}/{n}", seen)


def _narrowed(old: Schema, new: Schema, at: str) -> Iterator[str]:
    for names, narrower in ((LOWER_BOUNDS, max), (UPPER_BOUNDS, min)):
        for name in names:
            was, now = old.get(name), new.get(name)
            if now is not None and (was is None or (now != was and narrower(was, now) == now)):
                yield f"{at or '/'}: {name} was {was!r} and is {now!r}, which is narrower"


def _enumerated(old: Schema, new: Schema, at: str) -> Iterator[str]:
    before, after = _values(old), _values(new)
    if (before is None) != (after is None):
        yield f"{at or '/'}: an enumeration was {'removed' if after is None else 'added'}"
    if before is None or after is None:
        return
    if old.get("x-open-enum", False) != new.get("x-open-enum", False):
        yield f"{at or '/'}: the enumeration was {_openness(old)} and is {_openness(new)}"
    yield from (f"{at or '/'}: value {value!r} removed" for value in before if value not in after)
    if not new.get("x-open-enum"):
        yield from (
            f"{at or '/'}: value {value!r} added to a closed enumeration" for value in after if value not in before
        )


def _values(place: Schema) -> Sequence[object] | None:
    """List an enumeration's values; an enumeration of one is written `const`."""
    values: Sequence[object] | None = [place["const"]] if "const" in place else place.get("enum")
    return values


def _resolved(document: Schema, place: Schema) -> Schema:
    """Follow a reference; what stands beside it counts too."""
    reference = place.get("$ref")
    if reference is None:
        return place
    target: Schema = document["$defs"][reference.rpartition("/")[2]]
    return {**target, **{name: value for name, value in place.items() if name != "$ref"}}


def _duty(required: bool) -> str:
    return "required" if required else "optional"


def _openness(place: Schema) -> str:
    return "open" if place.get("x-open-enum") else "closed"

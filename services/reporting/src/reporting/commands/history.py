"""What importers do with the scheme's past as others published it: tell it, line by line, and the same only once."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from common.database import Transaction
from reporting.domain.history import Entry, called
from reporting.store import history as store

OTHERWISE = "an earlier line says otherwise, and is kept"


class Fate(StrEnum):
    """What became of a line."""

    REGISTERED = "registered"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REPEATED = "repeated"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one line of a file, and why."""

    line: int
    name: str
    fate: Fate
    reason: str = ""


async def take(tx: Transaction, lines: Sequence[tuple[int, Entry]], *, dry_run: bool) -> list[Outcome]:
    """Tell what is new or otherwise; a later line about the same changes nothing."""
    before = await store.told(tx, [entry.id for _, entry in lines])
    outcomes, met = list[Outcome](), dict[UUID, Entry]()
    for number, entry in lines:
        outcomes.append(_outcome(number, entry, met.get(entry.id), before.get(entry.id)))
        met.setdefault(entry.id, entry)
        if outcomes[-1].fate in (Fate.REGISTERED, Fate.CHANGED) and not dry_run:
            await store.tell(tx, entry)
    return outcomes


def _outcome(number: int, entry: Entry, earlier: Entry | None, before: str | None) -> Outcome:
    fate = _fate(before, store.written(entry)) if earlier is None else Fate.REPEATED
    otherwise = "" if earlier in (None, entry) else OTHERWISE
    return Outcome(line=number, name=called(entry), fate=fate, reason=otherwise)


def _fate(before: str | None, now: str) -> Fate:
    if before is None:
        return Fate.REGISTERED
    return Fate.UNCHANGED if before == now else Fate.CHANGED

"""The feed of changes: what happened to films, for those who keep a copy of the catalogue.

A reader asks for what came after its position, and gets the position after that.  A position is what a snapshot of the
database saw: what is seen now and was not then is new.  (Why none is skipped: `store.changes`.)
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from common.errors import Conflict

KEPT = timedelta(days=15)
"""How long a change is kept."""

GOOD_FOR = timedelta(days=14)
"""How long a snapshot may be gone on from: whatever was being written when it was taken is younger than a day then, so
that all that comes after it is still kept."""

RUNNING_MAX = 1_000
"""Transactions open at one time, in one snapshot."""

NUMBER_MAX = 2**63 - 1
"""Of a transaction or a change, as the database keeps them."""


class PositionTooOld(Conflict):
    """What came after it is no longer kept, or it was given by another database."""

    title = "The feed no longer goes back to this position; read all films again, then the feed from its beginning."
    titre = "Le flux ne remonte plus jusqu’à cette position ; relisez tous les films, puis le flux depuis son début."


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What a look at the database saw: all transactions before `below`, but for those that were `running`.

    `at` is when that was, in seconds.
    """

    at: int
    below: int
    running: tuple[int, ...] = ()

    @property
    def is_one(self) -> bool:
        """Tell whether a database can have given it."""
        running = len(self.running) <= RUNNING_MAX and all(0 < one < self.below for one in self.running)
        return 0 <= self.at <= NUMBER_MAX and 0 < self.below <= NUMBER_MAX and running


NEVER = Snapshot(at=0, below=0)
"""No database can have given it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place in the feed: all that `seen` saw is read, and of what `reading` saw besides, all up to `last_seq`.

    `era` names the database that gave it.
    """

    era: str
    seen: Snapshot
    reading: Snapshot | None = None
    last_seq: int = 0

    @classmethod
    def before_all(cls, era: str, now: Snapshot) -> "Position":
        return cls(era=era, seen=Snapshot(at=now.at, below=1))

    @property
    def is_one(self) -> bool:
        """Tell whether a feed can have given it."""
        return (
            0 <= self.last_seq <= NUMBER_MAX
            and self.seen.is_one
            and (self.reading is None or (self.reading.is_one and self.seen.below <= self.reading.below))
        )

    def require_good(self, era: str, now: Snapshot) -> None:
        """Refuse a position that cannot be gone on from without a gap."""
        known = (self.reading or self.seen).below <= now.below
        if self.era != era or not known or now.at - self.seen.at > GOOD_FOR.total_seconds():
            raise PositionTooOld

    def after_page(self, reading: Snapshot, last_seq: int | None) -> "Position":
        """Go on behind the last of a page; None: there was no more."""
        if last_seq is None:
            return Position(era=self.era, seen=reading)
        return replace(self, reading=reading, last_seq=last_seq)

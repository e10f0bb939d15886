"""What of a turn is read: what has been placed in it, and is not paused.

Both libraries would read on from where they think right; we read only from where we were told to.  An adapter pauses
what is not placed yet, and asks here what its reader's own pauses mean beside that.
"""

from collections.abc import Collection

from common.kafka.port import Place, Turn


class Standing:
    """The turn, and which of its places are not placed yet or paused."""

    def __init__(self) -> None:
        self.turn = Turn(0, frozenset())
        self._unplaced: set[Place] = set()
        self._paused: set[Place] = set()

    def begin(self, places: Collection[Place]) -> None:
        """Begin a turn, in which nothing is placed."""
        self.turn = Turn(self.turn.number + 1, frozenset(places))
        self._unplaced = set(places)
        self._paused = set()

    def place(self, place: Place) -> bool:
        """Note that a place was placed; say whether it is read now."""
        self._unplaced.discard(place)
        return place not in self._paused

    def pause(self, places: Collection[Place]) -> Collection[Place]:
        """Note a pause; return what is to be paused."""
        ours = self.turn.places.intersection(places)
        self._paused |= ours
        return ours

    def resume(self, places: Collection[Place]) -> Collection[Place]:
        """Note the end of a pause; return what is read now."""
        ours = self.turn.places.intersection(places)
        self._paused -= ours
        return ours - self._unplaced

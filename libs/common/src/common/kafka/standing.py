"""What of a turn is read: what has been placed in it, and is not paused.

Both libraries would read on from where they think right; we read only from where we were told to.  An adapter keeps
its library from what is not placed yet, and asks here what its reader's own pauses mean beside that.
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
        """Note that a place was placed; say whether it is ours."""
        self._unplaced.discard(place)
        return place in self.turn.places

    def pause(self, places: Collection[Place]) -> None:
        self._paused |= self.turn.places.intersection(places)

    def resume(self, places: Collection[Place]) -> None:
        self._paused -= set(places)

    def some_are_paused(self) -> bool:
        """Say whether the reader has paused any."""
        return bool(self._paused)

    def reading(self) -> frozenset[Place]:
        """List what is read now."""
        return self.turn.places - self._unplaced - self._paused

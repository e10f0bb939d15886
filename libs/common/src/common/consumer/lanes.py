"""What a member remembers of each partition that it is assigned, and of whether anything moves."""

from dataclasses import dataclass, field

from common.consumer.ports import Run
from common.kafka.port import Place, Record


@dataclass(slots=True, eq=False)
class Lane:
    """One assigned partition; `stored` is None until it is placed.

    After a failure it goes alone, at most `width` records at once, until it is past `trouble`.
    """

    place: Place
    stored: int | None = None
    waiting: list[Record] = field(default_factory=list)
    since: float = 0.0
    width: int | None = None
    trouble: int = 0
    tries: int = 0
    failures: int = 0
    rests_until: float = 0.0
    paused: bool = False

    def run(self, records_max: int) -> Run:
        """Take the records that are next."""
        return Run(self.place, self.stored or 0, self.waiting[:records_max])

    def advance(self, run: Run, now: float) -> None:
        """Go on behind what was applied."""
        self.stored = run.next_offset
        del self.waiting[: len(run.records)]
        self.since, self.failures, self.tries = now, 0, 0
        if self.stored >= self.trouble:
            self.width = None

    def narrow(self, width: int, trouble: int, now: float) -> None:
        """Go alone from now on, and let the others have their turn first."""
        self.width, self.trouble, self.since = width, trouble, now

    def unplace(self) -> None:
        """Have it placed again, and forget what waits of it."""
        self.stored, self.width, self.tries = None, None, 0
        self.waiting.clear()


@dataclass(slots=True)
class Pulse:
    """Tells how long something has not moved, in rounds of the watch: a process that was frozen has not looked."""

    beats: int = 0
    heard: int = 0
    silent_s: float = 0.0

    def beat(self) -> None:
        self.beats += 1

    def silence(self, since_last_s: float) -> float:
        """Add the time since the last look, unless something moved, or there was nothing to move (0)."""
        self.silent_s = self.silent_s + since_last_s if since_last_s and self.beats == self.heard else 0.0
        self.heard = self.beats
        return self.silent_s

"""How many records of a topic share a transaction."""

from dataclasses import dataclass


@dataclass(slots=True)
class Pace:
    """As many records as the time holds that we aim at, beside what every transaction costs whatever its size.

    That cost is where the line through two transactions of different sizes begins: a smaller batch does not save it,
    and a wrong guess changes the size, which measures it again.
    """

    size: int
    aimed_s: float
    last: tuple[int, float] = (0, 0.0)
    other: tuple[int, float] = (0, 0.0)

    def heard(self, n: int, took_s: float, *, most: int) -> None:
        """Learn from a transaction: double the size, keep it, or go to half of what took too long."""
        if n.bit_length() != self.last[0].bit_length():
            self.other = self.last
        self.last = n, took_s
        records_s = took_s - self._fixed_s()
        if n >= self.size and records_s < self.aimed_s:
            self.size = min(2 * self.size, most)
        elif records_s > 2 * self.aimed_s:
            self.size = max(n // 2, 1)

    def _fixed_s(self) -> float:
        """Estimate what a transaction costs without records: nothing, before there were two sizes."""
        (n, took_s), (m, other_s) = self.last, self.other
        record_s = (took_s - other_s) / (n - m)
        return min(max(took_s - n * record_s, 0.0), took_s)

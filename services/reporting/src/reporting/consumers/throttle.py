"""How fast something may go that others must not wait for: a bucket that fills at a steady rate.  Pure."""

from dataclasses import dataclass


@dataclass(slots=True)
class Bucket:
    """Holds at most one second's worth; a rate of 0 holds nobody back.  `at` is any clock's seconds."""

    rate: int
    at: float
    level: float = 0.0

    def take(self, number: int, *, at: float) -> float:
        """Take so many, which may leave the bucket in debt; say how long to wait until it is out of it."""
        if not self.rate:
            return 0.0
        self.level = min(self.level + (at - self.at) * self.rate, self.rate) - number
        self.at = at
        return max(0.0, -self.level / self.rate)

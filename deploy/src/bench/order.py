"""Whether what comes of each aggregate comes in the order of its versions: what came again, what came late."""

from collections.abc import Hashable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Order:
    """What has come so far."""

    doubled: int = 0
    out_of_order: int = 0
    newest: dict[Hashable, int] = field(default_factory=dict)
    seen: set[tuple[Hashable, int]] = field(default_factory=set)

    def take(self, key: Hashable, version: int) -> None:
        """Count what comes again as doubled, whatever its place; and what is new, but older than another of its key."""
        if (key, version) in self.seen:
            self.doubled += 1
            return
        self.seen.add((key, version))
        if version < self.newest.get(key, 0):
            self.out_of_order += 1
        self.newest[key] = max(version, self.newest.get(key, 0))

    def told(self) -> dict[str, int]:
        return {"distinct": len(self.seen), "doubled": self.doubled, "out_of_order": self.out_of_order}

"""Reads the state topics behind an unclean change of leader: where an older state came last, somebody must say so.

(1) A leader that did not sign off has at most one batch in hand, of rows that its cursor had not passed: the new leader
    sends the same rows, and whatever followed, behind the offsets at which it began.
(2) So every record that matters stands behind those offsets, and the keys that matter come first: what is kept in mind
    here can be bounded.  So can what is read again: no row that matters is visible in the snapshot of the cursor that
    the new leader found (`since`).
(3) A key is behind when its last record is older than its newest, by (epoch, version): readers with a version guard do
    not care, log compaction and readers that keep the last record do.
(4) What is sent again is read again: its key begins anew then, whatever could be sent.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from common.kafka.port import Place, Record

Age = tuple[int, int]
Name = tuple[str, str]


class Audit:
    """What was read so far: the newest record of each key, and the keys whose last one is older."""

    def __init__(self, starts: Mapping[Place, int], *, since: str, keys_max: int, until: float) -> None:
        self.positions = dict(starts)
        self.since = since
        self.until = until
        self._keys_max = keys_max
        self._newest: dict[Name, Age] = {}
        self._behind: set[Name] = set()

    def take(self, records: Sequence[Record]) -> None:
        for record in records:
            self.positions[Place(record.topic, record.partition)] = record.offset + 1
            if (read := _read(record)) is not None:
                self._see(*read)

    def _see(self, name: Name, age: Age) -> None:
        newest = self._newest.get(name)
        if newest is not None and age < newest:
            self._behind.add(name)
        elif newest is not None or len(self._newest) < self._keys_max:
            self._newest[name] = age
            self._behind.discard(name)

    def has_reached(self, ends: Mapping[Place, int]) -> bool:
        return all(position >= ends[place] for place, position in self.positions.items())

    def behind(self) -> Mapping[str, set[str]]:
        """Name the keys whose last record is not their newest, by topic."""
        keys: dict[str, set[str]] = defaultdict(set)
        for topic, key in self._behind:
            keys[topic].add(key)
        return keys

    def forget(self, topic: str, keys: Collection[str]) -> None:
        """Begin anew with keys whose newest retained row is sent again, or of which none is retained (4)."""
        for key in keys:
            del self._newest[topic, key]
            self._behind.discard((topic, key))


def earliest(*snapshots: str) -> str:
    return min(snapshots, key=lambda one: int(one.split(":")[1]))


def _read(record: Record) -> tuple[Name, Age] | None:
    """Say whose state it is, and how old; of what others have put there, neither can be said."""
    headers: dict[str, Any] = dict(record.headers)
    key: Any = record.key
    try:
        return (record.topic, key.decode()), (int(headers["ce_aggepoch"]), int(headers["ce_aggversion"]))
    except (KeyError, ValueError, AttributeError, TypeError):
        return None

"""Reads the state topics behind an unclean change of leader: where an older state came last, somebody must say so.

(1) A leader that did not sign off has at most one batch in hand, of rows that its cursor had not passed: the new leader
    sends the same rows, and whatever followed, behind the offsets at which it began.
(2) So every record that matters stands behind those offsets, and the keys that matter come first: what is kept in mind
    here can be bounded.
(3) A key is behind when its last record is older than its newest, by (epoch, version): readers with a version guard do
    not care, log compaction and readers that keep the last record do.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from common.kafka.port import Place, Record

Age = tuple[int, int]


class Audit:
    """What was read so far: the newest and the last record of each key."""

    def __init__(self, starts: Mapping[Place, int], *, keys_max: int, until: float) -> None:
        self.positions = dict(starts)
        self.until = until
        self._keys_max = keys_max
        self._seen: dict[tuple[str, str], tuple[Age, Age]] = {}

    def take(self, records: Sequence[Record]) -> None:
        for record in records:
            self.positions[Place(record.topic, record.partition)] = record.offset + 1
            name = (record.topic, (record.key or b"").decode())
            seen = self._seen.get(name)
            if seen is not None or len(self._seen) < self._keys_max:
                age = _age(record)
                self._seen[name] = (max(seen[0], age) if seen else age, age)

    def has_reached(self, ends: Mapping[Place, int]) -> bool:
        return all(position >= ends[place] for place, position in self.positions.items())

    def behind(self) -> Mapping[str, set[str]]:
        """Name the keys whose last record is not their newest, by topic."""
        keys: dict[str, set[str]] = defaultdict(set)
        for (topic, key), (newest, last) in self._seen.items():
            if last < newest:
                keys[topic].add(key)
        return keys

    def give_up(self, topic: str, keys: Collection[str]) -> None:
        """Forget keys of which nothing is retained that could be sent again."""
        for key in keys:
            del self._seen[topic, key]


def _age(record: Record) -> Age:
    headers = dict(record.headers)
    return int(headers["ce_aggepoch"] or 0), int(headers["ce_aggversion"] or 0)

"""A database and a broker that do what theirs do, and remember everything.

(1) A transaction gets its number at its first write; what it wrote is seen by snapshots taken after its commit.
(2) A row of the outbox gets its `seq` when its aggregate's lock is held, and is seen later: numbers have gaps, and
    appear out of order.
(3) A broker may forget its newest records.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple
from uuid import UUID

from common.kafka.port import Outgoing, Place
from common.relay.ports import Row, Taken

FACTS, STATES = "facts", "states"


class Snapshot(NamedTuple):
    """What PostgreSQL's says: `xmax` and the transactions that were open below it."""

    xmax: int
    still_open: frozenset[int]

    @classmethod
    def of(cls, text: str) -> "Snapshot":
        _, xmax, still_open = text.split(":")
        return cls(int(xmax), frozenset(int(one) for one in still_open.split(",") if one))

    def __str__(self) -> str:
        still_open = sorted(self.still_open)
        return f"{min([*still_open, self.xmax])}:{self.xmax}:{','.join(map(str, still_open))}"

    def sees(self, xid: int) -> bool:
        return xid < self.xmax and xid not in self.still_open


class Written(NamedTuple):
    """A row, and the transaction that wrote it."""

    xid: int
    row: Row


@dataclass
class Transaction:
    """A writer's: it touches another row first, or not, then changes one aggregate, and ends."""

    key: str
    touches_first: bool
    commits: bool
    xid: int | None = None
    rows: list[Written] = field(default_factory=list)


@dataclass
class Database:
    """Rows, locks, snapshots, and the cursor of one relay."""

    numbers_at_once: int = 1
    xid: int = 10
    seq: int = 0
    timeline: int = 1
    rows: list[Written] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)
    open: list[Transaction] = field(default_factory=list)
    locks: dict[str, Transaction] = field(default_factory=dict)
    numbers: dict[int, list[int]] = field(default_factory=dict)
    cursor: Taken | None = None
    cursor_timeline: int = 1
    leader: object = None

    def snapshot(self) -> Snapshot:
        return Snapshot(self.xid, frozenset(tx.xid for tx in self.open if tx.xid is not None))

    def step(self, tx: Transaction, rng: Random, now_us: int) -> None:
        """Let a transaction go on: begin, lock, write, end; it waits while another one has the lock."""
        if tx.xid is None and tx.touches_first:
            self._number(tx)
        elif self.locks.setdefault(tx.key, tx) is not tx:
            return
        elif not tx.rows:
            self._number(tx)
            self._write(tx, rng, now_us)
        elif rng.random() < 0.5:
            self._end(tx)

    def _number(self, tx: Transaction) -> None:
        if tx.xid is None:
            tx.xid, self.xid = self.xid, self.xid + 1

    def _write(self, tx: Transaction, rng: Random, now_us: int) -> None:
        assert tx.xid is not None
        version = self.versions.get(tx.key, 0) + 1
        session = rng.randrange(3)
        for topic in (FACTS, STATES):
            seq = self._next(session)
            row = (seq, now_us, UUID(int=seq), topic, tx.key, version, f"thing.{topic}", None, b"{}")
            tx.rows.append(Written(tx.xid, row))

    def _next(self, session: int) -> int:
        """Draw a number; an identity that caches gives each session some ahead."""
        if not self.numbers.get(session):
            self.numbers[session] = list(range(self.seq + 1, self.seq + 1 + self.numbers_at_once))
            self.seq += self.numbers_at_once
        return self.numbers[session].pop(0)

    def _end(self, tx: Transaction) -> None:
        self.open.remove(tx)
        del self.locks[tx.key]
        if tx.commits:
            self.rows += tx.rows
            self.versions[tx.key] = tx.rows[0].row[5]


@dataclass
class Broker:
    """What was appended, by partition; `away`: nobody gets an answer."""

    logs: dict[Place, list[Outgoing]] = field(default_factory=dict)
    away: bool = False
    lost_answers: float = 0.0

    def log(self, place: Place) -> list[Outgoing]:
        return self.logs.setdefault(place, [])

    def lose_tail(self, place: Place, count: int) -> None:
        del self.log(place)[-count:]

    def records(self, topic: str) -> Iterator[tuple[str, int]]:
        """Name the key and the version of everything on a topic, as a reader finds it."""
        for place, log in self.logs.items():
            if place.topic == topic:
                yield from ((one.key.decode(), version(one)) for one in log)


def version(record: Outgoing) -> int:
    return int(dict(record.headers)["ce_aggversion"])

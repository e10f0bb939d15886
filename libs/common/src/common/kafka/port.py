"""What the backbone asks of Apache Kafka, and nothing more: two adapters keep the same promises.

(1) `Producer.send` appends each run in its order behind what it appended before; it returns when all of it is
    acknowledged by every replica that must, and what it raised on may or may not be there.
(2) A producer that has raised is closed and replaced: the next one knows nothing of the runs of the last.
(3) A consumer reads what it was told to, from where it was told to: nothing of a place before the first `seek` of its
    turn.  It commits nothing that its reader relies on.
(4) `Consumer.assigned` changes its `turn` at every rebalance, also where the same partitions come back: positions and
    pauses of an earlier turn are void, and nothing polled in it may be applied in the next without being placed anew.
(5) No call of the library's own escapes: what may pass is `Trouble`, whatever the library calls it.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

Headers = Sequence[tuple[str, bytes]]


class Trouble(Exception):
    """The broker, or the way to it, does not do what it should; later it may."""


class Place(NamedTuple):
    """One partition of one topic."""

    topic: str
    partition: int


class Outgoing(NamedTuple):
    """A record to be appended; `value` None is a tombstone, `stamp_ms` its time since 1970 in milliseconds."""

    key: bytes
    value: bytes | None
    headers: Headers
    stamp_ms: int


class Record(NamedTuple):
    """A record as it was read."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]
    stamp_ms: int


class Turn(NamedTuple):
    """What a member of a group may read, until the next rebalance; `number` grows by one at each."""

    number: int
    places: frozenset[Place]


class Producer(Protocol):
    """Appends runs of records, in order, at least once."""

    async def send(self, runs: Mapping[Place, Sequence[Outgoing]]) -> Mapping[Place, int]:
        """Append each partition's run; return the offset of the last record of each.

        Raises:
            Trouble: something was not acknowledged in time.
        """

    async def close(self) -> None:
        """Let go; never raises `Trouble`, never waits longer than its own limit."""


class Consumer(Protocol):
    """Reads partitions that its group gives it, from the offsets that it is told."""

    def assigned(self) -> Turn: ...

    async def poll(self, *, records_max: int, wait_ms: int) -> Mapping[Place, Sequence[Record]]:
        """Wait for records of what is assigned and not paused; each partition's come in the order of their offsets."""

    def seek(self, place: Place, offset: int) -> None:
        """Read from there; as with `pause` and `resume`, a place that was taken away meanwhile is left alone."""

    def pause(self, places: Collection[Place]) -> None: ...

    def resume(self, places: Collection[Place]) -> None: ...

    async def hint(self, offsets: Mapping[Place, int]) -> None:
        """Tell the broker where the group is, for the sake of its lag tools only."""

    async def ends(self, places: Collection[Place]) -> Mapping[Place, int]:
        """Say where partitions end: the offset that the next record will get."""

    async def close(self) -> None: ...


class Client(Protocol):
    """A library that speaks to the broker; what it starts is ready in time, or there is `Trouble`."""

    async def producer(self, servers: str, client_id: str, *, send_timeout_s: float = ...) -> Producer:
        """Start a producer: idempotent, acknowledged by all."""

    async def consumer(self, servers: str, topics: Collection[str], group: str, member: str) -> Consumer:
        """Start a static member of a group."""

    async def reader(self, servers: str, places: Collection[Place]) -> Consumer:
        """Start a reader without a group, which has exactly these places for as long as it lives."""

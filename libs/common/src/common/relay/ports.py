"""What a relay asks of the world: an outbox, a broker, a clock.  The core awaits these and nothing else.

An outbox is one session of a database: what it raises ends the session, and the lock that it held.
"""

from collections.abc import Awaitable, Callable, Collection, Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeVar
from uuid import UUID

from common.contracts.platform import Digest
from common.kafka.port import Outgoing, Place, Record

T_co = TypeVar("T_co", covariant=True)

Row: TypeAlias = tuple[int, int, UUID, str, str, int, str, str | None, bytes | None]
"""seq, at, event_id, topic, key, version, type, traceparent, value: as the outbox gives it, to be unpacked.

`at` is in microseconds since 1970: to make a time of each would cost more than all else that is done with it.
"""


NOTHING_SEEN = "1:1:"
"""The snapshot before all transactions: every retained row is in its difference."""


class OutboxAway(Exception):
    """The database, or the way to it, does not do what it should; later it may."""


class SteppedDown(Exception):
    """Another relay leads, or may lead: stop before the next send."""


class Stopped(Exception):
    """Somebody has told us to stop, while nothing was in flight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """How far a relay has come; `draining` is a large difference under way: its upper snapshot and last sent `seq`."""

    epoch: int
    db_epoch: int
    s1: str
    draining: tuple[str, int] | None = None


class Taken(NamedTuple):
    """The cursor as its last leader left it, with an epoch of our own, and the last offsets it had acknowledged.

    `auditing`: where an audit of the state topics began that is not over, and what had been sent for certain then.
    """

    cursor: Cursor
    acked: Mapping[Place, int]
    signed_off: bool
    restored: bool
    auditing: Mapping[Place, int] | None = None
    audited_since: str = NOTHING_SEEN


class Difference(NamedTuple):
    """What is new since a snapshot, up to `upper`; `rows` None: more than was asked for."""

    upper: str
    rows: Sequence[Row] | None


class Ahead(Protocol[T_co]):
    """What was asked for already and is awaited later; whoever does not await it cancels it."""

    def __await__(self) -> Generator[Any, Any, T_co]: ...

    def done(self) -> bool: ...

    def cancel(self) -> object: ...


class Outbox(Protocol):
    """The rows and the cursor, through one session.

    Raises, in every call:
        OutboxAway: the database did not answer as it should.
    """

    async def lead(self) -> bool:
        """Take the lock, unless somebody else has it."""

    async def faults(self) -> Sequence[str]:
        """Say why this outbox, or this session, could not keep the order."""

    async def take(self) -> Taken:
        """Give the cursor a new epoch; one of another database is forgotten, in the same statement."""

    async def look(self) -> str:
        """Ask for the snapshot of now."""

    async def difference(self, s1: str, *, rows_max: int) -> Difference:
        """Read what is not visible in `s1` and is now, in the order of `seq`."""

    async def first(self, s1: str, upper: str) -> int:
        """Say the lowest `seq` of a large difference."""

    def page(self, cursor: Cursor, after: int, *, rows_max: int) -> Ahead[Sequence[Row]]:
        """Begin to read the rows of the difference under way behind a `seq`."""

    async def save(self, cursor: Cursor, acked: Mapping[Place, int]) -> None:
        """Move the cursor.

        Raises:
            SteppedDown: it has another epoch.
        """

    async def forget(self, cursor: Cursor) -> Cursor:
        """Begin again before all transactions: everything retained will be sent, nothing counts as acknowledged.

        Raises:
            SteppedDown: the cursor has another epoch.
        """

    async def audit(self, cursor: Cursor, starts: Mapping[Place, int] | None, since: str) -> None:
        """Keep in mind where an audit begins, and the snapshot that was sent for certain, or that it is over.

        Raises:
            SteppedDown: the cursor has another epoch.
        """

    async def sign_off(self, cursor: Cursor) -> None:
        """Say that nothing of ours is in flight any more."""

    async def newest(self, topic: str, keys: Collection[str], since: str, s1: str) -> Sequence[Row] | None:
        """Read the newest row of each of these keys that `since` does not see, and `s1` does; None: it takes long."""

    async def waiting(self, after: int) -> int:
        """Estimate how many rows stand behind a `seq`."""

    async def oldest(self) -> int | None:
        """Say when the oldest row was written that waits, in microseconds since 1970; None: nothing waits."""

    async def parked(self) -> int:
        """Count the rows that an operator has parked."""

    async def export(self, s1: str, *, rows_max: int) -> tuple[str, Difference]:
        """Read a difference in a transaction of its own, whose snapshot others may import until `release`."""

    async def release(self) -> None: ...

    async def close(self) -> None: ...


class Broker(Protocol):
    """Where the rows go; see `common.kafka.port` for what `send` promises.

    Raises, in every call but `close`:
        Trouble: something was not answered in time.
    """

    async def faults(self) -> Sequence[str]:
        """Say which declared topic is not there, or not as declared."""

    async def send(self, runs: Mapping[Place, Sequence[Outgoing]]) -> Mapping[Place, int]: ...

    async def ends(self, places: Collection[Place]) -> Mapping[Place, int]: ...

    async def read(self, starts: Mapping[Place, int], *, records_max: int) -> Sequence[Record]:
        """Read some of what stands behind these offsets, each partition in its order; nothing, if nothing does."""

    async def close(self) -> None: ...


class Clock(Protocol):
    """The time that passes, and the time of day."""

    def monotonic(self) -> float: ...

    def now(self) -> datetime: ...

    async def pause(self, seconds: float) -> None:
        """Let others work for a while.

        Raises:
            Stopped: we were told to stop meanwhile.
        """


Count = Callable[[str], Ahead[Sequence[Digest] | None]]
"""Begin to count what a service holds, in the snapshot of that name; None: it could not be counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """All of it, as the wiring gives it; `place` says where a key of a topic goes, `states` where states go."""

    outbox: Callable[[], Awaitable[Outbox]]
    broker: Callable[[], Awaitable[Broker]]
    clock: Clock
    place: Callable[[str, str], Place]
    places: Collection[Place]
    states: Collection[Place]
    new_id: Callable[[], UUID]
    digest: Count | None = None

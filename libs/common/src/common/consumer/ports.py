"""What the loop asks of the world beside Kafka: a ledger that keeps offsets and effects together, and a clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from common.kafka import ClientName
from common.kafka.port import Place, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a consumer works; times in the unit of their name.

    A transaction begins with as many records as a poll brings, and takes more while they pass quickly.
    """

    servers: str
    member: str = "1"
    client: ClientName = "aiokafka"
    poll_records_max: int = 500
    batch_records_max: int = 10_000
    buffer_records_max: int = 40_000
    apply_s_aimed: float = 0.1
    apply_s_behind: float = 0.4
    poll_ms: int = 100
    commit_hint_every_s: float = 2
    look_every_s: float = 0.5
    watch_every_s: float = 5
    stuck_s: float = 60
    mute_s: float = 20
    backoff_s_min: float = 0.2
    backoff_s_max: float = 30
    tries: int = 5
    redrive_s_max: float = 0.5
    retry_s: float = 1


class Fenced(Exception):
    """Somebody else has moved the offsets of these partitions."""

    def __init__(self, places: Sequence[Place]) -> None:
        super().__init__(str(places))
        self.places = places


class Away(Exception):
    """Nothing can be applied now: the ledger, or the way to it."""


class Held(Exception):
    """This cannot be applied now, and may be later: a lock, something not heard yet."""


class Passed(Exception):
    """What was doubted passes now: nothing was applied, and nothing set aside."""


class Behind(Exception):
    """Nothing passes beside what is doubted, for all of it belongs behind parked keys: nothing was set aside."""


class Run(NamedTuple):
    """Records of one partition that follow each other, to be applied behind `stored`.

    `aside` names the offsets that are set aside instead, each with the reason.  One of them may be `doubted`: it is
    tried once more when others have passed.
    """

    place: Place
    stored: int
    records: Sequence[Record]
    aside: Mapping[int, str] = {}
    doubted: int | None = None

    @property
    def next_offset(self) -> int:
        return self.records[-1].offset + 1


class Asked(NamedTuple):
    """A key whose records, set aside, an operator wants applied."""

    place: Place
    key: str
    operation: int


class Portion(NamedTuple):
    """The first so many records of a redrive, for a moment at most, behind those that were applied `before`."""

    asked: Asked
    stored: int
    records_max: int
    within_s: float
    before: int


class Look(NamedTuple):
    """What has changed in the ledger behind our back."""

    moved: Sequence[Place]
    asked: Sequence[Asked]


class Ledger(Protocol):
    """Offsets and what follows from the records, in one database.

    Besides what is named below every function may raise `Away` and `Held`; whatever else it raises is the records'
    fault, and will not pass.
    """

    async def place(self, places: Sequence[Place]) -> Mapping[Place, int]:
        """Read where partitions stand, after whoever is moving them."""

    async def apply(self, runs: Sequence[Run]) -> None:
        """Apply runs of one topic and move their offsets, in one transaction.

        Raises:
            Fenced: an offset was not the one that we last stored.
            Passed: what was doubted passes.
            Behind: nothing else passes, so that nothing is known of what is doubted.
        """

    async def look(self, offsets: Mapping[Place, int]) -> Look:
        """Say which offsets are others now, and what an operator asks of these partitions."""

    async def redrive(self, portion: Portion) -> tuple[int, bool]:
        """Apply a portion of what was set aside of a key, in order, and free the key behind the last; one transaction.

        Returns how many records that were, and whether all is done: by us, or by somebody else.

        Raises:
            Fenced: as in `apply`.
            Held: also when the moment is over.
        """

    async def refuse(self, asked: Asked, reason: str) -> None:
        """Tell the operator why a redrive was not done; the key stays as it is."""

    async def tell(self) -> None:
        """Say in metrics what is set aside, and how fresh the rest is."""


class Bell(Protocol):
    """Wakes all who wait; a ring while nobody does is for who asks next."""

    def ring(self) -> None: ...

    async def heard(self, within_s: float) -> bool:
        """Wait for a ring that nobody has heard yet; say whether there was one."""


class Clock(Protocol):
    """Time that only goes forward, and luck."""

    def now(self) -> float: ...

    async def rest(self, seconds: float) -> None: ...

    def jitter(self) -> float:
        """Draw a number from 0.5 to 1."""

    def bell(self) -> Bell: ...

"""What every service says about itself: how far it has published, and what it had when it had published so much.

`ends` maps "topic/partition" to the offset behind the last record that counts: a reader that has come there has heard
all that is meant.  Times are real ones, whatever a sandbox's clock says.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

BUCKETS: Final = 256
"""Of each aggregate; `id_bucket` in the database says which one an id is in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """All that a service had committed at `at` is published and ends at `ends`: who has read that far is that fresh."""

    PLATFORM: ClassVar[str] = "heartbeat"

    service: str
    at: datetime
    ends: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A 256th part of an aggregate's rows, summed up.

    `versions` is the sum of their versions, `hash` the exclusive or, as 16 hexadecimal digits, of a hash of each row's
    id and version.  Parts that have no row are left out.
    """

    aggregate: str
    bucket: int
    count: int
    versions: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a service had in its database in the snapshot whose last published records end at `ends`."""

    PLATFORM: ClassVar[str] = "checkpoint"

    service: str
    at: datetime
    snapshot: str
    ends: dict[str, int]
    digests: tuple[Digest, ...]

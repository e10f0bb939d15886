"""Whether copies are what their owner holds: which buckets are equal, which cannot be told, which differ.  Pure.

(1) A checkpoint says what its owner held when exactly those records had been published that end where it says.  Whoever
    has heard up to there, and no further, must hold the same.
(2) A bucket of which something was heard beyond the ends has moved on: it is left for the next checkpoint.  So is one
    with a parked record, which is shown as not counted and waits for somebody to look at it.  All others are compared.
(3) A difference is told to the owner at once where the aggregate has not moved at all, else when it is there again at
    the next checkpoint.  What has moved at too many checkpoints is told too, so that no bucket is never looked at.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from common.contracts.platform import BUCKETS, Digest

INTERNAL: Final = "internal"
"""The scope of the comparison of cells with contributions; all others are services."""

DIFFERENCES_SHOWN: Final = 100
NOTHING: Final = "0" * 16


class Bucket(NamedTuple):
    """One of 256 parts of an aggregate's ids."""

    aggregate: str
    number: int

    @property
    def id(self) -> UUID:
        return uuid5(_BUCKETS, f"{self.aggregate}/{self.number}")


class Sum(NamedTuple):
    """What a bucket's rows come to."""

    rows: int
    versions: int
    hash: str


EMPTY: Final = Sum(0, 0, NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What is held here of one bucket; `moved`: some of it was heard beyond the checkpoint's ends."""

    bucket: Bucket
    sum: Sum
    moved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What is known of a bucket from comparisons before."""

    passed_over: int = 0
    differed_at: datetime | None = None
    told_at: datetime | None = None
    version: int = 0


class Finding(StrEnum):
    """What the comparison of one bucket has found."""

    EQUAL = "equal"
    MOVED = "moved"
    PARKED = "parked"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something that was not as it must be: a bucket of an aggregate; inside, a cell, a record, an announced figure."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a comparison came to.

    Compared are buckets; inside, cells, records and announced figures.  `moved` and `parked` ones could not be
    compared, `told` buckets were told to their owner, who announces them again; `repaired` ones are equal again.
    """

    id: UUID
    scope: str
    at: datetime
    checkpoint_at: datetime | None
    position: str
    compared: int
    equal: int
    moved: int
    parked: int
    differing: int
    told: int
    repaired: int
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCounted:
    """Records that wait parked, and of how many aggregates they are."""

    records: int
    keys: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """How far the figures can be believed.

    `as_of` is when the newest record that is counted was recorded.  `behind_s` says how many seconds ago it was that
    all which the owners had published is known to have been read; nothing, before the first heartbeat of each.
    """

    as_of: datetime | None
    behind_s: float | None
    not_counted: NotCounted
    internal: Outcome | None
    owners: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckAsked:
    """A comparison inside that was asked for: the first outcome of the scope `internal` after `at` answers it."""

    id: UUID
    at: datetime


def findings(
    aggregates: Iterable[str], owner: Iterable[Digest], here: Iterable[Held], parked: Collection[Bucket]
) -> dict[Bucket, Finding]:
    """Compare every bucket of some aggregates, also those that nobody holds anything of."""
    stated = {Bucket(one.aggregate, one.bucket): Sum(one.count, one.versions, one.hash) for one in owner}
    held = {one.bucket: one for one in here}
    every = (Bucket(aggregate, number) for aggregate in aggregates for number in range(BUCKETS))
    return {
        bucket: _finding(stated.get(bucket, EMPTY), held.get(bucket), is_parked=bucket in parked) for bucket in every
    }


def _finding(stated: Sum, held: Held | None, *, is_parked: bool) -> Finding:
    if (EMPTY if held is None else held.sum) == stated:
        return Finding.EQUAL
    if is_parked:
        return Finding.PARKED
    return Finding.MOVED if held is not None and held.moved else Finding.DIFFERS


def to_tell(found: Mapping[Bucket, Finding], past: Mapping[Bucket, Past], *, passed_over_max: int) -> Iterator[Bucket]:
    """List what its owner is to announce again."""
    moving = {bucket.aggregate for bucket, finding in found.items() if finding is Finding.MOVED}
    for bucket, finding in found.items():
        before = past.get(bucket, Past())
        if finding is Finding.DIFFERS:
            is_due = before.differed_at is not None or bucket.aggregate not in moving
        else:
            is_due = finding is Finding.MOVED and before.passed_over + 1 >= passed_over_max
        if is_due:
            yield bucket


def repaired(found: Mapping[Bucket, Finding], past: Mapping[Bucket, Past]) -> Iterator[Bucket]:
    """List what differed, was told, and is equal now."""
    for bucket, before in past.items():
        if before.told_at is not None and found.get(bucket) is Finding.EQUAL:
            yield bucket


_BUCKETS = uuid5(NAMESPACE_URL, "passeurs.reporting.buckets.v1")

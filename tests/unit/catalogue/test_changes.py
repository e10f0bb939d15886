"""Positions in the feed of changes."""

import pytest

from catalogue.domain.changes import GOOD_FOR, Position, PositionTooOld, Snapshot

DAYS_S = int(GOOD_FOR.total_seconds())
GIVEN = Position(era="1/1", seen=Snapshot(at=1_000, below=90, running=(80,)))


def test_a_position_is_good_for_fourteen_days():
    GIVEN.require_good("1/1", Snapshot(at=1_000 + DAYS_S, below=90))
    with pytest.raises(PositionTooOld):
        GIVEN.require_good("1/1", Snapshot(at=1_001 + DAYS_S, below=90))


@pytest.mark.parametrize(("era", "below"), [("1/2", 90), ("1/1", 89)])
def test_a_position_of_another_database_is_refused(era: str, below: int):
    with pytest.raises(PositionTooOld):
        GIVEN.require_good(era, Snapshot(at=1_000, below=below))


def test_a_page_that_is_not_the_last_goes_on_in_the_same_snapshot():
    """However long the reader takes over it, it has read no more than that snapshot saw."""
    reading = Snapshot(at=2_000, below=100)
    half = GIVEN.after_page(reading, 7)
    assert (half.seen, half.reading, half.last_seq) == (GIVEN.seen, reading, 7)
    assert half.after_page(reading, None) == Position(era="1/1", seen=reading)


@pytest.mark.parametrize(
    ("snapshot", "is_one"),
    [
        (Snapshot(at=0, below=1), True),
        (Snapshot(at=0, below=9, running=(1, 8)), True),
        (Snapshot(at=-1, below=9), False),
        (Snapshot(at=0, below=0), False),
        (Snapshot(at=0, below=9, running=(9,)), False),
        (Snapshot(at=0, below=9, running=(-1,)), False),
        (Snapshot(at=0, below=2**63), False),
        (Snapshot(at=0, below=9_999, running=tuple(range(1, 1_002))), False),
    ],
)
def test_what_no_database_can_have_given_is_told(snapshot: Snapshot, *, is_one: bool):
    assert snapshot.is_one is is_one
    assert Position(era="1/1", seen=snapshot).is_one is is_one


def test_nobody_reads_in_a_snapshot_that_is_older_than_what_was_seen():
    assert not Position(era="1/1", seen=Snapshot(at=0, below=9), reading=Snapshot(at=0, below=8)).is_one

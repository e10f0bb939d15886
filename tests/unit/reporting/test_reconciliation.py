"""Which buckets are equal, which cannot be told, which differ; and which of them their owner hears of."""

from datetime import UTC, datetime

import pytest

from common.contracts.platform import Digest
from reporting.domain.reconciliation import Bucket, Finding, Held, Past, Sum, findings, repaired, to_tell

AT = datetime(2025, 7, 26, 10, tzinfo=UTC)
HERE, OTHER = Bucket("project", 7), Bucket("project", 8)


def stated(bucket: Bucket = HERE, count: int = 2, versions: int = 5, word: str = "00000000000000ff") -> Digest:
    return Digest(aggregate=bucket.aggregate, bucket=bucket.number, count=count, versions=versions, hash=word)


def held(bucket: Bucket = HERE, *of: object, moved: bool = False) -> Held:
    rows, versions, word = of or (2, 5, "00000000000000ff")
    return Held(bucket=bucket, sum=Sum(int(str(rows)), int(str(versions)), str(word)), moved=moved)


def finding(*owner: Digest, here: tuple[Held, ...] = (), parked: tuple[Bucket, ...] = ()) -> Finding:
    return findings(["project"], owner, here, parked)[HERE]


def test_every_bucket_is_judged_also_those_that_nobody_holds_anything_of():
    found = findings(["project", "action"], [], [], [])
    assert len(found) == 512
    assert set(found.values()) == {Finding.EQUAL}


def test_what_both_hold_is_equal():
    assert finding(stated(), here=(held(),)) is Finding.EQUAL


@pytest.mark.parametrize("of", [(3, 5, "00000000000000ff"), (2, 6, "00000000000000ff"), (2, 5, "00000000000000fe")])
def test_a_row_a_version_or_an_id_too_many_differs(of):
    assert finding(stated(), here=(held(HERE, *of),)) is Finding.DIFFERS


def test_what_only_one_of_them_holds_differs():
    assert finding(stated()) is Finding.DIFFERS
    assert finding(here=(held(),)) is Finding.DIFFERS


def test_what_has_moved_on_or_waits_parked_cannot_be_told():
    moved = held(HERE, 2, 6, "00000000000000fe", moved=True)
    assert finding(stated(), here=(moved,)) is Finding.MOVED
    assert finding(stated(), parked=(HERE,)) is Finding.PARKED
    assert finding(stated(), here=(held(),), parked=(OTHER,)) is Finding.EQUAL


def test_a_difference_is_told_at_once_where_nothing_moves():
    found = {HERE: Finding.DIFFERS, OTHER: Finding.EQUAL, Bucket("action", 1): Finding.MOVED}
    assert list(to_tell(found, {}, passed_over_max=5)) == [HERE]


def test_a_difference_beside_what_moves_is_told_when_it_is_there_again():
    found = {HERE: Finding.DIFFERS, OTHER: Finding.MOVED}
    assert list(to_tell(found, {}, passed_over_max=5)) == []
    assert list(to_tell(found, {HERE: Past(differed_at=AT)}, passed_over_max=5)) == [HERE]


def test_what_moves_too_often_is_told_unseen():
    found = {HERE: Finding.MOVED}
    assert list(to_tell(found, {HERE: Past(passed_over=3)}, passed_over_max=5)) == []
    assert list(to_tell(found, {HERE: Past(passed_over=4)}, passed_over_max=5)) == [HERE]


def test_repaired_is_what_was_told_and_is_equal():
    found = {HERE: Finding.EQUAL, OTHER: Finding.DIFFERS}
    told = Past(told_at=AT, differed_at=AT)
    assert list(repaired(found, {HERE: told, OTHER: told})) == [HERE]
    assert list(repaired(found, {HERE: Past(differed_at=AT)})) == []

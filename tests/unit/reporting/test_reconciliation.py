"""Which buckets are equal, which cannot be told, which differ; and which of them their owner hears of."""

from datetime import UTC, datetime

import pytest

from common.contracts.platform import Digest
from reporting.domain.reconciliation import Bucket, Held, Past, Sum, Verdict, repaired, to_tell, verdicts

AT = datetime(2025, 7, 26, 10, tzinfo=UTC)
HERE, OTHER = Bucket("project", 7), Bucket("project", 8)


def stated(bucket: Bucket = HERE, count: int = 2, versions: int = 5, word: str = "00000000000000ff") -> Digest:
    return Digest(aggregate=bucket.aggregate, bucket=bucket.number, count=count, versions=versions, hash=word)


def held(bucket: Bucket = HERE, *of: object, moved: bool = False) -> Held:
    rows, versions, word = of or (2, 5, "00000000000000ff")
    return Held(bucket=bucket, sum=Sum(int(str(rows)), int(str(versions)), str(word)), moved=moved)


def verdict(*owner: Digest, here: tuple[Held, ...] = (), parked: tuple[Bucket, ...] = ()) -> Verdict:
    return verdicts(["project"], owner, here, parked)[HERE]


def test_every_bucket_is_judged_also_those_that_nobody_holds_anything_of():
    judged = verdicts(["project", "action"], [], [], [])
    assert len(judged) == 512
    assert set(judged.values()) == {Verdict.EQUAL}


def test_what_both_hold_is_equal():
    assert verdict(stated(), here=(held(),)) is Verdict.EQUAL


@pytest.mark.parametrize("of", [(3, 5, "00000000000000ff"), (2, 6, "00000000000000ff"), (2, 5, "00000000000000fe")])
def test_a_row_a_version_or_an_id_too_many_differs(of):
    assert verdict(stated(), here=(held(HERE, *of),)) is Verdict.DIFFERS


def test_what_only_one_of_them_holds_differs():
    assert verdict(stated()) is Verdict.DIFFERS
    assert verdict(here=(held(),)) is Verdict.DIFFERS


def test_what_has_moved_on_or_waits_parked_cannot_be_told():
    moved = held(HERE, 2, 6, "00000000000000fe", moved=True)
    assert verdict(stated(), here=(moved,)) is Verdict.MOVED
    assert verdict(stated(), parked=(HERE,)) is Verdict.PARKED
    assert verdict(stated(), here=(held(),), parked=(OTHER,)) is Verdict.EQUAL


def test_a_difference_is_told_at_once_where_nothing_moves():
    judged = {HERE: Verdict.DIFFERS, OTHER: Verdict.EQUAL, Bucket("action", 1): Verdict.MOVED}
    assert list(to_tell(judged, {}, passed_over_max=5)) == [HERE]


def test_a_difference_beside_what_moves_is_told_when_it_is_there_again():
    judged = {HERE: Verdict.DIFFERS, OTHER: Verdict.MOVED}
    assert list(to_tell(judged, {}, passed_over_max=5)) == []
    assert list(to_tell(judged, {HERE: Past(differed_at=AT)}, passed_over_max=5)) == [HERE]


def test_what_moves_too_often_is_told_unseen():
    judged = {HERE: Verdict.MOVED}
    assert list(to_tell(judged, {HERE: Past(passed_over=3)}, passed_over_max=5)) == []
    assert list(to_tell(judged, {HERE: Past(passed_over=4)}, passed_over_max=5)) == [HERE]


def test_repaired_is_what_was_told_and_is_equal():
    judged = {HERE: Verdict.EQUAL, OTHER: Verdict.DIFFERS}
    told = Past(told_at=AT, differed_at=AT)
    assert list(repaired(judged, {HERE: told, OTHER: told})) == [HERE]
    assert list(repaired(judged, {HERE: Past(differed_at=AT)})) == []

"""What a new leader makes of the state topics: which keys end with an old state, and which record is nobody's."""

from collections.abc import Sequence

import pytest

from common.kafka.port import Place, Record
from common.relay.audit import Audit
from common.relay.ports import NOTHING_SEEN

TOPIC = "states"


def record(offset: int, key: bytes | None, version: bytes | None, *, epoch: bytes | None = b"1") -> Record:
    headers = [("ce_aggepoch", epoch), ("ce_aggversion", version)]
    return Record(TOPIC, 0, offset, key, b"{}", headers, 0)


def audited(records: Sequence[Record], *, keys_max: int = 10) -> Audit:
    audit = Audit({Place(TOPIC, 0): 0}, since=NOTHING_SEEN, keys_max=keys_max, until=0)
    audit.take(records)
    return audit


def test_a_key_is_behind_until_its_newest_comes_last_again():
    audit = audited([record(0, b"a", b"2"), record(1, b"b", b"1"), record(2, b"a", b"1")])
    assert audit.behind() == {TOPIC: {"a"}}
    audit.take([record(3, b"a", b"2")])
    assert audit.behind() == {}


def test_a_key_that_was_seen_to_is_behind_again_only_by_another_record():
    """Also where what could be sent is older than what was read: the newest row is parked, say."""
    audit = audited([record(0, b"a", b"3"), record(1, b"a", b"1")])
    audit.forget(TOPIC, {"a"})
    assert audit.behind() == {}
    audit.take([record(2, b"a", b"2")])
    assert audit.behind() == {}
    audit.take([record(3, b"a", b"1")])
    assert audit.behind() == {TOPIC: {"a"}}


@pytest.mark.parametrize(
    "foreign",
    [
        Record(TOPIC, 0, 0, b"a", b"{}", [], 0),
        record(0, None, b"1"),
        record(0, b"\xff", b"1"),
        record(0, b"a", b"one"),
        record(0, b"a", b"1", epoch=None),
    ],
    ids=["no headers", "no key", "no text", "no number", "none"],
)
def test_what_others_put_there_is_passed_over(foreign: Record):
    audit = audited([foreign, record(1, b"a", b"1")])
    assert audit.behind() == {}
    assert audit.has_reached({Place(TOPIC, 0): 2})

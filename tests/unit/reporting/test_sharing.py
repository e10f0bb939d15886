"""How topics are divided among those who read them."""

from common.kafka.port import Place
from reporting.consumers.filling import Share
from reporting.consumers.sharing import shares

WHOLE = Share(servers="here", owner_dsn="there", ends=(), records_per_s=5)


def test_each_reader_has_about_as_many_records_and_nothing_twice() -> None:
    ends = {Place("a", 0): 100, Place("a", 1): 60, Place("b", 0): 50, Place("b", 1): 0}
    divided = shares(WHOLE, ends, 2)
    assert [sum(end.offset for end in one.ends) for one in divided] == [100, 110]
    assert sorted((end.topic, end.partition) for one in divided for end in one.ends) == [("a", 0), ("a", 1), ("b", 0)]


def test_a_limit_of_the_rate_is_divided_and_none_stays_none() -> None:
    ends = {Place("a", n): 10 for n in range(3)}
    assert [one.records_per_s for one in shares(WHOLE, ends, 2)] == [3, 3]
    assert [one.records_per_s for one in shares(Share(servers="", owner_dsn="", ends=()), ends, 2)] == [0, 0]


def test_nobody_is_asked_to_read_nothing() -> None:
    assert shares(WHOLE, {Place("a", 0): 0}, 2) == []
    assert len(shares(WHOLE, {Place("a", 0): 7}, 2)) == 1

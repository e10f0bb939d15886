"""What a row looks like on the topic: the contract with every reader, whoever wrote it faster."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from aiokafka.partitioner import DefaultPartitioner
from hypothesis import given
from hypothesis import strategies as st

from common import contracts, kafka
from common.kafka.port import Place
from common.relay.records import Records

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TIMES = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - made aware
ROWS = st.tuples(
    st.just(1),
    TIMES,
    st.uuids(),
    st.sampled_from(sorted(contracts.topics())),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.integers(1, 2**31 - 1),
    st.sampled_from(["film.renamed", "film.state"]).map(contracts.ce_type),
    st.none() | st.just("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
    st.none() | st.binary(),
)


def encoded(row, at_us: int):
    [(place, [record])] = (
        Records("catalogue", 3, lambda topic, _: Place(topic, 0)).runs([(row[0], at_us, *row[2:])]).items()
    )
    assert place == (row[3], 0)
    return record


@given(ROWS)
def test_a_row_gets_the_headers_of_the_contract(row):
    _, at, event_id, _, key, version, kind, traceparent, value = row
    record = encoded(row, (at - EPOCH) // timedelta(microseconds=1))
    assert record.headers == kafka.headers(
        service="catalogue",
        event_id=event_id,
        ce_type=kind,
        key=key,
        at=at,
        version=version,
        epoch=3,
        traceparent=traceparent,
    )
    assert (record.key, record.value) == (key.encode(), value)
    assert record.stamp_ms == (at - EPOCH) // timedelta(milliseconds=1)


def test_each_partition_s_records_keep_the_order_of_the_rows():
    rows = [(n, n, UUID(int=n), "topic", str(n % 3), n, "type", None, None) for n in range(20)]
    runs = Records("catalogue", 1, lambda topic, key: Place(topic, int(key))).runs(rows)
    versions = [[dict(record.headers)["ce_aggversion"] for record in run] for run in runs.values()]
    assert versions == [[b"%d" % n for n in range(first, 20, 3)] for first in range(3)]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_key_goes_where_other_clients_send_it(key: str):
    everywhere = list(range(contracts.PARTITIONS))
    assert kafka.partition(key) == DefaultPartitioner()(key.encode(), everywhere, everywhere)

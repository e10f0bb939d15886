"""Apache Kafka through aiokafka: the topics, a producer that keeps order, a consumer that commits nothing by itself.

CloudEvents 1.0 in binary mode: the attributes are headers `ce_…`, the value is the data as it is, null is a tombstone.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code
from aiokafka.partitioner import DefaultPartitioner

from common import contracts

Headers = Sequence[tuple[str, bytes]]

DAY_MS = 86_400_000
EVENTS_KEPT_MS = 90 * DAY_MS
COMPACTION_LAG_MS = 3_600_000
TOMBSTONES_KEPT_MS = 7 * DAY_MS
MESSAGE_BYTES_MAX = 1_048_576
BATCH_BYTES_MAX = 524_288
SESSION_TIMEOUT_MS = 10_000
REQUEST_TIMEOUT_MS = 10_000

_CONFIGS: Mapping[contracts.Kind, Mapping[str, str]] = {
    "events": {"cleanup.policy": "delete", "retention.ms": str(EVENTS_KEPT_MS)},
    "state": {
        "cleanup.policy": "compact",
        "min.compaction.lag.ms": str(COMPACTION_LAG_MS),
        "delete.retention.ms": str(TOMBSTONES_KEPT_MS),
    },
}
_PARTITIONS = list(range(contracts.PARTITIONS))
_partition_of = DefaultPartitioner()


def partition(key: str) -> int:
    """Place a key as the Java client does (murmur2), so that any producer sends it to the same partition."""
    number: int = _partition_of(key.encode(), _PARTITIONS, _PARTITIONS)
    return number


async def create_topics(servers: str, *, replication_factor: int = 1) -> list[str]:
    """Create the topics that are not there yet; return all their names.  Nothing else creates one."""
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    try:
        await admin.start()
        there = set(await admin.list_topics())
        missing = [(name, kind) for name, kind in contracts.topics().items() if name not in there]
        answer: Any = await admin.create_topics([_topic(name, kind, replication_factor) for name, kind in missing])
        _raise_for(answer.topic_errors)
    finally:
        await admin.close()
    return list(contracts.topics())


async def missing_topics(servers: str) -> list[str]:
    """Name the declared topics that the broker lacks: a relay is not ready until there are none."""
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    try:
        await admin.start()
        return sorted(set(contracts.topics()) - set(await admin.list_topics()))
    finally:
        await admin.close()


def producer(servers: str, client_id: str) -> AIOKafkaProducer:
    """Make the relay's producer: idempotent, acknowledged by all, one request in flight per broker."""
    return AIOKafkaProducer(
        bootstrap_servers=servers,
        client_id=client_id,
        enable_idempotence=True,
        acks="all",
        linger_ms=0,
        compression_type="lz4",
        max_request_size=MESSAGE_BYTES_MAX,
        max_batch_size=BATCH_BYTES_MAX,
        request_timeout_ms=REQUEST_TIMEOUT_MS,
    )


def consumer(servers: str, group: str, member: str) -> AIOKafkaConsumer:
    """Make a group's consumer: a static member, reading from the offsets that the database gives it."""
    return AIOKafkaConsumer(
        bootstrap_servers=servers,
        group_id=group,
        group_instance_id=f"{group}.{member}",
        client_id=f"{group}.{member}",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=SESSION_TIMEOUT_MS,
        fetch_max_wait_ms=500,
        request_timeout_ms=REQUEST_TIMEOUT_MS,
    )


def headers(
    *,
    service: str,
    event_id: UUID,
    ce_type: str,
    key: str,
    at: datetime,
    version: int,
    epoch: int,
    traceparent: str | None,
) -> Headers:
    """Write a record's CloudEvents attributes; `at` is the real time of the record, in UTC."""
    plain = {
        "ce_specversion": "1.0",
        "ce_id": str(event_id),
        "ce_source": f"/services/{service}",
        "ce_type": ce_type,
        "ce_subject": key,
        "ce_time": at.isoformat().replace("+00:00", "Z"),
        "ce_dataschema": f"urn:{ce_type.replace('.', ':')}",
        "ce_aggversion": str(version),
        "ce_aggepoch": str(epoch),
        "ce_partitionkey": key,
        "content-type": "application/json",
    }
    if traceparent is not None:
        plain["traceparent"] = traceparent
    return [(name, value.encode()) for name, value in plain.items()]


def _topic(name: str, kind: contracts.Kind, replication_factor: int) -> NewTopic:
    return NewTopic(
        name=name,
        num_partitions=contracts.PARTITIONS,
        replication_factor=replication_factor,
        topic_configs={**_CONFIGS[kind], "max.message.bytes": str(MESSAGE_BYTES_MAX)},
    )


def _raise_for(errors: Sequence[tuple[str, int, str]]) -> None:
    for name, code, *_ in errors:
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:
            message = f"topic {name}"
            raise error(message)


__all__ = [
    "ConsumerRebalanceListener",
    "Headers",
    "consumer",
    "create_topics",
    "headers",
    "missing_topics",
    "partition",
    "producer",
]

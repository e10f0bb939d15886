"""Apache Kafka: its topics, the port and its two adapters, and the envelope of every record.

CloudEvents 1.0 in binary mode: the attributes are headers `ce_…`, the value is the data as it is, null is a tombstone.
"""

from datetime import datetime
from typing import Literal
from uuid import UUID

from common.kafka import aio, confluent
from common.kafka.port import Client, Headers
from common.kafka.topics import (
    DAY_MS,
    EVENTS_KEPT_MS,
    configuration,
    create_topics,
    differing_topics,
    missing_topics,
    partition,
)

ClientName = Literal["aiokafka", "confluent"]

_CLIENTS: dict[ClientName, Client] = {"aiokafka": aio, "confluent": confluent}


def client(name: ClientName) -> Client:
    """Choose the library that speaks to the broker."""
    return _CLIENTS[name]


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
    """Write a record's CloudEvents attributes; `at` is the real time of the record, in UTC.

    It is the contract in its plain form, for whoever sends a few records; a relay's own way must give the same.
    """
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


__all__ = [
    "DAY_MS",
    "EVENTS_KEPT_MS",
    "ClientName",
    "client",
    "configuration",
    "create_topics",
    "differing_topics",
    "headers",
    "missing_topics",
    "partition",
]

"""How far a service's facts have come, said every few seconds: with it a silent topic is known to be silent.

(1) The leading relay says it between two batches: all that was committed at `at` is acknowledged, and stands before
    `ends`.  What is said under load is as true as what is said at rest.
(2) Who has read up to `ends` is as fresh as `at`, also where nothing has happened for a long time.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from common import contracts
from common.contracts.platform import Heartbeat
from common.kafka.port import Place

TOPIC = contracts.topic(Heartbeat.PLATFORM, "platform")
TYPE = contracts.ce_type(f"platform.{Heartbeat.PLATFORM}")


def encoded(service: str, at: datetime, ends: Mapping[Place, int]) -> bytes:
    """Write a heartbeat as its readers see it."""
    return msgspec.json.encode(Heartbeat(service=service, at=at, ends=named(ends)))


def named(ends: Mapping[Place, int]) -> dict[str, int]:
    """Name the partitions as a heartbeat does."""
    return {f"{place.topic}/{place.partition}": end for place, end in ends.items()}

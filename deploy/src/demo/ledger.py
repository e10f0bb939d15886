"""What crosses Kafka: a reader of the public topics, of no group, that looks at types and at the order of versions."""

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from common import contracts

AGGREGATES = ("campaign", "project", "action", "report", "film", "rights_offer", "organisation", "coordination")
PREFIX = "fr.passeursdimages."
POLL_MS = 100
RETRY_S = 0.2


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact as it crossed Kafka."""

    id: str
    name: str
    subject: str
    version: int
    epoch: int
    trace: str
    campaign: str | None

    @property
    def aggregate(self) -> str:
        return self.name.partition(".")[0]


@dataclass(slots=True)
class Ledger:
    """Every fact since the demonstration began, each once, in the order of arrival."""

    facts: list[Fact] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    """Promises of the topics that were seen broken, in words."""
    _known: dict[str, dict[tuple[int, int], str]] = field(default_factory=lambda: defaultdict(dict))

    def take(self, record: "ConsumerRecord[bytes, bytes]") -> None:
        """Write a record down; what a relay sends twice counts once."""
        fact = _fact(record)
        self.broken.extend(_untrue(record, fact))
        versions = self._known[fact.subject]
        place = (fact.epoch, fact.version)
        if versions.get(place) == fact.id:
            return
        if place in versions:
            self.broken.append(f"{fact.subject}: version {fact.version} is two facts.")
        elif versions and place != _next(max(versions)):
            self.broken.append(f"{fact.subject}: {fact.name} v{fact.version} came after v{max(versions)[1]}.")
        versions[place] = fact.id
        self.facts.append(fact)

    def begins_at_one(self, subjects: set[str]) -> Iterator[str]:
        """Name things that began while we listened and whose first fact we did not hear first."""
        for subject in subjects:
            versions = self._known.get(subject)
            if versions and min(versions)[1] != 1:
                yield f"{subject}: its first fact was v{min(versions)[1]}."


@asynccontextmanager
async def listening(servers: str) -> AsyncIterator[Ledger]:
    """Listen from now on, and wait in silence while nobody is there."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    reader = AIOKafkaConsumer(bootstrap_servers=servers, enable_auto_commit=False, auto_offset_reset="latest")
    await reader.start()
    ledger = Ledger()
    try:
        topics = [contracts.topic(aggregate, "events") for aggregate in AGGREGATES]
        places = [TopicPartition(topic, n) for topic in topics for n in range(contracts.PARTITIONS)]
        reader.assign(places)
        await reader.seek_to_end()
        for place in places:
            await reader.position(place)
        taking = asyncio.create_task(_take(reader, ledger))
        try:
            yield ledger
        finally:
            taking.cancel()
            await asyncio.wait([taking])
    finally:
        await reader.stop()


async def _take(reader: AIOKafkaConsumer, ledger: Ledger) -> None:
    while True:
        try:
            batches = await reader.getmany(timeout_ms=POLL_MS)
        except KafkaError:
            await asyncio.sleep(RETRY_S)
            continue
        for records in batches.values():
            for record in records:
                ledger.take(record)


def _fact(record: "ConsumerRecord[bytes, bytes]") -> Fact:
    headers = {name: value.decode() for name, value in record.headers}
    content = json.loads(record.value or b"{}")
    return Fact(
        id=headers["ce_id"],
        name=headers["ce_type"].removeprefix(PREFIX).rpartition(".")[0],
        subject=headers["ce_subject"],
        version=int(headers["ce_aggversion"]),
        epoch=int(headers["ce_aggepoch"]),
        trace=headers.get("traceparent", "")[3:35],
        campaign=_campaign(content),
    )


def _campaign(content: dict[str, Any]) -> str | None:
    about: dict[str, Any] = content.get("about", content)
    return about.get("campaign_id")


def _untrue(record: "ConsumerRecord[bytes, bytes]", fact: Fact) -> Iterator[str]:
    if record.topic != contracts.topic(fact.aggregate, "events"):
        yield f"{fact.name} crossed {record.topic}."
    if (record.key or b"").decode() != fact.subject:
        yield f"{fact.name} of {fact.subject} has the key {(record.key or b'').decode()}."


def _next(place: tuple[int, int]) -> tuple[int, int]:
    epoch, version = place
    return epoch, version + 1

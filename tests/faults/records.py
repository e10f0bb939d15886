"""Records that no relay of ours would have sent, written to the topics by a bare client."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import msgspec
from aiokafka import AIOKafkaProducer

from common import contracts, kafka
from tests.faults.projection import FACTS, STATES, Moved, ThingState


@dataclass(frozen=True, slots=True)
class Crafted:
    """One record, as wrong as one likes."""

    topic: str
    key: UUID
    version: int
    value: bytes
    type: str
    bare: bool = False

    def of(self, **changed: object) -> "Crafted":
        return replace(self, **changed)  # type: ignore[arg-type]  # the caller names fields of this very class

    def headers(self) -> list[tuple[str, bytes]]:
        if self.bare:
            return []
        written = kafka.headers(
            service="catalogue",
            event_id=uuid4(),
            ce_type=self.type,
            key=str(self.key),
            at=datetime.now(UTC),
            version=self.version,
            epoch=1,
            traceparent=None,
        )
        return list(written)


def fact(key: UUID, version: int, by: Decimal = Decimal(1)) -> Crafted:
    return Crafted(FACTS, key, version, msgspec.json.encode(Moved(by)), contracts.ce_type(Moved.TYPE))


def state(key: UUID, version: int, amount: Decimal) -> Crafted:
    value = msgspec.json.encode(ThingState(key, version, amount))
    return Crafted(STATES, key, version, value, contracts.ce_type("film.state"))


async def send(servers: str, crafted: Sequence[Crafted]) -> None:
    """Append them in their order, and wait until the broker has them."""
    async with AIOKafkaProducer(bootstrap_servers=servers) as producer:
        for one in crafted:
            key = str(one.key)
            await producer.send(one.topic, one.value, key.encode(), kafka.partition(key), headers=one.headers())
        await producer.flush()


__all__ = ["Crafted", "fact", "send", "state"]

"""Kafka as a relay needs it: one producer, a reader of the states it writes, and what is known of the topics."""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Self

from aiokafka.errors import KafkaError

from common import kafka
from common.kafka.port import Client, Consumer, Outgoing, Place, Producer, Record, Trouble


class Kafka:
    """One producer, and whoever else it takes, until something goes wrong."""

    def __init__(self, client: Client, servers: str, producer: Producer, timeout_s: float) -> None:
        self._client = client
        self._servers = servers
        self._producer = producer
        self._timeout_s = timeout_s
        self._asking: Consumer | None = None
        self._reader: Consumer | None = None

    @classmethod
    async def open(cls, client: Client, servers: str, client_id: str, timeout_s: float) -> Self:
        producer = await client.producer(servers, client_id, send_timeout_s=timeout_s)
        return cls(client, servers, producer, timeout_s)

    async def faults(self) -> Sequence[str]:
        with _translated():
            async with asyncio.timeout(self._timeout_s):
                missing = [f"topic {name} is not created" for name in await kafka.missing_topics(self._servers)]
                differing = await kafka.differing_topics(self._servers)
        return [*missing, *(f"topic {name}: {fault}" for name, faults in differing.items() for fault in faults)]

    async def send(self, runs: Mapping[Place, Sequence[Outgoing]]) -> Mapping[Place, int]:
        return await self._producer.send(runs)

    async def ends(self, places: Collection[Place]) -> Mapping[Place, int]:
        if self._asking is None:
            self._asking = await self._client.reader(self._servers, ())
        return await self._asking.ends(places)

    async def read(self, starts: Mapping[Place, int], *, records_max: int) -> Sequence[Record]:
        if self._reader is None:
            self._reader = await self._client.reader(self._servers, starts)
            for place, offset in starts.items():
                self._reader.seek(place, offset)
        polled = await self._reader.poll(records_max=records_max, wait_ms=0)
        return list(chain.from_iterable(polled.values()))

    async def close(self) -> None:
        for one in (self._producer, self._asking, self._reader):
            if one is not None:
                await one.close()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (KafkaError, OSError, TimeoutError) as error:
        raise Trouble(f"{type(error).__name__}: {error}") from error

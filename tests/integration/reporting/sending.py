"""States on their way through Kafka, sent as a relay does, and awaited as a client does."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from common import contracts, kafka
from common.database import Database
from common.tokens import SYSTEM
from reporting.consumers import LISTENERS
from tests.integration.reporting.reader import Reader
from tests.waiting import until


async def send(producer: AIOKafkaProducer, state: Any, *, value: bytes | None = b"") -> None:
    """Send a state as a relay does; `value` replaces its bytes."""
    key, kind = str(state.id), f"{state.AGGREGATE}.state"
    headers = kafka.headers(
        service="actions",
        event_id=uuid4(),
        ce_type=contracts.ce_type(kind),
        key=key,
        at=datetime.now(UTC),
        version=state.version,
        epoch=1,
        traceparent=None,
    )
    await producer.send_and_wait(
        contracts.topic(state.AGGREGATE, "state"),
        key=key.encode(),
        value=msgspec.json.encode(state) if value == b"" else value,
        partition=kafka.partition(key),
        headers=headers,
    )


async def included(reader: Reader, *states: Any, **where: Any) -> Any:
    """Ask until the figures include all these; the first joining of a group takes the broker a while."""
    including = [f"{state.AGGREGATE}:{state.id}@{state.version}" for state in states]

    async def asked() -> Any:
        answer = await reader.ask(including=including, wait=0, **where)
        return answer if answer.status_code == 200 else None

    return await until(asked, within_s=60)


async def begin_here(db: Database, group: str, servers: str) -> None:
    """Let a group begin where the topics end now: a shared broker is full of what other suites have said."""
    ends = await _ends(servers)
    async with db.transaction(SYSTEM) as tx:
        await tx.executemany(
            "INSERT INTO consumer_offset (grp, topic, part, next_offset) VALUES ($1, $2, $3, $4)",
            [(group, where.topic, where.partition, end) for where, end in ends.items()],
        )


async def read_whole(db: Database, group: str, servers: str) -> None:
    """Wait until a group has read all that is on the topics now, what other suites have said included."""
    ends = await _ends(servers)

    async def reached() -> bool:
        async with db.transaction(SYSTEM) as tx:
            rows = await tx.fetch("SELECT topic, part, next_offset FROM consumer_offset WHERE grp = $1", group)
        stored = {TopicPartition(row["topic"], row["part"]): row["next_offset"] for row in rows}
        return all(stored.get(where, 0) >= end for where, end in ends.items())

    await until(reached, within_s=60)


async def _ends(servers: str) -> dict[TopicPartition, int]:
    client = AIOKafkaConsumer(bootstrap_servers=servers, enable_auto_commit=False)
    await client.start()
    try:
        partitions = [TopicPartition(topic, part) for topic in LISTENERS for part in range(contracts.PARTITIONS)]
        return dict(await client.end_offsets(partitions))
    finally:
        await client.stop()

"""docs/how-to/replay-a-topic.md, followed to the letter: its SQL is run as it stands."""

import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer

from common import consumer, contracts, kafka, migrations
from common.consumer import Message
from common.database import Database, connect
from tests.architecture.source import ROOT
from tests.integration.common.test_backbone import running
from tests.waiting import until

PAGE = (ROOT / "docs/how-to/replay-a-topic.md").read_text(encoding="utf-8")
SEE, PUT_BACK, LOOK, READ_AGAIN = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
GROUP, TERRITORIES, FILMS = "actions.known", contracts.topic("territory", "state"), contracts.topic("film", "state")


class Reader:
    """Counts what it applies; refuses one key until it is mended."""

    def __init__(self, refused: str) -> None:
        self.refused: str | None = refused
        self.applied: list[tuple[str, int]] = []

    async def take(self, _, messages: Sequence[Message]) -> None:
        if any(message.key == self.refused for message in messages):
            raise ValueError("a record that this release cannot apply")
        self.applied += [(message.key, message.version) for message in messages]


@pytest.fixture
async def db(database) -> AsyncIterator[Database]:
    opened = await connect(migrations.dsn(await database("actions"), "actions", "app"), size_max=5)
    yield opened
    await opened.close()


async def test_parked_records_are_put_back_and_a_topic_is_read_again(db, kafka_servers):
    bad, good = str(uuid4()), str(uuid4())
    reader = Reader(refused=bad)
    await say(kafka_servers, TERRITORIES, [(bad, 1), (good, 1), (bad, 2), (good, 2)])
    await say(kafka_servers, FILMS, [(good, 7)])
    async with listening(reader, db, kafka_servers):
        await until(lambda: {(good, 1), (good, 2), (good, 7)} <= set(reader.applied))
        await until(lambda: parked(db, bad))
        reader.refused = None
        async with db.pool.acquire() as connection:
            await connection.execute(SEE)
            await connection.execute(PUT_BACK.replace("…", bad))
        await until(lambda: {(bad, 1), (bad, 2)} <= set(reader.applied))
        assert [version for key, version in reader.applied if key == bad] == [1, 2]
        await until(lambda: outcome(db))
        assert await outcome(db) == "done: 2 records applied"
        async with db.pool.acquire() as connection:
            await connection.execute(READ_AGAIN)
        await until(lambda: reader.applied.count((good, 7)) == 2)


def listening(reader: Reader, db: Database, servers: str):
    group = consumer.Group(name=GROUP, listeners={TERRITORIES: reader.take, FILMS: reader.take})
    return running(consumer.run(group, database=db, settings=consumer.Settings(servers=servers)))


async def outcome(db: Database) -> str | None:
    async with db.pool.acquire() as connection:
        row = await connection.fetchrow(LOOK)
    return None if row is None else row["outcome"]


async def parked(db: Database, key: str) -> bool:
    async with db.pool.acquire() as connection:
        count: int = await connection.fetchval("SELECT count(*) FROM parked_event WHERE key = $1", key)
        return count == 2


async def say(servers: str, topic: str, records: Sequence[tuple[str, int]]) -> None:
    """Send records as the relay would."""
    producer = AIOKafkaProducer(bootstrap_servers=servers)
    await producer.start()
    try:
        for key, version in records:
            headers = kafka.headers(
                service="tests",
                event_id=uuid4(),
                ce_type=contracts.ce_type("territory.state"),
                key=key,
                at=datetime.now(UTC),
                version=version,
                epoch=1,
                traceparent=None,
            )
            await producer.send_and_wait(topic, b"{}", key=key.encode(), headers=headers)
    finally:
        await producer.stop()

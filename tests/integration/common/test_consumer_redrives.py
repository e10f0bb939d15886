"""Redrives that cannot pass now, or not at once: they end, say how, and are in nobody's way."""

import asyncio
from collections.abc import Sequence
from time import monotonic

import pytest

from common import consumer
from common.consumer import Message
from common.database import Transaction
from tests.integration.common.test_backbone import running
from tests.integration.common.test_consumer import Reader, parked, topic
from tests.integration.common.test_consumer_operated import OTHERS_WAIT_S_MAX, ask_redrive, outcome
from tests.waiting import until

__all__ = ["topic"]
SERVICE = "catalogue"
EVERY_S = 0.1


class Slow(Reader):
    """Parks some keys at first; later one of them waits in the database for longer than any statement may."""

    def __init__(self, *keys: str) -> None:
        super().__init__()
        self.parks, self.waits, self.told_at = set(keys), "", dict[int, float]()

    async def take(self, tx: Transaction, messages: Sequence[Message]) -> None:
        keys = {message.key for message in messages}
        if keys & self.parks:
            raise ValueError("not yet")
        if self.waits in keys:
            await tx.execute("SELECT pg_sleep(60)")
        await super().take(tx, messages)
        self.told_at |= {message.version: monotonic() for message in messages if message.key == "other"}


@pytest.fixture(scope="module")
async def address(database) -> str:
    made: str = await database(SERVICE)
    return made


async def test_one_that_waits_for_longer_than_a_moment_ends_and_delays_no_other(db, topic):
    reader, said_at = Slow("slow", "quick"), dict[int, float]()
    group = consumer.Group(name=reader.name, listeners={topic.name: reader.take})
    await topic.say(("slow", 1), ("quick", 1))
    settings = consumer.Settings(servers=topic.servers, backoff_s_max=1)
    async with running(consumer.run(group, database=db, settings=settings)):
        await until(lambda: _are_parked(db, reader, ["slow", "quick"]))
        reader.parks, reader.waits = set(), "slow"
        slow, quick = [await ask_redrive(db, reader, topic, key) for key in ("slow", "quick")]
        ended = asyncio.create_task(until(lambda: outcome(db, slow)))
        while not ended.done():
            said_at[len(said_at)] = monotonic()
            await topic.say(("other", len(said_at) - 1))
            await asyncio.wait([ended], timeout=EVERY_S)
        assert str(ended.result()).startswith("refused: not in 5 tries")
        assert await outcome(db, quick) == "done: 1 records applied"
        await until(lambda: reader.told_at.keys() == said_at.keys())
    assert max(reader.told_at[n] - said_at[n] for n in said_at) < OTHERS_WAIT_S_MAX
    assert [key for key, _ in await parked(db, reader)] == ["slow"]


async def test_a_key_with_much_behind_it_is_redriven_in_portions_and_in_order(db, topic):
    reader, much = Slow("slow"), 47
    group = consumer.Group(name=reader.name, listeners={topic.name: reader.take})
    await topic.say(*(("slow", n) for n in range(much)))
    settings = consumer.Settings(servers=topic.servers, poll_records_max=10)
    async with running(consumer.run(group, database=db, settings=settings)):
        await until(lambda: _are_parked(db, reader, ["slow"] * much))
        reader.parks = set()
        number = await ask_redrive(db, reader, topic, "slow")
        assert await until(lambda: outcome(db, number)) == f"done: {much} records applied"
        await topic.say(("slow", much))
        await until(lambda: ("slow", much) in reader.told)
    assert reader.told == [("slow", n) for n in range(much + 1)]


async def _are_parked(db, reader: Reader, keys: list[str]) -> bool:
    return [key for key, _ in await parked(db, reader)] == keys

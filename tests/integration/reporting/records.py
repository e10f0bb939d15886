"""States as records: handed to the handlers as they come from Kafka, in any order and as often as one likes."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import msgspec

from common import contracts, kafka
from common.consumer import Message
from common.database import Database, Transaction
from common.tokens import SYSTEM
from reporting.consumers import LISTENERS, TRACING


def record(state: Any, *, epoch: int = 1, offset: int = 0) -> Message:
    """Make the record of a state."""
    key = str(state.id)
    return Message(
        topic=contracts.topic(state.AGGREGATE, "state"),
        partition=kafka.partition(key),
        offset=offset,
        key=key,
        id=f"{key}/{state.version}",
        type=contracts.ce_type(f"{state.AGGREGATE}.state"),
        source="/services/actions",
        subject=key,
        time=datetime.now(UTC),
        version=state.version,
        epoch=epoch,
        traceparent=None,
        value=msgspec.json.encode(state),
    )


async def hear(db: Database, *states: Any) -> None:
    """Have states counted, in this order."""
    await hear_records(db, [record(state, offset=n) for n, state in enumerate(states)])


async def hear_records(db: Database, records: Iterable[Message]) -> None:
    """Hand records to their handlers: neighbours of one partition together, each batch in a transaction."""
    for _, batch in groupby(records, key=lambda one: (one.topic, one.partition)):
        async with db.transaction(SYSTEM) as tx:
            await hear_in(tx, list(batch))


async def hear_in(tx: Transaction, batch: Sequence[Message]) -> None:
    """Hand records of one partition to their handler, in this transaction."""
    await LISTENERS[batch[0].topic](tx, batch)


async def trace(db: Database, id_: UUID, *facts: Any) -> None:
    """Have facts of one aggregate written down; one that is given again is heard again."""
    versions = {fact: n for n, fact in enumerate(dict.fromkeys(facts), start=1)}
    aggregate = facts[0].TYPE.partition(".")[0]
    topic = contracts.topic(aggregate, "events")
    messages = [
        Message(
            topic=topic,
            partition=kafka.partition(str(id_)),
            offset=offset,
            key=str(id_),
            id=f"{id_}/{versions[fact]}",
            type=contracts.ce_type(fact.TYPE),
            source="/services/actions",
            subject=str(id_),
            time=datetime.now(UTC),
            version=versions[fact],
            epoch=1,
            traceparent=None,
            value=msgspec.json.encode(fact),
        )
        for offset, fact in enumerate(facts)
    ]
    async with db.transaction(SYSTEM) as tx:
        await TRACING.listeners[topic](tx, messages)

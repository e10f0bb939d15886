"""What its owner says never was is forgotten, unless something newer was heard of it; and it is no poison."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import msgspec
import pytest

from actions.consumers import LISTENERS
from common import contracts
from common.consumer import Message
from common.contracts.catalogue import FilmState, RightsOfferState
from common.contracts.partners import AccessGrantState, CoordinationState, OrganisationState, TerritoryState
from common.database import Database
from common.tokens import SYSTEM
from docs import examples

STATES = (TerritoryState, OrganisationState, CoordinationState, AccessGrantState, FilmState, RightsOfferState)


def message(aggregate: str, key: str, version: int, value: bytes | None) -> Message:
    return Message(
        topic=contracts.topic(aggregate, "state"),
        partition=0,
        offset=version,
        key=key,
        id=str(uuid4()),
        type=contracts.ce_type(f"{aggregate}.state"),
        source="/services/x",
        subject=key,
        time=datetime.now(UTC),
        version=version,
        epoch=1,
        traceparent=None,
        value=value,
    )


async def hear(db: Database, *messages: Message) -> None:
    async with db.transaction(SYSTEM) as tx:
        await LISTENERS[messages[0].topic](tx, messages)


@pytest.mark.parametrize("state", STATES)
async def test_a_tombstone_forgets_what_is_not_newer(db: Database, state) -> None:
    example = examples.full(state)
    said = replace(example, id=uuid4(), version=5, **({"vintage": 1999} if state is TerritoryState else {}))
    key, aggregate = str(said.id), state.AGGREGATE

    async def known() -> int:
        async with db.transaction(SYSTEM) as tx:
            found: int = await tx.fetchval(f"SELECT count(*) FROM known_{aggregate} WHERE id = $1", said.id)
            return found

    await hear(db, message(aggregate, key, 5, msgspec.json.encode(said)))
    await hear(db, message(aggregate, key, 4, None))
    assert await known() == 1
    await hear(db, message(aggregate, key, 6, None))
    assert await known() == 0

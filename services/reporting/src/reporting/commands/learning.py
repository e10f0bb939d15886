"""Learn what codes and ids are called, from the states of partners; only what figures need of them is read."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from common.consumer import Message
from common.contracts.partners import Area, CoordinationState, OrganisationState, TerritoryState
from common.database import Transaction
from reporting.store import knowledge
from reporting.store.knowledge import Known

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class TerritoryNames:
    """The few names in a territory's record, which is large: the other fields are skipped unread."""

    AGGREGATE = TerritoryState.AGGREGATE

    vintage: int
    department: Area
    region: Area


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationName:
    name: str


async def keep_territories(tx: Transaction, messages: Sequence[Message]) -> None:
    """Keep the names of a département and its region, in one vintage."""
    known = _known(
        messages,
        TerritoryNames,
        lambda said: (
            said.vintage,
            said.department.code,
            said.department.name,
            said.region.code,
            said.region.name,
        ),
    )
    await knowledge.keep_territories(tx, list(known))
    await knowledge.forget(tx, TerritoryState.AGGREGATE, retracted(messages))


async def keep_organisations(tx: Transaction, messages: Sequence[Message]) -> None:
    """Keep what an organisation is called now."""
    await knowledge.keep_organisations(tx, list(_known(messages, OrganisationName, lambda said: (said.name,))))
    await knowledge.forget(tx, OrganisationState.AGGREGATE, retracted(messages))


async def keep_coordinations(tx: Transaction, messages: Sequence[Message]) -> None:
    """Keep which organisation is a coordination, and in which region."""
    known = _known(messages, CoordinationState, lambda said: (said.organisation_id, said.region))
    await knowledge.keep_coordinations(tx, list(known))
    await knowledge.forget(tx, CoordinationState.AGGREGATE, retracted(messages))


def retracted(messages: Sequence[Message]) -> list[tuple[UUID, int, int]]:
    """List the tombstones of a batch: their owner says that these never were."""
    return [(UUID(message.key), message.epoch, message.version) for message in messages if message.value is None]


def _known(messages: Sequence[Message], cls: type[T], values: Callable[[T], tuple[object, ...]]) -> Iterable[Known]:
    """Read records in order, with where they were heard."""
    for message in messages:
        if message.value is not None:
            said = (*values(message.decode(cls)), message.partition, message.offset)
            yield Known(id=UUID(message.key), epoch=message.epoch, version=message.version, values=said)

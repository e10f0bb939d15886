"""The Kafka door of the catalogue: which record runs what.

It listens to organisations, for they may hold rights, to coordinations, for they have lists of their own, and to what
of its own others have lost.
"""

from collections.abc import Sequence
from uuid import UUID

from catalogue.store import coordinations, organisations
from common import checkpoints, contracts
from common.consumer import Group, Message
from common.contracts.partners import CoordinationState, OrganisationState
from common.database import Transaction


async def keep_organisations(tx: Transaction, messages: Sequence[Message]) -> None:
    """Remember who there is; a tombstone says that it never was."""
    await organisations.keep_organisations(tx, [_heard(message) for message in messages if message.value is not None])
    for message in messages:
        if message.value is None:
            await organisations.forget_organisation(tx, UUID(message.key), (message.epoch, message.version))


async def keep_coordinations(tx: Transaction, messages: Sequence[Message]) -> None:
    """Remember which coordinations there are; a tombstone says that it never was."""
    told = [message for message in messages if message.value is not None]
    heard = [(message.decode(CoordinationState).id, message.epoch, message.version) for message in told]
    await coordinations.keep_coordinations(tx, heard)
    for message in messages:
        if message.value is None:
            await coordinations.forget_coordination(tx, UUID(message.key), (message.epoch, message.version))


def _heard(message: Message) -> organisations.KnownOrganisation:
    state = message.decode(OrganisationState)
    return organisations.KnownOrganisation(
        id=state.id, epoch=message.epoch, version=message.version, name=state.name, closed_on=state.closed_on
    )


GROUP = Group(
    name="catalogue",
    listeners={
        contracts.topic("organisation", "state"): keep_organisations,
        contracts.topic("coordination", "state"): keep_coordinations,
        **checkpoints.listeners("catalogue"),
    },
)

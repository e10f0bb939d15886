"""The Kafka door of the catalogue: which record runs what.

It listens to organisations, for they may hold rights, and to what of its own others have lost.
"""

from collections.abc import Sequence
from uuid import UUID

from catalogue.store import organisations
from common import checkpoints, contracts
from common.consumer import Group, Message
from common.contracts.partners import OrganisationState
from common.database import Transaction


async def keep_organisations(tx: Transaction, messages: Sequence[Message]) -> None:
    """Remember who there is; a tombstone says that it never was."""
    await organisations.keep_organisations(tx, [_heard(message) for message in messages if message.value is not None])
    for message in messages:
        if message.value is None:
            await organisations.forget_organisation(tx, UUID(message.key), (message.epoch, message.version))


def _heard(message: Message) -> organisations.KnownOrganisation:
    state = message.decode(OrganisationState)
    return organisations.KnownOrganisation(
        id=state.id, epoch=message.epoch, version=message.version, name=state.name, closed_on=state.closed_on
    )


GROUP = Group(
    name="catalogue",
    listeners={
        contracts.topic("organisation", "state"): keep_organisations,
        **checkpoints.listeners("catalogue"),
    },
)

"""The Kafka door: what others announce and this service's rules need to know, and what of ours others have lost."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeAlias, TypeVar
from uuid import UUID

from actions.store import catalogue, copies, grants, judging, known
from common import checkpoints, contracts
from common.consumer import Group, Handler, Message
from common.contracts.catalogue import CopyState, FilmState, RightsOfferState
from common.contracts.partners import AccessGrantState, CoordinationState, OrganisationState, TerritoryState
from common.database import Transaction

Partner: TypeAlias = TerritoryState | OrganisationState | CoordinationState | AccessGrantState
State: TypeAlias = Partner | FilmState | RightsOfferState | CopyState
S = TypeVar("S", bound=State)


def _heard(
    state: type[S],
    hear: Callable[[Transaction, S, int], Awaitable[None]],
    judge_again: Callable[[Transaction, UUID], Awaitable[None]] | None = None,
) -> Handler:
    """Read each record as a state and take it down with its epoch; a tombstone says that it never was.

    What rules look at has the actions concerned judged again.
    """

    async def handle(tx: Transaction, messages: Sequence[Message]) -> None:
        for message in messages:
            if message.value is None:
                await known.forget(tx, state.AGGREGATE, UUID(message.key), (message.epoch, message.version))
            else:
                await hear(tx, message.decode(state), message.epoch)
            if judge_again is not None:
                await judge_again(tx, UUID(message.key))

    return handle


LISTENERS: Mapping[str, Handler] = {
    contracts.topic("territory", "state"): _heard(TerritoryState, known.hear_territory),
    contracts.topic("organisation", "state"): _heard(
        OrganisationState, known.hear_organisation, judging.ask_by_organisation
    ),
    contracts.topic("coordination", "state"): _heard(CoordinationState, known.hear_coordination),
    contracts.topic("access_grant", "state"): _heard(AccessGrantState, grants.hear_grant),
    contracts.topic("film", "state"): _heard(FilmState, catalogue.hear_film, judging.ask_by_film),
    contracts.topic("rights_offer", "state"): _heard(
        RightsOfferState, catalogue.hear_rights_offer, judging.ask_by_offer
    ),
    contracts.topic("copy", "state"): _heard(CopyState, copies.hear_copy, judging.ask_by_copy),
    **checkpoints.listeners("actions"),
}

GROUP = Group(name="actions.known", listeners=LISTENERS)

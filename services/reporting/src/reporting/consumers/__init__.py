"""The Kafka door of reporting: which state is counted, which only says what something is called; checkpoints, facts."""

from collections.abc import Mapping, Sequence

from common import contracts
from common.consumer import Group, Handler, Message
from common.database import Transaction
from reporting.commands import counting, learning, reconciling
from reporting.domain.heard import STATES
from reporting.store import facts


def _counting(kind: str) -> Handler:
    async def take(tx: Transaction, messages: Sequence[Message]) -> None:
        await counting.count(tx, kind, messages)

    return take


LISTENERS: Mapping[str, Handler] = {
    **{contracts.topic(kind, "state"): _counting(kind) for kind in STATES},
    contracts.topic("territory", "state"): learning.keep_territories,
    contracts.topic("organisation", "state"): learning.keep_organisations,
    contracts.topic("coordination", "state"): learning.keep_coordinations,
    contracts.topic("checkpoint", "platform"): reconciling.hear_checkpoints,
}

GROUP = Group(name="reporting.figures", listeners=LISTENERS, hands=2)
"""Two hands: what is counted stands by kind and partition, so that no topic touches another's rows."""


def _tracing(kind: str) -> Handler:
    async def take(tx: Transaction, messages: Sequence[Message]) -> None:
        await facts.keep(tx, kind, messages)

    return take


TRACING = Group(name="reporting.facts", listeners={contracts.topic(kind, "events"): _tracing(kind) for kind in STATES})
"""A group of its own: figures wait for no fact, and their position is that of states."""

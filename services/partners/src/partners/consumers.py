"""The Kafka door: every fact of actions, catalogue and partners is heard once and addressed to whoever wants it.

What is for the services alone is not.  Beside it, what others have lost of what partners own is announced again.
"""

import asyncio
from collections.abc import Sequence

from common import checkpoints, contracts
from common.consumer import Group, Message
from common.database import Transaction
from partners.commands import fanout
from partners.domain.visibility import AMONG_US

COMMITTED_AFTER_S = 0.005
HEARD_FROM = frozenset({"actions", "catalogue", "partners"})


def webhook_fanout(poke: asyncio.Event) -> Group:
    """Listen to all facts, and notice where one is missing; `poke` tells the lanes of this process that there is work.

    It comes after the commit, as far as one can tell: a poke too early costs the lanes' next look, and no more.
    """

    async def hear(tx: Transaction, messages: Sequence[Message]) -> None:
        if await fanout.hear(tx, messages):
            asyncio.get_running_loop().call_later(COMMITTED_AFTER_S, poke.set)

    topics = [
        contracts.topic(aggregate, "events")
        for aggregate, publisher in contracts.PUBLISHERS.items()
        if publisher in HEARD_FROM and aggregate not in AMONG_US
    ]
    return Group(
        name="partners.webhook-fanout",
        listeners={**dict.fromkeys(topics, hear), **checkpoints.listeners("partners")},
        watched=frozenset(topics),
    )

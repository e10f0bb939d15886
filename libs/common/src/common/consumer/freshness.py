"""As of when a group has read everything: heartbeats say where a service's topics ended, offsets say who came there.

A heartbeat is a record like any other: heard in the transaction that moves an offset, by whichever member has its
partition, and kept until the offsets of the whole group have reached its ends.
"""

from collections.abc import Sequence
from dataclasses import replace

from common import contracts
from common.consumer import store
from common.consumer.listening import Group, Message
from common.contracts.platform import Heartbeat
from common.database import Transaction

TOPIC = contracts.topic(Heartbeat.PLATFORM, "platform")


def listening(group: Group) -> Group:
    """Have a group hear heartbeats too."""
    topics = frozenset(group.listeners)

    async def hear(tx: Transaction, messages: Sequence[Message]) -> None:
        heard = [message.decode(Heartbeat) for message in messages]
        ours = [
            replace(one, ends={place: n for place, n in one.ends.items() if _topic(place) in topics}) for one in heard
        ]
        await store.keep_heartbeats(tx, group.name, [one for one in ours if one.ends])

    return replace(group, listeners={**group.listeners, TOPIC: hear})


def services(group: Group) -> frozenset[str]:
    """Name the services that publish what a group hears."""
    return frozenset(
        service
        for aggregate, service in contracts.PUBLISHERS.items()
        if not group.listeners.keys().isdisjoint(contracts.topic(aggregate, kind) for kind in ("events", "state"))
    )


def _topic(place: str) -> str:
    return place.rpartition("/")[0]

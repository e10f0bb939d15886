"""From facts that are heard to events that are sent: who wants which, and under which number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.consumer import Message
from common.contracts import ce_type
from common.database import Transaction
from partners.domain.cloudevent import Event, Fact, document, short_type, thin
from partners.domain.visibility import Heard
from partners.domain.webhook import State, Subscriber
from partners.store import endpoints, fanout
from partners.store.fanout import Addressed


async def hear(tx: Transaction, messages: Sequence[Message]) -> int:
    """Take facts once each, address them to the endpoints that want them, and count the letters."""
    unheard = await fanout.unheard(tx, [UUID(message.id) for message in messages])
    fresh: dict[UUID, Message] = {}
    for message in messages:
        if UUID(message.id) in unheard:
            fresh.setdefault(UUID(message.id), message)  # where it was first heard: a repeat is out of order
    subscribers = await fanout.subscribers(tx) if fresh else []
    letters = [letter for message in fresh.values() for letter in _letters(message, subscribers)]
    await fanout.address(tx, letters)
    return len(letters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that happened to an endpoint."""

    endpoint_id: UUID
    kind: str
    data: Mapping[str, object]
    event_id: UUID
    at: datetime


async def notify(tx: Transaction, notices: Sequence[Notice]) -> None:
    """Tell every endpoint of a partner what happened to one of them; numbers are taken once, for all notices."""
    letters = [
        Addressed(endpoint_id=sibling, event=_noted(notice), cause="notice", sent=state is not State.DISABLED)
        for notice in notices
        for sibling, state in await endpoints.siblings(tx, notice.endpoint_id)
    ]
    await fanout.address(tx, letters)


def _noted(notice: Notice) -> Event:
    subject = str(notice.endpoint_id)
    kind = ce_type(notice.kind)
    data = {"id": subject, **notice.data, "links": {"self": f"/v1/webhooks/endpoints/{subject}"}}
    said = document(event_id=notice.event_id, ce_type=kind, subject=subject, time=notice.at, data=data)
    return Event(id=notice.event_id, type=kind, subject=subject, time=notice.at, document=said, traceparent=None)


def _letters(message: Message, subscribers: Sequence[Subscriber]) -> list[Addressed]:
    fact = message.decode(Fact)
    heard = Heard(fact=short_type(message.type), about=fact.about, coordination_id=fact.coordination_id)
    wanting = [subscriber for subscriber in subscribers if subscriber.wants(heard)]
    if not wanting:
        return []
    event = _event(message, fact)
    return [
        Addressed(endpoint_id=one.endpoint_id, event=event, sent=one.state is not State.DISABLED) for one in wanting
    ]


def _event(message: Message, fact: Fact) -> Event:
    said = thin(
        fact,
        event_id=UUID(message.id),
        source=message.source,
        ce_type=message.type,
        subject=message.subject,
        time=message.time,
        version=message.version,
    )
    return Event(
        id=UUID(message.id),
        type=message.type,
        subject=message.subject,
        time=message.time,
        document=said,
        traceparent=message.traceparent,
    )

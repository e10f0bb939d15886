"""Who listens, and what they are told: a record's CloudEvents attributes, read once, and its data as they came."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias, TypeVar

import msgspec

from common.database import Transaction
from common.kafka.port import Record

T = TypeVar("T")
Contract: TypeAlias = type[T]


class Poison(Exception):
    """A record that no retry will make readable."""


class Message(NamedTuple):
    """One record: its CloudEvents attributes and its data; `time` is when it was recorded, in UTC."""

    topic: str
    partition: int
    offset: int
    key: str
    id: str
    type: str
    source: str
    subject: str
    time: datetime
    version: int
    epoch: int
    traceparent: str | None
    value: bytes | None

    def decode(self, cls: Contract[T]) -> T:
        """Read the data as a contract's class; fields it does not know are left aside.

        Raises:
            Poison: the data is absent or does not fit.
        """
        if self.value is None:
            message = f"{self.type} has no data"
            raise Poison(message)
        try:
            return msgspec.json.decode(self.value, type=cls)
        except (msgspec.DecodeError, ValueError) as error:
            raise Poison(str(error)) from error


Handler = Callable[[Transaction, Sequence[Message]], Awaitable[None]]
"""Applies records of one topic and one partition, in order, inside the transaction that moves the offset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Who listens, to which topics, with what.

    Of the topics of facts in `watched` it remembers the last version of each aggregate: a jump is counted, and somebody
    is called.  So many `hands` apply, each one of another topic: more than one where handlers of different topics touch
    no row of each other's.
    """

    name: str
    listeners: Mapping[str, Handler]
    watched: frozenset[str] = frozenset()
    hands: int = 1


def message(record: Record) -> Message:
    """Read a record's attributes.

    Raises:
        Poison: it has no key, or lacks an attribute that we need.
    """
    headers: dict[str, Any] = dict(record.headers)  # what is absent or none has no `decode`, which is caught below
    key: Any = record.key
    try:
        traceparent = headers.get("traceparent")
        return Message(
            record.topic,
            record.partition,
            record.offset,
            key.decode(),
            headers["ce_id"].decode(),
            headers["ce_type"].decode(),
            headers["ce_source"].decode(),
            headers["ce_subject"].decode(),
            datetime.fromisoformat(headers["ce_time"].decode()),
            int(headers["ce_aggversion"]),
            int(headers["ce_aggepoch"]),
            None if traceparent is None else traceparent.decode(),
            record.value,
        )
    except (KeyError, ValueError, AttributeError, TypeError) as error:
        said = f"not a record of ours: {error!r}"
        raise Poison(said) from error

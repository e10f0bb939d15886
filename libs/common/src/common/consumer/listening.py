"""Who listens, and what they are told: a record's CloudEvents attributes, read once, and its data as they came."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeAlias, TypeVar

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

    Of the topics of facts in `watched` it remembers the last version of each aggregate: a jump is an alarm.
    """

    name: str
    listeners: Mapping[str, Handler]
    watched: frozenset[str] = frozenset()


def message(record: Record) -> Message:
    """Read a record's attributes.

    Raises:
        Poison: it has no key, or lacks an attribute that we need.
    """
    headers = dict(record.headers)
    try:
        traceparent = headers.get("traceparent")
        return Message(
            record.topic,
            record.partition,
            record.offset,
            record.key.decode(),  # type: ignore[union-attr]  # none has no such method, which is caught below
            _text(headers["ce_id"]),
            _text(headers["ce_type"]),
            _text(headers["ce_source"]),
            _text(headers["ce_subject"]),
            datetime.fromisoformat(_text(headers["ce_time"])),
            int(_text(headers["ce_aggversion"])),
            int(_text(headers["ce_aggepoch"])),
            None if traceparent is None else _text(traceparent),
            record.value,
        )
    except (KeyError, ValueError, AttributeError) as error:
        said = f"not a record of ours: {error!r}"
        raise Poison(said) from error


def _text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace")

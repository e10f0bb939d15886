"""What an operator does to the backbone: each is one transaction, with its line in the audit.

(1) A change and its line in `operation` are committed together, or neither is.
(2) What only a worker can do (apply a parked record: it has the handlers) is asked for here and ended by the worker, in
    the transaction that does it; until then the line has no outcome.
(3) Nobody has to be stopped: a running worker reads these rows again within a second.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from common import outbox
from common.database import Transaction


class NotParked(LookupError):
    """The key is not held in this group."""


class NotWaiting(LookupError):
    """No such row waits to be published, or to be put back."""


class NobodyReads(LookupError):
    """The group has no offset there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """A key that is held, and why: what its first record said."""

    grp: str
    topic: str
    key: str
    records: int
    since: datetime
    error: str
    redriving: bool


async def record(
    tx: Transaction, *, who: str, command: str, arguments: Mapping[str, object], outcome: str | None = "done"
) -> int:
    """Write a line of the audit; return its number.  Without an outcome it is still to be done."""
    number: int = await tx.fetchval(
        """
        INSERT INTO operation (who, command, arguments, outcome, ended_at)
        VALUES ($1, $2, $3, $4::text, CASE WHEN $4::text IS NULL THEN NULL ELSE clock_timestamp() END)
        RETURNING id
        """,
        who,
        command,
        msgspec.json.encode(arguments).decode(),
        outcome,
    )
    return number


async def end(tx: Transaction, number: int, outcome: str) -> None:
    """Say what became of an operation."""
    await tx.execute(
        "UPDATE operation SET outcome = $2, ended_at = clock_timestamp() WHERE id = $1", number, outcome[:2000]
    )


async def redrive(tx: Transaction, *, who: str, group: str, topic: str, key: str) -> int:
    """Ask the worker to apply a key's parked records in order and to free it; return the operation's number.

    Raises:
        NotParked: nothing is.
    """
    where = {"group": group, "topic": topic, "key": key}
    parked = await tx.fetchrow(
        "SELECT operation_id FROM parked_key WHERE grp = $1 AND topic = $2 AND key = $3 FOR NO KEY UPDATE",
        *(group, topic, key),
    )
    if parked is None:
        raise NotParked
    number = await record(tx, who=who, command="redrive", arguments=where, outcome=None)
    if (before := parked["operation_id"]) is not None:
        await end(tx, before, f"superseded by {number}")
    await tx.execute(
        "UPDATE parked_key SET operation_id = $4 WHERE grp = $1 AND topic = $2 AND key = $3",
        *(group, topic, key, number),
    )
    return number


async def rewind(
    tx: Transaction, *, who: str, group: str, topic: str, partition: int | None = None, to: int = 0
) -> int:
    """Have a group read a topic, or one partition of it, from an offset on; return the operation's number.

    Raises:
        NobodyReads: the group has no offset there.
    """
    moved = await tx.execute(
        """
        UPDATE consumer_offset SET next_offset = $4, updated_at = clock_timestamp()
         WHERE grp = $1 AND topic = $2 AND ($3::integer IS NULL OR part = $3)
        """,
        group,
        topic,
        partition,
        to,
    )
    if moved == "UPDATE 0":
        raise NobodyReads
    where = {"group": group, "topic": topic, "partition": partition, "to": to}
    return await record(tx, who=who, command="rewind", arguments=where)


async def park_row(tx: Transaction, *, who: str, seq: int, reason: str) -> int:
    """Take an outbox row that cannot be published out of the relay's way; return the operation's number.

    The others go on.  Its key has a gap on the topic: what INV1 and INV3 say is said of what is not parked.

    Raises:
        NotWaiting: there is no such row, or it is published.
    """
    if not await outbox.park(tx, seq, reason=reason, who=who):
        raise NotWaiting
    return await record(tx, who=who, command="park_row", arguments={"seq": seq, "reason": reason})


async def unpark_row(tx: Transaction, *, who: str, seq: int) -> int:
    """Publish a parked row after all: a fact behind the later ones of its key, a state if it surely is the newest.

    Raises:
        NotWaiting: it is not parked.
    """
    sent = await outbox.unpark(tx, seq)
    if sent is None:
        raise NotWaiting
    outcome = "done" if sent else "dropped: a newer state has been announced, or may have been"
    return await record(tx, who=who, command="unpark_row", arguments={"seq": seq}, outcome=outcome)


async def parked(tx: Transaction) -> list[Parked]:
    """List what is held, the oldest first."""
    rows = await tx.fetch(
        """
        SELECT k.grp, k.topic, k.key, count(e.key) AS records, k.parked_at AS since,
               k.operation_id IS NOT NULL AS redriving,
               coalesce((array_agg(e.error ORDER BY e.part, e."offset"))[1], '') AS error
          FROM parked_key AS k LEFT JOIN parked_event AS e ON (e.grp, e.topic, e.key) = (k.grp, k.topic, k.key)
         GROUP BY k.grp, k.topic, k.key
         ORDER BY k.parked_at, k.grp, k.topic, k.key
        """
    )
    return [Parked(**row) for row in rows]

"""What the experiments write and what their reader makes of it: things with an amount, their facts and their states.

`balance` is the fold of the facts: a lost one or one applied twice shows in its total.  `shown` holds the newest state;
`tally` is rolled up from it by retraction.  All three are compared with the source at the end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import ClassVar
from uuid import UUID

from common import contracts, outbox
from common.consumer import Handler, Message, Poison
from common.database import Transaction
from common.outbox import Announcement

SERVICE = "catalogue"
FACTS, STATES = contracts.topic("film", "events"), contracts.topic("film", "state")
BUCKETS = 7

SOURCE = """
CREATE TABLE thing (
  id uuid PRIMARY KEY, version integer NOT NULL, amount numeric(12, 2) NOT NULL, doc text NOT NULL)
"""
PROJECTION = """
CREATE TABLE balance (id uuid PRIMARY KEY, epoch integer NOT NULL, version integer NOT NULL, total numeric NOT NULL);
CREATE TABLE shown (
  id uuid PRIMARY KEY, epoch integer NOT NULL, version integer NOT NULL, bucket integer NOT NULL,
  amount numeric(12, 2) NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE TABLE tally (
  shard integer NOT NULL, bucket integer NOT NULL, n integer NOT NULL, amount numeric NOT NULL,
  PRIMARY KEY (shard, bucket))
"""

CREATE = outbox.creating("INSERT INTO thing (id, version, amount, doc) SELECT $1, $2, $3, $doc FROM key RETURNING id")
CHANGE = outbox.changing("UPDATE thing SET version = $2, amount = amount + $3, doc = $doc WHERE id = $1 RETURNING id")


@dataclass(frozen=True)
class Moved:
    """An amount was added."""

    TYPE: ClassVar[str] = "film.renamed"
    by: Decimal


@dataclass(frozen=True)
class ThingState:
    """A thing as it is."""

    id: UUID
    version: int
    amount: Decimal


def said(thing: UUID, version: int, by: Decimal, amount: Decimal) -> Announcement:
    """Announce one change: a fact and the state, of the same version."""
    return Announcement(
        aggregate="film", id=thing, version=version, state=ThingState(thing, version, amount), facts=[Moved(by)]
    )


def bucket(thing: UUID) -> int:
    return thing.int % BUCKETS


def listeners(*, since: Mapping[str, int], slow_s: float = 0, fails_on: str = "") -> Mapping[str, Handler]:
    """Give the reader's handlers; `slow_s` of sleep in the database a batch, a bug for one key.

    What stood on the topics before `since` belongs to earlier experiments on the same broker.  A reader hears of it
    when the log has become shorter than its offset: then it reads from the beginning.
    """
    return {
        FACTS: partial(_ours, since, partial(_balance, fails_on=fails_on)),
        STATES: partial(_ours, since, partial(_show, slow_s=slow_s)),
    }


async def _ours(since: Mapping[str, int], handler: Handler, tx: Transaction, messages: Sequence[Message]) -> None:
    ours = [message for message in messages if message.offset >= since.get(f"{message.topic}/{message.partition}", 0)]
    if ours:
        await handler(tx, ours)


async def _balance(tx: Transaction, messages: Sequence[Message], *, fails_on: str) -> None:
    """Fold facts: each (epoch, version) above the one known adds its amount once."""
    known = await tx.fetch(
        "SELECT id, epoch, version, total FROM balance WHERE id = ANY ($1::uuid[])", sorted({m.key for m in messages})
    )
    totals = {str(row["id"]): (row["epoch"], row["version"], row["total"]) for row in known}
    for message in messages:
        if message.key == fails_on:
            raise ZeroDivisionError(message.key)
        if message.type != contracts.ce_type(Moved.TYPE):
            raise Poison(message.type)
        epoch, version, total = totals.get(message.key, (0, 0, Decimal(0)))
        if epoch < message.epoch:  # a restored database tells everything again, from the beginning
            version, total = 0, Decimal(0)
        if (epoch, version) < (message.epoch, message.version):
            totals[message.key] = (message.epoch, message.version, total + message.decode(Moved).by)
    await tx.execute(
        """
        INSERT INTO balance AS b (id, epoch, version, total)
        SELECT id, epoch, version, total FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::numeric[])
            AS heard (id, epoch, version, total) ORDER BY id
            ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, version = excluded.version, total = excluded.total
         WHERE (b.epoch, b.version) < (excluded.epoch, excluded.version)
        """,
        list(totals),
        *(list(column) for column in zip(*totals.values(), strict=True)),
    )


async def _show(tx: Transaction, messages: Sequence[Message], *, slow_s: float) -> None:
    """Keep the newest state of each thing; take its old amount out of the tally and put its new one in."""
    if slow_s:
        await tx.execute("SELECT pg_sleep($1)", slow_s)
    newest: dict[str, tuple[int, int, Decimal]] = {}
    for message in messages:
        if message.value is not None:
            told = (message.epoch, message.version, message.decode(ThingState).amount)
            newest[message.key] = max(newest.get(message.key, told), told)
    if not newest:
        return
    await tx.execute(
        _SHOW,
        messages[0].partition,
        list(newest),
        *(list(column) for column in zip(*newest.values(), strict=True)),
        [bucket(UUID(key)) for key in newest],
    )


_SHOW = """
WITH heard AS (
  SELECT id, epoch, version, amount, bucket
    FROM unnest($2::uuid[], $3::integer[], $4::integer[], $5::numeric[], $6::integer[])
      AS heard (id, epoch, version, amount, bucket)
), old AS (
  SELECT s.id, s.bucket, s.amount FROM shown s JOIN heard USING (id)
), up AS (
  INSERT INTO shown AS s (id, epoch, version, bucket, amount)
  SELECT id, epoch, version, bucket, amount FROM heard ORDER BY id
      ON CONFLICT (id) DO UPDATE
     SET epoch = excluded.epoch, version = excluded.version, amount = excluded.amount, at = clock_timestamp()
   WHERE (s.epoch, s.version) < (excluded.epoch, excluded.version)
  RETURNING id, bucket, amount
), delta AS (
  SELECT bucket, 1 AS n, amount FROM up
  UNION ALL
  SELECT old.bucket, -1, -old.amount FROM old JOIN up USING (id)
)
INSERT INTO tally AS t (shard, bucket, n, amount)
SELECT $1, bucket, sum(n), sum(amount) FROM delta GROUP BY bucket ORDER BY bucket
    ON CONFLICT (shard, bucket) DO UPDATE SET n = t.n + excluded.n, amount = t.amount + excluded.amount
"""

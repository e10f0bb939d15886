"""An owner beside its reader, without a broker in between: what one writes, the other hears when the test says so.

Rows stand in the real tables of `actions`, and leave through its real outbox; each partition's records get offsets in
the order of the outbox, as the relay gives them.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import asyncpg
import msgspec

from common import checkpoints, contracts, kafka, migrations
from common.consumer import Handler, Message
from common.contracts.platform import Checkpoint
from common.database import Database, connect
from common.tokens import SYSTEM
from reporting.consumers import LISTENERS

NEUTRAL: Mapping[str, object] = {
    "text": "",
    "integer": 0,
    "boolean": False,
    "jsonb": "{}",
    "ARRAY": [],
    "date": datetime(2025, 1, 1, tzinfo=UTC).date(),
    "timestamp with time zone": datetime(2025, 1, 1, tzinfo=UTC),
}
"""What a column holds that no state here is about; an id is the state's own."""


class Owner:
    """Writes states as `actions` does: the row and its outbox row in one statement."""

    def __init__(self, administrator: "asyncpg.Connection[asyncpg.Record]") -> None:
        self.connection = administrator

    @classmethod
    async def opened(cls, address: str) -> "Owner":
        connection = await asyncpg.connect(address)
        await connection.execute("SET search_path = actions, public; SET session_replication_role = replica")
        return cls(connection)

    async def write(self, *states: Any) -> None:
        """Write states; what they refer to need not be there."""
        for state in states:
            columns = await self._neutral(state)
            doc = msgspec.json.encode(state).decode()
            given = {**columns, "id": state.id, "version": state.version, "doc": doc}
            await self.connection.execute(
                f"""
                WITH changed AS (
                  INSERT INTO {state.AGGREGATE} ({", ".join(given)})
                  VALUES ({", ".join(f"${n}" for n in range(1, len(given) + 1))})
                      ON CONFLICT (id) DO UPDATE SET version = excluded.version, doc = excluded.doc
                  RETURNING id, version, doc)
                INSERT INTO outbox (event_id, topic, key, version, type, value)
                SELECT gen_random_uuid(), '{contracts.topic(state.AGGREGATE, "state")}', id::text, version,
                       '{contracts.ce_type(f"{state.AGGREGATE}.state")}', convert_to(doc, 'UTF8')
                  FROM changed
                """,
                *given.values(),
            )

    async def lose(self, state: Any) -> None:
        """Have a restore forget an aggregate."""
        await self.connection.execute(f"DELETE FROM {state.AGGREGATE} WHERE id = $1", state.id)

    async def _neutral(self, state: Any) -> dict[str, object]:
        rows = await self.connection.fetch(
            """
            SELECT column_name, data_type
              FROM information_schema.columns
             WHERE table_schema = 'actions' AND table_name = $1 AND is_nullable = 'NO'
            """,
            state.AGGREGATE,
        )
        return {row["column_name"]: NEUTRAL.get(row["data_type"], state.id) for row in rows}


class Wire:
    """Takes what is in the outboxes to whoever listens, with offsets as a topic gives them."""

    def __init__(self, owner: Owner, actions: Database, reporting: Database) -> None:
        self.owner, self.actions, self.reporting = owner, actions, reporting
        self.ends: dict[str, int] = defaultdict(int)
        self.epoch = 1
        self._sent = {"actions": 0, "reporting": 0}

    async def carry(self, *, records_max: int | None = None) -> int:
        """Deliver what the owner has said, in its order; return how many records that were."""
        return await self._carry("actions", LISTENERS, self.reporting, records_max)

    async def answer(self) -> int:
        """Deliver to the owner what its reader has said."""
        return await self._carry("reporting", checkpoints.listeners("actions"), self.actions, None)

    async def checkpoint(self) -> Checkpoint:
        """Say what the owner holds, as its relay does: everything of that snapshot has been carried."""
        async with self.owner.connection.transaction(isolation="repeatable_read", readonly=True):
            snapshot = await self.owner.connection.fetchval("SELECT pg_export_snapshot()")
            digests = await checkpoints.digests(self.actions, "actions", snapshot)
        said = Checkpoint(
            service="actions", at=datetime.now(UTC), snapshot=snapshot, ends=dict(self.ends), digests=digests
        )
        await self.hear(said)
        return said

    async def hear(self, said: Checkpoint) -> None:
        topic = contracts.topic("checkpoint", "platform")
        message = self._message(
            topic, "actions", 1, contracts.ce_type("platform.checkpoint"), msgspec.json.encode(said)
        )
        await self._deliver(LISTENERS[topic], self.reporting, message)

    async def _carry(self, schema: str, listeners: Mapping[str, Handler], to: Database, records_max: int | None) -> int:
        rows = await self.owner.connection.fetch(
            f"SELECT seq, topic, key, version, type, value FROM {schema}.outbox WHERE seq > $1 ORDER BY seq LIMIT $2",
            self._sent[schema],
            records_max,
        )
        for row in rows:
            self._sent[schema] = row["seq"]
            message = self._message(row["topic"], row["key"], row["version"], row["type"], row["value"])
            if message.topic in listeners:
                await self._deliver(listeners[message.topic], to, message)
        return len(rows)

    def _message(self, topic: str, key: str, version: int, ce_type: str, value: bytes | None) -> Message:
        part = kafka.partition(key)
        offset = self.ends[f"{topic}/{part}"]
        self.ends[f"{topic}/{part}"] += 1
        return Message(
            topic=topic,
            partition=part,
            offset=offset,
            key=key,
            id=f"{topic}/{part}/{offset}",
            type=ce_type,
            source="/services/actions",
            subject=key,
            time=datetime.now(UTC),
            version=version,
            epoch=self.epoch,
            traceparent=None,
            value=value,
        )

    async def _deliver(self, handler: Handler, to: Database, message: Message) -> None:
        async with to.transaction(SYSTEM) as tx:
            await handler(tx, [message])
            await tx.execute(
                """
                INSERT INTO consumer_offset (grp, topic, part, next_offset, recorded_at)
                VALUES ('wire', $1, $2, $3, $4)
                    ON CONFLICT (grp, topic, part) DO UPDATE SET next_offset = excluded.next_offset
                """,
                *(message.topic, message.partition, message.offset + 1, message.time),
            )


async def opened(address: str, service: str) -> Database:
    return await connect(migrations.dsn(address, service, "app"), size_max=4)

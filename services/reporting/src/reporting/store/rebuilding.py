"""Figures made a second time: the statements of whoever owns the schema, on a connection that reads green tables first.

An unqualified table is the one in the making, so that what counts live records counts these too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from common.database import Transaction
from common.kafka.port import Place
from common.tokens import SYSTEM
from reporting.domain.quantities import BREAKDOWNS
from reporting.store.counting import NEVER_ANNOUNCED, Heard, Source

SEARCH_PATH = "reporting_green, reporting, public"
ONE_AT_A_TIME = "rebuild:reporting"
MEMORY = {"work_mem": "256MB", "maintenance_work_mem": "256MB"}
"""For the sums of all cells, their comparison, and the indexes: with the 4 MB of a request these go through files."""
HELD_IDLY = "6s"
"""A little longer than what is left to be read may take."""


class Underway(RuntimeError):
    """Somebody else is rebuilding."""


class BlueIsKept(RuntimeError):
    """What an earlier rebuild replaced is still there: it is dropped, or switched back to, by a command of its own."""


class NothingKept(RuntimeError):
    """There is nothing to switch back to, or to drop."""


class NothingHeard(RuntimeError):
    """The group has heard nothing here: figures made up to there would be none at all."""


class KeysMoved(RuntimeError):
    """A key was set aside or redriven meanwhile, so that green may lack what serves has: begin anew."""


Offsets = Mapping[Place, int]


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell that the topics give another sum than what served: what it was, and what it is."""

    cell: UUID
    shard: str
    served: int
    made: int


async def connect(dsn: str) -> Transaction:
    """Connect as the schema's owner, in the house's name, and be the only one who rebuilds.

    Raises:
        Underway: another one is at it.
    """
    connection = await join(dsn)
    if not await connection.fetchval("SELECT pg_try_advisory_lock(hashtext($1))", ONE_AT_A_TIME):
        await connection.close()
        raise Underway
    return connection


async def join(dsn: str) -> Transaction:
    """Connect as `connect` does, for somebody who is the only one."""
    settings = {
        "search_path": SEARCH_PATH,
        "app.principal": SYSTEM.as_setting(),
        "idle_in_transaction_session_timeout": "0",  # who is held back sleeps inside a transaction; see `hold_live`
        **MEMORY,
    }
    return await asyncpg.connect(dsn, server_settings=settings)


async def is_kept(tx: Transaction) -> bool:
    there: bool = await tx.fetchval("SELECT to_regclass('reporting_blue.cell') IS NOT NULL")
    return there


async def lay_out(tx: Transaction) -> None:
    await tx.execute("SELECT reporting.lay_green_out()")


async def index(tx: Transaction) -> None:
    """Make the keys and indexes that green lacks: until then rows are copied in without them."""
    await tx.execute("SELECT reporting.index_green()")


async def close(tx: Transaction) -> None:
    await tx.execute("SELECT reporting.close_green()")


async def drop(tx: Transaction, colour: str) -> None:
    await tx.execute("SELECT reporting.drop_coloured($1)", colour)


async def live_offsets(tx: Transaction, group: str) -> dict[Place, int]:
    """Say up to where what serves has heard."""
    rows = await tx.fetch("SELECT topic, part, next_offset FROM reporting.consumer_offset WHERE grp = $1", group)
    return {Place(row["topic"], row["part"]): row["next_offset"] for row in rows}


async def parked_from(tx: Transaction, group: str) -> dict[tuple[str, str], int]:
    """Say which keys of which topics what serves has set aside, and from which offset on."""
    rows = await tx.fetch(
        'SELECT topic, key, min("offset") AS first FROM parked_event WHERE grp = $1 GROUP BY topic, key', group
    )
    return {(row["topic"], row["key"]): row["first"] for row in rows}


async def versions(tx: Transaction, kind: str, ids: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Say what is already there of some aggregates."""
    rows = await tx.fetch(
        "SELECT id::text AS id, epoch, version FROM record WHERE kind = $1 AND id = ANY ($2::text[]::uuid[])", kind, ids
    )
    return {row["id"]: (row["epoch"], row["version"]) for row in rows}


async def forget(tx: Transaction, kind: str, ids: Sequence[str]) -> None:
    """Make room for newer records of some aggregates."""
    await tx.execute("DELETE FROM contribution WHERE kind = $1 AND id = ANY ($2::text[]::uuid[])", kind, ids)
    await tx.execute("DELETE FROM record WHERE kind = $1 AND id = ANY ($2::text[]::uuid[])", kind, ids)


async def fill(tx: Transaction, source: Source, heard: Sequence[Heard]) -> None:
    """Copy records of one partition that are not there, with what they contribute; cells are added up afterwards."""
    await tx.copy_records_to_table(
        "record",
        schema_name="reporting_green",
        columns=_RECORD,
        records=[
            (
                source.kind,
                one.id,
                one.epoch,
                one.version,
                source.topic,
                source.partition,
                one.offset,
                one.event_id,
                one.recorded_at,
                len(one.contributions),
                sum(said.amount for said in one.contributions),
            )
            for one in heard
        ],
    )
    kind, shard = source.kind, source.shard
    await tx.copy_records_to_table(
        "contribution",
        schema_name="reporting_green",
        columns=_CONTRIBUTION,
        records=[
            (kind, one.id, part, shard, said.cell, quantity, audience, category, *spot, project_id, action_id, amount)
            for one in heard
            for said in one.contributions
            for part, quantity, spot, amount, project_id, action_id, audience, category in (said,)
        ],
    )


async def add_up(tx: Transaction, shards: Sequence[str]) -> None:
    """Make every cell of the contributions that were copied from these partitions."""
    await tx.execute(
        """
        INSERT INTO cell (cell, shard, quantity, audience, category, campaign_id, campaign_year, coordination_id, month,
                          region, department, action_type, main_of, amount, n)
        SELECT cell, shard, quantity, audience, category, campaign_id, campaign_year, coordination_id, month, region,
               department, action_type, main_of, sum(amount), count(*)
          FROM contribution
         WHERE shard = ANY ($1::text[])
         GROUP BY cell, shard, quantity, audience, category, campaign_id, campaign_year, coordination_id, month, region,
                  department, action_type, main_of
        """,
        shards,
    )


async def keep_offsets(tx: Transaction, group: str, offsets: Offsets) -> None:
    """Write down up to where green has heard."""
    await tx.executemany(
        """
        INSERT INTO reporting_green.consumer_offset (grp, topic, part, next_offset) VALUES ($1, $2, $3, $4)
            ON CONFLICT (grp, topic, part) DO UPDATE SET next_offset = excluded.next_offset
        """,
        [(group, place.topic, place.partition, offset) for place, offset in offsets.items()],
    )


async def witness(tx: Transaction, group: str) -> dict[Place, int]:
    """Keep what serves as it is at this moment, and return where it is: the caller's snapshot is one for both."""
    await tx.execute("DELETE FROM reporting_green.witness")
    await tx.execute(
        """
        INSERT INTO reporting_green.witness (cell, shard, amount, n)
        SELECT cell, shard, amount, n FROM reporting.cell WHERE n <> 0 OR amount <> 0
        """
    )
    return await live_offsets(tx, group)


async def differences(tx: Transaction) -> list[Difference]:
    """Compare green with what served, cell by cell; both are at one position."""
    rows = await tx.fetch(
        """
        SELECT cell, shard, coalesce(served.amount, 0) AS served, coalesce(made.amount, 0) AS made
          FROM reporting_green.witness AS served
          FULL JOIN (SELECT cell, shard, amount, n FROM reporting_green.cell WHERE n <> 0 OR amount <> 0) AS made
               USING (cell, shard)
         WHERE (served.amount, served.n) IS DISTINCT FROM (made.amount, made.n)
         ORDER BY cell, shard
        """
    )
    return [Difference(row["cell"], row["shard"], row["served"], row["made"]) for row in rows]


async def hold_live(tx: Transaction) -> None:
    """Let no offset move, and no key be redriven, until the transaction ends; readers go on.  Give up soon.

    A client that stops while it holds them (Ctrl-Z, a paused machine) is ended by the server: counting waits for it.
    """
    await tx.execute(f"SET LOCAL lock_timeout = '200ms'; SET LOCAL idle_in_transaction_session_timeout = '{HELD_IDLY}'")
    await tx.execute("LOCK TABLE reporting.consumer_offset, reporting.parked_event IN SHARE ROW EXCLUSIVE MODE")


async def _hold_readers(tx: Transaction) -> None:
    """Hold all that is exchanged and all that looks into it, in one statement: a lock's time-out is one for each."""
    await tx.execute("SET LOCAL statement_timeout = '200ms'")
    await tx.execute(_HOLD)
    await tx.execute("SET LOCAL statement_timeout TO DEFAULT")


async def put_in_place(tx: Transaction, group: str, changed: Sequence[UUID]) -> None:
    """Exchange the tables; keep where the replaced ones had heard; note what is to be announced and published anew."""
    await tx.execute("CREATE TABLE reporting_blue.consumer_offset (LIKE reporting.consumer_offset INCLUDING ALL)")
    await tx.execute(_COPY_OFFSETS, group)
    await _hold_readers(tx)
    await tx.execute("SELECT reporting.exchange('reporting_green', 'reporting_blue')")
    await tx.execute(_of(_OFFSETS, "green"), group)
    await _note(tx, changed, aside="blue")
    await drop(tx, "reporting_green")


async def put_back(tx: Transaction, group: str) -> int:
    """Exchange the tables again; the group goes back to where those had heard.  Return how many cells differ."""
    await drop(tx, "reporting_green")
    await _hold_readers(tx)
    await tx.execute("SELECT reporting.exchange('reporting_blue', 'reporting_green')")
    await tx.execute(_of(_OFFSETS, "blue"), group)
    different = [row["cell"] for row in await tx.fetch(_DIFFERENT_CELLS)]
    await _note(tx, different, aside="green")
    await drop(tx, "reporting_green")
    await drop(tx, "reporting_blue")
    return len(different)


async def _note(tx: Transaction, changed: Sequence[UUID], *, aside: str) -> None:
    """Have announced and published anew what differs from the tables that went aside."""
    if changed:
        await tx.execute(_of(_NOUGHT, aside), changed)
        await tx.execute(_NOTE_CHANGED, changed, NEVER_ANNOUNCED)
        await tx.execute(_of(_NOTE_UNPUBLISHED, aside), changed, sorted(BREAKDOWNS))


def _of(statement: str, colour: str) -> str:
    """Give a statement that is the same for both colours."""
    return statement.replace("coloured.", f"reporting_{colour}.")


_RECORD = [
    *("kind", "id", "epoch", "version", "topic", "part", "offset", "event_id", "recorded_at", "parts", "total"),
]

_CONTRIBUTION = [
    *("kind", "id", "part", "shard", "cell", "quantity", "audience", "category"),
    *("campaign_id", "campaign_year", "coordination_id", "month", "region", "department", "action_type", "main_of"),
    *("project_id", "action_id", "amount"),
]

_HOLD = """
DO $$ BEGIN
  EXECUTE (
    WITH moved AS (SELECT format('reporting.%I', name) AS name FROM unnest(reporting.rebuilt()) AS moved (name)),
         outer_ones AS (
           SELECT format('reporting.%I', relname) AS name FROM pg_class
            WHERE relnamespace = 'reporting'::regnamespace AND relkind = 'v'
            UNION
           SELECT format('reporting.%I', pg_class.relname)
             FROM pg_policy
             JOIN pg_class ON pg_class.oid = polrelid AND relnamespace = 'reporting'::regnamespace
             JOIN pg_depend ON classid = 'pg_policy'::regclass AND objid = pg_policy.oid
                           AND refclassid = 'pg_class'::regclass
             JOIN moved ON moved.name::regclass = refobjid
            WHERE format('reporting.%I', pg_class.relname) NOT IN (SELECT name FROM moved))
    SELECT format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', string_agg(name, ', ' ORDER BY place, name))
      FROM (SELECT 1 AS place, name FROM outer_ones UNION ALL SELECT 2, name FROM moved) AS every);
END $$
"""
"""Readers lock a view, or a table whose policy looks further, before what it reads: so do we.  The other way round, a
reader who waits for a table holds the view that is to be read anew, and with steady readers nobody ever gets both."""

_COPY_OFFSETS = """
INSERT INTO reporting_blue.consumer_offset (grp, topic, part, next_offset, recorded_at, updated_at)
SELECT grp, topic, part, next_offset, recorded_at, updated_at FROM reporting.consumer_offset WHERE grp = $1
"""

_OFFSETS = """
UPDATE reporting.consumer_offset AS live
   SET next_offset = made.next_offset, recorded_at = coalesce(made.recorded_at, live.recorded_at),
       updated_at = clock_timestamp()
  FROM coloured.consumer_offset AS made
 WHERE live.grp = $1 AND (made.grp, made.topic, made.part) = (live.grp, live.topic, live.part)
   AND live.next_offset <> made.next_offset
"""

_NOUGHT = """
INSERT INTO reporting.cell
       (cell, shard, quantity, audience, category, campaign_id, campaign_year, coordination_id, month, region,
        department, action_type, main_of, amount, n)
SELECT cell, shard, quantity, audience, category, campaign_id, campaign_year, coordination_id, month, region,
       department, action_type, main_of, 0, 0
  FROM coloured.cell WHERE cell = ANY ($1::uuid[])
    ON CONFLICT DO NOTHING
"""
"""What was announced and stands no more is said to be nought."""

_NOTE_UNPUBLISHED = """
INSERT INTO reporting.unpublished (campaign_id, audience, action_id, report_id)
SELECT DISTINCT campaign_id, audience, action_id, id
  FROM (SELECT id, campaign_id, audience, action_id, part, cell, amount FROM reporting.contribution
         WHERE cell = ANY ($1::uuid[]) AND quantity = ANY ($2::text[])
         UNION ALL
        SELECT id, campaign_id, audience, action_id, part, cell, amount FROM coloured.contribution
         WHERE cell = ANY ($1::uuid[]) AND quantity = ANY ($2::text[])) AS said
 GROUP BY id, campaign_id, audience, action_id, part, cell, amount
HAVING count(*) = 1
"""

_NOTE_CHANGED = """
INSERT INTO reporting.changed_cell (cell)
SELECT DISTINCT named.cell
  FROM unnest($1::uuid[]) AS named (cell)
 WHERE NOT EXISTS (SELECT FROM reporting.cell WHERE cell.cell = named.cell AND quantity = ANY ($2::text[]))
"""

_DIFFERENT_CELLS = """
SELECT DISTINCT cell
  FROM reporting.cell AS here FULL JOIN reporting_green.cell AS there USING (cell, shard)
 WHERE (coalesce(here.amount, 0), coalesce(here.n, 0)) <> (coalesce(there.amount, 0), coalesce(there.n, 0))
 ORDER BY cell
"""

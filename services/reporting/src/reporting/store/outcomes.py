"""What comparisons came to: kept for a while, and read by everybody."""

from datetime import timedelta
from uuid import UUID

import msgspec

from common.database import Transaction
from reporting.domain.reconciliation import INTERNAL, CheckAsked, NotCounted, Outcome, Reconciled
from reporting.store.reconciliation import KINDS


async def record(tx: Transaction, outcome: Outcome, *, kept_days: int) -> None:
    """Keep what a comparison came to, and forget those of long ago."""
    await tx.execute(
        """
        INSERT INTO reconciliation (id, scope, at, checkpoint_at, differing, doc) VALUES ($1, $2, $3, $4, $5, $6)
        """,
        outcome.id,
        outcome.scope,
        outcome.at,
        outcome.checkpoint_at,
        outcome.differing,
        msgspec.json.encode(outcome).decode(),
    )
    await tx.execute("DELETE FROM reconciliation WHERE at < $1", outcome.at - timedelta(days=kept_days))


async def reconciled(tx: Transaction, group: str) -> Reconciled:
    """Read the last outcome of each scope, what is not counted, and how fresh the rest is."""
    rows = await tx.fetch(_LAST, list(KINDS), group, [scope for scope in KINDS if scope != INTERNAL])
    outcomes = [msgspec.json.decode(row["doc"], type=Outcome) for row in rows if row["doc"] is not None]
    internal = next((one for one in outcomes if one.scope == INTERNAL), None)
    owners = tuple(one for one in outcomes if one.scope != INTERNAL)
    return Reconciled(
        as_of=rows[0]["as_of"],
        behind_s=rows[0]["behind_s"],
        not_counted=NotCounted(records=rows[0]["records"], keys=rows[0]["keys"]),
        internal=internal,
        owners=owners,
    )


async def newest(tx: Transaction) -> list[Outcome]:
    """Read the last outcome of each scope that has any."""
    rows = await tx.fetch(_NEWEST, list(KINDS))
    return [msgspec.json.decode(row["doc"], type=Outcome) for row in rows]


async def ask(tx: Transaction, asked: CheckAsked) -> None:
    """Ask for the comparison inside: a row of its own, so that no request waits for another."""
    await tx.execute("INSERT INTO check_asked (id, at) VALUES ($1, $2)", asked.id, asked.at)


async def take_asked(tx: Transaction) -> bool:
    """Take the questions away, if there are any: whoever does makes the comparison."""
    return bool(await tx.fetch("DELETE FROM check_asked RETURNING id"))


async def before(tx: Transaction, *, scope: str | None, id_: UUID | None, limit: int) -> list[tuple[UUID, str]]:
    """List outcomes, the newest first, those before one of them if it is given."""
    rows = await tx.fetch(
        """
        SELECT id, doc
          FROM reconciliation
         WHERE ($1::text IS NULL OR scope = $1) AND ($2::uuid IS NULL OR id < $2)
         ORDER BY id DESC
         LIMIT $3
        """,
        scope,
        id_,
        limit,
    )
    return [(row["id"], row["doc"]) for row in rows]


_NEWEST = """
SELECT newest.scope, newest.doc
  FROM unnest($1::text[]) AS known (scope) CROSS JOIN LATERAL
       (SELECT scope, doc FROM reconciliation WHERE scope = known.scope ORDER BY id DESC LIMIT 1) AS newest
"""
"""A look into the index for each scope: there are weeks of outcomes."""

_LAST = f"""
WITH last AS ({_NEWEST}), heard AS (
  SELECT max(recorded_at) AS as_of,
         (SELECT count(*) FROM parked_event WHERE grp = $2 AND topic LIKE '%.state.v1')::integer AS records,
         (SELECT count(*) FROM parked_key WHERE grp = $2 AND topic LIKE '%.state.v1')::integer AS keys,
         (SELECT round(extract(epoch FROM clock_timestamp() - min(fresh.as_of)), 1)::float
            FROM consumer_freshness AS fresh
           WHERE grp = $2 AND service = ANY ($3::text[])
          HAVING count(*) = cardinality($3::text[])) AS behind_s
    FROM consumer_offset
   WHERE grp = $2 AND topic LIKE '%.state.v1'
)
SELECT heard.as_of, heard.records, heard.keys, heard.behind_s, last.doc
  FROM heard LEFT JOIN last ON true
 ORDER BY last.scope
"""
"""Of the figures' group only states are figures: it hears checkpoints and heartbeats too; facts are the tracer's."""

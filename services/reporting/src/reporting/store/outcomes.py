"""What comparisons came to: kept for a while, and read by everybody."""

from datetime import timedelta
from uuid import UUID

import msgspec

from common.database import Transaction
from reporting.domain.reconciliation import INTERNAL, NotCounted, Outcome, Reconciled
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
    rows = await tx.fetch(_LAST, group, [scope for scope in KINDS if scope != INTERNAL])
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


_LAST = """
WITH last AS (
  SELECT newest.scope, newest.doc
    FROM (SELECT DISTINCT scope FROM reconciliation) AS known CROSS JOIN LATERAL
         (SELECT scope, doc FROM reconciliation WHERE scope = known.scope ORDER BY id DESC LIMIT 1) AS newest
), heard AS (
  SELECT max(recorded_at) AS as_of,
         (SELECT count(*) FROM parked_event)::integer AS records,
         (SELECT count(*) FROM parked_key)::integer AS keys,
         (SELECT round(extract(epoch FROM clock_timestamp() - min(fresh.as_of)), 1)::float
            FROM consumer_freshness AS fresh
           WHERE grp = $1 AND service = ANY ($2::text[])
          HAVING count(*) = cardinality($2::text[])) AS behind_s
    FROM consumer_offset
)
SELECT heard.as_of, heard.records, heard.keys, heard.behind_s, last.doc
  FROM heard LEFT JOIN last ON true
 ORDER BY last.scope
"""

"""The feed of changes: noted by whoever writes a film, read by position, forgotten when it is old.

(1) A change is noted if and only if the film is written: by the same transaction, from the row as it then is.
(2) Nothing is skipped.  A reader gets what the snapshot of now sees and its last one did not: what was open then comes
    when it is committed, in whatever order that happens.  `seq` is no watermark; it only orders a page.
(3) The changes of one film come in the order of its versions: whoever writes the later one has waited for the earlier
    one's commit, so that a snapshot that sees the later sees the earlier; and numbers are drawn while the row is held.
(4) A snapshot counts transactions of one database only (`era`): after a restore or a move the position is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

import asyncpg

from catalogue.domain.changes import KEPT, Position, Snapshot
from catalogue.domain.film import Film
from common.database import Transaction
from common.outbox import Fact
from common.timeline import TIMELINE

Written: TypeAlias = tuple[Film, Sequence[Fact]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one transaction did to one film: the facts it announced, and the version that the film has since."""

    id: UUID
    version: int
    at: datetime
    facts: tuple[str, ...]
    changed: tuple[str, ...]
    merged_into: UUID | None


async def note(tx: Transaction, written: Sequence[Written]) -> None:
    """Note what happened to films that were just written; of one that was not (1), nothing."""
    await tx.execute(
        """
        INSERT INTO film_change (film_id, version, facts, changed, merged_into)
        SELECT film.id, film.version, string_to_array(said.facts, ' '), string_to_array(said.changed, ' '),
               film.merged_into
          FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[]) AS said (id, version, facts, changed)
          JOIN film ON film.id = said.id AND film.version = said.version
        """,
        [film.id for film, _ in written],
        [film.version for film, _ in written],
        [" ".join(fact.TYPE.partition(".")[2] for fact in facts) for _, facts in written],
        [" ".join(name for fact in facts for name in getattr(fact, "changed", ())) for _, facts in written],
    )


async def look(tx: Transaction) -> tuple[str, Snapshot]:
    """Tell which database this is, and what it shows now."""
    row = await tx.fetchrow(
        f"""
        SELECT system.system_identifier || '/' || {TIMELINE} AS era,
               extract(epoch FROM clock_timestamp())::bigint AS at,
               pg_snapshot_xmax(now.seen)::text::bigint AS below,
               ARRAY(SELECT running::text::bigint FROM pg_snapshot_xip(now.seen) AS running) AS running
          FROM pg_control_system() AS system CROSS JOIN pg_current_snapshot() AS now (seen)
        """
    )
    assert row is not None  # noqa: S101 - each of the functions answers one row
    return row["era"], Snapshot(at=row["at"], below=row["below"], running=tuple(row["running"]))


async def page(tx: Transaction, after: Position, seen: Snapshot, *, limit: int) -> list[tuple[int, Change]]:
    """Read what a snapshot sees and a position's own does not, each with its number; no more than `limit`."""
    rows = await tx.fetch(
        """
        SELECT seq, film_id, version, at, facts, changed, merged_into
          FROM film_change
         WHERE (xid >= $1::text::xid8 OR xid = ANY ($2::text[]::xid8[]))
           AND xid < $3::text::xid8 AND xid <> ALL ($4::text[]::xid8[])
           AND seq > $5
         ORDER BY seq
         LIMIT $6
        """,
        str(after.seen.below),
        [str(one) for one in after.seen.running],
        str(seen.below),
        [str(one) for one in seen.running],
        after.last_seq,
        limit,
    )
    return [(row["seq"], _change(row)) for row in rows]


async def forget(tx: Transaction, *, limit: int) -> int:
    """Forget the oldest of what is no longer kept; return how many that were."""
    done = await tx.execute(
        """
        DELETE FROM film_change
         WHERE ctid = ANY (ARRAY(SELECT ctid FROM film_change WHERE at < now() - $1::interval LIMIT $2))
        """,
        KEPT,
        limit,
    )
    return int(done.rpartition(" ")[2])


def _change(row: asyncpg.Record) -> Change:
    return Change(
        id=row["film_id"],
        version=row["version"],
        at=row["at"],
        facts=tuple(row["facts"]),
        changed=tuple(row["changed"]),
        merged_into=row["merged_into"],
    )

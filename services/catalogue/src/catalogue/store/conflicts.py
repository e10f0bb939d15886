"""What sources say of films, otherwise than what is kept: raised once, until somebody settles it.

(1) The same source saying the same thing of the same field is one conflict, for ever: what was settled is not raised
    again, and a file that is given twice makes no difference.
(2) A row says what its conflict was raised against, which tells what is in dispute: what was recorded since then is
    not.  Readers are shown what is kept by now, and settling writes down what it was settled against.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias, get_type_hints
from uuid import UUID

import asyncpg
import msgspec

from catalogue.domain.film import Description
from catalogue.domain.provenance import Decision, Difference, NoSuchConflict, Source
from common.contracts.catalogue import Visa
from common.database import Transaction

LISTED_MAX = 200
"""Of one film: those that nobody has settled first, then the newest."""

Raised: TypeAlias = tuple[UUID, Sequence[Difference]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmConflict:
    """What a source says of a film's field, what is kept instead (null: nothing), and how it was settled, if it was."""

    id: UUID
    field: str
    source: Source
    kept: Any
    said: Any
    raised_at: datetime
    decision: Decision | None
    settled_at: datetime | None
    settled_by: Source | None

    @property
    def difference(self) -> Difference:
        return Difference(field=self.field, kept=self.kept, said=self.said)


async def raise_all(
    tx: Transaction, raised: Sequence[Raised], source: Source, *, new_id: Callable[[], UUID], at: datetime
) -> None:
    """Keep where a source says otherwise; what it has said before is there already (1)."""
    each = [(film_id, one) for film_id, some in raised for one in some]
    if not each:
        return
    await tx.execute(
        """
        INSERT INTO film_conflict (id, film_id, field, source, kept, said, raised_at)
        SELECT id, film_id, field, $1::jsonb, kept::jsonb, said::jsonb, $2
          FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[])
            AS raised (id, film_id, field, kept, said)
            ON CONFLICT DO NOTHING
        """,
        _json(source),
        at,
        [new_id() for _ in each],
        [film_id for film_id, _ in each],
        [one.field for _, one in each],
        [_json(one.kept) for _, one in each],
        [_json(one.said) for _, one in each],
    )


async def move(tx: Transaction, film_id: UUID, into: UUID) -> None:
    """Let the conflicts about a duplicate be about the film it was merged into, unless that one has them."""
    await tx.execute(
        """
        UPDATE film_conflict AS moved
           SET film_id = $2
         WHERE film_id = $1
           AND NOT EXISTS (SELECT FROM film_conflict AS there
                            WHERE there.film_id = $2 AND there.field = moved.field AND there.source = moved.source
                              AND there.said = moved.said)
        """,
        film_id,
        into,
    )


async def film_conflicts(tx: Transaction, film_id: UUID) -> list[FilmConflict]:
    rows = await tx.fetch(
        """
        SELECT id, field, source, kept, said, raised_at, decision, settled_at, settled_by
          FROM film_conflict
         WHERE film_id = $1
         ORDER BY settled_at IS NOT NULL, raised_at DESC, id
         LIMIT $2
        """,
        film_id,
        LISTED_MAX,
    )
    return [_conflict(row) for row in rows]


async def conflict(tx: Transaction, film_id: UUID, conflict_id: UUID) -> FilmConflict:
    row = await tx.fetchrow(
        """
        SELECT id, field, source, kept, said, raised_at, decision, settled_at, settled_by
          FROM film_conflict
         WHERE film_id = $1 AND id = $2
        """,
        film_id,
        conflict_id,
    )
    if row is None:
        raise NoSuchConflict
    return _conflict(row)


async def settle(
    tx: Transaction, conflict_id: UUID, decision: Decision, kept: object, by: Source, *, at: datetime
) -> None:
    """Settle a conflict against what is kept by now; the row of its film is held, and so are all its conflicts."""
    await tx.execute(
        "UPDATE film_conflict SET decision = $2, kept = $3, settled_by = $4, settled_at = $5 WHERE id = $1",
        conflict_id,
        decision,
        _json(kept),
        _json(by),
        at,
    )


def _conflict(row: asyncpg.Record) -> FilmConflict:
    kind = _FIELDS.get(row["field"], Visa)
    settled_by = row["settled_by"]
    return FilmConflict(
        id=row["id"],
        field=row["field"],
        source=msgspec.json.decode(row["source"], type=Source),
        kept=msgspec.json.decode(row["kept"], type=kind | None),
        said=msgspec.json.decode(row["said"], type=kind),
        raised_at=row["raised_at"],
        decision=None if row["decision"] is None else Decision(row["decision"]),
        settled_at=row["settled_at"],
        settled_by=None if settled_by is None else msgspec.json.decode(settled_by, type=Source),
    )


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


_FIELDS = get_type_hints(Description)
"""What a field of a film holds; any other that sources differ about is a visa."""

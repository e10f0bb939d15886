"""What time alone may move: a coarse look that leaves nothing out, page by page; the domain judges each one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

import asyncpg

from common.database import Transaction


class Find(Protocol):
    """One page of what may be due at an instant, in the order of the ids."""

    async def __call__(self, tx: Transaction, *, at: datetime, after: UUID | None, limit: int) -> Sequence[UUID]: ...


async def files_overdue(tx: Transaction, *, at: datetime, after: UUID | None, limit: int) -> Sequence[UUID]:
    """Find incomplete files of which a piece was due before today (T6)."""
    found = await tx.fetch(
        """
        SELECT id
          FROM project
         WHERE state = 'incomplete'
           AND (missing ->> 'due_on')::date < ($1::timestamptz AT TIME ZONE zone)::date
           AND ($2::uuid IS NULL OR id > $2)
         ORDER BY id
         LIMIT $3
        """,
        at,
        after,
        limit,
    )
    return _ids(found)


async def actions_begun(tx: Transaction, *, at: datetime, after: UUID | None, limit: int) -> Sequence[UUID]:
    """Find scheduled actions of several sessions, one of which has its day (T13)."""
    found = await tx.fetch(
        """
        SELECT id
          FROM action
         WHERE state = 'scheduled'
           AND jsonb_array_length(sessions) > 1
           AND EXISTS (SELECT FROM jsonb_array_elements(sessions) AS one
                        WHERE (one ->> 'held_on')::date <= ($1::timestamptz AT TIME ZONE zone)::date)
           AND ($2::uuid IS NULL OR id > $2)
         ORDER BY id
         LIMIT $3
        """,
        at,
        after,
        limit,
    )
    return _ids(found)


async def actions_left_over(tx: Transaction, *, at: datetime, after: UUID | None, limit: int) -> Sequence[UUID]:
    """Find actions still postponed when their campaign has ended; its extension is the domain's to count (T17)."""
    found = await tx.fetch(
        """
        SELECT action.id
          FROM action
          JOIN campaign ON campaign.id = action.campaign_id
         WHERE action.state = 'postponed'
           AND campaign.ends_on < ($1::timestamptz AT TIME ZONE campaign.zone)::date
           AND ($2::uuid IS NULL OR action.id > $2)
         ORDER BY action.id
         LIMIT $3
        """,
        at,
        after,
        limit,
    )
    return _ids(found)


def _ids(found: Sequence[asyncpg.Record]) -> list[UUID]:
    return [row["id"] for row in found]

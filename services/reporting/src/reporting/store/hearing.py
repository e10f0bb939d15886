"""Up to where something has been heard: offsets, read in the statement whose rows they are to be true of.

A transaction here sees in each of its statements what is committed when that one begins.  A position of an earlier or a
later statement would name other records than those that were added up.
"""

from dataclasses import dataclass
from datetime import datetime

import asyncpg
import msgspec

from common.database import Transaction
from reporting.domain.positions import position

STATES_OF_FIGURES = "passeurs.actions.%.state.v1"
"""Of the groups of this schema only the figures' reads states, by whatever name it goes: the tracer reads facts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Up to where the figures have heard, as of when, and how many records were set aside."""

    as_of: datetime | None
    position: str
    not_counted: int


OFFSETS = "coalesce(jsonb_object_agg(topic || '/' || part, next_offset), '{}') AS offsets"

PROGRESS = f"""
SELECT {OFFSETS}, max(recorded_at) AS as_of,
       (SELECT count(*) FROM parked_event WHERE topic LIKE '{STATES_OF_FIGURES}') AS not_counted
  FROM consumer_offset
 WHERE topic LIKE '{STATES_OF_FIGURES}'
"""


async def now(tx: Transaction) -> Progress:
    """Say up to where the figures have heard, for a caller who holds counting."""
    row = await tx.fetchrow(PROGRESS)
    assert row is not None  # noqa: S101 - an aggregate without GROUP BY has one row
    return progress(row)


def progress(row: asyncpg.Record) -> Progress:
    """Read a row that has the columns of `PROGRESS`."""
    return Progress(as_of=row["as_of"], position=heard_to(row), not_counted=row["not_counted"])


def heard_to(row: asyncpg.Record) -> str:
    """Read the position of a row that has `OFFSETS`."""
    return position(msgspec.json.decode(row["offsets"], type=dict[str, int]))

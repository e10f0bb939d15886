"""Contributions and cells: what a batch of records changes, in two statements of one transaction.

(1) A record counts if its (epoch, version) is greater than that of the last one heard of its aggregate; repeated and
    late ones change nothing.
(2) What the aggregate contributed before is taken back and what it contributes now is added, in the same statement:
    a cell's amount is the sum of its contributions at every commit.  Parts that say the same as before are not written.
(3) All records of a batch come from one partition of one topic, so that no other consumer writes these rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeAlias
from uuid import UUID

from common.database import Transaction
from reporting.domain.quantities import BREAKDOWNS, Contribution, Quantity
from reporting.store.columns import column, unnested

NEVER_ANNOUNCED = [*sorted(BREAKDOWNS), Quantity.PARTICIPATIONS]
"""Breakdowns are announced as published, at the day's close; participations are participants and spectators again."""

Standing: TypeAlias = Mapping[str, tuple[str, int]]
"""What an aggregate contributes, part by part: the cell and the amount."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One record: where it was heard, and what its aggregate contributes from now on."""

    id: str
    epoch: int
    version: int
    offset: int
    event_id: str
    recorded_at: datetime
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a batch comes from."""

    kind: str
    topic: str
    partition: int

    @property
    def shard(self) -> str:
        return f"{self.kind}-{self.partition}"


class Changes(NamedTuple):
    """Parts of aggregates that are gone, that stand differently from before (as they were), and that are said anew."""

    gone: list[tuple[str, str]]
    replaced: list[tuple[str, str]]
    said: list[tuple[str, Contribution]]

    def __bool__(self) -> bool:
        return bool(self.gone or self.said)


async def renew(tx: Transaction, source: Source, heard: Sequence[Heard]) -> dict[str, Standing]:
    """Remember records, at most one of each aggregate; say what each that is new contributed before."""
    rows = await tx.fetch(
        _RENEW,
        source.kind,
        source.topic,
        source.partition,
        column(record.id for record in heard),
        column(record.epoch for record in heard),
        column(record.version for record in heard),
        column(record.offset for record in heard),
        column(record.event_id for record in heard),
        column(record.recorded_at.isoformat() for record in heard),
        column(len(record.contributions) for record in heard),
        column(sum([part.amount for part in record.contributions]) for record in heard),
    )
    return {
        row["id"]: dict(
            zip(row["parts"] or (), zip(row["cells"] or (), row["amounts"] or (), strict=True), strict=True)
        )
        for row in rows
    }


async def forget(tx: Transaction, kind: str, retracted: Sequence[tuple[UUID, int, int]]) -> None:
    """Drop the records that an owner has retracted in this (epoch, version); they contribute nothing any more."""
    await tx.executemany(
        "DELETE FROM record WHERE kind = $1 AND id = $2 AND (epoch, version) = ($3, $4)",
        [(kind, *one) for one in retracted],
    )


async def move(tx: Transaction, source: Source, changes: Changes) -> None:
    """Take back and add, and note what is to be announced of it."""
    taken, said = (*changes.gone, *changes.replaced), [part for _, part in changes.said]
    await tx.execute(
        _MOVE,
        source.kind,
        source.shard,
        column(id_ for id_, _ in taken),
        column(part for _, part in taken),
        len(changes.gone),
        column(id_ for id_, _ in changes.said),
        column(part.part for part in said),
        column(part.cell for part in said),
        column(part.quantity for part in said),
        column(part.audience for part in said),
        column(part.category for part in said),
        column(part.spot.campaign_id for part in said),
        column(part.spot.campaign_year for part in said),
        column(part.spot.coordination_id for part in said),
        column(part.spot.month for part in said),
        column(part.spot.region for part in said),
        column(part.spot.department for part in said),
        column(part.spot.action_type for part in said),
        column(part.spot.project_id or "" for part in said),
        column(part.project_id for part in said),
        column(part.action_id or "" for part in said),
        column(part.amount for part in said),
        NEVER_ANNOUNCED,
        sorted(BREAKDOWNS),
    )


_HEARD = unnested(4, "uuid", "integer", "integer", "bigint", "text", "timestamptz", "integer", "bigint")
_TAKEN = unnested(3, "uuid", "text")
_SPOT = ("uuid", "integer", "uuid", "text", "text", "text", "text", "uuid")
_SAID = unnested(6, "uuid", "text", "uuid", "text", "text", "text", *_SPOT, "uuid", "uuid", "bigint")

_RENEW = f"""
WITH fresh AS (
  INSERT INTO record AS known (kind, id, epoch, version, topic, part, "offset", event_id, recorded_at, parts,
                               total)
  SELECT $1, heard.id, heard.epoch, heard.version, $2, $3, heard."offset", heard.event_id, heard.recorded_at,
         heard.parts, heard.total
    FROM ROWS FROM ({_HEARD})
         AS heard (id, epoch, version, "offset", event_id, recorded_at, parts, total)
   ORDER BY heard.id
      ON CONFLICT (kind, id) DO UPDATE
     SET epoch = excluded.epoch, version = excluded.version, topic = excluded.topic, part = excluded.part,
         "offset" = excluded."offset", event_id = excluded.event_id, recorded_at = excluded.recorded_at,
         parts = excluded.parts, total = excluded.total
   WHERE (known.epoch, known.version) < (excluded.epoch, excluded.version)
  RETURNING id
)
SELECT fresh.id::text AS id, before.parts, before.cells, before.amounts
  FROM fresh CROSS JOIN LATERAL (
    SELECT array_agg(part) AS parts, array_agg(cell::text) AS cells, array_agg(amount) AS amounts
      FROM contribution WHERE kind = $1 AND id = fresh.id) AS before
"""

_MOVE = f"""
WITH taken AS (
  SELECT id, part, n <= $5 AS gone
    FROM ROWS FROM ({_TAKEN}) WITH ORDINALITY AS taken (id, part, n)
), said AS (
  SELECT id, part, $2::text AS shard, cell, quantity, audience, category, campaign_id, campaign_year,
         coordination_id, month, region, department, action_type, main_of, project_id, action_id, amount
    FROM ROWS FROM ({_SAID})
         AS said (id, part, cell, quantity, audience, category, campaign_id, campaign_year, coordination_id, month,
                  region, department, action_type, main_of, project_id, action_id, amount)
), before AS (
  SELECT taken.gone, contribution.id, contribution.part, shard, cell, quantity, audience, category, campaign_id,
         campaign_year, coordination_id, month, region, department, action_type, main_of, project_id, action_id, amount
    FROM taken CROSS JOIN LATERAL (
      SELECT id, part, shard, cell, quantity, audience, category, campaign_id, campaign_year, coordination_id, month,
             region, department, action_type, main_of, project_id, action_id, amount
        FROM contribution WHERE kind = $1 AND id = taken.id AND part = taken.part OFFSET 0) AS contribution
), gone AS (
  DELETE FROM contribution USING before
   WHERE before.gone AND contribution.kind = $1 AND contribution.id = before.id AND contribution.part = before.part
), kept AS (
  INSERT INTO contribution
         (kind, id, part, shard, cell, quantity, audience, category, campaign_id, campaign_year, coordination_id,
          month, region, department, action_type, main_of, project_id, action_id, amount)
  SELECT $1, id, part, shard, cell, quantity, audience, category, campaign_id, campaign_year, coordination_id,
         month, region, department, action_type, main_of, project_id, action_id, amount
    FROM said
      ON CONFLICT (kind, id, part) DO UPDATE
     SET shard = excluded.shard, cell = excluded.cell, quantity = excluded.quantity, audience = excluded.audience,
         category = excluded.category, campaign_id = excluded.campaign_id, campaign_year = excluded.campaign_year,
         coordination_id = excluded.coordination_id, month = excluded.month, region = excluded.region,
         department = excluded.department, action_type = excluded.action_type, main_of = excluded.main_of,
         project_id = excluded.project_id, action_id = excluded.action_id, amount = excluded.amount
), moved AS (
  SELECT 1 AS sign, id, part, shard, cell, quantity, audience, category, campaign_id, campaign_year, coordination_id,
         month, region, department, action_type, main_of, action_id, amount
    FROM said
   UNION ALL
  SELECT -1, id, part, shard, cell, quantity, audience, category, campaign_id, campaign_year, coordination_id,
         month, region, department, action_type, main_of, action_id, amount
    FROM before
), cells AS (
  INSERT INTO cell AS known
         (cell, shard, quantity, audience, category, campaign_id, campaign_year, coordination_id, month, region,
          department, action_type, main_of, amount, n)
  SELECT cell, shard, quantity, audience, category, campaign_id, campaign_year, coordination_id, month, region,
         department, action_type, main_of, sum(sign * amount), sum(sign)
    FROM moved
   GROUP BY cell, shard, quantity, audience, category, campaign_id, campaign_year, coordination_id, month, region,
            department, action_type, main_of
  HAVING sum(sign * amount) <> 0 OR sum(sign) <> 0
   ORDER BY cell, shard
      ON CONFLICT (cell, shard) DO UPDATE SET amount = known.amount + excluded.amount, n = known.n + excluded.n
  RETURNING cell, quantity
), announced AS (
  INSERT INTO changed_cell (cell) SELECT DISTINCT cell FROM cells WHERE quantity <> ALL ($23::text[])
)
INSERT INTO unpublished (campaign_id, audience, action_id, report_id)
SELECT DISTINCT campaign_id, audience, action_id, id
  FROM (SELECT id, campaign_id, audience, action_id, part, cell
          FROM moved
         WHERE quantity = ANY ($24::text[])
         GROUP BY id, campaign_id, audience, action_id, part, cell
        HAVING sum(sign * amount) <> 0 OR sum(sign) <> 0) AS changed
"""

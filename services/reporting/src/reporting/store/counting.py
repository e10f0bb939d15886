"""Contributions and cells: what a batch of records changes, in one statement.

(1) A record counts if its (epoch, version) is greater than that of the last one heard of its aggregate; repeated and
    late ones change nothing.
(2) What the aggregate contributed before is taken back and what it contributes now is added, in the same statement:
    a cell's amount is the sum of its contributions at every commit.
(3) All records of a batch come from one partition of one topic, so that no other consumer writes these rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.database import Transaction
from reporting.domain.quantities import BREAKDOWNS, Contribution, Quantity

NEVER_ANNOUNCED = [*sorted(BREAKDOWNS), Quantity.PARTICIPATIONS]
"""Breakdowns are announced as published, at the day's close; participations are participants and spectators again."""

PLANNED_FOR = 50
"""Rows from which it pays to plan the statement anew: a kept plan expects few, and compares each with each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One record: where it was heard, and what its aggregate contributes from now on."""

    id: UUID
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


async def count(tx: Transaction, source: Source, heard: Sequence[Heard]) -> None:
    """Count records, at most one of each aggregate."""
    parts = [(record.id, part) for record in heard for part in record.contributions]
    if len(parts) + len(heard) > PLANNED_FOR:
        await tx.execute("SET LOCAL plan_cache_mode = force_custom_plan")
    await tx.execute(
        _COUNT,
        source.kind,
        source.topic,
        source.partition,
        source.shard,
        [record.id for record in heard],
        [record.epoch for record in heard],
        [record.version for record in heard],
        [record.offset for record in heard],
        [record.event_id for record in heard],
        [record.recorded_at for record in heard],
        [id_ for id_, _ in parts],
        [part.part for _, part in parts],
        [part.cell for _, part in parts],
        [part.quantity for _, part in parts],
        [part.audience for _, part in parts],
        [part.category for _, part in parts],
        [part.spot.campaign_id for _, part in parts],
        [part.spot.campaign_year for _, part in parts],
        [part.spot.coordination_id for _, part in parts],
        [part.spot.month for _, part in parts],
        [part.spot.region for _, part in parts],
        [part.spot.department for _, part in parts],
        [part.spot.action_type for _, part in parts],
        [part.spot.project_id for _, part in parts],
        [part.project_id for _, part in parts],
        [part.action_id for _, part in parts],
        [part.amount for _, part in parts],
        NEVER_ANNOUNCED,
        sorted(BREAKDOWNS),
    )


_COUNT = """
WITH fresh AS (
  INSERT INTO record AS known (kind, id, epoch, version, topic, part, "offset", event_id, recorded_at)
  SELECT $1, heard.id, heard.epoch, heard.version, $2, $3, heard."offset", heard.event_id, heard.recorded_at
    FROM unnest($5::uuid[], $6::integer[], $7::integer[], $8::bigint[], $9::text[], $10::timestamptz[])
         AS heard (id, epoch, version, "offset", event_id, recorded_at)
   ORDER BY heard.id
      ON CONFLICT (kind, id) DO UPDATE
     SET epoch = excluded.epoch, version = excluded.version, topic = excluded.topic, part = excluded.part,
         "offset" = excluded."offset", event_id = excluded.event_id, recorded_at = excluded.recorded_at
   WHERE (known.epoch, known.version) < (excluded.epoch, excluded.version)
  RETURNING id
), said AS (
  SELECT said.id, part, $4::text AS shard, cell, quantity, audience, category, campaign_id, campaign_year,
         coordination_id, month, region, department, action_type, main_of, project_id, action_id, amount
    FROM unnest($11::uuid[], $12::text[], $13::uuid[], $14::text[], $15::text[], $16::text[], $17::uuid[],
                $18::integer[], $19::uuid[], $20::text[], $21::text[], $22::text[], $23::text[], $24::uuid[],
                $25::uuid[], $26::uuid[], $27::bigint[])
         AS said (id, part, cell, quantity, audience, category, campaign_id, campaign_year, coordination_id, month,
                  region, department, action_type, main_of, project_id, action_id, amount)
    JOIN fresh ON fresh.id = said.id
), before AS (
  SELECT contribution.id, part, shard, cell, quantity, audience, category, campaign_id, campaign_year,
         coordination_id, month, region, department, action_type, main_of, project_id, action_id, amount
    FROM contribution JOIN fresh ON fresh.id = contribution.id
   WHERE kind = $1
), gone AS (
  DELETE FROM contribution USING before
   WHERE contribution.kind = $1 AND contribution.id = before.id AND contribution.part = before.part
     AND NOT EXISTS (SELECT FROM said WHERE said.id = before.id AND said.part = before.part)
), kept AS (
  INSERT INTO contribution AS known
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
   WHERE (known.shard, known.cell, known.amount) IS DISTINCT FROM (excluded.shard, excluded.cell, excluded.amount)
), moved AS (
  SELECT 1 AS sign, * FROM said UNION ALL SELECT -1, * FROM before
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
  INSERT INTO changed_cell (cell) SELECT DISTINCT cell FROM cells WHERE quantity <> ALL ($28::text[])
)
INSERT INTO unpublished (campaign_id, audience, action_id, report_id)
SELECT DISTINCT campaign_id, audience, action_id, id
  FROM (SELECT id, campaign_id, audience, action_id, part, cell
          FROM moved
         WHERE quantity = ANY ($29::text[])
         GROUP BY id, campaign_id, audience, action_id, part, cell
        HAVING sum(sign * amount) <> 0 OR sum(sign) <> 0) AS changed
"""

"""Every statement about what a group has read: offsets, versions seen, gaps, freshness."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from common.consumer.listening import Message
from common.consumer.ports import Asked, Look, Run
from common.contracts.platform import Heartbeat
from common.database import Transaction
from common.kafka.port import Place


class Moved(NamedTuple):
    """The partitions whose offsets were moved, and whether any key of their topic is parked."""

    places: frozenset[Place]
    some_parked: bool


class Gap(NamedTuple):
    """A fact that came without its predecessor."""

    key: str
    have: int
    got: int
    offset: int


async def placed(tx: Transaction, group: str, places: Sequence[Place]) -> Mapping[Place, int]:
    """Read where partitions stand, after whoever is moving them; one that nobody has read stands at its beginning."""
    rows = await tx.fetch(
        """
        INSERT INTO consumer_offset AS here (grp, topic, part, next_offset)
        SELECT $1, topic, part, 0 FROM unnest($2::text[], $3::integer[]) AS named (topic, part)
         ORDER BY topic, part
            ON CONFLICT (grp, topic, part) DO UPDATE SET next_offset = here.next_offset
        RETURNING topic, part, next_offset
        """,
        group,
        [place.topic for place in places],
        [place.partition for place in places],
    )
    return {Place(row["topic"], row["part"]): row["next_offset"] for row in rows}


async def move(tx: Transaction, group: str, runs: Sequence[Run], recorded_at: Sequence[datetime | None]) -> Moved:
    """Move the offsets of runs of one topic, each if it is the one that we last stored."""
    topic = runs[0].place.topic
    rows = await tx.fetch(
        """
        WITH moved AS (
          UPDATE consumer_offset AS here
             SET next_offset = moving.next_offset, updated_at = clock_timestamp(),
                 recorded_at = coalesce(moving.recorded_at, here.recorded_at)
            FROM unnest($3::integer[], $4::bigint[], $5::bigint[], $6::timestamptz[])
                 AS moving (part, stored, next_offset, recorded_at)
           WHERE here.grp = $1 AND here.topic = $2 AND here.part = moving.part AND here.next_offset = moving.stored
          RETURNING here.part)
        SELECT part, EXISTS (SELECT FROM parked_key WHERE grp = $1 AND topic = $2) AS parked FROM moved
        """,
        group,
        topic,
        [run.place.partition for run in runs],
        [run.stored for run in runs],
        [run.next_offset for run in runs],
        recorded_at,
    )
    return Moved(frozenset(Place(topic, row["part"]) for row in rows), any(row["parked"] for row in rows))


async def hold(tx: Transaction, group: str, place: Place, stored: int) -> bool:
    """Keep everybody else from moving an offset while this transaction lasts; say whether it is what we last stored."""
    there: bool | None = await tx.fetchval(
        """
        SELECT true FROM consumer_offset
         WHERE grp = $1 AND topic = $2 AND part = $3 AND next_offset = $4 FOR NO KEY UPDATE
        """,
        group,
        place.topic,
        place.partition,
        stored,
    )
    return bool(there)


async def look(tx: Transaction, group: str, offsets: Mapping[Place, int]) -> Look:
    """Name the partitions that stand elsewhere now, and the keys of these partitions that are to be redriven."""
    names = ([place.topic for place in offsets], [place.partition for place in offsets], list(offsets.values()))
    moved = await tx.fetch(
        """
        SELECT topic, part FROM consumer_offset
          JOIN unnest($2::text[], $3::integer[], $4::bigint[]) AS ours (topic, part, next_offset) USING (topic, part)
         WHERE grp = $1 AND consumer_offset.next_offset <> ours.next_offset
        """,
        group,
        *names,
    )
    asked = await tx.fetch(
        """
        SELECT topic, part, key, operation_id FROM parked_key AS k
         CROSS JOIN LATERAL (SELECT coalesce(min(part), 0) AS part FROM parked_event AS e
                              WHERE (e.grp, e.topic, e.key) = (k.grp, k.topic, k.key)) AS first
         WHERE grp = $1 AND topic = ANY ($2::text[]) AND operation_id IS NOT NULL
         ORDER BY operation_id
        """,
        group,
        list({place.topic for place in offsets}),
    )
    wanted = [Asked(Place(row["topic"], row["part"]), row["key"], row["operation_id"]) for row in asked]
    return Look(
        [Place(row["topic"], row["part"]) for row in moved], [asked for asked in wanted if asked.place in offsets]
    )


async def watch_versions(tx: Transaction, group: str, messages: Sequence[Message]) -> Sequence[Gap]:
    """Remember the versions of one topic's facts; take down and return those that came without their predecessor.

    Of an aggregate that was never seen, any version is the first.
    """
    rows = await tx.fetch(
        _WATCH,
        group,
        messages[0].topic,
        messages[0].partition,
        [message.key for message in messages],
        [message.epoch for message in messages],
        [message.version for message in messages],
        [message.offset for message in messages],
        [message.id for message in messages],
    )
    return [Gap(row["key"], row["have"], row["got"], row["offset"]) for row in rows]


_WATCH = """
WITH said AS (
  SELECT key, said.epoch, said.version, "offset", id,
         greatest(seen.version, max(said.version) OVER (
             PARTITION BY key, said.epoch ORDER BY "offset" ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) AS have
    FROM unnest($4::text[], $5::integer[], $6::integer[], $7::bigint[], $8::text[])
         AS said (key, epoch, version, "offset", id)
    LEFT JOIN (SELECT key, epoch, version FROM seen_version
                WHERE grp = $1 AND topic = $2 AND key = ANY ($4::text[])) AS seen USING (key, epoch)
), kept AS (
  INSERT INTO seen_version AS known (grp, topic, key, epoch, version)
  SELECT DISTINCT ON (key) $1, $2, key, epoch, version FROM said ORDER BY key, epoch DESC, version DESC
      ON CONFLICT (grp, topic, key) DO UPDATE SET epoch = excluded.epoch, version = excluded.version
   WHERE (known.epoch, known.version) < (excluded.epoch, excluded.version)
)
INSERT INTO gap_seen (grp, topic, part, "offset", key, id, have, got)
SELECT $1, $2, $3, "offset", key, id, have, version FROM said WHERE version > have + 1
    ON CONFLICT DO NOTHING
RETURNING key, have, got, "offset"
"""


async def keep_heartbeats(tx: Transaction, group: str, heartbeats: Sequence[Heartbeat]) -> None:
    """Keep heartbeats until the group has reached their ends.

    Where too many of a service wait they are thinned, but for the oldest and the newest: those that stay are further
    apart the older they are, as an age need not be known more finely than it is large.
    """
    services = [one.service for one in heartbeats]
    await tx.execute(
        """
        INSERT INTO heartbeat_heard (grp, service, at, ends)
        SELECT $1, service, at, ends
          FROM unnest($2::text[], $3::timestamptz[], $4::jsonb[]) AS heard (service, at, ends)
            ON CONFLICT DO NOTHING
        """,
        group,
        services,
        [one.at for one in heartbeats],
        [msgspec.json.encode(one.ends).decode() for one in heartbeats],
    )
    await tx.execute(_THIN, group, services, HEARTBEATS_KEPT_MAX)


HEARTBEATS_KEPT_MAX = 64

_FORGET = """
WITH waiting AS (DELETE FROM heartbeat_heard WHERE grp = $1 AND service <> ALL ($2::text[]))
DELETE FROM consumer_freshness WHERE grp = $1 AND service <> ALL ($2::text[])
"""

_THIN = """
WITH numbered AS (
  SELECT service, at, row_number() OVER waiting AS n, count(*) OVER (PARTITION BY service) AS told
    FROM heartbeat_heard
   WHERE grp = $1 AND service = ANY ($2::text[])
  WINDOW waiting AS (PARTITION BY service ORDER BY at)
)
DELETE FROM heartbeat_heard AS heard USING numbered
 WHERE heard.grp = $1 AND heard.service = numbered.service AND heard.at = numbered.at
   AND numbered.told > $3 AND numbered.n < numbered.told AND (numbered.n - 1) % (2 * numbered.told / $3) <> 0
"""


async def freshen(tx: Transaction, group: str, services: Collection[str]) -> Mapping[str, datetime]:
    """Compare the offsets with the heartbeats that wait; say as of when the group has read everything of a service.

    Of services that it no longer listens to nothing is kept: it would be further behind them every day.  Of one of
    which it has never read everything: as of the first heartbeat that it has heard and not reached.
    """
    await tx.execute(_FORGET, group, list(services))
    await tx.execute(
        """
        WITH reached AS (
          SELECT service, max(at) AS at FROM heartbeat_heard AS heard
           WHERE grp = $1 AND NOT EXISTS (
                 SELECT FROM jsonb_each_text(heard.ends) AS ends (place, next_offset)
                   LEFT JOIN (SELECT topic || '/' || part AS place, next_offset FROM consumer_offset WHERE grp = $1)
                        AS ours USING (place)
                  WHERE coalesce(ours.next_offset, 0) < ends.next_offset::bigint)
           GROUP BY service
        ), gone AS (
          DELETE FROM heartbeat_heard AS heard USING reached
           WHERE heard.grp = $1 AND heard.service = reached.service AND heard.at <= reached.at
        )
        INSERT INTO consumer_freshness AS known (grp, service, as_of) SELECT $1, service, at FROM reached
            ON CONFLICT (grp, service) DO UPDATE SET as_of = greatest(known.as_of, excluded.as_of)
        """,
        group,
    )
    rows = await tx.fetch(
        """
        SELECT service, min(as_of) AS as_of
          FROM (SELECT service, as_of FROM consumer_freshness WHERE grp = $1
                UNION ALL SELECT service, at FROM heartbeat_heard WHERE grp = $1) AS said (service, as_of)
         GROUP BY service
        """,
        group,
    )
    return {row["service"]: row["as_of"] for row in rows}

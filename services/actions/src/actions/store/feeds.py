"""Feeds of calendars: their rows.  Never announced: they hold what is kept of a secret.

A feed and the answer that is kept for its key are written in one transaction: both are there, or neither.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import asyncpg

from actions.domain.feed import Feed, FeedOf, Grant, Maker, NoSuchFeed, Subject
from common import rows
from common.contracts.access import Role
from common.database import Transaction
from common.idempotency import Answer, KeyReused, Once

COLUMNS = (
    "id",
    "version",
    "of",
    "coordination_id",
    "organisation_id",
    "municipality",
    "name",
    "client_id",
    "role",
    "scopes",
    "org",
    "maker_coordination_id",
    "level",
    "codes",
    "fingerprint",
    "created_at",
    "revoked_at",
)
_LISTED = rows.listed([f"feed.{column}" for column in COLUMNS])


async def take_turn(tx: Transaction, org: UUID) -> None:
    """Let one transaction at a time count an organisation's feeds and add to them."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"calendar feeds of {org}")


async def count_live(tx: Transaction, org: UUID) -> int:
    """Count the feeds of an organisation that are not revoked."""
    number: int = await tx.fetchval("SELECT count(*) FROM calendar_feed WHERE org = $1 AND revoked_at IS NULL", org)
    return number


async def add(tx: Transaction, feed: Feed, once: Once, answer: Answer) -> None:
    maker = feed.maker
    await tx.execute(
        """
        INSERT INTO calendar_feed (id, version, of, coordination_id, organisation_id, municipality, name, client_id,
                                   role, scopes, org, maker_coordination_id, level, codes, fingerprint, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        """,
        feed.id,
        feed.version,
        feed.of,
        feed.subject.coordination_id,
        feed.subject.organisation_id,
        feed.subject.municipality,
        feed.name,
        maker.client_id,
        maker.role,
        sorted(maker.scopes),
        maker.org,
        maker.coordination_id,
        maker.level,
        sorted(maker.codes),
        feed.fingerprint,
        feed.created_at,
    )
    await _keep(tx, once, answer)


async def save(tx: Transaction, feed: Feed, once: Once, answer: Answer) -> None:
    """Write the end of a locked feed: nothing else of it changes."""
    await tx.execute(
        "UPDATE calendar_feed SET version = $2, revoked_at = $3 WHERE id = $1", feed.id, feed.version, feed.revoked_at
    )
    await _keep(tx, once, answer)


async def lock(tx: Transaction, feed_id: UUID) -> Feed:
    """Read one feed of the caller's and hold its row."""
    row = await tx.fetchrow(f"SELECT {_LISTED} FROM calendar_feed AS feed WHERE id = $1 FOR UPDATE", feed_id)
    if row is None:
        raise NoSuchFeed
    return _feed(row)


async def feed(tx: Transaction, feed_id: UUID) -> Feed:
    """Read one feed of the caller's."""
    row = await tx.fetchrow(f"SELECT {_LISTED} FROM calendar_feed AS feed WHERE id = $1", feed_id)
    if row is None:
        raise NoSuchFeed
    return _feed(row)


async def page(tx: Transaction, *, after: UUID | None, limit: int) -> Sequence[Feed]:
    """Read the caller's feeds, revoked ones too, in the order in which they were made."""
    found = await tx.fetch(
        f"""
        SELECT {_LISTED}
          FROM calendar_feed AS feed
         WHERE $1::uuid IS NULL OR id > $1
         ORDER BY id
         LIMIT $2
        """,
        after,
        limit,
    )
    return [_feed(row) for row in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A feed, and what may have ended it: its organisation, its maker's access, a commune that is out of reach now."""

    feed: Feed
    closed_on: date | None
    grant: Grant | None
    department: str | None


async def named(tx: Transaction, feed_id: UUID) -> Named:
    """Read whosever feed; in the house's own name."""
    row = await tx.fetchrow(
        f"""
        SELECT {_LISTED}, known.closed_on, held.id IS NOT NULL AS is_granted, held.codes AS granted_codes,
               held.revoked_at AS access_revoked_at,
               (SELECT commune.department FROM known_municipality AS commune
                 WHERE commune.code = feed.municipality ORDER BY commune.vintage DESC LIMIT 1) AS department
          FROM calendar_feed AS feed
          LEFT JOIN known_organisation AS known ON known.id = feed.org
          LEFT JOIN known_access_grant AS held ON held.id::text = feed.client_id
         WHERE feed.id = $1
        """,
        feed_id,
    )
    if row is None:
        raise NoSuchFeed
    grant = (
        Grant(codes=frozenset(row["granted_codes"]), revoked_at=row["access_revoked_at"]) if row["is_granted"] else None
    )
    return Named(feed=_feed(row), closed_on=row["closed_on"], grant=grant, department=row["department"])


async def _keep(tx: Transaction, once: Once, answer: Answer) -> None:
    """Keep an answer for its key, if it has one."""
    if once.key is None:
        return
    try:
        await tx.execute(
            """
            INSERT INTO idempotency (client_id, key, fingerprint, status, version, location, body)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            once.client_id,
            once.key,
            once.fingerprint,
            answer.status,
            answer.version,
            answer.location,
            answer.body,
        )
    except asyncpg.UniqueViolationError as error:
        raise KeyReused from error


def _feed(row: asyncpg.Record) -> Feed:
    return Feed(
        id=row["id"],
        version=row["version"],
        of=FeedOf(row["of"]),
        subject=Subject(
            coordination_id=row["coordination_id"],
            organisation_id=row["organisation_id"],
            municipality=row["municipality"],
        ),
        name=row["name"],
        maker=Maker(
            client_id=row["client_id"],
            role=Role(row["role"]),
            scopes=frozenset(row["scopes"]),
            org=row["org"],
            coordination_id=row["maker_coordination_id"],
            level=row["level"],
            codes=frozenset(row["codes"]),
        ),
        fingerprint=row["fingerprint"],
        created_at=row["created_at"],
        revoked_at=row["revoked_at"],
    )

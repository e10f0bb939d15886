"""Webhook endpoints, their secrets and the challenges they have to answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from common.contracts.access import Role
from common.database import Transaction
from common.idempotency import Answer, Once
from partners.domain.webhook import Disabled, Endpoint, NoSuchEndpoint, State, Verification
from partners.store import kept

INFLIGHT_MAX = 8
RATE_PER_S = 200.0
"""What a new endpoint gets at once, and in a second; an operator may change the lane of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """A check of an endpoint that is ours to make."""

    endpoint_id: UUID
    url: str
    challenge: str
    sealed: Sequence[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedSecret:
    """A webhook secret as it is kept."""

    id: UUID
    endpoint_id: UUID
    sealed: bytes
    created_at: datetime
    expires_at: datetime | None = None


async def lock(tx: Transaction, endpoint_id: UUID) -> Endpoint:
    """Read one endpoint and hold its row; deliveries and attempts may still be added to it meanwhile."""
    row = await tx.fetchrow(
        """
        SELECT id, version, owner_role, owner_org, url, description, event_types, codes, state, disabled_because,
               verification, verified_at, created_at, updated_at
          FROM wh_endpoint
         WHERE id = $1
           FOR NO KEY UPDATE
        """,
        endpoint_id,
    )
    if row is None:
        raise NoSuchEndpoint
    return _endpoint(row)


async def document(tx: Transaction, endpoint_id: UUID) -> tuple[str, int]:
    """Read one endpoint as it is answered, and its version."""
    row = await tx.fetchrow("SELECT doc, version FROM wh_endpoint WHERE id = $1", endpoint_id)
    if row is None:
        raise NoSuchEndpoint
    return row["doc"], row["version"]


async def page(tx: Transaction, after: UUID | None, limit: int) -> list[tuple[UUID, str]]:
    """List a partner's endpoints as they are answered, in the order of their ids."""
    rows = await tx.fetch(
        """
        SELECT id, doc FROM wh_endpoint
         WHERE $1::uuid IS NULL OR id > $1
         ORDER BY id
         LIMIT $2
        """,
        after,
        limit,
    )
    return [(row["id"], row["doc"]) for row in rows]


async def take_turn(tx: Transaction, role: Role, org: UUID) -> None:
    """Let one transaction at a time count a partner's endpoints and add to them; its own client's row it cannot see."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"endpoints of {role} {org}")


async def count(tx: Transaction) -> int:
    """Count a partner's endpoints."""
    number: int = await tx.fetchval("SELECT count(*) FROM wh_endpoint")
    return number


async def siblings(tx: Transaction, endpoint_id: UUID) -> list[tuple[UUID, State]]:
    """List the verified endpoints of this one's owner, itself among them."""
    rows = await tx.fetch(
        """
        SELECT s.id, s.state
          FROM wh_endpoint e
          JOIN wh_endpoint s ON s.owner_role = e.owner_role AND s.owner_org = e.owner_org
         WHERE e.id = $1 AND s.verified_at IS NOT NULL
         ORDER BY s.id
        """,
        endpoint_id,
    )
    return [(row["id"], State(row["state"])) for row in rows]


async def orphans(tx: Transaction) -> list[UUID]:
    """List the endpoints that still stand although their partner's client was revoked."""
    rows = await tx.fetch(
        """
        SELECT e.id FROM wh_endpoint e
         WHERE e.state <> 'disabled'
           AND NOT EXISTS (SELECT FROM api_client c
                            WHERE c.role = e.owner_role AND c.organisation_id = e.owner_org AND c.revoked_at IS NULL)
         ORDER BY e.id
        """
    )
    return [row["id"] for row in rows]


async def add(tx: Transaction, endpoint: Endpoint, secret: SealedSecret, once: Once, answer: Answer) -> Answer:
    """Write a new endpoint with its secret, its lane and its numbers."""
    if not await kept.write(tx, _ADD, once, answer, *_values(endpoint)):
        return await kept.given_before(tx, once)
    await tx.execute("INSERT INTO wh_sequence (endpoint_id) VALUES ($1)", endpoint.id)
    await tx.execute(
        "INSERT INTO wh_lane (endpoint_id, max_inflight, rate_per_s, tokens) VALUES ($1, $2, $3, $3)",
        endpoint.id,
        INFLIGHT_MAX,
        RATE_PER_S,
    )
    await add_secret(tx, secret)
    return answer


async def save(tx: Transaction, endpoint: Endpoint, once: Once, answer: Answer) -> Answer:
    """Write a locked endpoint and the answer to whoever changed it."""
    await kept.write(tx, _SAVE, once, answer, *_values(endpoint))
    return answer


async def save_ours(tx: Transaction, endpoint: Endpoint) -> None:
    """Write a locked endpoint that nobody asked us to change: it answered a challenge, or failed too long."""
    await tx.execute(
        """
        UPDATE wh_endpoint
           SET version = $2, owner_role = $3, owner_org = $4, url = $5, description = $6, event_types = $7, codes = $8,
               state = $9, disabled_because = $10, verification = $11::jsonb, verified_at = $12, created_at = $13,
               updated_at = $14, doc = $15
         WHERE id = $1
        """,
        *_values(endpoint),
    )


async def remove(tx: Transaction, endpoint_id: UUID, once: Once, answer: Answer) -> Answer:
    """Delete a locked endpoint with everything of it; who adds to it holds its lane or its numbers, and is awaited."""
    await tx.execute("SELECT endpoint_id FROM wh_lane WHERE endpoint_id = $1 FOR UPDATE", endpoint_id)
    await tx.execute("SELECT endpoint_id FROM wh_sequence WHERE endpoint_id = $1 FOR UPDATE", endpoint_id)
    await kept.write(tx, _REMOVE, once, answer, endpoint_id)
    return answer


_ADD = kept.creating(
    """
    INSERT INTO wh_endpoint (id, version, owner_role, owner_org, url, description, event_types, codes, state,
                             disabled_because, verification, verified_at, created_at, updated_at, doc)
    SELECT $8::uuid, $9::integer, $10, $11::uuid, $12, $13, $14::text[], $15::text[], $16, $17, $18::jsonb,
           $19::timestamptz, $20::timestamptz, $21::timestamptz, $22
      FROM key
    RETURNING id
    """
)
_SAVE = kept.changing(
    """
    UPDATE wh_endpoint
       SET version = $9, owner_role = $10, owner_org = $11, url = $12, description = $13, event_types = $14,
           codes = $15, state = $16, disabled_because = $17, verification = $18::jsonb, verified_at = $19,
           created_at = $20, updated_at = $21, doc = $22
     WHERE id = $8
    RETURNING id
    """
)
_REMOVE = kept.changing("DELETE FROM wh_endpoint WHERE id = $8 RETURNING id")


async def add_secret(tx: Transaction, secret: SealedSecret, *, old_until: datetime | None = None) -> None:
    """Add a secret; of the older ones, the newest lives on until `old_until`, the others end now."""
    await tx.execute(
        """
        DELETE FROM wh_secret
         WHERE endpoint_id = $1
           AND id <> ALL (SELECT id FROM wh_secret WHERE endpoint_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1)
        """,
        secret.endpoint_id,
    )
    await tx.execute(
        "UPDATE wh_secret SET expires_at = LEAST(expires_at, $2) WHERE endpoint_id = $1", secret.endpoint_id, old_until
    )
    await tx.execute(
        "INSERT INTO wh_secret (id, endpoint_id, sealed, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
        secret.id,
        secret.endpoint_id,
        secret.sealed,
        secret.created_at,
        secret.expires_at,
    )


async def put_challenge(tx: Transaction, endpoint_id: UUID, challenge: str) -> None:
    """Ask the worker to check an endpoint's URL; a later challenge takes the place of an earlier one."""
    await tx.execute(
        """
        INSERT INTO wh_challenge (endpoint_id, challenge) VALUES ($1, $2)
            ON CONFLICT (endpoint_id) DO UPDATE SET challenge = excluded.challenge, lease_until = '-infinity'
        """,
        endpoint_id,
        challenge,
    )


async def claim_challenges(tx: Transaction, limit: int, each: int, lease: timedelta) -> list[Challenge]:
    """Take checks that nobody is making, with those that are being made at most `each` of one partner."""
    rows = await tx.fetch(
        """
        WITH turn AS (
          SELECT c.endpoint_id, c.lease_until <= now() AS is_free,
                 row_number() OVER (PARTITION BY e.owner_role, e.owner_org ORDER BY c.lease_until DESC, c.endpoint_id)
                   AS n
            FROM wh_challenge c JOIN wh_endpoint e ON e.id = c.endpoint_id
        ), taken AS (
          UPDATE wh_challenge
             SET lease_until = now() + $3::interval
           WHERE endpoint_id IN (SELECT c.endpoint_id
                                   FROM wh_challenge c JOIN turn USING (endpoint_id)
                                  WHERE turn.is_free AND turn.n <= $2
                                  LIMIT $1 FOR UPDATE OF c SKIP LOCKED)
          RETURNING endpoint_id, challenge)
        SELECT t.endpoint_id, t.challenge, e.url,
               ARRAY(SELECT s.sealed FROM wh_secret s
                      WHERE s.endpoint_id = t.endpoint_id AND coalesce(s.expires_at, 'infinity') > now()
                      ORDER BY s.created_at DESC) AS sealed
          FROM taken t
          JOIN wh_endpoint e ON e.id = t.endpoint_id
        """,
        limit,
        each,
        lease,
    )
    return [Challenge(**dict(row)) for row in rows]


async def drop_challenge(tx: Transaction, challenge: Challenge) -> bool:
    """End a check; False: it was replaced by another one meanwhile."""
    done = await tx.execute(
        "DELETE FROM wh_challenge WHERE endpoint_id = $1 AND challenge = $2", challenge.endpoint_id, challenge.challenge
    )
    return done == "DELETE 1"


def encoded(endpoint: Endpoint) -> dict[str, Any]:
    """Write an endpoint as its owner reads it: everything but its secrets."""
    return {
        "id": endpoint.id,
        "version": endpoint.version,
        "url": endpoint.url,
        "description": endpoint.description,
        "event_types": endpoint.event_types,
        "codes": endpoint.codes,
        "state": endpoint.state,
        "disabled_because": endpoint.disabled_because,
        "verification": endpoint.verification,
        "verified_at": endpoint.verified_at,
        "created_at": endpoint.created_at,
        "updated_at": endpoint.updated_at,
    }


def _values(endpoint: Endpoint) -> tuple[object, ...]:
    verification = endpoint.verification and msgspec.json.encode(endpoint.verification).decode()
    return (
        endpoint.id,
        endpoint.version,
        endpoint.role,
        endpoint.org,
        endpoint.url,
        endpoint.description,
        list(endpoint.event_types),
        list(endpoint.codes),
        endpoint.state,
        endpoint.disabled_because,
        verification,
        endpoint.verified_at,
        endpoint.created_at,
        endpoint.updated_at,
        msgspec.json.encode(encoded(endpoint)).decode(),
    )


def _endpoint(row: asyncpg.Record) -> Endpoint:
    verification = row["verification"]
    because = row["disabled_because"]
    return Endpoint(
        id=row["id"],
        version=row["version"],
        role=Role(row["owner_role"]),
        org=row["owner_org"],
        url=row["url"],
        description=row["description"],
        event_types=tuple(row["event_types"]),
        codes=tuple(row["codes"]),
        state=State(row["state"]),
        disabled_because=Disabled(because) if because else None,
        verification=msgspec.json.decode(verification, type=Verification) if verification else None,
        verified_at=row["verified_at"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )

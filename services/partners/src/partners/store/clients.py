"""API clients, what is kept of their secrets, and what bounds their territory."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from common.contracts.access import Role
from common.database import Transaction
from common.idempotency import Answer, Once
from partners.domain.client import ApiClient, ClientExists, NoSuchClient, Secret
from partners.domain.publickey import PublicKey
from partners.store import kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A client as the token endpoint needs it; `departments` are those of its coordination."""

    client: ApiClient
    secrets: tuple[Secret, ...]
    departments: tuple[str, ...]


async def lock(tx: Transaction, client_id: str) -> ApiClient:
    """Read one client and hold its row."""
    row = await tx.fetchrow(
        """
        SELECT id, version, name, role, organisation_id, coordination_id, codes, public_keys, created_at, revoked_at
          FROM api_client
         WHERE id = $1
           FOR UPDATE
        """,
        client_id,
    )
    if row is None:
        raise NoSuchClient
    return _client(row)


async def document(tx: Transaction, client_id: str) -> tuple[str, int]:
    """Read one client as it is answered, and its version."""
    row = await tx.fetchrow("SELECT doc, version FROM api_client WHERE id = $1", client_id)
    if row is None:
        raise NoSuchClient
    return row["doc"], row["version"]


async def page(tx: Transaction, organisation_id: UUID | None, after: str | None, limit: int) -> list[tuple[str, str]]:
    """List clients as they are answered, in the order of their ids."""
    rows = await tx.fetch(
        """
        SELECT id, doc FROM api_client
         WHERE ($1::uuid IS NULL OR organisation_id = $1)
           AND ($2::text IS NULL OR id > $2)
         ORDER BY id
         LIMIT $3
        """,
        organisation_id,
        after,
        limit,
    )
    return [(row["id"], row["doc"]) for row in rows]


async def known(tx: Transaction, client_id: str) -> Known | None:
    """Read what it takes to let a client in; in the house's own name.  A revoked one is not known.

    A coordination's départements are those of today, or the latest it was given: it must be able to end its affairs.
    Both reads are made for a stranger too: the time of the answer tells nobody who is a client.
    """
    secrets = await secrets_of(tx, client_id)
    row = await tx.fetchrow(
        """
        SELECT c.id, c.version, c.name, c.role, c.organisation_id, c.coordination_id, c.codes, c.public_keys,
               c.created_at, c.revoked_at,
               ARRAY(SELECT v.department FROM coverage v
                      WHERE v.coordination_id = c.coordination_id
                        AND lower(v.during) = (SELECT max(lower(w.during)) FROM coverage w
                                                WHERE w.coordination_id = c.coordination_id
                                                  AND (lower(w.during) <= current_date
                                                       OR NOT EXISTS (SELECT FROM coverage x
                                                                       WHERE x.coordination_id = c.coordination_id
                                                                         AND lower(x.during) <= current_date)))
                      ORDER BY v.department) AS departments
          FROM api_client c
         WHERE c.id = $1 AND c.revoked_at IS NULL
        """,
        client_id,
    )
    if row is None:
        return None
    return Known(client=_client(row), secrets=secrets, departments=tuple(row["departments"]))


async def secrets_of(tx: Transaction, client_id: str) -> tuple[Secret, ...]:
    """List what is kept of a client's secrets, the newest first."""
    rows = await tx.fetch(
        """
        SELECT id, fingerprint, created_at, expires_at FROM api_client_secret
         WHERE client_id = $1
         ORDER BY created_at DESC, id DESC
        """,
        client_id,
    )
    return tuple(Secret(**dict(row)) for row in rows)


async def add(tx: Transaction, client: ApiClient, secrets: Sequence[Secret], once: Once, answer: Answer) -> Answer:
    """Write a new client."""
    try:
        written = await kept.write(tx, _ADD, once, answer, *_values(client, secrets))
    except asyncpg.UniqueViolationError as error:
        raise ClientExists(pointer="/role") from error
    if not written:
        return await kept.given_before(tx, once)
    await put_secrets(tx, client.id, secrets)
    return answer


async def save(tx: Transaction, client: ApiClient, secrets: Sequence[Secret], once: Once, answer: Answer) -> Answer:
    """Write a locked client and its secrets."""
    await kept.write(tx, _SAVE, once, answer, *_values(client, secrets))
    await put_secrets(tx, client.id, secrets)
    return answer


async def put_secrets(tx: Transaction, client_id: str, secrets: Sequence[Secret]) -> None:
    """Keep these secrets of a client, and no other."""
    await tx.execute(
        "DELETE FROM api_client_secret WHERE client_id = $1 AND id <> ALL ($2::text[])",
        client_id,
        [secret.id for secret in secrets],
    )
    await tx.executemany(
        """
        INSERT INTO api_client_secret (id, client_id, fingerprint, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (id) DO UPDATE
               SET fingerprint = excluded.fingerprint, created_at = excluded.created_at,
                   expires_at = excluded.expires_at
        """,
        [(one.id, client_id, one.fingerprint, one.created_at, one.expires_at) for one in secrets],
    )


async def untold(tx: Transaction, *, limit: int) -> list[ApiClient]:
    """List clients of which it was never announced what they may do; the operator's is nobody's to hear."""
    rows = await tx.fetch(
        """
        SELECT id, version, name, role, organisation_id, coordination_id, codes, public_keys, created_at, revoked_at
          FROM api_client AS client
         WHERE role <> $1 AND NOT EXISTS (SELECT FROM access_grant WHERE access_grant.id::text = client.id)
         ORDER BY id
         LIMIT $2
        """,
        Role.OPERATOR,
        limit,
    )
    return [_client(row) for row in rows]


async def put(tx: Transaction, client: ApiClient, secret: Secret) -> bool:
    """Write a client of our own settings, unless it is there already."""
    done = await tx.execute(
        """
        INSERT INTO api_client (id, version, name, role, organisation_id, coordination_id, codes, public_keys,
                                created_at, revoked_at, doc)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $11)
            ON CONFLICT (id) DO NOTHING
        """,
        *_values(client, [secret]),
    )
    if done != "INSERT 0 1":
        return False
    await put_secrets(tx, client.id, [secret])
    return True


async def save_ours(tx: Transaction, client: ApiClient, secrets: Sequence[Secret]) -> None:
    """Write a locked client that nobody asked us to change: the settings have changed."""
    await tx.execute(
        """
        UPDATE api_client
           SET version = $2, name = $3, role = $4, organisation_id = $5, coordination_id = $6, codes = $7,
               public_keys = $8::jsonb, created_at = $9, revoked_at = $10, doc = $11
         WHERE id = $1
        """,
        *_values(client, secrets),
    )
    await put_secrets(tx, client.id, secrets)


async def see_assertion(tx: Transaction, client_id: str, jti: str, expires_at: int) -> bool:
    """Note that an assertion was used; False: it had been used before."""
    done = await tx.execute(
        """
        INSERT INTO seen_assertion (client_id, jti, expires_at) VALUES ($1, $2, to_timestamp($3))
            ON CONFLICT DO NOTHING
        """,
        client_id,
        jti,
        expires_at,
    )
    return done == "INSERT 0 1"


async def of_partner(tx: Transaction, role: Role, organisation_id: UUID) -> str:
    """Name the client of a partner: the one that is live, or the one that was last; in the house's own name."""
    client_id: str = await tx.fetchval(
        """
        SELECT id FROM api_client
         WHERE role = $1 AND organisation_id = $2
         ORDER BY revoked_at DESC NULLS FIRST
         LIMIT 1
        """,
        role,
        organisation_id,
    )
    return client_id


async def roles_of_organisation(tx: Transaction, organisation_id: UUID) -> frozenset[str] | None:
    """Say in which roles an organisation takes part now; None: there is none of this id."""
    roles = await tx.fetchval("SELECT roles FROM organisation WHERE id = $1", organisation_id)
    return None if roles is None else frozenset(roles)


async def appointed(tx: Transaction, coordination_id: UUID) -> UUID | None:
    """Say which organisation a coordination is; None: there is none of this id."""
    found: UUID | None = await tx.fetchval("SELECT organisation_id FROM coordination WHERE id = $1", coordination_id)
    return found


async def known_codes(tx: Transaction, level: str, codes: Sequence[str]) -> frozenset[str]:
    """Find which codes some vintage knows, at the level of a role."""
    sql = _DEPARTMENTS if level == "departments" else _MUNICIPALITIES
    return frozenset(row["code"] for row in await tx.fetch(sql, codes))


async def codes_of_organisation(tx: Transaction, organisation_id: UUID) -> tuple[str, ...]:
    """Say which municipalities an organisation is the authority of, or where it is: what it may see by itself."""
    rows = await tx.fetch(
        """
        SELECT area_code AS code FROM organisation WHERE id = $1 AND area_level = 'municipality'
         UNION
        SELECT m.code
          FROM organisation o
          JOIN municipality m ON m.vintage = o.area_vintage AND m.intermunicipality = o.area_code
         WHERE o.id = $1 AND o.area_level = 'intermunicipality' AND m.kind = 'municipality'
         UNION
        SELECT municipality FROM organisation WHERE id = $1 AND area_level IS NULL AND municipality IS NOT NULL
         ORDER BY code
        """,
        organisation_id,
    )
    return tuple(row["code"] for row in rows)


async def codes_within(tx: Transaction, codes: Sequence[str]) -> tuple[str, ...]:
    """List the codes that some vintage knows as parts, or as forerunners, of these municipalities."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT code FROM municipality
         WHERE (parent = ANY ($1::text[]) OR (kind = 'ceased' AND successors && $1::text[]))
           AND code <> ALL ($1::text[])
         ORDER BY code
        """,
        codes,
    )
    return tuple(row["code"] for row in rows)


def encoded(client: ApiClient, secrets: Sequence[Secret]) -> dict[str, Any]:
    """Write a client as an operator reads it."""
    return {
        "client_id": client.id,
        "version": client.version,
        "name": client.name,
        "role": client.role,
        "organisation_id": client.organisation_id,
        "coordination_id": client.coordination_id,
        "codes": client.codes,
        "jwks": {"keys": client.public_keys},
        "secrets": [{"id": one.id, "created_at": one.created_at, "expires_at": one.expires_at} for one in secrets],
        "created_at": client.created_at,
        "revoked_at": client.revoked_at,
    }


_DEPARTMENTS = "SELECT DISTINCT department AS code FROM territory WHERE department = ANY ($1::text[])"
_MUNICIPALITIES = "SELECT DISTINCT code FROM municipality WHERE code = ANY ($1::text[])"

_ADD = kept.creating(
    """
    INSERT INTO api_client (id, version, name, role, organisation_id, coordination_id, codes, public_keys, created_at,
                            revoked_at, doc)
    SELECT $8, $9::integer, $10, $11, $12::uuid, $13::uuid, $14::text[], $15::jsonb, $16::timestamptz,
           $17::timestamptz, $18
      FROM key
    RETURNING id
    """
)
_SAVE = kept.changing(
    """
    UPDATE api_client
       SET version = $9, name = $10, role = $11, organisation_id = $12, coordination_id = $13, codes = $14,
           public_keys = $15::jsonb, created_at = $16, revoked_at = $17, doc = $18
     WHERE id = $8
    RETURNING id
    """
)


def _values(client: ApiClient, secrets: Sequence[Secret]) -> tuple[object, ...]:
    return (
        client.id,
        client.version,
        client.name,
        client.role,
        client.organisation_id,
        client.coordination_id,
        list(client.codes),
        msgspec.json.encode(client.public_keys).decode(),
        client.created_at,
        client.revoked_at,
        msgspec.json.encode(encoded(client, secrets)).decode(),
    )


def _client(row: asyncpg.Record) -> ApiClient:
    return ApiClient(
        id=row["id"],
        version=row["version"],
        name=row["name"],
        role=Role(row["role"]),
        organisation_id=row["organisation_id"],
        coordination_id=row["coordination_id"],
        codes=tuple(row["codes"]),
        public_keys=tuple(msgspec.json.decode(row["public_keys"], type=list[PublicKey])),
        created_at=row["created_at"],
        revoked_at=row["revoked_at"],
    )

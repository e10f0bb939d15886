"""Copies of films: their rows and their documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

import msgspec

from catalogue.domain.copies import Copy, NoSuchCopy
from common import outbox, rows
from common.contracts import catalogue as contracts
from common.contracts.catalogue import CopyKey, CopyStatus
from common.database import Transaction
from common.idempotency import Answer, Once

CopyFact: TypeAlias = (
    contracts.CopyRegistered
    | contracts.CopyChanged
    | contracts.CopyWithdrawn
    | contracts.CopyKeyIssued
    | contracts.CopyKeyRevoked
)

_OWN = ("id", "version", "status", "film_id", "holder_id", "format", "encrypted", "keys")
_DESCRIBED = ("film_version", "transit_days", "label")
COLUMNS = (*_OWN, *_DESCRIBED)
NESTED = frozenset({"keys"})

_LISTED, _NUMBERED, _ASSIGNED = rows.listed(COLUMNS), rows.numbered(COLUMNS), rows.assigned(COLUMNS)

_CREATE = outbox.creating(
    f"""
    INSERT INTO copy ({_LISTED}, doc)
    SELECT {_NUMBERED}, $doc
      FROM key
    RETURNING id
    """
)

_SAVE = outbox.changing(
    f"""
    UPDATE copy
       SET {_ASSIGNED}, doc = $doc
     WHERE id = $1
    RETURNING id
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyFilters:
    """What a list of copies may be narrowed by; None: any."""

    film_id: UUID | None = None
    holder_id: UUID | None = None
    status: str | None = None
    format: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CopySeen:
    """A copy as it was published, and what decides on what may be done to it."""

    version: int
    doc: str
    status: CopyStatus
    encrypted: bool
    keys: tuple[CopyKey, ...]


async def lock_copy(tx: Transaction, copy_id: UUID) -> Copy:
    """Read one copy and hold its row."""
    row = await tx.fetchrow(f"SELECT {_LISTED} FROM copy WHERE id = $1 FOR UPDATE", copy_id)
    if row is None:
        raise NoSuchCopy
    return rows.restored(Copy, row, NESTED, part="description")


async def lock_copies_of(tx: Transaction, film_id: UUID) -> list[Copy]:
    """Read and hold all copies of a film."""
    found = await tx.fetch(f"SELECT {_LISTED} FROM copy WHERE film_id = $1 ORDER BY id FOR UPDATE", film_id)
    return [rows.restored(Copy, row, NESTED, part="description") for row in found]


async def create_copy(tx: Transaction, copy: Copy, fact: CopyFact, once: Once | None) -> Answer:
    location = f"/v1/copies/{copy.id}"
    return await outbox.write(tx, _CREATE, _values(copy), _said(copy, fact), once, status=201, location=location)


async def save_copy(tx: Transaction, copy: Copy, fact: CopyFact, once: Once | None, *, status: int = 200) -> Answer:
    return await outbox.write(tx, _SAVE, _values(copy), _said(copy, fact), once, status=status)


async def read_copy(tx: Transaction, copy_id: UUID) -> CopySeen:
    """Read a copy as it was published."""
    row = await tx.fetchrow("SELECT version, doc, status, encrypted, keys FROM copy WHERE id = $1", copy_id)
    if row is None:
        raise NoSuchCopy
    return msgspec.convert({**row, "keys": msgspec.json.decode(row["keys"])}, CopySeen)


async def list_copies(
    tx: Transaction, filters: CopyFilters, *, after: UUID | None, limit: int
) -> Sequence[tuple[UUID, str]]:
    """Read copies in the order in which they were registered."""
    found = await tx.fetch(
        """
        SELECT id, doc
          FROM copy
         WHERE ($1::uuid IS NULL OR film_id = $1)
           AND ($2::uuid IS NULL OR holder_id = $2)
           AND ($3::text IS NULL OR status = $3)
           AND ($4::text IS NULL OR format = $4)
           AND ($5::uuid IS NULL OR id > $5)
         ORDER BY id
         LIMIT $6
        """,
        filters.film_id,
        filters.holder_id,
        filters.status,
        filters.format,
        after,
        limit,
    )
    return [(row["id"], row["doc"]) for row in found]


def _said(copy: Copy, fact: CopyFact) -> outbox.Announcement:
    state = copy.state(at=fact.occurred_at)
    return outbox.Announcement(aggregate="copy", id=copy.id, version=copy.version, state=state, facts=[fact])


def _values(copy: Copy) -> list[object]:
    return [*rows.values(copy, _OWN, NESTED), *rows.values(copy.description, _DESCRIBED)]

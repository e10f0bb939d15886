"""What the catalogue knows of organisations: what it heard from `partners`, and no more than it needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from common.database import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownOrganisation:
    """An organisation as last heard of; (epoch, version) tells newer news from older."""

    id: UUID
    epoch: int
    version: int
    name: str
    closed_on: date | None


async def keep_organisations(tx: Transaction, heard: Sequence[KnownOrganisation]) -> None:
    """Take over what was heard, unless something newer is known; of one heard twice, the newer counts."""
    oldest_first = sorted(heard, key=lambda organisation: (organisation.epoch, organisation.version))
    latest = {organisation.id: organisation for organisation in oldest_first}.values()
    await tx.execute(
        """
        INSERT INTO known_organisation AS known (id, epoch, version, name, closed_on)
        SELECT id, epoch, version, name, closed_on
          FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::text[], $5::date[])
            AS heard (id, epoch, version, name, closed_on)
            ON CONFLICT (id) DO UPDATE
           SET epoch = excluded.epoch, version = excluded.version, name = excluded.name, closed_on = excluded.closed_on
         WHERE (known.epoch, known.version) < (excluded.epoch, excluded.version)
        """,
        [organisation.id for organisation in latest],
        [organisation.epoch for organisation in latest],
        [organisation.version for organisation in latest],
        [organisation.name for organisation in latest],
        [organisation.closed_on for organisation in latest],
    )


async def forget_organisation(tx: Transaction, organisation_id: UUID, heard: tuple[int, int]) -> None:
    """Drop what its owner has retracted, unless something newer was heard of it."""
    await tx.execute(
        "DELETE FROM known_organisation WHERE id = $1 AND (epoch, version) < ($2, $3)", organisation_id, *heard
    )


async def lock_organisation(tx: Transaction, organisation_id: UUID) -> KnownOrganisation | None:
    """Read an organisation and hold its row, so that its sheets are taken in one after another."""
    row = await tx.fetchrow(
        """
        SELECT id, epoch, version, name, closed_on
          FROM known_organisation
         WHERE id = $1
           FOR NO KEY UPDATE
        """,
        organisation_id,
    )
    return None if row is None else KnownOrganisation(**row)


async def known_organisation(tx: Transaction, organisation_id: UUID) -> KnownOrganisation | None:
    row = await tx.fetchrow(
        "SELECT id, epoch, version, name, closed_on FROM known_organisation WHERE id = $1", organisation_id
    )
    return None if row is None else KnownOrganisation(**row)

"""What is needed of others, as last heard: guarded by (epoch, version), so that a late record changes nothing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from common.database import Transaction
from reporting.domain.indicators import Axis


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One aggregate of another service as a row of its `known_…` table: its guard, then what is kept of it."""

    id: UUID
    epoch: int
    version: int
    values: tuple[object, ...]


async def keep_projects(tx: Transaction, known: Sequence[Known]) -> None:
    await tx.executemany(
        """
        INSERT INTO known_project AS known (id, epoch, version, region, department) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (id) DO UPDATE
           SET epoch = excluded.epoch, version = excluded.version, region = excluded.region,
               department = excluded.department
         WHERE (known.epoch, known.version) < (excluded.epoch, excluded.version)
        """,
        _rows(known),
    )


async def keep_campaigns(tx: Transaction, known: Sequence[Known]) -> None:
    await tx.executemany(
        """
        INSERT INTO known_campaign AS known (id, epoch, version, coordination_id, region, year, title)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (id) DO UPDATE
           SET epoch = excluded.epoch, version = excluded.version, coordination_id = excluded.coordination_id,
               region = excluded.region, year = excluded.year, title = excluded.title
         WHERE (known.epoch, known.version) < (excluded.epoch, excluded.version)
        """,
        _rows(known),
    )


async def keep_territories(tx: Transaction, known: Sequence[Known]) -> None:
    await tx.executemany(
        """
        INSERT INTO known_territory AS known
               (id, epoch, version, vintage, department, department_name, region, region_name)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (id) DO UPDATE
           SET epoch = excluded.epoch, version = excluded.version, vintage = excluded.vintage,
               department = excluded.department, department_name = excluded.department_name,
               region = excluded.region, region_name = excluded.region_name
         WHERE (known.epoch, known.version) < (excluded.epoch, excluded.version)
        """,
        _rows(known),
    )


async def keep_organisations(tx: Transaction, known: Sequence[Known]) -> None:
    await tx.executemany(
        """
        INSERT INTO known_organisation AS known (id, epoch, version, name) VALUES ($1, $2, $3, $4)
            ON CONFLICT (id) DO UPDATE
           SET epoch = excluded.epoch, version = excluded.version, name = excluded.name
         WHERE (known.epoch, known.version) < (excluded.epoch, excluded.version)
        """,
        _rows(known),
    )


async def keep_coordinations(tx: Transaction, known: Sequence[Known]) -> None:
    await tx.executemany(
        """
        INSERT INTO known_coordination AS known (id, epoch, version, organisation_id, region)
        VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (id) DO UPDATE
           SET epoch = excluded.epoch, version = excluded.version, organisation_id = excluded.organisation_id,
               region = excluded.region
         WHERE (known.epoch, known.version) < (excluded.epoch, excluded.version)
        """,
        _rows(known),
    )


async def coordinations_of(tx: Transaction, campaigns: Sequence[UUID]) -> list[UUID | None]:
    """Say which coordination holds each campaign; None where the campaign is not known here."""
    rows = await tx.fetch(
        """
        SELECT known_campaign.coordination_id
          FROM unnest($1::uuid[]) AS asked (id) LEFT JOIN known_campaign ON known_campaign.id = asked.id
        """,
        campaigns,
    )
    return [row["coordination_id"] for row in rows]


async def labels(tx: Transaction, codes: Mapping[Axis, Collection[str]]) -> dict[str, dict[str, str]]:
    """Find the names of the codes of some axes, the newest where vintages differ."""
    found = {}
    for axis, statement in _LABELS.items():
        if wanted := sorted(set(codes.get(axis, ()))):
            found[str(axis)] = {row["code"]: row["label"] for row in await tx.fetch(statement, wanted)}
    return found


_LABELS = {
    Axis.REGION: """
        SELECT DISTINCT ON (region) region AS code, region_name AS label
          FROM known_territory WHERE region = ANY ($1::text[]) ORDER BY region, vintage DESC
        """,
    Axis.DEPARTMENT: """
        SELECT DISTINCT ON (department) department AS code, department_name AS label
          FROM known_territory WHERE department = ANY ($1::text[]) ORDER BY department, vintage DESC
        """,
    Axis.CAMPAIGN: "SELECT id::text AS code, title AS label FROM known_campaign WHERE id = ANY ($1::uuid[])",
    Axis.FUNDER: "SELECT id::text AS code, name AS label FROM known_organisation WHERE id = ANY ($1::uuid[])",
    Axis.COORDINATION: """
        SELECT known_coordination.id::text AS code, known_organisation.name AS label
          FROM known_coordination JOIN known_organisation ON known_organisation.id = known_coordination.organisation_id
         WHERE known_coordination.id = ANY ($1::uuid[])
        """,
}


def _rows(known: Sequence[Known]) -> list[tuple[object, ...]]:
    return [(one.id, one.epoch, one.version, *one.values) for one in sorted(known, key=lambda one: one.id)]

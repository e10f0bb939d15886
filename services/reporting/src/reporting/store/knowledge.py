"""What is needed of others, as last heard: guarded by (epoch, version), so that a late record changes nothing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from common.database import Transaction
from reporting.domain.indicators import Axis
from reporting.store.columns import column, unnested


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One aggregate of another service as a row of its `known_…` table: its guard, then what is kept of it."""

    id: UUID
    epoch: int
    version: int
    values: tuple[object, ...]


async def keep_projects(tx: Transaction, known: Sequence[Known]) -> None:
    """Keep many, as a backlog brings them, in one statement."""
    if known:
        await tx.execute(_KEEP_PROJECTS, *[column(values) for values in zip(*_rows(known), strict=True)])


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
               (id, epoch, version, vintage, department, department_name, region, region_name, part, "offset")
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            ON CONFLICT (id) DO UPDATE
           SET epoch = excluded.epoch, version = excluded.version, vintage = excluded.vintage,
               department = excluded.department, department_name = excluded.department_name,
               region = excluded.region, region_name = excluded.region_name,
               part = excluded.part, "offset" = excluded."offset"
         WHERE (known.epoch, known.version) < (excluded.epoch, excluded.version)
        """,
        _rows(known),
    )


async def keep_organisations(tx: Transaction, known: Sequence[Known]) -> None:
    await tx.executemany(
        """
        INSERT INTO known_organisation AS known (id, epoch, version, name, part, "offset")
        VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (id) DO UPDATE
           SET epoch = excluded.epoch, version = excluded.version, name = excluded.name,
               part = excluded.part, "offset" = excluded."offset"
         WHERE (known.epoch, known.version) < (excluded.epoch, excluded.version)
        """,
        _rows(known),
    )


async def keep_coordinations(tx: Transaction, known: Sequence[Known]) -> None:
    await tx.executemany(
        """
        INSERT INTO known_coordination AS known (id, epoch, version, organisation_id, region, part, "offset")
        VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (id) DO UPDATE
           SET epoch = excluded.epoch, version = excluded.version, organisation_id = excluded.organisation_id,
               region = excluded.region, part = excluded.part, "offset" = excluded."offset"
         WHERE (known.epoch, known.version) < (excluded.epoch, excluded.version)
        """,
        _rows(known),
    )


async def forget(tx: Transaction, aggregate: str, retracted: Sequence[tuple[UUID, int, int]]) -> None:
    """Drop what its owner has retracted in an (epoch, version), unless something newer was heard of it."""
    if aggregate in _FORGET:
        await tx.executemany(_FORGET[aggregate], retracted)


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


_FORGET = {
    "campaign": "DELETE FROM known_campaign WHERE id = $1 AND (epoch, version) < ($2, $3)",
    "project": "DELETE FROM known_project WHERE id = $1 AND (epoch, version) < ($2, $3)",
    "territory": "DELETE FROM known_territory WHERE id = $1 AND (epoch, version) < ($2, $3)",
    "organisation": "DELETE FROM known_organisation WHERE id = $1 AND (epoch, version) < ($2, $3)",
    "coordination": "DELETE FROM known_coordination WHERE id = $1 AND (epoch, version) < ($2, $3)",
}


_HEARD = unnested(1, "uuid", "integer", "integer", "text", "text")

_KEEP_PROJECTS = f"""
INSERT INTO known_project AS known (id, epoch, version, region, department)
SELECT id, epoch, version, region, department
  FROM ROWS FROM ({_HEARD}) AS heard (id, epoch, version, region, department)
    ON CONFLICT (id) DO UPDATE
   SET epoch = excluded.epoch, version = excluded.version, region = excluded.region, department = excluded.department
 WHERE (known.epoch, known.version) < (excluded.epoch, excluded.version)
"""


def _rows(known: Sequence[Known]) -> list[tuple[object, ...]]:
    return [(one.id, one.epoch, one.version, *one.values) for one in sorted(known, key=lambda one: one.id)]

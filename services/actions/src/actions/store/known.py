"""What this service has heard of the others: written by its consumers, read by its verbs, never asked for.

Every write is guarded by (epoch, version): old news and repeats change nothing.
"""

from collections.abc import Collection
from uuid import UUID

import asyncpg
import msgspec

from actions.domain.known import Appointment, Coordination, Municipality, Organisation
from common.contracts.partners import (
    CoordinationState,
    Derogation,
    Entitlement,
    LegalForm,
    OrganisationKind,
    OrganisationState,
    TerritoryState,
)
from common.contracts.partners import Municipality as HeardMunicipality
from common.database import Transaction
from common.errors import NotKnownHere

PUBLIC_KINDS = frozenset(
    {
        OrganisationKind.COMMUNE,
        OrganisationKind.EPCI,
        OrganisationKind.DEPARTMENT,
        OrganisationKind.REGION,
        OrganisationKind.STATE_SERVICE,
        OrganisationKind.PUBLIC_AGENCY,
    }
)
PUBLIC_FORMS = frozenset({LegalForm.STATE, LegalForm.LOCAL_AUTHORITY, LegalForm.PUBLIC_ESTABLISHMENT})
OPERATOR_KINDS = frozenset({OrganisationKind.CINEMA, OrganisationKind.CINEMA_NETWORK})


class OrganisationNotKnownYet(NotKnownHere):
    code = NotKnownHere.code
    title = "This organisation has not been heard of here yet."
    titre = "Cette organisation n’est pas encore connue ici."


class CoordinationNotKnownYet(NotKnownHere):
    code = NotKnownHere.code
    title = "This coordination has not been heard of here yet."
    titre = "Cette coordination n’est pas encore connue ici."


class VintageNotKnownYet(NotKnownHere):
    code = NotKnownHere.code
    title = "The official geography of this year has not been heard of here yet."
    titre = "Le code officiel géographique de ce millésime n’est pas encore connu ici."


async def hear_territory(tx: Transaction, heard: TerritoryState, epoch: int) -> None:
    """Take a département's communes down as this vintage has them now."""
    if not await tx.fetchval(
        """
        INSERT INTO known_territory AS known (id, epoch, version, vintage, department, region)
        VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, version = excluded.version
         WHERE (known.epoch, known.version) < (excluded.epoch, excluded.version)
        RETURNING true
        """,
        heard.id,
        epoch,
        heard.version,
        heard.vintage,
        heard.department.code,
        heard.region.code,
    ):
        return
    await tx.execute("DELETE FROM known_municipality WHERE territory_id = $1", heard.id)
    await tx.execute(
        """
        INSERT INTO known_municipality
               (vintage, code, territory_id, name, department, region, epci, density, districts, parent, successors)
        SELECT $1, m.code, $2, m.name, $3, $4, m.epci, m.density, string_to_array(m.districts, ' '), m.parent,
               string_to_array(m.successors, ' ')
          FROM unnest($5::text[], $6::text[], $7::text[], $8::integer[], $9::text[], $10::text[], $11::text[])
            AS m (code, name, epci, density, districts, parent, successors)
        """,
        heard.vintage,
        heard.id,
        heard.department.code,
        heard.region.code,
        *_columns(heard),
    )


async def forget(tx: Transaction, aggregate: str, id_: UUID, heard: tuple[int, int]) -> None:
    """Drop what its owner has retracted, unless something newer was heard of it."""
    for statement in _FORGET[aggregate]:
        await tx.execute(statement, id_, *heard)


def _columns(heard: TerritoryState) -> tuple[list[object], ...]:
    rows = [_municipality_row(municipality) for municipality in heard.municipalities]
    return tuple(map(list, zip(*rows, strict=True))) if rows else ([], [], [], [], [], [], [])


def _municipality_row(heard: HeardMunicipality) -> tuple[object, ...]:
    districts, successors = " ".join(heard.districts), " ".join(heard.successors)
    return (
        heard.code,
        heard.name or heard.code,
        heard.intermunicipality,
        heard.density,
        districts,
        heard.parent,
        successors,
    )


async def hear_organisation(tx: Transaction, heard: OrganisationState, epoch: int) -> None:
    await tx.execute(
        """
        INSERT INTO known_organisation AS known
               (id, epoch, version, name, is_licensed_operator, is_public, is_association, closed_on, derogations,
                entitlements)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            ON CONFLICT (id) DO UPDATE
           SET epoch = excluded.epoch, version = excluded.version, name = excluded.name,
               is_licensed_operator = excluded.is_licensed_operator, is_public = excluded.is_public,
               is_association = excluded.is_association, closed_on = excluded.closed_on,
               derogations = excluded.derogations, entitlements = excluded.entitlements
         WHERE (known.epoch, known.version) < (excluded.epoch, excluded.version)
        """,
        heard.id,
        epoch,
        heard.version,
        heard.name,
        heard.kind in OPERATOR_KINDS,
        heard.kind in PUBLIC_KINDS or heard.legal_form in PUBLIC_FORMS,
        heard.legal_form is LegalForm.ASSOCIATION,
        heard.closed_on,
        msgspec.json.encode(heard.derogations).decode(),
        msgspec.json.encode(heard.entitlements).decode(),
    )


async def hear_coordination(tx: Transaction, heard: CoordinationState, epoch: int) -> None:
    appointments = [
        Appointment(departments=frozenset(c.departments), valid_from=c.valid_from, valid_until=c.valid_until)
        for c in heard.coverages
    ]
    await tx.execute(
        """
        INSERT INTO known_coordination AS known (id, epoch, version, region, appointments, organisation_id)
        VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (id) DO UPDATE
           SET epoch = excluded.epoch, version = excluded.version, region = excluded.region,
               appointments = excluded.appointments, organisation_id = excluded.organisation_id
         WHERE (known.epoch, known.version) < (excluded.epoch, excluded.version)
        """,
        heard.id,
        epoch,
        heard.version,
        heard.region,
        msgspec.json.encode(appointments).decode(),
        heard.organisation_id,
    )


async def municipality(tx: Transaction, code: str, vintage: int) -> Municipality | None:
    """Find a commune of a vintage, or a part of one; none if that vintage, which is known here, has no such code.

    Raises:
        VintageNotKnownYet: nothing of that vintage has been heard.
    """
    rows = await tx.fetch(
        """
        SELECT code, vintage, name, department, region, epci, density, districts, parent, successors
          FROM known_municipality
         WHERE vintage = $1
           AND (code = $2 OR code = (SELECT parent FROM known_municipality WHERE vintage = $1 AND code = $2))
        """,
        vintage,
        code,
    )
    found = {row["code"]: _municipality(row) for row in rows}
    if code in found:
        return found[code].within(found.get(found[code].parent or ""))
    if await tx.fetchval("SELECT NOT EXISTS (SELECT FROM known_territory WHERE vintage = $1)", vintage):
        raise VintageNotKnownYet
    return None


async def latest_municipality(tx: Transaction, code: str) -> Municipality | None:
    """Find a commune as the last of the vintages knows it that have it; none: no vintage known here has."""
    row = await tx.fetchrow(
        """
        SELECT code, vintage, name, department, region, epci, density, districts, parent, successors
          FROM known_municipality
         WHERE code = $1
         ORDER BY vintage DESC
         LIMIT 1
        """,
        code,
    )
    return None if row is None else _municipality(row)


def _municipality(row: asyncpg.Record) -> Municipality:
    return Municipality(
        code=row["code"],
        vintage=row["vintage"],
        name=row["name"],
        department=row["department"],
        region=row["region"],
        epci=row["epci"],
        density=row["density"],
        districts=frozenset(row["districts"]),
        parent=row["parent"],
        successors=tuple(row["successors"]),
    )


async def organisation(tx: Transaction, organisation_id: UUID) -> Organisation:
    return (await organisations(tx, frozenset({organisation_id})))[organisation_id]


async def organisations(tx: Transaction, ids: frozenset[UUID]) -> dict[UUID, Organisation]:
    """Find several organisations; one that has not been heard of yet makes the whole be asked again later."""
    found = await heard_organisations(tx, ids)
    if found.keys() != ids:
        raise OrganisationNotKnownYet
    return found


async def heard_organisations(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, Organisation]:
    """Find those of these organisations that have been heard of."""
    rows = await tx.fetch(
        """
        SELECT id, name, is_licensed_operator, is_public, is_association, closed_on, derogations, entitlements
          FROM known_organisation
         WHERE id = ANY ($1::uuid[])
        """,
        list(ids),
    )
    return {row["id"]: _organisation(row) for row in rows}


def _organisation(row: asyncpg.Record) -> Organisation:
    decided = {
        "derogations": msgspec.json.decode(row["derogations"], type=tuple[Derogation, ...]),
        "entitlements": msgspec.json.decode(row["entitlements"], type=tuple[Entitlement, ...]),
    }
    return Organisation(**{**row, **decided})


async def coordination(tx: Transaction, coordination_id: UUID) -> Coordination:
    row = await tx.fetchrow(
        "SELECT region, appointments, organisation_id FROM known_coordination WHERE id = $1", coordination_id
    )
    if row is None:
        raise CoordinationNotKnownYet
    appointments = msgspec.json.decode(row["appointments"], type=tuple[Appointment, ...])
    return Coordination(
        id=coordination_id,
        region=row["region"],
        appointments=appointments,
        organisation_id=row["organisation_id"],
    )


_FORGET = {
    "territory": (
        """
        DELETE FROM known_municipality AS part USING known_territory AS known
         WHERE part.territory_id = known.id AND known.id = $1 AND (known.epoch, known.version) < ($2, $3)
        """,
        "DELETE FROM known_territory WHERE id = $1 AND (epoch, version) < ($2, $3)",
    ),
    "organisation": ("DELETE FROM known_organisation WHERE id = $1 AND (epoch, version) < ($2, $3)",),
    "coordination": ("DELETE FROM known_coordination WHERE id = $1 AND (epoch, version) < ($2, $3)",),
    "film": ("DELETE FROM known_film WHERE id = $1 AND (epoch, version) < ($2, $3)",),
    "rights_offer": ("DELETE FROM known_rights_offer WHERE id = $1 AND (epoch, version) < ($2, $3)",),
    "access_grant": ("DELETE FROM known_access_grant WHERE id = $1 AND (epoch, version) < ($2, $3)",),
    "copy": ("DELETE FROM known_copy WHERE id = $1 AND (epoch, version) < ($2, $3)",),
}

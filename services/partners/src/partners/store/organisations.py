"""Organisations: their rows, and the registers' numbers that no two of them share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import asyncpg
import msgspec

from common import outbox
from common.contracts.partners import (
    AreaLevel,
    AreaRef,
    Cinema,
    Dated,
    DatedCinema,
    DatedIdentifier,
    Derogation,
    Entitlement,
    LegalForm,
    MunicipalityRef,
    OrganisationChanged,
    OrganisationClosed,
    OrganisationKind,
    OrganisationRegistered,
    OrganisationRole,
    OrganisationState,
)
from common.database import Transaction
from common.idempotency import Answer, Once
from partners.domain.identifiers import Identifiers
from partners.domain.naming import findable
from partners.domain.organisation import Description, NoSuchOrganisation, NumberTaken, Organisation

Fact = OrganisationRegistered | OrganisationChanged | OrganisationClosed

_UNIQUE = {
    "organisation_siret": "siret",
    "organisation_siren": "siren",
    "organisation_rna": "rna",
    "organisation_cnc_establishment": "cnc_establishment",
}

_COLUMNS = """
    id, version, name, kind, legal_form, siren, siret, rna, municipality, vintage, department, area_level, area_code,
    area_vintage, roles, closed_on, history, derogations, cnc_establishment, cinema, entitlements
"""

_CREATE = outbox.creating(
    """
    INSERT INTO organisation (
      id, version, name, findable, formerly, kind, legal_form, siren, siret, rna, municipality, vintage, department,
      area_level, area_code, area_vintage, roles, closed_on, history, derogations, cnc_establishment, cinema,
      entitlements, doc)
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
           $doc
      FROM key
    RETURNING id
    """
)

_SAVE = outbox.changing(
    """
    UPDATE organisation
       SET version = $2, name = $3, findable = $4, formerly = $5, kind = $6, legal_form = $7, siren = $8, siret = $9,
           rna = $10, municipality = $11, vintage = $12, department = $13, area_level = $14, area_code = $15,
           area_vintage = $16, roles = $17, closed_on = $18, history = $19, derogations = $20,
           cnc_establishment = $21, cinema = $22, entitlements = $23, doc = $doc
     WHERE id = $1
    RETURNING id
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _History:
    """What followed one another in time, as the row keeps it."""

    names: tuple[Dated, ...]
    roles: tuple[Dated, ...]
    identifiers: tuple[DatedIdentifier, ...]
    cinemas: tuple[DatedCinema, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationRead:
    """An organisation as it was published, and what tells who may change it."""

    version: int
    doc: str
    department: str | None
    closed_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationFilters:
    """What a list of organisations may be narrowed by; None: any."""

    name: str | None = None
    siret: str | None = None
    siren: str | None = None
    rna: str | None = None
    cnc_establishment: str | None = None
    kind: str | None = None
    role: str | None = None
    department: str | None = None
    municipality: str | None = None
    closed: bool | None = None


async def lock_organisation(tx: Transaction, organisation_id: UUID) -> Organisation:
    """Read one organisation and hold its row."""
    row = await tx.fetchrow(f"SELECT {_COLUMNS} FROM organisation WHERE id = $1 FOR UPDATE", organisation_id)
    if row is None:
        raise NoSuchOrganisation
    return _organisation(row)


async def lock_identified(tx: Transaction, numbers: Sequence[str]) -> Sequence[Organisation]:
    """Read and hold the open organisations that carry one of these SIRET or CNC numbers, or only one of these SIREN."""
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS}
          FROM organisation
         WHERE closed_on IS NULL
           AND (siret = ANY ($1::text[]) OR (siret IS NULL AND siren = ANY ($1::text[]))
                OR cnc_establishment = ANY ($1::text[]))
         ORDER BY id
           FOR UPDATE
        """,
        numbers,
    )
    return [_organisation(row) for row in rows]


async def create_organisation(
    tx: Transaction, organisation: Organisation, fact: OrganisationRegistered, once: Once | None
) -> Answer:
    location = f"/v1/organisations/{organisation.id}"
    said = _said(organisation, fact)
    try:
        return await outbox.write(tx, _CREATE, _values(organisation), said, once, status=201, location=location)
    except asyncpg.UniqueViolationError as error:
        raise _taken(error) from error


async def save_organisation(tx: Transaction, organisation: Organisation, fact: Fact, once: Once | None) -> Answer:
    try:
        return await outbox.write(tx, _SAVE, _values(organisation), _said(organisation, fact), once)
    except asyncpg.UniqueViolationError as error:
        raise _taken(error) from error


async def carrier(tx: Transaction, known: Identifiers, *, other_than: UUID) -> tuple[str, UUID] | None:
    """Find an open organisation that carries one of these numbers already: which number, and who."""
    row = await tx.fetchrow(
        """
        SELECT id,
               CASE WHEN siret = $1 THEN siret WHEN rna = $2 THEN rna WHEN cnc_establishment = $5 THEN cnc_establishment
                    ELSE siren END AS number
          FROM organisation
         WHERE closed_on IS NULL AND id <> $4
           AND (siret = $1 OR rna = $2 OR cnc_establishment = $5
                OR (siren = $3 AND siret IS NULL AND $1::text IS NULL))
         ORDER BY id
         LIMIT 1
        """,
        known.siret,
        known.rna,
        known.siren,
        other_than,
        known.cnc_establishment,
    )
    return None if row is None else (row["number"], row["id"])


async def names_in(tx: Transaction, municipalities: Sequence[str]) -> frozenset[tuple[str, str]]:
    """List the names of the open organisations of some municipalities, as they are found by, each with its code."""
    rows = await tx.fetch(
        "SELECT findable, municipality FROM organisation WHERE closed_on IS NULL AND municipality = ANY ($1::text[])",
        municipalities,
    )
    return frozenset((row["findable"], row["municipality"]) for row in rows)


async def is_open(tx: Transaction, organisation_id: UUID) -> bool:
    found: bool = await tx.fetchval(
        "SELECT EXISTS (SELECT FROM organisation WHERE id = $1 AND closed_on IS NULL)", organisation_id
    )
    return found


async def organisation_doc(tx: Transaction, organisation_id: UUID) -> OrganisationRead:
    row = await tx.fetchrow(
        "SELECT version, doc, department, closed_on FROM organisation WHERE id = $1", organisation_id
    )
    if row is None:
        raise NoSuchOrganisation
    return OrganisationRead(**row)


async def organisations(
    tx: Transaction, filters: OrganisationFilters, *, after: tuple[str, UUID] | None, limit: int
) -> Sequence[tuple[tuple[str, UUID], str]]:
    """Read organisations in the order of their names, each with its place in it; a former name finds one too."""
    last_name, last_id = after or (None, None)
    rows = await tx.fetch(
        """
        SELECT id, findable, doc
          FROM organisation
         WHERE ($1::text IS NULL OR formerly LIKE '%' || $1 || '%')
           AND ($2::text IS NULL OR siret = $2)
           AND ($3::text IS NULL OR siren = $3)
           AND ($4::text IS NULL OR rna = $4)
           AND ($5::text IS NULL OR kind = $5)
           AND ($6::text IS NULL OR $6 = ANY (roles))
           AND ($7::text IS NULL OR department = $7)
           AND ($8::text IS NULL OR municipality = $8)
           AND ($9::boolean IS NULL OR (closed_on IS NOT NULL) = $9)
           AND ($10::text IS NULL OR (findable, id) > ($10, $11::uuid))
           AND ($13::text IS NULL OR cnc_establishment = $13)
         ORDER BY findable, id
         LIMIT $12
        """,
        filters.name,
        filters.siret,
        filters.siren,
        filters.rna,
        filters.kind,
        filters.role,
        filters.department,
        filters.municipality,
        filters.closed,
        last_name,
        last_id,
        limit,
        filters.cnc_establishment,
    )
    return [((row["findable"], row["id"]), row["doc"]) for row in rows]


def _taken(error: asyncpg.UniqueViolationError) -> Exception:
    field = _UNIQUE.get(error.constraint_name or "")
    return error if field is None else NumberTaken(pointer=f"/{field}")


def _said(organisation: Organisation, fact: Fact) -> outbox.Announcement:
    state = organisation.state(at=fact.occurred_at)
    return outbox.Announcement(
        aggregate=OrganisationState.AGGREGATE, id=state.id, version=state.version, state=state, facts=[fact]
    )


def _values(organisation: Organisation) -> list[object]:
    said = organisation.described
    place, area = said.municipality, said.area
    history = _History(
        names=organisation.names,
        roles=organisation.dated_roles,
        identifiers=organisation.identifiers,
        cinemas=organisation.cinemas,
    )
    return [
        organisation.id,
        organisation.version,
        said.name,
        findable(said.name),
        " / ".join(dict.fromkeys(findable(one.value) for one in reversed(organisation.names))),
        said.kind,
        said.legal_form,
        said.identifiers.siren,
        said.identifiers.siret,
        said.identifiers.rna,
        place and place.code,
        place and place.vintage,
        said.department,
        area and area.level,
        area and area.code,
        area and area.vintage,
        said.roles,
        organisation.closed_on,
        msgspec.json.encode(history).decode(),
        msgspec.json.encode(said.derogations).decode(),
        said.identifiers.cnc_establishment,
        said.cinema and msgspec.json.encode(said.cinema).decode(),
        msgspec.json.encode(said.entitlements).decode(),
    ]


def _organisation(row: asyncpg.Record) -> Organisation:
    history = msgspec.json.decode(row["history"], type=_History)
    return Organisation(
        id=row["id"],
        version=row["version"],
        described=_description(row),
        names=history.names,
        dated_roles=history.roles,
        identifiers=history.identifiers,
        cinemas=history.cinemas,
        closed_on=row["closed_on"],
    )


def _description(row: asyncpg.Record) -> Description:
    return Description(
        name=row["name"],
        kind=OrganisationKind(row["kind"]),
        legal_form=LegalForm(row["legal_form"]) if row["legal_form"] else None,
        identifiers=Identifiers(
            siren=row["siren"], siret=row["siret"], rna=row["rna"], cnc_establishment=row["cnc_establishment"]
        ),
        municipality=_place(row),
        department=row["department"],
        area=_area(row),
        roles=tuple(OrganisationRole(role) for role in row["roles"]),
        derogations=msgspec.json.decode(row["derogations"], type=tuple[Derogation, ...]),
        cinema=row["cinema"] and msgspec.json.decode(row["cinema"], type=Cinema),
        entitlements=msgspec.json.decode(row["entitlements"], type=tuple[Entitlement, ...]),
    )


def _place(row: asyncpg.Record) -> MunicipalityRef | None:
    if row["municipality"] is None:
        return None
    return MunicipalityRef(code=row["municipality"], vintage=row["vintage"])


def _area(row: asyncpg.Record) -> AreaRef | None:
    if row["area_level"] is None:
        return None
    return AreaRef(level=AreaLevel(row["area_level"]), code=row["area_code"], vintage=row["area_vintage"])

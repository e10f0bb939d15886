"""Territories: the aggregate of a département and a vintage, and the tables by which its parts are found.

The parts are a copy of the document, replaced with it in the same transaction; no fact depends on them.
"""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

import msgspec

from common import outbox
from common.contracts.partners import (
    Intermunicipality,
    Municipality,
    MunicipalityKind,
    TerritoryState,
    TerritoryVintagePublished,
)
from common.database import Transaction
from common.idempotency import Answer, Once
from partners.domain.naming import findable

_CREATE = outbox.creating(
    """
    INSERT INTO territory (
      id, version, vintage, department, department_name, region, region_name, zone, municipalities, doc)
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $doc
      FROM key
    RETURNING id
    """
)

_SAVE = outbox.changing(
    """
    UPDATE territory
       SET version = $2, vintage = $3, department = $4, department_name = $5, region = $6, region_name = $7, zone = $8,
           municipalities = $9, doc = $doc
     WHERE id = $1
    RETURNING id
    """
)

_ENTRY = """
    code, name, kind, parent, successors, intermunicipality, territorial_body, population, siren, density, districts
"""


async def lock_territory(tx: Transaction, territory_id: UUID) -> TerritoryState | None:
    """Read one département of one vintage and hold its row."""
    doc = await tx.fetchval("SELECT doc FROM territory WHERE id = $1 FOR UPDATE", territory_id)
    return None if doc is None else msgspec.json.decode(doc, type=TerritoryState)


async def save_territory(
    tx: Transaction, state: TerritoryState, fact: TerritoryVintagePublished, once: Once | None
) -> Answer:
    """Write a territory, its parts first."""
    await _replace_parts(tx, state)
    said = outbox.Announcement(
        aggregate=TerritoryState.AGGREGATE, id=state.id, version=state.version, state=state, facts=[fact]
    )
    statement = _CREATE if state.version == 1 else _SAVE
    location = f"/v1/territories/{state.vintage}/departments/{state.department.code}"
    return await outbox.write(tx, statement, _values(state), said, once, status=201, location=location)


async def _replace_parts(tx: Transaction, state: TerritoryState) -> None:
    await tx.execute("DELETE FROM municipality WHERE territory_id = $1", state.id)
    await tx.execute("DELETE FROM intermunicipality WHERE territory_id = $1", state.id)
    await tx.execute("DELETE FROM district WHERE territory_id = $1", state.id)
    await tx.execute(
        f"""
        INSERT INTO municipality (vintage, territory_id, findable, {_ENTRY})
        SELECT $2, $1, findable, {_ENTRY}
          FROM jsonb_to_recordset($3::text::jsonb) AS part (
               findable text, code text, name text, kind text, parent text, successors text[], intermunicipality text,
               territorial_body text, population integer, siren text, density integer, districts text[])
        """,
        state.id,
        state.vintage,
        _found_by_name(state.municipalities),
    )
    await tx.execute(
        """
        INSERT INTO intermunicipality (vintage, territory_id, siren, name, findable, form)
        SELECT $2, $1, siren, name, findable, form
          FROM jsonb_to_recordset($3::text::jsonb) AS part (siren text, name text, findable text, form text)
        """,
        state.id,
        state.vintage,
        _found_by_name(state.intermunicipalities),
    )
    await tx.execute(
        """
        INSERT INTO district (vintage, territory_id, code, findable, municipalities, doc)
        SELECT $2, $1, code, findable, municipalities, doc
          FROM jsonb_to_recordset($3::text::jsonb) AS part (
               code text, findable text, municipalities text[], doc text)
        """,
        state.id,
        state.vintage,
        _json([asdict(one) | {"findable": findable(one.name), "doc": _json(one)} for one in state.districts]),
    )


def _values(state: TerritoryState) -> list[object]:
    return [
        state.id,
        state.version,
        state.vintage,
        state.department.code,
        state.department.name,
        state.region.code,
        state.region.name,
        state.zone,
        sum(one.kind is MunicipalityKind.MUNICIPALITY for one in state.municipalities),
    ]


def _found_by_name(parts: Sequence[Municipality] | Sequence[Intermunicipality]) -> str:
    return _json([asdict(part) | {"findable": findable(part.name or "")} for part in parts])


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()

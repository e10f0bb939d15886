"""Territories as readers ask for them: vintages, regions, départements, municipalities and what lies on them."""

from collections.abc import Collection, Mapping, Sequence

import asyncpg
import msgspec

from common.contracts.partners import Area, Density, District, Intermunicipality, Municipality, MunicipalityKind, Zone
from common.database import Transaction
from partners.domain.municipality import Known
from partners.domain.territory import NoSuchVintage
from partners.store.shapes import (
    DepartmentShown,
    DistrictFilters,
    IntermunicipalityShown,
    Meaning,
    MunicipalityFilters,
    MunicipalityShown,
    RegionShown,
    VintageShown,
)


async def vintages(tx: Transaction, *, after: int | None, limit: int) -> Sequence[VintageShown]:
    rows = await tx.fetch(
        """
        SELECT vintage, count(*)::integer AS departments, sum(municipalities)::integer AS municipalities
          FROM territory
         WHERE $1::bigint IS NULL OR vintage > $1
         GROUP BY vintage
         ORDER BY vintage
         LIMIT $2
        """,
        after,
        limit,
    )
    return [VintageShown(**row) for row in rows]


async def is_known(tx: Transaction, vintage: int) -> bool:
    known: bool = await tx.fetchval("SELECT EXISTS (SELECT FROM territory WHERE vintage = $1)", vintage)
    return known


async def require_vintage(tx: Transaction, vintage: int) -> None:
    if not await is_known(tx, vintage):
        raise NoSuchVintage


async def nearest_vintage(tx: Transaction, year: int) -> int | None:
    """Find the vintage to judge a year by: its own or, before or after those known, the nearest."""
    found: int | None = await tx.fetchval(
        "SELECT vintage FROM territory GROUP BY vintage ORDER BY abs(vintage - $1), vintage LIMIT 1", year
    )
    return found


async def regions(tx: Transaction, vintage: int, *, after: str | None, limit: int) -> Sequence[RegionShown]:
    rows = await tx.fetch(
        """
        SELECT region AS code, min(region_name) AS name, min(zone) AS zone,
               array_agg(department ORDER BY department) AS departments
          FROM territory
         WHERE vintage = $1
           AND ($2::text IS NULL OR region > $2)
         GROUP BY region
         ORDER BY region
         LIMIT $3
        """,
        vintage,
        after,
        limit,
    )
    return [
        RegionShown(code=row["code"], name=row["name"], zone=Zone(row["zone"]), departments=tuple(row["departments"]))
        for row in rows
    ]


async def departments(
    tx: Transaction, vintage: int, *, region: str | None, after: str | None, limit: int
) -> Sequence[DepartmentShown]:
    rows = await tx.fetch(
        """
        SELECT department, department_name, zone, region, region_name, municipalities
          FROM territory
         WHERE vintage = $1
           AND ($2::text IS NULL OR region = $2)
           AND ($3::text IS NULL OR department > $3)
         ORDER BY department
         LIMIT $4
        """,
        vintage,
        region,
        after,
        limit,
    )
    return [
        DepartmentShown(
            code=row["department"],
            name=row["department_name"],
            zone=Zone(row["zone"]),
            region=Area(code=row["region"], name=row["region_name"]),
            municipalities=row["municipalities"],
        )
        for row in rows
    ]


async def regions_of(tx: Transaction, vintage: int) -> Mapping[str, str]:
    """Tell in which region each département of a vintage lies."""
    rows = await tx.fetch("SELECT department, region FROM territory WHERE vintage = $1", vintage)
    return {row["department"]: row["region"] for row in rows}


async def territory_doc(tx: Transaction, vintage: int, department: str) -> tuple[int, str] | None:
    """Read a département of a vintage as it was published."""
    row = await tx.fetchrow(
        "SELECT version, doc FROM territory WHERE vintage = $1 AND department = $2", vintage, department
    )
    return None if row is None else (row["version"], row["doc"])


async def intermunicipalities(
    tx: Transaction,
    vintage: int,
    *,
    siren: str | None = None,
    name: str | None = None,
    department: str | None = None,
    after: tuple[str, str] | None = None,
    limit: int,
) -> Sequence[tuple[tuple[str, str], IntermunicipalityShown]]:
    """Read intermunicipalities in the order of their names, each with its place in it."""
    last_name, last_siren = after or (None, None)
    rows = await tx.fetch(
        """
        SELECT part.siren, part.name, part.form, part.findable, array_agg(department ORDER BY department) AS departments
          FROM intermunicipality AS part
          JOIN territory ON territory.id = territory_id
         WHERE part.vintage = $1
           AND ($2::text IS NULL OR siren = $2)
           AND ($3::text IS NULL OR findable LIKE '%' || $3 || '%')
           AND ($5::text IS NULL OR (findable, siren) > ($5, $6::text))
         GROUP BY part.siren, part.name, part.form, part.findable
        HAVING $4::text IS NULL OR $4 = ANY (array_agg(department))
         ORDER BY findable, siren
         LIMIT $7
        """,
        vintage,
        siren,
        name,
        department,
        last_name,
        last_siren,
        limit,
    )
    return [
        (
            (row["findable"], row["siren"]),
            IntermunicipalityShown(
                siren=row["siren"], name=row["name"], form=row["form"], departments=tuple(row["departments"])
            ),
        )
        for row in rows
    ]


async def known_places(tx: Transaction, vintage: int, codes: Collection[str]) -> Mapping[str, Known]:
    """Look municipality codes up in a vintage; those it does not know are left out."""
    rows = await tx.fetch(f"{_MUNICIPALITIES} WHERE m.vintage = $1 AND m.code = ANY ($2::text[])", vintage, list(codes))
    return {row["code"]: _known(row) for row in rows}


async def municipalities_by_siren(tx: Transaction, vintage: int, sirens: Collection[str]) -> Mapping[str, Known]:
    """Look municipalities up by the SIREN that they bear in a vintage; it cannot be read off their code."""
    rows = await tx.fetch(
        f"{_MUNICIPALITIES} WHERE m.vintage = $1 AND m.siren = ANY ($2::text[])", vintage, list(sirens)
    )
    return {row["siren"]: _known(row) for row in rows}


async def intermunicipality_codes(tx: Transaction, vintage: int) -> frozenset[str]:
    rows = await tx.fetch("SELECT DISTINCT siren FROM intermunicipality WHERE vintage = $1", vintage)
    return frozenset(row["siren"] for row in rows)


async def municipality(tx: Transaction, vintage: int, code: str) -> MunicipalityShown | None:
    row = await tx.fetchrow(f"{_MUNICIPALITIES} WHERE m.vintage = $1 AND m.code = $2", vintage, code)
    return None if row is None else _shown(row)


async def meanings(tx: Transaction, code: str) -> Sequence[Meaning]:
    """Tell what a code names in each vintage that knows it."""
    rows = await tx.fetch(
        "SELECT vintage, name, kind, parent, successors FROM municipality WHERE code = $1 ORDER BY vintage", code
    )
    return [
        Meaning(**dict(row) | {"kind": MunicipalityKind(row["kind"]), "successors": tuple(row["successors"])})
        for row in rows
    ]


async def municipalities(
    tx: Transaction, vintage: int, filters: MunicipalityFilters, *, after: tuple[str, str] | None, limit: int
) -> Sequence[tuple[tuple[str, str], MunicipalityShown]]:
    """Read municipalities in the order of their names, each with its place in it; former codes only if asked for."""
    last_name, last_code = after or (None, None)
    await tx.execute("SET LOCAL plan_cache_mode = force_custom_plan")  # one plan for all filters would fit none
    rows = await tx.fetch(
        f"""
        {_MUNICIPALITIES}
         WHERE m.vintage = $1
           AND ($2::text IS NULL OR (' ' || m.findable) LIKE '% ' || $2 || '%')
           AND ($3::text IS NULL OR t.department = $3)
           AND ($4::text IS NULL OR t.region = $4)
           AND ($5::text IS NULL OR $5 IN (m.intermunicipality, m.territorial_body))
           AND (m.kind = $6 OR ($6::text IS NULL AND m.kind <> 'ceased'))
           AND ($7::text IS NULL OR (m.findable, m.code) > ($7, $8::text))
         ORDER BY m.findable, m.code
         LIMIT $9
        """,
        vintage,
        filters.name,
        filters.department,
        filters.region,
        filters.intermunicipality,
        filters.kind,
        last_name,
        last_code,
        limit,
    )
    return [((row["findable"], row["code"]), _shown(row)) for row in rows]


async def districts(
    tx: Transaction, vintage: int, filters: DistrictFilters, *, after: str | None, limit: int
) -> Sequence[tuple[str, str]]:
    """Read priority districts in the order of their codes: code and document."""
    rows = await tx.fetch(
        """
        SELECT code, district.doc
          FROM district
          JOIN territory ON territory.id = territory_id
         WHERE district.vintage = $1
           AND ($2::text IS NULL OR $2 = ANY (district.municipalities))
           AND ($3::text IS NULL OR department = $3)
           AND ($4::text IS NULL OR findable LIKE '%' || $4 || '%')
           AND ($5::text IS NULL OR code > $5)
         ORDER BY code
         LIMIT $6
        """,
        vintage,
        filters.municipality,
        filters.department,
        filters.name,
        after,
        limit,
    )
    return [(row["code"], row["doc"]) for row in rows]


async def known_districts(tx: Transaction, vintage: int, codes: Collection[str]) -> Mapping[str, District]:
    """Look priority districts up in a vintage; those it does not know are left out."""
    rows = await tx.fetch(
        "SELECT code, doc FROM district WHERE vintage = $1 AND code = ANY ($2::text[])", vintage, list(codes)
    )
    return {row["code"]: msgspec.json.decode(row["doc"], type=District) for row in rows}


_MUNICIPALITIES = """
    SELECT m.vintage, m.code, m.name, m.findable, m.kind, m.parent, m.successors, m.intermunicipality,
           m.territorial_body, m.population, m.siren, m.density, m.districts, t.department, t.department_name, t.region,
           t.region_name, e.name AS intermunicipality_name, e.form AS intermunicipality_form, b.name AS body_name,
           b.form AS body_form
      FROM municipality AS m
      JOIN territory AS t ON t.id = m.territory_id
      LEFT JOIN intermunicipality AS e
        ON e.vintage = m.vintage AND e.siren = m.intermunicipality AND e.territory_id = m.territory_id
      LEFT JOIN intermunicipality AS b
        ON b.vintage = m.vintage AND b.siren = m.territorial_body AND b.territory_id = m.territory_id
"""


def _known(row: asyncpg.Record) -> Known:
    return Known(entry=_entry(row), vintage=row["vintage"], department=row["department"], region=row["region"])


def _entry(row: asyncpg.Record) -> Municipality:
    return Municipality(
        code=row["code"],
        name=row["name"],
        kind=MunicipalityKind(row["kind"]),
        parent=row["parent"],
        successors=tuple(row["successors"]),
        intermunicipality=row["intermunicipality"],
        territorial_body=row["territorial_body"],
        population=row["population"],
        siren=row["siren"],
        density=None if row["density"] is None else Density(row["density"]),
        districts=tuple(row["districts"]),
    )


def _shown(row: asyncpg.Record) -> MunicipalityShown:
    entry = _entry(row)
    return MunicipalityShown(
        code=entry.code,
        vintage=row["vintage"],
        name=entry.name,
        kind=entry.kind,
        counts_under=None if entry.successors else entry.parent or entry.code,
        parent=entry.parent,
        successors=entry.successors,
        department=Area(code=row["department"], name=row["department_name"]),
        region=Area(code=row["region"], name=row["region_name"]),
        intermunicipality=_body(entry.intermunicipality, row["intermunicipality_name"], row["intermunicipality_form"]),
        territorial_body=_body(entry.territorial_body, row["body_name"], row["body_form"]),
        population=entry.population,
        siren=entry.siren,
        density=entry.density,
        districts=entry.districts,
    )


def _body(siren: str | None, name: str | None, form: str | None) -> Intermunicipality | None:
    return None if siren is None else Intermunicipality(siren=siren, name=name or "", form=form or "")

"""Territories, over HTTP: what there is, what a code means in a vintage, and what the national coordination adds."""

from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from common.contracts.partners import District, MunicipalityKind, TerritoryState
from common.http import Caller, CreateOnce, Db, Model, Now, from_query, present, respond
from common.pages import Listed, Page, listed
from common.problems import problems
from partners.api import fields
from partners.commands import territories as commands
from partners.commands.territories import DensitiesAsked, DistrictAsked, Judged, PlacesRefused
from partners.domain import access, municipality
from partners.domain.codes import MUNICIPALITY
from partners.domain.district import DistrictCodeMalformed, DistrictRefused, NoSuchDistrict
from partners.domain.municipality import MunicipalityRefused, NoSuchMunicipality
from partners.domain.naming import findable
from partners.domain.territory import NoSuchDepartment, NoSuchIntermunicipality, NoSuchVintage, SeveralDepartments
from partners.store import places
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

router = APIRouter(prefix="/v1/territories", tags=["territories"])

SAID_ALREADY: dict[int | str, dict[str, Any]] = {
    200: {"description": "This was known already: nothing has changed.", "model": TerritoryState}
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MunicipalitySeen(MunicipalityShown):
    """What a code names in a vintage, and what it named in every vintage known here."""

    history: tuple[Meaning, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MunicipalityQuery:
    """What municipalities may be asked for by."""

    name: fields.NameQuery = None
    department: fields.DepartmentQuery = None
    region: fields.RegionQuery = None
    intermunicipality: Annotated[fields.SirenQuery, Query(description="Or territorial body (EPT), by SIREN.")] = None
    kind: Annotated[MunicipalityKind | None, Query(description="Former codes are listed only as `ceased`.")] = None

    def filters(self) -> MunicipalityFilters:
        return MunicipalityFilters(
            name=None if self.name is None else findable(self.name),
            department=self.department,
            region=self.region,
            intermunicipality=self.intermunicipality,
            kind=self.kind,
        )


MunicipalitySearch = Annotated[MunicipalityQuery, from_query(MunicipalityQuery)]


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictQuery:
    """What priority districts may be asked for by."""

    name: fields.NameQuery = None
    municipality: Annotated[str | None, Query(pattern=MUNICIPALITY, description="One that it lies on.")] = None
    department: fields.DepartmentQuery = None

    def filters(self) -> DistrictFilters:
        return DistrictFilters(
            name=None if self.name is None else findable(self.name),
            municipality=None if self.municipality is None else self.municipality.upper(),
            department=self.department,
        )


DistrictSearch = Annotated[DistrictQuery, from_query(DistrictQuery)]


class DistrictBody(Model):
    """A priority district (QPV) that the published lists lack or describe otherwise."""

    code: fields.DistrictCode
    name: fields.Name
    municipalities: list[fields.MunicipalityCode] = Field(
        min_length=1, max_length=fields.LISTED_MAX, description="All that it lies on."
    )
    source: fields.Source
    source_date: fields.Day


class DensityBody(Model):
    """How dense a municipality is."""

    municipality: fields.MunicipalityCode
    level: fields.Level


class DensitiesBody(Model):
    """Levels of the density grid for municipalities of one département."""

    items: list[DensityBody] = Field(min_length=1, max_length=1_000)
    source: fields.Source
    source_date: fields.Day


class CheckBody(Model):
    """Places that somebody means to use together on a day."""

    on: fields.Day = Field(description="Its year is the vintage of the codes.")
    municipalities: list[fields.MunicipalityCode] = Field(min_length=1, max_length=fields.LISTED_MAX)
    districts: list[fields.DistrictCode] = Field(default=[], max_length=fields.LISTED_MAX)


@router.get("", operation_id="territory.list", response_model=Listed[VintageShown])
async def list_vintages(db: Db, caller: Caller, page: Page) -> Response:
    """List the vintages of the geographic code that are known here."""
    access.require(caller, "territory.list")
    (after,) = page.position(int) or (None,)
    async with db.transaction(caller) as tx:
        known = await places.vintages(tx, after=after, limit=page.limit + 1)
    return listed(page, known, key=lambda one: (one.vintage,), doc=_json)


@router.post("/check", operation_id="territory.check", response_model=Judged, responses=problems(PlacesRefused))
async def check(body: CheckBody, db: Db, caller: Caller) -> Response:
    """Say what places count under on a day, or why they cannot be used (R30 to R35).  Nothing is written."""
    access.require(caller, "territory.check")
    async with db.transaction(caller) as tx:
        judged = await commands.judge(tx, body.on, body.municipalities, body.districts)
    return Response(_json(judged), media_type="application/json")


@router.get(
    "/{vintage}/regions",
    operation_id="region.list",
    response_model=Listed[RegionShown],
    responses=problems(NoSuchVintage),
)
async def list_regions(vintage: fields.VintagePath, db: Db, caller: Caller, page: Page) -> Response:
    """List regions, each with its départements, in the order of their codes."""
    access.require(caller, "region.list")
    (after,) = page.position(str) or (None,)
    async with db.transaction(caller) as tx:
        await places.require_vintage(tx, vintage)
        regions = await places.regions(tx, vintage, after=after, limit=page.limit + 1)
    return listed(page, regions, key=lambda one: (one.code,), doc=_json)


@router.get(
    "/{vintage}/departments",
    operation_id="department.list",
    response_model=Listed[DepartmentShown],
    responses=problems(NoSuchVintage),
)
async def list_departments(
    vintage: fields.VintagePath, db: Db, caller: Caller, page: Page, region: fields.RegionQuery = None
) -> Response:
    """List départements in the order of their codes."""
    access.require(caller, "department.list")
    (after,) = page.position(str) or (None,)
    async with db.transaction(caller) as tx:
        await places.require_vintage(tx, vintage)
        departments = await places.departments(tx, vintage, region=region, after=after, limit=page.limit + 1)
    return listed(page, departments, key=lambda one: (one.code,), doc=_json)


@router.get(
    "/{vintage}/departments/{department}",
    operation_id="territory.read",
    response_model=TerritoryState,
    responses=problems(NoSuchDepartment),
)
async def read_department(
    vintage: fields.VintagePath, department: Annotated[str, Path(max_length=3)], db: Db, caller: Caller
) -> Response:
    """Read a département of a vintage whole: every municipality, and what lies on it."""
    access.require(caller, "territory.read")
    async with db.transaction(caller) as tx:
        found = await places.territory_doc(tx, vintage, department)
    if found is None:
        raise NoSuchDepartment
    return present(found[1], version=found[0])


@router.get(
    "/{vintage}/intermunicipalities",
    operation_id="intermunicipality.list",
    response_model=Listed[IntermunicipalityShown],
    responses=problems(NoSuchVintage),
)
async def list_intermunicipalities(
    vintage: fields.VintagePath,
    db: Db,
    caller: Caller,
    page: Page,
    name: fields.NameQuery = None,
    department: fields.DepartmentQuery = None,
) -> Response:
    """List intermunicipalities by name, with the départements they have members in."""
    access.require(caller, "intermunicipality.list")
    asked = None if name is None else findable(name)
    async with db.transaction(caller) as tx:
        await places.require_vintage(tx, vintage)
        found = await places.intermunicipalities(
            tx, vintage, name=asked, department=department, after=page.position(str, str), limit=page.limit + 1
        )
    return listed(page, found, key=lambda row: row[0], doc=lambda row: _json(row[1]))


@router.get(
    "/{vintage}/intermunicipalities/{siren}",
    operation_id="intermunicipality.read",
    response_model=IntermunicipalityShown,
    responses=problems(NoSuchIntermunicipality),
)
async def read_intermunicipality(
    vintage: fields.VintagePath, siren: Annotated[str, Path(max_length=9)], db: Db, caller: Caller
) -> Response:
    """Read one intermunicipality; its members are listed by `municipalities?intermunicipality=`."""
    access.require(caller, "intermunicipality.read")
    async with db.transaction(caller) as tx:
        found = await places.intermunicipalities(tx, vintage, siren=siren, limit=1)
    if not found:
        raise NoSuchIntermunicipality
    return Response(_json(found[0][1]), media_type="application/json")


@router.get(
    "/{vintage}/municipalities",
    operation_id="municipality.list",
    response_model=Listed[MunicipalityShown],
    responses=problems(NoSuchVintage),
)
async def list_municipalities(
    vintage: fields.VintagePath, asked: MunicipalitySearch, db: Db, caller: Caller, page: Page
) -> Response:
    """List municipalities and their parts by name.  A name is no key: thirteen are called Sainte-Colombe."""
    access.require(caller, "municipality.list")
    async with db.transaction(caller) as tx:
        await places.require_vintage(tx, vintage)
        found = await places.municipalities(
            tx, vintage, asked.filters(), after=page.position(str, str), limit=page.limit + 1
        )
    return listed(page, found, key=lambda row: row[0], doc=lambda row: _json(row[1]))


@router.get(
    "/{vintage}/municipalities/{code}",
    operation_id="municipality.read",
    response_model=MunicipalitySeen,
    responses=problems(NoSuchVintage, NoSuchMunicipality),
)
async def read_municipality(
    vintage: fields.VintagePath, code: Annotated[str, Path(max_length=10)], db: Db, caller: Caller
) -> Response:
    """Say what a code names in a vintage; one that names nothing (any more) is not found, and its successor named."""
    access.require(caller, "municipality.read")
    async with db.transaction(caller) as tx:
        await places.require_vintage(tx, vintage)
        found = municipality.found(code.upper(), vintage, await places.municipality(tx, vintage, code.upper()))
        history = await places.meanings(tx, found.code)
    return Response(f'{_json(found)[:-1]},"history":{_json(history)}}}', media_type="application/json")


@router.get(
    "/{vintage}/districts",
    operation_id="district.list",
    response_model=Listed[District],
    responses=problems(NoSuchVintage),
)
async def list_districts(
    vintage: fields.VintagePath, asked: DistrictSearch, db: Db, caller: Caller, page: Page
) -> Response:
    """List priority districts in the order of their codes."""
    access.require(caller, "district.list")
    (after,) = page.position(str) or (None,)
    async with db.transaction(caller) as tx:
        await places.require_vintage(tx, vintage)
        found = await places.districts(tx, vintage, asked.filters(), after=after, limit=page.limit + 1)
    return listed(page, found, key=lambda row: (row[0],), doc=lambda row: row[1])


@router.get(
    "/{vintage}/districts/{code}",
    operation_id="district.read",
    response_model=District,
    responses=problems(NoSuchVintage, NoSuchDistrict),
)
async def read_district(
    vintage: fields.VintagePath, code: Annotated[str, Path(max_length=8)], db: Db, caller: Caller
) -> Response:
    """Read one priority district."""
    access.require(caller, "district.read")
    async with db.transaction(caller) as tx:
        await places.require_vintage(tx, vintage)
        found = await places.known_districts(tx, vintage, [code.upper()])
    if not found:
        raise NoSuchDistrict
    return Response(_json(found[code.upper()]), media_type="application/json")


@router.post(
    "/{vintage}/districts",
    operation_id="district.register",
    status_code=201,
    response_model=TerritoryState,
    responses=SAID_ALREADY
    | problems(NoSuchVintage, DistrictCodeMalformed, DistrictRefused, MunicipalityRefused, SeveralDepartments),
)
async def register_district(
    vintage: fields.VintagePath, body: DistrictBody, db: Db, caller: Caller, once: CreateOnce, now: Now
) -> Response:
    """Describe a priority district; the same description again changes nothing and answers 200."""
    asked = DistrictAsked(
        code=body.code,
        name=body.name,
        municipalities=tuple(body.municipalities),
        source=body.source,
        source_date=body.source_date,
    )
    async with db.transaction(caller) as tx:
        answer = await commands.register_district(tx, vintage, asked, caller=caller, once=once, at=now)
    return respond(answer)


@router.post(
    "/{vintage}/densities",
    operation_id="density.record",
    status_code=201,
    response_model=TerritoryState,
    responses=SAID_ALREADY | problems(NoSuchVintage, MunicipalityRefused, SeveralDepartments),
)
async def record_densities(
    vintage: fields.VintagePath, body: DensitiesBody, db: Db, caller: Caller, once: CreateOnce, now: Now
) -> Response:
    """Say how dense municipalities of one département are; what is known already answers 200."""
    asked = DensitiesAsked(
        levels=[(item.municipality, item.level) for item in body.items],
        source=body.source,
        source_date=body.source_date,
    )
    async with db.transaction(caller) as tx:
        answer = await commands.record_densities(tx, vintage, asked, caller=caller, once=once, at=now)
    return respond(answer)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()

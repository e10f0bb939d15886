"""Organisations, over HTTP: public reference data, kept by the coordinations each in its own départements."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from common.contracts.partners import (
    AreaLevel,
    AreaRef,
    Derogation,
    Entitlement,
    EntitlementKind,
    LegalForm,
    MunicipalityRef,
    OrganisationKind,
    OrganisationRole,
    OrganisationState,
)
from common.errors import AllowedAction
from common.http import (
    Caller,
    ChangeOnce,
    CreateOnce,
    Db,
    Model,
    NewId,
    Now,
    from_query,
    present,
    respond,
    with_actions,
)
from common.pages import Listed, Page, listed
from common.problems import problems
from partners.api import fields
from partners.commands import organisations as commands
from partners.commands.organisations import AreaUnknown
from partners.domain import access
from partners.domain.access import Concern
from partners.domain.codes import MUNICIPALITY, MunicipalityCodeMalformed
from partners.domain.identifiers import CNC_ESTABLISHMENT, HolderUnidentified, IdentifierMalformed
from partners.domain.municipality import MunicipalityRefused
from partners.domain.naming import findable
from partners.domain.organisation import (
    DerogationTooLong,
    NameMissing,
    NoSuchOrganisation,
    NumberTaken,
    OrganisationAlreadyClosed,
    against,
)
from partners.domain.periods import DatesGoBackwards, EndsBeforeItBegins, NothingToChange
from partners.domain.territory import VintageNotKnown
from partners.store import organisations
from partners.store.organisations import OrganisationFilters

router = APIRouter(prefix="/v1/organisations", tags=["organisations"])

_NUMBER = Field(min_length=1, max_length=20)
_DESCRIPTION = (
    NameMissing,
    IdentifierMalformed,
    HolderUnidentified,
    MunicipalityCodeMalformed,
    MunicipalityRefused,
    VintageNotKnown,
    AreaUnknown,
    DerogationTooLong,
    EndsBeforeItBegins,
)
"""What may be wrong with a description."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationSeen(OrganisationState):
    """An organisation, and what the caller may do to it now."""

    allowed_actions: list[AllowedAction]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationQuery:
    """What organisations may be asked for by."""

    name: Annotated[fields.NameQuery, Query(description="Part of a name, today's or a former one.")] = None
    siret: Annotated[str | None, Query(pattern=r"^[0-9]{14}$")] = None
    siren: fields.SirenQuery = None
    rna: Annotated[str | None, Query(pattern=r"^W[0-9A-Z]{9}$")] = None
    cnc_establishment: Annotated[str | None, Query(pattern=CNC_ESTABLISHMENT)] = None
    kind: OrganisationKind | None = None
    role: OrganisationRole | None = None
    department: fields.DepartmentQuery = None
    municipality: Annotated[str | None, Query(pattern=MUNICIPALITY)] = None
    closed: Annotated[bool | None, Query(description="Absent: both.")] = None

    def filters(self) -> OrganisationFilters:
        return OrganisationFilters(
            name=None if self.name is None else findable(self.name),
            siret=self.siret,
            siren=self.siren,
            rna=self.rna,
            cnc_establishment=self.cnc_establishment,
            kind=self.kind,
            role=self.role,
            department=self.department,
            municipality=None if self.municipality is None else self.municipality.upper(),
            closed=self.closed,
        )


OrganisationSearch = Annotated[OrganisationQuery, from_query(OrganisationQuery)]


class PlaceBody(Model):
    """A municipality, in the vintage that its code is taken from."""

    code: fields.MunicipalityCode
    vintage: fields.Vintage

    def place(self) -> MunicipalityRef:
        return MunicipalityRef(code=self.code, vintage=self.vintage)


class AreaBody(Model):
    """What a public body is the authority of: a code, and what it is a code of."""

    level: AreaLevel
    code: str = Field(min_length=2, max_length=9)
    vintage: fields.Vintage

    def area(self) -> AreaRef:
        return AreaRef(level=self.level, code=self.code, vintage=self.vintage)


class DerogationBody(Model):
    """A decision of the CNC that an association may show twelve paid films a year, for three years at most."""

    reference: str = Field(min_length=1, max_length=200)
    valid_from: fields.Day
    valid_until: fields.Day

    def derogation(self) -> Derogation:
        return Derogation(reference=self.reference, valid_from=self.valid_from, valid_until=self.valid_until)


class EntitlementBody(Model):
    """A licence or a habilitation: from one day to another, or until further notice."""

    kind: EntitlementKind
    reference: str = Field(min_length=1, max_length=200)
    valid_from: fields.Day
    valid_until: fields.Day | None = None

    def entitlement(self) -> Entitlement:
        return Entitlement(
            kind=self.kind, reference=self.reference, valid_from=self.valid_from, valid_until=self.valid_until
        )


class DescriptionBody(Model):
    """What is said of an organisation besides its name and kind; absent or null: unknown."""

    legal_form: LegalForm | None = None
    siren: Annotated[str | None, _NUMBER] = Field(
        None, description="Only of a body without SIRET: a SIRET contains it."
    )
    siret: Annotated[str | None, _NUMBER] = None
    rna: Annotated[str | None, _NUMBER] = Field(None, description="Associations, but for those of 57, 67 and 68.")
    cnc_establishment: Annotated[str | None, _NUMBER] = Field(None, description="Of a cinema: the CNC's number of it.")
    municipality: PlaceBody | None = Field(None, description="Null: abroad.")
    area: AreaBody | None = Field(None, description="Of a local authority: what it is the authority of.")
    roles: list[OrganisationRole] = Field(default_factory=list, max_length=len(OrganisationRole))
    derogations: list[DerogationBody] = Field(default_factory=list, max_length=20)
    entitlements: list[EntitlementBody] = Field(default_factory=list, max_length=20)
    valid_from: fields.Day = Field(description="The first day on which this is so.")


class OrganisationBody(DescriptionBody):
    """An organisation that becomes known."""

    name: fields.Name
    kind: OrganisationKind


class OrganisationChangeBody(DescriptionBody):
    """What is so from a day on; what is absent stays, null makes it unknown."""

    name: fields.Name = Field(default_factory=str)
    kind: OrganisationKind = Field(default_factory=lambda: OrganisationKind.UNCLASSIFIED)


class OrganisationCloseBody(Model):
    """An organisation's last day."""

    closed_on: fields.Day


@router.post(
    "",
    operation_id="organisation.register",
    status_code=201,
    response_model=OrganisationState,
    responses=problems(*_DESCRIPTION, NumberTaken),
)
async def register(
    body: OrganisationBody, db: Db, caller: Caller, once: CreateOnce, new_id: NewId, now: Now
) -> Response:
    """Register an organisation."""
    async with db.transaction(caller) as tx:
        answer = await commands.register_organisation(
            tx, new_id(), _said(body), body.valid_from, caller=caller, once=once, at=now
        )
    return respond(answer)


@router.get("", operation_id="organisation.list", response_model=Listed[OrganisationState])
async def search(asked: OrganisationSearch, db: Db, caller: Caller, page: Page) -> Response:
    """List organisations by name."""
    access.require(caller, "organisation.list")
    async with db.transaction(caller) as tx:
        found = await organisations.organisations(
            tx, asked.filters(), after=page.position(str, UUID), limit=page.limit + 1
        )
    return listed(page, found, key=lambda row: row[0], doc=lambda row: row[1])


@router.get(
    "/{organisation_id}",
    operation_id="organisation.read",
    response_model=OrganisationSeen,
    responses=problems(NoSuchOrganisation),
)
async def read(organisation_id: UUID, db: Db, caller: Caller) -> Response:
    """Read one organisation, with the names it had."""
    access.require(caller, "organisation.read")
    async with db.transaction(caller) as tx:
        found = await organisations.organisation_doc(tx, organisation_id)
    concern = Concern(departments=frozenset(filter(None, [found.department])))
    actions = access.allowed_actions(caller, against(found.closed_on), concern)
    return present(with_actions(found.doc, actions), version=found.version)


@router.post(
    "/{organisation_id}/change",
    operation_id="organisation.change",
    response_model=OrganisationState,
    responses=problems(
        NoSuchOrganisation,
        *_DESCRIPTION,
        NumberTaken,
        OrganisationAlreadyClosed,
        NothingToChange,
        DatesGoBackwards,
    ),
)
async def change(
    organisation_id: UUID, body: OrganisationChangeBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Describe an organisation otherwise from a day on; what was so before stays in its history."""
    async with db.transaction(caller) as tx:
        answer = await commands.change_organisation(
            tx, organisation_id, _said(body), body.valid_from, caller=caller, once=once, at=now
        )
    return respond(answer)


@router.post(
    "/{organisation_id}/close",
    operation_id="organisation.close",
    response_model=OrganisationState,
    responses=problems(NoSuchOrganisation, OrganisationAlreadyClosed, DatesGoBackwards),
)
async def close(
    organisation_id: UUID, body: OrganisationCloseBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Say that an organisation has ceased."""
    async with db.transaction(caller) as tx:
        answer = await commands.close_organisation(
            tx, organisation_id, body.closed_on, caller=caller, once=once, at=now
        )
    return respond(answer)


def _said(body: OrganisationBody | OrganisationChangeBody) -> dict[str, Any]:
    """Take what the body names, in the domain's words."""
    said = {name: getattr(body, name) for name in body.model_fields_set - {"valid_from"}}
    if body.municipality is not None:
        said["municipality"] = body.municipality.place()
    if body.area is not None:
        said["area"] = body.area.area()
    if "roles" in said:
        said["roles"] = tuple(body.roles)
    if "derogations" in said:
        said["derogations"] = tuple(one.derogation() for one in body.derogations)
    if "entitlements" in said:
        said["entitlements"] = tuple(one.entitlement() for one in body.entitlements)
    return said

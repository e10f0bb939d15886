"""API clients, over HTTP: for operators."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field

from common.contracts.access import Role
from common.http import Caller, ChangeOnce, CreateOnce, Db, Model, present, respond
from common.pages import Listed, Page, listed
from common.problems import problems
from partners.api.means import OVERLAP_DEFAULT, FreshOne, Overlap, RealTime, Sealing, revealed
from partners.commands import clients as commands
from partners.commands.clients import Changes, Registration
from partners.domain import access
from partners.domain.client import (
    CODES_MAX,
    ClientExists,
    ClientRevoked,
    CoordinationMismatch,
    KeptInTheSettings,
    NoSuchClient,
    NotAProjectHolder,
    RoleNotRegistrable,
    TerritoryMismatch,
    TerritoryTooLarge,
    UnknownOrganisation,
)
from partners.domain.publickey import KEYS_MAX, PublicKey, UnusableKey
from partners.store import clients as store

router = APIRouter(tags=["api-clients"])

ClientId = Annotated[str, Path(max_length=64, pattern="^[A-Za-z0-9-]+$")]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Code = Annotated[str, Field(pattern=r"^[0-9][0-9AB][0-9]{0,3}$")]
Text = Annotated[str, Field(min_length=1, max_length=200)]


class KeyBody(Model):
    """A public key (RFC 7517) that verifies the client's assertions."""

    kty: Literal["EC", "OKP"]
    crv: Literal["P-256", "Ed25519"]
    kid: Text
    x: Text
    y: Text | None = None
    use: Literal["sig"] | None = None
    alg: Literal["ES256", "Ed25519"] | None = None

    def key(self) -> PublicKey:
        return self.model_dump(exclude_none=True)


class KeysBody(Model):
    """The public keys of a client, as a JSON Web Key Set."""

    keys: Annotated[list[KeyBody], Field(max_length=KEYS_MAX)]

    def all(self) -> tuple[PublicKey, ...]:
        return tuple(one.key() for one in self.keys)


class ClientBody(Model):
    """A new client: one role of one organisation."""

    name: Name
    role: Role
    organisation_id: UUID
    coordination_id: UUID | None = Field(None, description="For clients of a coordination or its committee.")
    codes: Annotated[list[Code], Field(max_length=CODES_MAX)] = Field(
        [],
        description="Départements of a DRAC; municipalities of a local authority or relay: its own, if left out.",
    )
    jwks: KeysBody | None = Field(None, description="With public keys (private_key_jwt) it gets no secret.")


class ClientChange(Model):
    """What is to be changed of a client; what is left out stays."""

    name: Name | None = None
    codes: Annotated[list[Code], Field(max_length=CODES_MAX)] | None = None
    jwks: KeysBody | None = None


class RotationBody(Model):
    """How long the old secret goes on working."""

    overlap: Overlap = OVERLAP_DEFAULT


class SecretOut(BaseModel):
    """A live secret, by its id."""

    id: str
    created_at: datetime
    expires_at: datetime | None


class KeysOut(BaseModel):
    """A JSON Web Key Set."""

    keys: list[dict[str, str]]


class ClientOut(BaseModel):
    """A client as operators see it; a new secret is shown once, in the answer that made it."""

    client_id: str
    version: int
    name: str
    role: Role
    organisation_id: UUID
    coordination_id: UUID | None
    codes: list[str]
    jwks: KeysOut
    secrets: list[SecretOut]
    created_at: datetime
    revoked_at: datetime | None
    client_secret: str | None = None


@router.post(
    "/v1/api-clients",
    operation_id="api_client.register",
    status_code=201,
    response_model=ClientOut,
    responses=problems(
        ClientExists,
        CoordinationMismatch,
        NotAProjectHolder,
        RoleNotRegistrable,
        TerritoryMismatch,
        TerritoryTooLarge,
        UnknownOrganisation,
        UnusableKey,
    ),
)
async def register(
    body: ClientBody, db: Db, caller: Caller, once: CreateOnce, fresh: FreshOne, seal: Sealing
) -> Response:
    """Let an organisation in, in one role."""
    asked = Registration(
        name=body.name,
        role=body.role,
        organisation_id=body.organisation_id,
        coordination_id=body.coordination_id,
        codes=tuple(dict.fromkeys(body.codes)),
        public_keys=body.jwks.all() if body.jwks else (),
    )
    async with db.transaction(caller) as tx:
        answer = await commands.register(tx, caller, asked, once, fresh, seal)
    return respond(revealed(answer, "client_secret", seal))


@router.get("/v1/api-clients", operation_id="api_client.list", response_model=Listed[ClientOut])
async def list_clients(
    db: Db, caller: Caller, page: Page, organisation_id: Annotated[UUID | None, Query()] = None
) -> Response:
    """List clients, revoked ones too."""
    access.require(caller, "api_client.list")
    after = page.position(str)
    async with db.transaction(caller) as tx:
        rows = await store.page(tx, organisation_id, after[0] if after else None, page.limit + 1)
    return listed(page, rows, key=lambda row: (row[0],), doc=lambda row: row[1])


@router.get(
    "/v1/api-clients/{client_id}",
    operation_id="api_client.read",
    response_model=ClientOut,
    responses=problems(NoSuchClient),
)
async def read(client_id: ClientId, db: Db, caller: Caller) -> Response:
    """Read one client."""
    async with db.transaction(caller) as tx:
        doc, version = await store.document(tx, client_id)
        access.require(caller, "api_client.read")
    return present(doc, version=version)


@router.post(
    "/v1/api-clients/{client_id}/change",
    operation_id="api_client.change",
    response_model=ClientOut,
    responses=problems(
        NoSuchClient, ClientRevoked, KeptInTheSettings, TerritoryMismatch, TerritoryTooLarge, UnusableKey
    ),
)
async def change(
    client_id: ClientId, body: ClientChange, db: Db, caller: Caller, once: ChangeOnce, at: RealTime
) -> Response:
    """Rename a client, move the bounds of its territory, or replace its public keys."""
    changes = Changes(
        name=body.name,
        codes=None if body.codes is None else tuple(dict.fromkeys(body.codes)),
        public_keys=None if body.jwks is None else body.jwks.all(),
    )
    async with db.transaction(caller) as tx:
        answer = await commands.change(tx, client_id, caller, changes, once, at=at)
    return respond(answer)


@router.post(
    "/v1/api-clients/{client_id}/secret/rotate",
    operation_id="api_client.rotate_secret",
    response_model=ClientOut,
    responses=problems(NoSuchClient, ClientRevoked, KeptInTheSettings),
)
async def rotate_secret(
    client_id: ClientId,
    body: RotationBody,
    db: Db,
    caller: Caller,
    once: ChangeOnce,
    fresh: FreshOne,
    seal: Sealing,
) -> Response:
    """Give a new secret; the old one works until the overlap ends."""
    async with db.transaction(caller) as tx:
        answer = await commands.rotate_secret(tx, client_id, caller, body.overlap, once, fresh, seal)
    return respond(revealed(answer, "client_secret", seal))


@router.post(
    "/v1/api-clients/{client_id}/revoke",
    operation_id="api_client.revoke",
    response_model=ClientOut,
    responses=problems(NoSuchClient, ClientRevoked, KeptInTheSettings),
)
async def revoke(client_id: ClientId, db: Db, caller: Caller, once: ChangeOnce, at: RealTime) -> Response:
    """Take every way in from a client; its webhook endpoints and its calendar feeds end within seconds."""
    async with db.transaction(caller) as tx:
        answer = await commands.revoke(tx, client_id, caller, once, at=at)
    return respond(answer)

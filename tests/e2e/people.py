"""Who asks: clients as an operator registers them, and the tokens that they are given."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from common.contracts.access import LEVEL_OF, SCOPES_OF, Role
from demo.gateway import Answer, Credentials, Gateway, Write, problem

SPOOFED = (
    *("x-client-id", "x-subject", "x-scope", "x-scopes", "x-role", "x-roles", "x-org", "x-region", "x-territory"),
    *("x-jwt-payload", "x-user", "x-forwarded-user", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded"),
    *("x-envoy-external-address", "x-coordination-id"),
)
"""Headers that name somebody, here or in other houses; none of them means anything in this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A client: its role and organisation, and what it proves itself with."""

    name: str
    role: Role
    organisation_id: str
    coordination_id: str | None = None
    codes: tuple[str, ...] = ()
    credentials: Credentials

    @property
    def scopes(self) -> frozenset[str]:
        return SCOPES_OF[self.role]

    def claimed(self) -> dict[str, str]:
        """Claim to be this person in every header that might be believed."""
        said = {
            "x-client-id": self.credentials.client_id,
            "x-org": self.organisation_id,
            "x-role": self.role,
            "x-roles": self.role,
            "x-scope": " ".join(self.scopes),
            "x-scopes": " ".join(self.scopes),
            "x-coordination-id": self.coordination_id or "",
            "x-territory": f"{LEVEL_OF[self.role]}:{','.join(self.codes)}",
            "x-region": ",".join(self.codes),
            "forwarded": "for=127.0.0.1;by=127.0.0.1",
        }
        return {name: said.get(name, "127.0.0.1" if "forwarded-for" in name else "root") for name in SPOOFED}


class NotSetUp(Exception):
    """The house refused what a test needs."""


@dataclass(frozen=True, slots=True)
class Office:
    """Where people are let in, and write: the gateway, an operator, and a word that names this run."""

    gateway: Gateway
    operator: Person
    run: str = field(default_factory=lambda: secrets.token_hex(4))

    @property
    def http(self) -> httpx.AsyncClient:
        return self.gateway.http

    async def organisation(self, name: str, kind: str, **more: Any) -> str:
        body = {"name": f"{name} {self.run}", "kind": kind, "valid_from": "2024-01-01", **more}
        return str((await self.write(self.operator, "/v1/organisations", body))["id"])

    async def client(
        self, name: str, role: Role, organisation_id: str, *, coordination_id: str | None = None, codes: Any = ()
    ) -> Person:
        """Register a client for an organisation."""
        body = {"name": name, "role": role, "organisation_id": organisation_id, "codes": list(codes)}
        if coordination_id is not None:
            body["coordination_id"] = coordination_id
        made = await self.write(self.operator, "/v1/api-clients", body)
        return Person(
            name=name,
            role=role,
            organisation_id=organisation_id,
            coordination_id=coordination_id,
            codes=tuple(codes),
            credentials=Credentials(made["client_id"], made["client_secret"]),
        )

    async def ask(
        self, who: Person, path: str, body: Any = None, *, seen: str | None = None, at: Any = None, key: str = ""
    ) -> Answer:
        """Write something; `seen` is where the version is read that it is decided on."""
        write = Write(path=path, body=body, key=key or secrets.token_hex(16), seen=seen, at=at)
        return await self.gateway.write(who.credentials, write)

    async def write(
        self, who: Person, path: str, body: Any = None, *, seen: str | None = None, at: Any = None
    ) -> dict[str, Any]:
        """Write something that must succeed."""
        answer = await self.ask(who, path, body, seen=seen, at=at)
        if not answer.good:
            raise NotSetUp(f"{who.name}: {path}: {problem(answer)}")
        said: dict[str, Any] = answer.body
        return said

    async def read(self, who: Person, path: str, **query: Any) -> dict[str, Any]:
        answer = await self.gateway.read(path, who.credentials, **query)
        if not answer.good:
            raise NotSetUp(f"{who.name}: {path}: {problem(answer)}")
        said: dict[str, Any] = answer.body
        return said

    async def token(self, who: Person, scope: str | None = None) -> str:
        """Fetch a token, with all scopes of the role or with fewer."""
        form = {"grant_type": "client_credentials"} | ({} if scope is None else {"scope": scope})
        proof = (who.credentials.client_id, who.credentials.secret)
        answer = await self.http.post("/oauth/token", data=form, auth=proof)
        if answer.status_code != httpx.codes.OK:
            raise NotSetUp(f"{who.name}: no token: {answer.text}")
        return str(answer.json()["access_token"])


def operator_of(environment: Mapping[str, str]) -> Person:
    """Give the operator of a running house."""
    secret = Path(environment["OPERATOR_SECRET_FILE"]).read_text(encoding="ascii").strip()
    return Person(name="operator", role=Role.OPERATOR, organisation_id="", credentials=Credentials("operator", secret))


def by_name(people: Mapping[str, Person]) -> list[Person]:
    return [people[name] for name in sorted(people)]

"""Who asks the service for something: roles, organisations, the tokens it believes, and what it has heard of them."""

import re
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

import httpx
import msgspec
from joserfc import jwt
from joserfc.jwk import ECKey

from actions.consumers import LISTENERS
from common import contracts
from common.consumer import Message
from common.contracts.access import LEVEL_OF, SCOPES_OF, Role
from common.contracts.partners import (
    AccessGrantState,
    Area,
    CoordinationState,
    Coverage,
    Derogation,
    Entitlement,
    EntitlementKind,
    LegalForm,
    Municipality,
    MunicipalityKind,
    OrganisationKind,
    OrganisationState,
    TerritoryState,
    Zone,
)
from common.database import Database
from common.tokens import SYSTEM

ISSUER = "https://issuer.example.org"
KEY = ECKey.generate_key("P-256", {"kid": "k1"})
LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)
A_PROGRAM_S = re.compile(r"\b[a-z0-9]+[_.][a-z]\w*")
"""A word of the contracts' own, such as a verb's name or a state's."""

REGIONS = {"971": "01", "972": "02", "973": "03", "974": "04", "976": "06"}
"""The regions of départements overseas, each of its own; all others are in one here."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """A client: its role, its organisation, and how far it sees."""

    role: Role
    org: UUID = field(default_factory=uuid4)
    coordination_id: UUID | None = None
    codes: tuple[str, ...] = ()
    scopes: frozenset[str] | None = None

    @property
    def client_id(self) -> str:
        return str(uuid5(self.org, self.role))

    def bearer(self) -> str:
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": ["api"],
            "sub": self.client_id,
            "client_id": self.client_id,
            "iat": now,
            "exp": now + 600,
            "jti": str(uuid4()),
            "scope": " ".join(SCOPES_OF[self.role] if self.scopes is None else self.scopes),
            "role": self.role,
            "org": str(self.org),
            "ter": {"level": LEVEL_OF[self.role], "codes": list(self.codes)},
        }
        if self.coordination_id is not None:
            claims["coordination_id"] = str(self.coordination_id)
        header = {"alg": "ES256", "kid": "k1", "typ": "at+jwt"}
        return f"Bearer {jwt.encode(header, claims, KEY, algorithms=['ES256'])}"


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Everybody of one region's campaign."""

    coordinator: Person
    secretary: Person
    holder: Person
    drac: Person
    town: Person
    cinema: UUID


def a_cast(department: str = "86", town: str = "86194") -> Cast:
    """Invent a coordination of one département, with a holder, a DRAC, a town and a cinema."""
    coordination = uuid4()
    return Cast(
        coordinator=Person(role=Role.REGIONAL_COORDINATOR, coordination_id=coordination, codes=(department,)),
        secretary=Person(role=Role.COMMITTEE_SECRETARY, coordination_id=coordination, codes=(department,)),
        holder=Person(role=Role.PROJECT_HOLDER),
        drac=Person(role=Role.DRAC_ADVISER, codes=(department,)),
        town=Person(role=Role.COLLECTIVITY_SYSTEM, codes=(town,)),
        cinema=uuid4(),
    )


@dataclass(frozen=True)
class Desk:
    """The service's two doors: HTTP for people, Kafka for what others announce."""

    http: httpx.AsyncClient
    db: Database

    async def get(self, path: str, who: Person, **params: Any) -> httpx.Response:
        return in_french(await self.http.get(path, params=params, headers={"authorization": who.bearer()}))

    async def post(
        self, path: str, who: Person, body: Any = None, *, match: object = None, at: str | None = None, key: str = ""
    ) -> httpx.Response:
        """Post in somebody's name; `match` is the version seen, or an answer whose ETag it is."""
        headers = {"authorization": who.bearer(), "idempotency-key": key or str(uuid4())}
        if isinstance(match, httpx.Response):
            headers["if-match"] = match.headers["etag"]
        elif match is not None:
            headers["if-match"] = f'"v{match}"'
        if at is not None:
            headers["sandbox-date"] = at
        return in_french(await self.http.post(path, json=body, headers=headers))

    async def hear(self, aggregate: str, state: Any, *, epoch: int = 1) -> None:
        """Announce another service's state, as Kafka would."""
        topic = contracts.topic(aggregate, "state")
        message = Message(
            topic=topic,
            partition=0,
            offset=0,
            key=str(state.id),
            id=str(uuid4()),
            type=contracts.ce_type(f"{aggregate}.state"),
            source="/services/other",
            subject=str(state.id),
            time=LONG_AGO,
            version=state.version,
            epoch=epoch,
            traceparent=None,
            value=msgspec.json.encode(state),
        )
        async with self.db.transaction(SYSTEM) as tx:
            await LISTENERS[topic](tx, [message])

    async def introduce(self, cast: Cast) -> None:
        """Let the service hear of a cast: its coordination and its organisations."""
        coordination = cast.coordinator.coordination_id
        assert coordination is not None
        await self.hear(
            "coordination",
            CoordinationState(
                id=coordination,
                version=1,
                occurred_at=LONG_AGO,
                organisation_id=cast.coordinator.org,
                drac_id=cast.drac.org,
                region=REGIONS.get(cast.drac.codes[0], "75"),
                coverages=(Coverage(departments=cast.drac.codes, valid_from=date(2024, 1, 1), valid_until=None),),
                ended_on=None,
            ),
        )
        await self.hear("organisation", an_organisation(cast.holder.org, OrganisationKind.SOCIAL_CENTRE))
        await self.hear("organisation", an_organisation(cast.cinema, OrganisationKind.CINEMA))
        await self.hear("organisation", an_organisation(cast.drac.org, OrganisationKind.STATE_SERVICE))
        await self.hear("organisation", an_organisation(cast.town.org, OrganisationKind.COMMUNE))
        for who in (cast.coordinator, cast.secretary, cast.holder, cast.drac, cast.town):
            await self.hear("access_grant", a_grant(who))


def a_grant(who: Person, *, version: int = 1, **said: Any) -> AccessGrantState:
    """Tell what a client may do, as `partners` does: a coordination's have no codes of their own."""
    grant = AccessGrantState(
        id=UUID(who.client_id),
        version=version,
        occurred_at=LONG_AGO,
        role=who.role,
        organisation_id=who.org,
        coordination_id=who.coordination_id,
        codes=() if who.coordination_id else who.codes,
        revoked_at=None,
    )
    return replace(grant, **said)


def an_organisation(
    organisation_id: UUID,
    kind: OrganisationKind,
    *,
    version: int = 1,
    derogations: tuple[Derogation, ...] = (),
    closed_on: date | None = None,
    entitlements: tuple[Entitlement, ...] = (),
) -> OrganisationState:
    return OrganisationState(
        id=organisation_id,
        version=version,
        occurred_at=LONG_AGO,
        name=f"{kind} {organisation_id}",
        kind=kind,
        legal_form=LegalForm.ASSOCIATION if kind is OrganisationKind.SOCIAL_CENTRE else None,
        siren=None,
        siret=None,
        rna=None,
        municipality=None,
        department=None,
        area=None,
        roles=(),
        names=(),
        dated_roles=(),
        identifiers=(),
        closed_on=closed_on,
        derogations=derogations,
        entitlements=entitlements,
    )


def an_entitlement(
    kind: EntitlementKind, valid_from: str = "2024-01-01", valid_until: str | None = None
) -> Entitlement:
    last = None if valid_until is None else date.fromisoformat(valid_until)
    return Entitlement(kind=kind, reference="D-1", valid_from=date.fromisoformat(valid_from), valid_until=last)


def a_department(
    code: str, *municipalities: Municipality, vintage: int = 2025, version: int = 1, region: str | None = None
) -> TerritoryState:
    return TerritoryState(
        id=UUID(int=int(code, 36) * 10_000 + vintage),
        version=version,
        occurred_at=LONG_AGO,
        vintage=vintage,
        department=Area(code=code, name=code),
        region=Area(code=region or REGIONS.get(code, "75"), name=code),
        zone=Zone.METROPOLITAN,
        municipalities=municipalities,
        intermunicipalities=(),
        districts=(),
        sources=(),
    )


def a_town(code: str, **said: Any) -> Municipality:
    return Municipality(**{"code": code, "name": code, "kind": MunicipalityKind.MUNICIPALITY, **said})


def in_french(answer: httpx.Response) -> httpx.Response:
    """Hold every refusal that a test meets to its language: nobody is told `pay_line` or `open_air`."""
    if answer.headers.get("content-type") == "application/problem+json":
        said = answer.json().get("detail") or ""
        assert A_PROGRAM_S.search(said) is None, said
    return answer


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def euros(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}

"""The service as its partners find it: an operator who lets them in, tokens, and facts that it hears."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import msgspec

from common.consumer import Message
from common.contracts import ce_type, topic
from common.contracts.access import Role
from common.contracts.actions import About, ActionScheduled
from common.contracts.actions.vocabulary import ProjectStatus
from common.contracts.partners import OrganisationRole
from common.database import Database, uuid7
from common.tokens import SYSTEM
from partners.commands import fanout

ISSUER = "https://api.passeurs.example"
OPERATOR_SECRET = "the operator's own secret"


@dataclass
class Partner:
    """An API client at work: its token, and the headers that a write needs."""

    http: httpx.AsyncClient
    client_id: str
    secret: str
    org: UUID
    token: str = ""

    async def bearer(self) -> dict[str, str]:
        if not self.token:
            answer = await ask(self.http, {}, auth=(self.client_id, self.secret))
            assert answer.status_code == 200, answer.text
            self.token = answer.json()["access_token"]
        return {"authorization": f"Bearer {self.token}"}

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.http.get(path, params=params, headers=await self.bearer())

    async def post(
        self, path: str, body: Any = None, *, key: str | None = None, match: object = None
    ) -> httpx.Response:
        return await self.http.post(path, json=body, headers=await self._headers(key, match))

    async def delete(self, path: str, *, match: object, key: str | None = None) -> httpx.Response:
        return await self.http.delete(path, headers=await self._headers(key, match))

    async def _headers(self, key: str | None, match: object) -> dict[str, str]:
        headers = {**await self.bearer(), "idempotency-key": key or str(uuid4())}
        if match is not None:
            headers["if-match"] = match.headers["etag"] if isinstance(match, httpx.Response) else f'"v{match}"'
        return headers

    async def endpoint(self, url: str, *event_types: str, **more: Any) -> "Endpoint":
        """Subscribe; the endpoint is not verified yet."""
        body = {"url": url, "event_types": list(event_types) or ["*"], **more}
        answer = await self.post("/v1/webhooks/endpoints", body)
        assert answer.status_code == 201, answer.text
        return Endpoint(self, UUID(answer.json()["id"]), answer.json()["secret"])


@dataclass
class Endpoint:
    """One subscription of a partner."""

    owner: Partner
    id: UUID
    secret: str

    @property
    def path(self) -> str:
        return f"/v1/webhooks/endpoints/{self.id}"

    async def read(self) -> httpx.Response:
        return await self.owner.get(self.path)

    async def do(self, verb: str, body: Any = None) -> httpx.Response:
        """Change it from the version it has now."""
        return await self.owner.post(f"{self.path}/{verb}", body, match=await self.read())

    async def state(self) -> str:
        state: str = (await self.read()).json()["state"]
        return state

    async def deliveries(self, **params: Any) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await self.owner.get(f"{self.path}/deliveries", **params)).json()["items"]
        return items

    async def states(self) -> dict[int, str]:
        return {one["sequence"]: one["state"] for one in reversed(await self.deliveries(limit=100))}


@dataclass
class House:
    """The service, its database, and the ones who may come in."""

    http: httpx.AsyncClient
    db: Database
    administrator: asyncpg.Connection
    operator: Partner
    coordination_id: UUID
    offsets: dict[str, int] = field(default_factory=dict)

    async def organisation(self, *roles: str) -> UUID:
        organisation_id = uuid7()
        await self.administrator.execute(
            """
            INSERT INTO partners.organisation (id, version, name, findable, formerly, kind, roles, history, doc)
            VALUES ($1, 1, 'x', 'x', 'x', 'commune', $2, '{}', '{}')
            """,
            organisation_id,
            roles,
        )
        return organisation_id

    async def register(self, role: Role, **more: Any) -> httpx.Response:
        body = {"name": f"A {role}", "role": role, **more}
        if "organisation_id" not in body:
            fitting = (OrganisationRole.PROJECT_HOLDER,) if role is Role.PROJECT_HOLDER else ()
            body["organisation_id"] = str(await self.organisation(*fitting))
        return await self.operator.post("/v1/api-clients", body)

    async def partner(self, role: Role, **more: Any) -> Partner:
        answer = await self.register(role, **more)
        assert answer.status_code == 201, answer.text
        said = answer.json()
        return Partner(self.http, said["client_id"], said["client_secret"], UUID(said["organisation_id"]))

    async def collectivity(self, *codes: str) -> Partner:
        return await self.partner(Role.COLLECTIVITY_SYSTEM, codes=list(codes) or ["86194"])

    async def coordinator(self) -> Partner:
        return await self.partner(Role.REGIONAL_COORDINATOR, **await self.coordinating())

    async def coordinating(self) -> dict[str, str]:
        """Say which coordination there is, and of which organisation."""
        organisation_id = await self.administrator.fetchval(
            "SELECT organisation_id FROM partners.coordination WHERE id = $1", self.coordination_id
        )
        return {"coordination_id": str(self.coordination_id), "organisation_id": str(organisation_id)}

    async def hear(self, *messages: Message) -> int:
        """Let the fan-out hear facts, as its consumer would."""
        async with self.db.transaction(SYSTEM) as tx:
            return await fanout.hear(tx, messages)


def an_about(municipality: str = "86194", **changes: Any) -> About:
    given: dict[str, Any] = {
        "campaign_id": UUID(int=20),
        "project_id": UUID(int=21),
        "coordination_id": UUID(int=22),
        "project_state": ProjectStatus.FUNDED,
        "effective_on": date(2025, 7, 25),
        "vintage": 2025,
        "municipalities": (municipality,),
        "departments": (municipality[:2],),
        "regions": ("75",),
        "holder_id": UUID(int=23),
        "parties": (),
    }
    return About(**(given | changes))


def a_fact(
    subject: UUID | None = None, *, fact: str = ActionScheduled.TYPE, about: About | None = None, **changes: Any
) -> Message:
    """Make a record as it comes from Kafka; each has an id of its own."""
    said = {"occurred_at": datetime.now(UTC), "about": about or an_about(), "something": "else"}
    given: dict[str, Any] = {
        "topic": topic(fact.partition(".")[0], "events"),
        "partition": 0,
        "offset": 0,
        "key": str(subject or UUID(int=5)),
        "id": str(uuid7()),
        "type": ce_type(fact),
        "source": "/services/actions",
        "subject": str(subject or UUID(int=5)),
        "time": datetime.now(UTC),
        "version": 1,
        "epoch": 1,
        "traceparent": None,
        "value": msgspec.json.encode(said),
    }
    return Message(**(given | changes))


async def ask(http: httpx.AsyncClient, form: dict[str, str], **more: Any) -> httpx.Response:
    """Ask for a token."""
    return await http.post("/oauth/token", data={"grant_type": "client_credentials", **form}, **more)


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


@asynccontextmanager
async def geography(administrator: asyncpg.Connection) -> AsyncIterator[UUID]:
    """Put down two départements, a few communes, a DRAC and a coordination of one of them; give the coordination."""
    for department, communes in (("86", ("86194", "86041")), ("79", ("79191",))):
        territory_id = uuid7()
        await administrator.execute(
            """
            INSERT INTO partners.territory (id, version, vintage, department, department_name, region, region_name,
                                            zone, municipalities, doc)
            VALUES ($1, 1, 2025, $2, 'x', '75', 'x', 'metropolitan', 1, '{}')
            """,
            territory_id,
            department,
        )
        for code in communes:
            await administrator.execute(
                """
                INSERT INTO partners.municipality (vintage, code, territory_id, findable, kind, successors, districts)
                VALUES (2025, $1, $2, 'x', 'municipality', '{}', '{}')
                """,
                code,
                territory_id,
            )
    yield await _coordination(administrator)


async def _coordination(administrator: asyncpg.Connection) -> UUID:
    ids = [uuid7() for _ in range(3)]
    for organisation_id in ids[:2]:
        await administrator.execute(
            """
            INSERT INTO partners.organisation (id, version, name, findable, formerly, kind, roles, history, doc)
            VALUES ($1, 1, 'x', 'x', 'x', 'commune', '{}', '{}', '{}')
            """,
            organisation_id,
        )
    await administrator.execute(
        """
        INSERT INTO partners.coordination (id, version, organisation_id, drac_id, region, doc)
        VALUES ($3, 1, $1, $2, '75', '{}')
        """,
        *ids,
    )
    await administrator.execute(
        "INSERT INTO partners.coverage (coordination_id, department, during) VALUES ($1, '86', '[2020-01-01,)')", ids[2]
    )
    return ids[2]


def written(path: Any, text: str) -> str:
    path.write_text(text)
    return str(path)

"""A caller of the catalogue: a role, a token the service believes, and the headers a write needs."""

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey

from common.contracts.access import LEVEL_OF, SCOPES_OF, Role

ISSUER = "https://issuer.example.org"
KEY = ECKey.generate_key("P-256", {"kid": "k1"})
NATIONAL = Role.NATIONAL_COORDINATION
READER = Role.PROJECT_HOLDER


def bearer(role: Role, coordination_id: UUID | None = None) -> str:
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": ["api"],
        "sub": role,
        "client_id": role,
        "iat": now,
        "exp": now + 600,
        "jti": str(uuid4()),
        "scope": " ".join(SCOPES_OF[role]),
        "role": role,
        "org": str(UUID(int=9)),
        "ter": {"level": LEVEL_OF[role], "codes": []},
        **({} if coordination_id is None else {"coordination_id": str(coordination_id)}),
    }
    token = jwt.encode({"alg": "ES256", "kid": "k1", "typ": "at+jwt"}, claims, KEY, algorithms=["ES256"])
    return f"Bearer {token}"


@dataclass(frozen=True)
class Portal:
    """What tests ask the service through."""

    http: httpx.AsyncClient

    async def get(self, path: str, role: Any = READER, **params: Any) -> httpx.Response:
        return await self.http.get(path, params=params, headers={"authorization": bearer(role)})

    async def post(
        self,
        path: str,
        body: Any = None,
        *,
        role: Role = NATIONAL,
        key: str | None = None,
        match: object = None,
        at: str | None = None,
    ) -> httpx.Response:
        """Post a creation, or a change of the version `match` (a number, or an answer whose ETag it is)."""
        tag = match.headers["etag"] if isinstance(match, httpx.Response) else match and f'"v{match}"'
        headers = {"authorization": bearer(role), "idempotency-key": key or str(uuid4())}
        if tag is not None:
            headers["if-match"] = str(tag)
        if at is not None:
            headers["sandbox-date"] = at
        return await self.http.post(path, json=body, headers=headers)

    async def film(self, title: str | None = None, **said: Any) -> httpx.Response:
        """Register a film that no other test has."""
        answer = await self.post("/v1/films", {"title": title or f"Film {uuid4().hex}", **said})
        assert answer.status_code == 201, answer.text
        return answer


def a_visa() -> str:
    """Make a visa number that no other test has used, most probably."""
    return str(100_000 + uuid4().int % 900_000)


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")

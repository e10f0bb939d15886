"""A caller of partners: a role, an organisation and a territory, a token signed by the service's own key."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey

from common.contracts.access import LEVEL_OF, SCOPES_OF, Role

ISSUER = "https://issuer.example.org"
NOBODY = UUID(int=9)


@dataclass(frozen=True, kw_only=True)
class Asker:
    """In whose name a request is made."""

    role: Role
    codes: Sequence[str] = ()
    org: UUID = NOBODY
    without: frozenset[str] = frozenset()

    def bearer(self, key: ECKey, kid: str) -> str:
        now = int(time.time())
        level = LEVEL_OF[self.role]
        claims = {
            "iss": ISSUER,
            "aud": ["api"],
            "sub": self.role,
            "client_id": f"{self.role}-{self.org}",
            "iat": now,
            "exp": now + 600,
            "jti": str(uuid4()),
            "scope": " ".join(SCOPES_OF[self.role] - self.without),
            "role": self.role,
            "org": str(self.org),
            "ter": {"level": level, "codes": list(self.codes)},
        }
        token = jwt.encode({"alg": "ES256", "kid": kid, "typ": "at+jwt"}, claims, key, algorithms=["ES256"])
        return f"Bearer {token}"


READER = Asker(role=Role.PROJECT_HOLDER)
OPERATOR = Asker(role=Role.OPERATOR)
NATIONAL = Asker(role=Role.NATIONAL_COORDINATION)


@dataclass(frozen=True)
class Door:
    """What tests ask the service through."""

    http: httpx.AsyncClient
    key: ECKey
    kid: str

    async def get(self, path: str, asker: Asker = READER, **params: Any) -> httpx.Response:
        return await self.http.get(path, params=params, headers=self.headers(asker))

    def headers(self, asker: Asker) -> dict[str, str]:
        return {"authorization": asker.bearer(self.key, self.kid)}

    async def post(
        self, path: str, body: Any, asker: Asker, *, key: str | None = None, match: object = None
    ) -> httpx.Response:
        """Post a creation, or a change of the version `match` (a number, or an answer whose ETag it is)."""
        tag = match.headers["etag"] if isinstance(match, httpx.Response) else match and f'"v{match}"'
        headers = self.headers(asker) | {"idempotency-key": key or str(uuid4())}
        if tag is not None:
            headers["if-match"] = str(tag)
        return await self.http.post(path, json=body, headers=headers)

    async def organisation(self, name: str, asker: Asker = OPERATOR, **said: Any) -> UUID:
        """Register an organisation."""
        body = {"name": name, "kind": "cultural_association", "valid_from": "2020-01-01", **said}
        answer = await self.post("/v1/organisations", body, asker)
        assert answer.status_code == 201, answer.text
        return UUID(answer.json()["id"])

    async def drac(self, codes: Sequence[str]) -> Asker:
        """Register a DRAC and be one of its advisers."""
        org = await self.organisation(f"DRAC {uuid4().hex}", kind="state_service")
        return Asker(role=Role.DRAC_ADVISER, codes=codes, org=org)


def a_siren() -> str:
    """Make a SIREN that no other test has used, most probably; its last digit is Luhn's."""
    digits = f"9{uuid4().int % 10_000_000:07}"
    doubled = [int(digit) * (2 if n % 2 else 1) for n, digit in enumerate(digits)]
    total = sum(one - 9 if one > 9 else one for one in doubled)
    return digits + str(-total % 10)


def a_siret() -> str:
    return a_siret_of(a_siren())


def a_siret_of(siren: str) -> str:
    """Make the SIRET of a first establishment."""
    digits = siren + "0001"
    doubled = [int(digit) * (2 if n % 2 else 1) for n, digit in enumerate(reversed(digits + "0"))]
    total = sum(one - 9 if one > 9 else one for one in doubled)
    return digits + str(-total % 10)


def an_rna() -> str:
    return f"W86{uuid4().int % 10_000_000:07}"


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def rules(answer: httpx.Response) -> list[tuple[str, str | None]]:
    """List what is wrong where, by rule."""
    return [(one.get("pointer", ""), one.get("rule")) for one in answer.json().get("errors", [])]

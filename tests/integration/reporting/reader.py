"""Whoever reads figures: tokens of every role, questions, and what is behind an answer."""

import time
from typing import Any
from uuid import UUID, uuid4

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey

from common.contracts.access import LEVEL_OF, SCOPES_OF, Role

ISSUER = "https://issuer.example.org"
KEY = ECKey.generate_key("P-256", {"kid": "k1"})


def bearer(
    role: Role = Role.NATIONAL_COORDINATION,
    *,
    coordination: UUID | None = None,
    codes: tuple[str, ...] = (),
    lasts_s: int = 600,
    **changed: object,
) -> dict[str, str]:
    """Make the header of a caller whom reporting believes."""
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": ["api"],
        "sub": role,
        "client_id": role,
        "iat": now,
        "exp": now + lasts_s,
        "jti": str(uuid4()),
        "scope": " ".join(SCOPES_OF[role]),
        "role": role,
        "org": str(uuid4()),
        "ter": {"level": LEVEL_OF[role], "codes": list(codes)},
    }
    if coordination is not None:
        claims["coordination_id"] = str(coordination)
    token = jwt.encode({"alg": "ES256", "kid": "k1", "typ": "at+jwt"}, claims | changed, KEY, algorithms=["ES256"])
    return {"authorization": f"Bearer {token}"}


class Reader:
    """Asks over HTTP, as the national coordination unless told otherwise."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def ask(self, role: Role = Role.NATIONAL_COORDINATION, **asked: Any) -> httpx.Response:
        """Ask for figures; `coordination_of` is the caller's own."""
        own = asked.pop("own", None)
        return await self.client.get("/v1/figures", params=asked, headers=bearer(role, coordination=own))

    async def public(self, **asked: Any) -> httpx.Response:
        return await self.client.get("/v1/public/figures", params=asked)

    async def value(self, indicator: str, part: str = "value", **asked: Any) -> Any:
        """Ask for one indicator and give the one row of a part."""
        where = asked.pop("where", {})
        answer = await self.ask(indicator=indicator, **asked)
        assert answer.status_code == 200, answer.text
        [row] = rows(answer, part, **where)
        return row["value"]

    async def close_day(self, at: str = "2025-12-31T23:00:00+01:00") -> int:
        answer = await self.client.post(
            "/v1/sandbox/reporting/timers", headers={**bearer(Role.OPERATOR), "Sandbox-Date": at}
        )
        assert answer.status_code == 200, answer.text
        published: int = answer.json()["published"]
        return published


def rows(answer: httpx.Response, part: str, **where: str) -> list[dict[str, Any]]:
    """Pick an answer's rows of one part, at some place."""
    found = [row for figure in answer.json()["figures"] for row in figure["rows"] if row["part"] == part]
    return [row for row in found if all(row["dimensions"].get(name) == value for name, value in where.items())]


def cells(answer: httpx.Response, part: str, **where: str) -> dict[str, int | None]:
    """Give the rows of a part by the dimension of its name."""
    return {row["dimensions"][part]: row["value"] for row in rows(answer, part, **where)}

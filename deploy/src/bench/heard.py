"""What the service says to PostgreSQL for one request: every statement, heard from the service itself.

So that whatever is measured against it says the same: nothing here is copied from the code.
"""

import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import httpx
from fastapi import FastAPI

from common.database import uuid7
from partners import main
from partners.settings import Settings

KIND = "popular_education"
ORGANISATIONS = "/v1/organisations"
PAGE = f"{ORGANISATIONS}?limit=50"


class Heard(Protocol):
    """What asyncpg tells a logger of queries."""

    query: str
    args: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Statement:
    """One message: its text, and the values sent with it."""

    sql: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """The statements of one request in their order, and which of their values are new in every request."""

    statements: Sequence[Statement]
    new: Mapping[Any, str]

    @property
    def principal(self) -> str:
        """Give the setting that row security reads, as the service writes it."""
        return self.statements[0].sql.partition(" = '")[2].removesuffix("'")

    @property
    def alone(self) -> Statement:
        """Give the statement that does the work: the last one before the end of the transaction."""
        return self.statements[-2]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of one made-up establishment."""

    siren: str
    siret: str

    @classmethod
    def drawn(cls) -> "Numbers":
        siren = _checked(f"{secrets.randbelow(90_000_000) + 10_000_000}")
        return cls(siren, _checked(f"{siren}{secrets.randbelow(10_000):04}"))


def body(numbers: Numbers) -> dict[str, str]:
    """Describe an organisation as a portal would."""
    return {"name": "Ciné-club des Halles", "kind": KIND, "siret": numbers.siret, "valid_from": "2024-01-01"}


@asynccontextmanager
async def listening(environment: Mapping[str, str]) -> AsyncIterator["Ear"]:
    """Run the service within this process, on one connection, and hear what it says."""
    app = main.api(Settings.read({**environment, "POOL_MIN": "1", "POOL_MAX": "1"}))
    async with app.router.lifespan_context(app):
        yield Ear(app)


@dataclass(frozen=True, slots=True)
class Ear:
    """The service within this process."""

    app: FastAPI

    async def creation(self, bearer: Mapping[str, str]) -> tuple[Talk, str]:
        """Give what is said for a creation, and what was created."""
        await self._create(bearer)  # asyncpg asks PostgreSQL about a type when it first meets it
        return await self._create(bearer)

    async def _create(self, bearer: Mapping[str, str]) -> tuple[Talk, str]:
        key, numbers = secrets.token_hex(16), Numbers.drawn()
        headers = {**bearer, "idempotency-key": key}
        statements, answer = await self._hear("POST", ORGANISATIONS, headers, body(numbers))
        id_ = UUID(answer["id"])
        new = {id_: "id", key: "key", numbers.siret: "siret", numbers.siren: "siren"}
        return Talk(statements=statements, new=new), answer["id"]

    async def reading(self, bearer: Mapping[str, str], target: str) -> Talk:
        statements, _ = await self._hear("GET", target, bearer, None)
        return Talk(statements=statements, new={})

    async def _hear(
        self, method: str, target: str, headers: Mapping[str, str], said: Mapping[str, str] | None
    ) -> tuple[Sequence[Statement], Any]:
        heard: list[Heard] = []
        async with self.app.state.database.pool.acquire() as connection:
            connection.add_query_logger(heard.append)
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://bench") as client:
            answer = await client.request(method, target, headers=dict(headers), json=said)
        async with self.app.state.database.pool.acquire() as connection:
            connection.remove_query_logger(heard.append)
        return [Statement(one.query, tuple(one.args)) for one in heard], answer.raise_for_status().json()


def fresh(talk: Talk, statement: Statement, drawn: Mapping[str, Any]) -> list[Any]:
    """Give the values of a statement for one more request: what was new is new again."""
    return [_again(talk, value, drawn) for value in statement.values]


def drawn() -> dict[str, Any]:
    """Draw what is new in every request."""
    numbers = Numbers.drawn()
    return {"id": uuid7(), "key": secrets.token_hex(16), "siret": numbers.siret, "siren": numbers.siren}


def _again(talk: Talk, value: Any, new: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [uuid7() if isinstance(one, UUID) else one for one in value]
    return new[talk.new[value]] if isinstance(value, str | UUID) and value in talk.new else value


def _checked(digits: str) -> str:
    """Add Luhn's digit."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 - place % 2)
        total += value - 9 * (value > 9)
    return f"{digits}{-total % 10}"

"""What a refusal must be: a problem document, whole, in the language that was asked for; and nothing written."""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx

from common.problems import problem_catalogue
from docs import house as pages
from tests.conftest import House

KEPT: Mapping[str, Collection[str]] = {
    "actions": ("campaign", "project", "action", "report", "calendar_feed", "outbox", "idempotency"),
    "catalogue": ("film", "rights_offer", "copy", "film_list", "outbox", "idempotency"),
    "partners": (
        *("organisation", "coordination", "coverage", "territory", "municipality", "district"),
        *("api_client", "api_client_secret", "wh_endpoint", "wh_secret", "outbox", "idempotency"),
    ),
}
"""The tables that hold what was written through the API; those that move by themselves are not among them."""

pages.load_everything()
WORDS: dict[str, dict[str, set[str]]] = defaultdict(lambda: {"en": set(), "fr": set()})
"""What each code says, in both languages; services may say the same thing in words of their own."""
for _kind in problem_catalogue():
    WORDS[_kind.code]["en"].add(_kind.title)
    WORDS[_kind.code]["fr"].add(_kind.titre)


def trouble(
    answer: httpx.Response, status: int, codes: Collection[str], *, language: str = "fr", place: str | None = None
) -> str | None:
    """Say what is wrong with a refusal, if anything; `place` is a pointer or a parameter that it must name."""
    if answer.headers.get("content-type") != "application/problem+json":
        return f"{answer.status_code} {answer.headers.get('content-type')} {answer.text[:80]}"
    body = answer.json()
    if (answer.status_code, body["status"]) != (status, status) or body["code"] not in codes:
        return f"{answer.status_code} {body['code']}, not {status} {' or '.join(codes)}"
    named = [one.get("pointer", one.get("parameter")) for one in body.get("errors", ())]
    if place is not None and place not in named:
        return f"{body['code']} names {named}, not {place}"
    words = WORDS[body["code"]][language]
    if answer.headers.get("content-language") != language or body["title"] not in words:
        return f"{body['code']} says {body['title']!r} in {answer.headers.get('content-language')}"
    return None


@asynccontextmanager
async def nothing_written(house: House) -> AsyncIterator[None]:
    """Hold the block to leave every row as it was."""
    connection = await asyncpg.connect(house.environment["DATABASE_URL"])
    try:
        before = await _rows(connection)
        yield
        after = await _rows(connection)
    finally:
        await connection.close()
    assert {table: now for table, now in after.items() if now != before[table]} == {}


async def _rows(connection: Any) -> dict[str, tuple[int, int]]:
    """Count rows, and add up their versions."""
    found = {}
    for service, tables in KEPT.items():
        for table in tables:
            version = "version" if table not in {"coverage", "municipality", "district", *_UNVERSIONED} else "0"
            row = await connection.fetchrow(f"SELECT count(*), coalesce(sum({version}), 0) FROM {service}.{table}")
            found[f"{service}.{table}"] = (row[0], row[1])
    return found


_UNVERSIONED = {"api_client_secret", "wh_secret", "outbox", "idempotency"}

"""What the exporter is told to ask is answered, to a role that may look at statistics and at no row."""

import re
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
import yaml

from tests.architecture import source

QUERIES: dict[str, Any] = yaml.safe_load(source.text(Path("deploy/prometheus/postgres.yaml")))
MADE = re.findall(r"^(?:CREATE|GRANT).*?;", source.text(Path("docs/slo.md")), re.MULTILINE)
SERVICE = "catalogue"


@pytest.fixture(scope="module")
async def monitor(database) -> AsyncIterator[asyncpg.Connection]:
    """Make the role as docs/slo.md has it made, under a name of our own, and connect as it."""
    address, name, word = await database(SERVICE), f"monitor_{secrets.token_hex(4)}", secrets.token_hex(8)
    parts = urlsplit(address)
    administrator = await asyncpg.connect(address)
    for statement in MADE:
        ours = re.sub(r"\bmonitor\b", name, statement).replace("…", word)
        await administrator.execute(ours.replace("DATABASE postgres", f'DATABASE "{parts.path[1:]}"'))
    netloc = f"{name}:{word}@{parts.netloc.rpartition('@')[2]}"
    connection = await asyncpg.connect(urlunsplit(parts._replace(netloc=netloc)))
    yield connection
    await connection.close()
    await administrator.execute(f"DROP OWNED BY {name}; DROP ROLE {name}")
    await administrator.close()


@pytest.mark.parametrize("name", QUERIES)
async def test_each_query_answers_with_what_it_declares(monitor: asyncpg.Connection, name: str) -> None:
    rows = await monitor.fetch(QUERIES[name]["query"])
    declared = [column for metric in QUERIES[name]["metrics"] for column in metric]
    assert rows
    assert {tuple(row.keys()) for row in rows} == {tuple(declared)}


async def test_it_reads_nobodys_rows(monitor: asyncpg.Connection) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await monitor.fetch(f"SELECT id FROM {SERVICE}.film")

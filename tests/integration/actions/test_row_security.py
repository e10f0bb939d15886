"""The net under the verbs: who lacks the scope writes no row, whatever the code forgets, and nobody deletes one."""

from dataclasses import replace
from uuid import UUID

import asyncpg
import pytest

from actions.domain import access
from common.contracts.access import SCOPES_OF, Role
from common.database import Database
from common.tokens import Principal, Territory
from tests.integration.actions.journeys import submitted
from tests.integration.actions.people import Desk, a_cast

AGGREGATES = ("campaign", "project", "action")
COPIES = ("territory", "municipality", "organisation", "coordination", "film", "rights_offer")
WRITING = {scope for verb in access.VERBS.values() for scope in verb.scopes} - {"read", "operations"}


def holding(*scopes: str) -> Principal:
    return Principal(
        client_id="somebody",
        role=Role.NATIONAL_COORDINATION,
        scopes=frozenset(scopes),
        org=UUID(int=1),
        territory=Territory("national"),
    )


@pytest.mark.parametrize("scope", sorted(set().union(*SCOPES_OF.values())))
async def test_a_scope_that_a_verb_takes_may_write_and_no_other(db: Database, scope: str) -> None:
    async with db.transaction(holding("read", scope)) as tx:
        assert await tx.fetchval("SELECT may_write()") is (scope in WRITING)


@pytest.mark.parametrize("table", AGGREGATES)
async def test_a_reader_s_transaction_writes_nothing_whatever_the_code_forgets(desk: Desk, table: str) -> None:
    await submitted(desk, a_cast())
    async with desk.db.transaction(holding("read", "figures:read")) as tx:
        assert await tx.fetchval(f"SELECT count(*) FROM {table}") > 0
    for statement in (f"UPDATE {table} SET version = version + 1", f"INSERT INTO {table} SELECT * FROM {table}"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with desk.db.transaction(holding("read", "figures:read")) as tx:
                await tx.execute(statement)


@pytest.mark.parametrize("table", AGGREGATES)
async def test_no_row_is_deleted_not_even_by_its_holder(desk: Desk, table: str) -> None:
    cast = a_cast()
    await submitted(desk, cast)
    async with desk.db.transaction(replace(holding(*WRITING, "read"), org=cast.holder.org)) as tx:
        assert await tx.execute(f"DELETE FROM {table}") == "DELETE 0"


@pytest.mark.parametrize("copy", COPIES)
async def test_what_was_heard_of_others_is_written_by_consumers_alone(desk: Desk, copy: str) -> None:
    await submitted(desk, a_cast())
    async with desk.db.transaction(holding(*WRITING, "read")) as tx:
        assert await tx.execute(f"DELETE FROM known_{copy}") == "DELETE 0"
        assert await tx.execute(f"UPDATE known_{copy} SET {COPIED.get(copy, 'version = version')}") == "UPDATE 0"


COPIED = {"municipality": "name = name"}

"""The net under the verbs: who lacks the scope writes no row, whatever the code forgets, and nobody deletes one."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from actions.domain import access
from common.contracts.access import SCOPES_OF, Role
from common.contracts.catalogue import CopyState, FilmState, RightsOfferState
from common.contracts.partners import CoordinationState, OrganisationState, TerritoryState
from common.database import Database
from common.tokens import Principal, Territory
from docs import examples
from tests.integration.actions.journeys import submitted
from tests.integration.actions.people import Desk, a_cast

AGGREGATES = ("campaign", "project", "action")
COPIED = (TerritoryState, OrganisationState, CoordinationState, FilmState, RightsOfferState, CopyState)
COLUMNS = "SELECT array_agg(column_name::text) FROM information_schema.columns WHERE table_name = $1"
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
        assert await tx.fetchval(f"SELECT count(*) FROM {table}") > 0
        assert await tx.execute(f"DELETE FROM {table}") == "DELETE 0"


async def test_a_campaign_is_written_under_the_scope_for_campaigns_alone(desk: Desk) -> None:
    await submitted(desk, a_cast())
    for scopes, refused in (((WRITING - {"campaigns:write"}), True), ({"campaigns:write"}, False)):
        try:
            async with desk.db.transaction(holding("read", *scopes)) as tx:
                assert await tx.execute("UPDATE campaign SET title = title") != "UPDATE 0"
        except asyncpg.InsufficientPrivilegeError:
            assert refused
        else:
            assert not refused


@pytest.mark.parametrize("state", COPIED)
async def test_what_was_heard_of_others_is_written_by_consumers_alone(desk: Desk, state: Any) -> None:
    heard = replace(examples.full(state), id=uuid4(), **({"vintage": 1998} if state is TerritoryState else {}))
    await desk.hear(state.AGGREGATE, heard)
    for table in ("territory", "municipality") if state is TerritoryState else (state.AGGREGATE,):
        async with desk.db.transaction(holding(*WRITING, "read")) as tx:
            columns = await tx.fetchval(COLUMNS, f"known_{table}")
            assert await tx.fetchval(f"SELECT count(*) FROM known_{table}") > 0
            assert await tx.execute(f"DELETE FROM known_{table}") == "DELETE 0"
            assert await tx.execute(f"UPDATE known_{table} SET {columns[0]} = {columns[0]}") == "UPDATE 0"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with desk.db.transaction(holding(*WRITING, "read")) as tx:
                await tx.execute(f"INSERT INTO known_{table} SELECT * FROM known_{table}")

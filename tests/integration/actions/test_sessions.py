"""The sessions' own table says what the actions say, and is written by nobody who does not write them."""

from dataclasses import replace
from uuid import UUID

import asyncpg
import msgspec
import pytest

from actions.domain.action import SHOWN_MAX
from common.contracts.actions import Session
from common.database import Database
from common.tokens import SYSTEM, Territory
from tests.integration.actions.journeys import MARCH, act, an_action
from tests.integration.actions.people import Desk, a_cast, problem
from tests.integration.actions.screenings import a_film, a_session, begun, indoors, outdoors, planned, running
from tests.integration.actions.test_copies import a_copy, shown_from
from tests.integration.actions.test_row_security import holding

TABLES = ("session", "verdict", "paid_year", "lent_copy", "lending", "to_judge")
SEEN = frozenset({"session", "verdict", "lending"})
"""What a reader sees with its action; the others it does not even see."""

COLUMNS = """
SELECT string_agg(column_name, ', ') FROM information_schema.columns
 WHERE table_name = $1 AND is_identity = 'NO'
"""


async def kept(db: Database, action_id: str) -> dict[UUID, tuple[object, ...]]:
    async with db.transaction(SYSTEM) as tx:
        rows = await tx.fetch(
            "SELECT id, state, held_on, starts_at, municipality, film_ids FROM session WHERE action_id = $1",
            UUID(action_id),
        )
    return {row["id"]: tuple(row)[1:] for row in rows}


def said(action: dict[str, object]) -> dict[UUID, tuple[object, ...]]:
    sessions = msgspec.convert(action["sessions"], type=list[Session])
    return {
        one.id: (one.state, one.held_on, one.starts_at, "86194", [item.film_id for item in one.programme])
        for one in sessions
    }


async def test_a_session_is_found_as_its_action_says_it_is(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    action, *_ = await running(desk, cast, film, actions=[outdoors(), an_action()])
    for day in ("2025-07-18", "2025-07-19"):
        action = await planned(desk, action, cast.holder, a_session(film.id, day))
    assert await kept(desk.db, action.json()["id"]) == said(action.json())
    first = action.json()["sessions"][0]["id"]
    action = await act(desk, action, f"sessions/{first}/cancel", cast.holder, {"cause": "public"}, at=MARCH)
    assert await kept(desk.db, action.json()["id"]) == said(action.json())
    action = await act(desk, action, "cancel", cast.holder, {"cause": "public"}, at=MARCH)
    found = await kept(desk.db, action.json()["id"])
    assert found == said(action.json())
    assert {state for state, *_ in found.values()} == {"cancelled"}


async def test_a_day_that_moves_and_comes_back_leaves_the_same_obligations(desk: Desk) -> None:
    cast = a_cast()
    action, *_ = await running(desk, cast, actions=[an_action()])
    session = {"held_on": "2025-04-22", "starts_at": "14:00", "responsible": "médiatrice"}
    action = await act(desk, action, "sessions", cast.holder, session, at=MARCH)
    action = await act(desk, action, "schedule", cast.holder, {}, at=MARCH)
    path = f"/v1/actions/{action.json()['id']}/obligations"
    before = await desk.get(path, cast.holder)
    for day in ("2025-05-06", "2025-04-22"):
        action = await act(desk, action, "postpone", cast.holder, {"cause": "weather"}, at=MARCH)
        days = {"days": [{"session_id": action.json()["sessions"][0]["id"], "held_on": day}]}
        action = await act(desk, action, "reschedule", cast.holder, days, at=MARCH)
    assert (await desk.get(path, cast.holder)).json() == before.json()


@pytest.mark.parametrize("table", TABLES)
async def test_a_reader_writes_no_row_of_film_law_and_a_writer_does(desk: Desk, table: str) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    price = {"amount": "3.00", "currency": "EUR"}
    copy = a_copy(film)
    await desk.hear("copy", copy)
    action, *_ = await begun(desk, cast, film, actions=[indoors(price=price)])
    await planned(desk, action, cast.holder, shown_from(copy))
    async with desk.db.transaction(SYSTEM) as tx:
        columns = await tx.fetchval(COLUMNS, table)
    again = f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} ON CONFLICT DO NOTHING"
    reader = replace(holding("read", "figures:read"), org=cast.holder.org, territory=Territory("organisation"))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with desk.db.transaction(reader) as tx:
            await tx.execute(again if table in SEEN else f"INSERT INTO {table} DEFAULT VALUES")
    async with desk.db.transaction(replace(reader, scopes=frozenset({"read", "actions:write"}))) as tx:
        assert (await tx.execute(again)).startswith("INSERT")


async def test_a_verdict_is_written_once(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    action, *_ = await begun(desk, cast, film, actions=[outdoors()])
    await planned(desk, action, cast.holder, a_session(film.id, "2025-07-18"))
    async with desk.db.transaction(holding("read", "actions:write")) as tx:
        assert await tx.execute("UPDATE verdict SET outcome = 'refused'") == "UPDATE 0"
        assert await tx.execute("DELETE FROM verdict") == "DELETE 0"


async def test_an_action_is_full_before_its_record_is_too_large(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    action, *_ = await begun(desk, cast, film, actions=[indoors()])
    shorts = [{"film_id": str(film.id)}] * (SHOWN_MAX - 1)
    action = await planned(desk, action, cast.holder, a_session(film.id, "2025-05-02", programme=shorts))
    action = await planned(desk, action, cast.holder, a_session(film.id, "2025-05-30"))
    path, more = f"/v1/actions/{action.json()['id']}", a_session(film.id, "2025-06-06")
    refused = await desk.post(f"{path}/sessions", cast.holder, more, match=action, at=MARCH)
    assert problem(refused) == (409, "too-many-sessions")
    assert refused.json()["detail"].startswith("101 avec celle-ci")
    assert problem(await desk.post(f"{path}/check", cast.holder, {"session": more}, at=MARCH)) == problem(refused)

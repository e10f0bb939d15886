"""The live stream: announcements as they happen, resumable, quiet ones kept alive, ended with their token."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from common.contracts.access import Role
from common.contracts.actions import Dimension
from common.database import Database
from common.tokens import SYSTEM
from reporting.commands import announcing
from reporting.store import announcements
from tests.integration.reporting.reader import bearer
from tests.integration.reporting.records import hear
from tests.states import action, any_breakdowns, campaign, project, report, reported
from tests.waiting import until

WAITS_FOR_A_LOCK = "SELECT count(*) >= 3 FROM pg_locks WHERE NOT granted AND relation = 'reporting.figure'::regclass"


@dataclass
class Event:
    """One server-sent event."""

    name: str
    id: int | None
    data: Any


async def events(answer: httpx.Response) -> AsyncGenerator[Event, None]:
    """Read a stream's events; a sign of life is an event named `heartbeat`."""
    name, id_, data = "", None, None
    async for line in answer.aiter_lines():
        if line.startswith(": "):
            name = line[2:]
        elif line.startswith("event: "):
            name = line[7:]
        elif line.startswith("id: "):
            id_ = int(line[4:])
        elif line.startswith("data: "):
            data = json.loads(line[6:])
        elif not line:
            yield Event(name, id_, data)
            name, id_, data = "", None, None


@asynccontextmanager
async def listening(reader, path="/v1/stream", *, headers=None, **asked):
    headers = bearer(Role.DASHBOARD) if headers is None else headers
    async with (
        reader.client.stream("GET", path, params=asked, headers=headers, timeout=20) as answer,
        aclosing(events(answer)) as found,
    ):
        yield answer, found


async def announce(db: Database) -> int:
    async with db.transaction(SYSTEM) as tx:
        return await announcing.announce(tx, cells_max=1000)


async def until_event(found: AsyncGenerator[Event, None], condition: Callable[[Event], Any]) -> list[Event]:
    """Read until an event meets a condition; give all that were read, that one last."""
    read = []
    async with asyncio.timeout(20):
        async for event in found:
            read.append(event)
            if condition(event):
                return read
    raise AssertionError("the stream ended")


def says(quantity: str) -> Callable[[Event], Any]:
    return lambda event: event.data and event.data["quantity"] == quantity


def is_of(campaign_id: UUID) -> Callable[[Event], Any]:
    return lambda event: event.data and event.data["campaign_id"] == str(campaign_id)


async def test_a_change_is_heard_on_the_stream(db, reader):
    held = action(uuid4(), campaign_id=uuid4())
    async with listening(reader) as (answer, found):
        assert answer.headers["content-type"].startswith("text/event-stream")
        first = await anext(found)
        await hear(db, held)
        assert await announce(db) > 0
        event = (await until_event(found, says("spectators")))[-1]
    assert (event.name, event.data["amount"], event.data["campaign_id"]) == (
        "figure.changed",
        214,
        str(held.campaign_id),
    )
    assert event.id is not None
    assert first.id is not None
    assert event.id > first.id


async def test_a_cell_is_announced_once_however_often_it_changed_meanwhile(db):
    held = action(uuid4(), campaign_id=uuid4())
    await announce(db)
    for version in range(1, 6):
        await hear(db, replace(held, version=version, sessions=(replace(held.sessions[0], attendance=version),)))
    async with db.transaction(SYSTEM) as tx:
        waiting = await tx.fetchval("SELECT count(DISTINCT cell) FROM changed_cell")
    assert await announce(db) == waiting
    assert await announce(db) == 0


async def test_breakdowns_are_announced_as_published_and_never_before(db, reader):
    call = campaign(uuid4(), year=2089)
    async with listening(reader) as (_, found):
        await anext(found)
        for _ in range(2):
            held = action(uuid4(), campaign_id=call.id, campaign_year=2089)
            said = reported(held, any_breakdowns({Dimension.AGE_BAND: (1, 20, 30, 40, 50, 60)}))
            await hear(db, call, held, report(uuid4(), [said], campaign_id=call.id, campaign_year=2089))
        await announce(db)
        heard = await until_event(found, says("spectators"))
        assert heard[-1].data["amount"] == 428
        assert {one.data["quantity"] for one in heard if one.data}.isdisjoint({"age_band", "gender", "method"})
        await reader.close_day()
        hidden = (await until_event(found, lambda one: one.data and one.data["hidden"]))[-1]
    assert (hidden.data["amount"], hidden.data["campaign_year"]) == (None, 2089)
    assert hidden.data["closed_at"] is not None


async def test_a_stream_resumes_behind_the_last_event_it_had(db, reader):
    one, other = action(uuid4(), campaign_id=uuid4()), action(uuid4(), campaign_id=uuid4())
    await hear(db, one)
    await announce(db)
    async with listening(reader, after=0) as (_, found):
        seen = (await until_event(found, is_of(one.campaign_id)))[-1]
    await hear(db, other)
    await announce(db)
    headers = {**bearer(Role.DASHBOARD), "Last-Event-ID": str(seen.id)}
    async with listening(reader, headers=headers) as (_, found):
        missed = await until_event(found, is_of(other.campaign_id))
    assert seen.id is not None
    assert all(event.id is None or event.id >= seen.id for event in missed)


async def last_revision(db: Database) -> int:
    async with db.transaction(SYSTEM) as tx:
        return await announcements.last_revision(tx)


async def test_a_stream_that_has_had_more_than_there_is_begins_anew(db, reader):
    """A restored database has lost the last revisions, and gives their numbers again."""
    held = action(uuid4(), campaign_id=uuid4())
    await hear(db, held)
    await announce(db)
    headers = {**bearer(Role.DASHBOARD), "Last-Event-ID": str(await last_revision(db) + 1000)}
    async with listening(reader, headers=headers) as (_, found):
        assert (await anext(found)).id == 0
        await until_event(found, is_of(held.campaign_id))


async def test_a_stream_that_was_open_meanwhile_begins_anew_too(address, db, reader):
    """Nothing tells a process that its database was restored but what it finds there."""
    kept, lost, later = (action(uuid4(), campaign_id=uuid4()) for _ in range(3))
    await hear(db, kept)
    await announce(db)
    revision = await last_revision(db)
    async with listening(reader) as (_, found):
        await anext(found)
        await hear(db, lost)
        await announce(db)
        await until_event(found, is_of(lost.campaign_id))
        await restore(address, revision)
        await until_event(found, is_of(kept.campaign_id))
        await hear(db, later)
        await announce(db)
        again = (await until_event(found, is_of(later.campaign_id)))[-1]
    assert again.id is not None
    assert again.id > revision


async def restore(address: str, revision: int) -> None:
    """Have the announcements be as they were at a revision."""
    administrator = await asyncpg.connect(address)
    async with administrator.transaction():
        await administrator.execute("DELETE FROM reporting.figure WHERE revision > $1", revision)
        await administrator.execute("SELECT setval('reporting.figure_revision', $1)", revision)
    await administrator.close()


async def test_a_quiet_stream_gives_signs_of_life(reader):
    async with listening(reader) as (_, found):
        await until_event(found, lambda event: event.name == "heartbeat")


async def test_a_stream_ends_with_its_token(reader):
    async with listening(reader, headers=bearer(Role.DASHBOARD, lasts_s=1)) as (_, found), asyncio.timeout(10):
        names = [event.name async for event in found]
    assert names[-1] == "end"


async def test_the_public_may_follow_too(db, reader):
    async with listening(reader, "/v1/public/stream", headers={}) as (answer, found):
        assert answer.status_code == 200
        await anext(found)
        await hear(db, project(uuid4(), campaign_id=uuid4()))
        await announce(db)
        event = (await until_event(found, says("granted")))[-1]
    assert event.data["amount"] is None
    assert event.data["money"]["currency"] == "EUR"


@asynccontextmanager
async def full(reader, path: str, headers: dict[str, str], seats: int):
    """Take every seat; those of streams that have just ended come free within a moment."""
    enough, seated = asyncio.Event(), []

    async def sit() -> None:
        while not enough.is_set():
            async with listening(reader, path, headers=headers) as (answer, found):
                if answer.status_code == 200:
                    await anext(found)
                    seated.append(answer)
                    await enough.wait()

    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        for _ in range(seats):
            group.create_task(sit())
        await until(lambda: len(seated) == seats)
        yield
        enough.set()


async def asked(reader, path: str, headers: dict[str, str]) -> int:
    async with listening(reader, path, headers=headers) as (answer, _):
        return int(answer.status_code)


async def test_one_stream_too_many_is_refused(reader):
    async with (
        full(reader, "/v1/stream", bearer(Role.DASHBOARD), seats=4),
        listening(reader) as (answer, _),
    ):
        await answer.aread()
        assert (answer.status_code, answer.json()["code"]) == (503, "too-many-streams")
        assert await asked(reader, "/v1/public/stream", {}) == 200


async def test_the_public_takes_no_seat_of_those_who_have_a_token(reader):
    async with full(reader, "/v1/public/stream", {}, seats=8):
        assert await asked(reader, "/v1/public/stream", {}) == 503
        assert await asked(reader, "/v1/stream", bearer(Role.DASHBOARD)) == 200


async def test_the_public_reads_the_table_over_two_connections_and_no_more(address, reader):
    """Of four that the pool has here; one is for all who listen."""
    administrator = await asyncpg.connect(address)
    async with administrator.transaction(), AsyncExitStack() as streams:
        await administrator.execute("LOCK TABLE reporting.figure IN ACCESS EXCLUSIVE MODE")
        for _ in range(8):
            await streams.enter_async_context(listening(reader, "/v1/public/stream", headers={}))
        await until(lambda: administrator.fetchval(WAITS_FOR_A_LOCK), within_s=5)
        assert (await reader.ask(indicator="I05")).status_code == 200
    await administrator.close()


@pytest.mark.parametrize("role", [Role.OPERATOR])
async def test_who_reads_no_figures_follows_none(reader, role):
    refused = await reader.client.get("/v1/stream", headers=bearer(role))
    assert refused.status_code == 403

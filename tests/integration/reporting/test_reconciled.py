"""What comparing came to, as everybody may read it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY

from common.contracts.access import Role
from common.database import Database, uuid7
from common.tokens import SYSTEM
from reporting import jobs
from reporting.consumers import GROUP, TRACING
from reporting.domain.reconciliation import INTERNAL, Difference, Outcome
from reporting.store import outcomes as store
from tests.integration.reporting.reader import Reader, bearer
from tests.integration.reporting.records import hear
from tests.states import action
from tests.waiting import until

NOW = datetime(2025, 7, 26, 10, tzinfo=UTC)


def outcome(scope: str = "actions", *, minutes: int = 0, differing: int = 0) -> Outcome:
    at = NOW + timedelta(minutes=minutes)
    return Outcome(
        id=uuid7(int(at.timestamp() * 1000)),
        scope=scope,
        at=at,
        checkpoint_at=None if scope == INTERNAL else at,
        position="1.x",
        compared=1024,
        equal=1024 - differing,
        moved=0,
        parked=0,
        differing=differing,
        told=differing,
        repaired=0,
        differences=tuple(Difference(kind="project", name=f"bucket {n}") for n in range(differing)),
    )


@pytest.fixture
async def record(db):
    async with db.transaction(SYSTEM) as tx:
        await tx.execute("DELETE FROM reconciliation")

    async def recorded(*outcomes: Outcome) -> None:
        async with db.transaction(SYSTEM) as tx:
            for one in outcomes:
                await store.record(tx, one, kept_days=90)

    return recorded


async def fresh(db: Database, **ago_s: int) -> None:
    """Have read, in the figures' group, all that was published until some seconds ago."""
    async with db.transaction(SYSTEM) as tx:
        await tx.executemany(
            "INSERT INTO consumer_freshness (grp, service, as_of) VALUES ($1, $2, $3)",
            [(GROUP.name, service, datetime.now(UTC) - timedelta(seconds=s)) for service, s in ago_s.items()],
        )


async def test_the_last_of_each_scope_is_shown_to_everybody(reader, record, db):
    assert (await reader.client.get("/v1/public/reconciliation")).json()["behind_s"] is None
    await fresh(db, actions=30, partners=90)
    await record(outcome(differing=2), outcome("partners"), outcome(INTERNAL), outcome(minutes=1))
    answer = await reader.client.get("/v1/public/reconciliation")
    said = answer.json()
    assert [one["scope"] for one in said["owners"]] == ["actions", "partners"]
    assert [one["differing"] for one in said["owners"]] == [0, 0]
    assert said["internal"]["compared"] == 1024
    assert said["not_counted"] == {"records": 0, "keys": 0}
    assert 90 <= said["behind_s"] < 120, "as old as the older of the two heartbeats"
    same = await reader.client.get("/v1/reconciliation", headers=bearer(Role.DASHBOARD))
    assert {**same.json(), "behind_s": 0} == {**said, "behind_s": 0}


async def test_only_states_of_the_figures_group_are_what_is_counted_and_what_is_not(reader, db):
    """Its heartbeats are newer, and the tracer has set a fact aside: neither is a figure."""
    state, fact = "passeurs.actions.action.state.v1", "passeurs.actions.action.events.v1"
    places = [(GROUP.name, state, NOW), (GROUP.name, "passeurs.platform.heartbeat.v1", NOW + timedelta(minutes=1))]
    async with db.transaction(SYSTEM) as tx:
        await tx.executemany(
            "INSERT INTO consumer_offset (grp, topic, part, next_offset, recorded_at) VALUES ($1, $2, 0, 1, $3)",
            [*places, (TRACING.name, fact, NOW + timedelta(minutes=2))],
        )
        await tx.execute("INSERT INTO parked_key (grp, topic, key) VALUES ($1, $2, 'k')", TRACING.name, fact)
    said = (await reader.client.get("/v1/public/reconciliation")).json()
    assert datetime.fromisoformat(said["as_of"]) == NOW
    assert said["not_counted"] == {"records": 0, "keys": 0}


async def test_past_outcomes_come_page_by_page_the_newest_first(reader, record):
    await record(*(outcome(minutes=n, differing=n % 2) for n in range(7)), outcome("partners", minutes=9))
    path, found = "/v1/reconciliation/outcomes?scope=actions&limit=3", []
    while path:
        answer = await reader.client.get(path, headers=bearer())
        assert answer.status_code == 200, answer.text
        found += [item["at"] for item in answer.json()["items"]]
        path = answer.links.get("next", {}).get("url")
    assert found == sorted(found, reverse=True)
    assert len(found) == 7


async def test_outcomes_of_long_ago_are_forgotten(reader, record):
    await record(outcome(minutes=-60 * 24 * 91), outcome())
    answer = await reader.client.get("/v1/reconciliation/outcomes", headers=bearer())
    assert len(answer.json()["items"]) == 1


@pytest.mark.usefixtures("record")
async def test_an_operator_has_the_figures_checked_at_once(reader, db):
    """The request only asks; the worker's next look makes the comparison and mends, in real time."""
    await hear(db, action(uuid4(), campaign_id=uuid4()))
    async with comparing(db):
        await until(lambda: measured("cell") is not None)
        async with db.transaction(SYSTEM) as tx:
            await tx.execute("UPDATE cell SET amount = amount + 1 WHERE quantity = 'spectators'")
        refused = await reader.client.post("/v1/reconciliation/check", headers=bearer())
        assert refused.status_code == 403
        past = {**bearer(Role.OPERATOR), "Sandbox-Date": "2031-01-01T00:00:00+01:00"}
        asked = await reader.client.post("/v1/reconciliation/check", headers=past)
        assert asked.status_code == 202, asked.text
        assert abs(datetime.fromisoformat(asked.json()["at"]) - datetime.now(UTC)) < timedelta(minutes=1)
        found = await differing(reader, asked.headers["location"])
    assert {one["kind"] for one in found["differences"]} == {"cell"}
    assert found["at"] >= asked.json()["at"]
    async with db.transaction(SYSTEM) as tx:
        assert await tx.fetchval("SELECT count(*) FROM check_asked") == 0


async def differing(reader: Reader, where: str) -> dict[str, Any]:
    """Wait for an outcome that found something."""
    found: list[dict[str, Any]] = []

    async def look() -> bool:
        items = (await reader.client.get(where, headers=bearer())).json()["items"]
        found[:] = [one for one in items if one["differing"]]
        return bool(found)

    await until(look)
    return found[0]


@asynccontextmanager
async def comparing(db: Database) -> AsyncIterator[None]:
    """Have a worker that compares every hour, and looks ten times a second for what is asked."""
    pace = jobs.Pace(every_s=3600, poll_s=0.1, passed_over_max=3, kept_days=9_999)
    job = asyncio.create_task(jobs.reconcile(db, pace=pace, clock=lambda: datetime.now(UTC), new_id=uuid7))
    try:
        yield
    finally:
        job.cancel()
        await asyncio.wait([job])


def measured(kind: str, scope: str = INTERNAL) -> float | None:
    return REGISTRY.get_sample_value("reconciliation_differences", {"scope": scope, "kind": kind})


async def test_every_worker_measures_what_any_of_them_found(db, record):
    """The comparison was another worker's: this one shows it all the same, and what came after it."""
    async with comparing(db):
        await record(outcome("partners"))
        await until(lambda: measured("territory", "partners") == 0)
        await record(replace(outcome("partners", minutes=1), differences=(Difference(kind="territory", name="b"),)))
        await until(lambda: measured("territory", "partners") == 1)
        await record(outcome("partners", minutes=2))
        await until(lambda: measured("territory", "partners") == 0)


async def test_what_is_compared_is_measured(db):
    def clock() -> datetime:
        return NOW

    pace = jobs.Pace(every_s=1, poll_s=1, passed_over_max=3, kept_days=90)
    found = await jobs.check(db, pace=pace, clock=clock, new_id=uuid7)
    assert found is not None
    assert REGISTRY.get_sample_value("reconciliation_compared_at_seconds", {"scope": INTERNAL}) == NOW.timestamp()
    assert measured("cell") == 0

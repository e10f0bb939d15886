"""What comparing came to, as everybody may read it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from prometheus_client import REGISTRY

from common.contracts.access import Role
from common.database import Database, uuid7
from common.tokens import SYSTEM
from reporting import jobs
from reporting.consumers import GROUP
from reporting.domain.reconciliation import INTERNAL, Difference, Outcome
from reporting.store import outcomes as store
from tests.integration.reporting.reader import bearer
from tests.integration.reporting.records import hear
from tests.states import action

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


async def test_an_operator_has_the_figures_checked_at_once(reader, db):
    await hear(db, action(uuid4(), campaign_id=uuid4()))
    async with db.transaction(SYSTEM) as tx:
        await tx.execute("UPDATE cell SET amount = amount + 1 WHERE quantity = 'spectators'")
    refused = await reader.client.post("/v1/reconciliation/check", headers=bearer())
    assert refused.status_code == 403
    first = await reader.client.post("/v1/reconciliation/check", headers=bearer(Role.OPERATOR))
    assert first.status_code == 200, first.text
    assert {one["kind"] for one in first.json()["differences"]} == {"cell"}
    again = await reader.client.post("/v1/reconciliation/check", headers=bearer(Role.OPERATOR))
    assert (again.json()["differing"], UUID(again.json()["id"]).version) == (0, 7)


async def test_what_is_compared_is_measured(db):
    def clock() -> datetime:
        return NOW

    pace = jobs.Pace(every_s=1, poll_s=1, passed_over_max=3, kept_days=90)
    found = await jobs.check(db, pace=pace, clock=clock, new_id=uuid7)
    assert found is not None
    scope = {"scope": INTERNAL}
    assert REGISTRY.get_sample_value("reconciliation_compared_at_seconds", scope) == NOW.timestamp()
    assert REGISTRY.get_sample_value("reconciliation_differences", {**scope, "kind": "cell"}) == 0

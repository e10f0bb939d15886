"""What the day's close publishes, and what stays behind the database's own doors (R37)."""

import asyncio
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from common.contracts.access import Role
from common.contracts.actions import Dimension
from common.database import TROUBLE
from common.tokens import SYSTEM, Principal, Territory
from reporting import jobs
from reporting.api.public import PUBLIC
from reporting.commands.closing import ClosedMeanwhile, Standings
from reporting.domain.publication import Publication, PublishedCell, Standing, Table, publications_of
from reporting.domain.small_cells import Path, Rows
from reporting.store import publications
from tests.integration.reporting.reader import bearer, cells, rows
from tests.integration.reporting.records import hear
from tests.states import COORDINATION, action, any_breakdowns, campaign, report, reported

LATER, MUCH_LATER = datetime(2093, 6, 3, 12, tzinfo=UTC), datetime(2095, 6, 3, 12, tzinfo=UTC)
BIG, BIGGER = (10, 20, 30, 40, 50, 60), (20, 30, 40, 50, 60, 70)


class Season:
    """A campaign whose screenings are reported one by one, each by its own report."""

    def __init__(self, db, **given) -> None:
        self.db = db
        self.call = campaign(uuid4(), **given)
        self.where = {"campaign": str(self.call.id)}
        self.versions: dict[UUID, int] = {}

    async def report(self, name: UUID, ages) -> None:
        self.versions[name] = self.versions.get(name, 0) + 1
        held = action(name, campaign_id=self.call.id, campaign_year=self.call.year)
        said = reported(held, any_breakdowns({Dimension.AGE_BAND: ages}))
        await hear(
            self.db,
            self.call,
            report(
                self.report_of(name),
                [said],
                self.versions[name],
                campaign_id=self.call.id,
                campaign_year=self.call.year,
            ),
        )

    @staticmethod
    def report_of(name: UUID) -> UUID:
        return UUID(int=name.int ^ 1)


@pytest.fixture
def season(db):
    return Season(db)


async def public_ages(reader, **asked):
    answer = await reader.public(indicator="I09", audience="spectators", **asked)
    assert answer.status_code == 200, answer.text
    return list(cells(answer, "age_band").values())


async def test_one_action_alone_is_not_published(reader, season):
    await season.report(uuid4(), BIG)
    await reader.close_day()
    assert set(await public_ages(reader, **season.where)) == {None}


async def test_two_actions_are_and_then_the_next_one_waits_for_another(reader, season):
    first, second, third = uuid4(), uuid4(), uuid4()
    await season.report(first, BIG)
    await season.report(second, BIGGER)
    assert set(await public_ages(reader, **season.where)) == {None}
    assert await reader.close_day("2025-09-01T23:00:00+02:00") == 1
    published = await public_ages(reader, **season.where)
    assert sorted(published) == [30, 50, 70, 90, 110, 130]
    await season.report(third, BIG)
    await reader.close_day("2025-09-02T23:00:00+02:00")
    assert await public_ages(reader, **season.where) == published
    await season.report(first, BIGGER)
    await reader.close_day("2025-09-03T23:00:00+02:00")
    assert sorted(await public_ages(reader, **season.where)) == [50, 80, 110, 140, 170, 200]
    row = rows(await reader.public(indicator="I09", audience="spectators", **season.where), "total")[0]
    assert (row["value"], row["closed_at"]) == (750, "2025-09-03T21:00:00Z")


@pytest.mark.parametrize("at", ["2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00Z"])
async def test_a_sandbox_closes_the_national_day_too(reader, at):
    headers = {**bearer(Role.OPERATOR), "Sandbox-Date": at}
    answer = await reader.client.post("/v1/sandbox/reporting/timers", headers=headers)
    assert answer.json()["day"] == "2026-01-01"


async def test_one_action_changed_twice_is_still_one(reader, season):
    first, second = uuid4(), uuid4()
    await season.report(first, BIG)
    await season.report(second, BIG)
    await reader.close_day()
    published = await public_ages(reader, **season.where)
    await season.report(first, BIGGER)
    await season.report(first, (90, 90, 90, 90, 90, 90))
    await reader.close_day()
    assert await public_ages(reader, **season.where) == published


async def test_totals_do_not_wait(reader, season):
    held = action(uuid4(), campaign_id=season.call.id)
    await hear(season.db, held)
    answer = await reader.public(indicator="I05", **season.where)
    assert rows(answer, "value")[0]["value"] == 214


async def test_who_waits_for_a_report_is_told_that_the_breakdown_does_not_include_it_yet(reader, season):
    first, second = uuid4(), uuid4()
    await season.report(first, BIG)
    including = f"report:{season.report_of(first)}@1"
    refused = await reader.ask(Role.DASHBOARD, indicator="I09", including=including, wait=0, **season.where)
    assert (refused.status_code, refused.json()["code"]) == (503, "not-yet-included")
    totals = await reader.ask(Role.DASHBOARD, indicator="I05", including=including, wait=0, **season.where)
    assert totals.status_code == 200
    exactly = await reader.ask(indicator="I09", including=including, wait=0, **season.where)
    assert exactly.status_code == 200
    await season.report(second, BIG)
    await reader.close_day()
    now = await reader.ask(Role.DASHBOARD, indicator="I09", including=including, wait=0, **season.where)
    assert now.status_code == 200


async def test_a_region_is_the_sum_of_what_is_published_of_its_campaigns(reader, db):
    year, region = 2087, "94"
    published, waiting = Season(db, year=year, region=region), Season(db, year=year, region=region)
    await published.report(uuid4(), BIG)
    await published.report(uuid4(), BIG)
    await waiting.report(uuid4(), BIGGER)
    await reader.close_day()
    assert sorted(await public_ages(reader, campaign_year=year, region=region)) == [20, 40, 60, 80, 100, 120]
    assert sorted(await public_ages(reader, campaign_year=year)) == [20, 40, 60, 80, 100, 120]
    grouped = await reader.public(indicator="I09", audience="spectators", campaign_year=year, group_by="region")
    assert {row["dimensions"]["region"] for row in rows(grouped, "total")} == {region}
    assert rows(grouped, "total")[0]["value"] == 420


async def test_a_campaign_not_heard_of_waits(reader, db):
    unknown = uuid4()
    for _ in range(2):
        said = reported(action(uuid4(), campaign_id=unknown), any_breakdowns({Dimension.AGE_BAND: BIG}))
        await hear(db, report(uuid4(), [said], campaign_id=unknown))
    await reader.close_day()
    assert set(await public_ages(reader, campaign=str(unknown))) == {None}
    await hear(db, campaign(unknown))
    await reader.close_day()
    assert sorted(await public_ages(reader, campaign=str(unknown))) == [20, 40, 60, 80, 100, 120]


async def test_small_cells_are_hidden_at_every_level_that_is_published(reader, db):
    season = Season(db, year=2088, region="93")
    await season.report(uuid4(), (1, 20, 30, 40, 50, 60))
    await season.report(uuid4(), (2, 20, 30, 40, 50, 60))
    await reader.close_day()
    for where in ({"campaign": str(season.call.id)}, {"campaign_year": 2088, "region": "93"}, {"campaign_year": 2088}):
        ages = await public_ages(reader, **where)
        assert ages.count(None) == 2
        assert all(age is None or age not in range(1, 5) for age in ages)


async def test_a_tree_of_twenty_thousand_is_published_again_within_a_statement_s_time(db):
    """Where each row looked through all the others it took three times as long as it may."""
    table = Table(breakdown="age_band", audience="spectators", campaign_year=2199)
    paths: list[Path] = [("93", str(uuid4())) for _ in range(2_000)]
    seven = PublishedCell(count=7, hidden=False, shown=7)
    said = {(path, category): seven for path in paths for category in "abcdefghij"}
    async with db.transaction(SYSTEM) as tx:
        await publications.publish(tx, table, said, frozenset(paths), LATER)
    async with db.transaction(SYSTEM) as tx:
        await publications.publish(tx, table, said, frozenset(paths[:1]), MUCH_LATER)
    async with db.transaction(SYSTEM) as tx:
        rows = await tx.fetch(
            "SELECT closed_at, count(*) AS cells FROM published_cell WHERE campaign_year = 2199 GROUP BY closed_at"
        )
    assert {row["closed_at"]: row["cells"] for row in rows} == {LATER: 19_990, MUCH_LATER: 10}


# ------------------------------------------------------------------------------------- the net under the code


def principal(role: Role, coordination: UUID | None = None) -> Principal:
    return Principal(
        client_id=role,
        role=role,
        scopes=frozenset({"read"}),
        org=uuid4(),
        coordination_id=coordination,
        territory=Territory("national" if role is Role.NATIONAL_COORDINATION else "departments", frozenset({"33"})),
    )


async def rows_seen(db, who: Principal, campaign_id: UUID) -> dict[str, int]:
    async with db.transaction(who) as tx:
        return {
            "breakdown": await tx.fetchval(
                "SELECT count(*) FROM cell WHERE campaign_id = $1 AND quantity = 'age_band'", campaign_id
            ),
            "total": await tx.fetchval(
                "SELECT count(*) FROM cell WHERE campaign_id = $1 AND quantity = 'spectators'", campaign_id
            ),
            "contribution": await tx.fetchval("SELECT count(*) FROM contribution WHERE campaign_id = $1", campaign_id),
            "hidden": await tx.fetchval("SELECT count(*) FROM published_count"),
        }


async def test_the_database_itself_shows_breakdowns_to_those_only(reader, db, season):
    await season.report(uuid4(), BIG)
    await season.report(uuid4(), BIG)
    await hear(db, action(uuid4(), campaign_id=season.call.id))
    await reader.close_day()
    everything = await rows_seen(db, SYSTEM, season.call.id)
    assert all(everything.values())
    nothing = {"breakdown": 0, "contribution": 0, "hidden": 0}
    for who in (PUBLIC, principal(Role.DASHBOARD), principal(Role.REGIONAL_COORDINATOR, uuid4())):
        assert await rows_seen(db, who, season.call.id) == everything | nothing
    for who in (principal(Role.NATIONAL_COORDINATION), principal(Role.REGIONAL_COORDINATOR, COORDINATION)):
        assert await rows_seen(db, who, season.call.id) == everything | {"hidden": 0}


async def test_nobody_sees_anything_unnamed_and_readers_write_nothing(db, season):
    await season.report(uuid4(), BIG)
    async with db.pool.acquire() as connection:
        for table in ("cell", "contribution", "record", "published_cell", "published_count", "unpublished", "figure"):
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0
    async with db.transaction(principal(Role.NATIONAL_COORDINATION)) as tx:
        assert await tx.execute("UPDATE cell SET amount = 0") == "UPDATE 0"
        assert await tx.execute("DELETE FROM contribution") == "DELETE 0"


# ---------------------------------------------------------------------------------------------- the clock's door


async def here(standings: Standings) -> Mapping[Table, Publication]:
    return publications_of(standings)


async def test_a_day_is_closed_once_and_only_when_it_is_over(db):
    """A national day ends at midnight in Paris."""
    still_the_third = datetime(2091, 6, 3, 21, 59, tzinfo=UTC)
    the_fourth = datetime(2091, 6, 3, 22, 1, tzinfo=UTC)
    assert str(await jobs.close_yesterday(db, at=still_the_third, compute=here)) == "2091-06-02"
    assert await jobs.close_yesterday(db, at=still_the_third, compute=here) is None
    assert str(await jobs.close_yesterday(db, at=the_fourth, compute=here)) == "2091-06-03"
    assert await jobs.close_yesterday(db, at=still_the_third, compute=here) is None


async def test_what_is_counted_while_a_day_is_closed_waits_for_the_next_close(db, reader, season):
    """Nothing is held meanwhile; what is struck is what was read, whatever came with a lower or a higher number."""
    first, second, late = uuid4(), uuid4(), uuid4()
    await season.report(first, BIG)
    await season.report(second, BIG)

    async def meanwhile(standings: Standings) -> Mapping[Table, Publication]:
        await season.report(late, BIGGER)
        return await here(standings)

    assert await jobs.close_yesterday(db, at=LATER, compute=meanwhile)
    assert sorted(await public_ages(reader, **season.where)) == [20, 40, 60, 80, 100, 120]
    async with db.transaction(SYSTEM) as tx:
        waiting = await tx.fetch(
            "SELECT DISTINCT action_id FROM unpublished WHERE campaign_id = $1 AND audience = 'spectators'",
            season.call.id,
        )
    assert [row["action_id"] for row in waiting] == [late]
    await season.report(first, BIGGER)
    assert await jobs.close_yesterday(db, at=LATER + timedelta(days=1), compute=here)
    assert sorted(await public_ages(reader, **season.where)) == [50, 80, 110, 140, 170, 200]


async def test_of_two_that_close_at_once_one_finds_that_its_reading_is_no_longer_true(db, season):
    await season.report(uuid4(), BIG)
    await season.report(uuid4(), BIG)

    async def overtaken(standings: Standings) -> Mapping[Table, Publication]:
        assert await jobs.close_yesterday(db, at=MUCH_LATER, compute=here)
        return await here(standings)

    with pytest.raises(ClosedMeanwhile):
        await jobs.close_yesterday(db, at=MUCH_LATER, compute=overtaken)
    assert await jobs.close_yesterday(db, at=MUCH_LATER, compute=here) is None


async def test_what_a_close_finds_is_found_beside_everything_else():
    """A year of the country takes seconds: they are another process's."""
    leaves: Rows = {(str(n % 13), str(n)): dict.fromkeys("abcdef", 3 + n % 7) for n in range(300)}
    standings = {
        Table(breakdown="age_band", audience="spectators", campaign_year=2025): Standing(before={}, now=leaves)
    }
    finding, looks = asyncio.create_task(jobs.elsewhere(standings)), 0
    while not finding.done():
        await asyncio.wait([finding], timeout=0.05)
        looks += 1
    assert await finding == publications_of(standings)
    assert looks > 2


class Fatal(dict[Table, Standing]):
    """Standings at whose sight a process is gone, as one that the kernel kills for its memory."""

    def __reduce__(self):
        return os._exit, (9,)


async def test_a_close_whose_process_is_killed_is_tried_again_and_takes_nothing_with_it():
    """The worker counts, announces and publishes beside it: it goes on after trouble, and ends at anything else."""
    table = Table(breakdown="age_band", audience="spectators", campaign_year=2025)
    with pytest.raises(TROUBLE, match="terminated abruptly"):
        await jobs.elsewhere(Fatal({table: Standing(before={}, now={})}))

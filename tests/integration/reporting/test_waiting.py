"""An answer includes what its asker waits for, says up to where it has heard, and refuses what it cannot say."""

import asyncio
from time import monotonic
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY

from common.contracts.access import Role
from common.tokens import SYSTEM
from reporting.api.waiting import POLL_S
from tests.integration.reporting.reader import bearer, rows
from tests.integration.reporting.records import hear
from tests.positions import offsets
from tests.states import action, project
from tests.waiting import until

SEATS = 4
"""As many as may wait in these tests."""


async def test_what_is_not_counted_yet_is_refused_at_once_or_after_a_while(reader):
    including = f"project:{uuid4()}@3"
    began = monotonic()
    at_once = await reader.ask(indicator="I05", including=including, wait=0)
    assert monotonic() - began < 0.5
    later = await reader.ask(indicator="I05", including=including, wait=0.2)
    assert monotonic() - began >= 0.2
    for refused in (at_once, later):
        assert (refused.status_code, refused.json()["code"]) == (503, "not-yet-included")
        assert refused.headers["retry-after"] == "1"


async def test_an_answer_waits_for_what_is_on_its_way(db, reader):
    held = action(uuid4(), 4, campaign_id=uuid4())
    where = {"indicator": "I05", "campaign": str(held.campaign_id)}
    asking = asyncio.create_task(reader.ask(including=f"action:{held.id}@4", **where))
    assert not (await asyncio.wait([asking], timeout=0.05))[0]
    await hear(db, held)
    answer = await asking
    assert rows(answer, "value")[0]["value"] == 214


async def test_a_later_version_includes_an_earlier_one_and_not_the_other_way(db, reader):
    held = action(uuid4(), 4)
    await hear(db, held)
    assert (await reader.ask(indicator="I05", including=f"action:{held.id}@3", wait=0)).status_code == 200
    assert (await reader.ask(indicator="I05", including=f"action:{held.id}@5", wait=0)).status_code == 503


async def test_several_records_are_waited_for_together(db, reader):
    held, funded = action(uuid4(), 2), project(uuid4(), 7)
    await hear(db, held)
    both = f"action:{held.id}@2,project:{funded.id}@7"
    assert (await reader.ask(indicator="I05", including=both, wait=0)).status_code == 503
    await hear(db, funded)
    assert (await reader.ask(indicator="I05", including=both, wait=0)).status_code == 200
    apart = await reader.ask(indicator="I05", including=both.split(","), wait=0)
    assert apart.status_code == 200


async def test_the_public_is_answered_at_once(reader):
    """It may come from anywhere, in any number: whoever has no token holds no place by waiting."""
    began = monotonic()
    refused = await reader.public(indicator="I05", including=f"project:{uuid4()}@1", wait=1)
    assert (refused.status_code, refused.json()["code"]) == (503, "not-yet-included")
    assert monotonic() - began < 0.5


async def test_one_look_at_the_table_is_for_all_that_wait(reader):
    """A question takes a connection when it comes and when it goes, however long it waits; who finds no seat goes."""
    before = REGISTRY.get_sample_value("database_pool_wait_seconds_count") or 0
    began = monotonic()
    asking = [reader.ask(indicator="I05", including=f"project:{uuid4()}@1", wait=1) for _ in range(SEATS)]
    waiting = [asyncio.create_task(one) for one in asking]
    await until(lambda: asked_since(before) > SEATS + 10)
    late = await reader.ask(indicator="I05", including=f"project:{uuid4()}@1", wait=1)
    assert monotonic() - began < 0.9, "no seat is free"
    for refused in (late, *await asyncio.gather(*waiting)):
        assert (refused.status_code, refused.json()["code"]) == (503, "not-yet-included")
    looks = (monotonic() - began) / POLL_S
    assert asked_since(before) <= looks + SEATS + 2


def asked_since(before: float) -> float:
    return (REGISTRY.get_sample_value("database_pool_wait_seconds_count") or 0) - before


async def test_an_answer_says_up_to_where_it_has_heard(db, reader):
    async with db.transaction(SYSTEM) as tx:
        await tx.execute(
            """
            INSERT INTO consumer_offset (grp, topic, part, next_offset, recorded_at)
            VALUES ('reporting.figures', 'passeurs.actions.action.state.v1', 3, 42, '2025-07-26T09:00:00Z'),
                   ('reporting.figures', 'passeurs.partners.territory.state.v1', 3, 7, '2025-07-27T09:00:00Z')
            """
        )
    said = (await reader.ask(indicator="I05")).json()
    assert offsets(said["position"]) == {"passeurs.actions.action.state.v1/3": 42}
    assert said["as_of"] == "2025-07-26T09:00:00Z"
    assert said["not_counted"] == 0


async def test_without_an_indicator_all_that_are_defined_along_the_axes_answer(reader):
    everything = (await reader.ask()).json()["figures"]
    assert [figure["indicator"] for figure in everything] == [
        *("I01", "I03", "I05", "I09", "I10", "I11", "I12", "I13", "I17", "I18", "I19", "I20", "I21")
    ]
    by_month = (await reader.ask(group_by="month")).json()["figures"]
    assert "I17" not in [figure["indicator"] for figure in by_month]
    assert all(figure["definition"]["version"] == 1 for figure in everything)


@pytest.mark.parametrize(
    ("asked", "code", "parameter"),
    [
        ({"indicator": "I17", "group_by": "month"}, "dimension-not-defined", "month"),
        ({"indicator": "I18", "year": "2025"}, "dimension-not-defined", "year"),
        ({"indicator": "I05", "group_by": "funder"}, "dimension-not-defined", "funder"),
        ({"indicator": "I05", "group_by": "school"}, "dimension-not-defined", "group_by"),
        ({"indicator": "I99"}, "value-refused", "indicator"),
        ({"indicator": "I05", "month": "July"}, "value-refused", "month"),
        ({"indicator": "I05", "including": "film:1@1"}, "value-refused", "including"),
        ({"indicator": "I05", "schol": "yes"}, "unknown-filter", "schol"),
        ({"indicator": "I05", "wait": "5"}, "malformed", "wait"),
    ],
    ids=lambda value: "-".join(map(str, value.values())) if isinstance(value, dict) else None,
)
async def test_what_cannot_be_answered_is_refused_by_name(reader, asked, code, parameter):
    refused = await reader.ask(**asked)
    assert (refused.status_code, refused.json()["code"]) == (400, code)
    assert [error["parameter"] for error in refused.json()["errors"]] == [parameter]


async def test_published_breakdowns_have_fewer_axes(reader):
    by_department = {"indicator": "I09", "group_by": "department"}
    assert (await reader.ask(**by_department)).status_code == 200
    refused = await reader.ask(Role.DASHBOARD, **by_department)
    assert (refused.status_code, refused.json()["code"]) == (400, "dimension-not-defined")
    totals = await reader.ask(Role.DASHBOARD, indicator="I12", group_by="department")
    assert totals.status_code == 200


async def test_nobody_asks_without_a_token_but_the_public(reader):
    assert (await reader.client.get("/v1/figures")).status_code == 401
    assert (await reader.client.get("/v1/figures/I05/actions")).status_code == 401
    assert (await reader.client.get("/v1/stream")).status_code == 401
    assert (await reader.public()).status_code == 200
    operator = await reader.client.get("/v1/figures", headers=bearer(Role.OPERATOR))
    assert (operator.status_code, operator.json()["code"]) == (403, "scope-missing")


async def test_the_dashboard_page_runs_nothing_from_elsewhere(reader):
    page = await reader.client.get("/dashboard")
    assert page.status_code == 200
    assert "http://" not in page.text
    assert "https://" not in page.text
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy


async def test_what_is_behind_no_indicator_is_nowhere(reader):
    absent = await reader.client.get("/v1/figures/I99/actions", headers=bearer())
    assert (absent.status_code, absent.json()["code"]) == (404, "no-such-indicator")

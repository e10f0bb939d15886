"""What time alone decides: all that is due is moved, whatever stands before it and does not move."""

from collections.abc import Sequence
from datetime import UTC, datetime

import httpx
import pytest
from structlog.testing import capture_logs

from actions.jobs import timers
from actions.store.projects import lock_project
from common.database import TROUBLE
from common.tokens import SYSTEM
from tests.integration.actions import journeys
from tests.integration.actions.journeys import JANUARY, MARCH, act, actions_of, an_action, funded, scheduled
from tests.integration.actions.people import Cast, Desk, a_cast


async def states(desk: Desk, cast: Cast, project: httpx.Response) -> list[str]:
    return [action.json()["state"] for action in await actions_of(desk, cast, project)]


async def file_states(desk: Desk, casts: Sequence[Cast]) -> list[str]:
    return [(await desk.get("/v1/projects", cast.holder)).json()["items"][0]["state"] for cast in casts]


async def test_t13_an_action_that_cannot_start_keeps_no_other_waiting(desk: Desk) -> None:
    cast = a_cast()
    project = await funded(desk, cast, actions=[an_action() for _ in range(4)])
    halved, later, *due = await actions_of(desk, cast, project)
    halved = await scheduled(desk, cast, halved, "2025-04-22", "2025-04-23")
    given_up = halved.json()["sessions"][0]["id"]
    await act(desk, halved, f"sessions/{given_up}/cancel", cast.holder, {"cause": "artist"}, at=MARCH)
    await scheduled(desk, cast, later, "2025-05-22", "2025-05-23")
    for one in due:
        await scheduled(desk, cast, one, "2025-04-22", "2025-04-24")
    at = datetime(2025, 4, 23, 12, tzinfo=UTC)
    moved = await timers.move_due(desk.db, at=at, page_max=1)
    assert moved.started_actions == len(due)
    assert await states(desk, cast, project) == ["scheduled", "scheduled", "in_progress", "in_progress"]
    assert (await timers.move_due(desk.db, at=at, page_max=1)).started_actions == 0


async def test_t17_an_extended_campaign_keeps_no_other_waiting(desk: Desk) -> None:
    extended, ended = a_cast(), a_cast()
    projects = [await funded(desk, extended, rules={"extension_days": 60}), await funded(desk, ended)]
    for cast, project in zip((extended, ended), projects, strict=True):
        (action,) = await actions_of(desk, cast, project)
        action = await scheduled(desk, cast, action, "2025-12-05")
        await act(desk, action, "postpone", cast.holder, {"cause": "weather"}, at="2025-12-05T09:00:00+01:00")
    with capture_logs() as said:
        moved = await timers.move_due(desk.db, at=datetime(2026, 1, 1, 12, tzinfo=UTC), page_max=1)
    assert moved.lapsed_actions == 1
    (refused,) = (line for line in said if line["event"] == "timers.refused" and line["verb"] == "action.lapse")
    assert refused["codes"] == {"campaign-still-runs": 1}
    assert await states(desk, extended, projects[0]) == ["postponed"]
    assert await states(desk, ended, projects[1]) == ["cancelled"]
    assert (await desk.get(f"/v1/projects/{projects[1].json()['id']}", ended.holder)).json()["state"] == "cancelled"


async def test_t17_what_was_held_is_counted_though_the_campaign_ended_on_the_rest(desk: Desk) -> None:
    cast = a_cast()
    project = await funded(desk, cast)
    (action,) = await actions_of(desk, cast, project)
    action = await scheduled(desk, cast, action, "2025-12-05", "2025-12-06")
    first, second = (one["id"] for one in action.json()["sessions"])
    evening, body = "2025-12-05T18:00:00+01:00", {"total": 9, "method": "counted"}
    action = await act(desk, action, f"sessions/{first}/attendance", cast.holder, body, at=evening)
    put_off = {"cause": "weather", "session_ids": [second]}
    action = await act(desk, action, "postpone", cast.holder, put_off, at=evening)
    moved = await timers.move_due(desk.db, at=datetime(2026, 1, 1, 12, tzinfo=UTC), page_max=1)
    assert moved.lapsed_actions == 1
    action = await desk.get(f"/v1/actions/{action.json()['id']}", cast.holder)
    assert action.json()["state"] == "scheduled"
    assert [(one["state"], one["cause"]) for one in action.json()["sessions"]] == [
        ("held", None),
        ("cancelled", "campaign_ended"),
    ]
    held = await act(desk, action, "hold", cast.holder, {"participants_distinct": 9}, at="2026-01-02T10:00:00+01:00")
    assert (held.json()["state"], held.json()["attendance"]) == ("held", 9)


async def test_t6_a_file_that_has_time_keeps_no_other_waiting(desk: Desk) -> None:
    casts = [a_cast() for _ in range(3)]
    for cast, due in zip(casts, ("2025-02-28", "2025-02-07", "2025-02-07"), strict=True):
        project = await journeys.submitted(desk, cast)
        missing = {"pieces": ["RIB"], "due_on": due}
        await journeys.go(desk, project, "return", cast.coordinator, missing, at=JANUARY)
    moved = await timers.move_due(desk.db, at=datetime(2025, 2, 8, 12, tzinfo=UTC), page_max=1)
    assert moved.lapsed_files == 2
    assert await file_states(desk, casts) == ["incomplete", "ineligible", "ineligible"]


async def test_a_row_that_somebody_holds_keeps_no_other_waiting_and_no_other_timer(desk: Desk) -> None:
    casts, files = [a_cast() for _ in range(2)], []
    for cast in casts:
        project = await journeys.submitted(desk, cast)
        missing = {"pieces": ["RIB"], "due_on": "2025-02-07"}
        files.append(await journeys.go(desk, project, "return", cast.coordinator, missing, at=JANUARY))
    begun = a_cast()
    project = await funded(desk, begun)
    (action,) = await actions_of(desk, begun, project)
    await scheduled(desk, begun, action, "2025-04-22", "2025-04-24")
    at = datetime(2025, 4, 23, 12, tzinfo=UTC)
    async with desk.db.transaction(SYSTEM) as tx:
        await lock_project(tx, files[0].json()["id"])
        with pytest.raises(TROUBLE), capture_logs() as said:
            await timers.move_due(desk.db, at=at, page_max=1)
    held_up = [(line["verb"], line["id"]) for line in said if line["event"] == "timers.held_up"]
    assert held_up == [("project.lapse", files[0].json()["id"])]
    assert await file_states(desk, casts) == ["incomplete", "ineligible"]
    assert await states(desk, begun, project) == ["in_progress"]
    await timers.move_due(desk.db, at=at, page_max=1)
    assert await file_states(desk, casts) == ["ineligible", "ineligible"]

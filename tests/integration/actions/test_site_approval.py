"""The authority of a closed circuit, through the HTTP door: whose approval counts, and for which days."""

from typing import Any

import httpx

from common.contracts.access import Role
from tests.integration.actions.journeys import MARCH, act, actions_of, funded
from tests.integration.actions.people import Cast, Desk, Person, a_cast
from tests.integration.actions.screenings import by_rule
from tests.integration.actions.test_closed_circuits import DAYS, announced, inside_a_prison
from tests.integration.actions.test_risks import replayed, risks, settled

YES = {"approved": True, "decided_on": "2025-03-20"}
REFUSED = (409, "site-not-approved", "T12")
LATER = "2025-06-02"


def an_authority() -> Person:
    return Person(role=Role.CLOSED_SITE_AUTHORITY)


async def with_session(desk: Desk, cast: Cast, action: httpx.Response, day: str) -> httpx.Response:
    session = {"held_on": day, "starts_at": "14:00", "responsible": "médiatrice"}
    return await act(desk, action, "sessions", cast.holder, session, at=MARCH)


async def approved(desk: Desk, cast: Cast, authority: Person, **said: Any) -> httpx.Response:
    """Plan two sessions inside a prison, and have them approved."""
    project = await funded(desk, cast, actions=[{**inside_a_prison(authority), **said}])
    (action,) = await actions_of(desk, cast, project)
    for day in DAYS:
        action = await with_session(desk, cast, action, day)
    return await act(desk, action, "site-approval", authority, YES, at=MARCH)


async def tried(desk: Desk, cast: Cast, action: httpx.Response) -> httpx.Response:
    return await desk.post(f"/v1/actions/{action.json()['id']}/schedule", cast.holder, {}, match=action, at=MARCH)


async def unsettled(desk: Desk, cast: Cast, action: httpx.Response) -> list[str]:
    """List the due days of approvals that are not there."""
    answer = await desk.get(f"/v1/actions/{action.json()['id']}/obligations", cast.holder)
    found = answer.json()["items"]
    return [one["due_on"] for one in found if one["kind"] == "site_approval" and not one["settled"]]


async def test_t12_another_authority_is_asked_anew(desk: Desk) -> None:
    cast, first, second = a_cast(), an_authority(), an_authority()
    action = await approved(desk, cast, first)
    action = await act(desk, action, "change", cast.holder, inside_a_prison(second), at=MARCH)
    assert action.json()["site_approval"] is None
    assert by_rule(await tried(desk, cast, action)) == REFUSED
    action = await act(desk, action, "site-approval", second, YES, at=MARCH)
    assert (await tried(desk, cast, action)).status_code == 200


async def test_t12_a_session_planned_after_the_approval_is_approved_too(desk: Desk) -> None:
    cast, authority = a_cast(), an_authority()
    action = await with_session(desk, cast, await approved(desk, cast, authority), LATER)
    assert by_rule(await tried(desk, cast, action)) == REFUSED
    assert await unsettled(desk, cast, action) == ["2025-05-03"]
    action = await act(desk, action, "site-approval", authority, YES, at=MARCH)
    assert action.json()["site_approval"]["dates"] == [*DAYS, LATER]
    assert (await tried(desk, cast, action)).status_code == 200


async def test_t12_a_closed_circuit_is_approved_wherever_it_takes_place(desk: Desk) -> None:
    cast, authority = a_cast(), an_authority()
    project = await funded(desk, cast, actions=[{**inside_a_prison(authority), "setting": "indoors"}])
    (action,) = await actions_of(desk, cast, project)
    action = await with_session(desk, cast, action, DAYS[0])
    assert by_rule(await tried(desk, cast, action)) == REFUSED
    action = await act(desk, action, "site-approval", authority, YES, at=MARCH)
    assert (await tried(desk, cast, action)).status_code == 200


async def test_t15_another_day_inside_is_approved_before_and_takes_no_other_away(desk: Desk) -> None:
    cast, authority = a_cast(), an_authority()
    action = await approved(desk, cast, authority)
    action = await act(desk, action, "schedule", cast.holder, at=MARCH)
    first = action.json()["sessions"][0]["id"]
    body = {"cause": "authority", "session_ids": [first]}
    action = await act(desk, action, "postpone", cast.holder, body, at=MARCH)
    days = {"days": [{"session_id": first, "held_on": LATER}]}
    path = f"/v1/actions/{action.json()['id']}/reschedule"
    assert by_rule(await desk.post(path, cast.holder, days, match=action, at=MARCH)) == REFUSED
    action = await act(desk, action, "site-approval", authority, {**YES, "dates": [LATER]}, at=MARCH)
    assert action.json()["site_approval"]["dates"] == [*DAYS, LATER]
    assert (await act(desk, action, "reschedule", cast.holder, days, at=MARCH)).json()["state"] == "scheduled"


async def test_t12_a_verdict_on_what_is_there_no_more_replays_as_any_other(desk: Desk) -> None:
    cast, authority = a_cast(), an_authority()
    action = await announced(desk, cast, authority)
    no = {"approved": False, "decided_on": "2025-03-20"}
    action = await act(desk, action, "site-approval", authority, no, at=MARCH)
    await settled(desk)
    assert await risks(desk, action, cast.holder) == ["T12", "T12"]
    verdicts = await replayed(desk, action, cast.holder)
    lacking = [one["inputs"] for one in verdicts if (one["verb"], one["rule"]) == ("action.flag", "T12")]
    assert lacking == [{"on": day, "lacks": "the closed site's approval", "there_on": []} for day in DAYS]

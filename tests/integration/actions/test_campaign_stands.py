"""How a whole campaign stands by the law: asked at once, and the same as its actions one by one."""

from typing import Any

import httpx

from actions.domain.refusals import NoSuchCampaign
from tests.integration.actions.journeys import an_action
from tests.integration.actions.people import Cast, Desk, Person, a_cast
from tests.integration.actions.screenings import a_film, a_session, asked, indoors, planned, running
from tests.integration.actions.test_retractions import hear, message


async def stands(desk: Desk, who: Person, action: httpx.Response, **said: Any) -> list[dict[str, Any]]:
    """Walk the pages of a campaign's standing."""
    path = f"/v1/campaigns/{action.json()['campaign_id']}/verdicts"
    found: list[dict[str, Any]] = []
    while True:
        answer = await desk.get(path, who, **said)
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        if answer.json()["next"] is None:
            return found
        said["after"] = answer.json()["next"]


async def three(desk: Desk, cast: Cast, *films: Any) -> list[httpx.Response]:
    """Fund three actions, and plan a session of the two screenings."""
    some = [indoors(title="Une"), indoors(title="Deux"), an_action()]
    one, two, three = await running(desk, cast, *films, actions=some)
    one = await planned(desk, one, cast.holder, a_session(films[0].id, "2025-07-18"))
    two = await planned(desk, two, cast.holder, a_session(films[-1].id, "2025-07-18", starts_at="20:45"))
    return [one, two, three]


async def test_a_campaign_is_told_what_each_of_its_actions_is_told(desk: Desk) -> None:
    cast, film, other = a_cast(), a_film(visa="2023-01-01"), a_film(visa="2023-01-01")
    actions = await three(desk, cast, film, other)
    found = {one["action_id"]: one for one in await stands(desk, cast.coordinator, actions[0])}
    assert found.keys() == {action.json()["id"] for action in actions[:2]}
    for action in actions[:2]:
        alone = await asked(desk, action, cast.holder)
        stood = found[action.json()["id"]]
        assert stood["verdicts"] == [one for one in alone["verdicts"] if one["outcome"] != "allowed"]
        assert (stood["lawful"], stood["sessions"], stood["waits_for"]) == (alone["lawful"], 1, None)
        assert {one["rule"] for one in stood["verdicts"]} >= {"R52", "R53"}


async def test_a_campaign_is_walked_page_by_page(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    actions = await three(desk, cast, film)
    whole = await stands(desk, cast.coordinator, actions[0])
    assert await stands(desk, cast.coordinator, actions[0], limit=1) == whole


async def test_what_has_not_been_heard_of_keeps_nothing_else_from_being_judged(desk: Desk) -> None:
    cast, film, gone = a_cast(), a_film(visa="2023-01-01"), a_film(visa="2023-01-01")
    one, two, _ = await three(desk, cast, film, gone)
    await hear(desk.db, message("film", str(gone.id), 2, None))
    found = {one["action_id"]: one for one in await stands(desk, cast.coordinator, one)}
    assert found[one.json()["id"]]["lawful"] is False
    assert (found[two.json()["id"]]["lawful"], found[two.json()["id"]]["waits_for"]) == (None, f"film {gone.id}")


async def test_a_stranger_is_told_of_no_action_and_nobody_of_a_campaign_that_is_none(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    actions = await three(desk, cast, film)
    assert await stands(desk, a_cast().holder, actions[0]) == []
    answer = await desk.get(f"/v1/campaigns/{actions[0].json()['id']}/verdicts", cast.coordinator)
    assert (answer.status_code, answer.json()["code"]) == (404, NoSuchCampaign.code)

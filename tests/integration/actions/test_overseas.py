"""Days and hours overseas, through the HTTP door: they are those of the place, whoever's campaign it is."""

import httpx
import pytest

from tests.integration.actions.journeys import MARCH, act, actions_of, an_action, funded, opened, scheduled
from tests.integration.actions.people import Cast, Desk, a_cast, a_department, a_town, problem

REUNION = "97411"


async def a_workshop(desk: Desk, cast: Cast, **said: str) -> httpx.Response:
    """Announce a workshop of 7 May at 14:00 in Saint-Denis de La Réunion; nobody names a zone."""
    await desk.hear("territory", a_department("974", a_town(REUNION)))
    there = [an_action(places=[{"label": "Médiathèque", "municipality": REUNION}])]
    (action,) = await actions_of(desk, cast, await funded(desk, cast, actions=there, **said))
    return await scheduled(desk, cast, action, "2025-05-07")


async def counted(desk: Desk, cast: Cast, action: httpx.Response, at: str) -> tuple[int, str]:
    path = f"/v1/actions/{action.json()['id']}/sessions/{action.json()['sessions'][0]['id']}/attendance"
    return problem(await desk.post(path, cast.holder, {"total": 9, "method": "counted"}, match=action, at=at))


@pytest.mark.parametrize(
    ("department", "main", "campaign"),
    [("974", REUNION, "Indian/Reunion"), ("86", "86194", "Europe/Paris")],
    ids=["of La Réunion", "of Poitiers"],
)
async def test_a_session_begins_by_the_clock_of_its_place_in_whose_campaign_ever(
    desk: Desk, department: str, main: str, campaign: str
) -> None:
    cast = a_cast(department, main)
    action = await a_workshop(desk, cast, main_municipality=main)
    call = await desk.get(f"/v1/campaigns/{action.json()['campaign_id']}", cast.coordinator)
    assert (call.json()["zone"], action.json()["sessions"][0]["zone"]) == (campaign, "Indian/Reunion")
    assert await counted(desk, cast, action, "2025-05-07T11:59:59+02:00") == (409, "not-yet")
    assert await counted(desk, cast, action, "2025-05-07T12:00:00+02:00") == (200, "")


async def test_a_session_that_moves_is_held_by_the_clock_of_its_place(desk: Desk) -> None:
    cast = a_cast()
    action = await a_workshop(desk, cast)
    action = await act(desk, action, "postpone", cast.holder, {"cause": "weather"}, at=MARCH)
    days = {"days": [{"session_id": action.json()["sessions"][0]["id"], "held_on": "2025-05-14"}]}
    action = await act(desk, action, "reschedule", cast.holder, days, at=MARCH)
    assert action.json()["sessions"][0]["zone"] == "Indian/Reunion"


@pytest.mark.parametrize(
    ("department", "said", "zone"),
    [
        ("971", {}, "America/Guadeloupe"),
        ("973", {}, "America/Cayenne"),
        ("976", {}, "Indian/Mayotte"),
        ("86", {}, "Europe/Paris"),
        ("86", {"zone": "America/Martinique"}, "America/Martinique"),
    ],
)
async def test_a_campaign_is_called_by_the_clock_of_its_region_unless_it_says_another(
    desk: Desk, department: str, said: dict[str, str], zone: str
) -> None:
    cast = a_cast(department)
    campaign = await desk.get(f"/v1/campaigns/{await opened(desk, cast, **said)}", cast.coordinator)
    assert campaign.json()["zone"] == zone

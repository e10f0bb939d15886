"""Days and hours overseas, through the HTTP door: they are those of the place, whoever's campaign it is."""

from typing import Any

import httpx
import pytest

from common.contracts.catalogue import Classification, FilmState
from common.contracts.partners import EntitlementKind
from tests.integration.actions import screenings
from tests.integration.actions.journeys import MARCH, act, actions_of, an_action, funded, opened, scheduled
from tests.integration.actions.people import Cast, Desk, a_cast, a_department, a_town, problem
from tests.integration.actions.screenings import (
    a_film,
    a_session,
    asked,
    begun,
    by_rule,
    habilitated,
    indoors,
    outdoors,
    planned,
    running,
)
from tests.integration.actions.test_film_law import OK, TOO_EARLY, book, paid
from tests.integration.actions.test_open_air_law import authorised
from tests.integration.actions.test_risks import a_temporary_visa

REUNION = "97411"
TOWNS = {"971": "97105", "974": REUNION}
EVENING, NIGHT = "23:59", "00:00"
"""In Guadeloupe the evening is the next day's morning in Paris; in La Réunion the first hours are the day before's."""


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


# --------------------------------------------------------------------------------------- midnight, rule by rule


async def there(
    desk: Desk, department: str, *actions: dict[str, Any], films: tuple[FilmState, ...], begin: Any = begun, **said: Any
) -> tuple[Cast, list[httpx.Response]]:
    """Begin, or fund, a project overseas, all of whose actions are at one place."""
    town = TOWNS[department]
    await desk.hear("territory", a_department(department, a_town(town)))
    cast, place = a_cast(department, town), [{"label": "Le front de mer", "municipality": town}]
    wishes = [{**action, "places": place} for action in actions]
    return cast, await begin(desk, cast, *films, actions=wishes, main_municipality=town, **said)


@pytest.mark.parametrize("department", TOWNS)
@pytest.mark.parametrize(
    ("on", "at", "said"), [("2025-05-18", EVENING, (*TOO_EARLY, "R04")), ("2025-05-19", NIGHT, OK)]
)
async def test_r04_six_months_end_at_the_place_s_own_midnight(
    desk: Desk, department: str, on: str, at: str, said: Any
) -> None:
    film = a_film(visa="2024-11-18")
    cast, (action,) = await there(desk, department, indoors(regime="nc_cineclub"), films=(film,))
    await habilitated(desk, cast.holder, EntitlementKind.CINECLUB)
    assert by_rule(await planned(desk, action, cast.holder, a_session(film.id, on, starts_at=at))) == said


@pytest.mark.parametrize("department", TOWNS)
@pytest.mark.parametrize(
    ("on", "at", "outcome"), [("2025-03-31", EVENING, "refused"), ("2025-04-01", NIGHT, "allowed")]
)
async def test_r06_two_weeks_after_the_declaration_begin_at_the_place_s_own_midnight(
    desk: Desk, department: str, on: str, at: str, outcome: str
) -> None:
    film = a_film()
    moved = outdoors(regime="commercial_moved")
    cast, (action, _) = await there(desk, department, moved, an_action(), films=(film,), begin=running)
    action = await planned_by_cinema(desk, cast, action, a_session(film.id, on, starts_at=at))
    told = {"screen_licence": "97-1", "declared_on": "2025-03-18"}
    action = await act(desk, action, "declaration", cast.holder, told, at=MARCH)
    said = await asked(desk, action, cast.holder)
    assert [one["outcome"] for one in said["verdicts"] if one["rule"] == "R06"] == [outcome]


async def planned_by_cinema(desk: Desk, cast: Cast, action: httpx.Response, session: dict[str, Any]) -> httpx.Response:
    """Plan what a licensed operator shows outside its walls."""
    await habilitated(desk, cast.holder, EntitlementKind.OPERATING_LICENCE)
    answer = await planned(desk, action, cast.holder, session)
    assert by_rule(answer) == OK
    return answer


@pytest.mark.parametrize("department", TOWNS)
async def test_r07_a_year_of_paid_screenings_ends_at_the_place_s_own_midnight(desk: Desk, department: str) -> None:
    film = a_film(visa="2023-01-01")
    cast, actions = await there(desk, department, *paid(8), films=(film,), ends_on="2026-06-30")
    await book(desk, cast, actions[:5], film)
    hours = [
        ("2025-12-31", EVENING, OK),
        ("2025-12-31", NIGHT, (409, "quota-reached", "R07")),
        ("2026-01-01", NIGHT, OK),
    ]
    for action, (on, at, said) in zip(actions[5:], hours, strict=True):
        assert by_rule(await planned(desk, action, cast.holder, a_session(film.id, on, starts_at=at))) == said


@pytest.mark.parametrize("department", TOWNS)
@pytest.mark.parametrize(
    ("on", "at", "said"),
    [("2025-07-18", EVENING, (200, "", None)), ("2025-07-19", NIGHT, (409, "not-authorised", "R08"))],
)
async def test_r08_leave_for_a_day_ends_at_the_place_s_own_midnight(
    desk: Desk, department: str, on: str, at: str, said: Any
) -> None:
    film = a_film(visa="2023-01-01")
    cast, (action, _) = await there(desk, department, outdoors(), an_action(), films=(film,), begin=running)
    action = await planned(desk, action, cast.holder, a_session(film.id, "2025-07-18", starts_at="19:00"))
    action = await authorised(desk, cast, action)
    action = await planned(desk, action, cast.holder, a_session(film.id, on, starts_at=at))
    terms = {"starts_on": "2025-07-01", "ends_on": "2025-07-31", "territories": [department]}
    for clearance in action.json()["clearances"]:
        action = await confirmed(desk, cast, action, terms | {"uses": ["open_air"]}, clearance["id"])
    place = action.json()["places"][0]["id"]
    permit = {"place_id": place, "dates": ["2025-07-18", on], "reference": "AM 1", "granted_on": "2025-03-18"}
    action = await act(desk, action, "permits", cast.town, permit, at=MARCH)
    assert by_rule(await screenings.scheduled(desk, action, cast.holder)) == said


@pytest.mark.parametrize("department", TOWNS)
@pytest.mark.parametrize(("on", "at", "refused"), [("2025-06-30", EVENING, True), ("2025-07-01", NIGHT, False)])
async def test_r16_a_visa_s_class_ends_at_the_place_s_own_midnight(
    desk: Desk, department: str, on: str, at: str, refused: bool
) -> None:
    film = a_film(visa="2023-01-01", own_classification=Classification.ALL)
    film = a_temporary_visa(film, "2025-06-30", Classification.U16)
    cast, (action,) = await there(desk, department, outdoors(), films=(film,))
    said = (409, "age-restricted-outdoors", "R16") if refused else OK
    assert by_rule(await planned(desk, action, cast.holder, a_session(film.id, on, starts_at=at))) == said


@pytest.mark.parametrize(("department", "territory"), [("971", "971"), ("974", "974"), ("971", "metropolitan")])
@pytest.mark.parametrize(
    ("on", "at", "lasting"),
    [
        ("2025-07-31", EVENING, False),
        ("2025-08-01", NIGHT, True),
        ("2025-08-31", EVENING, True),
        ("2025-09-01", NIGHT, False),
    ],
)
async def test_r52_rights_overseas_are_their_own_and_last_from_midnight_to_midnight_at_the_place(
    desk: Desk, department: str, territory: str, on: str, at: str, lasting: bool
) -> None:
    film = a_film(visa="2023-01-01")
    cast, (action, _) = await there(desk, department, indoors(), an_action(), films=(film,), begin=running)
    action = await planned(desk, action, cast.holder, a_session(film.id, on, starts_at=at))
    terms = {"starts_on": "2025-08-01", "ends_on": "2025-08-31", "territories": [territory]}
    (clearance,) = action.json()["clearances"]
    action = await confirmed(desk, cast, action, terms | {"uses": ["non_commercial_indoor"]}, clearance["id"])
    covered = lasting and territory == department
    said = (200, "", None) if covered else (409, "rights-do-not-cover", "R52")
    assert by_rule(await screenings.scheduled(desk, action, cast.holder)) == said


async def confirmed(
    desk: Desk, cast: Cast, action: httpx.Response, terms: dict[str, Any], clearance: str
) -> httpx.Response:
    for body in ({"state": "requested"}, {"state": "quoted"}, {"state": "confirmed", "terms": terms}):
        action = await act(desk, action, f"clearances/{clearance}", cast.holder, body, at=MARCH)
    return action


@pytest.mark.parametrize("department", TOWNS)
@pytest.mark.parametrize(("at", "flagged"), [("23:00", True), ("22:40", False)], ids=["runs on", "is over"])
async def test_r53_two_sessions_overlap_across_the_place_s_own_midnight(
    desk: Desk, department: str, at: str, flagged: bool
) -> None:
    film = a_film(visa="2023-01-01")
    wishes = (indoors(title="Une"), indoors(title="Deux"))
    cast, (one, other) = await there(desk, department, *wishes, films=(film,))
    await planned(desk, one, cast.holder, a_session(film.id, "2025-07-18", starts_at=at))
    session = a_session(film.id, "2025-07-19", starts_at=NIGHT)
    said = await asked(desk, other, cast.holder, {"session": session})
    assert ("R53" in {one["rule"] for one in said["verdicts"]}) is flagged

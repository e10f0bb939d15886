"""The first lawful day through the HTTP door: one on which every rule that names a day allows the session."""

import httpx

from common.contracts.partners import EntitlementKind
from tests.integration.actions.journeys import MARCH, act, an_action
from tests.integration.actions.people import Cast, Desk, a_cast
from tests.integration.actions.screenings import (
    a_film,
    a_session,
    asked,
    by_rule,
    cleared,
    habilitated,
    outdoors,
    planned,
    running,
)
from tests.integration.actions.test_copies import NEXT_DOOR, OK, a_copy, shown_from, somebody
from tests.integration.actions.test_open_air_law import JULY, authorised


async def test_r52_no_day_is_named_where_another_use_stands_in_the_way_of_each(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    action, *_ = await running(desk, cast, film, actions=[outdoors(), an_action()])
    action = await planned(desk, action, cast.holder, a_session(film.id, "2025-07-18"))
    action = await agreed_for_august(desk, cast, action)
    said = await asked(desk, action, cast.holder)
    assert [one["first_lawful_on"] for one in said["verdicts"] if one["rule"] == "R52"] == ["2025-08-01"]
    assert (said["lawful"], said["first_lawful_on"]) == (False, None)


async def agreed_for_august(desk: Desk, cast: Cast, action: httpx.Response) -> httpx.Response:
    """Have the rights confirmed for a room, in August."""
    terms = {
        "starts_on": "2025-08-01",
        "ends_on": "2025-08-31",
        "uses": ["non_commercial_indoor"],
        "territories": ["metropolitan"],
    }
    path = f"clearances/{action.json()['clearances'][0]['id']}"
    for body in ({"state": "requested"}, {"state": "quoted"}, {"state": "confirmed", "terms": terms}):
        action = await act(desk, action, path, cast.holder, body, at=MARCH)
    return action


async def test_r01_c01_a_copy_that_is_away_again_when_the_delay_is_over_is_waited_for(desk: Desk) -> None:
    film = a_film(visa="2024-07-31")
    copy = a_copy(film)
    lender, theirs = await somebody(desk, film, copy, places=[NEXT_DOOR], title="Au club", regime="nc_cineclub")
    await habilitated(desk, lender.holder, EntitlementKind.CINECLUB)
    assert by_rule(await planned(desk, theirs, lender.holder, shown_from(copy, "2025-08-02"))) == OK
    cast, action = await somebody(desk, film, copy)
    said = await asked(desk, action, cast.holder, {"session": shown_from(copy, "2025-07-18")})
    assert said["first_lawful_on"] == "2025-08-04"
    assert by_rule(await planned(desk, action, cast.holder, shown_from(copy, "2025-08-04"))) == OK


async def test_t12_the_next_day_on_which_the_square_is_lent_is_named(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    action, *_ = await running(desk, cast, film, actions=[outdoors(), an_action()])
    session = a_session(film.id, JULY[0], fallback_on=JULY[1])
    action = await cleared(desk, await planned(desk, action, cast.holder, session), cast.holder, "open_air")
    action = await authorised(desk, cast, action)
    place = action.json()["places"][0]["id"]
    permit = {"place_id": place, "dates": [JULY[1], "2025-07-26"], "reference": "AM 1", "granted_on": "2025-03-18"}
    action = await act(desk, action, "permits", cast.town, permit, at=MARCH)
    said = await asked(desk, action, cast.holder)
    (against,) = (one for one in said["verdicts"] if one["blocks"])
    assert (against["rule"], against["code"], against["first_lawful_on"]) == ("T12", "permit-missing", JULY[1])
    assert said["first_lawful_on"] == JULY[1]

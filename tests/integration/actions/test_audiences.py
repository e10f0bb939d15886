"""How many are expected, through the HTTP door: rights that are for so many cover no more (R52)."""

from typing import Any

import httpx
import pytest

from tests.integration.actions.journeys import MARCH, act, an_action
from tests.integration.actions.people import Cast, Desk, Person, a_cast, problem
from tests.integration.actions.screenings import (
    a_film,
    a_session,
    an_offer,
    asked,
    by_rule,
    indoors,
    planned,
    running,
    scheduled,
)
from tests.integration.actions.test_rights_law import NOT_COVERED, TERMS, clearance, confirmed
from tests.integration.actions.test_risks import replayed, risks, settled

OK = (200, "", None)


async def quoted(desk: Desk, cast: Cast, *, audience_max: int | None = 300, **said: Any) -> httpx.Response:
    """Plan a film, and have a price named for it by an offer that is for so many."""
    film = a_film(visa="2023-01-01")
    offer = an_offer(film, audience_max=audience_max)
    await desk.hear("rights_offer", offer)
    action, *_ = await running(desk, cast, film, actions=[indoors(), an_action()])
    action = await planned(desk, action, cast.holder, a_session(film.id, "2025-09-18", **said))
    for state in ("requested", "quoted"):
        body = {"state": state, "offer_id": str(offer.id)}
        action = await act(desk, action, clearance(action), cast.holder, body, at=MARCH)
    return action


async def expecting(
    desk: Desk, action: httpx.Response, who: Person, people: int | None, *, at: str = MARCH
) -> httpx.Response:
    """Try to say how many a session expects."""
    here = f"/v1/actions/{action.json()['id']}"
    path = f"{here}/sessions/{action.json()['sessions'][0]['id']}/expected-audience"
    return await desk.post(path, who, {"expected": people}, match=await desk.get(here, who), at=at)


@pytest.mark.parametrize(
    ("expected", "outcome", "said"),
    [
        (299, "allowed", OK),
        (300, "allowed", OK),
        (301, "refused", NOT_COVERED),
        (None, "to_clear", NOT_COVERED),
    ],
)
async def test_r52_rights_for_three_hundred_cover_as_many_and_an_audience_that_is_told(
    desk: Desk, expected: int | None, outcome: str, said: Any
) -> None:
    cast = a_cast()
    action = await confirmed(desk, cast, await quoted(desk, cast, expected_audience=expected))
    assert action.json()["clearances"][0]["terms"]["audience_max"] == 300
    assert action.json()["sessions"][0]["expected_audience"] == expected
    found = await asked(desk, action, cast.holder)
    assert [one["outcome"] for one in found["verdicts"] if one["rule"] == "R52"] == [outcome]
    assert by_rule(await scheduled(desk, action, cast.holder)) == said


async def test_r52_rights_without_a_ceiling_ask_for_no_number(desk: Desk) -> None:
    cast = a_cast()
    action = await confirmed(desk, cast, await quoted(desk, cast, audience_max=None))
    assert by_rule(await scheduled(desk, action, cast.holder)) == OK


async def test_r52_the_number_is_told_afterwards_and_what_exceeds_it_is_flagged_until_it_does_no_more(
    desk: Desk,
) -> None:
    cast = a_cast()
    action = await confirmed(desk, cast, await quoted(desk, cast))
    assert by_rule(await scheduled(desk, action, cast.holder)) == NOT_COVERED
    action = await expecting(desk, action, cast.holder, 300)
    action = await scheduled(desk, action, cast.holder)
    assert by_rule(action) == OK
    for people, against in ((301, ["R52"]), (300, []), (None, ["R52"]), (299, [])):
        assert (await expecting(desk, action, cast.holder, people)).status_code == 200
        await settled(desk)
        assert await risks(desk, action, cast.holder) == against, people
    kept = [one for one in await replayed(desk, action, cast.holder) if one["rule"] == "R52"]
    assert [(one["version"], one["outcome"], one["inputs"]["expected_audience"]) for one in kept] == [
        ("3", "allowed", 300),
        ("3", "refused", 301),
        ("3", "to_clear", None),
    ]


@pytest.mark.parametrize(("said", "agreed"), [(None, 300), (299, 299), (300, 300)])
async def test_r52_a_ceiling_that_is_agreed_is_the_offers_or_a_lower_one(
    desk: Desk, said: int | None, agreed: int
) -> None:
    cast = a_cast()
    terms = TERMS if said is None else {**TERMS, "audience_max": said}
    answer = await confirmed(desk, cast, await quoted(desk, cast), terms=terms)
    assert answer.json()["clearances"][0]["terms"]["audience_max"] == agreed


async def test_r52_a_ceiling_higher_than_the_offers_is_wider_than_it(desk: Desk) -> None:
    cast = a_cast()
    answer = await confirmed(desk, cast, await quoted(desk, cast), terms={**TERMS, "audience_max": 301})
    assert by_rule(answer) == NOT_COVERED


async def test_the_number_is_the_holders_to_say_of_a_session_still_to_come(desk: Desk) -> None:
    cast = a_cast()
    action = await quoted(desk, cast)
    assert problem(await expecting(desk, action, cast.coordinator, 300)) == (403, "scope-missing")
    path = f"sessions/{action.json()['sessions'][0]['id']}/cancel"
    action = await act(desk, action, path, cast.holder, {"cause": "weather"}, at=MARCH)
    assert problem(await expecting(desk, action, cast.holder, 300)) == (409, "not-possible-in-this-state")

"""Rights through the HTTP door (R52): what was agreed covers the session, or somebody says what is missing."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from common.contracts.catalogue import FilmState, RightsOfferState, RightsOfferStatus
from tests.integration.actions.journeys import MARCH, act, an_action
from tests.integration.actions.people import Cast, Desk, a_cast
from tests.integration.actions.screenings import (
    a_film,
    a_session,
    an_offer,
    asked,
    by_rule,
    indoors,
    outdoors,
    planned,
    running,
    scheduled,
)
from tests.integration.actions.test_risks import risks, settled

COVERED = (200, "", None)
NOT_COVERED = (409, "rights-do-not-cover", "R52")
TERMS: dict[str, Any] = {
    "starts_on": "2025-01-01",
    "ends_on": "2025-12-31",
    "uses": ["non_commercial_indoor"],
    "territories": ["metropolitan"],
}


async def agreed(desk: Desk, cast: Cast, version: str | None, *versions: str) -> httpx.Response:
    """Plan a film in a version, and have its rights confirmed for some."""
    film = a_film(visa="2023-01-01")
    action, *_ = await running(desk, cast, film, actions=[indoors(), an_action()])
    programme = [{"film_id": str(film.id), "version": version}]
    action = await planned(desk, action, cast.holder, a_session(film.id, "2025-09-18", programme=programme))
    return await told(desk, cast, action, versions=versions)


async def told(desk: Desk, cast: Cast, action: httpx.Response, **terms: Any) -> httpx.Response:
    """Have the rights of the action's film confirmed, for what is said."""
    for body in ({"state": "requested"}, {"state": "quoted"}, {"state": "confirmed", "terms": TERMS | terms}):
        action = await act(desk, action, clearance(action), cast.holder, body, at=MARCH)
    return action


@pytest.mark.parametrize(
    ("version", "versions", "outcome", "said"),
    [
        ("vf", ("vf",), "allowed", (200, "", None)),
        ("vostfr", ("vf",), "refused", NOT_COVERED),
        (None, ("vf",), "to_clear", NOT_COVERED),
        (None, (), "allowed", (200, "", None)),
    ],
)
async def test_r52_rights_for_some_versions_cover_none_that_is_not_named(
    desk: Desk, version: str | None, versions: tuple[str, ...], outcome: str, said: Any
) -> None:
    cast = a_cast()
    action = await agreed(desk, cast, version, *versions)
    found = await asked(desk, action, cast.holder)
    assert [one["outcome"] for one in found["verdicts"] if one["rule"] == "R52"] == [outcome]
    assert by_rule(await scheduled(desk, action, cast.holder)) == said


WINDOW = ("2025-09-02", "2025-09-30")


@pytest.mark.parametrize(
    ("window", "on", "said"),
    [
        (WINDOW, "2025-09-01", NOT_COVERED),
        (WINDOW, "2025-09-02", COVERED),
        (WINDOW, "2025-09-30", COVERED),
        (WINDOW, "2025-10-01", NOT_COVERED),
        (("2028-02-01", "2028-02-28"), "2028-02-29", NOT_COVERED),
        (("2028-02-01", "2028-02-29"), "2028-02-29", COVERED),
        (("2028-02-01", "2028-02-29"), "2028-03-01", NOT_COVERED),
    ],
    ids=["before", "first", "last", "after", "29 February after", "29 February last", "after 29 February"],
)
async def test_r52_rights_cover_their_first_day_and_their_last_and_none_beside(
    desk: Desk, window: tuple[str, str], on: str, said: Any
) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    action, *_ = await running(desk, cast, film, actions=[indoors(), an_action()], ends_on="2028-06-30")
    action = await planned(desk, action, cast.holder, a_session(film.id, on))
    action = await told(desk, cast, action, starts_on=window[0], ends_on=window[1])
    assert by_rule(await scheduled(desk, action, cast.holder)) == said


@pytest.mark.parametrize(
    ("territories", "said"),
    [(["metropolitan"], COVERED), (["metropolitan", "974"], COVERED), (["971", "972", "974"], NOT_COVERED)],
    ids=["here", "here and there", "overseas only"],
)
async def test_r52_rights_overseas_cover_no_screening_in_metropolitan_france(
    desk: Desk, territories: list[str], said: Any
) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    action, *_ = await running(desk, cast, film, actions=[indoors(), an_action()])
    action = await planned(desk, action, cast.holder, a_session(film.id, "2025-09-18"))
    action = await told(desk, cast, action, territories=territories)
    assert by_rule(await scheduled(desk, action, cast.holder)) == said


@pytest.mark.parametrize("agreed_use", ["non_commercial_indoor", "open_air", "commercial"])
@pytest.mark.parametrize(
    ("action", "use"),
    [
        (indoors(), "non_commercial_indoor"),
        (outdoors(), "open_air"),
        (indoors(action_type="special_screening", by_cinema=True), "commercial"),
    ],
    ids=["in a room", "in a square", "in a cinema"],
)
async def test_r52_rights_for_one_use_cover_no_other(
    desk: Desk, action: dict[str, Any], use: str, agreed_use: str
) -> None:
    cast, short = a_cast(), a_film(40, "2023-01-01")
    organiser = {"organiser_id": str(cast.cinema)} if "by_cinema" in action else {}
    wish = {name: said for name, said in action.items() if name != "by_cinema"} | organiser
    one, *_ = await running(desk, cast, short, actions=[wish, an_action()])
    one = await planned(desk, one, cast.holder, a_session(short.id, "2025-09-18"))
    one = await told(desk, cast, one, uses=[agreed_use])
    place = one.json()["places"][0]["id"]
    permit = {"place_id": place, "dates": ["2025-09-18"], "reference": "AM 1", "granted_on": "2025-03-18"}
    one = await act(desk, one, "permits", cast.town, permit, at=MARCH)
    assert by_rule(await scheduled(desk, one, cast.holder)) == (COVERED if agreed_use == use else NOT_COVERED)


@pytest.mark.parametrize(("support", "said"), [("dvd_with_rights", COVERED), ("private_disc", NOT_COVERED)])
async def test_r52_a_disc_for_private_use_is_no_support_whatever_was_agreed(
    desk: Desk, support: str, said: Any
) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    action, *_ = await running(desk, cast, film, actions=[indoors(), an_action()])
    programme = [{"film_id": str(film.id), "support": support}]
    action = await planned(desk, action, cast.holder, a_session(film.id, "2025-09-18", programme=programme))
    action = await told(desk, cast, action)
    assert by_rule(await scheduled(desk, action, cast.holder)) == said


async def quoted(desk: Desk, cast: Cast, offer: RightsOfferState, film: FilmState) -> httpx.Response:
    """Plan a film, and have a price named for it by an offer."""
    await desk.hear("rights_offer", offer)
    action, *_ = await running(desk, cast, film, actions=[indoors(), an_action()])
    action = await planned(desk, action, cast.holder, a_session(film.id, "2025-09-18"))
    for state in ("requested", "quoted"):
        body = {"state": state, "offer_id": str(offer.id)}
        action = await act(desk, action, clearance(action), cast.holder, body, at=MARCH)
    return action


def clearance(action: httpx.Response) -> str:
    return f"clearances/{action.json()['clearances'][0]['id']}"


async def confirmed(desk: Desk, cast: Cast, action: httpx.Response, **said: Any) -> httpx.Response:
    """Try to have the rights confirmed."""
    path = f"/v1/actions/{action.json()['id']}/{clearance(action)}"
    return await desk.post(path, cast.holder, {"state": "confirmed", **said}, match=action, at=MARCH)


async def test_r52_an_offer_withdrawn_before_it_was_agreed_is_flagged_and_can_no_longer_be_agreed(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    offer = an_offer(film)
    action = await quoted(desk, cast, offer, film)
    await settled(desk)
    assert await risks(desk, action, cast.holder) == []
    await desk.hear("rights_offer", replace(offer, version=2, status=RightsOfferStatus.WITHDRAWN))
    await settled(desk)
    assert await risks(desk, action, cast.holder) == ["R52"]
    action = await desk.get(f"/v1/actions/{action.json()['id']}", cast.holder)
    assert by_rule(await confirmed(desk, cast, action)) == NOT_COVERED
    assert by_rule(await scheduled(desk, action, cast.holder)) == NOT_COVERED


async def test_r52_asked_again_rights_stand_on_the_withdrawn_offer_no_more(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    offer = an_offer(film)
    action = await quoted(desk, cast, offer, film)
    await desk.hear("rights_offer", replace(offer, version=2, status=RightsOfferStatus.WITHDRAWN))
    terms = TERMS | {"starts_on": "2025-09-01", "ends_on": "2025-09-30"}
    for body in ({"state": "refused"}, {"state": "requested"}, {"state": "quoted"}):
        action = await act(desk, action, clearance(action), cast.holder, body, at=MARCH)
    action = await confirmed(desk, cast, action, terms=terms)
    assert action.json()["clearances"][0]["offer_id"] is None
    await settled(desk)
    assert await risks(desk, action, cast.holder) == []


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ({}, (200, "", None)),
        ({"terms": {"ends_on": "2025-12-31"}}, (200, "", None)),
        ({"terms": {"ends_on": "2026-01-01"}}, NOT_COVERED),
        ({"terms": {"uses": ["non_commercial_indoor", "open_air"]}}, NOT_COVERED),
    ],
    ids=["its own", "as wide", "a day longer", "outdoors too"],
)
async def test_r52_what_is_confirmed_is_no_wider_than_the_offer_that_it_was_quoted_on(
    desk: Desk, said: dict[str, Any], answer: Any
) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    action = await quoted(desk, cast, an_offer(film), film)
    body = {"terms": TERMS | said["terms"]} if said else {}
    assert by_rule(await confirmed(desk, cast, action, **body)) == answer

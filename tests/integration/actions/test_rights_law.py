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
    planned,
    running,
    scheduled,
)
from tests.integration.actions.test_risks import risks, settled

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
    terms = TERMS | {"versions": versions}
    path = f"clearances/{action.json()['clearances'][0]['id']}"
    for body in ({"state": "requested"}, {"state": "quoted"}, {"state": "confirmed", "terms": terms}):
        action = await act(desk, action, path, cast.holder, body, at=MARCH)
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

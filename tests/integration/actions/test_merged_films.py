"""A programme that names a film which turned out to be another one is judged by that one."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from common.contracts.catalogue import Classification, FilmState, Visa
from common.contracts.money import Money
from tests.integration.actions.journeys import MARCH, act, an_action
from tests.integration.actions.people import Desk, a_cast
from tests.integration.actions.screenings import (
    a_film,
    a_session,
    an_offer,
    asked,
    begun,
    indoors,
    outdoors,
    planned,
    running,
    scheduled,
)
from tests.integration.actions.test_open_air_law import authorised
from tests.integration.actions.test_risks import risks, settled

YOUNG = (Visa(number="150001", issued_on=date(2024, 12, 1)),)


async def merged(desk: Desk, duplicate: FilmState, into: FilmState) -> None:
    """Announce, as the catalogue does, that a film was another one's duplicate."""
    state = replace(duplicate, version=duplicate.version + 1, visas=(), merged_into=into.id)
    await desk.hear("film", state)


async def test_a_plan_that_names_the_duplicate_is_judged_by_the_survivor(desk: Desk) -> None:
    cast, duplicate, survivor = a_cast(), a_film(visa="2023-01-01"), a_film(visa="2023-01-01")
    action, *_ = await begun(desk, cast, duplicate, survivor, actions=[outdoors()])
    action = await planned(desk, action, cast.holder, a_session(duplicate.id, "2025-07-18"))
    await merged(desk, duplicate, survivor)
    await settled(desk)
    assert await risks(desk, action, cast.holder) == []
    await desk.hear("film", replace(survivor, version=2, visas=YOUNG))
    await settled(desk)
    assert await risks(desk, action, cast.holder) == ["R01"]
    await desk.hear("film", replace(survivor, version=3, classification=Classification.U16))
    await settled(desk)
    assert await risks(desk, action, cast.holder) == ["R16"]


async def test_a_survivor_that_has_not_been_heard_of_keeps_the_plan_waiting(desk: Desk) -> None:
    cast, duplicate, survivor = a_cast(), a_film(visa="2023-01-01"), a_film(visa="2023-01-01")
    action, *_ = await begun(desk, cast, duplicate, actions=[outdoors()])
    await merged(desk, duplicate, survivor)
    path, body = f"/v1/actions/{action.json()['id']}/sessions", a_session(duplicate.id, "2025-07-18")
    early = await desk.post(path, cast.holder, body, match=action, at=MARCH)
    assert (early.status_code, early.json()["code"]) == (409, "not-known-here-yet")
    await desk.hear("film", survivor)
    action = await planned(desk, action, cast.holder, body)
    [session] = action.json()["sessions"]
    assert session["programme"][0]["film_id"] == str(survivor.id)


@pytest.mark.parametrize("named_by_offer", ["duplicate", "survivor"])
async def test_an_offer_on_the_one_serves_a_session_of_the_other(desk: Desk, named_by_offer: str) -> None:
    cast, duplicate, survivor = a_cast(), a_film(visa="2023-01-01"), a_film(visa="2023-01-01")
    price = Money(amount=Decimal("240.00"), currency="EUR")
    offer = an_offer({"duplicate": duplicate, "survivor": survivor}[named_by_offer], price=price)
    await desk.hear("rights_offer", offer)
    action, *_ = await running(desk, cast, duplicate, survivor, actions=[indoors(), an_action()])
    action = await planned(desk, action, cast.holder, a_session(duplicate.id, "2025-09-18"))
    await merged(desk, duplicate, survivor)
    [cost] = [one for one in (await asked(desk, action, cast.holder))["costs"]["items"] if one["kind"] == "rights"]
    assert cost["offer_id"] == str(offer.id)
    path = f"clearances/{action.json()['clearances'][0]['id']}"
    for state in ("requested", "quoted", "confirmed"):
        body = {"state": state, "offer_id": str(offer.id)}
        action = await act(desk, action, path, cast.holder, body, at=MARCH)
    assert (await scheduled(desk, action, cast.holder)).status_code == 200


async def test_r08_an_authorisation_for_the_duplicate_is_one_for_the_survivor(desk: Desk) -> None:
    cast, duplicate, survivor = a_cast(), a_film(visa="2023-01-01"), a_film(visa="2023-01-01")
    action, *_ = await running(desk, cast, duplicate, survivor, actions=[outdoors(), an_action()])
    action = await planned(desk, action, cast.holder, a_session(duplicate.id, "2025-07-18"))
    action = await authorised(desk, cast, action)
    await merged(desk, duplicate, survivor)
    await settled(desk)
    assert await risks(desk, action, cast.holder) == []
    said = (await asked(desk, action, cast.holder))["verdicts"]
    assert {one["outcome"] for one in said if one["rule"] == "R08"} == {"allowed"}

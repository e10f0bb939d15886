"""A cinema's screenings through the HTTP door: licensed on their day (R05), and declared when they move (R06)."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from common.contracts.partners import EntitlementKind, OrganisationKind
from tests.integration.actions.journeys import MARCH, act, an_action
from tests.integration.actions.people import Desk, a_cast, an_organisation
from tests.integration.actions.screenings import (
    SQUARE,
    a_film,
    a_session,
    begun,
    by_rule,
    cleared,
    habilitated,
    indoors,
    planned,
    running,
    scheduled,
)


@pytest.mark.parametrize(("days", "lawful"), [(13, False), (14, True), (15, True)])
async def test_r06_a_moved_screening_is_declared_fourteen_days_before(desk: Desk, days: int, lawful: bool) -> None:
    cast, film = a_cast(), a_film()
    moved = indoors(setting="outdoors", regime="commercial_moved", organiser_id=str(cast.cinema), places=[SQUARE])
    action, *_ = await running(desk, cast, film, actions=[moved])
    declared_on = date(2025, 3, 18)
    held_on = (declared_on + timedelta(days=days)).isoformat()
    action = await planned(desk, action, cast.holder, a_session(film.id, held_on))
    action = await cleared(desk, action, cast.holder, "commercial")
    place = action.json()["places"][0]["id"]
    permit = {"place_id": place, "dates": [held_on], "reference": "AM 1", "granted_on": "2025-03-18"}
    action = await act(desk, action, "permits", cast.town, permit, at=MARCH)
    assert by_rule(await scheduled(desk, action, cast.holder)) == (409, "move-not-declared", "R06")
    told = {"screen_licence": "86-194-1", "declared_on": declared_on.isoformat()}
    action = await act(desk, action, "declaration", cast.holder, told, at=MARCH)
    screening = {"held_on": held_on, "place_id": place, "film_id": str(film.id), "told_on": told["declared_on"]}
    assert action.json()["declaration"] == {**told, "receipt": "", "screenings": [screening]}
    answer = await scheduled(desk, action, cast.holder)
    assert by_rule(answer) == ((200, "", None) if lawful else (409, "move-not-declared", "R06"))


@pytest.mark.parametrize("other", ["day", "place", "film"])
async def test_r06_what_is_declared_for_one_screening_is_for_no_other(desk: Desk, other: str) -> None:
    cast, film, another = a_cast(), a_film(), a_film()
    there = {"label": "Parc", "municipality": "86194"}
    moved = indoors(
        setting="outdoors", regime="commercial_moved", organiser_id=str(cast.cinema), places=[SQUARE, there]
    )
    action, *_ = await running(desk, cast, film, another, actions=[moved, an_action()])
    square, park = (place["id"] for place in action.json()["places"])
    days, told = ("2025-05-02", "2025-05-30"), {"screen_licence": "86-194-1", "declared_on": "2025-03-18"}
    action = await planned(desk, action, cast.holder, a_session(film.id, days[0], place_id=square))
    action = await act(desk, action, "declaration", cast.holder, told, at=MARCH)
    shown, on, place = another if other == "film" else film, days[other == "day"], park if other == "place" else square
    later = a_session(shown.id, on, place_id=place, starts_at="23:00")
    action = await cleared(desk, await planned(desk, action, cast.holder, later), cast.holder, "commercial")
    for one in (square, park):
        permit = {"place_id": one, "dates": [*days], "reference": "AM 1", "granted_on": "2025-03-18"}
        action = await act(desk, action, "permits", cast.town, permit, at=MARCH)
    assert by_rule(await scheduled(desk, action, cast.holder)) == (409, "move-not-declared", "R06")
    owed = (await desk.get(f"/v1/actions/{action.json()['id']}/obligations", cast.holder)).json()["items"]
    assert sorted(one["settled"] for one in owed if one["kind"] == "cnc_declaration") == [False, True]
    action = await act(desk, action, "declaration", cast.holder, told, at=MARCH)
    assert (await scheduled(desk, action, cast.holder)).status_code == 200


async def test_r06_what_one_cinema_declared_is_not_declared_by_another(desk: Desk) -> None:
    cast, film, other = a_cast(), a_film(), uuid4()
    moved = indoors(setting="outdoors", regime="commercial_moved", organiser_id=str(cast.cinema), places=[SQUARE])
    action, *_ = await running(desk, cast, film, actions=[moved])
    await desk.hear("organisation", an_organisation(other, OrganisationKind.CINEMA))
    action = await planned(desk, action, cast.holder, a_session(film.id, "2025-05-02"))
    action = await cleared(desk, action, cast.holder, "commercial")
    place, told = action.json()["places"][0]["id"], {"screen_licence": "86-194-1", "declared_on": "2025-03-18"}
    permit = {"place_id": place, "dates": ["2025-05-02"], "reference": "AM 1", "granted_on": "2025-03-18"}
    action = await act(desk, action, "permits", cast.town, permit, at=MARCH)
    action = await act(desk, action, "declaration", cast.holder, told, at=MARCH)
    action = await act(desk, action, "change", cast.holder, moved | {"organiser_id": str(other)}, at=MARCH)
    assert action.json()["declaration"] is None
    assert by_rule(await scheduled(desk, action, cast.holder)) == (409, "move-not-declared", "R06")
    action = await act(desk, action, "declaration", cast.holder, told, at=MARCH)
    assert (await scheduled(desk, action, cast.holder)).status_code == 200


async def test_r06_nothing_else_is_declared(desk: Desk) -> None:
    cast = a_cast()
    action, *_ = await running(desk, cast, actions=[indoors()])
    told = {"screen_licence": "86-194-1", "declared_on": "2025-03-01"}
    path = f"/v1/actions/{action.json()['id']}/declaration"
    assert by_rule(await desk.post(path, cast.holder, told, match=action, at=MARCH))[1] == "nothing-to-declare"


@pytest.mark.parametrize(
    ("on", "said"),
    [
        ("2025-09-17", (409, "not-a-licensed-operator", "R05")),
        ("2025-09-18", (201, "", None)),
        ("2025-09-30", (201, "", None)),
        ("2025-10-01", (409, "not-a-licensed-operator", "R05")),
    ],
    ids=["the day before", "its first day", "its last day", "the day after"],
)
async def test_r05_a_licence_makes_a_screening_commercial_from_its_first_day_to_its_last(
    desk: Desk, on: str, said: Any
) -> None:
    cast, film = a_cast(), a_film(visa="2025-03-01")
    action, *_ = await begun(desk, cast, film, actions=[indoors(regime="commercial_cinema")])
    await habilitated(desk, cast.holder, EntitlementKind.OPERATING_LICENCE, "2025-09-18", "2025-09-30")
    assert by_rule(await planned(desk, action, cast.holder, a_session(film.id, on))) == said

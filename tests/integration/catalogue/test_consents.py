"""How far a workshop film travels, through the service's door: by whom it shows (R39), and where it was made (R40)."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.integration.catalogue.portal import Portal, problem

TEN = {"identifiable": 10, "restitution_only": 10, "network": 10, "festivals": 10, "internet": 10}
PRISON = {**TEN, "in_prison": True, "administration_reference": "DISP-2025-118"}
NOBODY = {"restitution_only": 0, "network": 0, "festivals": 0, "internet": 0}
NEAR = {"dissemination": "restitution_only", "cause": "administration"}
FAR = {"dissemination": "internet"}


async def counted(portal: Portal, counts: dict[str, Any]) -> httpx.Response:
    film = await portal.film(workshop={"project_id": str(uuid4())})
    answer = await portal.post(f"{film.headers['location']}/consents", counts, match=film)
    assert answer.status_code == 200, answer.text
    return answer


async def tried(portal: Portal, film: httpx.Response, verb: str, body: dict[str, Any]) -> tuple[int, str, str | None]:
    answer = await portal.post(f"/v1/films/{film.json()['id']}/{verb}", body, match=film)
    return (*problem(answer), answer.json().get("rule"))


@pytest.mark.parametrize(
    ("internet", "said"),
    [(9, (409, "consents-missing", "R39")), (10, (200, "", None))],
    ids=["one refused", "all agreed"],
)
async def test_r39_a_film_is_on_the_internet_when_all_who_show_have_agreed(
    portal: Portal, internet: int, said: tuple[int, str, str | None]
) -> None:
    film = await counted(portal, {**TEN, "internet": internet})
    assert await tried(portal, film, "clear", FAR) == said


async def test_r39_who_agreed_to_the_internet_is_shown_in_the_network(portal: Portal) -> None:
    film = await counted(portal, {"identifiable": 9, "internet": 9})
    assert await tried(portal, film, "clear", {"dissemination": "network"}) == (200, "", None)


async def test_r39_those_who_made_it_may_see_it_whatever_was_agreed(portal: Portal) -> None:
    film = await counted(portal, {"identifiable": 10})
    assert await tried(portal, film, "restrict", NEAR) == (200, "", None)


@pytest.mark.parametrize(
    ("missing", "verb", "body", "said"),
    [
        (NOBODY | {"restitution_only": 9}, "restrict", NEAR, (409, "consents-missing", "R40")),
        ({"administration_reference": ""}, "restrict", NEAR, (409, "consents-missing", "R40")),
        ({}, "restrict", NEAR, (200, "", None)),
        ({"internet": 9}, "clear", FAR, (409, "consents-missing", "R40")),
        ({"administration_reference": ""}, "clear", FAR, (409, "consents-missing", "R40")),
        ({}, "clear", FAR, (200, "", None)),
    ],
)
async def test_r40_a_film_made_in_a_prison_is_shown_to_nobody_before_all_have_agreed(
    portal: Portal, missing: dict[str, Any], verb: str, body: dict[str, Any], said: tuple[int, str, str | None]
) -> None:
    film = await counted(portal, {**PRISON, **missing})
    assert await tried(portal, film, verb, body) == said


async def test_r40_nothing_shows_at_all_until_the_consents_are_counted(portal: Portal) -> None:
    """A film kept from everybody needs nothing: that is how it stays where it is."""
    film = await counted(portal, {"identifiable": 3, "in_prison": True})
    nobody = {"dissemination": "none", "cause": "consent_missing"}
    assert await tried(portal, film, "restrict", nobody) == (200, "", None)

"""Ciné-clubs and cinémathèques through the HTTP door (R04): six months indoors, for who is habilitated on the day."""

from typing import Any

import pytest

from common.contracts.partners import EntitlementKind
from tests.integration.actions.people import Desk, a_cast
from tests.integration.actions.screenings import (
    a_film,
    a_session,
    begun,
    by_rule,
    habilitated,
    indoors,
    outdoors,
    planned,
)
from tests.integration.actions.test_film_law import OK, TOO_EARLY, book, paid

NOT_HABILITATED = (409, "not-habilitated", "R04")


@pytest.mark.parametrize(
    ("action", "on", "said"),
    [
        (indoors(regime="nc_cineclub"), "2025-05-17", (*TOO_EARLY, "R04")),
        (indoors(regime="nc_cineclub"), "2025-05-18", (*TOO_EARLY, "R04")),
        (indoors(regime="nc_cineclub"), "2025-05-19", OK),
        (outdoors(), "2025-05-19", (*TOO_EARLY, "R01")),
        (outdoors(), "2025-11-18", (*TOO_EARLY, "R01")),
        (outdoors(), "2025-11-19", OK),
    ],
    ids=["cineclub early", "cineclub the day", "cineclub", "outdoors early", "outdoors the day", "outdoors"],
)
async def test_r04_a_cineclub_waits_six_months_indoors_and_a_year_outdoors(
    desk: Desk, action: dict[str, Any], on: str, said: Any
) -> None:
    assert await of_a_club(desk, action, on, visa="2024-11-18") == said


async def of_a_club(desk: Desk, action: dict[str, Any], on: str, *, visa: str, **said: Any) -> tuple[int, str, Any]:
    """Plan a session of a ciné-club, habilitated unless other days are said."""
    cast, film = a_cast(), a_film(visa=visa)
    first, *_ = await begun(desk, cast, film, actions=[action], ends_on="2028-06-30")
    await habilitated(desk, cast.holder, said.pop("kind", EntitlementKind.CINECLUB), **said)
    return by_rule(await planned(desk, first, cast.holder, a_session(film.id, on)))


@pytest.mark.parametrize(
    ("visa", "on", "said"),
    [
        ("2024-08-29", "2025-02-28", (*TOO_EARLY, "R04")),  # there is no 29 February: the delay ends on the 28th
        ("2024-08-29", "2025-03-01", OK),
        ("2024-08-31", "2025-03-01", OK),
        ("2027-08-28", "2028-02-29", OK),
        ("2027-08-29", "2028-02-29", (*TOO_EARLY, "R04")),
        ("2027-08-31", "2028-02-29", (*TOO_EARLY, "R04")),
        ("2027-08-31", "2028-03-01", OK),
    ],
)
async def test_r04_six_months_that_end_in_february(desk: Desk, visa: str, on: str, said: Any) -> None:
    assert await of_a_club(desk, indoors(regime="nc_cineclub"), on, visa=visa) == said


@pytest.mark.parametrize(
    ("regime", "said", "on", "answer"),
    [
        ("nc_cineclub", {"kind": EntitlementKind.HERITAGE}, "2025-09-18", NOT_HABILITATED),
        ("nc_heritage", {"kind": EntitlementKind.HERITAGE}, "2025-09-18", OK),
        ("nc_heritage", {"kind": EntitlementKind.CINECLUB}, "2025-09-18", NOT_HABILITATED),
        ("nc_cineclub", {"since": "2025-09-18"}, "2025-09-17", NOT_HABILITATED),
        ("nc_cineclub", {"since": "2025-09-18"}, "2025-09-18", OK),
        ("nc_cineclub", {"until": "2025-09-18"}, "2025-09-18", OK),
        ("nc_cineclub", {"until": "2025-09-18"}, "2025-09-19", NOT_HABILITATED),
    ],
)
async def test_r04_a_cineclub_s_regime_is_a_habilitated_one_s_on_the_day(
    desk: Desk, regime: str, said: dict[str, Any], on: str, answer: Any
) -> None:
    assert await of_a_club(desk, indoors(regime=regime), on, visa="2023-01-01", **said) == answer


async def test_r04_r07_who_has_used_its_six_paid_screenings_does_not_go_on_as_a_cineclub(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    *actions, club = await begun(desk, cast, film, actions=[*paid(6), indoors(title="Ciné-club", regime="nc_cineclub")])
    await book(desk, cast, actions, film)
    answer = await planned(desk, club, cast.holder, a_session(film.id, "2025-10-01"))
    assert by_rule(answer) == NOT_HABILITATED


async def test_r50_a_cineclub_s_free_screening_promotes_no_sale_either(desk: Desk) -> None:
    club = indoors(regime="nc_cineclub", promotes_a_sale=True)
    assert await of_a_club(desk, club, "2025-07-18", visa="2023-01-01") == (409, "promotes-a-sale", "R50")

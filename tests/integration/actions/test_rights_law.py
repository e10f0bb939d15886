"""Rights through the HTTP door (R52): what was agreed covers the session, or somebody says what is missing."""

from typing import Any

import httpx
import pytest

from tests.integration.actions.journeys import MARCH, act, an_action
from tests.integration.actions.people import Cast, Desk, a_cast
from tests.integration.actions.screenings import a_film, a_session, asked, by_rule, indoors, planned, running, scheduled

NOT_COVERED = (409, "rights-do-not-cover", "R52")


async def agreed(desk: Desk, cast: Cast, version: str | None, *versions: str) -> httpx.Response:
    """Plan a film in a version, and have its rights confirmed for some."""
    film = a_film(visa="2023-01-01")
    action, *_ = await running(desk, cast, film, actions=[indoors(), an_action()])
    programme = [{"film_id": str(film.id), "version": version}]
    action = await planned(desk, action, cast.holder, a_session(film.id, "2025-09-18", programme=programme))
    terms = {
        "starts_on": "2025-01-01",
        "ends_on": "2025-12-31",
        "uses": ["non_commercial_indoor"],
        "territories": ["metropolitan"],
        "versions": versions,
    }
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

"""Workshop films through the HTTP door: shown as far as was agreed (R39), those of a prison with its leave (R40)."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from common.contracts.access import Role
from common.contracts.catalogue import Clearance, Consents, Dissemination, FilmState, WorkshopFilm
from tests.integration.actions.journeys import MARCH, act, an_action
from tests.integration.actions.people import Cast, Desk, Person, a_cast
from tests.integration.actions.screenings import (
    a_film,
    a_session,
    asked,
    begun,
    by_rule,
    indoors,
    outdoors,
    planned,
    running,
    scheduled,
)
from tests.integration.actions.test_closed_circuits import inside_a_prison
from tests.integration.actions.test_risks import replayed, risks, settled

D = Dissemination
TOO_FAR = (409, "shown-too-far", "R39")
TEN = Consents(identifiable=10, restitution_only=10, network=10)
TO_PRISON = replace(TEN, in_prison=True, administration_reference="DISP-2025-118")
COMPANION = {"title": "Atelier", "action_type": "programming_workshop"}


def a_workshop_film(to: Dissemination | None = D.NETWORK, consents: Consents | None = TEN, **made: Any) -> FilmState:
    return a_film(8, None, classification=None, workshop=made_in_a_workshop(to, consents, **made))


def made_in_a_workshop(
    to: Dissemination | None, consents: Consents | None = TEN, project_id: UUID | None = None, **made: Any
) -> WorkshopFilm:
    """Say where a film was made, and how far its makers have settled that it travels."""
    near = to in {D.NONE, D.RESTITUTION_ONLY}
    settled = Clearance.RESTRICTED if near else Clearance.CLEARED
    return WorkshopFilm(
        project_id=project_id or uuid4(),
        action_id=made.get("action_id"),
        clearance=Clearance.PENDING if to is None else settled,
        dissemination=to,
        consents=consents,
    )


async def heard(desk: Desk, film: FilmState, version: int, *made: Any, **where: Any) -> None:
    """Hear what the makers have settled since."""
    await desk.hear("film", replace(film, version=version, workshop=made_in_a_workshop(*made, **where)))


async def on_a_square(desk: Desk, cast: Cast, film: FilmState) -> httpx.Response:
    action, *_ = await begun(desk, cast, film, actions=[outdoors()])
    return await planned(desk, action, cast.holder, a_session(film.id, "2025-07-18"))


@pytest.mark.parametrize(
    ("to", "network", "said"),
    [
        (D.NONE, 10, TOO_FAR),
        (D.RESTITUTION_ONLY, 10, TOO_FAR),
        (D.NETWORK, 9, TOO_FAR),
        (D.NETWORK, 10, (201, "", None)),
        (D.INTERNET, 10, (201, "", None)),
        (None, 10, (201, "", None)),
    ],
)
async def test_r39_a_workshop_film_is_planned_on_a_square_where_all_agreed_to_the_public(
    desk: Desk, to: Dissemination | None, network: int, said: Any
) -> None:
    film = a_workshop_film(to, replace(TEN, network=network))
    assert by_rule(await on_a_square(desk, a_cast(), film)) == said


async def test_r39_what_its_makers_have_not_settled_is_announced_once_they_have(desk: Desk) -> None:
    cast, film = a_cast(), a_workshop_film(None)
    action, *_ = await running(desk, cast, film, actions=[indoors()])
    action = await planned(desk, action, cast.holder, a_session(film.id, "2025-09-18"))
    assert by_rule(await scheduled(desk, action, cast.holder)) == TOO_FAR
    await settled(desk)
    assert await risks(desk, action, cast.holder) == []
    await heard(desk, film, 2, D.NETWORK)
    assert (await scheduled(desk, action, cast.holder)).status_code == 200


async def test_r39_its_own_project_shows_it_to_those_who_made_it_and_on_no_square(desk: Desk) -> None:
    cast, film = a_cast(), a_workshop_film(None)
    inside, outside = await begun(desk, cast, film, actions=[indoors(), outdoors()])
    project_id = UUID(inside.json()["project_id"])
    await heard(desk, film, 2, D.RESTITUTION_ONLY, Consents(identifiable=10), project_id=project_id)
    session = a_session(film.id, "2025-07-18")
    assert (await planned(desk, inside, cast.holder, session)).status_code == 201
    assert by_rule(await planned(desk, outside, cast.holder, session)) == TOO_FAR


@pytest.mark.parametrize(
    "narrowed",
    [(D.RESTITUTION_ONLY,), (D.NETWORK, replace(TEN, network=9))],
    ids=["its scope is narrowed", "a consent is withdrawn"],
)
async def test_r39_what_is_agreed_no_more_flags_the_sessions_and_what_is_again_takes_it_back(
    desk: Desk, narrowed: tuple[Any, ...]
) -> None:
    cast, film = a_cast(), a_workshop_film()
    action = await on_a_square(desk, cast, film)
    await settled(desk)
    assert await risks(desk, action, cast.holder) == []
    await heard(desk, film, 2, *narrowed)
    await settled(desk)
    assert await risks(desk, action, cast.holder) == ["R39"]
    await heard(desk, film, 3, D.NETWORK)
    await settled(desk)
    assert await risks(desk, action, cast.holder) == []


async def test_r39_the_verdicts_on_a_film_are_kept_and_replay_to_the_same_answer(desk: Desk) -> None:
    cast, film = a_cast(), a_workshop_film()
    action = await on_a_square(desk, cast, film)
    await heard(desk, film, 2, D.NETWORK, replace(TEN, network=9))
    await settled(desk)
    said = [one for one in await replayed(desk, action, cast.holder) if one["rule"] == "R39"]
    assert [(one["verb"], one["outcome"]) for one in said] == [
        ("action.plan_session", "allowed"),
        ("action.flag", "refused"),
    ]
    assert [one["inputs"]["network"] for one in said] == [10, 9]


async def in_a_prison(desk: Desk, cast: Cast) -> list[httpx.Response]:
    """Fund a project whose workshop is held in a prison, and whose film is shown in a room."""
    authority = Person(role=Role.CLOSED_SITE_AUTHORITY)
    return await running(desk, cast, actions=[inside_a_prison(authority), indoors()])


@pytest.mark.parametrize(
    ("consents", "said"),
    [
        (TO_PRISON, (200, "", None)),
        (replace(TO_PRISON, restitution_only=9, network=9), (409, "shown-too-far", "R40")),
        (replace(TO_PRISON, administration_reference=""), (409, "shown-too-far", "R40")),
    ],
    ids=["all agreed", "one did not", "the administration did not"],
)
async def test_r40_a_film_of_a_prison_s_workshop_is_shown_to_its_makers_once_all_and_the_prison_agreed(
    desk: Desk, consents: Consents, said: Any
) -> None:
    cast, film = a_cast(), a_workshop_film(None, None)
    workshop, room = await in_a_prison(desk, cast)
    where = {"action_id": UUID(workshop.json()["id"]), "project_id": UUID(room.json()["project_id"])}
    await heard(desk, film, 1, None, None, **where)
    action = await planned(desk, room, cast.holder, a_session(film.id, "2025-09-18"))
    uncounted = by_rule(await scheduled(desk, action, cast.holder))
    assert uncounted == (409, "shown-too-far", "R40")
    await heard(desk, film, 2, D.RESTITUTION_ONLY, consents, **where)
    assert by_rule(await scheduled(desk, action, cast.holder)) == said


async def test_r40_whoever_asks_is_told_the_same_of_a_workshop_that_they_do_not_see(desk: Desk) -> None:
    cast, other = a_cast(), a_cast()
    workshop, room = await in_a_prison(desk, cast)
    where = {"action_id": UUID(workshop.json()["id"]), "project_id": UUID(room.json()["project_id"])}
    film = a_workshop_film(D.NETWORK, None, **where)
    theirs, *_ = await begun(desk, other, film, actions=[outdoors()])
    assert (await desk.get(f"/v1/actions/{workshop.json()['id']}", other.holder)).status_code == 404
    for who, action in ((other.holder, theirs), (cast.holder, room)):
        said = await asked(desk, action, who, {"session": a_session(film.id, "2025-07-18")})
        about = {one["rule"]: (one["outcome"], one["blocks"]) for one in said["verdicts"] if one["film_id"]}
        assert about["R40"] == ("to_clear", "action.schedule")
        assert "R39" not in about


async def test_r40_a_workshop_that_turns_out_to_be_a_prison_s_flags_who_shows_its_film(desk: Desk) -> None:
    """All ten agreed, and the administration was not asked: nobody knew that it had to be."""
    cast, other = a_cast(), a_cast()
    workshop, *_ = await begun(desk, cast, actions=[an_action()])
    film = a_workshop_film(action_id=UUID(workshop.json()["id"]), project_id=UUID(workshop.json()["project_id"]))
    theirs, *_ = await begun(desk, other, film, actions=[outdoors()])
    theirs = await planned(desk, theirs, other.holder, a_session(film.id, "2025-07-18"))
    authority = Person(role=Role.CLOSED_SITE_AUTHORITY)
    for described, found in ((an_action(title="Encore"), []), (inside_a_prison(authority), ["R40"]), (an_action(), [])):
        workshop = await act(desk, workshop, "change", cast.holder, described, at=MARCH)
        await settled(desk)
        assert await risks(desk, theirs, other.holder) == found


async def test_r39_a_session_in_a_workshop_is_asked_too(desk: Desk) -> None:
    cast, film = a_cast(), a_workshop_film(D.NONE)
    workshop, *_ = await begun(desk, cast, film, actions=[{**indoors(), **COMPANION}])
    path = f"/v1/actions/{workshop.json()['id']}/sessions"
    answer = await desk.post(path, cast.holder, a_session(film.id, "2025-05-14"), match=workshop, at=MARCH)
    assert by_rule(answer) == TOO_FAR
    session = {**a_session(film.id, "2025-05-14"), "programme": []}
    assert (await act(desk, workshop, "sessions", cast.holder, session, at=MARCH)).status_code == 201

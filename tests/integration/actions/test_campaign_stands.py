"""How a whole campaign stands by the law: asked at once, and the same as its actions one by one."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx

from actions.commands import lookups
from actions.domain import checking
from actions.domain.action import Action
from actions.domain.circumstances import Circumstances
from actions.domain.refusals import NoSuchCampaign
from actions.store import actions as actions_store
from actions.store import campaigns
from common.contracts.catalogue import CopyState
from common.database import Database, Transaction
from common.tokens import SYSTEM
from tests.integration.actions.journeys import MARCH, act, an_action, go
from tests.integration.actions.people import Cast, Desk, Person, a_cast
from tests.integration.actions.screenings import a_film, a_session, asked, begun, indoors, planned, running
from tests.integration.actions.test_copies import a_copy, shown_from
from tests.integration.actions.test_film_law import paid
from tests.integration.actions.test_retractions import hear, message

STATEMENTS_MAX = 7
"""That it takes to look up what a campaign is judged by."""


async def stands(desk: Desk, who: Person, action: httpx.Response, **said: Any) -> list[dict[str, Any]]:
    """Walk the pages of a campaign's standing."""
    path = f"/v1/campaigns/{action.json()['campaign_id']}/verdicts"
    found: list[dict[str, Any]] = []
    while True:
        answer = await desk.get(path, who, **said)
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        if answer.json()["next"] is None:
            return found
        said["after"] = answer.json()["next"]


async def three(desk: Desk, cast: Cast, *films: Any) -> list[httpx.Response]:
    """Fund three actions, and plan a session of the two screenings."""
    some = [indoors(title="Une"), indoors(title="Deux"), an_action()]
    one, two, three = await running(desk, cast, *films, actions=some)
    one = await planned(desk, one, cast.holder, a_session(films[0].id, "2025-07-18"))
    two = await planned(desk, two, cast.holder, a_session(films[-1].id, "2025-07-18", starts_at="20:45"))
    return [one, two, three]


async def test_a_campaign_is_told_what_each_of_its_actions_is_told(desk: Desk) -> None:
    cast, film, other = a_cast(), a_film(visa="2023-01-01"), a_film(visa="2023-01-01")
    actions = await three(desk, cast, film, other)
    found = {one["action_id"]: one for one in await stands(desk, cast.coordinator, actions[0])}
    assert found.keys() == {action.json()["id"] for action in actions[:2]}
    for action in actions[:2]:
        alone = await asked(desk, action, cast.holder)
        stood = found[action.json()["id"]]
        assert stood["verdicts"] == [one for one in alone["verdicts"] if one["outcome"] != "allowed"]
        assert (stood["lawful"], stood["sessions"], stood["waits_for"]) == (alone["lawful"], 1, None)
        assert {one["rule"] for one in stood["verdicts"]} >= {"R52", "R53"}


async def lending(desk: Desk, number: int) -> UUID:
    """Plan a session in each of so many actions, six of them paid, from three copies in turns; give the campaign."""
    cast, film = a_cast(), a_film(visa="2023-01-01")
    copies = [a_copy(film) for _ in range(3)]
    for copy in copies:
        await desk.hear("copy", copy)
    free = [indoors(title=f"Gratuite {n}") for n in range(max(0, number - 6))]
    found = await begun(desk, cast, film, actions=[*paid(min(number, 6)), *free])
    for n, action in enumerate(found):
        await act(desk, action, "sessions", cast.holder, an_evening(copies, n), at=MARCH)
    return UUID(found[0].json()["campaign_id"])


def an_evening(copies: Sequence[CopyState], n: int) -> dict[str, Any]:
    """Show one of the copies on one of the evenings from summer on: each is back for the third next."""
    return shown_from(copies[n % len(copies)], f"{date(2025, 7, 1) + timedelta(days=n)}")


async def together(tx: Transaction, campaign_id: UUID) -> tuple[Sequence[Action], dict[UUID, Circumstances], int]:
    """Look up all actions of a campaign at once, and count the statements that this takes.

    It is done twice: asyncpg asks PostgreSQL about a type when a connection first meets it.
    """
    campaign = await campaigns.campaign(tx, campaign_id)
    found = await actions_store.going(tx, campaign_id, ["planned"], after=None, limit=100)
    await lookups.of_campaign(tx, campaign, found)
    asked: list[str] = []
    with tx.query_logger(lambda record: asked.append(record.query)):
        given = await lookups.of_campaign(tx, campaign, found)
    return found, given, len(asked)


async def test_what_more_actions_are_judged_by_takes_no_more_statements(desk: Desk, db: Database) -> None:
    counts = []
    for number in (1, 50):
        campaign_id = await lending(desk, number)
        async with db.transaction(SYSTEM) as tx:
            found, given, statements = await together(tx, campaign_id)
        assert len(found) == len(given) == number
        counts.append(statements)
    assert counts[0] == counts[1] <= STATEMENTS_MAX


async def test_actions_are_judged_by_the_same_together_and_each_alone(desk: Desk, db: Database) -> None:
    async with db.transaction(SYSTEM) as tx:
        found, given, _ = await together(tx, await lending(desk, 12))
        for action in found:
            days = [session.held_on for session in action.live_sessions]
            alone, told = await lookups.circumstances(tx, action, days), given[action.id]
            assert (told.bookings, told.paid_elsewhere) == (alone.bookings, alone.paid_elsewhere)
            assert checking.standing(action, told) == checking.standing(action, alone)
    assert sorted(len(one.paid_elsewhere) for one in given.values()) == [0] * 6 + [5] * 6
    lent = sorted(len(some) for one in given.values() for some in one.bookings.values())
    assert lent == [2] * 3 + [3] * 9  # the last evening of a copy sees two before it, and no first


async def test_a_campaign_is_walked_page_by_page(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    actions = await three(desk, cast, film)
    whole = await stands(desk, cast.coordinator, actions[0])
    assert await stands(desk, cast.coordinator, actions[0], limit=1) == whole


async def test_what_has_not_been_heard_of_keeps_nothing_else_from_being_judged(desk: Desk) -> None:
    cast, film, gone = a_cast(), a_film(visa="2023-01-01"), a_film(visa="2023-01-01")
    one, two, _ = await three(desk, cast, film, gone)
    await hear(desk.db, message("film", str(gone.id), 2, None))
    found = {one["action_id"]: one for one in await stands(desk, cast.coordinator, one)}
    assert found[one.json()["id"]]["lawful"] is False
    assert (found[two.json()["id"]]["lawful"], found[two.json()["id"]]["waits_for"]) == (None, f"film {gone.id}")


async def test_the_actions_of_a_project_that_was_withdrawn_are_judged_no_more(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    action, *_ = await begun(desk, cast, film, actions=[indoors()])
    action = await planned(desk, action, cast.holder, a_session(film.id, "2025-07-18"))
    assert [one["action_id"] for one in await stands(desk, cast.holder, action)] == [action.json()["id"]]
    project = await desk.get(f"/v1/projects/{action.json()['project_id']}", cast.holder)
    await go(desk, project, "withdraw", cast.holder, {"reason": "Plus de salle"}, at=MARCH)
    assert await stands(desk, cast.holder, action) == []


async def test_a_stranger_is_told_of_no_action_and_nobody_of_a_campaign_that_is_none(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    actions = await three(desk, cast, film)
    assert await stands(desk, a_cast().holder, actions[0]) == []
    answer = await desk.get(f"/v1/campaigns/{actions[0].json()['id']}/verdicts", cast.coordinator)
    assert (answer.status_code, answer.json()["code"]) == (404, NoSuchCampaign.code)

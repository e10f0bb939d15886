"""A DRAC's last days change: the due days that move with them are announced, each change once, and nothing else is."""

from typing import Any

import asyncpg
import httpx
import msgspec

from common.contracts.actions import ActionObligationsMoved
from common.contracts.catalogue import Classification
from tests.integration.actions.journeys import MARCH
from tests.integration.actions.people import Cast, Desk, a_cast
from tests.integration.actions.screenings import a_film, a_session, begun, outdoors, planned
from tests.integration.actions.test_risks import risks, settled

SHOWN_ON = "2025-07-18"
OURS = "2025-05-19"
"""Two months before, where the DRAC says nothing."""
THEIRS, SOONER = "2025-05-01", "2025-04-15"


def summer(request_by: str) -> dict[str, str]:
    return {"first_on": "2025-07-01", "last_on": "2025-08-31", "request_by": request_by}


async def a_plan(desk: Desk, cast: Cast, *deadlines: dict[str, str]) -> httpx.Response:
    """Plan a feature outdoors in a campaign that has these deadlines."""
    film, rules = a_film(visa="2023-01-01"), {"authorisation_deadlines": list(deadlines)}
    action, *_ = await begun(desk, cast, film, actions=[outdoors()], rules=rules)
    action = await planned(desk, action, cast.holder, a_session(film.id, SHOWN_ON))
    await settled(desk)
    return action


async def change(desk: Desk, cast: Cast, action: httpx.Response, *deadlines: dict[str, str], **said: Any) -> None:
    path = f"/v1/campaigns/{action.json()['campaign_id']}"
    campaign = await desk.get(path, cast.coordinator)
    rules = {"deadline_on": "2025-01-24", "authorisation_deadlines": list(deadlines), **said}
    answer = await desk.post(f"{path}/change-rules", cast.coordinator, rules, match=campaign, at=MARCH)
    assert answer.status_code == 200, answer.text


async def told(address: str, action: httpx.Response) -> list[list[tuple[str, str, str]]]:
    """List, fact by fact, which days were told to have moved, from when to when."""
    owner = await asyncpg.connect(address)
    said = "SELECT value FROM actions.outbox WHERE key = $1 AND type LIKE '%.obligations_moved.v1' ORDER BY seq"
    rows = await owner.fetch(said, action.json()["id"])
    await owner.close()
    facts = [msgspec.json.decode(row["value"], type=ActionObligationsMoved) for row in rows]
    return [[(str(one.kind), str(one.before), str(one.after)) for one in fact.days] for fact in facts]


async def due_on(desk: Desk, cast: Cast, action: httpx.Response) -> str:
    found = await desk.get(f"/v1/actions/{action.json()['id']}/obligations", cast.holder)
    (day,) = (one["due_on"] for one in found.json()["items"] if one["kind"] == "cnc_authorisation")
    return str(day)


async def version(desk: Desk, cast: Cast, action: httpx.Response) -> int:
    read = await desk.get(f"/v1/actions/{action.json()['id']}", cast.holder)
    return int(read.json()["version"])


async def test_o01_a_campaign_s_new_deadlines_move_due_days_and_tell_it_once(desk: Desk, address: str) -> None:
    cast = a_cast()
    action = await a_plan(desk, cast)
    assert await due_on(desk, cast, action) == OURS
    before = await version(desk, cast, action)
    await change(desk, cast, action, summer(THEIRS))
    assert await due_on(desk, cast, action) == THEIRS
    await settled(desk)
    moved = [("cnc_authorisation", OURS, THEIRS)]
    assert await told(address, action) == [moved]
    assert await version(desk, cast, action) == before + 1
    await change(desk, cast, action)
    await settled(desk)
    assert await told(address, action) == [moved, [("cnc_authorisation", THEIRS, OURS)]]


async def test_o01_nothing_is_told_where_no_due_day_moves(desk: Desk, address: str) -> None:
    """Another season's last day, another rule, and the same deadlines said again."""
    cast = a_cast()
    action = await a_plan(desk, cast, summer(THEIRS))
    before = await version(desk, cast, action)
    autumn = {"first_on": "2025-09-01", "last_on": "2025-11-30", "request_by": "2025-07-01"}
    for deadlines, said in (
        ([summer(THEIRS), autumn], {}),
        ([summer(THEIRS), autumn], {"extension_days": 30}),
        ([summer(THEIRS)], {}),
    ):
        await change(desk, cast, action, *deadlines, **said)
        await settled(desk)
    assert await told(address, action) == []
    assert await version(desk, cast, action) == before


async def test_o01_changes_that_nobody_has_judged_yet_are_told_as_one(desk: Desk, address: str) -> None:
    cast = a_cast()
    action = await a_plan(desk, cast)
    await change(desk, cast, action, summer(THEIRS))
    await change(desk, cast, action, summer(SOONER))
    await settled(desk)
    assert await told(address, action) == [[("cnc_authorisation", OURS, SOONER)]]
    await change(desk, cast, action, summer(THEIRS))
    await change(desk, cast, action, summer(SOONER))
    await settled(desk)
    assert len(await told(address, action)) == 1


async def test_o01_new_deadlines_and_a_new_risk_are_told_together(desk: Desk, address: str) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01", classification=Classification.U12)
    rules = {"under_12_outdoors": "with_access_note"}
    action, *_ = await begun(desk, cast, film, actions=[outdoors(access_note="Accès contrôlé")], rules=rules)
    action = await planned(desk, action, cast.holder, a_session(film.id, SHOWN_ON))
    await settled(desk)
    before = await version(desk, cast, action)
    await change(desk, cast, action, summer(THEIRS), under_12_outdoors="refused")
    await settled(desk)
    assert await risks(desk, action, cast.holder) == ["R16"]
    assert await told(address, action) == [[("cnc_authorisation", OURS, THEIRS)]]
    assert await version(desk, cast, action) == before + 2

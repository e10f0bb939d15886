"""Where and when a closed circuit is shown, through the HTTP door: to those inside all, to others a commune (R41)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import msgspec
import pytest

from actions.domain import access
from common.contracts.access import LEVEL_OF, SCOPES_OF, Role
from common.database import Database
from common.tokens import SYSTEM, Principal, Territory
from tests.integration.actions.journeys import MARCH, act, actions_of, an_action, funded
from tests.integration.actions.people import Cast, Desk, Person, a_cast
from tests.integration.actions.screenings import a_film, by_rule, indoors, planned
from tests.integration.actions.screenings import begun as begun_with
from tests.integration.actions.test_copies import NEXT_DOOR, a_copy, shown_from
from tests.unit.actions import dossiers as a
from tests.unit.actions.test_access import SITE
from tests.unit.actions.test_disclosure import in_prison

DAYS = "2025-05-12", "2025-05-19"
SECRETS = "Vivonne", "médiatrice", *DAYS
"""What was written of it that only those inside may read."""


def inside_a_prison(authority: Person, **place: Any) -> dict[str, Any]:
    return an_action(
        title="Atelier à Vivonne",
        description="Au quartier des femmes de Vivonne",
        setting="closed_site",
        closed_circuit="prison",
        site_authority_id=str(authority.org),
        places=[{"label": "Maison d’arrêt de Vivonne", "municipality": "86194", **place}],
    )


async def announced(desk: Desk, cast: Cast, authority: Person, **place: Any) -> httpx.Response:
    """Announce two sessions inside a prison of Poitiers."""
    project = await funded(desk, cast, actions=[inside_a_prison(authority, **place)])
    (action,) = await actions_of(desk, cast, project)
    for day in DAYS:
        session = {"held_on": day, "starts_at": "14:00", "responsible": "médiatrice"}
        action = await act(desk, action, "sessions", cast.holder, session, at=MARCH)
    approval = {"approved": True, "decided_on": "2025-03-20"}
    action = await act(desk, action, "site-approval", authority, approval, at=MARCH)
    return await act(desk, action, "schedule", cast.holder, at=MARCH)


async def begun(desk: Desk, cast: Cast, action: httpx.Response) -> httpx.Response:
    action = await act(desk, action, "start", cast.holder, at="2025-05-12T14:01:00+02:00")
    return await counted(desk, cast, action, 0)


async def counted(desk: Desk, cast: Cast, action: httpx.Response, n: int) -> httpx.Response:
    path = f"sessions/{action.json()['sessions'][n]['id']}/attendance"
    body = {"total": 9, "method": "counted"}
    return await act(desk, action, path, cast.holder, body, at=f"{DAYS[n]}T18:00:00+02:00")


def outsiders(cast: Cast) -> Sequence[Person]:
    return cast.drac, cast.town, Person(role=Role.NATIONAL_COORDINATION), Person(role=Role.CNC_OPEN_AIR_OFFICER)


async def read_by(desk: Desk, who: Person, action: httpx.Response) -> list[httpx.Response]:
    """Read the action by itself, and in the list of its project."""
    here = f"/v1/actions/{action.json()['id']}"
    return [await desk.get(here, who), await desk.get("/v1/actions", who, project_id=action.json()["project_id"])]


async def test_r41_those_inside_read_all_and_others_a_commune_and_a_kind(desk: Desk) -> None:
    cast, authority = a_cast(), Person(role=Role.CLOSED_SITE_AUTHORITY)
    action = await announced(desk, cast, authority)
    for who in (cast.holder, cast.coordinator, cast.secretary, authority):
        for answer in await read_by(desk, who, action):
            assert all(secret in answer.text for secret in SECRETS), who.role
    for who in outsiders(cast):
        for answer in await read_by(desk, who, action):
            assert answer.status_code == 200
            assert '"municipality":"86194"' in answer.text
            assert '"label":"prison"' in answer.text
            assert not [secret for secret in (*SECRETS, str(authority.org)) if secret in answer.text], who.role


@pytest.mark.parametrize("path", ["obligations", "verdicts", "check"])
async def test_r41_nor_is_the_day_told_by_what_follows_from_it(desk: Desk, path: str) -> None:
    cast, authority = a_cast(), Person(role=Role.CLOSED_SITE_AUTHORITY)
    action = await announced(desk, cast, authority)
    here = f"/v1/actions/{action.json()['id']}/{path}"
    for who in outsiders(cast):
        answer = await (desk.post(here, who, {}) if path == "check" else desk.get(here, who))
        assert by_rule(answer) == (403, "withheld-from-you", "R41")
        assert answer.json()["inputs"] == {"closed_circuit": "prison"}
    if path != "check":
        assert (await desk.get(here, authority)).status_code == 200
    standing = f"/v1/campaigns/{action.json()['campaign_id']}/verdicts"
    assert action.json()["id"] not in (await desk.get(standing, cast.drac)).text
    assert action.json()["id"] in (await desk.get(standing, cast.coordinator)).text


async def test_r41_that_it_has_begun_is_told_to_those_inside_only_by_no_filter_either(desk: Desk) -> None:
    cast, authority = a_cast(), Person(role=Role.CLOSED_SITE_AUTHORITY)
    action = await begun(desk, cast, await announced(desk, cast, authority))
    project = action.json()["project_id"]
    for who, state in ((cast.holder, "in_progress"), (cast.town, "scheduled"), (cast.drac, "scheduled")):
        for asked in ("in_progress", "scheduled"):
            listed = await desk.get("/v1/actions", who, project_id=project, state=asked)
            assert [one["state"] for one in listed.json()["items"]] == ([state] if asked == state else [])
        alone = await desk.get(f"/v1/actions/{action.json()['id']}", who)
        assert alone.json()["state"] == state
        assert ("in_progress" in alone.text) is (state == "in_progress")
    town = await desk.get(f"/v1/actions/{action.json()['id']}", cast.town)
    assert (town.json()["attendance"], town.json()["sessions"]) == (None, [])


async def test_r41_that_it_has_begun_is_told_by_no_refusal_and_by_no_instant_either(desk: Desk) -> None:
    cast, authority = a_cast(), Person(role=Role.CLOSED_SITE_AUTHORITY)
    before = await announced(desk, cast, authority)
    said = [await refusals_outside(desk, cast, before)]
    begun_now = await begun(desk, cast, before)
    said.append(await refusals_outside(desk, cast, begun_now))
    assert said[0] == said[1] == [(403, "not-yours")] * 2
    for who in outsiders(cast):
        for answer in await read_by(desk, who, begun_now):
            assert "2025-05-12" not in answer.text
            assert "2025-01-01T00:00:00Z" in answer.text


async def refusals_outside(desk: Desk, cast: Cast, action: httpx.Response) -> list[tuple[int, str]]:
    """Let those give an opinion and decide of whom nothing was asked."""
    opinion = {"opinion": "favourable", "given_on": "2025-03-20"}
    decision = {"granted": True, "decided_on": "2025-03-20", "reference": "CNC-1"}
    said = []
    for who, verb, body in (
        (cast.drac, "opinion", opinion),
        (Person(role=Role.CNC_OPEN_AIR_OFFICER), "decide", decision),
    ):
        answer = await desk.post(f"/v1/actions/{action.json()['id']}/authorisation/{verb}", who, body, match=action)
        assert "in_progress" not in answer.text
        said.append((answer.status_code, answer.json()["code"]))
    return said


async def test_r41_the_day_is_told_once_it_was_held_and_the_place_never(desk: Desk) -> None:
    cast, authority = a_cast(), Person(role=Role.CLOSED_SITE_AUTHORITY)
    action = await counted(desk, cast, await begun(desk, cast, await announced(desk, cast, authority)), 1)
    body = {"participants_distinct": 9}
    action = await act(desk, action, "hold", cast.holder, body, at="2025-05-19T18:05:00+02:00")
    for who in outsiders(cast):
        for answer in await read_by(desk, who, action):
            assert all(day in answer.text for day in DAYS)
            assert not [secret for secret in ("Vivonne", "médiatrice", str(authority.org)) if secret in answer.text]


async def test_r41_facts_say_that_the_day_is_withheld_until_it_was_held(desk: Desk, address: str) -> None:
    cast, authority = a_cast(), Person(role=Role.CLOSED_SITE_AUTHORITY)
    action = await counted(desk, cast, await begun(desk, cast, await announced(desk, cast, authority)), 1)
    body = {"participants_distinct": 9}
    action = await act(desk, action, "hold", cast.holder, body, at="2025-05-19T18:05:00+02:00")
    said = await facts_of(address, action.json()["id"])
    assert {fact for fact, withheld in said if not withheld} == {"action.held"}
    assert len(said) > 6


async def facts_of(address: str, action_id: str) -> list[tuple[str, bool]]:
    """List an action's facts as they will leave: the kind of each, and whether it withholds the day."""
    owner = await asyncpg.connect(address)
    try:
        said = "SELECT type, value FROM actions.outbox WHERE key = $1 AND topic LIKE '%.events.v1' ORDER BY seq"
        rows = await owner.fetch(said, action_id)
    finally:
        await owner.close()
    return [
        (row["type"].removeprefix("fr.passeursdimages.").removesuffix(".v1"), b'"day_withheld":true' in row["value"])
        for row in rows
    ]


async def test_r41_what_a_copy_is_lent_for_in_a_prison_no_answer_tells_a_refusal_neither(desk: Desk) -> None:
    cast, authority, film = a_cast(), Person(role=Role.CLOSED_SITE_AUTHORITY), a_film(visa="2023-01-01")
    copy = a_copy(film)
    await desk.hear("copy", copy)
    prison = inside_a_prison(authority) | {"action_type": "closed_room_screening"}
    inside, *_ = await begun_with(desk, cast, film, actions=[prison])
    assert (await planned(desk, inside, cast.holder, shown_from(copy, DAYS[0]))).status_code == 201
    other = a_cast()
    action, *_ = await begun_with(desk, other, film, actions=[indoors(places=[NEXT_DOOR])])
    action = await planned(desk, action, other.holder, shown_from(copy, "2025-05-14"))
    day_before = shown_from(copy, "2025-05-11")
    refused = await planned(desk, action, other.holder, day_before)
    asked_for = await desk.post(f"/v1/actions/{action.json()['id']}/check", other.holder, {"session": day_before})
    kept = await desk.get(f"/v1/actions/{action.json()['id']}/verdicts", other.holder)
    assert by_rule(refused) == (409, "copy-cannot-be-there", "C01")
    assert "C01" in kept.text
    for answer in (refused, asked_for, kept):
        assert not [secret for secret in ('"lent"', DAYS[0]) if secret in answer.text]
    assert any(DAYS[0] in one for one in await lendings_kept(desk, action.json()["id"]))


async def lendings_kept(desk: Desk, action_id: str) -> list[str]:
    """Read what is kept of the verdicts on copies: whole, since it replays."""
    async with desk.db.transaction(SYSTEM) as tx:
        rows = await tx.fetch("SELECT inputs FROM verdict WHERE action_id = $1 AND rule = 'C01'", action_id)
    return [row["inputs"] for row in rows]


WHOSE = {
    "holder": a.a_funded().screening.holder_id,
    "authority": SITE,
    "somebody": uuid4(),
}


async def test_r41_rows_are_withheld_from_those_from_whom_the_domain_withholds_them(db: Database) -> None:
    """It is said twice, in Python for documents and in SQL for filters: the two must never differ."""
    plain = a.screening_planned(a.a_funded()).screening
    asked = a.authorised(a.screening_planned(a.a_funded())).screening
    withheld = 0
    for action in (plain, in_prison(plain), replace(in_prison(plain), site_authority_id=None), in_prison(asked)):
        row = msgspec.json.encode(action.published()).decode()
        for who in everybody():
            async with db.transaction(who) as tx:
                by_row = await tx.fetchval(
                    "SELECT withheld(jsonb_populate_record(NULL::action, $1::jsonb - 'version'))", row
                )
            assert by_row is not access.sees_inside(who, action), (who, action)
            withheld += by_row
    assert withheld > 20


def everybody() -> list[Principal]:
    """Make a caller of each role for each organisation, in the action's coordination, in another, and in none."""
    ours = a.a_funded().screening.coordination_id
    return [
        Principal(
            client_id="somebody",
            role=role,
            scopes=SCOPES_OF[role],
            org=org,
            coordination_id=coordination,
            territory=Territory(LEVEL_OF[role]),
        )
        for role in Role
        for org in WHOSE.values()
        for coordination in (None, ours, uuid4())
    ] + [SYSTEM]

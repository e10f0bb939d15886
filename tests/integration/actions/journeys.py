"""Ways that tests go with a project, up to the point that they are about."""

from typing import Any

import httpx

from tests.integration.actions.people import Cast, Desk, Person, euros

OPENED = "2024-10-15T09:00:00+02:00"
JANUARY = "2025-01-21T10:00:00+01:00"
FEBRUARY = "2025-02-13T10:00:00+01:00"
MARCH = "2025-03-20T10:00:00+01:00"


def a_campaign(**said: Any) -> dict[str, Any]:
    rules = {"deadline_on": "2025-01-24", "prior_contact_required": False, **said.pop("rules", {})}
    return {"year": 2025, "session": 1, "title": "Campagne", "ends_on": "2025-12-31", "rules": rules, **said}


def an_action(**said: Any) -> dict[str, Any]:
    return {
        "action_type": "programming_workshop",
        "title": "Atelier de programmation",
        "setting": "indoors",
        "period": {"first_on": "2025-04-01", "last_on": "2025-06-30"},
        "places": [{"label": "Maison de quartier", "municipality": "86194"}],
        **said,
    }


def a_project(cast: Cast, campaign_id: str, **said: Any) -> dict[str, Any]:
    """A balanced project of 1 000 €, asked of the DRAC and of the town."""
    return {
        "campaign_id": campaign_id,
        "title": "Cinéma aux Couronneries",
        "main_municipality": "86194",
        "partners": [
            {"organisation_id": str(cast.holder.org), "function": "public_structure"},
            {"organisation_id": str(cast.cinema), "function": "cultural_actor"},
            {"organisation_id": str(cast.town.org), "function": "local_authority"},
        ],
        "lines": [
            {"funder_id": str(cast.drac.org), "kind": "passeurs", "asked": euros("600.00")},
            {"funder_id": str(cast.town.org), "kind": "co_funding", "asked": euros("400.00")},
        ],
        "forecast": {"charges": [{"label": "Intervenant", "amount": euros("1000.00")}]},
        "actions": [an_action()],
        **said,
    }


async def opened(desk: Desk, cast: Cast, **said: Any) -> str:
    """Open a campaign; return its id."""
    await desk.introduce(cast)
    drafted = await desk.post("/v1/campaigns", cast.coordinator, a_campaign(**said), at=OPENED)
    assert drafted.status_code == 201, drafted.text
    campaign_id: str = drafted.json()["id"]
    path = f"/v1/campaigns/{campaign_id}/open"
    answer = await desk.post(path, cast.coordinator, match=drafted, at=OPENED)
    assert answer.status_code == 200, answer.text
    return campaign_id


async def drafted(desk: Desk, cast: Cast, **said: Any) -> httpx.Response:
    """Open a campaign and begin a project in it."""
    campaign_id = await opened(
        desk, cast, **{name: said.pop(name) for name in ("rules", "zone", "ends_on") if name in said}
    )
    answer = await desk.post("/v1/projects", cast.holder, a_project(cast, campaign_id, **said), at=JANUARY)
    assert answer.status_code == 201, answer.text
    return answer


async def submitted(desk: Desk, cast: Cast, **said: Any) -> httpx.Response:
    draft = await drafted(desk, cast, **said)
    return await go(desk, draft, "submit", cast.holder, at=JANUARY)


async def validated(desk: Desk, cast: Cast, **said: Any) -> httpx.Response:
    """Bring a project to the committee, and through."""
    project = await submitted(desk, cast, **said)
    project = await go(desk, project, "declare-eligible", cast.coordinator, at=JANUARY)
    decision = {"outcome": "validated", "committee_on": "2025-02-13", "quorum": "9/12", "recommended": euros("600.00")}
    return await go(desk, project, "decide", cast.secretary, decision, at=FEBRUARY)


async def funded(desk: Desk, cast: Cast, **said: Any) -> httpx.Response:
    """Let every funder grant all that was asked."""
    project = await validated(desk, cast, **said)
    for line, who, granted in zip(project.json()["lines"], (cast.drac, cast.town), ("600.00", "400.00"), strict=True):
        body = {"granted": euros(granted), "decided_on": "2025-03-20", "reference": "D-1"}
        project = await go(desk, project, f"funding-lines/{line['id']}/decide", who, body, at=MARCH)
    return await go(desk, project, "fund", cast.coordinator, at=MARCH)


async def go(desk: Desk, before: httpx.Response, verb: str, who: Any, body: Any = None, *, at: str) -> httpx.Response:
    """Do something to a project that must succeed."""
    path = f"/v1/projects/{before.json()['id']}/{verb}"
    answer = await desk.post(path, who, body, match=before, at=at)
    assert answer.status_code < 300, answer.text
    return answer


async def actions_of(desk: Desk, cast: Cast, project: httpx.Response) -> list[httpx.Response]:
    """Read a project's actions, in the order in which they were made."""
    listed = await desk.get("/v1/actions", cast.holder, project_id=project.json()["id"])
    return [await desk.get(f"/v1/actions/{one['id']}", cast.holder) for one in listed.json()["items"]]


async def act(
    desk: Desk, before: httpx.Response, verb: str, who: Person, body: Any = None, *, at: str
) -> httpx.Response:
    """Do something to an action that must succeed."""
    path = f"/v1/actions/{before.json()['id']}/{verb}"
    answer = await desk.post(path, who, body, match=before, at=at)
    assert answer.status_code < 300, answer.text
    return answer


async def scheduled(desk: Desk, cast: Cast, action: httpx.Response, *days: str) -> httpx.Response:
    """Plan a session on each of these days, and announce the action."""
    for day in days:
        session = {"held_on": day, "starts_at": "14:00", "responsible": "médiatrice"}
        action = await act(desk, action, "sessions", cast.holder, session, at=MARCH)
    return await act(desk, action, "schedule", cast.holder, at=MARCH)

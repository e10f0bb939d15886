"""Dossiers as these tests need them: just begun, funded with a session to come, or held and reported."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from common.contracts.access import Role
from tests.e2e.ground import Ground
from tests.e2e.people import Office

OCTOBER = datetime.fromisoformat("2024-10-15T09:00:00+02:00")
JANUARY = datetime.fromisoformat("2025-01-21T10:00:00+01:00")
FEBRUARY = datetime.fromisoformat("2025-02-13T10:00:00+01:00")
MARCH = datetime.fromisoformat("2025-03-20T10:00:00+01:00")
APRIL = datetime.fromisoformat("2025-04-01T10:00:00+02:00")
MAY = datetime.fromisoformat("2025-05-20T10:00:00+02:00")

SESSION = {"held_on": "2025-05-14", "starts_at": "14:00:00", "responsible": "médiatrice"}


@dataclass(frozen=True, slots=True)
class Made:
    """What was made, by the names that paths give to it."""

    things: dict[str, str] = field(default_factory=dict)
    _ids: set[str] = field(default_factory=set)

    @property
    def ids(self) -> frozenset[str]:
        """Give the ids of what is nobody else's: campaigns aside, which are public once they are opened."""
        return frozenset(self._ids)

    def keep(self, name: str, identifier: str) -> str:
        self.things[name] = identifier
        if name != "campaign_id":
            self._ids.add(identifier)
        return identifier


def money(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


def a_campaign(run: str) -> dict[str, Any]:
    rules = {"deadline_on": "2025-01-24", "prior_contact_required": False}
    return {"year": 2025, "title": f"Campagne {run}", "ends_on": "2025-12-31", "rules": rules}


def an_action(ground: Ground, **said: Any) -> dict[str, Any]:
    return {
        "action_type": "programming_workshop",
        "title": "Atelier",
        "setting": "indoors",
        "period": {"first_on": "2025-04-01", "last_on": "2025-06-30"},
        "places": [{"label": "Maison de quartier", "municipality": ground.place.communes[0]}],
        "site_authority_id": ground.company.organisations["cinema"],
        **said,
    }


def a_project(ground: Ground, campaign_id: str, *actions: Mapping[str, Any]) -> dict[str, Any]:
    """A balanced project of 1 000 €, asked of the DRAC and of the town."""
    parties = ground.company.organisations
    return {
        "campaign_id": campaign_id,
        "title": "Cinéma au quartier",
        "main_municipality": ground.place.communes[0],
        "partners": [
            {"organisation_id": parties["association"], "function": "public_structure"},
            {"organisation_id": parties["cinema"], "function": "cultural_actor"},
            {"organisation_id": parties["town"], "function": "local_authority"},
        ],
        "lines": [
            {"funder_id": ground.drac.organisation_id, "kind": "passeurs", "asked": money("600.00")},
            {"funder_id": parties["town"], "kind": "co_funding", "asked": money("400.00")},
        ],
        "forecast": {"charges": [{"label": "Intervenant", "amount": money("1000.00")}]},
        "actions": list(actions),
    }


async def opened(office: Office, ground: Ground) -> str:
    """Open a campaign."""
    coordinator = ground[Role.REGIONAL_COORDINATOR]
    campaign = await office.write(coordinator, "/v1/campaigns", a_campaign(office.run), at=OCTOBER)
    path = f"/v1/campaigns/{campaign['id']}"
    await office.write(coordinator, f"{path}/open", seen=path, at=OCTOBER)
    return str(campaign["id"])


async def drafted(office: Office, ground: Ground, campaign_id: str, **said: Any) -> Made:
    """Begin a project with one action."""
    made, holder = Made(), ground[Role.PROJECT_HOLDER]
    made.keep("campaign_id", campaign_id)
    body = a_project(ground, campaign_id, an_action(ground, **said))
    project = await office.write(holder, "/v1/projects", body, at=JANUARY)
    made.keep("project_id", project["id"])
    made.keep("line_id", project["lines"][0]["id"])
    actions = await office.read(holder, "/v1/actions", project_id=project["id"])
    made.keep("action_id", actions["items"][0]["id"])
    made.things["place_id"] = actions["items"][0]["places"][0]["id"]
    return made


async def beginning(office: Office, ground: Ground) -> Made:
    """Open a campaign and begin a project in it."""
    return await drafted(office, ground, await opened(office, ground))


async def funded(office: Office, ground: Ground, campaign_id: str, **said: Any) -> Made:
    """Bring a project through the committee and to its money."""
    made = await drafted(office, ground, campaign_id, **said)
    steps: list[tuple[Role, str, Any, datetime]] = [
        (Role.PROJECT_HOLDER, "submit", None, JANUARY),
        (Role.REGIONAL_COORDINATOR, "declare-eligible", None, JANUARY),
        (Role.COMMITTEE_SECRETARY, "decide", _DECISION, FEBRUARY),
    ]
    for role, verb, body, at in steps:
        await _on(office, ground, made, "project", role, verb, body, at)
    project = await office.read(ground[Role.PROJECT_HOLDER], f"/v1/projects/{made.things['project_id']}")
    for line, role in zip(project["lines"], (Role.DRAC_ADVISER, Role.FUNDER), strict=True):
        granted = {"granted": line["asked"], "decided_on": "2025-03-20", "reference": "D-1"}
        await _on(office, ground, made, "project", role, f"funding-lines/{line['id']}/decide", granted, MARCH)
    convention = {"line_ids": [made.things["line_id"]], "reference": "C-1", "sent_on": "2025-03-20"}
    await _on(office, ground, made, "project", Role.REGIONAL_COORDINATOR, "convention/send", convention, MARCH)
    await _on(office, ground, made, "project", Role.REGIONAL_COORDINATOR, "fund", None, MARCH)
    return made


async def screening(office: Office, ground: Ground, campaign_id: str, film_id: str) -> Made:
    """Plan a session of a film, whose rights are still to be asked for."""
    made = await funded(office, ground, campaign_id, action_type="special_screening", title="Séance")
    body = {**SESSION, "programme": [{"film_id": film_id, "version": "vo"}]}
    action = await _on(office, ground, made, "action", Role.PROJECT_HOLDER, "sessions", body, APRIL)
    made.keep("session_id", action["sessions"][0]["id"])
    made.keep("clearance_id", action["clearances"][0]["id"])
    return made


async def told(office: Office, ground: Ground, campaign_id: str) -> Made:
    """Hold a workshop and report it."""
    made = await funded(office, ground, campaign_id)
    action = await _on(office, ground, made, "action", Role.PROJECT_HOLDER, "sessions", SESSION, APRIL)
    session_id = made.keep("session_id", action["sessions"][0]["id"])
    await _on(office, ground, made, "action", Role.PROJECT_HOLDER, "schedule", None, APRIL)
    count = {"total": 12, "method": "registered"}
    verb = f"sessions/{session_id}/attendance"
    await _on(office, ground, made, "action", Role.PROJECT_HOLDER, verb, count, MAY)
    held = {"participants_distinct": 12}
    await _on(office, ground, made, "action", Role.PROJECT_HOLDER, "hold", held, MAY)
    content = {
        "actions": [{"action_id": made.things["action_id"]}],
        "actual": {"charges": [{"label": "Intervenant", "amount": money("1000.00")}]},
    }
    report = await _on(office, ground, made, "project", Role.PROJECT_HOLDER, "reports", content, MAY)
    made.keep("report_id", report["id"])
    return made


_DECISION = {
    "outcome": "validated",
    "committee_on": "2025-02-13",
    "quorum": "9/12",
    "recommended": money("600.00"),
}


async def _on(
    office: Office, ground: Ground, made: Made, kind: str, role: Role, verb: str, body: Any, at: datetime
) -> dict[str, Any]:
    """Do something to what was made, as one of the ground's people, on its day."""
    path = f"/v1/{kind}s/{made.things[f'{kind}_id']}"
    return await office.write(ground[role], f"{path}/{verb}", body, seen=path, at=at)

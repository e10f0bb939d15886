"""A right withdrawn: every session that depends on it is flagged within seconds, and who subscribed there is told."""

import asyncio
import time
from datetime import date, timedelta
from typing import Any

import pytest

from common.contracts.access import Role
from demo.letters import Letter, receiving
from demo.settings import Settings
from tests.conftest import House
from tests.e2e.dossier import APRIL, funded
from tests.e2e.people import Office
from tests.e2e.scene import Scene
from tests.e2e.subscription import subscribe
from tests.waiting import until

FLAGGED_WITHIN_S = 5.0
PROJECTS = 4
AS_PROMISED = 500


async def agreed(office: Office, scene: Scene, offer_id: str, number: int) -> str:
    """Plan a project's sessions, and have the rights of each agreed on the offer; give the action."""
    holder = scene.home[Role.PROJECT_HOLDER]
    made = await funded(
        office, scene.home, scene.things["open_campaign_id"], action_type="closed_room_screening", title="Séances"
    )
    path = f"/v1/actions/{made.things['action_id']}"
    for day in range(number):
        session = {
            "held_on": (date(2025, 5, 2) + timedelta(days=day)).isoformat(),
            "starts_at": "14:00:00",
            "responsible": "médiatrice",
            "programme": [{"film_id": scene.things["film_id"], "version": "vo"}],
        }
        action = await office.write(holder, f"{path}/sessions", session, seen=path, at=APRIL)
        for state in ("requested", "quoted", "confirmed"):
            body = {"state": state, "offer_id": offer_id}
            clearance = f"{path}/clearances/{action['clearances'][-1]['id']}"
            await office.write(holder, clearance, body, seen=path, at=APRIL)
    return path


@pytest.mark.parametrize("sessions", [20, pytest.param(AS_PROMISED, marks=pytest.mark.on_demand)])
async def test_a_right_withdrawn_flags_every_session_that_depends_on_it(
    house: House, office: Office, scene: Scene, tmp_path: Any, sessions: int
) -> None:
    nation, holder = scene.nation[Role.NATIONAL_COORDINATION], scene.home[Role.PROJECT_HOLDER]
    offer = {
        "film_id": scene.things["film_id"],
        "holder_id": scene.home.company.organisations["cinema"],
        "uses": ["non_commercial_indoor"],
        "territories": ["metropolitan"],
        "versions": ["vo"],
        "starts_on": "2025-01-01",
        "ends_on": "2027-12-31",
    }
    offered = f"/v1/rights-offers/{(await office.write(nation, '/v1/rights-offers', offer))['id']}"
    each = sessions // PROJECTS
    making = (agreed(office, scene, offered.rpartition("/")[2], each) for _ in range(PROJECTS))
    paths = await asyncio.gather(*making)
    settings = Settings.read({**house.environment, "RECEIVER_FOLDER": str(tmp_path)})
    async with receiving(settings) as letterbox:
        town = scene.home[Role.COLLECTIVITY_SYSTEM]
        listening = await subscribe(office, town, letterbox, settings.receiver_port, "action.at_risk")
        await office.write(nation, f"{offered}/withdraw", seen=offered)
        withdrawn = time.time()

        async def told() -> list[Letter] | None:
            found = [one for one in letterbox.arrived(listening.path) if one.name == "action.at_risk"]
            return found if {one.subject for one in found} >= {path.rpartition("/")[2] for path in paths} else None

        letters: Any = await until(told, within_s=10 * FLAGGED_WITHIN_S)
        await listening.remove()
    for path in paths:
        action = await office.read(holder, path)
        assert {one["session_id"] for one in action["risks"]} == {one["id"] for one in action["sessions"]}
        assert {one["rule"] for one in action["risks"]} == {"R52"}
    if sessions == AS_PROMISED:  # how long it takes is judged on demand: a suite is no quiet place
        assert max(one.received_at for one in letters) - withdrawn < FLAGGED_WITHIN_S

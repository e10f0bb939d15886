"""A duplicate is merged: whoever asks for it is led on, and whoever plans it is judged by the film that it is."""

from typing import Any

from common.contracts.access import Role
from tests.e2e.dossier import APRIL, SESSION, funded
from tests.e2e.people import Office
from tests.e2e.scene import Scene
from tests.waiting import until


async def test_a_merged_film_leads_on_through_the_gateway_and_its_sessions_are_judged_by_the_survivor(
    office: Office, scene: Scene
) -> None:
    nation, holder = scene.nation[Role.NATIONAL_COORDINATION], scene.home[Role.PROJECT_HOLDER]
    said = {"duration_minutes": 90, "released_on": "1999-06-01"}
    duplicate, survivor = [
        f"/v1/films/{(await office.write(nation, '/v1/films', {'title': f'{name} {office.run}', **said}))['id']}"
        for name in ("Doublon", "Original")
    ]
    campaign_id = scene.things["open_campaign_id"]
    made = await funded(office, scene.home, campaign_id, action_type="closed_room_screening")
    path = f"/v1/actions/{made.things['action_id']}"
    session = {**SESSION, "programme": [{"film_id": duplicate.rpartition("/")[2]}]}
    await office.write(holder, f"{path}/sessions", session, seen=path, at=APRIL)
    await office.write(nation, f"{duplicate}/merge", {"into": survivor.rpartition("/")[2]}, seen=duplicate)
    headers = {"authorization": f"Bearer {await office.token(holder)}"}
    led = await office.http.get(duplicate, headers=headers)
    assert (led.status_code, led.headers["location"]) == (308, survivor)
    visa = {"number": str(100_000 + (int(office.run, 16) + 7) % 900_000), "issued_on": "2025-03-01"}
    await office.write(nation, f"{survivor}/visas", visa, seen=survivor)

    async def flagged() -> Any:
        return (await office.read(holder, path))["risks"]

    risks: Any = await until(flagged)
    assert {one["rule"] for one in risks} == {"R01"}

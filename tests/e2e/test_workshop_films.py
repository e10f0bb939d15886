"""What the makers of a workshop film agreed to in the catalogue decides, over Kafka, where it may be shown (R39)."""

from typing import Any

from common.contracts.access import Role
from tests.e2e.dossier import APRIL, SESSION, drafted
from tests.e2e.people import Office
from tests.e2e.scene import Scene
from tests.waiting import until

TEN = {"identifiable": 10, "restitution_only": 10, "network": 10}


async def test_r39_a_film_is_planned_once_it_is_cleared_and_flagged_once_a_consent_is_withdrawn(
    office: Office, scene: Scene
) -> None:
    nation, holder = scene.nation[Role.NATIONAL_COORDINATION], scene.home[Role.PROJECT_HOLDER]
    body = {"title": f"Le film de l’atelier {office.run}", "duration_minutes": 8, "workshop": {}}
    film = f"/v1/films/{(await office.write(nation, '/v1/films', body))['id']}"
    await office.write(nation, f"{film}/consents", TEN, seen=film)
    near = {"dissemination": "restitution_only", "cause": "consent_missing"}
    await office.write(nation, f"{film}/restrict", near, seen=film)
    outdoors = {"action_type": "open_air_screening", "setting": "outdoors"}
    made = await drafted(office, scene.home, scene.things["open_campaign_id"], **outdoors)
    path = f"/v1/actions/{made.things['action_id']}"
    session = {**SESSION, "programme": [{"film_id": film.rpartition("/")[2]}]}

    async def tried() -> tuple[int, str, str | None]:
        answer = await office.ask(holder, f"{path}/sessions", session, seen=path, at=APRIL)
        return answer.status, answer.code, answer.rule

    async def answered(*wanted: Any) -> bool:
        return await tried() == wanted

    await until(lambda: answered(409, "shown-too-far", "R39"))
    await office.write(nation, f"{film}/clear", {"dissemination": "network"}, seen=film)
    await until(lambda: answered(201, "", None))
    await office.write(nation, f"{film}/consents", {**TEN, "network": 9}, seen=film)

    async def flagged() -> Any:
        return (await office.read(holder, path))["risks"]

    risks: Any = await until(flagged)
    assert {one["rule"] for one in risks} == {"R39"}

"""With another service away, actions still accepts, submits and holds; when it returns, all catches up alone.

Away in the worst way: frozen, so that connections stay open and nobody answers.  Tokens were issued before.
"""

import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from common.contracts.access import Role
from tests.conftest import House
from tests.e2e import dossier
from tests.e2e.dossier import APRIL, JANUARY, MAY, SESSION, Made
from tests.e2e.people import Person
from tests.e2e.scene import Scene
from tests.waiting import until

CAUGHT_UP_WITHIN_S = 60


@contextmanager
def away(house: House, service: str) -> Iterator[None]:
    """Freeze every process of a service, and let them go on afterwards."""
    frozen = [number for name, number in house.processes().items() if name.startswith(f"{service}-")]
    for number in frozen:
        os.kill(number, signal.SIGSTOP)
    try:
        yield
    finally:
        for number in frozen:
            os.kill(number, signal.SIGCONT)


async def act(scene: Scene, action_id: str, verb: str, body: Any, at: Any) -> dict[str, Any]:
    path = f"/v1/actions/{action_id}"
    return await scene.office.write(scene.home[Role.PROJECT_HOLDER], f"{path}/{verb}", body, seen=path, at=at)


async def scheduled(scene: Scene) -> Made:
    """Bring a workshop to where it can be held."""
    made = await dossier.funded(scene.office, scene.home, scene.things["open_campaign_id"])
    action = await act(scene, made.things["action_id"], "sessions", SESSION, APRIL)
    made.keep("session_id", action["sessions"][0]["id"])
    await act(scene, made.things["action_id"], "schedule", None, APRIL)
    return made


async def hold(scene: Scene, made: Made) -> str:
    """Count and hold; return what figures are to include."""
    action_id, session_id = made.things["action_id"], made.things["session_id"]
    count = {"total": 12, "method": "registered"}
    await act(scene, action_id, f"sessions/{session_id}/attendance", count, MAY)
    held = await act(scene, action_id, "hold", {"participants_distinct": 12}, MAY)
    assert held["state"] == "held"
    return f"action:{action_id}@{held['version']}"


async def accept_and_submit(scene: Scene) -> str:
    """Begin a project and hand it over; return what figures are to include."""
    made = await dossier.drafted(scene.office, scene.home, scene.things["open_campaign_id"])
    path = f"/v1/projects/{made.things['project_id']}"
    submitted = await scene.office.write(scene.home[Role.PROJECT_HOLDER], f"{path}/submit", seen=path, at=JANUARY)
    assert submitted["state"] == "submitted"
    return f"project:{made.things['project_id']}@{submitted['version']}"


async def events(scene: Scene, who: Person) -> AsyncIterator[dict[str, Any]]:
    """Read what was said to the subscription since the scene was made, page after page, as far as it is answered."""
    after: str | None = scene.things["sequence"]
    while after is not None:
        page = await scene.office.gateway.glance(
            "/v1/events", who.credentials, endpoint=scene.subscription.id, after=after, limit="100"
        )
        if page is None or not page.good:
            return
        for event in page.body["items"]:
            yield event
        after = str(page.body["next_after"]) if page.body["items"] else None


@pytest.mark.parametrize("service", ["catalogue", "partners", "reporting"])
async def test_actions_works_on_and_the_other_catches_up(house: House, scene: Scene, service: str) -> None:
    made = await scheduled(scene)
    with away(house, service):
        including = [await accept_and_submit(scene), await hold(scene, made)]
    coordinator = scene.home[Role.REGIONAL_COORDINATOR]
    query = {"indicator": "I01", "campaign": scene.things["open_campaign_id"], "wait": "0"}

    async def counted() -> bool:
        answers = [
            await scene.office.gateway.glance("/v1/figures", coordinator.credentials, including=one, **query)
            for one in including
        ]
        return all(answer is not None and answer.good for answer in answers)

    await until(counted, within_s=CAUGHT_UP_WITHIN_S)

    held = (made.things["action_id"], "fr.passeursdimages.action.held.v1")

    async def told() -> bool:
        return held in {(event["subject"], event["type"]) async for event in events(scene, coordinator)}

    await until(told, within_s=CAUGHT_UP_WITHIN_S)
    film = f"/v1/films/{scene.things['film_id']}"

    async def answered() -> bool:
        seen = await scene.office.gateway.glance(film, coordinator.credentials)
        return seen is not None and seen.good

    await until(answered, within_s=CAUGHT_UP_WITHIN_S)

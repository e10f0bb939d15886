"""Nobody gets in who may not, on any route, at the gateway and at each service behind it.

The routes are those of the services' documents, and who has which scope stands in `common.contracts.access`: a route or
a role that is added is walked by being there.
"""

import pytest

from common.contracts.access import SCOPES_OF, Role
from tests.conftest import House
from tests.e2e.doors import DOORS, EVERYTHING, SECURED, Doors, Operation, all_right, said
from tests.e2e.forged import FORGED, Genuine, for_somebody_else, taken_apart
from tests.e2e.people import Person
from tests.e2e.scene import Scene

NOBODY = (401, "unauthenticated")
LACKING = (403, "scope-missing")
NO_CLIENT = (404, "no-such-client")
"""Clients are there for those only who may manage them: the scope is what makes them visible."""


@pytest.fixture(scope="module")
async def genuine(house: House, scene: Scene) -> Genuine:
    """Give the token of somebody who may do much."""
    return taken_apart(house, await scene.token(scene.home[Role.REGIONAL_COORDINATOR]))


def test_there_is_something_to_walk():
    assert len(SECURED) > 100
    assert {operation.service for operation in SECURED} == {"actions", "partners", "catalogue", "reporting"}


# ---------------------------------------------------------------------------------------------- who is nobody


@pytest.mark.parametrize("kind", FORGED)
async def test_whoever_is_not_believed_is_nobody(scene: Scene, doors: Doors, genuine: Genuine, kind: str):
    token = FORGED[kind](genuine)
    claimed = scene.home[Role.REGIONAL_COORDINATOR].claimed()

    async def asked(door: str, operation: Operation) -> str | None:
        answer = await doors.ask(door, operation, scene.things, token, headers=claimed)
        good = said(answer) == NOBODY and answer.headers["www-authenticate"].startswith("Bearer")
        return None if good else f"{door} {operation.name}: {said(answer)}"

    await all_right(asked(door, operation) for door in DOORS for operation in SECURED)


async def test_a_token_for_somebody_else_opens_nothing(scene: Scene, doors: Doors, genuine: Genuine):
    """The gateway says 403 to a wrong audience, as its makers decided; the services say 401."""
    token = for_somebody_else(genuine)
    refused = {"gateway": (403, "forbidden"), "service": NOBODY}

    async def asked(door: str, operation: Operation) -> str | None:
        answer = await doors.ask(door, operation, scene.things, token)
        return None if said(answer) == refused[door] else f"{door} {operation.name}: {said(answer)}"

    await all_right(asked(door, operation) for door in DOORS for operation in SECURED)


async def test_what_is_public_asks_for_no_token(scene: Scene, doors: Doors):
    public = [operation for operation in EVERYTHING if operation.public and operation.name != "token.issue"]
    assert {operation.name for operation in public} >= {"public_figure.list", "key_set.read", "document.openapi"}
    things = {**scene.things, "code": "malformed", "rule": "R01", "version": "1"}

    async def asked(door: str, operation: Operation) -> str | None:
        answer = await doors.ask(door, operation, things, None)
        return None if answer.status_code == 200 else f"{door} {operation.name}: {said(answer)}"

    await all_right(asked(door, operation) for door in DOORS for operation in public)


# ------------------------------------------------------------------------------------------ without the scope


def lacking(scene: Scene, operation: Operation) -> tuple[Person, str]:
    """Choose somebody to whom the thing is visible, and a scope of theirs that is not the one it takes."""
    if "clients:manage" in operation.scopes:
        return scene.office.operator, "operations"
    if operation.name.startswith("sandbox."):
        return scene.office.operator, "clients:manage"
    person = scene.home[Role.REGIONAL_COORDINATOR]
    return person, "read" if "read" not in operation.scopes else "campaigns:write"


async def test_without_the_scope_nothing_is_done(scene: Scene, doors: Doors):
    async def asked(door: str, operation: Operation) -> str | None:
        person, scope = lacking(scene, operation)
        assert scope not in operation.scopes
        refused = NO_CLIENT if operation.name.startswith("api_client.") and operation.by_id else LACKING
        answer = await doors.ask(door, operation, scene.things, await scene.token(person, scope))
        return None if said(answer) == refused else f"{door} {operation.name} with {scope}: {said(answer)}"

    await all_right(asked(door, operation) for door in DOORS for operation in SECURED)


@pytest.mark.parametrize("role", Role)
async def test_no_role_does_what_its_scopes_do_not_reach(scene: Scene, doors: Doors, role: Role):
    """Each role's whole token, on every verb that needs another scope: 403, or 404 where it does not even see."""
    token = await scene.token(scene.insiders()[role])
    beyond = [operation for operation in SECURED if not operation.scopes & SCOPES_OF[role]]

    async def asked(operation: Operation) -> str | None:
        answer = await doors.ask("service", operation, scene.things, token)
        good = said(answer) == LACKING or (answer.status_code == 404 and operation.by_id)
        return None if good else f"{operation.name}: {said(answer)}"

    await all_right(asked(operation) for operation in beyond)

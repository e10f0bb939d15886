"""Workshop films: where they were made, how far they are settled to travel, and by how many of ten."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from actions.domain.known import Film
from actions.domain.rules import judged
from actions.domain.showing import Showing
from common.contracts.actions import ActionType
from common.contracts.catalogue import Clearance, Consents, Dissemination, WorkshopFilm
from common.contracts.rules import SINCE
from common.errors import Outcome, Verdict
from tests.unit.actions import pieces as p

D = Dissemination
NEAR = {D.NONE, D.RESTITUTION_ONLY}
TEN = Consents(identifiable=10, restitution_only=10, network=10, festivals=10, internet=10)
IN_PRISON = replace(TEN, in_prison=True, administration_reference="DISP-2025-118")
ELSEWHERE = p.an_id("another project")


def a_film(
    settled: Dissemination | None = D.NETWORK,
    consents: Consents | None = TEN,
    *,
    project_id: UUID | None = ELSEWHERE,
    action_id: UUID | None = None,
) -> Film:
    """Give a film of eight minutes, as the catalogue knows it once its makers have settled this, or nothing."""
    clearance = Clearance.PENDING
    if settled is not None:
        clearance = Clearance.RESTRICTED if settled in NEAR else Clearance.CLEARED
    made = WorkshopFilm(
        project_id=project_id, action_id=action_id, clearance=clearance, dissemination=settled, consents=consents
    )
    return Film(id=p.an_id("workshop film"), title="Le film de l’atelier", duration_minutes=8, workshop=made)


def a_showing(**said: Any) -> Showing:
    """Show a film of another project on a square, to the public that all ten agreed to."""
    one = Showing(
        film_title="Le film de l’atelier",
        action_type=ActionType.OPEN_AIR_SCREENING,
        own_project=False,
        outdoors=True,
        in_prison=False,
        dissemination=D.NETWORK,
        identifiable=10,
        restitution_only=10,
        network=10,
        festivals=0,
        internet=0,
        administration_agreed=False,
    )
    return replace(one, **said)


def outcome(rule: str, one: Showing) -> Outcome | None:
    """Tell what a rule says; nothing where it does not concern the film."""
    verdict: Verdict | None = judged(rule, SINCE, one)
    return None if verdict is None else verdict.outcome

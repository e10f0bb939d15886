"""One workshop film at one session, in the words that the rules on consents use (R39, R40)."""

from dataclasses import dataclass

from actions.domain.action import Action
from actions.domain.circumstances import Circumstances
from actions.domain.known import Film
from common.contracts.actions import ActionType, Session
from common.contracts.catalogue import Consents, Dissemination, WorkshopFilm

UNCOUNTED = Consents(identifiable=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """Everything that a rule on consents may look at.

    `own_project`: the film was made in the session's project.  `dissemination` is null while its makers have settled
    nothing, `identifiable` while nobody has counted.
    """

    film_title: str
    action_type: ActionType
    own_project: bool
    outdoors: bool
    in_prison: bool
    dissemination: Dissemination | None
    identifiable: int | None
    restitution_only: int
    network: int
    festivals: int
    internet: int
    administration_agreed: bool


def showing(action: Action, session: Session, film: Film, made: WorkshopFilm, given: Circumstances) -> Showing:
    """Put together what rules look at for a film that was made in a workshop."""
    counted = made.consents or UNCOUNTED
    return Showing(
        film_title=film.title,
        action_type=action.action_type,
        own_project=made.project_id == action.project_id or made.action_id == action.id,
        outdoors=action.outdoors_at(session),
        in_prison=counted.in_prison or film.id in given.made_in_prison,
        dissemination=made.dissemination,
        identifiable=None if made.consents is None else counted.identifiable,
        restitution_only=counted.restitution_only,
        network=counted.network,
        festivals=counted.festivals,
        internet=counted.internet,
        administration_agreed=bool(counted.administration_reference),
    )

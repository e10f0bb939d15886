"""What sets the types of action apart: what they count, whether they show films, under which regime by default."""

from collections.abc import Mapping

from common.contracts.actions import ActionType, ClosedCircuit, Measure, Regime, Setting

T = ActionType

SCREENINGS = frozenset({T.OPEN_AIR_SCREENING, T.SPECIAL_SCREENING, T.CLOSED_ROOM_SCREENING, T.DISSEMINATION})
"""They show films to a public: film law, rights and permits are theirs, and no other type's."""

WITH_PROGRAMME = SCREENINGS - {T.DISSEMINATION}
"""Their sessions name their films; a dissemination may be a release online."""

MEASURES: Mapping[ActionType, Measure] = {
    **dict.fromkeys(SCREENINGS, Measure.SPECTATORS),
    T.FILMMAKING_WORKSHOP: Measure.PARTICIPANTS,
    T.DISCOVERY_WORKSHOP: Measure.PARTICIPANTS,
    T.PROGRAMMING_WORKSHOP: Measure.PARTICIPANTS,
    T.JURY_WORKSHOP: Measure.PARTICIPANTS,
    T.FESTIVAL_JOURNEY: Measure.PARTICIPANTS,
    T.MEETING: Measure.PARTICIPANTS,
    T.TRAINING: Measure.TRAINEES,
}


def outdoors(action_type: ActionType, setting: Setting) -> bool:
    """Tell whether it happens in the open air: a screening in a prison's yard does, under the same law."""
    return setting is Setting.OUTDOORS or (action_type is T.OPEN_AIR_SCREENING and setting is Setting.CLOSED_SITE)


def is_closed(setting: Setting, closed_circuit: ClosedCircuit | None) -> bool:
    """Tell whether it takes place in a prison, a hospital or the like: the site is closed, or its public is."""
    return setting is Setting.CLOSED_SITE or closed_circuit is not None


INDOORS: Mapping[Regime, Regime] = {
    Regime.NC_OPEN_AIR: Regime.NC_FREE,
}
"""What a screening becomes that moves into a room (R13): no longer the open air's; a cinema's is still a moved one."""

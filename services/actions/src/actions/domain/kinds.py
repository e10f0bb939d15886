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


FREE = frozenset({Regime.NC_FREE, Regime.NC_OPEN_AIR})
OPEN_AIR = frozenset({Regime.NC_OPEN_AIR, Regime.COMMERCIAL_MOVED})

INDOORS: Mapping[Regime, Regime] = {
    Regime.NC_OPEN_AIR: Regime.NC_FREE,
}
"""What a screening becomes that moves into a room (R13): no longer the open air's; a cinema's is still a moved one."""


def contradicts(
    said: Regime, action_type: ActionType, setting: Setting, *, public: bool, association: bool, price_cents: int
) -> bool:
    """Tell whether a regime cannot be that of such a screening, whoever says so.

    Outdoors only the open air's or a moved one; indoors any but the open air's.  What is free is not paid for, and what
    is paid for not free; an association's paid one is an association's, a public service's a public body's, or held on
    a closed site.
    """
    outside = outdoors(action_type, setting)
    serves = public or setting is Setting.CLOSED_SITE
    return (
        (outside and said not in OPEN_AIR)
        or (not outside and said is Regime.NC_OPEN_AIR)
        or (said in FREE and price_cents > 0)
        or (said is Regime.NC_ASSOCIATION_PAID and (price_cents == 0 or not association))
        or (said is Regime.NC_PUBLIC_SERVICE and not serves)
    )


def regime(
    action_type: ActionType, setting: Setting, *, licensed: bool, public: bool, association: bool, price_cents: int
) -> Regime | None:
    """Name the legal regime of a screening whose holder names none; what shows no film has none."""
    if action_type not in SCREENINGS:
        return None
    if outdoors(action_type, setting):
        return Regime.COMMERCIAL_MOVED if licensed else Regime.NC_OPEN_AIR
    if setting is Setting.CLOSED_SITE:
        return Regime.NC_PUBLIC_SERVICE
    if licensed:
        return Regime.COMMERCIAL_CINEMA
    return _paid(public=public, association=association) if price_cents else Regime.NC_FREE


def _paid(*, public: bool, association: bool) -> Regime:
    """Name what it is to sell seats in a room without a licence: some may, by L214-1; for all others it is commerce.

    That is a licensed operator's alone, and whoever plans a session of it is told so (R05).
    """
    if association:
        return Regime.NC_ASSOCIATION_PAID
    return Regime.NC_PUBLIC_SERVICE if public else Regime.COMMERCIAL_CINEMA

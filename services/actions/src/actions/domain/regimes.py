"""The legal regime of a screening: what its holder says, where the law has it for such a one, else what the law has."""

from dataclasses import dataclass
from datetime import date
from functools import partial

from actions.domain.action import ActionPlan
from actions.domain.kinds import SCREENINGS, outdoors
from actions.domain.known import Organisation
from actions.domain.refusals import refuse
from actions.domain.rules import RULES, in_force, judged
from actions.domain.unlawful import RegimeContradicts
from common.contracts.actions import Regime, Setting
from common.contracts.rules import versions
from common.errors import Outcome, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Footing:
    """What the law looks at of a screening to name its regime (L01)."""

    regime: Regime
    outdoors: bool
    closed_site: bool
    price_cents: int
    association: bool
    public_body: bool


def regime(wish: ActionPlan, organiser: Organisation, on: date) -> Regime | None:
    """Name the regime of what a holder plans; what shows no film has none."""
    if wish.action_type not in SCREENINGS:
        return None
    of = partial(
        Footing,
        outdoors=outdoors(wish.action_type, wish.setting),
        closed_site=wish.setting is Setting.CLOSED_SITE,
        price_cents=wish.price_cents,
        association=organiser.is_association,
        public_body=organiser.is_public,
    )
    if wish.regime is None:
        *likelier, left = _in_order(wish, organiser, on)
        return next((one for one in likelier if _against(of(regime=one), on) is None), left)
    if verdict := _against(of(regime=wish.regime), on):
        refuse(RegimeContradicts, verdict, pointer="/regime")
    return wish.regime


def _in_order(wish: ActionPlan, organiser: Organisation, on: date) -> tuple[Regime, ...]:
    """List what it may be, the likeliest first; it is the last where the law has none of the others for it.

    To sell seats in a room is commerce for whoever is neither an association nor a public body: that is a licensed
    operator's alone, and whoever plans a session of it is told so (R05).
    """
    rule = in_force("L01", on) or versions(RULES, "L01")[0]
    return tuple(map(Regime, rule.sets[_presumed(wish, organiser)]))


def _presumed(wish: ActionPlan, organiser: Organisation) -> str:
    """Name the set of the record by which a regime is presumed."""
    if outdoors(wish.action_type, wish.setting):
        return "presumed_outdoors_of_cinemas" if organiser.is_licensed_operator else "presumed_outdoors"
    if wish.setting is Setting.CLOSED_SITE:
        return "presumed_on_closed_sites"
    return "presumed_of_cinemas" if organiser.is_licensed_operator else "presumed"


def _against(footing: Footing, on: date) -> Verdict | None:
    verdict = judged("L01", on, footing)
    return verdict if verdict is not None and verdict.outcome is Outcome.REFUSED else None

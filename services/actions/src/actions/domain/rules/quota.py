"""Paid screenings of an association (R07): six features a calendar year, twelve with the CNC's derogation.

No day was once named on which there would be room again (`paid_screenings`): what was judged so replays so.
"""

from datetime import date

from actions.domain.rules.film_law import is_feature
from common.contracts.actions import Regime
from common.contracts.rules import Answer, Rule
from common.errors import Outcome


def is_counted(rule: Rule, regime: Regime, duration_minutes: int | None) -> bool:
    """Tell whether a screening counts: paid, a feature, and not in the open air, which is another regime."""
    return regime is Regime.NC_ASSOCIATION_PAID and is_feature(rule, duration_minutes)


def limit(rule: Rule, *, derogation: bool) -> int:
    return rule.parameters["with_derogation" if derogation else "a_year"]


def paid_screenings(
    rule: Rule, *, regime: Regime, duration_minutes: int | None, paid_sessions_besides: int, derogation: bool
) -> Answer | None:
    """R07: `paid_sessions_besides` are the organiser's other ones of the same calendar year, planned or held."""
    if not is_counted(rule, regime, duration_minutes):
        return None
    number, most = paid_sessions_besides + 1, limit(rule, derogation=derogation)
    return Answer(
        Outcome.ALLOWED if number <= most else Outcome.REFUSED,
        f"Paid screening {number} of {most} in the year.",
        f"Séance payante {number} sur {most} dans l’année.",
    )


def paid_of_the_year(
    rule: Rule,
    *,
    on: date,
    regime: Regime,
    duration_minutes: int | None,
    paid_sessions_besides: int,
    derogation: bool,
    room_from: date | None,
) -> Answer | None:
    """R07: as before; `room_from` is the first later day of which it is not so: in another year, or by a derogation."""
    said = paid_screenings(
        rule,
        regime=regime,
        duration_minutes=duration_minutes,
        paid_sessions_besides=paid_sessions_besides,
        derogation=derogation,
    )
    if said is None or said.outcome is Outcome.ALLOWED or room_from is None:
        return said
    return Answer(
        Outcome.REFUSED if on < room_from else Outcome.ALLOWED,
        f"{said.reason[:-1]}: there is room from {room_from} on.",
        f"{said.raison[:-1]} : il y a place à partir du {room_from}.",
        room_from,
    )

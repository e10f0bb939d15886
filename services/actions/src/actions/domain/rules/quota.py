"""Paid screenings of an association (R07): six features a calendar year, twelve with the CNC's derogation."""

from actions.domain.rules.film_law import is_feature
from common.contracts.actions import Regime
from common.contracts.rules import Answer, Rule
from common.errors import Outcome


def is_counted(rule: Rule, regime: Regime, duration_minutes: int | None) -> bool:
    """Tell whether a screening counts: paid, a feature, and not in the open air, which is another regime."""
    return regime is Regime.NC_ASSOCIATION_PAID and is_feature(rule, duration_minutes)


def paid_screenings(
    rule: Rule, *, regime: Regime, duration_minutes: int | None, paid_sessions_besides: int, derogation: bool
) -> Answer | None:
    """R07: `paid_sessions_besides` are the organiser's other ones of the same calendar year, planned or held."""
    if not is_counted(rule, regime, duration_minutes):
        return None
    limit = rule.parameters["with_derogation" if derogation else "a_year"]
    number = paid_sessions_besides + 1
    return Answer(
        Outcome.ALLOWED if number <= limit else Outcome.REFUSED,
        f"Paid screening {number} of {limit} in the year.",
        f"Séance payante {number} sur {limit} dans l’année.",
    )

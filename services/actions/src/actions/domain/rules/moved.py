"""A cinema's screening shown elsewhere (R06): the CNC is told two weeks before, for which screen of the cinema."""

from datetime import date, timedelta

from common.contracts.actions import Regime
from common.contracts.rules import Answer, Rule
from common.errors import Outcome


def declared(
    rule: Rule, *, on: date, regime: Regime, declared_on: date | None, screen_licence: str | None
) -> Answer | None:
    """R06: declared at least fourteen days before the session, under a screen's licence number."""
    if regime is not Regime.COMMERCIAL_MOVED:
        return None
    days = rule.parameters["days"]
    last = on - timedelta(days=days)
    if declared_on is None or not screen_licence:
        return Answer(
            Outcome.TO_CLEAR,
            f"The move is to be declared to the CNC at the latest on {last}, with the screen's licence number.",
            f"Le déplacement se déclare au CNC au plus tard le {last}, avec le numéro d’autorisation de la salle.",
        )
    first = declared_on + timedelta(days=days)
    return Answer(
        Outcome.ALLOWED if on >= first else Outcome.REFUSED,
        f"Declared on {declared_on}: from {first} on.",
        f"Déclaré le {declared_on} : à partir du {first}.",
        first,
    )

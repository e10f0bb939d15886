"""A cinema's screening shown elsewhere (R06): the CNC is told two weeks before, for which screen of the cinema.

What was declared was once taken to be declared for every day and place (`declared`): what was judged so replays so.
"""

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


def declared_for_it(
    rule: Rule,
    *,
    on: date,
    regime: Regime,
    declared_on: date | None,
    declared_for_all: bool,
    screen_licence: str | None,
) -> Answer | None:
    """R06: this film, at this place, on this day, declared at least fourteen days before.

    No other day is named where it was too late: that day would have to be declared too.
    """
    said = declared(rule, on=on, regime=regime, declared_on=declared_on, screen_licence=screen_licence)
    if said is None or said.first_lawful_on is None or declared_for_all:
        return said
    days = rule.parameters["days"]
    return Answer(
        said.outcome,
        f"Declared on {declared_on} for {on}: {days} days before are asked for.",
        f"Déclaré le {declared_on} pour le {on} : il faut {days} jours avant.",
    )

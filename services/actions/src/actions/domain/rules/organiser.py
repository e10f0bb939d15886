"""Who organises a session: somebody that is there on its day (P01)."""

from datetime import date

from common.contracts.rules import Answer, Rule
from common.errors import Outcome


def is_there(_: Rule, *, on: date, organiser_closed_on: date | None) -> Answer | None:
    """P01: the day on which the organiser closes is its last."""
    if organiser_closed_on is None:
        return None
    return Answer(
        Outcome.ALLOWED if on <= organiser_closed_on else Outcome.REFUSED,
        f"The organiser closes on {organiser_closed_on}.",
        f"L’organisateur ferme le {organiser_closed_on}.",
    )

"""Two actions of one holder at one place at the same time (R53)."""

from datetime import date
from uuid import UUID

from common.contracts.rules import Answer, Rule
from common.errors import Outcome


def clash(_: Rule, *, on: date, place_label: str, overlaps: tuple[UUID, ...]) -> Answer | None:
    """R53: `overlaps` are the other sessions; they are flagged and never refused."""
    if not overlaps:
        return None
    return Answer(
        Outcome.TO_CLEAR,
        f"On {on} the holder has another session at {place_label} at the same time.",
        f"Le {on}, le porteur a une autre séance à la même heure à {place_label}.",
    )

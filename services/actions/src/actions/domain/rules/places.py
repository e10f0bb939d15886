"""Rules on places: communes that ceased (R30), districts of the commune (R35), closed circuits from outside (R41).

What they refuse is refused on any day: where no version is in force, nobody says yes.
"""

from collections.abc import Collection
from datetime import date

from actions.domain.rules.registry import in_force
from common.contracts.actions import ClosedCircuit
from common.contracts.rules import unjudged
from common.errors import Input, Verdict


def ceased(code: str, vintage: int, successors: Collection[str]) -> Verdict | None:
    """R30: a commune that has ceased by a year is no place of that year."""
    if not successors:
        return None
    instead = ", ".join(successors)
    return _against(
        "R30",
        date(vintage, 1, 1),
        f"{code} has ceased by {vintage}: use {instead}.",
        f"{code} n’existe plus en {vintage} : utilisez {instead}.",
        {"code": code, "vintage": vintage, "successors": tuple(successors)},
    )


def district(code: str, municipality: str, vintage: int, districts: Collection[str]) -> Verdict | None:
    """R35: a priority district is one of the commune's."""
    if code in districts:
        return None
    return _against(
        "R35",
        date(vintage, 1, 1),
        f"{code} is not a priority district of {municipality} in {vintage}.",
        f"{code} n’est pas un quartier prioritaire de {municipality} en {vintage}.",
        {"district": code, "municipality": municipality, "vintage": vintage},
    )


def withheld(circuit: ClosedCircuit | None, on: date) -> Verdict:
    """R41: whoever is outside a closed circuit is told a commune and a kind of establishment."""
    return _against(
        "R41",
        on,
        "You are not inside this closed circuit.",
        "Vous n’êtes pas de ceux qui répondent de ce circuit fermé.",
        {"closed_circuit": circuit},
    )


def _against(rule_id: str, on: date, reason: str, raison: str, inputs: dict[str, Input]) -> Verdict:
    rule = in_force(rule_id, on)
    return unjudged(rule_id, on) if rule is None else rule.verdict(reason, raison, inputs=inputs)
